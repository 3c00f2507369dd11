//! What can be asked of the system: one file each.

mod answers;
mod approve_payment;
mod cancel_order;
mod cancel_show;
mod check_in;
mod close_show;
mod complete_refund;
mod deposit_funds;
mod expire_hold;
mod open_account;
mod place_order;
mod publish_show;
mod refund_order;
mod refunding;
mod reject_payment;
mod revise_show;
mod schedule_show;
mod settle;
mod settle_payment;
mod unwind_show;

pub use answers::{
    AccountSummary, Actor, HoldOutcome, OrderSummary, PaymentSummary, ShowSummary, TicketSummary,
};
pub use approve_payment::ApprovePayment;
pub use cancel_order::CancelOrder;
pub use cancel_show::CancelShow;
pub use check_in::CheckIn;
pub use close_show::CloseShow;
pub use complete_refund::CompleteRefund;
pub use deposit_funds::DepositFunds;
pub use expire_hold::ExpireHold;
pub use open_account::OpenAccount;
pub use place_order::PlaceOrder;
pub use publish_show::PublishShow;
pub use refund_order::RefundOrder;
pub use reject_payment::RejectPayment;
pub use revise_show::ReviseShow;
pub use schedule_show::ScheduleShow;
pub use settle_payment::{Outcome, SettleEffect, SettlePayment, Settled};
pub use unwind_show::{UnwindShow, Unwound};

pub use crate::show::{OrderItem, Wanted};
