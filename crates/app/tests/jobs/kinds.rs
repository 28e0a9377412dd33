//! Kinds of jobs that tests watch. Each leaves a line in the trail, in the transaction that completes it.

use std::{io::Write, path::PathBuf, time::Duration};

use barker_app::job::{self, Job, Kind, Place, Schedule, Shift, Terms};
use barker_domain::{
    Code, Error, JobId, Result,
    membership::Role,
    trail::{Action, Entry, Event, Origin},
};
use barker_store::{Store, TrailFilter};
use serde::{Deserialize, Serialize};

pub(crate) const KINDS: &[Kind] = &[Kind::of::<Slow>(), Kind::of::<Poison>(), Kind::of::<Quick>(), Kind::of::<Panicky>()];

pub(crate) const SCHEDULES: &[Schedule] = &[Schedule { name: "test.minutely", cron: "0 * * * * *", job: || job::new(&Quick {}) }];

const fn terms(name: &'static str) -> Terms {
    Terms { name, place: Place::Anywhere, max_attempts: 3, timeout: Duration::from_mins(2), role: Role::Viewer }
}

/// Writes down that it was begun; the first time it does not end.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Slow {
    pub(crate) diary: PathBuf,
}

impl Job for Slow {
    const TERMS: Terms = terms("test.slow");

    async fn run(self, shift: Shift) -> Result<()> {
        let mut diary = std::fs::File::options().create(true).append(true).open(&self.diary).unwrap();
        writeln!(diary, "attempt {}", shift.attempt()).unwrap();
        if shift.attempt() == 1 {
            std::future::pending::<()>().await;
        }
        leave_mark(&shift).await
    }
}

/// Never succeeds.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Poison {}

impl Job for Poison {
    const TERMS: Terms = terms("test.poison");

    async fn run(self, shift: Shift) -> Result<()> {
        Err(Error::new(Code::Internal, format!("attempt {} found poison", shift.attempt())))
    }
}

/// Panics.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Panicky {}

impl Job for Panicky {
    const TERMS: Terms = Terms { max_attempts: 1, ..terms("test.panicky") };

    async fn run(self, _: Shift) -> Result<()> {
        panic!("as it is called")
    }
}

/// Succeeds at once.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Quick {}

impl Job for Quick {
    const TERMS: Terms = terms("test.quick");

    async fn run(self, shift: Shift) -> Result<()> {
        leave_mark(&shift).await
    }
}

async fn leave_mark(shift: &Shift) -> Result<()> {
    let event = Event::new(Action::TrailExported).about(shift.id());
    let entry = Entry::now(event, Origin::system(), shift.now_ms());
    let mark = shift.store().write((entry, shift.clone()), |transaction, (entry, shift)| {
        Box::pin(async move {
            transaction.record(&entry).await?;
            shift.complete_in(transaction).await
        })
    });
    mark.await
}

/// How often a job has had its effect.
pub(crate) async fn marks(store: &Store, id: Option<JobId>) -> u64 {
    let filter = TrailFilter { subject_id: id.map(Into::into), action: Some("trail.exported".into()), ..TrailFilter::default() };
    store.list_trail(&filter, barker_domain::page::Page::default()).await.unwrap().total
}
