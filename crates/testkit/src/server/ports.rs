//! Ports for servers that bind them seconds later, and again after each restart.
//!
//! The system gives outgoing connections theirs from 32768 on, so a port that it was asked for may be taken by any client before
//! its server binds it. These lie below.

use std::{
    net::{Ipv4Addr, TcpListener},
    sync::atomic::{AtomicU32, Ordering},
};

const FIRST: u32 = 10_240;
const COUNT: u32 = 20_480;
/// Ports between the beginnings of two processes with neighbouring numbers: more than a test takes.
const STRIDE: u32 = 64;

static TAKEN: AtomicU32 = AtomicU32::new(0);

/// A port that nothing listens on. A process gets each one once, and begins at a place of its own.
pub(super) fn free_port() -> u16 {
    let beginning = std::process::id() % (COUNT / STRIDE) * STRIDE;
    (0..COUNT)
        .map(|_| FIRST + (beginning + TAKEN.fetch_add(1, Ordering::Relaxed)) % COUNT)
        .filter_map(|port| u16::try_from(port).ok())
        .find(|port| TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port)).is_ok())
        .expect("a free port")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_port_is_given_once_and_none_that_somebody_listens_on() {
        // The next one that nobody else has.
        let listener = (free_port() + 1..).find_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()).unwrap();
        let ports: Vec<_> = (0..100).map(|_| free_port()).collect();
        let mut distinct = ports.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), ports.len());
        assert!(!ports.contains(&listener.local_addr().unwrap().port()));
        assert!(ports.iter().all(|port| (10_240..30_720).contains(port)));
    }
}
