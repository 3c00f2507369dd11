//! Pages and cursors.

use identity::Role;
use serde_json::{Value, json};

use crate::support::{BoxOffice, draft, standing, standing_places};

fn ids(page: &Value) -> Vec<Value> {
    page["data"].as_array().unwrap().iter().map(|one| one["order_id"].clone()).collect()
}

#[tokio::test]
async fn pages_have_neither_holes_nor_duplicates_while_rows_are_added() {
    let office = BoxOffice::open().await;
    let (organizer, buyer) = (office.user(Role::Organizer).await, office.user(Role::Customer).await);
    let show = office.sell(&organizer, draft("Lear", vec![standing("FLOOR", 100)])).await;
    let mut expected = Vec::new();
    for _ in 0..7 {
        let order = office.order(&buyer, show, standing_places("FLOOR", 1)).await;
        expected.insert(0, json!(order.order_id));
    }
    for list in ["orders", "payments"] {
        let before = ids(&office.read(&format!("/v1/{list}?limit=100"), Some(&buyer)).await);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = office.read(&format!("/v1/{list}?limit=2{cursor}"), Some(&buyer)).await;
            assert!(page["data"].as_array().unwrap().len() <= 2);
            seen.extend(ids(&page));
            office.order(&buyer, show, standing_places("FLOOR", 1)).await;
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, before, "{list}");
        assert!(seen.ends_with(&expected), "{list}: newest first");
    }
}

#[tokio::test]
async fn a_list_has_twenty_entries_unless_told_otherwise() {
    let office = BoxOffice::open().await;
    let (organizer, buyer) = (office.user(Role::Organizer).await, office.user(Role::Customer).await);
    let show = office.sell(&organizer, draft("Lear", vec![standing("FLOOR", 100)])).await;
    for _ in 0..21 {
        office.order(&buyer, show, standing_places("FLOOR", 1)).await;
    }
    let page = office.read("/v1/orders", Some(&buyer)).await;
    assert_eq!(ids(&page).len(), 20);
    assert!(page["next_cursor"].is_string());
    let exactly = office.read("/v1/orders?limit=21", Some(&buyer)).await;
    assert_eq!((ids(&exactly).len(), &exactly["next_cursor"]), (21, &Value::Null));
}

#[tokio::test]
async fn wrong_and_unknown_parameters_are_all_named() {
    let office = BoxOffice::open().await;
    let operator = office.user(Role::Operator).await;
    let answer = office.get("/v1/orders?status=paid&show_id=7&limit=101&colour=red", Some(&operator)).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.problem(), "invalid");
    let errors = answer.body["errors"].as_array().unwrap();
    let named: Vec<_> = errors.iter().map(|error| error["parameter"].as_str().unwrap()).collect();
    assert_eq!(named, ["status", "show_id", "limit", "colour"]);
    for path in ["orders", "payments", "shows", "inventory", "stats", "projections", "users/me"] {
        for query in ["colour=red", "min_position=-1", "min_position=1&min_position=1"] {
            let answer = office.get(&format!("/v1/{path}?{query}"), Some(&operator)).await;
            assert_eq!(answer.problem(), "invalid", "{path}?{query}");
        }
    }
    for query in ["cursor=x", "cursor=ImEi", "limit=0", "limit=ten"] {
        assert_eq!(office.get(&format!("/v1/orders?{query}"), Some(&operator)).await.status, 422, "{query}");
    }
}
