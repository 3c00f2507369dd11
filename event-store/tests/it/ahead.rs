//! What is decided while the batch before it is still being written.

use domain::ShowId;
use event_store::{Command, ExecuteError, Sequencer};
use sqlx::{Connection, PgConnection};
use tokio::task::JoinHandle;

use crate::support::{Database, buy, command, context, place, show_of};

/// Keeps a batch from being written until it is dropped.
async fn hold_up(database: &Database) -> PgConnection {
    let mut holder = PgConnection::connect_with(&database.options).await.unwrap();
    sqlx::raw_sql("begin; lock table commands in exclusive mode").execute(&mut holder).await.unwrap();
    holder
}

async fn until_one_waits(database: &Database) {
    let mut watcher = PgConnection::connect_with(&database.options).await.unwrap();
    let waits = "select exists (select from pg_locks where not granted and relation = 'commands'::regclass)";
    while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut watcher).await.unwrap() {
        tokio::task::yield_now().await;
    }
}

fn buying(
    sequencer: &Sequencer,
    show: ShowId,
) -> JoinHandle<Result<event_store::Committed<domain::operations::OrderSummary>, ExecuteError>> {
    let sequencer = sequencer.clone();
    tokio::spawn(async move { buy(&sequencer, show).await })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_comes_again_while_it_is_written_gets_the_first_answer() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 1).await;
    let holder = hold_up(&database).await;
    let context = context();
    let ask = || {
        let (sequencer, context) = (sequencer.clone(), context.clone());
        let command = Command { operation: place(show, 1), context };
        tokio::spawn(async move { sequencer.execute(command).await })
    };
    let first = ask();
    until_one_waits(&database).await;
    let again = [ask(), ask(), ask()];
    drop(holder);
    let first = first.await.unwrap().unwrap();
    for answer in again {
        let answer = answer.await.unwrap().expect("the house is full, but of this very order");
        assert_eq!(
            (answer.answer, answer.position, answer.replayed),
            (first.answer.clone(), first.position, true)
        );
    }
    assert_eq!(database.log().await.len(), 2 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_on_a_batch_that_came_to_nothing_is_decided_anew() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 1).await;
    let holder = hold_up(&database).await;
    let first = buying(&sequencer, show);
    until_one_waits(&database).await;
    let second = buying(&sequencer, show);
    assert_eq!(first.await.unwrap(), Err(ExecuteError::Unavailable), "the lock can't be had within a second");
    drop(holder);
    let second = second.await.unwrap();
    // Its own write may have met the holder, too; then it is told so, and not that the house is full.
    match second {
        Ok(_) => assert_eq!(database.log().await.len(), 2 + 3),
        Err(error) => {
            assert_eq!(error, ExecuteError::Unavailable);
            sequencer.execute(command(place(show, 1))).await.expect("the seat is free");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_writers_who_decide_ahead_of_each_other_one_sells_the_seat() {
    let database = Database::new().await;
    let writers = [database.sequencer(), database.sequencer()];
    for _ in 0..10 {
        let show = show_of(&writers[0], 2).await;
        let holder = hold_up(&database).await;
        let first = buying(&writers[0], show);
        until_one_waits(&database).await;
        let rivals = [buying(&writers[0], show), buying(&writers[1], show), buying(&writers[0], show)];
        drop(holder);
        first.await.unwrap().unwrap();
        let mut sold = 0;
        for rival in rivals {
            match rival.await.unwrap() {
                Ok(_) => sold += 1,
                Err(error) => assert!(matches!(error, ExecuteError::Refused(_)), "{error:?}"),
            }
        }
        assert_eq!(sold, 1);
    }
    database.log().await;
}
