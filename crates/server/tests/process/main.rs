//! The binary as its users run it: started, killed, asked, configured.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed, which is its job")]

mod api_document;
mod backup;
mod barker;
mod bounds;
mod commands;
mod demo;
mod faults;
mod images;
mod import;
mod keys;
mod kill;
mod logs;
mod money;
mod operator;
mod owners;
mod play;
mod roles;
mod secrets;
mod traces;
mod upgrade;
mod visitors;
