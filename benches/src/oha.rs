//! `oha`, the load generator: a constant rate, whatever the server does, and times counted from when a request was due.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use uuid::Uuid;

use crate::{Fallible, api::Api, process};

/// Connections: more than requests are under way after the server has stood still for a moment (10,000 a second for 100 ms), so that
/// the queue that follows is the server's and not the load generator's.
const CONNECTIONS: u32 = 1_024;

/// How hard and how long to ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) rate: u32,
    pub(crate) seconds: u32,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard {
    /// Answers with status 200.
    pub(crate) answers: u64,
    /// Anything else: other statuses, broken connections.
    pub(crate) failures: u64,
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) p999_ms: f64,
    /// The processor time of `oha` itself.
    pub(crate) cpu_ms: u64,
}

/// Addresses that are drawn from, each as likely as the other, by every request anew.
#[derive(Debug)]
pub(crate) struct Addresses {
    file: PathBuf,
}

impl Addresses {
    /// `GET /ads` of each of these clients.
    pub(crate) fn of_ads(file: &Path, api: &Api, clients: impl IntoIterator<Item = Uuid>) -> Fallible<Self> {
        let mut lines = BufWriter::new(File::create(file)?);
        let beginning = api.url("/ads?client_id=");
        for client in clients {
            writeln!(lines, "{beginning}{client}")?;
        }
        lines.flush()?;
        Ok(Self { file: file.to_owned() })
    }

    /// `GET` of this one.
    pub(crate) fn of_one(file: &Path, url: &str) -> Fallible<Self> {
        std::fs::write(file, url)?;
        Ok(Self { file: file.to_owned() })
    }

    /// Asks, waits for every answer, and says what came of it.
    pub(crate) fn ask(&self, pace: Pace) -> Fallible<Heard> {
        let cpu_before_ms = process::ended_children_cpu_ms()?;
        let output = Command::new("oha")
            .args(["--no-tui", "--no-color", "--output-format", "json", "--latency-correction", "-w"])
            .args(["-c", &CONNECTIONS.to_string(), "-q", &pace.rate.to_string(), "-z", &format!("{}s", pace.seconds)])
            .arg("--urls-from-file")
            .arg(&self.file)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("oha: {error} (scripts/setup oha installs it)"))?;
        if !output.status.success() {
            return Err(format!("oha ended with {}", output.status).into());
        }
        read(&serde_json::from_slice(&output.stdout)?, process::ended_children_cpu_ms()? - cpu_before_ms)
    }
}

fn read(report: &Value, cpu_ms: u64) -> Fallible<Heard> {
    let seconds = |pointer: &str| report.pointer(pointer).and_then(Value::as_f64).ok_or_else(|| format!("oha's report has no {pointer}"));
    let statuses = counts(report, "/statusCodeDistribution");
    let answers = statuses.iter().filter(|(status, _)| status.as_str() == "200").map(|(_, count)| count).sum();
    let all: u64 = statuses.iter().chain(&counts(report, "/errorDistribution")).map(|(_, count)| count).sum();
    Ok(Heard {
        answers,
        failures: all - answers,
        per_second: seconds("/summary/requestsPerSec")?,
        p50_ms: seconds("/latencyPercentiles/p50")? * 1_000.0,
        p99_ms: seconds("/latencyPercentiles/p99")? * 1_000.0,
        p999_ms: seconds("/latencyPercentiles/p99.9")? * 1_000.0,
        cpu_ms,
    })
}

fn counts(report: &Value, pointer: &str) -> Vec<(String, u64)> {
    let object = report.pointer(pointer).and_then(Value::as_object);
    object.into_iter().flatten().filter_map(|(name, count)| Some((name.clone(), count.as_u64()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_failures_and_times_are_told_apart() {
        let report = json!({
            "summary": {"requestsPerSec": 99.5},
            "latencyPercentiles": {"p50": 0.001, "p99": 0.01, "p99.9": 0.02},
            "statusCodeDistribution": {"200": 90, "503": 6},
            "errorDistribution": {"connection refused": 4},
        });
        let heard = read(&report, 7).unwrap();
        assert_eq!((heard.answers, heard.failures, heard.cpu_ms), (90, 10, 7));
        assert_eq!((heard.p50_ms, heard.p99_ms, heard.p999_ms), (1.0, 10.0, 20.0));
    }
}
