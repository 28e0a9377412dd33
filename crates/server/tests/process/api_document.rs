//! docs/API.md: every line of it works, in its order, on a fresh server.

use std::process::Command;

use crate::barker::Barker;

const DOCUMENT: &str = include_str!("../../../../docs/API.md");

/// The lines of every block of shell.
fn script() -> String {
    let mut is_shell = false;
    let mut script = String::from("set -euo pipefail\n");
    for line in DOCUMENT.lines() {
        match line {
            "```sh" => is_shell = true,
            line if line.starts_with("```") => is_shell = false,
            line if is_shell => script.extend([line, "\n"]),
            _ => (),
        }
    }
    script
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_of_the_api_document_works_on_a_fresh_server() {
    let directory = tempfile::tempdir().unwrap();
    let barker = Barker::start(directory.path(), &[]);
    let script = script().replace("http://127.0.0.1:8080", &barker.address);
    assert!(script.matches("curl").count() > 12, "{script}");
    let output = Command::new("bash").args(["-x", "-c", &script]).output().unwrap();
    let told = format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert!(told.contains("key\tcampaign.created"), "{told}");
    assert!(barker.terminate().0);
}
