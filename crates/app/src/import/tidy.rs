//! What imports leave behind: files that were uploaded and never imported to their end, and rejects of jobs that are forgotten.

use std::{collections::HashSet, time::Duration};

use barker_domain::{Result, job::State, membership::Role, page::Page};
use barker_infra::object_storage::{Folder, Head};
use barker_store::{JobFilter, Store};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};

use super::upload::{FOLDER, ImportUpload, REJECTS, UPLOAD};
use crate::job::{Job, Place, Shift, Terms, ms};

/// How long a file waits for whoever uploads it again after a failure.
const KEPT: Duration = Duration::from_hours(24);
/// Jobs that are read together.
const JOBS_TOGETHER: u64 = 1_000;

/// Removes what imports leave behind. In the process that owns the database, whose objects they are.
#[derive(Debug, Serialize, Deserialize)]
pub struct TidyImports {}

impl Job for TidyImports {
    const TERMS: Terms =
        Terms { name: "imports.tidy", place: Place::Owner, max_attempts: 3, timeout: Duration::from_hours(1), role: Role::Owner };

    async fn run(self, shift: Shift) -> Result<()> {
        let Some(folder) = Folder::parse(FOLDER) else { return Ok(()) };
        let objects = &shift.workshop().services().objects;
        // Whoever asks for an import now uploads a younger file than those that are looked at.
        let mut heads = objects.list(&folder);
        let wanted = wanted(shift.store()).await?;
        let mut removed = 0;
        while let Some(head) = heads.try_next().await? {
            shift.check()?;
            if !is_over(&head, &shift, &wanted) {
                continue;
            }
            objects.delete(&head.key).await?;
            removed += 1;
            shift.progress(removed, None, "");
        }
        Ok(())
    }
}

/// Files and rejects are told apart by their names, and whose they are by their folder.
fn is_over(head: &Head, shift: &Shift, wanted: &HashSet<String>) -> bool {
    let age_ms = shift.now_ms() - head.modified_ms;
    let mut parts = head.key.as_str().rsplit('/');
    match (parts.next(), parts.next()) {
        (Some(UPLOAD), Some(import)) => age_ms > ms(KEPT) && !wanted.contains(import),
        // They are found by their job, which is forgotten by then.
        (Some(REJECTS), Some(_)) => age_ms > ms(shift.workshop().settings().retention + KEPT),
        _ => false,
    }
}

/// Imports that will still be done.
async fn wanted(store: &Store) -> Result<HashSet<String>> {
    let mut wanted = HashSet::new();
    for state in State::ALL.into_iter().filter(|state| state.is_active()) {
        let filter = JobFilter { state: Some(state), kinds: Some(vec![ImportUpload::TERMS.name.to_owned()]), ..JobFilter::default() };
        for number in 1.. {
            let found = store.list_jobs(&filter, Page { number, size: JOBS_TOGETHER }).await?.rows;
            wanted.extend(found.iter().filter_map(|job| ImportUpload::import_id_of(&job.payload)));
            if (found.len() as u64) < JOBS_TOGETHER {
                break;
            }
        }
    }
    Ok(wanted)
}
