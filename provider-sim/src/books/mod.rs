//! The provider's own books: what it took, gave back, answered, and has yet to tell.

mod entry;
mod file;

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

pub(crate) use entry::{Answer, Entry, Reply};
pub use file::BooksError;
pub(crate) use file::{Scribe, Writing, Written, open};

use crate::{intent::Intent, notice::Notice, refund::Refund};

/// How long a key is remembered.
const KEYS_LAST: TimeDelta = TimeDelta::hours(24);

/// Everything, by what was written.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// In the order in which they were made.
    intents: Vec<Intent>,
    places: HashMap<String, usize>,
    /// The places of intents by a name in their metadata and the value there, neither of which changes.
    by_metadata: HashMap<String, HashMap<String, Vec<usize>>>,
    /// By intent, in the order in which they were made.
    refunds: HashMap<String, Vec<Refund>>,
    answers: HashMap<String, Answer>,
    tripped: HashMap<String, u32>,
    /// By intent, in the order in which they are told.
    notices: HashMap<String, VecDeque<Notice>>,
    /// The intents of which a notice is being told.
    telling: HashSet<String>,
    due: BTreeSet<(DateTime<Utc>, Job)>,
}

/// Something to be done for an intent when its time comes. That it is here does not say that it is still to be done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Job {
    Settle(String),
    SettleRefunds(String),
    Tell(String),
}

impl Books {
    /// Takes in a line.
    pub(crate) fn enter(&mut self, entry: Entry) {
        match entry {
            Entry::Intent(intent) => self.enter_intent(intent),
            Entry::Refund(refund) => self.enter_refund(refund),
            Entry::Answer(answer) => {
                self.answers.insert(answer.key.clone(), answer);
            }
            Entry::Tripped { what } => *self.tripped.entry(what).or_default() += 1,
            Entry::Notice(notice) => {
                self.due.insert((notice.due, Job::Tell(notice.intent.clone())));
                self.notices.entry(notice.intent.clone()).or_default().push_back(notice);
            }
            Entry::Told { intent, notice } => self.told(&intent, &notice, false),
            Entry::GivenUp { intent, notice } => self.told(&intent, &notice, true),
        }
    }

    fn enter_intent(&mut self, intent: Intent) {
        if let Some(settles) = intent.settles {
            self.due.insert((settles.at, Job::Settle(intent.id.clone())));
        }
        if let Some(known) = self.places.get(&intent.id).and_then(|place| self.intents.get_mut(*place)) {
            *known = intent;
        } else {
            let place = self.intents.len();
            self.places.insert(intent.id.clone(), place);
            for (name, value) in &intent.metadata {
                let values = self.by_metadata.entry(name.clone()).or_default();
                values.entry(value.clone()).or_default().push(place);
            }
            self.intents.push(intent);
        }
    }

    fn enter_refund(&mut self, refund: Refund) {
        if let Some(at) = refund.settles_at {
            self.due.insert((at, Job::SettleRefunds(refund.intent.clone())));
        }
        let refunds = self.refunds.entry(refund.intent.clone()).or_default();
        match refunds.iter_mut().find(|known| known.id == refund.id) {
            Some(known) => *known = refund,
            None => refunds.push(refund),
        }
    }

    fn told(&mut self, intent: &str, notice: &str, for_good: bool) {
        self.telling.remove(intent);
        let Some(queue) = self.notices.get_mut(intent) else { return };
        if let Some(told) = queue.front_mut().filter(|told| told.id == notice) {
            told.copies = told.copies.saturating_sub(1);
            if for_good || told.copies == 0 {
                queue.pop_front();
            }
        }
        if let Some(next) = queue.front() {
            self.due.insert((next.due, Job::Tell(intent.to_owned())));
        } else {
            self.notices.remove(intent);
        }
    }

    /// What is to be done by now; whoever takes it does it.
    pub(crate) fn take_due(&mut self, now: DateTime<Utc>) -> Vec<Job> {
        let mut jobs = Vec::new();
        while let Some((due, job)) = self.due.pop_first() {
            if due > now {
                self.due.insert((due, job));
                break;
            }
            jobs.push(job);
        }
        jobs
    }

    /// When something is to be done next.
    pub(crate) fn next_due(&self) -> Option<DateTime<Utc>> {
        self.due.first().map(|(due, _)| *due)
    }

    /// The notice of an intent that is to be told now. None while another is: they arrive in their order.
    pub(crate) fn take_notice(&mut self, intent: &str, now: DateTime<Utc>) -> Option<Notice> {
        let next = self.notices.get(intent)?.front().filter(|_| !self.telling.contains(intent))?;
        if next.due > now {
            self.due.insert((next.due, Job::Tell(intent.to_owned())));
            return None;
        }
        self.telling.insert(intent.to_owned());
        Some(next.clone())
    }

    /// Whether a notice is still to be told.
    pub(crate) fn is_to_be_told(&self, intent: &str, notice: &str) -> bool {
        self.notices.get(intent).is_some_and(|queue| queue.iter().any(|waiting| waiting.id == notice))
    }

    /// How many notices are still to be told.
    pub(crate) fn untold(&self) -> usize {
        self.notices.values().map(VecDeque::len).sum()
    }

    pub(crate) fn intent(&self, id: &str) -> Option<&Intent> {
        self.intents.get(*self.places.get(id)?)
    }

    /// All of them, newest first; from the one after `after` on. `None`: there is no such one.
    pub(crate) fn intents(&self, after: Option<&str>) -> Option<impl Iterator<Item = &Intent>> {
        let end = match after {
            Some(id) => *self.places.get(id)?,
            None => self.intents.len(),
        };
        Some(self.intents.iter().take(end).rev())
    }

    /// Those with a value in their metadata, newest first.
    pub(crate) fn intents_with(&self, name: &str, value: &str) -> impl Iterator<Item = &Intent> {
        let places = self.by_metadata.get(name).and_then(|values| values.get(value));
        places.into_iter().flatten().rev().filter_map(|place| self.intents.get(*place))
    }

    /// Those of an intent, oldest first.
    pub(crate) fn refunds(&self, intent: &str) -> &[Refund] {
        self.refunds.get(intent).map(Vec::as_slice).unwrap_or_default()
    }

    /// What was answered under a key, while it is remembered.
    pub(crate) fn answer(&self, key: &str, now: DateTime<Utc>) -> Option<&Answer> {
        self.answers.get(key).filter(|answer| now - answer.at < KEYS_LAST)
    }

    /// How often a fault was played.
    pub(crate) fn tripped(&self, what: &str) -> u32 {
        self.tripped.get(what).copied().unwrap_or_default()
    }
}
