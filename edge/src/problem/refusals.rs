//! 409: the request is well formed, and a rule of the box office refuses it.

use serde_json::json;

use super::Problem;

impl Problem {
    /// Fewer are available than were asked for.
    #[must_use]
    pub fn not_enough_available(available: u64) -> Self {
        let detail = format!("Only {available} are available.");
        Self::conflict("not-enough-available", "Not enough available", detail).with("available", available)
    }

    /// Somebody else has these seats.
    #[must_use]
    pub fn seats_taken(seats: &[String]) -> Self {
        let detail = format!("Taken: {}.", seats.join(", "));
        Self::conflict("seats-taken", "Seats are taken", detail).with("seats", json!(seats))
    }

    /// Enough seats, but not side by side.
    #[must_use]
    pub fn no_adjacent_seats(largest_block: u64) -> Self {
        let detail = format!(
            "At most {largest_block} are free side by side; with adjacent false, seats may be apart."
        );
        Self::conflict("no-adjacent-seats", "Not enough seats side by side", detail)
            .with("largest_block", largest_block)
    }

    /// The show is a draft, closed, cancelled, or outside its time of sale.
    #[must_use]
    pub fn show_not_on_sale() -> Self {
        Self::conflict("show-not-on-sale", "The show is not on sale", "The show is not on sale.")
    }

    /// The order can't do this in its current status.
    #[must_use]
    pub fn order_not_pending(current_status: &str) -> Self {
        let detail = format!("The order is {current_status}.");
        Self::conflict("order-not-pending", "The order is not pending", detail)
            .with("current_status", current_status)
    }

    /// The payment can't do this in its current status.
    #[must_use]
    pub fn payment_not_pending(current_status: &str) -> Self {
        let detail = format!("The payment is {current_status}.");
        Self::conflict("payment-not-pending", "The payment is not pending", detail)
            .with("current_status", current_status)
    }

    /// The order is not confirmed, or is being paid back.
    #[must_use]
    pub fn order_not_refundable(current_status: &str, refund_requested: bool) -> Self {
        let detail = if refund_requested {
            "The order is being paid back.".to_owned()
        } else {
            format!("The order is {current_status}.")
        };
        Self::conflict("order-not-refundable", "The order can't be refunded", detail)
            .with("current_status", current_status)
            .with("refund_requested", refund_requested)
    }

    /// The show can't do this in its current status.
    #[must_use]
    pub fn show_status(current_status: &str) -> Self {
        let detail = format!("The show is {current_status}.");
        Self::conflict("show-status", "The show's status does not allow this", detail)
            .with("current_status", current_status)
    }

    /// This installation does not take payments of this kind.
    #[must_use]
    pub fn payment_method_unavailable() -> Self {
        let detail = "This way to pay is not available here.";
        Self::conflict("payment-method-unavailable", "The payment method is not available", detail)
    }

    /// Another user has this e-mail address.
    #[must_use]
    pub fn email_taken() -> Self {
        let detail = "Somebody has signed up with this e-mail address already.";
        Self::conflict("email-taken", "The e-mail address is taken", detail)
    }

    /// A user has one account in a currency.
    #[must_use]
    pub fn account_exists() -> Self {
        Self::conflict(
            "account-exists",
            "The account exists",
            "You have an account in this currency already.",
        )
    }

    /// A ticket lets somebody in once.
    #[must_use]
    pub fn already_checked_in() -> Self {
        Self::conflict("already-checked-in", "Already checked in", "This ticket was checked in before.")
    }

    /// The ticket's order was refunded or cancelled.
    #[must_use]
    pub fn ticket_void() -> Self {
        Self::conflict("ticket-void", "The ticket is void", "This ticket is void.")
    }

    /// The show limits how many seats one customer may have.
    #[must_use]
    pub fn customer_limit(limit: u64) -> Self {
        let detail = format!("One customer may have at most {limit} seats of this show.");
        Self::conflict("customer-limit", "The limit per customer is reached", detail).with("limit", limit)
    }

    /// `min_position` is beyond the end of the log.
    #[must_use]
    pub fn position_unknown(head: i64) -> Self {
        let detail = format!("The log ends at {head}.");
        Self::conflict("position-unknown", "The log has no such position", detail).with("head", head)
    }
}
