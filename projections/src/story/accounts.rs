//! How much there was in an account after one of its events.

use domain::{Account, AccountId, Decider, DomainEvent, StreamId};
use event_store::read_stream;
use sqlx::PgConnection;

use crate::happened::Happened;

/// Events read at once.
const PAGE: i64 = 1_000;

/// An account with more events than this is not added up for one order's sake.
const MOST: i64 = 10_000;

/// The account after its event of that version; `None` if it would take too long to add up, or can't be read.
pub(super) async fn at(
    connection: &mut PgConnection,
    account: AccountId,
    version: i64,
) -> Result<Option<Account>, sqlx::Error> {
    if version > MOST {
        return Ok(None);
    }
    let stream = StreamId::account(account);
    let (mut state, mut read) = (Account::default(), 0);
    while read < version {
        let page = read_stream(connection, stream, read, PAGE.min(version - read)).await?;
        let Some(last) = page.last() else { return Ok(None) };
        read = last.version;
        for event in &page {
            let Ok(happened) = Happened::decode(event.glimpse(), stream) else { return Ok(None) };
            if let DomainEvent::Account(_, event) = &happened.event {
                state.evolve(event);
            }
        }
    }
    Ok(Some(state))
}
