//! A backup by the running server, which tells how far it is: a JSON document on a line of its own for each step.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{Json, body::Body, extract::State};
use barker_app::backup::{self, PlaceKind, Plan, Progress, Summary, Told};
use barker_domain::{Code, Error, Result};
use futures::{StreamExt, stream};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use tokio::sync::{oneshot, watch};

use super::{Control, send, silent};

/// What the operator wants.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WantedBackup {
    /// The folder, as an absolute path.
    pub to: PathBuf,
    /// Whether the keys of sealed columns are part of it.
    pub with_keys: bool,
}

/// A line of the answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Progress(Progress),
    Done(Summary),
    Failed(Vec<String>),
}

impl WantedBackup {
    /// Makes the backup.
    ///
    /// # Errors
    /// What [`backup::write`] says.
    pub async fn make(self, control: &Control, told: Told) -> Result<Summary> {
        let wanted = |place: &&backup::Place| self.with_keys || place.kind != PlaceKind::Keys;
        let places = control.places.iter().filter(wanted).cloned().collect();
        backup::write(&control.app, Plan { to: self.to.clone(), places, version: env!("CARGO_PKG_VERSION") }, told).await
    }
}

/// Ends with whoever asked for it: a backup that nobody waits for any more is broken off.
pub(super) async fn make(State(control): State<Control>, Json(wanted): Json<WantedBackup>) -> Body {
    let (progress, seen) = watch::channel(None);
    let (mut done, ended) = oneshot::channel();
    let told: Told = Arc::new(move |step| {
        // Whoever looks seldom sees the newest only.
        let _former = progress.send_replace(Some(step));
    });
    tokio::spawn(async move {
        let outcome = tokio::select! {
            outcome = wanted.make(&control, told) => outcome,
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

/// What happened, and why.
pub(super) fn reasons(error: &Error) -> Vec<String> {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    std::iter::once(error.detail.clone()).chain(causes.map(ToString::to_string)).collect()
}

/// A backup by the running server; `None` when none runs in that directory.
///
/// # Errors
/// When a server is there and cannot do it.
pub async fn find_backup(data_dir: &Path, wanted: &WantedBackup, told: &Told) -> Result<Option<Summary>> {
    let Some(mut answer) = send(data_dir, Method::POST, "/backup", Some(wanted)).await? else { return Ok(None) };
    let mut text = Vec::new();
    while let Some(more) = answer.chunk().await.map_err(silent)? {
        text.extend_from_slice(&more);
        while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = text.drain(..=end).collect();
            match serde_json::from_slice(&line) {
                Ok(Line::Progress(step)) => told(step),
                Ok(Line::Done(summary)) => return Ok(Some(summary)),
                Ok(Line::Failed(reasons)) => return Err(Error::new(Code::InvalidRequest, reasons.join("; because: "))),
                Err(error) => return Err(Error::new(Code::Internal, "the running server speaks another version").caused_by(error)),
            }
        }
    }
    Err(Error::new(Code::Internal, "the running server ended before the backup was complete"))
}
