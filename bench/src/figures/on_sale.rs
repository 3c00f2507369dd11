//! The moment a show goes on sale: 20,000 people want one of 5,000 seats.

use std::{io::Write, time::Duration};

use domain::ShowId;
use tokio::time::Instant;
use uuid::Uuid;

use super::Bench;
use crate::{
    fallible::Fallible,
    house::{Hall, Person, Role, Rows, Running},
    load::{self, Answer, CONNECTIONS, Schedule, Traffic},
};

const NAME: &str = "on_sale";
const BUYERS: u32 = 20_000;
const SEATS: i64 = 5_000;
/// All come within these seconds.
const RUSH: Duration = Duration::from_secs(2);
/// The sections of the theatre: a quarter of those who want a seat in each can have one.
const SECTIONS: u64 = 5;
const CREATED: u16 = 201;
const CONFLICT: u16 = 409;

struct Buyers<'a> {
    people: &'a [Person],
    show: ShowId,
    run: Uuid,
    next: u64,
    acknowledged: Vec<Uuid>,
}

/// One show a turn.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let house = bench.site.house().await?;
    let program = Running::serve(&house, Role::All).await?;
    let mut acknowledged = vec![];
    for turn in 1..=bench.args.turns() {
        let show = house.publish(Hall::THEATRE, 1).await?[0];
        let held = house.seats_held().await?;
        let people = bench.site.people();
        let mut buyers = Buyers { people, show, run: Uuid::new_v4(), next: 0, acknowledged: vec![] };
        let rate = f64::from(BUYERS) / RUSH.as_secs_f64();
        let begun = Instant::now();
        // Nothing is left out of the count, however late it comes.
        let schedule = || Schedule::of(BUYERS.into(), rate);
        let outcome = load::run(program.ports.command, CONNECTIONS, schedule, &mut buyers).await?;
        let took = begun.elapsed();
        house.caught_up().await?;
        if let Some(odd) = outcome.unexpected(&[CONFLICT]) {
            return Err(format!("buyers were answered {odd}").into());
        }
        let sold = house.seats_held().await? - held;
        let (won, lost) = (outcome.count_of(CREATED), outcome.count_of(CONFLICT));
        let exact = sold == SEATS && won == 5_000 && won + lost == u64::from(BUYERS);
        bench.journal.audit(NAME, exact, format!("{sold} seats sold, {won} won, {lost} lost"))?;
        acknowledged.append(&mut buyers.acknowledged);
        bench.journal.turn(
            NAME,
            turn,
            [
                ("seconds", took.as_secs_f64()),
                ("winners_p99_ms", outcome.quantile_of(CREATED, 0.99)),
                ("losers_p99_ms", outcome.quantile_of(CONFLICT, 0.99)),
            ],
        )?;
    }
    program.stop().await?;
    house.audit(&mut bench.journal, NAME, &acknowledged, Rows::CaughtUp).await?;
    bench.journal.figure(NAME, "seconds", "s", None)?;
    bench.journal.figure(NAME, "winners_p99_ms", "ms", None)?;
    bench.journal.figure(NAME, "losers_p99_ms", "ms", None)?;
    house.demolish().await
}

impl Traffic for Buyers<'_> {
    fn request(&mut self, connection: usize, request: &mut Vec<u8>) {
        let Self { show, run, next, .. } = *self;
        let section = next % SECTIONS + 1;
        let body = format!(
            "{{\"show_id\":\"{show}\",\"payment_method\":\"manual\",\"items\":[{{\"section\":\"{section}\",\
             \"quantity\":1}}]}}"
        );
        // Writing to memory does not fail.
        let _ = write!(
            request,
            "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: {}-{next}\r\nContent-Length: {}\r\n\r\n{body}",
            self.people[connection % self.people.len()].token,
            run.simple(),
            body.len()
        );
        self.next += 1;
    }

    fn answered(&mut self, answer: &Answer<'_>) {
        if answer.status == CREATED {
            self.acknowledged.extend(answer.order_id());
        }
    }
}
