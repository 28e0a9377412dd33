//! The binary as its users run it: started, killed, asked, configured.

mod barker;
mod commands;
mod kill;
mod logs;
mod play;
