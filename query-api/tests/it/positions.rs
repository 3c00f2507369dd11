//! How current an answer is.

use std::time::{Duration, Instant};

use identity::Role;
use projections::Model;
use sqlx::PgConnection;

use crate::support::{BoxOffice, User, draft, standing, standing_places};

const PATHS: [&str; 8] = [
    "/v1/shows",
    "/v1/inventory",
    "/v1/orders",
    "/v1/payments",
    "/v1/stats",
    "/v1/users/me",
    "/v1/projections",
    "/v1/orders?status=pending",
];

async fn one_order(office: &BoxOffice) -> (User, String) {
    let (organizer, buyer) = (office.user(Role::Organizer).await, office.user(Role::Customer).await);
    let show = office.sell(&organizer, draft("Lear", vec![standing("FLOOR", 10)])).await;
    let order = office.order(&buyer, show, standing_places("FLOOR", 1)).await;
    (buyer, order.order_id.to_string())
}

async fn checkpoint(connection: &mut PgConnection, model: Model) -> i64 {
    let position = "select position from projection_checkpoints where name = $1";
    sqlx::query_scalar(position).bind(model.name()).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn every_answer_says_how_current_it_is() {
    let office = BoxOffice::open().await;
    one_order(&office).await;
    let admin = office.user(Role::Admin).await;
    for path in PATHS {
        let answer = office.see(path, Some(&admin)).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert_eq!(answer.position(), office.position(), "{path}");
    }
}

#[tokio::test]
async fn a_position_beyond_the_log_is_refused_at_once() {
    let office = BoxOffice::open().await;
    one_order(&office).await;
    let admin = office.user(Role::Admin).await;
    for path in PATHS {
        let mark = if path.contains('?') { '&' } else { '?' };
        let asked = Instant::now();
        let answer =
            office.get(&format!("{path}{mark}min_position={}", office.position() + 1), Some(&admin)).await;
        assert_eq!((answer.status.as_u16(), answer.problem()), (409, "position-unknown"), "{path}");
        assert_eq!(answer.body["head"], office.position(), "{path}");
        assert!(asked.elapsed() < Duration::from_secs(2), "{path}: it waited");
    }
}

#[tokio::test]
async fn a_query_waits_until_its_read_models_are_there() {
    let office = BoxOffice::open().await;
    let (buyer, _) = one_order(&office).await;
    office.read("/v1/orders", Some(&buyer)).await;
    office.stop_projections().await;
    let (_, newest) = one_order(&office).await;
    let operator = office.user(Role::Operator).await;
    let behind = office.get("/v1/orders", Some(&operator)).await;
    assert!(behind.position() < office.position());
    let path = format!("/v1/orders/{newest}");
    assert_eq!(office.get(&path, Some(&operator)).await.status, 404);

    let (answer, ()) = tokio::join!(office.see(&path, Some(&operator)), office.start_projections());
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.position() >= office.position());
}

#[tokio::test]
async fn a_query_does_not_wait_for_ever() {
    let office = BoxOffice::open().await;
    let (buyer, _) = one_order(&office).await;
    office.read("/v1/orders", Some(&buyer)).await;
    office.stop_projections().await;
    let before = checkpoint(&mut office.connect().await, Model::Orders).await;
    one_order(&office).await;

    let asked = Instant::now();
    let answer = office.see("/v1/orders", Some(&buyer)).await;
    assert_eq!((answer.status.as_u16(), answer.problem()), (503, "projection-lagging"));
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(answer.body["position"], before);
    assert_eq!(answer.body["min_position"], office.position());
    let waited = asked.elapsed();
    assert!((Duration::from_secs(2)..Duration::from_secs(6)).contains(&waited), "{waited:?}");
    assert_eq!(
        office.get("/v1/orders", Some(&buyer)).await.position(),
        before,
        "what is known is still told"
    );
}

#[tokio::test]
async fn only_the_read_models_that_a_query_joins_count() {
    let office = BoxOffice::open().await;
    let (buyer, _) = one_order(&office).await;
    office.read("/v1/stats", Some(&office.user(Role::Operator).await)).await;
    office.stop_projections().await;
    let lag = "update projection_checkpoints set position = 1 where name = $1";
    let lag = sqlx::query(lag).bind(Model::Payments.name());
    lag.execute(&mut office.connect().await).await.unwrap();
    assert_eq!(office.see("/v1/inventory", None).await.position(), office.position());
    assert_eq!(office.get("/v1/orders", Some(&buyer)).await.position(), 1);
    assert_eq!(office.see("/v1/orders", Some(&buyer)).await.problem(), "projection-lagging");
}

#[tokio::test]
async fn what_is_parked_says_so_and_the_rest_flows() {
    let office = BoxOffice::open().await;
    let (buyer, order) = one_order(&office).await;
    let path = format!("/v1/orders/{order}");
    let shown = office.read(&path, Some(&buyer)).await;
    let (show, payment) = (shown["show_id"].as_str().unwrap(), shown["payment_id"].as_str().unwrap());
    let stranger = office.user(Role::Customer).await;
    let parked = async |path: &str| {
        let answer = office.see(path, Some(&buyer)).await;
        assert_eq!((answer.status.as_u16(), answer.problem()), (503, "projection-parked"), "{path}");
        assert!(!answer.header("retry-after").is_empty());
    };

    office.park(Model::Payments, &format!("payment-{payment}")).await;
    parked(&path).await;
    parked(&format!("/v1/payments/{payment}")).await;
    office.park(Model::Orders, &format!("order-{order}")).await;
    parked(&format!("{path}/history")).await;
    assert_eq!(
        office.see(&path, Some(&stranger)).await.problem(),
        "not-found",
        "it is another's all the same"
    );
    assert_eq!(office.see(&format!("/v1/shows/{show}"), None).await.status, 200);
    office.park(Model::Inventory, &format!("inventory-{show}")).await;
    parked(&format!("/v1/inventory/{show}")).await;
    parked(&format!("/v1/shows/{show}/seats")).await;
    office.park(Model::Shows, &format!("show-{show}")).await;
    parked(&format!("/v1/shows/{show}")).await;
    let (second, _) = one_order(&office).await;
    assert_eq!(office.see("/v1/orders", Some(&second)).await.status, 200);
}

#[tokio::test]
async fn what_was_parked_before_its_first_row_is_not_called_unknown() {
    let office = BoxOffice::open().await;
    let buyer = office.user(Role::Customer).await;
    let id = event_store::new_id();
    office.park(Model::Orders, &format!("order-{id}")).await;
    let answer = office.get(&format!("/v1/orders/{id}"), Some(&buyer)).await;
    assert_eq!(answer.problem(), "projection-parked");
}
