//! The auditor finds what these tests rely on it to find.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use serde_json::json;

use crate::support::{House, Outcome, World, audit, quantity, standing};

/// Each of these is wrong; the second statement sets it right again.
const FORGERIES: &[(&str, &str, &str)] = &[
    (
        "update inventory_a.inventory set held = held + 1",
        "update inventory_a.inventory set held = held - 1",
        "inventory:",
    ),
    (
        "update orders_a.orders set status = 'expired' where status = 'confirmed'",
        "update orders_a.orders set status = 'confirmed' where status = 'expired'",
        "orders:",
    ),
    (
        "update payments_a.payments set reason = 'none'",
        "update payments_a.payments set reason = null",
        "payments:",
    ),
    (
        "update orders_a.order_tickets set status = 'void'",
        "update orders_a.order_tickets set status = 'issued'",
        "tickets:",
    ),
    (
        "insert into inventory_a.inventory_seats select show_id, 'FIELD', 'A', 1, 'held', show_id from shows",
        "delete from inventory_a.inventory_seats",
        "seats has rows",
    ),
    (
        "alter table events disable trigger all; update events set data = (data::text || ' ')::json where position = 2",
        "update events set data = trim(data::text)::json where position = 2; alter table events enable trigger all",
        "the chain breaks at 2",
    ),
    (
        "alter table events disable trigger all; update events set position = position + 1 where position = (select max(position) from events)",
        "update events set position = position - 1 where position = (select max(position) from events); alter table events enable trigger all",
        "positions have no gap",
    ),
];

/// What an auditor who finds a fault says.
async fn complaint(world: &World) -> String {
    let Err(complaint) = AssertUnwindSafe(audit::audit_read_models(world)).catch_unwind().await else {
        return "nothing".to_owned();
    };
    complaint.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_forgery_is_found() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let placed = house.order(quantity(&show, 2)).await;
    let approve = format!("/v1/payments/{}/approve", placed.text("payment_id"));
    house.operator.post(&approve, json!({})).await.ok(200);
    let books = audit::audit(&house.world).await;
    for (forge, undo, expected) in FORGERIES.iter().copied() {
        sqlx::raw_sql(forge).execute(&house.world.pool).await.unwrap();
        let found = complaint(&house.world).await;
        assert!(found.contains(expected), "{forge}: {found}");
        sqlx::raw_sql(undo).execute(&house.world.pool).await.unwrap();
    }
    audit::audit(&house.world).await;
    let promised = |status| Outcome { order_id: placed.text("order_id"), status };
    audit::holds_exactly(&books, &[promised("confirmed")]);
    for wrong in [vec![], vec![promised("pending")], vec![promised("confirmed"), promised("confirmed")]] {
        let checked = std::panic::catch_unwind(AssertUnwindSafe(|| audit::holds_exactly(&books, &wrong)));
        assert!(checked.is_err(), "{wrong:?}");
    }
}
