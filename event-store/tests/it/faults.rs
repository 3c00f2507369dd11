//! What the sequencer does when its database fails it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{OrderId, ShowId};
use event_store::{Command, Context, ExecuteError, Sequencer};
use sqlx::{Connection, postgres::PgConnectOptions};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Instant, timeout},
};

use uuid::Uuid;

use crate::support::{Database, buy, command, context, place, show_of};

/// When a connection through the proxy is cut, as seen in what the client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Never,
    /// The commit never reaches the server.
    BeforeCommit,
    /// The commit reaches the server, its answer never the client.
    AfterCommit,
}

/// Passes bytes between sequencer and server, until it is told to cut at a commit.
async fn proxy(server: PgConnectOptions) -> (PgConnectOptions, watch::Sender<Cut>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = server.clone().host("127.0.0.1").port(listener.local_addr().unwrap().port());
    let (sender, cut) = watch::channel(Cut::Never);
    let address = (server.get_host().to_owned(), server.get_port());
    let armed = Arc::new(sender.clone());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(address.clone()).await.unwrap();
            tokio::spawn(pass(client, server, cut.clone(), Arc::clone(&armed)));
        }
    });
    (options, sender)
}

async fn pass(
    client: TcpStream,
    server: TcpStream,
    cut: watch::Receiver<Cut>,
    armed: Arc<watch::Sender<Cut>>,
) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let mut answers =
        tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await.map(|_| ()) });
    let mut buffer = vec![0; 1 << 16];
    while let Ok(read) = from_client.read(&mut buffer).await {
        if read == 0 {
            break;
        }
        let sent = &buffer[..read];
        let commits = sent.windows(7).any(|window| window == b"commit\0");
        let when = *cut.borrow();
        if commits && when != Cut::Never {
            armed.send_replace(Cut::Never);
            answers.abort();
            let _ = (&mut answers).await;
            if when == Cut::AfterCommit {
                to_server.write_all(sent).await.unwrap();
                to_server.flush().await.unwrap();
                // Dropped only when the server has nothing left to say to this commit.
                std::mem::forget(to_server);
            }
            return;
        }
        if to_server.write_all(sent).await.is_err() {
            break;
        }
    }
    answers.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_arrived_but_was_not_answered_is_found_and_acknowledged() {
    let database = Database::new().await;
    let (options, cut) = proxy(database.options.clone()).await;
    let through = Database { options };
    let sequencer = through.sequencer();
    let show = show_of(&sequencer, 5).await;
    cut.send_replace(Cut::AfterCommit);
    let placed = buy(&sequencer, show).await.expect("the order is in the log, so it is acknowledged");
    let log = database.log().await;
    assert_eq!(log.len(), 5);
    assert_eq!(log[4].position, placed.position);
    buy(&sequencer, show).await.unwrap();
    assert_eq!(database.log().await.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_never_arrived_is_not_acknowledged_and_can_be_repeated() {
    let database = Database::new().await;
    let (options, cut) = proxy(database.options.clone()).await;
    let through = Database { options };
    let sequencer = through.sequencer();
    let show = show_of(&sequencer, 5).await;
    cut.send_replace(Cut::BeforeCommit);
    let asked = command(place(show, 1));
    assert_eq!(sequencer.execute(asked.clone()).await, Err(ExecuteError::Unavailable));
    assert_eq!(database.log().await.len(), 2);
    let answer = sequencer.execute(asked).await.unwrap();
    assert!(!answer.replayed);
    assert_eq!(database.log().await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_holds_the_lock_for_too_long_is_ended() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 5).await;
    let mut frozen = database.connect().await;
    sqlx::raw_sql("begin; lock table log_lock in exclusive mode").execute(&mut frozen).await.unwrap();
    let begun = Instant::now();
    buy(&sequencer, show).await.unwrap();
    let waited = begun.elapsed();
    assert!(waited >= Duration::from_secs(4), "a writer that is merely busy is left alone: {waited:?}");
    assert!(waited <= Duration::from_secs(7), "others wait at most 7 s: {waited:?}");
    assert!(frozen.ping().await.is_err(), "what thaws finds its connection gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_killed_under_load_loses_and_doubles_nothing() {
    let private = engines::testing::private_postgres().await.unwrap();
    let database = Database::on(private.postgres.url().parse().unwrap()).await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 100_000).await;
    let (stop, stopped) = watch::channel(false);
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let (sequencer, stopped) = (sequencer.clone(), stopped.clone());
        callers.spawn(async move {
            let mut acknowledged = Vec::new();
            while !*stopped.borrow() {
                let context = context();
                acknowledged.push((context.clone(), persist(&sequencer, show, context).await));
            }
            acknowledged
        });
    }
    wait_for_head(&sequencer, 300).await;
    private.postgres.kill9().unwrap();
    private.postgres.restart().await.unwrap();
    let begun = Instant::now();
    let again = *sequencer.head().borrow() + 300;
    wait_for_head(&sequencer, again).await;
    assert!(begun.elapsed() < Duration::from_secs(15), "at work again within 15 s");
    stop.send_replace(true);
    let answers: Vec<_> = callers.join_all().await.into_iter().flatten().collect();
    let mut placed: HashMap<Uuid, Vec<String>> = HashMap::new();
    for event in database.log().await.into_iter().filter(|event| event.event_type == "OrderPlaced") {
        placed.entry(event.metadata().unwrap().command_id).or_default().push(event.stream_id);
    }
    for (context, order) in &answers {
        let orders = placed.remove(&context.command_id).unwrap_or_default();
        assert_eq!(orders, [format!("order-{order}")], "acknowledged, so in the log, once");
    }
    assert!(placed.is_empty(), "every caller persisted until it was answered: {placed:?}");
    let (context, order) = answers[0].clone();
    let replayed = sequencer.execute(Command { operation: place(show, 1), context }).await.unwrap();
    assert_eq!((replayed.answer.order_id, replayed.replayed), (order, true));
}

/// Orders under one command id until there is an answer, with new ids each time, as a client that retries does.
async fn persist(sequencer: &Sequencer, show: ShowId, context: Context) -> OrderId {
    loop {
        let command = Command { operation: place(show, 1), context: context.clone() };
        match sequencer.execute(command).await {
            Ok(placed) => return placed.answer.order_id,
            Err(ExecuteError::Unavailable) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(other) => panic!("{other}"),
        }
    }
}

async fn wait_for_head(sequencer: &event_store::Sequencer, position: i64) {
    let mut head = sequencer.head();
    let reached = timeout(Duration::from_secs(30), head.wait_for(|head| *head >= position)).await;
    assert!(reached.is_ok(), "the log did not reach {position}");
}
