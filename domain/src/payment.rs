//! A payment: what a customer owes for one order, and whether it was paid.
//!
//! ```text
//! NotRequested ── request ──▶ Pending ── succeed ──▶ Succeeded ── refund ──▶ RefundRequested ──▶ Refunded
//!                               ├────── fail ──────▶ Failed ───────┐
//!                               └────── cancel ────▶ Cancelled ────┴── late success ──▶ Succeeded
//! ```

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Currency, Decider, OrderId, ShowId, UserId, words::words};

words! {
    /// How a payment is made.
    PaymentMethod {
        /// An operator says whether the money came.
        Manual = "manual",
        /// From the customer's account here.
        Wallet = "wallet",
        /// By a payment company.
        Card = "card",
    }
}

words! {
    /// Where a payment stands.
    PaymentStatus {
        /// Awaited.
        Pending = "pending",
        /// The money came. Stays so until a refund has been paid out.
        Succeeded = "succeeded",
        /// Declined or rejected.
        Failed = "failed",
        /// No longer wanted: the order was cancelled or expired.
        Cancelled = "cancelled",
        /// Paid back.
        Refunded = "refunded",
    }
}

/// What is to be paid, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequest {
    /// The order.
    pub order: OrderId,
    /// The show it is for.
    pub show: ShowId,
    /// Who is to pay.
    pub customer: UserId,
    /// The amount in minor units.
    pub amount: i64,
    /// Its currency.
    pub currency: Currency,
    /// How.
    pub method: PaymentMethod,
    /// How much of the amount is tax.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tax: i64,
}

/// The state of a payment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Payment {
    /// Nothing happened yet.
    #[default]
    NotRequested,
    /// Awaited.
    Pending(Arc<PaymentRequest>),
    /// The money came.
    Succeeded(Arc<PaymentRequest>),
    /// Declined or rejected.
    Failed {
        /// What was to be paid.
        request: Arc<PaymentRequest>,
        /// Why not.
        reason: Arc<str>,
    },
    /// No longer wanted.
    Cancelled(Arc<PaymentRequest>),
    /// To be paid back.
    RefundRequested(Arc<PaymentRequest>),
    /// Paid back.
    Refunded(Arc<PaymentRequest>),
}

/// What can be asked of a payment.
#[derive(Debug, Clone)]
pub enum PaymentCommand {
    /// Ask for the money.
    Request(PaymentRequest),
    /// The money came.
    Succeed {
        /// How whoever took it calls it.
        reference: Option<String>,
    },
    /// The money came although nobody waited for it any more.
    SucceedLate {
        /// How whoever took it calls it.
        reference: Option<String>,
    },
    /// It did not and will not.
    Fail {
        /// Why.
        reason: String,
    },
    /// It is no longer wanted.
    Cancel,
    /// The money is to be paid back.
    RequestRefund {
        /// Why.
        reason: String,
    },
    /// It was paid back.
    Refund {
        /// How whoever paid it back calls that.
        reference: Option<String>,
    },
}

/// What can have happened to a payment. Stored for ever: a variant or an optional field may be added, never renamed
/// or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentEvent {
    /// The money was asked for.
    PaymentRequested(PaymentRequest),
    /// The money came.
    PaymentSucceeded {
        /// How whoever took it calls it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
    /// Declined or rejected.
    PaymentFailed {
        /// Why.
        reason: String,
    },
    /// No longer wanted.
    PaymentCancelled {},
    /// To be paid back.
    PaymentRefundRequested {
        /// Why.
        reason: String,
    },
    /// Paid back.
    PaymentRefunded {
        /// How whoever paid it back calls that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
}

/// Why a payment says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentRefusal {
    /// There is no such payment.
    NotRequested,
    /// It is settled.
    NotPending {
        /// How.
        current_status: PaymentStatus,
    },
    /// It is not settled.
    StillPending,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

impl Decider for Payment {
    type Command<'a> = PaymentCommand;
    type Event = PaymentEvent;
    type Refusal = PaymentRefusal;

    fn decide(&self, command: PaymentCommand) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match command {
            PaymentCommand::Request(request) => Ok(self.request(request)),
            PaymentCommand::Succeed { reference } => {
                self.settle(PaymentStatus::Succeeded, PaymentEvent::PaymentSucceeded { reference })
            }
            PaymentCommand::SucceedLate { reference } => self.succeed_late(reference),
            PaymentCommand::Fail { reason } => {
                self.settle(PaymentStatus::Failed, PaymentEvent::PaymentFailed { reason })
            }
            PaymentCommand::Cancel => {
                self.settle(PaymentStatus::Cancelled, PaymentEvent::PaymentCancelled {})
            }
            PaymentCommand::RequestRefund { reason } => self.request_refund(reason),
            PaymentCommand::Refund { reference } => self.refund(reference),
        }
    }

    fn evolve(&mut self, event: &PaymentEvent) {
        if let PaymentEvent::PaymentRequested(request) = event {
            *self = Self::Pending(Arc::new(request.clone()));
            return;
        }
        let Some(request) = self.requested().cloned() else { return };
        *self = match event {
            PaymentEvent::PaymentRequested(_) => Self::Pending(request),
            PaymentEvent::PaymentSucceeded { .. } => Self::Succeeded(request),
            PaymentEvent::PaymentFailed { reason } => {
                Self::Failed { request, reason: reason.as_str().into() }
            }
            PaymentEvent::PaymentCancelled {} => Self::Cancelled(request),
            PaymentEvent::PaymentRefundRequested { .. } => Self::RefundRequested(request),
            PaymentEvent::PaymentRefunded { .. } => Self::Refunded(request),
        };
    }
}

