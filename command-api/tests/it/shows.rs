//! A show's life.

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{BoxOffice, show};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_show_is_a_draft() {
    let office = BoxOffice::open().await;
    let reply = office.organizer().await.post("/v1/shows", show()).await.ok(201);
    assert_eq!((&reply.body["status"], &reply.body["version"]), (&json!("draft"), &json!(1)));
    assert_eq!(reply.headers["etag"], "\"1\"");
    let log = office.new_log().await;
    assert_eq!(log.len(), 1);
    assert_eq!((log[0].event_type.as_str(), log[0].position), ("ShowScheduled", reply.position()));
    let data: Value = serde_json::from_str(&log[0].data).unwrap();
    assert_eq!((&data["hold_seconds"], &data["time_zone"]), (&json!(900), &json!("UTC")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_is_published_closed_and_opened_again() {
    let office = BoxOffice::open().await;
    let organizer = office.organizer().await;
    let id = organizer.post("/v1/shows", show()).await.ok(201).text("show_id");
    for (action, status, version) in
        [("publish", "on_sale", 2), ("close", "closed", 3), ("publish", "on_sale", 4)]
    {
        let reply = organizer.post(&format!("/v1/shows/{id}/{action}"), Value::Null).await.ok(200);
        assert_eq!((&reply.body["status"], &reply.body["version"]), (&json!(status), &json!(version)));
    }
    let again = organizer.post(&format!("/v1/shows/{id}/publish"), Value::Null).await;
    assert_eq!(again.problem(), (409, "show-status"));
    assert_eq!(again.body["current_status"], "on_sale");
    assert_eq!(office.new_events().await, ["ShowScheduled", "ShowPublished", "ShowClosed", "ShowPublished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_is_replaced_only_on_the_version_that_was_read() {
    let office = BoxOffice::open().await;
    let organizer = office.organizer().await;
    let id = organizer.post("/v1/shows", show()).await.ok(201).text("show_id");
    let path = format!("/v1/shows/{id}");
    let titled = |title: &str| {
        let mut body = show();
        body["title"] = title.into();
        body
    };
    assert_eq!(organizer.put(&path, None, titled("a")).await.problem(), (428, "precondition-required"));
    for stale in ["\"0\"", "\"2\"", "W/\"1\"", "nonsense"] {
        let reply = organizer.put(&path, Some(stale), titled("a")).await;
        assert_eq!(reply.problem(), (412, "precondition-failed"), "{stale}");
    }
    let reply = organizer.put(&path, Some("\"1\""), titled("a")).await.ok(200);
    assert_eq!((&reply.body["version"], &reply.headers["etag"]), (&json!(2), &"\"2\"".parse().unwrap()));
    assert_eq!(
        organizer.put(&path, Some("\"1\""), titled("b")).await.status,
        StatusCode::PRECONDITION_FAILED
    );
    organizer.put(&path, Some("\"9\", \"2\""), titled("b")).await.ok(200);
    let reply = organizer.put(&path, Some("*"), titled("c")).await.ok(200);
    assert_eq!(reply.body["version"], 4);
    assert_eq!(office.new_events().await, ["ShowScheduled", "ShowRevised", "ShowRevised", "ShowRevised"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_once_more_changes_nothing() {
    let office = BoxOffice::open().await;
    let organizer = office.organizer().await;
    let id = organizer.post("/v1/shows", show()).await.ok(201).text("show_id");
    let reply = organizer.put(&format!("/v1/shows/{id}"), Some("\"1\""), show()).await.ok(200);
    assert_eq!(reply.body["version"], 1);
    assert_eq!(office.new_events().await, ["ShowScheduled"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_published_show_only_title_venue_times_and_more_capacity_may_change() {
    let office = BoxOffice::open().await;
    let organizer = office.organizer().await;
    let id = organizer.post("/v1/shows", show()).await.ok(201).text("show_id");
    organizer.post(&format!("/v1/shows/{id}/publish"), Value::Null).await.ok(200);
    let path = format!("/v1/shows/{id}");
    let mut dearer = show();
    dearer["sections"][0]["price"] = 2000.into();
    let reply = organizer.put(&path, Some("\"2\""), dearer).await;
    assert_eq!(reply.problem(), (409, "show-field-fixed"));
    assert_eq!(reply.body["pointer"], "/sections/0/price");
    let mut larger = show();
    larger["sections"][0]["capacity"] = 20.into();
    larger["venue"] = "Large hall".into();
    organizer.put(&path, Some("\"2\""), larger).await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_s_show_does_not_exist() {
    let office = BoxOffice::open().await;
    let (owner, other, admin) = (office.organizer().await, office.organizer().await, office.admin().await);
    let id = owner.post("/v1/shows", show()).await.ok(201).text("show_id");
    for other in [other, admin] {
        let reply = other.put(&format!("/v1/shows/{id}"), Some("\"1\""), show()).await;
        assert_eq!(reply.problem(), (404, "not-found"));
        for action in ["publish", "close"] {
            let reply = other.post(&format!("/v1/shows/{id}/{action}"), Value::Null).await;
            assert_eq!(reply.problem(), (404, "not-found"));
        }
    }
    assert_eq!(office.new_events().await, ["ShowScheduled"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_broken_rule_of_a_show_is_named() {
    let office = BoxOffice::open().await;
    let organizer = office.organizer().await;
    let reply = |change: fn(&mut Value)| {
        let mut body = show();
        change(&mut body);
        organizer.post("/v1/shows", body)
    };
    let many = reply(|body| {
        body["title"] = "".into();
        body["time_zone"] = "Mars/Olympus".into();
        body["hold_seconds"] = 4.into();
        body["sections"][0]["code"] = "A-1".into();
        body["sections"][0]["capacity"] = 0.into();
    });
    let mut pointers = many.await;
    pointers.body["errors"].as_array_mut().unwrap().sort_by_key(|error| error["pointer"].to_string());
    let named = ["/hold_seconds", "/sections/0/capacity", "/sections/0/code", "/time_zone", "/title"];
    assert_eq!(pointers.pointers(), named);
    assert_eq!(reply(|body| body["currency"] = "EURO".into()).await.pointers(), ["/currency"]);
    assert_eq!(reply(|body| body["starts_at"] = "tomorrow".into()).await.pointers(), ["/starts_at"]);
    assert_eq!(
        reply(|body| body["sections"][0]["price"] = "10".into()).await.pointers(),
        ["/sections/0/price"]
    );
    assert_eq!(
        reply(|body| body["sections"][0]["price"] = json!(9.5)).await.pointers(),
        ["/sections/0/price"]
    );
    assert_eq!(reply(|body| body["sections"] = json!([])).await.pointers(), ["/sections"]);
    reply(|body| drop(body.as_object_mut().unwrap().remove("venue"))).await.ok(422);
    reply(|body| body["organizer"] = "0199aa00-0000-7000-8000-000000000001".into()).await.ok(422);
    assert_eq!(office.new_events().await, Vec::<String>::new());
}
