//! An import by the running server, which tells how far it is: a JSON document on a line of its own for each step.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{Json, body::Body, extract::State};
use barker_app::{
    App,
    import::{self, Kind, Plan, Progress, Summary, Told, Wanted},
};
use barker_domain::{Code, Error, ProjectId, Result, project::Project};
use futures::{StreamExt, stream};
use jiff::tz::TimeZone;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use tokio::sync::{oneshot, watch};
use uuid::Uuid;

use super::{Control, backup::reasons, lines::read_lines, send};

/// Most projects that are listed to somebody who named none of them.
const LISTED: usize = 20;

/// What the operator wants.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WantedImport {
    /// The project's id, alias or name.
    pub project: String,
    /// What the file holds.
    pub kind: String,
    /// The file, as an absolute path.
    pub file: PathBuf,
    /// Where rejected rows go.
    pub rejects: PathBuf,
    /// Fields, and the columns that hold them.
    pub columns: Vec<(String, String)>,
    /// Fields, and what they are in rows that say nothing.
    pub constants: Vec<(String, String)>,
    /// IANA name; empty: the project's.
    pub time_zone: String,
}

/// A line of the answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Progress(Progress),
    Done(Summary),
    Failed(Vec<String>),
}

impl WantedImport {
    /// Imports the file.
    ///
    /// # Errors
    /// What [`import::run`] says, and [`Code::InvalidRequest`] for a project or a kind that is not there.
    pub async fn carry_out(self, app: &App, told: Told) -> Result<Summary> {
        let time_zone = match self.time_zone.as_str() {
            "" => None,
            name => Some(TimeZone::get(name).map_err(|_| invalid(format!("{name} is no IANA time zone, like Europe/Moscow")))?),
        };
        let plan = Plan {
            project_id: find_project(app, &self.project).await?,
            kind: Kind::named(&self.kind).ok_or_else(|| invalid(format!("{} is no kind of facts", self.kind)))?,
            file: self.file,
            rejects: self.rejects,
            wanted: Wanted { columns: self.columns, constants: self.constants },
            time_zone,
        };
        import::run(app, plan, told).await
    }
}

/// The project that goes by that id, alias or name; the only one there is when nothing is said.
pub(super) async fn find_project(app: &App, wanted: &str) -> Result<ProjectId> {
    let projects = app.store().list_open_projects().await?;
    let is_it = |project: &&Project| {
        wanted.is_empty() || Uuid::parse_str(wanted).is_ok_and(|id| project.id.0 == id) || project.alias == wanted || project.name == wanted
    };
    let found: Vec<_> = projects.iter().filter(is_it).collect();
    match found.as_slice() {
        [only] => Ok(only.id),
        [] => Err(invalid(format!("there is no project {wanted:?}; there are: {}", listed(&projects)))),
        _ => Err(invalid("several projects go by that; name one by its id: --project ID".to_owned())),
    }
}

/// What the first projects are called.
fn listed(projects: &[Project]) -> String {
    let names: Vec<_> = projects.iter().take(LISTED).map(|project| project.name.as_str()).collect();
    if projects.len() > LISTED { format!("{}, ...", names.join(", ")) } else { names.join(", ") }
}

fn invalid(message: String) -> Error {
    Error::new(Code::InvalidRequest, message)
}

/// Ends with whoever asked for it: an import that nobody waits for any more is broken off.
pub(super) async fn carry_out(State(control): State<Control>, Json(wanted): Json<WantedImport>) -> Body {
    let (progress, seen) = watch::channel(None);
    let (mut done, ended) = oneshot::channel();
    let told: Told = Arc::new(move |step| {
        // Whoever looks seldom sees the newest only.
        let _former = progress.send_replace(Some(step));
    });
    tokio::spawn(async move {
        let outcome = tokio::select! {
            outcome = wanted.carry_out(&control.app, told) => outcome,
            () = done.closed() => return,
        };
        drop(done.send(outcome));
    });
    let steps = stream::unfold(seen, |mut seen| async move {
        seen.changed().await.ok()?;
        let step = *seen.borrow_and_update();
        Some((step, seen))
    });
    let steps = steps.filter_map(async |step| step.map(Line::Progress));
    let end = stream::once(async move {
        match ended.await {
            Ok(Ok(summary)) => Line::Done(summary),
            Ok(Err(error)) => Line::Failed(reasons(&error)),
            Err(_) => Line::Failed(vec!["the server is stopping".to_owned()]),
        }
    });
    let lines = steps.chain(end).map(|line| {
        let mut text = serde_json::to_vec(&line).unwrap_or_default();
        text.push(b'\n');
        Ok::<_, Infallible>(text)
    });
    Body::from_stream(lines)
}

/// An import by the running server; `None` when none runs in that directory.
///
/// # Errors
/// When a server is there and cannot do it.
pub async fn find_import(data_dir: &Path, wanted: &WantedImport, told: &Told) -> Result<Option<Summary>> {
    let Some(answer) = send(data_dir, Method::POST, "/import", Some(wanted)).await? else { return Ok(None) };
    let mut lines = Box::pin(read_lines::<Line>(answer));
    while let Some(line) = lines.next().await {
        match line? {
            Line::Progress(step) => told(step),
            Line::Done(summary) => return Ok(Some(summary)),
            Line::Failed(reasons) => return Err(Error::new(Code::InvalidRequest, reasons.join("; because: "))),
        }
    }
    Err(Error::new(Code::Internal, "the running server ended before the import was complete; run it again"))
}
