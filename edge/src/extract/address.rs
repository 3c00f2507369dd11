//! Where a request comes from.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use http::{HeaderMap, request::Parts};

use crate::Context;

/// The address that limits count by: an IPv4 address, or the /64 network of an IPv6 one, which is what one customer of
/// a provider is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl<S> FromRequestParts<S> for ClientAddress
where
    Context: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let connection = connection.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(peer)| peer.ip());
        let proxies = Context::from_ref(state).trusted_proxies();
        let address = forwarded_for(&parts.headers, proxies).unwrap_or(connection);
        Ok(Self(network(address)))
    }
}

/// What the outermost trusted proxy saw. What stands left of it was written by the client.
fn forwarded_for(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let hop = hops.len().checked_sub(proxies.max(1))?;
    (proxies > 0).then(|| hops.get(hop)?.parse().ok())?
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(header: &str, proxies: usize) -> Option<IpAddr> {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", header.parse().unwrap());
        forwarded_for(&headers, proxies)
    }

    #[test]
    fn a_client_can_not_choose_its_address() {
        assert_eq!(seen("192.0.2.1, 192.0.2.2", 0), None);
        assert_eq!(seen("192.0.2.1, 192.0.2.2", 1), "192.0.2.2".parse().ok());
        assert_eq!(seen("192.0.2.1, 192.0.2.2", 2), "192.0.2.1".parse().ok());
        assert_eq!(seen("192.0.2.1, 192.0.2.2", 3), None);
        assert_eq!(seen("nonsense", 1), None);
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        assert_eq!(network("2001:db8::1".parse().unwrap()), network("2001:db8::ffff".parse().unwrap()));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1".parse::<IpAddr>().unwrap());
    }
}
