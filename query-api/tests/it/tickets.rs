//! Tickets to show at the door.

use domain::operations::{Actor, OrderSummary, RefundOrder};
use http::{Request, header};
use http_body_util::BodyExt;
use identity::Role;
use tower::ServiceExt;

use crate::support::{BoxOffice, User, draft, numbered, seats};

struct Sold {
    office: BoxOffice,
    buyer: User,
    operator: User,
    order: OrderSummary,
    codes: Vec<String>,
}

/// Two seats, ordered and paid for.
async fn sold() -> Sold {
    let office = BoxOffice::open().await;
    let (organizer, operator) = (office.user(Role::Organizer).await, office.user(Role::Operator).await);
    let buyer = office.user(Role::Customer).await;
    let show = office.sell(&organizer, draft("Twelfth Night", vec![numbered("STALLS", &[("A", 9)])])).await;
    let order = office.order(&buyer, show, seats("STALLS", &["A-4", "A-5"])).await;
    office.approve(&operator, &order).await;
    let read = office.read(&format!("/v1/orders/{}", order.order_id), Some(&buyer)).await;
    let tickets = read["tickets"].as_array().unwrap();
    let codes = tickets.iter().map(|ticket| ticket["code"].as_str().unwrap().to_owned()).collect();
    Sold { office, buyer, operator, order, codes }
}

async fn picture(sold: &Sold, code: &str) -> String {
    let request = Request::get(format!("/v1/tickets/{code}/qr.svg"))
        .header(header::AUTHORIZATION, format!("Bearer {}", sold.buyer.token))
        .body(axum::body::Body::empty());
    let answer = sold.office.router.clone().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "image/svg+xml");
    assert!(answer.headers().contains_key("x-position"));
    String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn every_ticket_has_a_picture_of_its_own() {
    let sold = sold().await;
    let [one, other] = [picture(&sold, &sold.codes[0]).await, picture(&sold, &sold.codes[1]).await];
    assert!(one.starts_with("<svg") && other.starts_with("<svg"));
    assert_ne!(one, other);
}

#[tokio::test]
async fn a_picture_is_for_those_who_may_see_the_ticket() {
    let sold = sold().await;
    let path = format!("/v1/tickets/{}/qr.svg", sold.codes[0]);
    assert_eq!(sold.office.see(&path, Some(&sold.operator)).await.status, 200);
    let other = sold.office.user(Role::Customer).await;
    assert_eq!(sold.office.see(&path, Some(&other)).await.problem(), "not-found");
    assert_eq!(sold.office.see(&path, None).await.problem(), "unauthenticated");
}

#[tokio::test]
async fn a_void_ticket_has_no_picture() {
    let sold = sold().await;
    let by = Actor { user: sold.operator.id, operator: true };
    let refund = RefundOrder { order: sold.order.order_id, by, reason: None };
    sold.office.execute(refund, &sold.operator).await.unwrap();
    let path = format!("/v1/tickets/{}/qr.svg", sold.codes[0]);
    assert_eq!(sold.office.see(&path, Some(&sold.buyer)).await.problem(), "ticket-void");
}
