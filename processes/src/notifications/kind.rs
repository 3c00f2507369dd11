//! Of what customers are told.

use domain::{OrderEvent, OrderId};
use uuid::Uuid;

/// Names notifications among all `UUIDv5`s.
const NOTIFICATIONS: Uuid = Uuid::from_u128(0x9e0d_6b51_2f7c_4c38_a1f4_71b8_2c5d_90e6);

/// Of what a customer is told. Each is told once an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Confirmed,
    Failed,
    Expired,
    Refunded,
}

impl Kind {
    /// What is told of an event. Who cancelled an order knows.
    pub(super) fn of(event: &OrderEvent) -> Option<Self> {
        match event {
            OrderEvent::OrderConfirmed { .. } => Some(Self::Confirmed),
            OrderEvent::OrderFailed { .. } => Some(Self::Failed),
            OrderEvent::OrderExpired {} => Some(Self::Expired),
            OrderEvent::OrderRefunded {} => Some(Self::Refunded),
            OrderEvent::OrderPlaced(_) | OrderEvent::OrderCancelled {} => None,
        }
    }

    /// Its name, of the step and to callers.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "order_confirmed",
            Self::Failed => "order_failed",
            Self::Expired => "order_expired",
            Self::Refunded => "order_refunded",
        }
    }

    /// The notification that tells it of an order: the same however often it is derived.
    pub(super) fn notification(self, order: OrderId) -> Uuid {
        Uuid::new_v5(&NOTIFICATIONS, format!("{}/{}", order.uuid(), self.name()).as_bytes())
    }
}
