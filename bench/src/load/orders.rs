//! Orders for two numbered seats each, no seat twice.

use std::io::Write;

use domain::ShowId;
use uuid::Uuid;

use super::{Answer, Traffic};
use crate::house::{Hall, Person};

/// At which show the next order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// At the same until it is 90 % sold, then at the next.
    Hot,
    /// At each in turn.
    Cold,
}

/// Orders for two numbered seats each, no seat twice.
pub(crate) struct Orders<'a> {
    people: &'a [Person],
    hall: Hall,
    choice: Choice,
    shows: Vec<ShowId>,
    /// Sets this run's idempotency keys apart.
    run: Uuid,
    next: u64,
    body: Vec<u8>,
    /// What was acknowledged.
    pub(crate) acknowledged: Vec<Uuid>,
}

impl<'a> Orders<'a> {
    pub(crate) fn new(people: &'a [Person], hall: Hall, choice: Choice, shows: Vec<ShowId>) -> Self {
        let run = Uuid::new_v4();
        Self { people, hall, choice, shows, run, next: 0, body: vec![], acknowledged: vec![] }
    }

    /// How many orders can still be sent.
    pub(crate) fn left(&self) -> u64 {
        (self.shows.len() as u64 * self.hall.pairs_sold()).saturating_sub(self.next)
    }

    /// Adds shows that were put on sale meanwhile.
    pub(crate) fn add(&mut self, shows: Vec<ShowId>) {
        self.shows.extend(shows);
    }

    /// What is on sale.
    pub(crate) fn shows(&self) -> &[ShowId] {
        &self.shows
    }

    /// Whether more was asked for than was prepared: then orders were refused that should not have been.
    pub(crate) fn ran_out(&self) -> bool {
        self.next > self.shows.len() as u64 * self.hall.pairs_sold()
    }

    /// What the person on this connection sends.
    pub(crate) fn token(&self, connection: usize) -> &'a str {
        &self.people[connection % self.people.len()].token
    }

    fn place(&self) -> (usize, u64) {
        let shows = self.shows.len() as u64;
        let (show, pair) = match self.choice {
            Choice::Hot => (self.next / self.hall.pairs_sold(), self.next % self.hall.pairs_sold()),
            Choice::Cold => (self.next % shows, self.next / shows),
        };
        (usize::try_from(show.min(shows - 1)).unwrap_or(0), pair)
    }
}

impl Traffic for Orders<'_> {
    fn request(&mut self, connection: usize, request: &mut Vec<u8>) {
        let (show, pair) = self.place();
        let (section, row, seat) = self.hall.pair(pair);
        let (show, token) = (self.shows[show], self.token(connection));
        self.body.clear();
        // Writing to memory does not fail.
        let _ = write!(
            self.body,
            "{{\"show_id\":\"{show}\",\"payment_method\":\"manual\",\"items\":[{{\"section\":\"{section}\",\
             \"seats\":[\"{row}-{seat}\",\"{row}-{}\"]}}]}}",
            seat + 1
        );
        let _ = write!(
            request,
            "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: {}-{}\r\nContent-Length: {}\r\n\r\n",
            token,
            self.run.simple(),
            self.next,
            self.body.len()
        );
        request.extend_from_slice(&self.body);
        self.next += 1;
    }

    fn answered(&mut self, answer: &Answer<'_>) {
        if answer.status == 201 {
            self.acknowledged.extend(answer.order_id());
        }
    }
}
