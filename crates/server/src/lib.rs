//! The binary `barker`: HTTP, command line, configuration and telemetry around the use cases of `barker-app`.

pub mod contract;
