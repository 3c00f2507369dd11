//! What the campaign came to, as the tables of docs/reliability.md.

use std::{fmt::Write, time::Duration};

use super::{
    check::{Checked, Settled},
    crowd::Bought,
    killer::Faults,
    plan::Plan,
    post::Post,
};

pub(super) fn markdown(
    plan: &Plan,
    faults: &Faults,
    post: &Post,
    bought: &Bought,
    settled: &Settled,
    checked: &Checked,
    took: Duration,
) -> String {
    let mut text =
        format!("Seed {}, {} s.\n\n| what | how many |\n| --- | ---: |\n", plan.seed, took.as_secs());
    let mut row = |what: &str, count: String| {
        // Writing to memory does not fail.
        let _ = writeln!(text, "| {what} | {count} |");
    };
    for (fault, times) in faults {
        row(fault, times.to_string());
    }
    row("**all faults**", format!("**{}**", faults.values().sum::<usize>()));
    let (taken, delivered) = post.numbers();
    row("webhooks, and how often they were delivered", format!("{taken}, {delivered}"));
    row("payments", bought.values().sum::<usize>().to_string());
    for method in ["card", "manual", "wallet"] {
        let count: usize =
            bought.iter().filter(|(name, _)| name.starts_with(method)).map(|(_, count)| count).sum();
        row(&format!("… by {method}"), count.to_string());
    }
    for (status, count) in &checked.statuses {
        row(&format!("orders {status}"), count.to_string());
    }
    row("orders confirmed after their hold had ended", checked.late.to_string());
    row("events", checked.events.to_string());
    row("charges taken by the provider", checked.captured.to_string());
    row("… and given back", checked.given_back.to_string());
    row("minor units taken, and given back", format!("{}, {}", checked.taken, checked.returned));
    row(
        "seconds from the last fault until nothing was pending",
        format!("{:.1}", settled.after.as_secs_f64()),
    );
    row("taken twice, neither an order nor given back, differences to the provider's books", "0".to_owned());
    text
}
