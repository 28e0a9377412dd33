//! docs/API.md, docs/REPORTS.md and docs/MONEY.md: every line of them works, in its order, on a fresh server.

use std::{path::Path, process::Command};

use crate::barker::Barker;

const API: &str = include_str!("../../../../docs/API.md");
const REPORTS: &str = include_str!("../../../../docs/REPORTS.md");
const MONEY: &str = include_str!("../../../../docs/MONEY.md");

/// The lines of every block of shell.
fn lines(document: &'static str) -> impl Iterator<Item = &'static str> {
    let mut is_shell = false;
    document.lines().filter(move |line| {
        match *line {
            "```sh" => is_shell = true,
            line if line.starts_with("```") => is_shell = false,
            _ => return is_shell,
        }
        false
    })
}

/// Runs the lines against a fresh server; answers what was told.
fn run_lines<'a>(lines: impl Iterator<Item = &'a str>, home: &Path) -> String {
    let barker = Barker::start(home, &[]);
    let script: String = ["set -euo pipefail"].into_iter().chain(lines).flat_map(|line| [line, "\n"]).collect();
    let script = script.replace("http://127.0.0.1:8080", &barker.address);
    assert!(script.matches("curl").count() > 12, "{script}");
    let output = Command::new("bash").args(["-x", "-c", &script]).current_dir(home).output().unwrap();
    let told = format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert!(barker.terminate().0);
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_of_the_api_document_works_on_a_fresh_server() {
    let directory = tempfile::tempdir().unwrap();
    let told = run_lines(lines(API), directory.path());
    assert!(told.contains("key\tcampaign.created"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_of_the_document_about_reports_works_in_the_project_of_the_other_one() {
    let directory = tempfile::tempdir().unwrap();
    let mut has_project = false;
    let before = lines(API).take_while(move |line| !std::mem::replace(&mut has_project, line.starts_with("PROJECT=")));
    let told = run_lines(before.chain(lines(REPORTS)), directory.path());
    assert!(told.contains("\"romi\":null"), "{told}");
    for name in ["report.csv", "report.xlsx"] {
        assert!(directory.path().join(name).metadata().unwrap().len() > 10, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_of_the_money_document_works_on_a_fresh_server() {
    let directory = tempfile::tempdir().unwrap();
    let told = run_lines(lines(MONEY), directory.path());
    assert!(told.contains("adjustment\t-5.5\t"), "{told}");
}
