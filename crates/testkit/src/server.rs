//! Throw-away database servers: Debian's own programs, each with a directory and a port of its own, gone with the value.
//!
//! Tests of faults kill, pause and restart them; `with-databases` starts one of each for all other tests.

mod clickhouse;
mod mariadb;
mod pgbouncer;
mod ports;
mod postgres;
mod process;
mod rabbitmq;
mod redis;
mod s3;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

pub use clickhouse::ClickHouseServer;
pub use process::Process;
pub use rabbitmq::RabbitMqServer;
pub use redis::RedisServer;
pub use s3::S3Server;

use self::ports::free_port;
use crate::database::execute;

/// How long a server may take to answer its first question.
const START_TIMEOUT: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(50);
/// Lines of a log that a failing test shows.
const LAST_LINES: usize = 40;

/// What kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Debian's `postgresql`.
    Postgres,
    /// Debian's `mariadb-server`.
    MariaDb,
}

/// How much a server cares about its disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// As its authors ship it; PostgreSQL with more memory.
    Full,
    /// None, for speed.
    None,
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    kind: Kind,
    home: PathBuf,
    port: u16,
    durability: Durability,
    process: Process,
}

impl Server {
    /// Makes a data directory in `home` and starts a server on it.
    ///
    /// # Panics
    /// When its programs are missing or it does not come up.
    pub async fn start(kind: Kind, home: &Path, durability: Durability) -> Self {
        let home = home.canonicalize().expect("a directory for the server");
        match kind {
            Kind::Postgres => postgres::initialise(&home),
            Kind::MariaDb => mariadb::initialise(&home),
        }
        let port = free_port();
        let process = spawn(kind, &home, port, durability);
        let server = Self { kind, home, port, durability, process };
        server.wait_until_ready().await;
        server
    }

    /// Where it is, without a database's name.
    #[must_use]
    pub fn url(&self) -> String {
        match self.kind {
            Kind::Postgres => format!("postgres://barker@127.0.0.1:{}", self.port),
            Kind::MariaDb => format!("mysql://barker:barker@127.0.0.1:{}", self.port),
        }
    }

    /// Where a database in it is, made anew.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn create_database(&self, name: &str) -> String {
        execute(&self.url(), format!("CREATE DATABASE {name}")).await.expect("a server that makes databases");
        format!("{}/{name}", self.url())
    }

    /// The process and all its children.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// `kill -9` for the whole family.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again on the same directory and port.
    pub async fn restart(&mut self) {
        self.process.kill();
        self.process = spawn(self.kind, &self.home, self.port, self.durability);
        self.wait_until_ready().await;
    }

    async fn wait_until_ready(&self) {
        let started = Instant::now();
        while let Err(error) = execute(&self.url(), "SELECT 1".to_owned()).await {
            assert!(started.elapsed() < START_TIMEOUT, "the server does not answer: {error}; see {}", self.home.join("log").display());
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// What the server said last, when a test fails.
impl Drop for Server {
    #[expect(clippy::print_stderr, reason = "the test runner shows it beside the failure")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", last_lines(&self.home.join("log")));
        }
    }
}

/// The end of a log, without what only debugging needs.
#[must_use]
pub fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().filter(|line| !line.contains(" DEBUG ") && !line.contains("turned away")).collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}

/// A pgbouncer in session mode in front of a server.
///
/// # Panics
/// When its program is missing.
#[must_use]
pub fn start_pgbouncer(home: &Path, server: &Server) -> (Process, String) {
    let port = free_port();
    let process = pgbouncer::spawn(&home.canonicalize().expect("a directory for pgbouncer"), port, server.port);
    (process, format!("postgres://barker@127.0.0.1:{port}"))
}

fn spawn(kind: Kind, home: &Path, port: u16, durability: Durability) -> Process {
    match kind {
        Kind::Postgres => postgres::spawn(home, port, durability),
        Kind::MariaDb => mariadb::spawn(home, port, durability),
    }
}

/// The command as another user when we are root: database servers refuse to be root. It ends when we do.
fn unprivileged(program: impl AsRef<std::ffi::OsStr>, user: &str, home: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if is_root() {
        own(home, user).expect("a directory that can be given away");
        command.args(["--reuid", user, "--regid", user, "--clear-groups"]);
    }
    command.arg("--").arg(program).current_dir(home).env("HOME", home);
    command
}

/// As ourselves, because its files are ours. It ends when we do.
fn ends_with_us(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0)
}

fn own(home: &Path, user: &str) -> io::Result<()> {
    let given = Command::new("chown").arg(user).arg(home).status()?;
    if given.success() { Ok(()) } else { Err(io::Error::other("chown failed")) }
}

/// The newest of the programs that match, where distributions put them by version.
fn newest(directory: &str, program: &str) -> PathBuf {
    let mut found: Vec<_> =
        fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path().join("bin").join(program)).collect();
    found.retain(|path| path.exists());
    found.sort();
    found.pop().unwrap_or_else(|| program.into())
}
