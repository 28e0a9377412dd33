//! ClickHouse's own engine, out of the Python package `chdb`, behind a listener that speaks its HTTP interface.

use std::{fs::File, path::Path, time::Instant};

use tokio::net::TcpStream;

use super::{PAUSE, Process, START_TIMEOUT, ends_with_us, free_port, last_lines};

/// The listener; Python reads it from its command line.
const LISTENER: &str = include_str!("clickhouse.py");

/// A running server.
#[derive(Debug)]
pub struct ClickHouseServer {
    _process: Process,
    log: std::path::PathBuf,
    port: u16,
}

impl ClickHouseServer {
    /// Begins to start one with this Python, which has chdb.
    ///
    /// # Panics
    /// When its program is missing.
    #[must_use]
    pub fn spawn(python: &Path, home: &Path) -> Self {
        let home = home.canonicalize().expect("a directory for the server");
        let port = free_port();
        let log = File::create(home.join("log")).expect("a log");
        let mut command = ends_with_us(python);
        command.args(["-c", LISTENER, &port.to_string()]).arg(&home).current_dir(&home);
        command.stdout(log.try_clone().expect("a log")).stderr(log);
        Self { _process: Process::spawn(command), log: home.join("log"), port }
    }

    /// Waits until it answers.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn wait_until_ready(&self) {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            assert!(started.elapsed() < START_TIMEOUT, "ClickHouse does not answer:\n{}", last_lines(&self.log));
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Where it is; the user is `barker`, and so is the password.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
