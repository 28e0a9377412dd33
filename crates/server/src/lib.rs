//! The binary `barker`: HTTP, command line, configuration and telemetry around the use cases of `barker-app`.

mod ad_api;
mod api;
pub mod cli;
pub mod config;
pub mod control;
pub mod data_dir;
pub mod http;
pub mod market;
pub mod play;
pub mod roles;
mod site;
pub mod telemetry;

pub use barker_wire::contract;
