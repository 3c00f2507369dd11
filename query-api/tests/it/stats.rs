//! Figures, the read models' own state, and who is asking.

use identity::Role;
use serde_json::json;

use crate::support::{BoxOffice, draft, standing, standing_places};

#[tokio::test]
async fn operators_see_all_figures_and_organizers_their_own() {
    let office = BoxOffice::open().await;
    let (first, second) = (office.user(Role::Organizer).await, office.user(Role::Organizer).await);
    let (operator, buyer) = (office.user(Role::Operator).await, office.user(Role::Customer).await);
    let mine = office.sell(&first, draft("Mine", vec![standing("FLOOR", 10)])).await;
    let theirs = office.sell(&second, draft("Theirs", vec![standing("FLOOR", 20)])).await;
    let paid = office.order(&buyer, mine, standing_places("FLOOR", 2)).await;
    office.approve(&operator, &paid).await;
    let failed = office.order(&buyer, mine, standing_places("FLOOR", 3)).await;
    office.reject(&operator, &failed, "no").await;
    office.order(&buyer, theirs, standing_places("FLOOR", 4)).await;

    let own = office.read("/v1/stats", Some(&first)).await;
    let seats = json!({ "total": 1, "capacity": 10, "held": 0, "sold": 2, "available": 8 });
    assert_eq!(own["shows"], seats);
    assert_eq!((&own["orders"]["total"], &own["orders"]["without_payment"]), (&json!(2), &json!(0)));
    assert_eq!(own["orders"]["by_status"]["confirmed"], 1);
    assert_eq!(own["orders"]["by_status"]["failed"], 1);
    assert_eq!(own["orders"]["by_status"]["pending"], 0);
    assert_eq!(own["revenue"], json!([{ "currency": "EUR", "amount": 2140 }]));
    let all = office.read("/v1/stats", Some(&operator)).await;
    assert_eq!((&all["shows"]["capacity"], &all["shows"]["held"]), (&json!(30), &json!(4)));
    assert_eq!((&all["orders"]["total"], &all["payments"]["total"]), (&json!(3), &json!(3)));
    assert_eq!(all["payments"]["by_status"]["pending"], 1);
    assert_eq!(office.see("/v1/stats", Some(&buyer)).await.problem(), "forbidden");
}

#[tokio::test]
async fn operators_see_how_the_read_models_are_doing() {
    let office = BoxOffice::open().await;
    let (operator, organizer) = (office.user(Role::Operator).await, office.user(Role::Organizer).await);
    office.sell(&organizer, draft("Lear", vec![standing("FLOOR", 10)])).await;
    let all = office.read("/v1/projections", Some(&operator)).await;
    let names: Vec<_> = all["data"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["accounts", "inventory", "ledger", "orders", "payments", "shows"]);
    for one in all["data"].as_array().unwrap() {
        assert_eq!(one["position"], office.position());
        assert_eq!(
            (&one["lag_events"], &one["state"], &one["parked"]),
            (&json!(0), &json!("running"), &json!(0))
        );
    }
    assert_eq!(office.see("/v1/projections", Some(&organizer)).await.problem(), "forbidden");
    assert_eq!(office.see("/v1/projections", None).await.problem(), "unauthenticated");
}

#[tokio::test]
async fn a_user_is_told_who_they_are() {
    let office = BoxOffice::open().await;
    let organizer = office.user(Role::Organizer).await;
    let me = office.read("/v1/users/me", Some(&organizer)).await;
    assert_eq!(me["user_id"], json!(organizer.id));
    assert_eq!(me["name"], "Ada Lovelace");
    assert_eq!(me["roles"], json!(["customer", "organizer"]));
    assert!(me["email"].as_str().unwrap().ends_with("@example.org"));
    assert_eq!(me.as_object().unwrap().len(), 4);
}
