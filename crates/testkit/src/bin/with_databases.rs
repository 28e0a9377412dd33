//! Runs a command with a PostgreSQL, a pgbouncer before it and a `MariaDB` of its own, and stops them afterwards.
//!
//! `with-databases cargo nextest run`. A server that the environment names already is not started.

#![allow(clippy::expect_used, reason = "a test run without its databases has failed, and says so")]

use std::process::{Command, ExitCode};

use barker_testkit::{
    MYSQL_URL, PGBOUNCER_URL, POSTGRES_URL,
    server::{Durability, Kind, Server, start_pgbouncer},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else { return ExitCode::FAILURE };
    let mut command = Command::new(program);
    command.args(arguments);
    let homes = [(); 3].map(|()| tempfile::tempdir().expect("a temporary directory"));
    let missing = |variable: &str| std::env::var_os(variable).is_none();
    let mut running = Vec::new();
    let mut bouncing = None;
    if missing(POSTGRES_URL) {
        let postgres = Server::start(Kind::Postgres, homes[0].path(), Durability::None).await;
        let (pgbouncer, url) = start_pgbouncer(homes[1].path(), &postgres);
        command.env(POSTGRES_URL, postgres.url()).env(PGBOUNCER_URL, url);
        bouncing = Some(pgbouncer);
        running.push(postgres);
    }
    if missing(MYSQL_URL) {
        let mariadb = Server::start(Kind::MariaDb, homes[2].path(), Durability::None).await;
        command.env(MYSQL_URL, mariadb.url());
        running.push(mariadb);
    }
    let status = command.status();
    drop((bouncing, running));
    let code = status.ok().and_then(|status| status.code()).and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(1))
}
