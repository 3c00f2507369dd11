//! What a campaign came to: for machines, and as the table of docs/reliability.md.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path, time::Duration};

use serde_json::{Value, json};

use super::{
    check::{Checker, Extent},
    nemesis::{Count, Deeds},
    office::Office,
    plan::Plan,
    record::Record,
};

pub(crate) struct Report {
    name: &'static str,
    seed: u64,
    kinds: Vec<String>,
    counts: BTreeMap<String, Count>,
    history: Vec<Value>,
    answers: BTreeMap<String, u64>,
    /// How processes ended, and how often.
    ends: BTreeMap<String, u64>,
    extent: Extent,
    checks: usize,
    holes: usize,
    resets: usize,
    recoveries: Vec<f64>,
    took: Duration,
}

impl Report {
    pub(crate) fn new(plan: &Plan) -> Self {
        let kinds = plan.lanes.iter().flat_map(|lane| lane.kinds.iter().map(|kind| kind.name()));
        Self {
            name: plan.name,
            seed: plan.seed,
            kinds: kinds.collect(),
            counts: BTreeMap::new(),
            history: Vec::new(),
            answers: BTreeMap::new(),
            ends: BTreeMap::new(),
            extent: Extent::default(),
            checks: 0,
            holes: 0,
            resets: 0,
            recoveries: Vec::new(),
            took: Duration::ZERO,
        }
    }

    pub(crate) fn faults(&mut self, deeds: &Deeds) {
        (self.counts, self.history) = (deeds.counts(), deeds.history());
    }

    pub(crate) fn checked(&mut self, checker: &Checker, extent: Extent, took: Duration) {
        (self.extent, self.took) = (extent, took);
        (self.checks, self.holes, self.resets) = (checker.checks, checker.holes, checker.resets);
        self.recoveries.push(checker.recovery.as_secs_f64());
    }

    pub(crate) fn answers(&mut self, record: &Record) {
        self.answers = record.answers();
    }

    pub(crate) fn ends(&mut self, office: &Office) {
        self.ends.clear();
        for instance in &office.staff {
            for end in instance.ends() {
                *self.ends.entry(format!("{}: {end}", instance.role.name())).or_default() += 1;
            }
        }
    }

    pub(crate) fn write(&self, directory: &Path) {
        fs::write(directory.join("report.json"), format!("{:#}", self.json())).unwrap();
        fs::write(directory.join("report.md"), self.markdown()).unwrap();
    }

    fn json(&self) -> Value {
        let counts: BTreeMap<_, _> = self
            .counts
            .iter()
            .map(|(kind, count)| (kind, json!({ "happened": count.happened, "missed": count.missed })))
            .collect();
        json!({
            "campaign": self.name, "seed": self.seed, "seconds": self.took.as_secs_f64(), "faults": counts,
            "events": self.extent.events, "orders": self.extent.orders,
            "done_but_not_acknowledged": self.extent.unacknowledged_but_done, "checks": self.checks,
            "holes_in_the_stream": self.holes, "resets": self.resets(), "seconds_until_quiet": self.recoveries, "answers": self.answers,
            "ends": self.ends, "history": self.history,
        })
    }

    /// By the nemesis after a fault, or by the checker's operator.
    fn resets(&self) -> usize {
        let told = self.history.iter().filter_map(|deed| deed["how"].as_str());
        self.resets + told.filter(|how| how.contains("refused and reset")).count()
    }

    /// The table of docs/reliability.md.
    pub(crate) fn markdown(&self) -> String {
        let mut text =
            format!("Seed {}, {} s.\n\n| fault | times |\n| --- | ---: |\n", self.seed, self.took.as_secs());
        for kind in &self.kinds {
            let count = self.counts.get(kind).copied().unwrap_or_default();
            let _ = writeln!(text, "| {kind} | {} |", count.happened);
        }
        let total: u64 = self.counts.values().map(|count| count.happened).sum();
        let slowest = self.recoveries.iter().copied().fold(0.0, f64::max);
        let answers: u64 = self.answers.values().sum();
        let _ = write!(
            text,
            "| **all** | **{total}** |\n\n| what | how many |\n| --- | ---: |\n\
            | requests | {answers} |\n| orders | {} |\n| events | {} |\n| checks of everything | {} |\n\
            | commands carried out whose answer was lost | {} |\n| messages NATS lost out of its stream | {} |\n\
            | damaged streams that the relay refused, and that were reset | {} |\n\
            | seconds until all was quiet again, at most | {slowest:.1} |\n\
            | acknowledged and lost, done twice, seats with two owners, oversold, stuck | 0 |\n",
            self.extent.orders,
            self.extent.events,
            self.checks,
            self.extent.unacknowledged_but_done,
            self.holes,
            self.resets(),
        );
        text
    }
}