impl Payment {
    /// See [`crate::State::snapshot_schema`].
    pub const SNAPSHOT_SCHEMA: i16 = 1;

    fn request(&self, request: PaymentRequest) -> Vec<PaymentEvent> {
        match self.status() {
            None => vec![PaymentEvent::PaymentRequested(request)],
            Some(_) => vec![],
        }
    }

    /// Only a pending payment can be settled; being told again how it was settled adds nothing.
    fn settle(&self, how: PaymentStatus, event: PaymentEvent) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self.status() {
            None => Err(PaymentRefusal::NotRequested),
            Some(PaymentStatus::Pending) => Ok(vec![event]),
            Some(current_status) if current_status == how => Ok(vec![]),
            Some(current_status) => Err(PaymentRefusal::NotPending { current_status }),
        }
    }

    /// Given up or declined here, paid there. Whoever learns of it sees to the order, or has it paid back.
    fn succeed_late(&self, reference: Option<String>) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self {
            Self::NotRequested => Err(PaymentRefusal::NotRequested),
            Self::Pending(_) => Err(PaymentRefusal::StillPending),
            Self::Cancelled(_) | Self::Failed { .. } => {
                Ok(vec![PaymentEvent::PaymentSucceeded { reference }])
            }
            Self::Succeeded(_) | Self::RefundRequested(_) | Self::Refunded(_) => Ok(vec![]),
        }
    }

    fn request_refund(&self, reason: String) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self {
            Self::NotRequested => Err(PaymentRefusal::NotRequested),
            Self::Succeeded(_) => Ok(vec![PaymentEvent::PaymentRefundRequested { reason }]),
            Self::RefundRequested(_) | Self::Refunded(_) => Ok(vec![]),
            Self::Pending(_) => Err(PaymentRefusal::StillPending),
            Self::Failed { .. } => Err(PaymentRefusal::NotPending { current_status: PaymentStatus::Failed }),
            Self::Cancelled(_) => {
                Err(PaymentRefusal::NotPending { current_status: PaymentStatus::Cancelled })
            }
        }
    }

    fn refund(&self, reference: Option<String>) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self {
            Self::NotRequested => Err(PaymentRefusal::NotRequested),
            Self::RefundRequested(_) => Ok(vec![PaymentEvent::PaymentRefunded { reference }]),
            Self::Refunded(_) => Ok(vec![]),
            Self::Pending(_) => Err(PaymentRefusal::StillPending),
            Self::Succeeded(_) => {
                Err(PaymentRefusal::NotPending { current_status: PaymentStatus::Succeeded })
            }
            Self::Failed { .. } => Err(PaymentRefusal::NotPending { current_status: PaymentStatus::Failed }),
            Self::Cancelled(_) => {
                Err(PaymentRefusal::NotPending { current_status: PaymentStatus::Cancelled })
            }
        }
    }

    /// Whether it is on its way back.
    #[must_use]
    pub const fn is_being_refunded(&self) -> bool {
        matches!(self, Self::RefundRequested(_))
    }

    /// What was asked for, if it was.
    #[must_use]
    pub fn requested(&self) -> Option<&Arc<PaymentRequest>> {
        match self {
            Self::NotRequested => None,
            Self::Pending(request)
            | Self::Succeeded(request)
            | Self::Failed { request, .. }
            | Self::Cancelled(request)
            | Self::RefundRequested(request)
            | Self::Refunded(request) => Some(request),
        }
    }

    /// Where it stands, if it was requested.
    #[must_use]
    pub fn status(&self) -> Option<PaymentStatus> {
        match self {
            Self::NotRequested => None,
            Self::Pending(_) => Some(PaymentStatus::Pending),
            Self::Succeeded(_) | Self::RefundRequested(_) => Some(PaymentStatus::Succeeded),
            Self::Failed { .. } => Some(PaymentStatus::Failed),
            Self::Cancelled(_) => Some(PaymentStatus::Cancelled),
            Self::Refunded(_) => Some(PaymentStatus::Refunded),
        }
    }

    /// Why it failed, if it did.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        if let Self::Failed { reason, .. } = self { Some(reason) } else { None }
    }

    /// See [`crate::Aggregate::weight`].
    #[must_use]
    pub fn approximate_bytes(&self) -> usize {
        size_of::<Self>() + size_of::<PaymentRequest>() + self.reason().map_or(0, str::len)
    }
}
