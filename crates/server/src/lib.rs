//! The binary `barker`: HTTP, command line, configuration and telemetry around the use cases of `barker-app`.

pub mod ad_api;
pub mod api;
pub mod cli;
pub mod config;
pub mod contract;
pub mod control;
pub mod data_dir;
pub mod http;
pub mod market;
pub mod play;
pub mod roles;
mod site;
pub mod telemetry;
