//! Clients that are slow, silent, greedy or many; and the end of a service.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    routing::{get, post},
};
use edge::{Bounds, extract::RawBody};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

/// Longer than anything here should take.
const PATIENCE: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(200);
const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

struct Served {
    address: SocketAddr,
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Served {
    async fn within(router: Router, bounds: Bounds) -> Self {
        let listener = edge::bind("127.0.0.1:0".parse().unwrap(), "STAGEDOOR_TEST_LISTEN").await.unwrap();
        let (address, cancel) = (listener.local_addr().unwrap(), CancellationToken::new());
        let task = tokio::spawn(edge::serve(listener, router, bounds, cancel.clone()));
        Self { address, cancel, task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A client that has sent this.
    async fn sent(&self, bytes: &[u8]) -> TcpStream {
        let mut client = self.connect().await;
        client.write_all(bytes).await.unwrap();
        client
    }

    async fn ends(self) {
        timeout(PATIENCE, self.task).await.expect("the service ends").unwrap();
    }
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

/// All that the client is sent until the connection ends.
async fn read_to_end(client: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end, too.
    let _ = timeout(PATIENCE, client.read_to_end(&mut bytes)).await.expect("the connection ends");
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn read_answer(client: &mut TcpStream) -> String {
    let mut buffer = vec![0; 4_096];
    let read = timeout(PATIENCE, client.read(&mut buffer)).await.expect("there is an answer").unwrap();
    String::from_utf8_lossy(&buffer[..read]).into_owned()
}

#[tokio::test]
async fn a_head_that_does_not_end_is_cut_off() {
    let service = Served::within(hello(), Bounds { head: SHORT, ..Bounds::default() }).await;
    for begun in ["G", "GET / HT", "GET / HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let begin = Instant::now();
        let mut client = service.sent(begun.as_bytes()).await;
        assert_eq!(read_to_end(&mut client).await, "", "{begun}");
        assert!(begin.elapsed() >= SHORT, "{begun}");
    }
}

#[tokio::test]
async fn a_head_that_comes_drop_by_drop_is_cut_off() {
    let service = Served::within(hello(), Bounds { head: SHORT, ..Bounds::default() }).await;
    let mut client = service.sent(b"GET / HTTP/1.1\r\n").await;
    let begin = Instant::now();
    while client.write_all(b"a").await.is_ok() && timeout(SHORT / 10, client.readable()).await.is_err() {
        assert!(begin.elapsed() < PATIENCE, "still heard after {:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn a_connection_that_asks_nothing_more_is_closed() {
    let service = Served::within(hello(), Bounds { idle: SHORT, ..Bounds::default() }).await;
    let mut silent = service.connect().await;
    let mut served = service.sent(GET).await;
    assert!(read_to_end(&mut served).await.ends_with("hello"));
    assert_eq!(read_to_end(&mut silent).await, "");
}

#[tokio::test]
async fn a_connection_that_goes_on_asking_stays_open() {
    let bounds = Bounds { idle: SHORT, head: SHORT, ..Bounds::default() };
    let service = Served::within(hello(), bounds).await;
    let mut client = service.connect().await;
    let begin = Instant::now();
    while begin.elapsed() < SHORT * 4 {
        client.write_all(GET).await.unwrap();
        assert!(read_answer(&mut client).await.ends_with("hello"));
        let silence = timeout(SHORT / 4, client.readable()).await;
        assert!(silence.is_err(), "closed although it asked a moment ago");
    }
}

#[tokio::test]
async fn an_answer_that_takes_longer_than_silence_may_is_waited_for() {
    let handler = || async {
        tokio::time::sleep(SHORT * 8).await;
        "at last"
    };
    let bounds = Bounds { idle: SHORT, head: SHORT, ..Bounds::default() };
    let service = Served::within(Router::new().route("/", get(handler)), bounds).await;
    let mut client = service.sent(GET).await;
    assert!(read_answer(&mut client).await.ends_with("at last"));
}

#[tokio::test]
async fn an_answer_that_is_read_slowly_is_read_to_its_end() {
    let router = Router::new().route("/", get(|| async { "x".repeat(16 << 20) }));
    let bounds = Bounds { idle: SHORT, head: SHORT, ..Bounds::default() };
    let service = Served::within(router, bounds).await;
    let mut client = service.sent(GET).await;
    assert!(!read_answer(&mut client).await.is_empty());
    tokio::time::sleep(SHORT * 8).await;
    let rest = read_to_end(&mut client).await;
    assert!(rest.len() > 15 << 20, "only {} bytes came", rest.len());
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_408() {
    let router = Router::new().route("/", post(|_: RawBody| async { "got it" }));
    let service = Served::within(router, Bounds { body: SHORT, ..Bounds::default() }).await;
    let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n12345";
    let mut client = service.sent(head).await;
    let answer = read_to_end(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("urn:stagedoor:problem:body-timeout"), "{answer}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_given_up_and_its_answer_forgotten() {
    let (given, mut forgotten) = mpsc::channel(1);
    let handler = move || {
        let held = given.clone();
        async move {
            held.send(()).await.unwrap();
            // Far more than socket buffers hold.
            let chunks = futures::stream::unfold(held, |held| async move {
                Some((Ok::<_, std::io::Error>(vec![b'x'; 1 << 20]), held))
            });
            axum::body::Body::from_stream(chunks)
        }
    };
    let router = Router::new().route("/", get(handler));
    let service = Served::within(router, Bounds { stall: SHORT, ..Bounds::default() }).await;
    let client = service.sent(GET).await;
    forgotten.recv().await.unwrap();
    service.cancel.cancel();
    // With the router and the answer gone, nobody holds the other end.
    assert_eq!(timeout(PATIENCE, forgotten.recv()).await, Ok(None));
    service.ends().await;
    drop(client);
}

#[tokio::test]
async fn requests_sent_ahead_without_reading_do_not_pile_up() {
    let (asked, mut requests) = watch::channel(0_u64);
    let handler = move || {
        asked.send_modify(|count| *count += 1);
        async { "x".repeat(100_000) }
    };
    let router = Router::new().route("/", get(handler));
    let service = Served::within(router, Bounds::default()).await;
    let mut client = service.connect().await;
    let all = GET.repeat(1_000);
    let _ = timeout(SHORT, client.write_all(&all)).await;
    // Until nothing more is answered.
    while timeout(SHORT, requests.changed()).await.is_ok() {}
    let answered = *requests.borrow();
    assert!(answered < 500, "{answered} answers of 100 kB wait for a client that reads none");
}

#[tokio::test]
async fn a_head_without_measure_is_refused() {
    let service = Served::within(hello(), Bounds::default()).await;
    let mut client = service.sent(b"GET / HTTP/1.1\r\nhost: x\r\nx: ").await;
    let _ = client.write_all(&vec![b'x'; 200_000]).await;
    let answer = read_to_end(&mut client).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn idle_connections_make_room_for_those_that_ask() {
    let service = Served::within(hello(), Bounds { connections: 8, ..Bounds::default() }).await;
    let mut idle = Vec::new();
    for _ in 0..50 {
        let mut client = service.sent(GET).await;
        assert!(read_answer(&mut client).await.ends_with("hello"));
        idle.push(client);
    }
}

#[tokio::test]
async fn clients_that_send_half_a_request_make_room_for_those_that_ask() {
    let service = Served::within(hello(), Bounds { connections: 4, ..Bounds::default() }).await;
    let mut slow = Vec::new();
    for _ in 0..8 {
        slow.push(service.sent(b"GET / HT").await);
    }
    let mut client = service.sent(GET).await;
    assert!(read_answer(&mut client).await.ends_with("hello"));
}

#[tokio::test]
async fn more_connections_than_there_may_be_wait_and_are_served_in_turn() {
    let (go, gone) = watch::channel(false);
    let (started, mut running) = mpsc::unbounded_channel();
    let handler = move || {
        let (mut gone, started) = (gone.clone(), started.clone());
        async move {
            started.send(()).unwrap();
            gone.wait_for(|gone| *gone).await.unwrap();
            "served"
        }
    };
    let router = Router::new().route("/", get(handler));
    let service = Served::within(router, Bounds { connections: 3, ..Bounds::default() }).await;
    let close = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let mut clients = Vec::new();
    for _ in 0..9 {
        clients.push(service.sent(close).await);
    }
    for _ in 0..3 {
        running.recv().await.unwrap();
    }
    assert!(timeout(SHORT, running.recv()).await.is_err(), "a fourth is being answered");
    go.send(true).unwrap();
    for client in &mut clients {
        assert!(read_to_end(client).await.ends_with("served"));
    }
}

#[tokio::test]
async fn what_was_accepted_is_answered_before_the_end() {
    let (started, mut accepted) = mpsc::channel(1);
    let (finish, finished) = watch::channel(false);
    let handler = move || async move {
        started.send(()).await.unwrap();
        finished.clone().wait_for(|done| *done).await.unwrap();
        "answered"
    };
    let router = Router::new().route("/", get(handler));
    let service = Served::within(router, Bounds::default()).await;
    let mut client = service.sent(GET).await;
    accepted.recv().await.unwrap();

    service.cancel.cancel();
    assert!(timeout(SHORT, client.readable()).await.is_err(), "the end did not wait");
    finish.send(true).unwrap();

    assert!(read_to_end(&mut client).await.ends_with("answered"));
    service.ends().await;
}

#[tokio::test]
async fn connections_that_ask_nothing_do_not_keep_the_service_from_stopping() {
    let service = Served::within(hello(), Bounds::default()).await;
    let mut served = service.sent(GET).await;
    assert!(read_answer(&mut served).await.ends_with("hello"));
    let mut half = service.sent(b"GET / HTTP/1.1\r\nhost: x\r\n").await;
    let mut silent = service.connect().await;
    let begin = Instant::now();
    service.cancel.cancel();
    for client in [&mut served, &mut half, &mut silent] {
        assert_eq!(read_to_end(client).await, "");
    }
    service.ends().await;
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_request_without_end_does_not_keep_the_service_from_stopping() {
    let (started, mut accepted) = mpsc::channel::<()>(1);
    let handler = move || async move {
        started.send(()).await.unwrap();
        std::future::pending::<()>().await;
    };
    let router = Router::new().route("/", get(handler));
    let service = Served::within(router, Bounds { drain: SHORT, ..Bounds::default() }).await;
    let _client = service.sent(GET).await;
    accepted.recv().await.unwrap();
    service.cancel.cancel();
    service.ends().await;
}
