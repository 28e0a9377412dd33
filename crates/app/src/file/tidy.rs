//! What uploads and deletions leave behind when they are interrupted: objects that no row names.

use std::time::Duration;

use barker_domain::{Result, file::FileName, membership::Role};
use barker_infra::object_storage::{Folder, Head, ObjectStorage};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};

use super::FOLDER;
use crate::job::{Job, Place, Shift, Terms, ms};

/// How long an upload may take from its object to its row, with plenty to spare.
const GRACE: Duration = Duration::from_hours(24);
/// Objects whose rows are looked for together.
const FILES_TOGETHER: usize = 500;

/// Removes images that no project keeps. In the process that owns the database, whose objects they are.
#[derive(Debug, Serialize, Deserialize)]
pub struct TidyFiles {}

impl Job for TidyFiles {
    const TERMS: Terms =
        Terms { name: "files.tidy", place: Place::Owner, max_attempts: 3, timeout: Duration::from_hours(1), role: Role::Owner };

    async fn run(self, shift: Shift) -> Result<()> {
        let Some(folder) = Folder::parse(FOLDER) else { return Ok(()) };
        let objects = &shift.workshop().services().objects;
        let mut heads = objects.list(&folder).try_chunks(FILES_TOGETHER);
        let mut removed = 0;
        while let Some(heads) = heads.try_next().await.map_err(|broken| broken.1)? {
            shift.check()?;
            removed += tidy(&shift, objects, heads).await?;
            shift.progress(removed, None, "");
        }
        Ok(())
    }
}

/// Removes those that are old and not kept; answers how many.
async fn tidy(shift: &Shift, objects: &ObjectStorage, heads: Vec<Head>) -> Result<i64> {
    let is_old = |head: &Head| shift.now_ms() - head.modified_ms > ms(GRACE);
    let named = |head: Head| Some((FileName::parse(head.key.as_str().rsplit('/').next()?)?.id, head.key));
    let old: Vec<_> = heads.into_iter().filter(is_old).filter_map(named).collect();
    let kept = shift.store().list_kept_files(&old.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    let mut removed = 0;
    for (_, key) in old.iter().filter(|(id, _)| !kept.contains(id)) {
        objects.delete(key).await?;
        removed += 1;
    }
    Ok(removed)
}
