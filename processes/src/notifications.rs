//! Customers are told what became of their orders: a row each, and an e-mail where a mail server is set.
//!
//! The row holds no name and no address; both are looked up when the e-mail is sent. It may be sent more than once,
//! when an answer got lost, and then has the same Message-ID, so that it is one message to who receives it.
//!
//! A mail server may say anything about a person. Its words are kept in the row alone, which goes when the person is
//! erased; steps, which operators see, and logs say no more than its code.

mod happened;
mod held;
mod kind;
mod letter;
mod mailer;
mod store;
mod told;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Category, DomainEvent, OrderId};
use event_store::{RecordedEvent, SharedClock};
use faultpoint::{Sabotage, sabotaged};
use identity::Identity;
use sqlx::PgPool;
use uuid::Uuid;

use self::{
    happened::Happened,
    kind::Kind,
    letter::Letter,
    mailer::{Refusal, Unsent},
    store::Kept,
    told::Told,
};
use crate::process::{Performed, Process, Reaction, Step};

pub use self::{
    held::HeldNotification,
    mailer::{Mailer, MailerError},
};

/// The shortest and the longest pause after a mail server could not take a message.
const PAUSES: [TimeDelta; 2] = [TimeDelta::seconds(2), TimeDelta::minutes(5)];
/// What could not be sent for so long is nobody's news any more (RFC 5321, 4.5.4.1).
const GIVEN_UP: TimeDelta = TimeDelta::days(5);
/// Said of what happened long before it was looked at, as where a mail server is set for the first time.
const STALE: &str = "too old to be sent";

/// What customers are told with.
#[derive(Clone)]
pub struct Notifying {
    /// Where orders are read and notifications are kept, as the writer role.
    pub pool: PgPool,
    /// Knows who a customer is.
    pub identity: Identity,
    /// Where the time comes from.
    pub clock: SharedClock,
    /// Sends e-mails, if anybody does.
    pub mailer: Option<Mailer>,
}

/// The process that tells customers what became of their orders.
#[derive(Debug, Clone, Copy)]
pub struct Notifications;

impl Process for Notifications {
    const NAME: &'static str = "notifications";
    const AT_ONCE: usize = 32;

    type Context = Notifying;

    fn concerns(category: Category) -> bool {
        match category {
            Category::Order => true,
            Category::Show
            | Category::Inventory
            | Category::Payment
            | Category::Ticket
            | Category::Account => false,
        }
    }

    fn react(event: &DomainEvent, record: &RecordedEvent) -> Vec<Reaction> {
        let DomainEvent::Order(order, event) = event else { return vec![] };
        let Some(kind) = Kind::of(event) else { return vec![] };
        let target = order.uuid();
        let tell = Reaction::Schedule { target, step: kind.name(), due_at: record.recorded_at };
        match kind {
            // Paid late: whoever was not told yet that it expired need not hear of it.
            Kind::Confirmed => vec![Reaction::Drop { target, step: Kind::Expired.name() }, tell],
            Kind::Failed | Kind::Expired | Kind::Refunded => vec![tell],
        }
    }

    async fn perform(notifying: &Notifying, step: &Step) -> Performed {
        notifying.tell(step).await.unwrap_or_else(|performed| performed)
    }
}

/// Both ways tell how it ended; errors end it early.
type Ended = Result<Performed, Performed>;

impl Notifying {
    async fn tell(&self, step: &Step) -> Ended {
        let mut connection = self.pool.acquire().await.map_err(away)?;
        let happened = Happened::read(&mut connection, OrderId::from(step.target), step.cause).await?;
        let told = Told::of(&happened);
        let kept = store::keep(&mut connection, &happened, &told).await.map_err(away)?;
        drop(connection);
        let sent = kept.sent && !sabotaged(Sabotage::TellAgain);
        let Some(mailer) = self.mailer.as_ref().filter(|_| !sent) else { return Ok(Performed::Done) };
        self.send(mailer, &happened, &told, kept).await
    }

    async fn send(&self, mailer: &Mailer, happened: &Happened, told: &Told, kept: Kept) -> Ended {
        let (id, stale) = (happened.notification(), self.age(happened) > GIVEN_UP);
        if stale && !kept.tried {
            store::unsent(&self.pool, id, STALE).await.map_err(away)?;
            return Ok(Performed::Done);
        }
        let found = self.identity.user(happened.placed.customer).await;
        let Some(user) = found.map_err(unknown)? else { return Ok(Performed::Done) };
        let letter = Letter { id, at: happened.at, told, email: &user.email, name: &user.name };
        match mailer.send(&letter).await {
            Ok(()) => {
                let sent = store::sent(&self.pool, id, self.clock.now()).await;
                sent.map(|()| Performed::Done).map_err(away)
            }
            Err(Unsent::Busy) => Err(Performed::Unavailable),
            Err(Unsent::Refused(refusal)) => self.failed(id, refusal).await,
            Err(Unsent::NotNow(refusal)) if stale => self.failed(id, refusal).await,
            Err(Unsent::NotNow(refusal)) => {
                store::unsent(&self.pool, id, &refusal.words).await.map_err(away)?;
                Ok(Performed::NotBefore(self.later(happened)))
            }
        }
    }

    async fn failed(&self, id: Uuid, refusal: Refusal) -> Ended {
        store::unsent(&self.pool, id, &refusal.words).await.map_err(away)?;
        Ok(Performed::Failed(refusal.reason))
    }

    /// A mail server may be away for hours, which is no fault of the message's: the longer ago it happened, the longer
    /// the pause.
    fn later(&self, happened: &Happened) -> DateTime<Utc> {
        let [shortest, longest] = PAUSES;
        self.clock.now() + (self.age(happened) / 4).clamp(shortest, longest)
    }

    fn age(&self, happened: &Happened) -> TimeDelta {
        self.clock.now() - happened.at
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
fn unknown(error: identity::Error) -> Performed {
    tracing::debug!(%error, "a customer can't be looked up now");
    Performed::Unavailable
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
fn away(error: sqlx::Error) -> Performed {
    tracing::debug!(%error, "a notification can't be kept now");
    Performed::Unavailable
}
