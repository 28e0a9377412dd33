//! Imports that were asked for: which file, how far it is, what became of it.

use barker_domain::{
    Result,
    job::Job as Record,
    page::{Listed, Page},
};
use barker_store::JobFilter;

use super::{ImportUpload, upload::read_key};
use crate::{
    App,
    job::{self, Job, Reach},
};

/// An import, and the job that does it.
#[derive(Debug, Clone)]
pub struct Import {
    /// What the file holds, like `orders`; empty when the job does not say.
    pub kind: String,
    /// What the file is called; may be empty.
    pub file_name: String,
    /// What is known of its rows so far.
    pub tally: Tally,
    /// The job.
    pub job: Record,
}

/// What the progress of an import says; what it does not say is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows so far.
    pub rows: Option<u64>,
    /// Rows that are kept, or were known already: of one that is done.
    pub taken: Option<u64>,
    /// Events among them that were known already: of one that is done.
    pub duplicates: Option<u64>,
    /// Rows that were rejected.
    pub rejected: Option<u64>,
    /// Rows of totals, which were passed over: of one that is done and had some.
    pub totals: Option<u64>,
    /// Rows in a second: of one that runs.
    pub rows_per_second: Option<u64>,
    /// How long it takes still: of one that runs.
    pub seconds_left: Option<u64>,
}

impl Tally {
    /// Reads back what [`super::upload`] has said.
    pub(super) fn read(message: &str) -> Self {
        let before = |words: &str| message.split_once(words)?.0.rsplit(' ').next()?.parse().ok();
        Self {
            rows: before(" rows"),
            taken: before(" taken"),
            duplicates: before(" of them known already"),
            rejected: before(" rejected"),
            totals: before(" of totals"),
            rows_per_second: before(" rows/s"),
            seconds_left: before(" s left"),
        }
    }
}

/// Imports of a project, newest first, for as long as jobs are kept.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, reach: Reach, page: Page) -> Result<Listed<Import>> {
    let filter = JobFilter { kinds: Some(vec![ImportUpload::TERMS.name.to_owned()]), ..JobFilter::default() };
    let Listed { rows, total } = job::list(app, reach, filter, page).await?;
    Ok(Listed { rows: rows.into_iter().map(Import::of).collect(), total })
}

impl Import {
    fn of(job: Record) -> Self {
        let (kind, file_name) = job.key.as_deref().and_then(read_key).unwrap_or_default();
        Self { kind, file_name, tally: Tally::read(&job.progress.message), job }
    }
}
