//! `RabbitMQ` as Debian packages it: a node of its own with its files below a directory, and an epmd of its own, which
//! tells Erlang's nodes from each other and would otherwise stay behind.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::Instant,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{PAUSE, Process, START_TIMEOUT, free_port, last_lines, unprivileged};

const USER: &str = "rabbitmq";
/// The program itself; the one on the path would change the user and the directories.
const PROGRAM: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";
/// What a client of AMQP 0-9-1 says first.
const HEADER: &[u8] = b"AMQP\x00\x00\x09\x01";
/// Where nobody runs but tests: one scheduler is enough, and quicker to start.
const ERLANG: &str = "+S 1:1 +sbwt none";

/// A running `RabbitMQ`.
#[derive(Debug)]
pub struct RabbitMqServer {
    home: PathBuf,
    ports: Ports,
    process: Process,
    _epmd: Process,
}

#[derive(Debug, Clone, Copy)]
struct Ports {
    amqp: u16,
    epmd: u16,
    distribution: u16,
}

impl RabbitMqServer {
    /// Starts one with its files in `home`; [`RabbitMqServer::wait_until_ready`] waits for it.
    ///
    /// # Panics
    /// When its programs are missing.
    #[must_use]
    pub fn spawn(home: &Path) -> Self {
        let home = home.canonicalize().expect("a directory for the server");
        let ports = Ports { amqp: free_port(), epmd: free_port(), distribution: free_port() };
        fs::write(home.join("enabled_plugins"), "[].").expect("a file without plugins");
        fs::write(home.join("rabbitmq.conf"), "disk_free_limit.absolute = 1MB\nlog.console = true\nlog.console.level = warning\n")
            .expect("a configuration");
        let mut epmd = unprivileged("epmd", USER, &home);
        epmd.args(["-address", "127.0.0.1", "-port", &ports.epmd.to_string()]);
        let epmd = Process::spawn(epmd);
        let process = spawn(&home, ports);
        Self { home, ports, process, _epmd: epmd }
    }

    /// Starts one and waits for it.
    ///
    /// # Panics
    /// When its programs are missing or it does not come up.
    pub async fn start(home: &Path) -> Self {
        let server = Self::spawn(home);
        server.wait_until_ready().await;
        server
    }

    /// Where it is, as `jobs.rabbitmq_url` takes it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.ports.amqp)
    }

    /// `kill -9`. What was written to disk is there after a restart.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again on the same files and ports.
    pub async fn restart(&mut self) {
        self.process.kill();
        self.process = spawn(&self.home, self.ports);
        self.wait_until_ready().await;
    }

    /// The same without anything of what it knew.
    ///
    /// # Panics
    /// When its files cannot be removed, or it does not come up.
    pub async fn restart_empty(&mut self) {
        self.process.kill();
        fs::remove_dir_all(self.home.join("mnesia")).expect("files that can be removed");
        self.restart().await;
    }

    /// Waits until it answers.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn wait_until_ready(&self) {
        let started = Instant::now();
        while !self.answers().await {
            assert!(started.elapsed() < START_TIMEOUT, "RabbitMQ does not answer:\n{}", last_lines(&self.home.join("log")));
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// `Connection.Start`, a method frame.
    async fn answers(&self) -> bool {
        let Ok(mut connection) = TcpStream::connect(("127.0.0.1", self.ports.amqp)).await else { return false };
        let mut first = [0];
        connection.write_all(HEADER).await.is_ok() && connection.read_exact(&mut first).await.is_ok() && first[0] == 1
    }
}

fn spawn(home: &Path, ports: Ports) -> Process {
    let log = File::options().create(true).append(true).open(home.join("log")).expect("a log");
    let program = if Path::new(PROGRAM).exists() { PROGRAM } else { "rabbitmq-server" };
    let mut command = unprivileged(program, USER, home);
    command
        .env("ERL_EPMD_PORT", ports.epmd.to_string())
        .env("RABBITMQ_NODENAME", format!("barker{}@localhost", ports.amqp))
        .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
        .env("RABBITMQ_NODE_PORT", ports.amqp.to_string())
        .env("RABBITMQ_DIST_PORT", ports.distribution.to_string())
        .env("RABBITMQ_MNESIA_BASE", home.join("mnesia"))
        .env("RABBITMQ_LOG_BASE", home)
        .env("RABBITMQ_LOGS", "-")
        .env("RABBITMQ_CONFIG_FILE", home.join("rabbitmq.conf"))
        .env("RABBITMQ_CONF_ENV_FILE", home.join("none"))
        .env("RABBITMQ_ENABLED_PLUGINS_FILE", home.join("enabled_plugins"))
        .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", ERLANG)
        .stdout(log.try_clone().expect("a log"))
        .stderr(log);
    Process::spawn(command)
}
