//! A running `barker serve` with a data directory of its own.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use barker_testkit::server::last_lines;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use uuid::Uuid;

pub(crate) struct Barker {
    child: Child,
    log: NamedTempFile,
    pub(crate) address: String,
    pub(crate) http: reqwest::Client,
}

/// The command with nothing of this test's environment that could configure it.
pub(crate) fn command(data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_barker"));
    command.args(arguments).args(["--data-dir".as_ref(), data_dir.as_os_str()]).stdin(Stdio::null());
    command
}

pub(crate) fn run(data_dir: &Path, arguments: &[&str]) -> Output {
    command(data_dir, arguments).output().unwrap()
}

/// What a command said, on either stream.
pub(crate) fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a command that must succeed; answers what it said.
#[track_caller]
pub(crate) fn succeed(data_dir: &Path, arguments: &[&str]) -> String {
    let output = run(data_dir, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", told(&output));
    told(&output)
}

/// Runs a command that must fail with this complaint.
#[track_caller]
pub(crate) fn fail(data_dir: &Path, arguments: &[&str], complaint: &str) {
    let output = run(data_dir, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", told(&output));
    assert!(told(&output).contains(complaint), "{arguments:?}: {}", told(&output));
}

impl Barker {
    /// Starts a sandbox and waits for its line.
    pub(crate) fn start(data_dir: &Path, more: &[&str]) -> Self {
        Self::start_with(data_dir, more, &[("BARKER__LOG__LEVEL", "debug".to_owned())])
    }

    /// The same with these variables in its environment.
    pub(crate) fn start_with(data_dir: &Path, more: &[&str], environment: &[(&str, String)]) -> Self {
        Self::spawn(data_dir, &[&["--sandbox"], more].concat(), environment)
    }

    /// A server without a sandbox.
    pub(crate) fn start_bare(data_dir: &Path, more: &[&str]) -> Self {
        Self::spawn(data_dir, more, &[("BARKER__LOG__LEVEL", "debug".to_owned())])
    }

    fn spawn(data_dir: &Path, more: &[&str], environment: &[(&str, String)]) -> Self {
        let _already = rustls::crypto::ring::default_provider().install_default();
        let arguments: Vec<_> = ["serve", "--listen", "127.0.0.1:0"].iter().chain(more).copied().collect();
        let mut command = command(data_dir, &arguments);
        // Not in the data directory, whose disk may be full.
        let log = NamedTempFile::new().unwrap();
        let stderr = log.reopen().unwrap();
        let mut child =
            command.envs(environment.iter().map(|(name, value)| (name, value))).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("unexpected first line {line:?}")).to_owned();
        Self { child, log, address, http: reqwest::Client::new() }
    }

    /// `kill -9`, in the middle of whatever it does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; answers whether it ended well, and its log.
    pub(crate) fn terminate(mut self) -> (bool, String) {
        let ended = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(ended.success());
        (self.child.wait().unwrap().success(), std::fs::read_to_string(self.log.path()).unwrap())
    }

    /// Waits until it ends by itself; answers whether it ended well.
    pub(crate) fn wait(mut self) -> bool {
        self.child.wait().unwrap().success()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Memory it has now.
    pub(crate) fn resident_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.http.post(format!("{}{path}", self.address)).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap_or(Value::Null)
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.http.get(format!("{}{path}", self.address)).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn clients(&self, count: u32) -> Vec<Uuid> {
        let ids: Vec<_> = (0..count).map(|_| Uuid::now_v7()).collect();
        let clients = ids.iter().map(|id| json!({"client_id": id, "login": "anna", "age": 30, "location": "Moscow", "gender": "FEMALE"}));
        self.post("/clients/bulk", &clients.collect()).await;
        ids
    }

    pub(crate) async fn campaign(&self, impressions_limit: u32) -> Uuid {
        let advertiser = Uuid::now_v7();
        self.post("/advertisers/bulk", &json!([{"advertiser_id": advertiser, "name": "Smart Inc"}])).await;
        let terms = json!({
            "impressions_limit": impressions_limit, "clicks_limit": impressions_limit, "cost_per_impression": 0.1, "cost_per_click": 1,
            "ad_title": "Plush bears", "ad_text": "Softer than yesterday's", "start_date": 0, "end_date": 10,
        });
        let campaign = self.post(&format!("/advertisers/{advertiser}/campaigns"), &terms).await;
        campaign["campaign_id"].as_str().unwrap().parse().unwrap()
    }
}

/// A test that fails leaves no server behind.
impl Drop for Barker {
    #[expect(clippy::print_stderr, reason = "the test runner shows it beside the failure")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", last_lines(self.log.path()));
        }
        // Ended already, as a rule.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}
