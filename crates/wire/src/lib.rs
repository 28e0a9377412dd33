//! What travels over HTTP: how requests are read, how pages and problems are told, and the published ad contract.
//!
//! No use cases, no routes: what a parser accepts can be tried without a server, and is, by the fuzz targets.

pub mod contract;
pub mod input;
pub mod paging;
pub mod problem;
