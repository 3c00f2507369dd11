//! Sends what a schedule asks for.

use std::{cell::RefCell, io};

use futures::future::try_join_all;
use tokio::time::{Instant, sleep_until};

use super::{Answer, Connection, Outcome, Schedule};
use crate::fallible::Fallible;

/// What is sent, and what is made of the answers.
pub(crate) trait Traffic {
    /// Writes the next request that this connection sends.
    fn request(&mut self, connection: usize, request: &mut Vec<u8>);

    /// Takes note of an answer.
    fn answered(&mut self, answer: &Answer<'_>);
}

struct State<'a, T> {
    traffic: &'a mut T,
    outcome: Outcome,
    next: u64,
}

/// Sends requests to a port of this machine, over so many connections, until the schedule ends.
pub(crate) async fn run<T: Traffic>(
    port: u16,
    connections: usize,
    schedule: impl FnOnce() -> Schedule,
    traffic: &mut T,
) -> Fallible<Outcome> {
    let open = try_join_all((0..connections).map(|_| Connection::open(port))).await?;
    let schedule = schedule();
    let state = RefCell::new(State { traffic, outcome: Outcome::new()?, next: 0 });
    let senders = open.into_iter().enumerate().map(|(number, connection)| {
        let sender = Sender { port, number, connection, schedule, state: &state };
        sender.run()
    });
    try_join_all(senders).await?;
    let mut outcome = state.into_inner().outcome;
    outcome.finish(schedule.seconds());
    Ok(outcome)
}

impl<T: Traffic> State<'_, T> {
    /// Takes note of what came back; whether the connection can be used again.
    fn take(&mut self, answer: &io::Result<Answer<'_>>, due: Instant, schedule: &Schedule) -> bool {
        let (now, status) = (Instant::now(), answer.as_ref().map_or(0, |answer| answer.status));
        if schedule.counts(now) {
            self.outcome.count(status, now - due);
        }
        if let Ok(answer) = answer {
            self.traffic.answered(answer);
        }
        answer.is_ok()
    }
}

struct Sender<'a, 'b, T> {
    port: u16,
    number: usize,
    connection: Connection,
    schedule: Schedule,
    state: &'a RefCell<State<'b, T>>,
}

impl<T: Traffic> Sender<'_, '_, T> {
    async fn run(mut self) -> io::Result<()> {
        let mut request = Vec::with_capacity(1_024);
        while let Some(due) = self.next(&mut request) {
            if due > Instant::now() {
                sleep_until(due).await;
            }
            let answer = self.connection.exchange(&request).await;
            if !self.state.borrow_mut().take(&answer, due, &self.schedule) {
                self.connection = Connection::open(self.port).await?;
            }
        }
        Ok(())
    }

    /// Takes the next request of the schedule, and returns when it is due.
    fn next(&self, request: &mut Vec<u8>) -> Option<Instant> {
        let mut state = self.state.borrow_mut();
        let due = self.schedule.due(state.next)?;
        state.next += 1;
        request.clear();
        state.traffic.request(self.number, request);
        Some(due)
    }
}
