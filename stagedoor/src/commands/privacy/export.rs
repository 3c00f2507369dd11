//! `stagedoor privacy export`: all that is held of a user, as one JSON document.
//!
//! Each page is read in a moment of its own, so nothing is held for long, and nothing is kept in memory. Events are
//! those up to `as_of`; read models may have been less far.

use std::path::Path;

use domain::{AccountId, UserId};
use event_store::{Clock, Head, LogReader, Position, RecordedEvent, SystemClock, check_schema, connect};
use identity::{erasure_of, role_changes, sessions};
use processes::Notifications;
use projections::{
    MAX_ITEMS, Page, PageRequest, Viewer,
    accounts::{self, EntryView},
    moment,
    orders::{self, OrderFilter, OrderView},
    payments::{self, PaymentFilter, PaymentView},
    shows::{self, ShowFilter},
};
use serde::Serialize;
use serde_json::{json, value::RawValue};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{document::Document, find, theirs::Theirs};
use crate::{
    failure::Failure,
    output::{self, Progress},
    settings::Settings,
};

/// The shape of the document.
const FORMAT: &str = "stagedoor-person/1";
/// Events read at once.
const EVENTS: i64 = 1_000;

pub(super) async fn run(settings: &Settings, user: &str, out: Option<&Path>) -> Result<(), Failure> {
    let mut connection = connect(&settings.reader()?, "privacy").await?;
    check_schema(&mut connection).await?;
    let (user, profile) = find(&mut connection, user).await?;
    let mut log = LogReader::new(settings.reader()?, "privacy");
    let head = log.head().await?;
    let mut document = Document::begin(out)?;
    document.member("format", &FORMAT)?;
    document.member("as_of", &as_of(&mut connection, &head).await?)?;
    document.member("user", &profile)?;
    document.member("erasure", &erasure_of(&mut connection, user).await?)?;
    let mut person = Held { document, connection, user };
    person.identity().await?;
    person.shows().await?;
    person.orders().await?;
    person.payments().await?;
    person.accounts().await?;
    person.notifications().await?;
    let complete = person.events(&mut log, head.position).await?;
    person.document.member("complete", &complete)?;
    person.document.end()?;
    if let Some(path) = out {
        output::note(&format!("Wrote {}: it is personal data.", path.display()));
    }
    Ok(())
}

async fn as_of(connection: &mut PgConnection, head: &Head) -> Result<impl Serialize, Failure> {
    let read_models = projections::list(connection).await?;
    let read_models: Vec<_> = read_models
        .iter()
        .map(|model| json!({ "name": model.name, "position": model.position, "parked": model.parked }))
        .collect();
    Ok(json!({
        "at": SystemClock.now(), "log_id": head.log_id, "position": head.position, "read_models": read_models,
    }))
}

/// What is written, from where, and about whom.
struct Held {
    document: Document,
    connection: PgConnection,
    user: UserId,
}

/// A payment, and what its provider calls it.
#[derive(Serialize)]
struct Paid<'a> {
    #[serde(flatten)]
    payment: &'a PaymentView,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_reference: Option<&'a str>,
}

/// A movement with the account it belongs to.
#[derive(Serialize)]
struct Movement<'a> {
    account_id: Uuid,
    #[serde(flatten)]
    entry: &'a EntryView,
}

/// An event as it lies in the log.
#[derive(Serialize)]
struct InLog<'a> {
    position: Position,
    stream_id: &'a str,
    version: i64,
    event_id: Uuid,
    r#type: &'a str,
    data: &'a RawValue,
    metadata: &'a RawValue,
    recorded_at: chrono::DateTime<chrono::Utc>,
}

impl Held {
    fn viewer(&self) -> Viewer {
        Viewer::Customer(self.user)
    }

    async fn identity(&mut self) -> Result<(), Failure> {
        self.document.member("sessions", &sessions(&mut self.connection, self.user).await?)?;
        let mut into = self.document.list("role_changes")?;
        let mut after = 0;
        loop {
            let changes = role_changes(&mut self.connection, self.user, after, i64::from(MAX_ITEMS)).await?;
            let Some(last) = changes.last() else { break };
            after = last.change_id;
            into.items(&changes)?;
        }
        into.end();
        Ok(())
    }

    /// Those that they organize.
    async fn shows(&mut self) -> Result<(), Failure> {
        let mut into = self.document.list("shows")?;
        let mut next = Some(first());
        while let Some(page) = next {
            let found = shows::list(&mut self.connection, ShowFilter::Of(self.user), page).await?;
            into.items(&found.items)?;
            next = following(&found);
        }
        into.end();
        Ok(())
    }

