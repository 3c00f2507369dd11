//! The plan of a show's seats.

use domain::ShowId;
use identity::Role;
use serde_json::{Value, json};

use crate::support::{BoxOffice, draft, numbered, seats, standing};

async fn theatre(office: &BoxOffice) -> ShowId {
    let organizer = office.user(Role::Organizer).await;
    let sections = vec![
        numbered("STALLS", &[("B", 2), ("A", 11)]),
        standing("FLOOR", 5),
        numbered("BALCONY", &[("A", 2)]),
    ];
    office.sell(&organizer, draft("Lear", sections)).await
}

fn names(page: &Value) -> Vec<String> {
    let name =
        |seat: &Value| format!("{} {}", seat["section"].as_str().unwrap(), seat["seat"].as_str().unwrap());
    page["data"].as_array().unwrap().iter().map(name).collect()
}

fn layout() -> Vec<String> {
    let numbers = |section: &str, row: &str, seats: u32| -> Vec<String> {
        (1..=seats).map(|number| format!("{section} {row}-{number}")).collect()
    };
    [numbers("STALLS", "B", 2), numbers("STALLS", "A", 11), numbers("BALCONY", "A", 2)].concat()
}

#[tokio::test]
async fn seats_are_in_the_order_of_the_layout_whatever_the_page() {
    let office = BoxOffice::open().await;
    let show = theatre(&office).await;
    let whole = office.read(&format!("/v1/shows/{show}/seats?limit=5000"), None).await;
    assert_eq!(names(&whole), layout());
    assert_eq!(whole["next_cursor"], Value::Null);

    for limit in [1, 2, 7, 15] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = office.read(&format!("/v1/shows/{show}/seats?limit={limit}{cursor}"), None).await;
            assert!(page["data"].as_array().unwrap().len() <= limit);
            seen.extend(names(&page));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, layout(), "by {limit}");
    }
}

#[tokio::test]
async fn a_section_s_seats_can_be_asked_for_alone() {
    let office = BoxOffice::open().await;
    let show = theatre(&office).await;
    let balcony = office.read(&format!("/v1/shows/{show}/seats?section=BALCONY"), None).await;
    let seat = |seat: &str| json!({ "section": "BALCONY", "row": "A", "seat": seat, "status": "available" });
    assert_eq!(balcony, json!({ "data": [seat("A-1"), seat("A-2")], "next_cursor": null }));
    let floor = office.read(&format!("/v1/shows/{show}/seats?section=FLOOR"), None).await;
    assert_eq!(floor["data"], json!([]), "what sells by quantity has no numbered seats");
}

#[tokio::test]
async fn a_seat_is_held_then_sold_and_free_when_given_back() {
    let office = BoxOffice::open().await;
    let show = theatre(&office).await;
    let (customer, operator) = (office.user(Role::Customer).await, office.user(Role::Operator).await);
    let status = async |row: usize| {
        let balcony = office.read(&format!("/v1/shows/{show}/seats?section=BALCONY"), None).await;
        balcony["data"][row]["status"].as_str().unwrap().to_owned()
    };

    let first = office.order(&customer, show, seats("BALCONY", &["A-1"])).await;
    let second = office.order(&customer, show, seats("BALCONY", &["A-2"])).await;
    assert_eq!((status(0).await, status(1).await), ("held".into(), "held".into()));
    office.approve(&operator, &first).await;
    office.reject(&operator, &second, "nothing arrived").await;
    assert_eq!((status(0).await, status(1).await), ("sold".into(), "available".into()));
}

#[tokio::test]
async fn a_stretch_that_is_no_stretch_is_refused() {
    let office = BoxOffice::open().await;
    let show = theatre(&office).await;
    for (query, parameter) in [
        ("section=GALLERY", "section"),
        ("section=A-1", "section"),
        ("limit=5001", "limit"),
        ("limit=0", "limit"),
        ("cursor=nowhere", "cursor"),
        ("cursor=ImEi", "cursor"),
        ("row=A", "row"),
    ] {
        let answer = office.see(&format!("/v1/shows/{show}/seats?{query}"), None).await;
        assert_eq!(answer.status, 422, "{query}");
        assert_eq!(answer.problem(), "invalid", "{query}");
        assert_eq!(answer.body["errors"][0]["parameter"], parameter, "{query}");
    }
}
