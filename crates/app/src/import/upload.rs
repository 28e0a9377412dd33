//! Files that come over HTTP: kept as objects, imported by a job that can be watched and cancelled.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use barker_domain::{Code, Error, JobId, ProjectId, Result, UserId, job::MAX_KEY_CHARS, membership::Role};
use barker_infra::object_storage::{Key, Object, ObjectStorage};
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::{Kind, Plan, Progress, RejectTable, Told, Wanted, run};
use crate::{
    App,
    backup::unwritable,
    job::{self, Job, Place, Reach, Shift, Terms},
};

/// Longest file that may come this way; longer ones are imported at the command line.
const MAX_BYTES: u64 = 1 << 30;
/// Bytes of a file of rejects that are written into the storage together.
const CHUNK_BYTES: usize = 1 << 20;
/// Bytes of a file of rejects that are read to list the first rows.
const MAX_LISTED_BYTES: usize = 4 << 20;

/// Where files and rejects are kept, and what they are called there.
pub(super) const FOLDER: &str = "imports";
pub(super) const UPLOAD: &str = "upload.bin";
pub(super) const REJECTS: &str = "rejects.csv";

/// What whoever uploads says about the file.
#[derive(Debug, Clone)]
pub struct Upload {
    /// What it holds.
    pub kind: Kind,
    /// What it is called.
    pub file_name: String,
    /// What its columns are.
    pub wanted: Wanted,
    /// In which dates without an offset are told.
    pub time_zone: Option<TimeZone>,
}

/// Imports a file that was uploaded.
#[derive(Debug, Serialize, Deserialize)]
pub struct ImportUpload {
    project_id: ProjectId,
    import_id: Uuid,
    kind: String,
    file_name: String,
    columns: Vec<(String, String)>,
    constants: Vec<(String, String)>,
    time_zone: String,
}

/// Keeps the file and asks for its import. Answers the job.
///
/// # Errors
/// What the stream says; [`Code::InvalidRequest`] for an empty file; [`Code::BodyTooLarge`] for more than [`MAX_BYTES`]; when the storage or the database fails.
pub async fn upload(
    app: &App,
    (project_id, user_id): (ProjectId, Option<UserId>),
    upload: Upload,
    body: impl Stream<Item = Result<Bytes>> + Send,
) -> Result<JobId> {
    let import_id = Uuid::now_v7();
    let key = key_of(project_id, import_id, UPLOAD)?;
    if app.objects().put_stream(&key, bounded(body)).await? == 0 {
        app.objects().delete(&key).await?;
        return Err(Error::new(Code::InvalidRequest, "the file is empty"));
    }
    let job = ImportUpload {
        project_id,
        import_id,
        kind: upload.kind.as_str().to_owned(),
        file_name: upload.file_name,
        columns: upload.wanted.columns,
        constants: upload.wanted.constants,
        time_zone: upload.time_zone.and_then(|time_zone| time_zone.iana_name().map(str::to_owned)).unwrap_or_default(),
    };
    let mut new = job::new(&job)?.in_project(project_id).keyed_by(told_by_key(import_id, &job.kind, &job.file_name));
    new.user_id = user_id;
    Ok(job::enqueue(app.workshop(), new).await?.id)
}

/// The rejected rows of an import, with line, code and reason: a CSV file; `None` when there are none, or not yet.
///
/// # Errors
/// [`Code::JobNotFound`] when the job is no import of the project.
pub async fn find_rejects(app: &App, reach: Reach, id: JobId) -> Result<Option<Object>> {
    let record = job::get(app, reach, id).await?;
    if record.kind != ImportUpload::TERMS.name {
        return Err(Error::of(Code::JobNotFound));
    }
    let Some(project_id) = record.project_id else { return Err(Error::of(Code::JobNotFound)) };
    app.objects().find(&key_of(project_id, id.0, REJECTS)?).await
}

