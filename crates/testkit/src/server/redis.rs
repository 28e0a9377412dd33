//! Redis as Debian packages it: in memory only, gone with the value.

use std::{
    fs::File,
    path::{Path, PathBuf},
    time::Instant,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{PAUSE, Process, START_TIMEOUT, free_port, last_lines, unprivileged};

const USER: &str = "redis";

/// A running Redis.
#[derive(Debug)]
pub struct RedisServer {
    home: PathBuf,
    port: u16,
    password: Option<&'static str>,
    process: Process,
}

impl RedisServer {
    /// Starts one with its log in `home`. With a password, nobody else is let in.
    ///
    /// # Panics
    /// When its program is missing or it does not come up.
    pub async fn start(home: &Path, password: Option<&'static str>) -> Self {
        let home = home.canonicalize().expect("a directory for the server");
        let port = free_port();
        let process = spawn(&home, port, password);
        let server = Self { home, port, password, process };
        server.wait_until_ready().await;
        server
    }

    /// Where it is, as `cache.redis_url` takes it, without the password.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The process.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// `kill -9`. It forgets everything.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again, empty, on the same port.
    pub async fn restart(&mut self) {
        self.process.kill();
        self.process = spawn(&self.home, self.port, self.password);
        self.wait_until_ready().await;
    }

    async fn wait_until_ready(&self) {
        let started = Instant::now();
        while !self.answers().await {
            assert!(started.elapsed() < START_TIMEOUT, "Redis does not answer:\n{}", last_lines(&self.home.join("log")));
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// `+PONG`, or that it wants a password first.
    async fn answers(&self) -> bool {
        let Ok(mut connection) = TcpStream::connect(("127.0.0.1", self.port)).await else { return false };
        let mut first = [0];
        connection.write_all(b"PING\r\n").await.is_ok() && connection.read_exact(&mut first).await.is_ok() && b"+-".contains(&first[0])
    }
}

fn spawn(home: &Path, port: u16, password: Option<&'static str>) -> Process {
    let log = File::options().create(true).append(true).open(home.join("log")).expect("a log");
    let mut command = unprivileged("redis-server", USER, home);
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
    if let Some(password) = password {
        command.args(["--requirepass", password]);
    }
    command.stdout(log.try_clone().expect("a log")).stderr(log);
    Process::spawn(command)
}
