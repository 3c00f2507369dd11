//! A free port on the loopback interface.

use std::net::{Ipv4Addr, TcpListener};

use rand::RngExt;

use crate::error::EngineError;

/// Below the range from which systems take the ports of outgoing connections: in that range a client that
/// retries while its engine is away would sooner or later connect to itself and hold the engine's port.
const FIRST: u16 = 20_000;
const LAST: u16 = 31_999;
const ATTEMPTS: usize = 200;

/// The port of the last time if it is free, else another.
pub(crate) fn choose(last: Option<u16>) -> Result<u16, EngineError> {
    let mut random = rand::rng();
    let fresh = (0..ATTEMPTS).map(|_| random.random_range(FIRST..=LAST));
    let chosen = last.into_iter().chain(fresh).find(|port| is_free(*port));
    chosen.ok_or(EngineError::NoPort { from: FIRST, to: LAST })
}

pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_left_to_its_holder() {
        let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = holder.local_addr().unwrap().port();
        assert_ne!(choose(Some(taken)).unwrap(), taken);
    }

    #[test]
    fn the_port_of_the_last_time_is_kept() {
        let free = choose(None).unwrap();
        assert_eq!(choose(Some(free)).unwrap(), free);
    }
}