/// At most so many of the first rejected rows; none when there are none, or not yet.
///
/// # Errors
/// [`Code::JobNotFound`] when the job is no import of the project.
pub async fn list_rejects(app: &App, reach: Reach, id: JobId, most: usize) -> Result<RejectTable> {
    let Some(file) = find_rejects(app, reach, id).await? else { return Ok(RejectTable::default()) };
    let mut beginning = Vec::new();
    let size_bytes = file.head.size_bytes;
    let mut chunks = file.into_stream();
    while beginning.len() < MAX_LISTED_BYTES {
        let Some(bytes) = chunks.try_next().await? else { break };
        beginning.extend_from_slice(&bytes);
    }
    RejectTable::read(&beginning, beginning.len() as u64 >= size_bytes, most)
}

fn key_of(project_id: ProjectId, import_id: Uuid, name: &str) -> Result<Key> {
    Key::parse(&format!("{FOLDER}/{}/{import_id}/{name}", project_id.0)).ok_or_else(|| Error::new(Code::Internal, "an import has no key"))
}

fn bounded(body: impl Stream<Item = Result<Bytes>> + Send) -> impl Stream<Item = Result<Bytes>> + Send {
    let mut length = 0;
    body.map(move |bytes| {
        let bytes = bytes?;
        length += bytes.len() as u64;
        let too_long =
            || Error::new(Code::BodyTooLarge, format!("the file must not be longer than {MAX_BYTES} bytes; use `barker import`"));
        if length > MAX_BYTES { Err(too_long()) } else { Ok(bytes) }
    })
}

impl Job for ImportUpload {
    const TERMS: Terms =
        Terms { name: "import.file", place: Place::Owner, max_attempts: 3, timeout: Duration::from_hours(6), role: Role::Marketer };

    async fn run(self, shift: Shift) -> Result<()> {
        let app = shift.app()?.clone();
        let desk = Workbench::make(&app, &self).await?;
        let plan = Plan {
            project_id: self.project_id,
            kind: Kind::named(&self.kind).ok_or_else(|| Error::new(Code::Internal, "this version knows no such facts"))?,
            file: desk.file(),
            rejects: desk.rejects(),
            wanted: Wanted { columns: self.columns.clone(), constants: self.constants.clone() },
            time_zone: TimeZone::get(&self.time_zone).ok().filter(|_| !self.time_zone.is_empty()),
        };
        let summary = tokio::select! {
            summary = run(&app, plan, told(&shift)) => summary?,
            () = shift.cancelled() => return Err(Error::of(Code::JobCancelled)),
            // It may go on for hours; what was kept until now is known when it begins anew.
            () = shift.closing() => return Err(shift.hand_back()),
        };
        keep_rejects(app.objects(), &desk.rejects(), &key_of(self.project_id, shift.id().0, REJECTS)?).await?;
        app.objects().delete(&key_of(self.project_id, self.import_id, UPLOAD)?).await?;
        let done = i64::try_from(summary.rows).unwrap_or(i64::MAX);
        shift.progress(done, Some(done), summary.words());
        Ok(())
    }
}

impl ImportUpload {
    /// Which import a job is, as its objects are named.
    pub(super) fn import_id_of(payload: &str) -> Option<String> {
        serde_json::from_str::<Self>(payload).ok().map(|job| job.import_id.to_string())
    }
}

/// What a job is given is forgotten when it is done; its key stays, so that the history of imports can tell which file it was.
fn told_by_key(import_id: Uuid, kind: &str, file_name: &str) -> String {
    format!("{import_id}/{kind}/{file_name}").chars().take(MAX_KEY_CHARS).collect()
}

/// What the file holds, and what it is called.
pub(super) fn read_key(key: &str) -> Option<(String, String)> {
    let mut parts = key.splitn(3, '/').skip(1);
    Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
}

fn words_under_way(rows: u64, rejected: u64, rows_per_second: u64, seconds_left: u64) -> String {
    format!("{rows} rows, {rejected} rejected, {rows_per_second} rows/s, {seconds_left} s left")
}

