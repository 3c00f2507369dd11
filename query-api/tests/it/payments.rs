//! With what a customer's browser goes on: for whom, and for how long.

use domain::{PaymentMethod, operations::OrderSummary};
use identity::Role;

use crate::support::{BoxOffice, User, draft, numbered, seats};

const SECRET: &str = "pi_1_secret_of_the_customer";

struct Charged {
    office: BoxOffice,
    organizer: User,
    order: OrderSummary,
}

/// A seat, ordered to be paid by card, of which the provider knows.
async fn charged(buyer: impl AsyncFn(&BoxOffice) -> User) -> (Charged, User) {
    let office = BoxOffice::open().await;
    let (organizer, buyer) = (office.user(Role::Organizer).await, buyer(&office).await);
    let show = office.sell(&organizer, draft("Macbeth", vec![numbered("STALLS", &[("A", 9)])])).await;
    let order = office.order_by(PaymentMethod::Card, &buyer, show, seats("STALLS", &["A-1"])).await;
    office.note_charge(&order, SECRET).await;
    (Charged { office, organizer, order }, buyer)
}

impl Charged {
    fn path(&self) -> String {
        format!("/v1/payments/{}", self.order.payment_id)
    }
}

#[tokio::test]
async fn the_customer_who_is_to_pay_is_told_how_and_nobody_keeps_it_on_the_way() {
    // Also where they work here.
    for role in [Role::Customer, Role::Operator] {
        let (charged, buyer) = charged(async |office| office.user(role).await).await;
        let told = charged.office.see(&charged.path(), Some(&buyer)).await;
        assert_eq!((told.status.as_u16(), &told.body["client_secret"]), (200, &SECRET.into()));
        assert_eq!(told.header("cache-control"), "private, no-store");
        assert_eq!(told.body["status"], "pending", "beside all that everybody is told");
    }
}

#[tokio::test]
async fn nobody_else_is_told_and_nowhere_else() {
    let (charged, buyer) = charged(async |office| office.user(Role::Customer).await).await;
    let office = &charged.office;
    let (operator, admin) = (office.user(Role::Operator).await, office.user(Role::Admin).await);
    for caller in [&charged.organizer, &operator, &admin] {
        let told = office.see(&charged.path(), Some(caller)).await;
        assert_eq!((told.status.as_u16(), &told.body["status"]), (200, &"pending".into()));
        assert!(!told.body.to_string().contains("secret") && told.header("cache-control").is_empty());
    }
    let order = format!("/v1/orders/{}", charged.order.order_id);
    for path in [&order, "/v1/orders", "/v1/payments", &format!("{order}/history")] {
        let told = office.read(path, Some(&buyer)).await.to_string();
        assert!(told.contains("pending") || told.contains("PaymentRequested"), "{path}: {told}");
        assert!(!told.contains("secret"), "{path}: {told}");
    }
}

#[tokio::test]
async fn when_there_is_nothing_to_pay_any_more_there_is_nothing_to_go_on_with() {
    let (charged, buyer) = charged(async |office| office.user(Role::Customer).await).await;
    charged.office.cancel(&buyer, &charged.order).await;
    let told = charged.office.read(&charged.path(), Some(&buyer)).await;
    assert_eq!(told["status"], "cancelled");
    assert!(!told.to_string().contains("secret"), "{told}");
}
