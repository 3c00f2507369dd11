//! What can be asked of the system: one file each.

mod answers;
mod approve_payment;
mod cancel_order;
mod close_show;
mod expire_hold;
mod place_order;
mod publish_show;
mod reject_payment;
mod revise_show;
mod schedule_show;
mod settle;

pub use answers::{Actor, HoldOutcome, OrderSummary, PaymentSummary, ShowSummary};
pub use approve_payment::ApprovePayment;
pub use cancel_order::CancelOrder;
pub use close_show::CloseShow;
pub use expire_hold::ExpireHold;
pub use place_order::PlaceOrder;
pub use publish_show::PublishShow;
pub use reject_payment::RejectPayment;
pub use revise_show::ReviseShow;
pub use schedule_show::ScheduleShow;

pub use crate::show::{OrderItem, Wanted};
