//! Jobs that are long over are forgotten, by a job.

use std::time::Duration;

use barker_domain::{Result, membership::Role};
use barker_store::PRUNED_JOBS_TOGETHER;
use serde::{Deserialize, Serialize};

use super::{Job, Place, Shift, Terms, ms};

/// Forgets jobs that have been over for as long as the settings say.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TidyJobs {}

impl Job for TidyJobs {
    const TERMS: Terms =
        Terms { name: "jobs.tidy", place: Place::Anywhere, max_attempts: 3, timeout: Duration::from_mins(10), role: Role::Owner };

    async fn run(self, shift: Shift) -> Result<()> {
        let finished_before_ms = shift.now_ms() - ms(shift.workshop().settings().retention);
        let mut forgotten = 0;
        loop {
            shift.check()?;
            let pruned = shift.store().prune_jobs(finished_before_ms).await?;
            forgotten += i64::try_from(pruned).unwrap_or(0);
            shift.progress(forgotten, None, "");
            if pruned < PRUNED_JOBS_TOGETHER {
                return Ok(());
            }
        }
    }
}
