//! Ports for the program to listen on.

use std::net::TcpListener;

use rand::RngExt;

/// Below the ports that Linux gives to outgoing connections: a port that is free while a killed process is started
/// again must not go to one of the test's own clients.
const RANGE: std::ops::Range<u16> = 10_000..32_000;

/// Where one process listens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) command: u16,
    pub(crate) query: u16,
    pub(crate) health: u16,
    pub(crate) provider_sim: u16,
}

impl Ports {
    pub(crate) fn free() -> Self {
        // All are held until all are chosen, so that they differ.
        let held: Vec<TcpListener> = (0..4).map(|_| listen()).collect();
        let port = |index: usize| held[index].local_addr().unwrap().port();
        Self { command: port(0), query: port(1), health: port(2), provider_sim: port(3) }
    }

    pub(crate) fn settings(self) -> Vec<(&'static str, String)> {
        let address = |port: u16| format!("127.0.0.1:{port}");
        vec![
            ("STAGEDOOR_COMMAND_LISTEN", address(self.command)),
            ("STAGEDOOR_QUERY_LISTEN", address(self.query)),
            ("STAGEDOOR_HEALTH_LISTEN", address(self.health)),
            ("STAGEDOOR_PROVIDER_SIM_LISTEN", address(self.provider_sim)),
        ]
    }
}

fn listen() -> TcpListener {
    let mut rng = rand::rng();
    (0..100)
        .find_map(|_| TcpListener::bind(("127.0.0.1", rng.random_range(RANGE))).ok())
        .expect("a free port")
}
