//! `stagedoor audit order`: an order's whole story, from the log alone.

use std::str::FromStr;

use chrono::SecondsFormat;
use domain::OrderId;
use projections::story::{ActorKind, HistoryActor, HistoryEntry, HistoryState, Story, story};

use super::named;
use crate::{failure::Failure, output, settings::Settings};

pub(super) async fn run(settings: &Settings, json: bool, order: &str) -> Result<(), Failure> {
    let id = OrderId::from_str(named(order, "order")).map_err(|_| {
        Failure::usage(format!("`{order}` names no order"), "its id, or its stream: order-<id>")
    })?;
    let mut connection = event_store::connect(&settings.reader()?, "audit").await?;
    let head = event_store::head(&mut connection).await?.position;
    let told = story(&mut connection, id, head).await?;
    let told = told.ok_or_else(|| Failure::Fault(format!("the log has no order {id}")))?;
    if json { output::json(&told) } else { print(&told) }
}

fn print(story: &Story) -> Result<(), Failure> {
    let mut rows = Vec::with_capacity(story.entries.len());
    let mut before: Option<&HistoryEntry> = None;
    for entry in &story.entries {
        // Who and why are a command's, and stand beside its first event.
        let goes_on = before.is_some_and(|before| {
            (&before.recorded_at, &before.actor, before.command, &before.cause)
                == (&entry.recorded_at, &entry.actor, entry.command, &entry.cause)
        });
        rows.push(row(entry, goes_on));
        before = Some(entry);
    }
    output::table(&["position", "when", "who", "why", "what", "then"], rows)
}

fn row(entry: &HistoryEntry, goes_on: bool) -> Vec<String> {
    let [when, who, why] = if goes_on {
        [const { String::new() }; 3]
    } else {
        let time = entry.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true);
        [time, who(&entry.actor), why(entry)]
    };
    vec![entry.position.to_string(), when, who, why, entry.description.clone(), then(&entry.state)]
}

fn who(actor: &HistoryActor) -> String {
    let kind = match actor.kind {
        ActorKind::Customer => "customer",
        ActorKind::Staff => "staff",
        ActorKind::System => actor.process.unwrap_or("system"),
    };
    match actor.user_id {
        Some(user) => format!("{kind} {user}"),
        None => kind.to_owned(),
    }
}

fn why(entry: &HistoryEntry) -> String {
    match &entry.cause {
        Some(cause) => format!("{} ({} {})", entry.why, cause.position, cause.r#type),
        None => entry.why.to_owned(),
    }
}

fn then(state: &HistoryState) -> String {
    let tickets = state.tickets.map(|tickets| {
        let counts = [(tickets.issued, "issued"), (tickets.checked_in, "checked in"), (tickets.void, "void")];
        let counted = counts.iter().filter(|(count, _)| *count > 0);
        let counted: Vec<String> = counted.map(|(count, word)| format!("{count} {word}")).collect();
        format!("tickets {}", counted.join(" + "))
    });
    let account = state.account.as_ref();
    let parts = [
        state.order.map(|word| format!("order {word}")),
        state.payment.map(|word| format!("payment {word}")),
        state.refund.map(|word| format!("refund {word}")),
        state.seats.map(|word| format!("seats {word}")),
        tickets,
        account.map(|account| format!("account {} {}", account.balance, account.currency)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
