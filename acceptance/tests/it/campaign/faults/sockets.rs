//! Clients that are slow to ask, or never take their answer.

use std::time::Duration;

use rand::{RngExt, rngs::StdRng};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::sleep};

use super::{Came, happened};
use crate::{campaign::office::Office, support::Role};

const CLIENTS: usize = 60;

/// What they have sent when they fall silent.
const BEGINNINGS: [&str; 3] = [
    "POST /v1/orders HT",
    "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
    "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{\"show_id\":",
];

fn ports(office: &Office) -> Vec<u16> {
    let commands = office.of(Role::CommandApi).map(|instance| instance.ports.command);
    commands.chain(office.of(Role::QueryApi).map(|instance| instance.ports.query)).collect()
}

async fn everywhere(office: &Office, text: &str) -> Vec<TcpStream> {
    let mut clients = Vec::new();
    for port in ports(office).into_iter().cycle().take(CLIENTS) {
        if let Ok(mut client) = TcpStream::connect(("127.0.0.1", port)).await
            && client.write_all(text.as_bytes()).await.is_ok()
        {
            clients.push(client);
        }
    }
    clients
}

pub(super) async fn slow(office: &Office, rng: &mut StdRng) -> Came {
    let clients = everywhere(office, BEGINNINGS[rng.random_range(0..BEGINNINGS.len())]).await;
    sleep(Duration::from_millis(rng.random_range(1_000..6_000))).await;
    drop(clients);
    happened()
}

/// They ask for much, many times over, and read none of it.
pub(super) async fn deaf(office: &Office, rng: &mut StdRng) -> Came {
    let request = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    let clients = everywhere(office, &request).await;
    sleep(Duration::from_millis(rng.random_range(1_000..6_000))).await;
    drop(clients);
    happened()
}
