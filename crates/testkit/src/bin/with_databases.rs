//! Runs a command with a PostgreSQL, a pgbouncer before it, a `MariaDB`, a Redis, a `RabbitMQ`, an S3 and a `ClickHouse` of its own,
//! and stops them afterwards.
//!
//! `with-databases cargo nextest run`. A server that the environment names already is not started; a pgbouncer before
//! such a one is for whoever runs it to name, else it is left out of the way. For measurements:
//! `with-databases --durable --only postgres COMMAND`.

#![allow(clippy::expect_used, reason = "a test run without its databases has failed, and says so")]

use std::{
    ffi::OsString,
    process::{Command, ExitCode},
};

use barker_testkit::{
    Backend, CLICKHOUSE_URL, MYSQL_URL, PGBOUNCER_URL, POSTGRES_URL, RABBITMQ_URL, REDIS_URL, S3_URL, TEMPLATES, drop_templates,
    server::{ClickHouseServer, Durability, Kind, RabbitMqServer, RedisServer, S3Server, Server, start_pgbouncer},
};

/// The first process of the PostgreSQL server, for whoever measures it.
const POSTGRES_PID: &str = "BARKER_TEST_POSTGRES_PID";
/// A Python with moto, which plays S3. Where nobody names one, nobody plays.
const MOTO: &str = "BARKER_TEST_MOTO_PYTHON";
/// A Python with chdb, which plays ClickHouse. Where nobody names one, nobody plays.
const CHDB: &str = "BARKER_TEST_CHDB_PYTHON";

struct Wanted {
    durability: Durability,
    kinds: Vec<Kind>,
    others: bool,
    command: Vec<OsString>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(wanted) = wanted(std::env::args_os().skip(1)) else { return usage() };
    let mut command = Command::new(&wanted.command[0]);
    command.args(&wanted.command[1..]);
    let homes = [(); 8].map(|()| tempfile::tempdir().expect("a temporary directory"));
    // What is made once and copied for each test; whoever comes first makes it.
    let templates = homes[7].path();
    command.env(TEMPLATES, templates);
    let is_wanted = |kind, variable| wanted.kinds.contains(&kind) && std::env::var_os(variable).is_none();
    if let (Some(postgres), None) = (std::env::var_os(POSTGRES_URL), std::env::var_os(PGBOUNCER_URL)) {
        command.env(PGBOUNCER_URL, postgres);
    }
    // These first, because they take longest to come up.
    let moto = std::env::var_os(MOTO).filter(|_| wanted.others && std::env::var_os(S3_URL).is_none());
    let moto = moto.map(|program| S3Server::spawn(program.as_ref(), homes[4].path()));
    let chdb = std::env::var_os(CHDB).filter(|_| wanted.others && std::env::var_os(CLICKHOUSE_URL).is_none());
    let clickhouse = chdb.map(|program| ClickHouseServer::spawn(program.as_ref(), homes[6].path()));
    let rabbitmq = (wanted.others && std::env::var_os(RABBITMQ_URL).is_none()).then(|| RabbitMqServer::spawn(homes[5].path()));
    let mut running = Vec::new();
    let mut bouncing = None;
    if is_wanted(Kind::Postgres, POSTGRES_URL) {
        let postgres = Server::start(Kind::Postgres, homes[0].path(), wanted.durability).await;
        let (pgbouncer, url) = start_pgbouncer(homes[1].path(), &postgres);
        command.env(POSTGRES_URL, postgres.url()).env(PGBOUNCER_URL, url).env(POSTGRES_PID, postgres.process().id().to_string());
        bouncing = Some(pgbouncer);
        running.push(postgres);
    }
    if is_wanted(Kind::MariaDb, MYSQL_URL) {
        let mariadb = Server::start(Kind::MariaDb, homes[2].path(), wanted.durability).await;
        command.env(MYSQL_URL, mariadb.url());
        running.push(mariadb);
    }
    let mut redis = None;
    if wanted.others && std::env::var_os(REDIS_URL).is_none() {
        let server = RedisServer::start(homes[3].path(), None).await;
        command.env(REDIS_URL, server.url());
        redis = Some(server);
    }
    let mut s3 = None;
    if let Some(moto) = moto {
        let server = moto.ready().await;
        command.env(S3_URL, server.url());
        s3 = Some(server);
    }
    if let Some(server) = &rabbitmq {
        server.wait_until_ready().await;
        command.env(RABBITMQ_URL, server.url());
    }
    if let Some(server) = &clickhouse {
        server.wait_until_ready().await;
        command.env(CLICKHOUSE_URL, server.url());
    }
    let status = command.status();
    // Servers that somebody else runs live on.
    let named = [(Backend::Postgres, POSTGRES_URL), (Backend::MySql, MYSQL_URL)];
    drop_templates(templates, named.into_iter().filter_map(|(on, variable)| Some((on, std::env::var(variable).ok()?)))).await;
    drop((bouncing, running, redis, s3, rabbitmq, clickhouse));
    let code = status.ok().and_then(|status| status.code()).and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(1))
}

/// `None` when the command line makes no sense.
fn wanted(arguments: impl Iterator<Item = OsString>) -> Option<Wanted> {
    let mut wanted = Wanted { durability: Durability::None, kinds: vec![Kind::Postgres, Kind::MariaDb], others: true, command: Vec::new() };
    let mut arguments = arguments.peekable();
    while let Some(option) = arguments.next_if(|argument| argument.to_string_lossy().starts_with("--")) {
        match option.to_str()? {
            "--durable" => wanted.durability = Durability::Full,
            "--only" => {
                wanted.kinds = vec![kind(arguments.next()?.to_str()?)?];
                wanted.others = false;
            }
            _ => return None,
        }
    }
    wanted.command = arguments.collect();
    (!wanted.command.is_empty()).then_some(wanted)
}

fn kind(name: &str) -> Option<Kind> {
    match name {
        "postgres" => Some(Kind::Postgres),
        "mysql" => Some(Kind::MariaDb),
        _ => None,
    }
}

#[expect(clippy::print_stderr, reason = "the command line speaks to people")]
fn usage() -> ExitCode {
    eprintln!("with-databases [--durable] [--only postgres|mysql] COMMAND [ARGUMENT...]");
    ExitCode::from(2)
}
