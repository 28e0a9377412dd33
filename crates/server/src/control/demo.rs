//! A demo shop that the running server opens, which tells how far it is: a JSON document on a line of its own for each step.

use std::{convert::Infallible, path::Path, sync::Arc, time::Duration};

use axum::{Json, body::Body, extract::State};
use barker_app::{
    App, ProjectHandle,
    demo::{self, Demo, Progress, Told},
};
use barker_domain::{Code, Error, JobId, Result, job::State as JobState};
use futures::{Stream, StreamExt, stream};
use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::{Control, backup::reasons, import::find_project, lines::read_lines, send};
use crate::{
    cli::{SANDBOX, new_sandbox},
    http::problem::Problem,
};

/// How often the job is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// What the operator wants.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WantedDemo {
    /// The project's id, alias or name.
    pub project: String,
    /// Which shop.
    pub demo: Demo,
}

/// A line of the answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Progress(Progress),
    Done(String),
    Failed(Vec<String>),
}

impl WantedDemo {
    /// The project that is meant; a new sandbox where there is none at all.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] for a project that is not there.
    pub async fn project(&self, app: &App) -> Result<Arc<ProjectHandle>> {
        if self.project.is_empty() && app.store().list_open_projects().await?.is_empty() {
            return demo::open_sandbox(app, new_sandbox(app, SANDBOX.to_owned()), self.demo).await;
        }
        app.get_open_project(find_project(app, &self.project).await?).await
    }
}

/// Asks for the job and follows it; it goes on without whoever asked.
pub(super) async fn carry_out(State(control): State<Control>, Json(wanted): Json<WantedDemo>) -> Result<Body, Problem> {
    let project = wanted.project(&control.app).await?;
    let id = demo::begin(&control.app, &project, wanted.demo).await?;
    let lines = follow(control.app, id).map(|line| {
        let mut text = serde_json::to_vec(&line).unwrap_or_default();
        text.push(b'\n');
        Ok::<_, Infallible>(text)
    });
    Ok(Body::from_stream(lines))
}

/// Steps of the job, and its end.
fn follow(app: App, id: JobId) -> impl Stream<Item = Line> {
    stream::unfold(Some(app), move |app| async move {
        let app = app?;
        tokio::time::sleep(LOOK).await;
        let line = match look(&app, id).await {
            Ok(line) => line,
            Err(error) => Line::Failed(reasons(&error)),
        };
        let goes_on = matches!(line, Line::Progress(_)).then_some(app);
        Some((line, goes_on))
    })
}

async fn look(app: &App, id: JobId) -> Result<Line> {
    let job = app.store().find_job(id).await?.ok_or_else(|| Error::of(Code::JobNotFound))?;
    let progress = job.progress;
    Ok(match job.state {
        JobState::Waiting | JobState::Running => {
            let count = |number: i64| u64::try_from(number).unwrap_or(0);
            Line::Progress(Progress { days: count(progress.done), total_days: count(progress.total.unwrap_or(0)), rows: 0 })
        }
        JobState::Done => Line::Done(progress.message),
        JobState::Dead => Line::Failed(vec![job.error.unwrap_or_default()]),
        JobState::Cancelled => Line::Failed(vec!["somebody has cancelled it".to_owned()]),
    })
}

/// A shop that the running server opens; `None` when none runs in that directory.
///
/// # Errors
/// When a server is there and refuses.
pub async fn find_demo(data_dir: &Path, wanted: &WantedDemo, told: &Told) -> Result<Option<String>> {
    let Some(answer) = send(data_dir, Method::POST, "/demo", Some(wanted)).await? else { return Ok(None) };
    let mut lines = Box::pin(read_lines::<Line>(answer));
    while let Some(line) = lines.next().await {
        match line? {
            Line::Progress(step) => told(step),
            Line::Done(message) => return Ok(Some(message)),
            Line::Failed(reasons) => return Err(Error::new(Code::InvalidRequest, reasons.join("; because: "))),
        }
    }
    Err(Error::new(Code::Internal, "the running server ended before the shop was open; it goes on with the next start"))
}