    /// With their tickets.
    async fn orders(&mut self) -> Result<(), Failure> {
        let filter = OrderFilter { viewer: self.viewer(), status: None, show: None, user: Some(self.user) };
        let mut into = self.document.list("orders")?;
        let mut next = Some(first());
        while let Some(page) = next {
            let found = page_of_orders(&mut self.connection, filter, page).await?;
            into.items(&found.items)?;
            next = following(&found);
        }
        into.end();
        Ok(())
    }

    async fn payments(&mut self) -> Result<(), Failure> {
        let filter = PaymentFilter { viewer: self.viewer(), status: None };
        let mut into = self.document.list("payments")?;
        let mut next = Some(first());
        while let Some(page) = next {
            let mut moment = moment(&mut self.connection).await?;
            let found = payments::list(&mut moment, filter, page).await?;
            let ids = found.items.iter().map(|payment| payment.payment_id).collect();
            let references = processes::charge_references(&mut moment, ids).await?;
            moment.rollback().await?;
            for payment in &found.items {
                let provider_reference = references.get(&payment.payment_id).map(String::as_str);
                into.item(&Paid { payment, provider_reference })?;
            }
            next = following(&found);
        }
        into.end();
        Ok(())
    }

    async fn accounts(&mut self) -> Result<(), Failure> {
        // One in each currency: few.
        let (viewer, mut found) = (self.viewer(), Vec::new());
        let mut next = Some(first());
        while let Some(page) = next {
            let accounts = accounts::list(&mut self.connection, viewer, page).await?;
            next = following(&accounts);
            found.extend(accounts.items);
        }
        self.document.member("accounts", &found)?;
        let mut into = self.document.list("account_entries")?;
        for account in found {
            let (account_id, mut next) = (account.account_id, Some(first()));
            while let Some(page) = next {
                let entries =
                    accounts::entries(&mut self.connection, AccountId::from(account_id), page).await?;
                entries.items.iter().try_for_each(|entry| into.item(&Movement { account_id, entry }))?;
                next = following(&entries);
            }
        }
        into.end();
        Ok(())
    }

    async fn notifications(&mut self) -> Result<(), Failure> {
        let mut into = self.document.list("notifications")?;
        let mut before = None;
        loop {
            let held =
                Notifications::held(&mut self.connection, self.user, before, i64::from(MAX_ITEMS)).await?;
            let Some(last) = held.last() else { break };
            before = Some(last.position);
            into.items(&held)?;
        }
        into.end();
        Ok(())
    }

    /// Events up to the head that name the user or happened to what is theirs, oldest first; whether that is all.
    async fn events(&mut self, log: &mut LogReader, head: Position) -> Result<bool, Failure> {
        let (mut theirs, mut progress) = (Theirs::of(self.user), Progress::new("events"));
        let mut into = self.document.list("events")?;
        let mut position = 0;
        while position < head {
            let events = log.after(position, EVENTS).await?;
            let Some(last) = events.last() else { break };
            position = last.position;
            for event in events.iter().filter(|event| event.position <= head) {
                if theirs.are_told_by(event) {
                    into.item(&InLog::of(event)?)?;
                }
            }
            progress.tell(position.min(head), head);
        }
        into.end();
        progress.end();
        Ok(!theirs.overflown)
    }
}

impl<'a> InLog<'a> {
    fn of(event: &'a RecordedEvent) -> Result<Self, Failure> {
        let raw = |text: &'a str| serde_json::from_str::<&RawValue>(text).map_err(Failure::other);
        Ok(Self {
            position: event.position,
            stream_id: &event.stream_id,
            version: event.version,
            event_id: event.event_id,
            r#type: &event.event_type,
            data: raw(&event.data)?,
            metadata: raw(&event.metadata)?,
            recorded_at: event.recorded_at,
        })
    }
}

/// Orders with payments and tickets, as they were at one moment.
async fn page_of_orders(
    connection: &mut PgConnection,
    filter: OrderFilter,
    page: PageRequest,
) -> Result<Page<OrderView>, Failure> {
    let mut moment = moment(connection).await?;
    let found = orders::list(&mut moment, filter, page).await?;
    moment.rollback().await?;
    Ok(found)
}

const fn first() -> PageRequest {
    PageRequest { before: None, limit: MAX_ITEMS }
}

fn following<T>(page: &Page<T>) -> Option<PageRequest> {
    page.next.map(|before| PageRequest { before: Some(before), limit: MAX_ITEMS })
}
