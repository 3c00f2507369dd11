//! What every query may be answered instead.

use std::time::Duration;

use axum::body::Body;
use http::Request;
use identity::Role;

use crate::support::{Answer, BoxOffice, service_on};

const PRIVATE: [&str; 5] = ["/v1/orders", "/v1/payments", "/v1/stats", "/v1/users/me", "/v1/projections"];
const PUBLIC: [&str; 2] = ["/v1/shows", "/v1/inventory"];

#[tokio::test]
async fn credentials_are_needed_where_something_is_private_and_checked_where_they_are_sent() {
    let office = BoxOffice::open().await;
    for path in PRIVATE {
        assert_eq!(office.get(path, None).await.problem(), "unauthenticated", "{path}");
    }
    let wrong = format!("sd_{}", "a".repeat(43));
    for path in PRIVATE.iter().chain(&PUBLIC) {
        for token in [wrong.as_str(), "x"] {
            let answer = Answer::to(&office.router, path, Some(token)).await;
            assert_eq!((answer.status.as_u16(), answer.problem()), (401, "unauthenticated"), "{path}");
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
    }
    for path in PUBLIC {
        assert_eq!(office.get(path, None).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_caller_without_credentials_is_told_so_before_anything_else() {
    let office = BoxOffice::open().await;
    for path in ["/v1/orders?colour=red", "/v1/orders/7", "/v1/tickets/7?limit=x"] {
        assert_eq!(office.get(path, None).await.problem(), "unauthenticated", "{path}");
    }
    let customer = office.user(Role::Customer).await;
    assert_eq!(office.get("/v1/stats?colour=red", Some(&customer)).await.problem(), "forbidden");
    assert_eq!(office.get("/v1/orders/7?colour=red", Some(&customer)).await.problem(), "invalid");
    assert_eq!(office.get("/v1/orders/7", Some(&customer)).await.problem(), "not-found");
}

#[tokio::test]
async fn what_is_not_here_and_what_is_not_done_here_are_problems_too() {
    let office = BoxOffice::open().await;
    for path in ["/v1/wallets", "/v1/nothing", "/", "/v1/shows/%FF", "/v1/orders/a/b/c"] {
        let answer = office.get(path, Some(&office.user(Role::Customer).await)).await;
        assert_eq!((answer.status.as_u16(), answer.problem()), (404, "not-found"), "{path}");
    }
    let post = Request::post("/v1/shows").body(Body::empty()).unwrap();
    let answer = Answer::sent(&office.router, post).await;
    assert_eq!((answer.status.as_u16(), answer.problem()), (405, "method-not-allowed"));
    assert!(answer.header("allow").contains("GET"));
}

#[tokio::test]
async fn without_a_database_queries_are_told_when_to_come_back() {
    let nobody = "postgres://nobody@127.0.0.1:1/nothing".parse().unwrap();
    let router = service_on(nobody);
    let alive = Answer::to(&router, "/healthz", None).await;
    assert_eq!(alive.status, 200);
    let (ready, shows) =
        tokio::join!(Answer::to(&router, "/readyz", None), Answer::to(&router, "/v1/shows", None));
    assert_eq!(ready.status, 503);
    assert!(ready.body["checks"]["read_models"].is_string());
    assert_eq!((shows.status.as_u16(), shows.problem()), (503, "engine-away"));
    assert!(!shows.header("retry-after").is_empty());
    assert!(!shows.body.to_string().contains("127.0.0.1"), "nothing internal is told");
}

#[tokio::test]
async fn a_lagging_read_model_does_not_make_the_service_unready() {
    let office = BoxOffice::open().await;
    office.stop_projections().await;
    let ready = tokio::time::timeout(Duration::from_secs(10), office.get("/readyz", None)).await.unwrap();
    assert_eq!(ready.status, 200, "{}", ready.body);
    assert_eq!(ready.body["checks"]["read_models"], "ok");
}
