//! A running `barker serve --sandbox`, started and ended here.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{Fallible, Setting};

/// Memory for clients: a million of them fit, and the server as a whole stays below what it may take.
const AUDIENCE_MEGABYTES: &str = "1024";

/// How to start the server: on one data directory, again and again.
#[derive(Debug, Clone)]
pub(crate) struct Theatre {
    barker: PathBuf,
    data_dir: PathBuf,
    database_url: Option<String>,
    environment: Vec<(&'static str, String)>,
}

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub(crate) address: String,
    /// From its start until it said that it listens.
    pub(crate) start_time: Duration,
}

impl Theatre {
    pub(crate) fn new(setting: &Setting, data_dir: &Path) -> Self {
        Self {
            barker: setting.barker.clone(),
            data_dir: data_dir.to_owned(),
            database_url: setting.database_url.clone(),
            environment: Vec::new(),
        }
    }

    /// The same, with a setting changed.
    pub(crate) fn with(mut self, variable: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((variable, value.into()));
        self
    }

    /// Starts the server and waits until it listens.
    pub(crate) fn open(&self) -> Fallible<Server> {
        let started = Instant::now();
        let mut command = self.command(&["serve", "--sandbox", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| format!("{}: {error}", self.barker.display()))?;
        let mut line = String::new();
        let stdout = child.stdout.as_mut().ok_or("the server has no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let start_time = started.elapsed();
        // From here on the server ends with this value, whatever happens.
        let mut server = Server { child, address: String::new(), start_time };
        let address = line.trim().strip_prefix("listening on ").ok_or_else(|| format!("the server said {line:?}"))?;
        address.clone_into(&mut server.address);
        Ok(server)
    }

    /// `barker audit`, beside the running server: whether everything adds up, and what it said.
    pub(crate) fn audit(&self) -> Fallible<(bool, String)> {
        let output = self.command(&["audit"]).output()?;
        Ok((output.status.success(), String::from_utf8_lossy(&output.stdout).trim().replace('\n', "; ")))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.barker);
        command.args(arguments).arg("--data-dir").arg(&self.data_dir).stdin(Stdio::null());
        // Its own account of starts and ends would stand between the lines of this program.
        command.env("BARKER__LOG__LEVEL", "warn");
        command.env("BARKER__SERVING__AUDIENCE_MEGABYTES", AUDIENCE_MEGABYTES);
        command.envs(self.environment.iter().map(|(variable, value)| (variable, value)));
        if let Some(url) = &self.database_url {
            command.args(["--database-url", url]);
        }
        command
    }
}

impl Server {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        // Ended already, as a rule.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }

    /// Asks it to drain, and waits until it has ended.
    pub(crate) fn close(mut self) -> Fallible<()> {
        let asked = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status()?;
        let ended = self.child.wait()?;
        if asked.success() && ended.success() { Ok(()) } else { Err(format!("the server ended with {ended}").into()) }
    }
}

/// A measurement that fails leaves no server behind.
impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
