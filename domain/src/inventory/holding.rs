//! What one order holds or has bought.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{OrderId, SeatRef, UserId, words::words};

words! {
    /// What a seat is that is not available.
    SeatState {
        /// Kept for an order until its hold ends.
        Held = "held",
        /// Paid for.
        Sold = "sold",
    }
}

/// The seats of one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The order.
    pub order: OrderId,
    /// Whose order it is.
    pub customer: UserId,
    /// Its seats.
    pub seats: Arc<[SeatRef]>,
    /// What they are.
    pub state: SeatState,
}
