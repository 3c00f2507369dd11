//! Orders as they were.

use identity::Role;
use serde_json::{Value, json};

use crate::support::{BoxOffice, draft, numbered, seats};

#[tokio::test]
async fn operators_see_an_order_as_everybody_saw_it_then() {
    let office = BoxOffice::open().await;
    let (organizer, operator) = (office.user(Role::Organizer).await, office.user(Role::Operator).await);
    let buyer = office.user(Role::Customer).await;
    let show = office.sell(&organizer, draft("Lear", vec![numbered("STALLS", &[("A", 9)])])).await;
    let before = office.position();
    let order = office.order(&buyer, show, seats("STALLS", &["A-4", "A-5"])).await;
    let path = format!("/v1/orders/{}", order.order_id);
    let mut seen = vec![(office.position(), office.read(&path, Some(&buyer)).await)];
    office.approve(&operator, &order).await;
    seen.push((office.position(), office.read(&path, Some(&buyer)).await));
    assert_ne!(seen[0].1["status"], seen[1].1["status"]);
    // Nothing is asked of read models that may be made anew just now.
    office.stop_projections().await;
    let asked = async |moment: &str| office.get(&format!("{path}?as_of={moment}"), Some(&operator)).await;
    for (position, body) in &seen {
        let then = asked(&position.to_string()).await;
        assert_eq!((then.status.as_u16(), then.position(), &then.body), (200, *position, body));
    }
    assert_eq!(asked(&before.to_string()).await.problem(), "not-found");
    assert_eq!(asked("0").await.problem(), "not-found");
    let placed = seen[0].1["created_at"].as_str().unwrap();
    let then = asked(placed).await;
    assert_eq!((then.position(), &then.body), (seen[0].0, &seen[0].1), "as of the time of its first event");
    assert_eq!(asked("1999-01-01T00:00:00Z").await.problem(), "not-found");
}

#[tokio::test]
async fn a_moment_that_can_t_be_told_is_refused() {
    let office = BoxOffice::open().await;
    let (organizer, operator) = (office.user(Role::Organizer).await, office.user(Role::Operator).await);
    let buyer = office.user(Role::Customer).await;
    let show = office.sell(&organizer, draft("Lear", vec![numbered("STALLS", &[("A", 9)])])).await;
    let order = office.order(&buyer, show, seats("STALLS", &["A-4"])).await;
    let (path, head) = (format!("/v1/orders/{}", order.order_id), office.position());
    for viewer in [&buyer, &organizer] {
        // Who may not ask is not told what is wrong with the question.
        for moment in ["1", "nonsense"] {
            let refused = office.get(&format!("{path}?as_of={moment}"), Some(viewer)).await;
            assert_eq!((refused.status.as_u16(), refused.problem()), (403, "forbidden"));
            assert_eq!(refused.body["roles"], json!(["operator"]));
        }
    }
    for beyond in [(head + 1).to_string(), "2999-01-01T00:00:00Z".to_owned()] {
        let refused = office.get(&format!("{path}?as_of={beyond}"), Some(&operator)).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, "position-unknown"));
        assert_eq!(refused.body["head"], json!(head));
    }
    for wrong in ["", "-1", "yesterday", "2026-11-05", "1&as_of=2"] {
        let refused = office.get(&format!("{path}?as_of={wrong}"), Some(&operator)).await;
        let errors = refused.body["errors"].as_array().cloned().unwrap_or_default();
        let parameters: Vec<&Value> = errors.iter().map(|error| &error["parameter"]).collect();
        assert_eq!((refused.status.as_u16(), parameters), (422, vec![&json!("as_of")]), "{wrong}");
    }
    let unknown = office.get(&format!("/v1/orders/{show}?as_of=1"), Some(&operator)).await;
    assert_eq!(unknown.problem(), "not-found");
}