/// Tells rate and time left with the progress.
fn told(shift: &Shift) -> Told {
    let (shift, begun) = (shift.clone(), Instant::now());
    Arc::new(move |Progress { bytes, total_bytes, rows, rejected }| {
        let seconds = begun.elapsed().as_secs().max(1);
        let left = seconds.saturating_mul(total_bytes.saturating_sub(bytes)) / bytes.max(1);
        let message = words_under_way(rows, rejected, rows / seconds, left);
        let count = |bytes| i64::try_from(bytes).unwrap_or(i64::MAX);
        shift.progress(count(bytes), Some(count(total_bytes)), message);
    })
}

async fn keep_rejects(objects: &ObjectStorage, file: &Path, key: &Key) -> Result<()> {
    use tokio::io::AsyncReadExt;
    let Ok(file) = tokio::fs::File::open(file).await else { return Ok(()) };
    let chunks = stream::try_unfold(file, |mut file| async move {
        let mut bytes = Vec::with_capacity(CHUNK_BYTES);
        let unreadable = |error: std::io::Error| Error::new(Code::Misconfigured, "the rejected rows cannot be read").caused_by(error);
        let read = (&mut file).take(CHUNK_BYTES as u64).read_to_end(&mut bytes).await.map_err(unreadable)?;
        Ok((read > 0).then(|| (Bytes::from(bytes), file)))
    });
    objects.put_stream(key, chunks).await.map(drop)
}

/// A folder for the file and its rejects, which goes when the attempt is over.
struct Workbench(PathBuf);

impl Workbench {
    async fn make(app: &App, job: &ImportUpload) -> Result<Self> {
        let desk = Self(std::env::temp_dir().join(format!("barker-import-{}", Uuid::now_v7())));
        crate::backup::make_private_folder(&desk.0).map_err(unwritable(&desk.0))?;
        let object = app.objects().find(&key_of(job.project_id, job.import_id, UPLOAD)?).await?;
        let object = object.ok_or_else(|| Error::new(Code::InvalidRequest, "the file is gone: upload it again"))?;
        let path = desk.file();
        let mut file = tokio::fs::File::create(&path).await.map_err(unwritable(&path))?;
        let mut bytes = object.into_stream();
        while let Some(bytes) = bytes.try_next().await? {
            file.write_all(&bytes).await.map_err(unwritable(&path))?;
        }
        file.flush().await.map_err(unwritable(&path))?;
        Ok(desk)
    }

    fn file(&self) -> PathBuf {
        self.0.join("file")
    }

    fn rejects(&self) -> PathBuf {
        self.0.join(REJECTS)
    }
}

impl Drop for Workbench {
    fn drop(&mut self) {
        // What stays is in the directory of temporary files.
        let _ignored = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Summary, Tally};

    #[test]
    fn the_key_of_a_job_tells_which_file_it_imports() {
        let read = |name: &str| read_key(&told_by_key(Uuid::now_v7(), "orders", name)).unwrap();
        assert_eq!(read("2026/shop.csv"), ("orders".to_owned(), "2026/shop.csv".to_owned()));
        assert_eq!(read(""), ("orders".to_owned(), String::new()));
        assert!("ж".repeat(255).starts_with(&read(&"ж".repeat(255)).1));
        assert_eq!(read_key("an older job"), None);
    }

    #[test]
    fn what_is_said_of_the_progress_is_read_back() {
        let done = Tally { rows: Some(7), taken: Some(5), duplicates: Some(3), rejected: Some(2), ..Tally::default() };
        let summary = Summary { rows: 7, taken: 5, duplicates: 3, rejected: 2, ..Summary::default() };
        assert_eq!(Tally::read(&summary.words()), done);
        let summary = Summary { taken: 4, totals: 1, ..summary };
        assert_eq!(Tally::read(&summary.words()), Tally { taken: Some(4), totals: Some(1), ..done });
        let under_way =
            Tally { rows: Some(5_000), rejected: Some(1), rows_per_second: Some(900), seconds_left: Some(12), ..Tally::default() };
        assert_eq!(Tally::read(&words_under_way(5_000, 1, 900, 12)), under_way);
        assert_eq!(Tally::read(""), Tally::default());
    }
}
