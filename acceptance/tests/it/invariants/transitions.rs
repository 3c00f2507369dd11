//! Nothing is settled twice, and nothing that is settled changes.

use futures::future::join_all;
use serde_json::json;

use crate::support::{House, Reply, audit::audit, quantity, standing};

struct Paths {
    cancel: String,
    approve: String,
    reject: String,
}

fn paths(placed: &Reply) -> Paths {
    let (order, payment) = (placed.text("order_id"), placed.text("payment_id"));
    Paths {
        cancel: format!("/v1/orders/{order}/cancel"),
        approve: format!("/v1/payments/{payment}/approve"),
        reject: format!("/v1/payments/{payment}/reject"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_ten_times_gives_back_once() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let placed = house.order(quantity(&show, 2)).await;
    house.order(quantity(&show, 3)).await;
    let cancel = paths(&placed).cancel;
    let replies = join_all((0..10).map(|_| house.customer.post(&cancel, json!({})))).await;
    let (done, refused): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 200);
    assert_eq!((done.len(), refused.len()), (1, 9));
    for reply in refused {
        let told = (reply.problem(), reply.body["current_status"].as_str());
        assert_eq!(told, ((409, "order-not-pending"), Some("cancelled")));
    }
    let books = audit(&house.world).await;
    assert_eq!(house.counts(&show, books.head()).await, (3, 0, 7));
    assert_eq!(books.events("SeatsReleased"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_settled_stays_as_it_is() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    for (first, status, payment) in [
        ("cancel", "cancelled", "cancelled"),
        ("approve", "confirmed", "succeeded"),
        ("reject", "failed", "failed"),
    ] {
        let placed = house.order(quantity(&show, 1)).await;
        let Paths { cancel, approve, reject } = paths(&placed);
        let settle = match first {
            "cancel" => &cancel,
            "approve" => &approve,
            _ => &reject,
        };
        house.operator.post(settle, json!({})).await.ok(200);
        for path in [&cancel, &approve, &reject] {
            let reply = house.operator.post(path, json!({})).await;
            let (name, current) = if path == &cancel {
                ("order-not-pending", status)
            } else {
                ("payment-not-pending", payment)
            };
            assert_eq!(
                (reply.problem(), &reply.body["current_status"]),
                ((409, name), &json!(current)),
                "{path} after {first}"
            );
        }
    }
    let books = audit(&house.world).await;
    assert_eq!(house.counts(&show, books.head()).await, (0, 1, 9));
    assert_eq!(["cancelled", "confirmed", "failed"].map(|status| books.orders_in(status)), [1, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_first_settles() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let placed = house.order(quantity(&show, 5)).await;
    let Paths { cancel, approve, reject } = paths(&placed);
    let all = [&cancel, &approve, &reject];
    let replies = join_all((0..60).map(|n| house.operator.post(all[n % 3], json!({})))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.status == 409).count(), 59);
    let books = audit(&house.world).await;
    let ends = ["OrderConfirmed", "OrderFailed", "OrderCancelled"];
    assert_eq!(ends.iter().map(|event| books.events(event)).sum::<usize>(), 1);
}
