//! What the processes that move money share.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{
    DomainEvent, Payment, PaymentEvent, PaymentId, PaymentMethod, PaymentRequest, Refusal, StreamId,
    operations::{Outcome, SettlePayment},
};
use event_store::{Command, ExecuteError, RecordedEvent, Sequencer, SharedClock, read_stream};
use providers::{Charge, ChargeState, ClientSecret, Manual, Provider, ProviderError};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::process::{Performed, Step, command_context};

/// Events of one payment, at most; it has a handful.
const EVENTS: i64 = 100;

/// What money is moved with.
#[derive(Clone)]
pub struct Money {
    /// Records what became of it.
    pub sequencer: Sequencer,
    /// Where payments are read, as the writer role.
    pub pool: PgPool,
    /// Where the time comes from.
    pub clock: SharedClock,
    /// Who takes cards, if anybody does.
    pub card: Option<Arc<dyn Provider>>,
}

/// A payment as the log has it.
pub(crate) struct Known {
    pub(crate) state: Payment,
    pub(crate) request: Arc<PaymentRequest>,
    pub(crate) charge: Charge,
    /// How whoever took the money calls it.
    took: Option<String>,
    /// When something happened to it last.
    pub(crate) changed_at: DateTime<Utc>,
}

/// Why a step was not performed.
pub(crate) enum Trouble {
    Database(sqlx::Error),
    Unreadable(String),
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Trouble> for Performed {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Database(error) => {
                tracing::debug!(%error, "a payment can't be read now");
                Self::Unavailable
            }
            Trouble::Unreadable(reason) => Self::Failed(reason),
        }
    }
}

impl From<ProviderError> for Performed {
    fn from(error: ProviderError) -> Self {
        let reason = error.to_string();
        match error {
            ProviderError::Unavailable { retry_after, .. } => {
                Self::Away { reason, for_at_least: retry_after }
            }
            ProviderError::Refused(_) | ProviderError::Unreadable(_) => Self::Failed(reason),
        }
    }
}

impl Money {
    /// The payment that a step is about.
    pub(crate) async fn payment(&self, payment: PaymentId) -> Result<Known, Trouble> {
        let mut connection = self.pool.acquire().await?;
        let events = read_stream(&mut connection, StreamId::payment(payment), 0, EVENTS).await?;
        let (state, took) = fold(&events)?;
        let asked_for = state.requested().cloned().zip(events.first()).zip(events.last());
        let ((request, first), last) =
            asked_for.ok_or_else(|| Trouble::Unreadable(format!("{payment} is empty")))?;
        let charge = Charge {
            payment,
            order: request.order,
            amount: request.amount,
            currency: request.currency,
            requested_at: first.recorded_at,
        };
        Ok(Known { state, request, charge, took, changed_at: last.recorded_at })
    }

    /// Whoever takes payments of this kind. A wallet needs nobody.
    pub(crate) fn provider(&self, method: PaymentMethod) -> Option<Arc<dyn Provider>> {
        match method {
            PaymentMethod::Manual | PaymentMethod::Wallet => Some(Arc::new(Manual)),
            PaymentMethod::Card => self.card.clone(),
        }
    }

    /// How the provider calls a charge, where it said so.
    pub(crate) async fn reference(&self, known: &Known) -> Result<Option<String>, sqlx::Error> {
        let payment = known.charge.payment.uuid();
        let noted = sqlx::query_scalar(include_str!("sql/charge_reference.sql")).bind(payment);
        Ok(noted.fetch_optional(&self.pool).await?.or_else(|| known.took.clone()))
    }

    /// Notes what the provider calls a charge, and with what the customer's browser goes on. Of one that succeeded the
    /// log says it.
    pub(crate) async fn note(&self, payment: PaymentId, state: &ChargeState) -> Result<(), sqlx::Error> {
        let (reference, secret) = match state {
            ChargeState::Pending { reference, client_secret } => (reference, client_secret.as_ref()),
            ChargeState::Failed { reference, .. } => (reference, None),
            ChargeState::Succeeded { .. } => return Ok(()),
        };
        let note = sqlx::query(include_str!("sql/note_charge.sql")).bind(payment.uuid()).bind(reference);
        let note = note.bind(secret.map(ClientSecret::reveal)).bind(self.clock.now());
        note.execute(&self.pool).await.map(|_| ())
    }

    /// Records how a charge went. `None`: it has not gone anywhere yet.
    pub(crate) async fn settle(
        &self,
        (process, step): (&str, &Step),
        payment: PaymentId,
        state: ChargeState,
    ) -> Option<Performed> {
        let outcome = match state {
            ChargeState::Pending { .. } => return None,
            ChargeState::Succeeded { reference } => Outcome::Succeeded { reference: Some(reference) },
            ChargeState::Failed { reason, .. } => Outcome::Failed { reason },
        };
        let operation = SettlePayment { payment, outcome };
        let command = Command { operation, context: command_context(process, step) };
        Some(performed(self.sequencer.execute(command).await.map(|_| ())))
    }
}

/// What a provider calls the charges of some payments, where it was noted.
///
/// # Errors
/// The database's own.
pub async fn charge_references(
    connection: &mut PgConnection,
    payments: Vec<Uuid>,
) -> Result<HashMap<Uuid, String>, sqlx::Error> {
    let noted: Vec<(Uuid, String)> = sqlx::query_as(include_str!("sql/charge_references.sql"))
        .bind(payments)
        .fetch_all(connection)
        .await?;
    Ok(noted.into_iter().collect())
}

/// What carrying out a step's command came to.
pub(crate) fn performed(executed: Result<(), ExecuteError>) -> Performed {
    match executed {
        Ok(()) => Performed::Done,
        Err(ExecuteError::QueueFull | ExecuteError::Unavailable) => Performed::Unavailable,
        Err(ExecuteError::Refused(Refusal::HoldNotEnded { until })) => Performed::NotBefore(until),
        Err(error @ (ExecuteError::Refused(_) | ExecuteError::KeyReused | ExecuteError::Defect(_))) => {
            Performed::Failed(error.to_string())
        }
    }
}

/// A payment's state, and how whoever took the money calls it.
fn fold(events: &[RecordedEvent]) -> Result<(Payment, Option<String>), Trouble> {
    let (mut state, mut took) = (Payment::default(), None);
    for event in events {
        let unreadable = |error: &dyn std::fmt::Display| {
            Trouble::Unreadable(format!("position {}: {error}", event.position))
        };
        let stored = event.stored().map_err(|error| unreadable(&error))?;
        let stream = event.stream().map_err(|error| unreadable(&error))?;
        if let DomainEvent::Payment(_, event) =
            DomainEvent::decode(stream, stored).map_err(|error| unreadable(&error))?
        {
            domain::Decider::evolve(&mut state, &event);
            if let PaymentEvent::PaymentSucceeded { reference } = event {
                took = reference;
            }
        }
    }
    Ok((state, took))
}
