//! Where a request comes from: its address, looked up behind the proxies that the operator trusts, and its id.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, request::Parts},
};
use barker_domain::trail::{Actor, Origin};

use super::ServerState;

/// The id of a request, in both directions.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Where the request comes from, once it is known who sends it.
pub(super) fn origin_of(parts: &Parts, state: &ServerState, actor: Actor) -> Origin {
    let address = address_of(parts, state);
    // The outermost layer has made sure that there is one, and that it is sane.
    let request_id = parts.headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    Origin { actor, address, request_id }
}

/// The address of whoever sends the request.
pub(super) fn address_of(parts: &Parts, state: &ServerState) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    forwarded_for(&parts.headers, state.settings.forwarded_hops).or(peer).map(|address| address.to_canonical())
}

/// The address that the outermost of `hops` proxies saw. What stands before it, anybody may have written.
fn forwarded_for(headers: &HeaderMap, hops: usize) -> Option<IpAddr> {
    let lists: Vec<_> = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    let addresses: Vec<_> = lists.iter().flat_map(|list| list.split(',')).map(str::trim).collect();
    let place = addresses.len().checked_sub(hops)?;
    addresses.get(place)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_as_many_proxies_are_believed_as_there_are() {
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED_FOR, "6.6.6.6, 192.0.2.1".parse().unwrap());
        headers.append(FORWARDED_FOR, "192.0.2.2".parse().unwrap());
        let found: Vec<_> = (0..5).map(|hops| forwarded_for(&headers, hops).map(|address| address.to_string())).collect();
        let expected = [None, Some("192.0.2.2"), Some("192.0.2.1"), Some("6.6.6.6"), None];
        assert_eq!(found, expected.map(|address| address.map(str::to_owned)));
    }
}
