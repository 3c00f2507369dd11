//! What customers asked and were answered, as they themselves wrote it down: in memory, and line by line in a file.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    sync::{Mutex, MutexGuard},
    time::Instant,
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::Reply;

/// What a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verb {
    Place,
    Approve,
    Reject,
    Cancel,
    Schedule,
    Publish,
    Close,
}

/// What is asked, under one key.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) verb: Verb,
    pub(crate) key: String,
    pub(crate) path: String,
    pub(crate) body: Value,
}

/// All that is known of one key from outside.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) ask: Ask,
    /// Requests whose fate nobody told: no answer, or 503.
    pub(crate) silent: u32,
    pub(crate) refused: u32,
    /// Answers that were no repetition.
    first_answers: u32,
    pub(crate) answer: Option<Reply>,
}

/// An order as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) order: String,
    pub(crate) status: String,
    pub(crate) position: i64,
}

pub(crate) struct Record {
    begun: Instant,
    inner: Mutex<Inner>,
}

struct Inner {
    file: BufWriter<File>,
    commands: HashMap<Uuid, Command>,
    seen: Vec<Seen>,
    /// What answers there were, by what was asked.
    answers: BTreeMap<String, u64>,
    violations: Vec<String>,
}

impl Record {
    pub(crate) fn in_file(path: &Path) -> Self {
        let inner = Inner {
            file: BufWriter::new(File::create(path).unwrap()),
            commands: HashMap::new(),
            seen: Vec::new(),
            answers: BTreeMap::new(),
            violations: Vec::new(),
        };
        Self { begun: Instant::now(), inner: Mutex::new(inner) }
    }

    /// Written down before it is sent: whatever happens then, it is known that it was asked.
    pub(crate) fn asks(&self, user: &str, ask: &Ask, to: &str) -> Uuid {
        // A key belongs to its user: a command's id in the log is the UUIDv5 of both.
        let id = Uuid::new_v5(&user.parse().unwrap(), ask.key.as_bytes());
        let mut inner = self.inner();
        inner.commands.entry(id).or_insert_with(|| Command {
            ask: ask.clone(),
            silent: 0,
            refused: 0,
            first_answers: 0,
            answer: None,
        });
        let line = json!({ "at": self.now(), "asks": id, "to": to, "path": ask.path, "key": ask.key, "body": ask.body });
        inner.write(&line);
        id
    }

    /// What came back, if anything did.
    pub(crate) fn hears(&self, id: Uuid, heard: &Result<Reply, reqwest::Error>) {
        let mut inner = self.inner();
        let line = match heard {
            Ok(reply) => json!({
                "at": self.now(), "hears": id, "status": reply.status, "order": reply.body["order_id"],
                "position": reply.body["position"], "replayed": is_replayed(reply), "problem": reply.body["type"],
            }),
            Err(error) => json!({ "at": self.now(), "hears": id, "nothing": error.to_string() }),
        };
        inner.write(&line);
        let command = inner.commands.get_mut(&id).unwrap();
        let verb = command.ask.verb;
        let (told, violation) = if let Ok(reply) = heard {
            (reply.status.to_string(), command.hears(reply))
        } else {
            command.silent += 1;
            ("nothing".to_owned(), None)
        };
        *inner.answers.entry(format!("{verb:?} {told}")).or_default() += 1;
        inner.violations.extend(violation.map(|violation| format!("{id}: {violation}")));
    }

    /// Anything else that was asked and answered: reads, other bodies, garbage.
    pub(crate) fn notes(&self, what: &str, told: &str) {
        let mut inner = self.inner();
        inner.write(&json!({ "at": self.now(), "what": what, "told": told }));
        *inner.answers.entry(format!("{what} {told}")).or_default() += 1;
    }

    pub(crate) fn saw(&self, seen: Seen) {
        self.inner().seen.push(seen);
    }

    pub(crate) fn violation(&self, what: String) {
        let mut inner = self.inner();
        inner.write(&json!({ "at": self.now(), "violation": what }));
        inner.violations.push(what);
    }

    /// Panics when a customer was told what no fault excuses; the first few such answers say enough.
    pub(crate) fn holds(&self) {
        let violations = self.inner().violations.clone();
        let first = &violations[..violations.len().min(5)];
        assert!(violations.is_empty(), "{} violations, first: {first:#?}", violations.len());
    }

    pub(crate) fn has_violations(&self) -> bool {
        !self.inner().violations.is_empty()
    }

    /// What was read since this was asked last.
    pub(crate) fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.inner().seen)
    }

    pub(crate) fn answers(&self) -> BTreeMap<String, u64> {
        self.inner().answers.clone()
    }

    /// Looks at all commands.
    pub(crate) fn with_commands<T>(&self, look: impl FnOnce(&HashMap<Uuid, Command>) -> T) -> T {
        look(&self.inner().commands)
    }

    pub(crate) fn flush(&self) {
        self.inner().file.flush().unwrap();
    }

    fn now(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }
}

impl Inner {
    fn write(&mut self, line: &Value) {
        writeln!(self.file, "{line}").unwrap();
    }
}

impl Command {
    /// Every answer to a key is the same answer, and only one is not a repetition.
    fn hears(&mut self, reply: &Reply) -> Option<String> {
        match reply.status {
            200..300 => {
                self.first_answers += u32::from(!is_replayed(reply));
                let wrong = match &self.answer {
                    Some(known) if (known.status, &known.body) != (reply.status, &reply.body) => {
                        Some(format!("two answers to one key: {known:?} and {reply:?}"))
                    }
                    _ if self.first_answers > 1 => Some(format!("carried out twice: {:?}", self.ask)),
                    _ => None,
                };
                self.answer.get_or_insert_with(|| reply.clone());
                wrong
            }
            429 | 503 => {
                self.silent += 1;
                None
            }
            400..500 => {
                self.refused += 1;
                let was = self.answer.as_ref()?;
                Some(format!("acknowledged, then refused: {was:?}, {reply:?}"))
            }
            _ => Some(format!("{:?} was answered {reply:?}", self.ask)),
        }
    }
}

fn is_replayed(reply: &Reply) -> bool {
    reply.header("idempotency-replayed") == Some("true")
}
