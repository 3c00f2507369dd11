//! What can't be asked for, however it is written.

use serde_json::{Value, json};

use crate::support::{BoxOffice, order, seats};

#[tokio::test(flavor = "multi_thread")]
async fn a_quantity_is_a_number_from_1_to_20_and_nothing_else() {
    let office = BoxOffice::open().await;
    let show = office.standing(100).await;
    let customer = office.customer().await;
    let beyond: Value = serde_json::from_str("9223372036854775808").unwrap();
    let far_beyond: Value = serde_json::from_str("18446744073709551616").unwrap();
    let wrong = [
        json!("500"),
        json!("1"),
        json!(-5),
        json!(0),
        json!(21),
        json!(500),
        beyond,
        far_beyond,
        json!(1.5),
    ];
    for quantity in wrong.into_iter().chain([json!(1.0), json!(true), json!([1]), json!({})]) {
        let reply = customer.post("/v1/orders", order(&show, quantity.clone())).await;
        assert_eq!(reply.pointers(), ["/items/0/quantity"], "{quantity}");
    }
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_can_not_name_another_user_or_a_price() {
    let office = BoxOffice::open().await;
    let show = office.standing(100).await;
    let (customer, other) = (office.customer().await, office.customer().await);
    let someone = json!(other.user_id.unwrap());
    for (name, value) in [
        ("user_id", &someone),
        ("customer", &someone),
        ("customer_id", &someone),
        ("price", &json!(1)),
        ("total", &json!(0)),
        ("order_id", &someone),
    ] {
        let mut body = order(&show, 1);
        body[name] = value.clone();
        assert_eq!(customer.post("/v1/orders", body).await.problem(), (422, "invalid"), "{name}");
        let mut body = order(&show, 1);
        body["items"][0][name] = value.clone();
        assert_eq!(customer.post("/v1/orders", body).await.problem(), (422, "invalid"), "in an item: {name}");
    }
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_has_either_a_quantity_or_seats() {
    let office = BoxOffice::open().await;
    let show = office.standing(100).await;
    let customer = office.customer().await;
    for (item, pointer) in [
        (json!({"section": "S"}), "/items/0"),
        (json!(["S", 1, null, null]), "/items/0"),
        (json!({"section": "S", "quantity": 1, "seats": ["A-1"]}), "/items/0"),
        (json!({"quantity": 1}), "/items/0/section"),
        (json!({"seats": []}), "/items/0/seats"),
        (json!({"seats": vec!["A-1"; 21]}), "/items/0/seats"),
        (json!({"seats": ["A1"]}), "/items/0/seats/0"),
        (json!({"seats": ["A-1", "A-0"]}), "/items/0/seats/1"),
        (json!({"seats": ["A-1"], "adjacent": true}), "/items/0/adjacent"),
        (json!({"section": "S/1", "quantity": 1}), "/items/0/section"),
        (json!({"section": "NONE", "quantity": 1}), "/items/0/section"),
        (json!({"seats": ["Z-1"]}), "/items/0/seats/0"),
    ] {
        let body = json!({"show_id": show, "payment_method": "manual", "items": [item]});
        assert_eq!(customer.post("/v1/orders", body).await.pointers(), [pointer], "{item}");
    }
    for items in [json!([]), json!(vec![json!({"section": "S", "quantity": 1}); 21])] {
        let body = json!({"show_id": show, "payment_method": "manual", "items": items});
        assert_eq!(customer.post("/v1/orders", body).await.pointers(), ["/items"]);
    }
    let body = json!({"show_id": show, "payment_method": "manual",
        "items": vec![json!({"section": "S", "quantity": 11}); 2]});
    assert_eq!(customer.post("/v1/orders", body).await.pointers(), ["/items"]);
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_broken_rule_of_an_order_is_named_at_once() {
    let office = BoxOffice::open().await;
    let show = office.standing(100).await;
    let items = json!([{"quantity": 0}, {"section": "S"}, {"seats": ["x"], "adjacent": false}]);
    let body = json!({"show_id": show, "payment_method": "manual", "items": items});
    let reply = office.customer().await.post("/v1/orders", body).await;
    let all = ["/items/0/quantity", "/items/0/section", "/items/1", "/items/2/adjacent", "/items/2/seats/0"];
    assert_eq!(reply.pointers(), all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_is_sold_once_even_within_one_order() {
    let office = BoxOffice::open().await;
    let rows = json!([{"code": "P", "name": "Parkett", "price": 100, "rows": [{"row": "A", "seats": 5}]}]);
    let (_, show) = office.show(rows).await;
    let customer = office.customer().await;
    let twice = customer.post("/v1/orders", seats(&show, &["A-1", "A-1"])).await;
    assert_eq!(twice.pointers(), ["/items/0/seats/1"]);
    let items = json!([{"seats": ["A-1"]}, {"section": "P", "seats": ["A-1"]}]);
    let body = json!({"show_id": show, "payment_method": "manual", "items": items});
    assert_eq!(customer.post("/v1/orders", body).await.pointers(), ["/items/1/seats/0"]);
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_total_beyond_what_an_amount_can_hold_is_refused() {
    let office = BoxOffice::open().await;
    let dear = json!([{"code": "S", "name": "Gold", "price": i64::MAX, "capacity": 5}]);
    let (_, show) = office.show(dear).await;
    let reply = office.customer().await.post("/v1/orders", order(&show, 2)).await;
    assert_eq!(reply.pointers(), ["/items"]);
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_without_a_body_takes_none_or_an_empty_one() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let customer = office.customer().await;
    let order = customer.post("/v1/orders", order(&show, 1)).await.ok(201).text("order_id");
    let cancel = format!("/v1/orders/{order}/cancel");
    customer.post(&cancel, json!({"user_id": "x"})).await.ok(422);
    assert_eq!(customer.post(&cancel, json!([])).await.pointers(), [""]);
    customer.post(&cancel, json!({})).await.ok(200);
}
