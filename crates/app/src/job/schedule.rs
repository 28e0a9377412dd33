//! Schedules: jobs that come back by themselves. Each begins at most once at a time, however many processes keep it.

use std::{collections::HashMap, str::FromStr};

use barker_domain::{Code, Error, Result, job::NewJob};
use chrono::DateTime;

use super::{Workshop, kind, tidy};
use crate::{file, housekeeping, import, signing, warehouse, webhook};

/// What comes back by itself. A new one gets its line here.
pub const SCHEDULES: &[Schedule] = &[
    Schedule { name: "accounts.tidy", cron: "0 5/10 * * * *", job: || kind::new(&housekeeping::TidyAccounts {}) },
    Schedule { name: "signing_keys.renew", cron: "0 15 * * * *", job: || kind::new(&signing::RenewSigningKeys {}) },
    Schedule { name: "jobs.tidy", cron: "0 25 * * * *", job: || kind::new(&tidy::TidyJobs {}) },
    Schedule { name: "imports.tidy", cron: "0 35 * * * *", job: || kind::new(&import::TidyImports {}) },
    Schedule { name: "warehouse.compact", cron: "0 40 * * * *", job: || kind::new(&warehouse::CompactWarehouse {}) },
    Schedule { name: "warehouse.roll_up", cron: "0 45 * * * *", job: || kind::new(&warehouse::RollUpEvents {}) },
    Schedule { name: "warehouse.retain", cron: "0 50 3 * * *", job: || kind::new(&warehouse::RetainEvents {}) },
    Schedule { name: "webhooks.tidy", cron: "0 20 4 * * *", job: || kind::new(&webhook::TidyWebhooks {}) },
    Schedule { name: "files.tidy", cron: "0 35 4 * * *", job: || kind::new(&file::TidyFiles {}) },
];

/// A job that comes back by itself.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Its name, never changed: the database remembers it.
    pub name: &'static str,
    /// When: second, minute, hour, day of the month, month and day of the week, in UTC.
    pub cron: &'static str,
    /// What is done.
    pub job: fn() -> Result<NewJob>,
}

impl Schedule {
    /// The first time it is due after an instant, in milliseconds UTC; `None`: never again.
    ///
    /// # Errors
    /// [`Code::Internal`] when the expression cannot be read.
    fn due_after(&self, after_ms: i64) -> Result<Option<i64>> {
        let unreadable = |error: cron::error::Error| {
            Error::new(Code::Internal, format!("the schedule {} cannot be read", self.name)).caused_by(error.to_string())
        };
        let schedule = cron::Schedule::from_str(self.cron).map_err(unreadable)?;
        let after = DateTime::from_timestamp_millis(after_ms).unwrap_or_default();
        Ok(schedule.after(&after).next().map(|due| due.timestamp_millis()))
    }
}

/// Begins what is due. What was missed while nobody was there is begun once.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn begin(workshop: &Workshop) -> Result<()> {
    let schedules = workshop.settings().schedules;
    if schedules.is_empty() {
        return Ok(());
    }
    let begun: HashMap<_, _> = workshop.store().list_schedules().await?.into_iter().collect();
    let now_ms = workshop.now_ms();
    for schedule in schedules {
        let from_ms = begun.get(schedule.name).copied();
        // One that is new begins when it is next due.
        let is_due = match from_ms {
            Some(from_ms) => schedule.due_after(from_ms)?.is_some_and(|due_at_ms| due_at_ms <= now_ms),
            None => true,
        };
        if is_due {
            move_on(workshop, schedule, from_ms, now_ms).await?;
        }
    }
    Ok(())
}

/// Begins one, unless another process has.
async fn move_on(workshop: &Workshop, schedule: &'static Schedule, from_ms: Option<i64>, now_ms: i64) -> Result<()> {
    // One that still runs is not begun a second time.
    let job = (schedule.job)()?.keyed_by(schedule.name);
    let begin = workshop.store().write((job, from_ms), move |transaction, (job, from_ms)| {
        Box::pin(async move {
            if transaction.advance_schedule(schedule.name, from_ms, now_ms).await? && from_ms.is_some() {
                transaction.enqueue_job(job, now_ms).await?;
            }
            Ok(())
        })
    });
    begin.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schedule_can_be_read_and_comes_back_within_a_day() {
        for schedule in SCHEDULES {
            let first = schedule.due_after(0).unwrap().unwrap();
            let second = schedule.due_after(first).unwrap().unwrap();
            assert!(first < second && second - first <= 24 * 60 * 60 * 1_000, "{}", schedule.name);
            assert!(schedule.name.len() <= 32);
        }
    }

    #[test]
    fn a_schedule_is_due_at_its_minute_in_utc() {
        let schedule = Schedule { name: "test", cron: "0 15 * * * *", job: || kind::new(&tidy::TidyJobs {}) };
        assert_eq!(schedule.due_after(0).unwrap(), Some(15 * 60_000));
        assert_eq!(schedule.due_after(15 * 60_000).unwrap(), Some(75 * 60_000));
    }
}
