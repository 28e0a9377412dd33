//! Time: which day it is in a project, and moving a sandbox through its days.

use std::sync::Arc;

use barker_domain::{Code, Day, Error, FieldError, Result, trail::Action};
use serde_json::json;

use crate::{App, Desk, ProjectHandle};

/// Today in the project.
#[must_use]
pub fn today(app: &App, project: &ProjectHandle) -> Day {
    project.today(app.now_ms())
}

/// Sets a sandbox's day, backwards too; without one, the next day. What happened stays as it happened.
///
/// # Errors
/// [`Code::TimeIsReal`] for a live project, [`Code::InvalidRequest`] for a day below 0 or after the last one.
pub async fn advance(desk: &Desk, day: Option<Day>) -> Result<Day> {
    let whole = desk.clone();
    desk.app.see_through(async move { advance_whole(&whole, day).await }).await
}

async fn advance_whole(desk: &Desk, day: Option<Day>) -> Result<Day> {
    let (app, project) = (&desk.app, Arc::clone(&desk.project));
    if !project.is_sandbox() {
        return Err(Error::of(Code::TimeIsReal));
    }
    let turn = project.take_turn().await;
    let today = project.today(app.now_ms());
    let next = day.or_else(|| today.0.checked_add(1).map(Day)).unwrap_or(today);
    if next.0 < 0 {
        return Err(Error::invalid(vec![FieldError::new("/current_date", "range", format!("must be 0 to {}", i32::MAX))]));
    }
    project.days().prepare(app, &project, next).await?;
    let entry = desk.entry(desk.event(Action::DayChanged).from(json!({"day": today})).to(json!({"day": next})));
    let set = app.inner.store.write((project.id(), next, entry), |transaction, (project_id, next, entry)| {
        Box::pin(async move {
            transaction.in_project(project_id).update_sandbox_day(next).await?;
            transaction.record(&entry).await
        })
    });
    match set.await {
        Ok(()) => project.move_to(next),
        Err(error) => return Err(app.or_in_doubt(error, Some(turn), move |app| adopt_day(app, Arc::clone(&project)))),
    }
    Ok(next)
}

/// Moves to the day that is stored.
async fn adopt_day(app: App, project: Arc<ProjectHandle>) -> Result<()> {
    let stored = app.inner.store.find_project(project.id()).await?;
    if let Some(stored) = stored {
        project.move_to(stored.timekeeping.today(app.now_ms()));
    }
    Ok(())
}
