//! Between the program and Postgres: cuts connections at a commit, or keeps everybody waiting.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    time::timeout,
};

use super::frames::Frames;

/// How a server says that it has committed.
const COMMITTED: &[u8] = b"COMMIT\0";
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// Where a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The commit never reaches the server.
    Before,
    /// The commit is sent, and the connection gone at the same moment.
    At,
    /// The server has answered the commit; its answer never reaches the client.
    After,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Pass,
    Cut(Cut),
    /// Nothing gets through, and nobody is told.
    Stall,
}

/// A proxy on a port of its own.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    order: watch::Sender<Order>,
}

impl Proxy {
    pub(crate) async fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (order, _) = watch::channel(Order::Pass);
        let orders = order.clone();
        tokio::spawn(async move {
            loop {
                let Ok((client, _)) = listener.accept().await else { continue };
                tokio::spawn(connection(client, server, orders.clone()));
            }
        });
        Self { port, order }
    }

    /// Cuts the next connection that commits; whether one did in time.
    pub(crate) async fn cut(&self, cut: Cut, within: Duration) -> bool {
        self.order.send_replace(Order::Cut(cut));
        let mut order = self.order.subscribe();
        let done = timeout(within, order.wait_for(|order| *order == Order::Pass)).await.is_ok();
        self.order.send_replace(Order::Pass);
        done
    }

    pub(crate) async fn stall(&self, time: Duration) {
        self.order.send_replace(Order::Stall);
        tokio::time::sleep(time).await;
        self.order.send_replace(Order::Pass);
    }
}

async fn connection(client: TcpStream, server: u16, orders: watch::Sender<Order>) {
    // Where nobody listens, the client finds its connection closed.
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let mute = Arc::new(AtomicBool::new(false));
    let mut answers = tokio::spawn(answers(from_server, to_client, orders.subscribe(), Arc::clone(&mute)));
    if requests(from_client, &mut to_server, &orders, &mute).await == Some(Cut::After) {
        let _ = timeout(ANSWERS_WITHIN, &mut answers).await;
    }
    if !answers.is_finished() {
        answers.abort();
        let _ = answers.await;
    }
}

/// Passes on what the client sends, until its connection is cut.
async fn requests(
    mut from: OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    orders: &watch::Sender<Order>,
    mute: &AtomicBool,
) -> Option<Cut> {
    let (mut frames, mut order) = (Frames::default(), orders.subscribe());
    while let Some(read) = some(&mut from).await {
        frames.push(&read);
        while let Some(frame) = frames.pop() {
            let _ = order.wait_for(|order| *order != Order::Stall).await;
            let cut = frame.commits.then(|| taken(orders)).flatten();
            mute.store(cut.is_some(), Ordering::Release);
            if cut != Some(Cut::Before) {
                to.write_all(&frame.bytes).await.ok()?;
            }
            if cut.is_some() {
                return cut;
            }
        }
    }
    None
}

/// The order to cut, which one connection takes.
fn taken(orders: &watch::Sender<Order>) -> Option<Cut> {
    let mut taken = None;
    orders.send_if_modified(|order| {
        if let Order::Cut(cut) = *order {
            taken = Some(cut);
            *order = Order::Pass;
        }
        taken.is_some()
    });
    taken
}

/// Passes on what the server says; what it says to a commit that is cut goes nowhere.
async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut order: watch::Receiver<Order>,
    mute: Arc<AtomicBool>,
) {
    while let Some(read) = some(&mut from).await {
        let _ = order.wait_for(|order| *order != Order::Stall).await;
        if mute.load(Ordering::Acquire) {
            if read.windows(COMMITTED.len()).any(|window| window == COMMITTED) {
                return;
            }
        } else if to.write_all(&read).await.is_err() {
            return;
        }
    }
}

async fn some(from: &mut OwnedReadHalf) -> Option<Vec<u8>> {
    let mut buffer = vec![0; 1 << 14];
    let read = from.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
    buffer.truncate(read);
    Some(buffer)
}
