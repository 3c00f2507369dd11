//! Shows to sell, and who buys.

use chrono::TimeDelta;
use domain::{
    Currency, OrderId, OrderItem, PaymentId, PaymentMethod, Seating, SectionDraft, ShowDraft, ShowId, UserId,
    Wanted,
    operations::{Actor, ApprovePayment, OrderSummary, PlaceOrder, PublishShow, RefundOrder, ScheduleShow},
};
use event_store::{Clock, Command, Committed, Context, ExecuteError, new_id};

use crate::support::World;

/// How long a customer has to pay.
pub(crate) const HOLD: TimeDelta = TimeDelta::seconds(900);

pub(crate) fn command<O>(operation: O) -> Command<O> {
    let context = Context {
        command_id: new_id(),
        fingerprint: Some([7; 32]),
        actor: Some(new_id()),
        correlation: new_id(),
        causation: None,
        traceparent: None,
    };
    Command { operation, context }
}

fn draft(world: &World, capacity: u32) -> ShowDraft {
    let section = SectionDraft {
        code: "FLOOR".into(),
        name: "Floor".into(),
        price: 1_000,
        seating: Seating::Quantity { capacity },
    };
    ShowDraft {
        title: "A night".into(),
        venue: "Hall".into(),
        starts_at: world.clock.now() + TimeDelta::days(30),
        time_zone: "UTC".into(),
        currency: Currency::EUR,
        tax_basis_points: 700,
        hold_seconds: 900,
        sales_start_at: None,
        sales_end_at: None,
        max_per_customer: None,
        sections: vec![section],
    }
}

pub(crate) async fn show_of(world: &World, capacity: u32) -> ShowId {
    let (show, organizer) = (ShowId::from(new_id()), UserId::from(new_id()));
    let schedule = ScheduleShow { show, organizer, draft: draft(world, capacity) };
    world.sequencer.execute(command(schedule)).await.unwrap();
    world.sequencer.execute(command(PublishShow { show, organizer })).await.unwrap();
    show
}

/// Someone orders, and has yet to pay.
pub(crate) async fn order(
    world: &World,
    show: ShowId,
    quantity: u32,
) -> Result<Committed<OrderSummary>, ExecuteError> {
    order_of(world, show, quantity, UserId::from(new_id())).await
}

/// A certain customer orders, and has yet to pay.
pub(crate) async fn order_of(
    world: &World,
    show: ShowId,
    quantity: u32,
    customer: UserId,
) -> Result<Committed<OrderSummary>, ExecuteError> {
    let place = PlaceOrder {
        order: OrderId::from(new_id()),
        payment: PaymentId::from(new_id()),
        customer,
        show,
        method: PaymentMethod::Manual,
        takes_cards: true,
        items: vec![OrderItem {
            section: Some("FLOOR".into()),
            wanted: Wanted::Quantity { quantity, adjacent: false },
        }],
    };
    world.sequencer.execute(command(place)).await
}

/// An operator has seen the money.
pub(crate) async fn pay(world: &World, payment: PaymentId) {
    world.sequencer.execute(command(ApprovePayment { payment })).await.unwrap();
}

/// An operator has an order paid back.
pub(crate) async fn refund(world: &World, order: OrderId) {
    let by = Actor { user: UserId::from(new_id()), operator: true };
    world.sequencer.execute(command(RefundOrder { order, by, reason: None })).await.unwrap();
}
