//! The audit of every project: three ways of counting, compared, and limits held against what was delivered.

use barker_domain::{Result, audit::Report};
use barker_store::Store;

/// Recounts every project. Reads only; safe beside a running server.
///
/// # Errors
/// When the database does not answer.
pub async fn run(store: &Store, overshoot_percent: u8) -> Result<Report> {
    let mut report = Report::default();
    for project in store.list_projects().await? {
        report.add_project(project.id, &store.read_tallies(project.id).await?, overshoot_percent);
    }
    Ok(report)
}
