//! Shows and their inventory: published ones are everyone's to see, drafts their organizer's.

use identity::Role;
use serde_json::json;

use crate::support::{BoxOffice, draft, numbered, standing, standing_places};

#[tokio::test]
async fn a_published_show_is_there_for_everyone() {
    let office = BoxOffice::open().await;
    let organizer = office.user(Role::Organizer).await;
    let sections = vec![standing("FLOOR", 10), numbered("STALLS", &[("A", 3)])];
    let show = office.sell(&organizer, draft("Twelfth Night", sections)).await;

    let answer = office.see(&format!("/v1/shows/{show}"), None).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("etag"), "\"2\"");
    assert_eq!(answer.body["version"], 2);
    assert_eq!(answer.body["status"], "on_sale");
    assert_eq!(answer.body["title"], "Twelfth Night");
    assert_eq!(answer.body["currency"], "EUR");
    let floor = json!({ "code": "FLOOR", "name": "Section FLOOR", "price": 1000, "capacity": 10 });
    assert_eq!(answer.body["sections"][0], floor);
    assert_eq!(answer.body["sections"][1]["rows"], json!([{ "row": "A", "seats": 3 }]));
    let listed = office.read("/v1/shows", None).await;
    assert_eq!(listed["data"], json!([answer.body]));
}

#[tokio::test]
async fn a_draft_is_there_for_its_organizer_alone() {
    let office = BoxOffice::open().await;
    let (owner, other) = (office.user(Role::Organizer).await, office.user(Role::Organizer).await);
    let operator = office.user(Role::Operator).await;
    let show = office.plan(&owner, draft("Hamlet", vec![numbered("STALLS", &[("A", 3)])])).await;
    let nowhere = office.see(&format!("/v1/shows/{}", event_store::new_id()), None).await.anonymous();

    for path in ["/v1/shows/{}", "/v1/shows/{}/seats", "/v1/inventory/{}"] {
        let path = path.replace("{}", &show.to_string());
        assert_eq!(office.see(&path, Some(&owner)).await.status, 200, "{path}");
        for caller in [None, Some(&other), Some(&operator)] {
            let answer = office.see(&path, caller).await;
            assert_eq!(answer.problem(), "not-found", "{path}");
            assert_eq!(answer.anonymous(), nowhere, "{path}");
        }
    }
    assert_eq!(office.read("/v1/shows", Some(&owner)).await["data"], json!([]));
    assert_eq!(office.read("/v1/inventory", Some(&owner)).await["data"], json!([]));
}

#[tokio::test]
async fn organizers_list_their_own_shows_with_drafts() {
    let office = BoxOffice::open().await;
    let (owner, other) = (office.user(Role::Organizer).await, office.user(Role::Organizer).await);
    let customer = office.user(Role::Customer).await;
    let first = office.sell(&owner, draft("First", vec![standing("FLOOR", 1)])).await;
    office.sell(&other, draft("Another's", vec![standing("FLOOR", 1)])).await;
    let second = office.plan(&owner, draft("Second", vec![standing("FLOOR", 1)])).await;

    let mine = office.read("/v1/shows?mine=true", Some(&owner)).await;
    let ids: Vec<_> = mine["data"].as_array().unwrap().iter().map(|show| show["show_id"].clone()).collect();
    assert_eq!(ids, [json!(second), json!(first)]);
    assert_eq!(office.see("/v1/shows?mine=true", None).await.problem(), "unauthenticated");
    assert_eq!(office.see("/v1/shows?mine=true", Some(&customer)).await.problem(), "forbidden");
}

#[tokio::test]
async fn a_closed_show_stays_listed() {
    let office = BoxOffice::open().await;
    let organizer = office.user(Role::Organizer).await;
    let show = office.sell(&organizer, draft("Macbeth", vec![standing("FLOOR", 1)])).await;
    office.close(&organizer, show).await;
    assert_eq!(office.read("/v1/shows", None).await["data"][0]["status"], "closed");
}

#[tokio::test]
async fn the_inventory_follows_holds_and_sales() {
    let office = BoxOffice::open().await;
    let (organizer, operator) = (office.user(Role::Organizer).await, office.user(Role::Operator).await);
    let customer = office.user(Role::Customer).await;
    let show = office.sell(&organizer, draft("Othello", vec![standing("FLOOR", 10)])).await;
    let path = format!("/v1/inventory/{show}");
    let left = async |held: u64, sold: u64| {
        let inventory = office.read(&path, None).await;
        let figures = json!({ "capacity": 10, "held": held, "sold": sold, "available": 10 - held - sold });
        for (name, value) in figures.as_object().unwrap() {
            assert_eq!(&inventory[name], value, "{name}");
            assert_eq!(&inventory["sections"][0][name], value, "{name}");
        }
        assert_eq!(office.read("/v1/inventory", None).await["data"], json!([inventory]));
    };

    left(0, 0).await;
    let kept = office.order(&customer, show, standing_places("FLOOR", 3)).await;
    let given_up = office.order(&customer, show, standing_places("FLOOR", 2)).await;
    left(5, 0).await;
    office.approve(&operator, &kept).await;
    office.cancel(&customer, &given_up).await;
    left(0, 3).await;
}
