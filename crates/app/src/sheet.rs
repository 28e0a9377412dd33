//! Dashboards and saved reports: made, changed, deleted; and what they show, which reports answer.

mod content;
mod first;
mod link;

use std::sync::Arc;

use barker_domain::{
    Code, Error, ProjectId, Result, UserId,
    error::unless_faulty,
    page::{Listed, Page},
    sheet::{Sheet, SheetKind, SheetTerms},
    trail::{Action, Event, Origin},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{App, report};

pub use content::{Override, questions, read_terms};
pub(crate) use first::first_dashboard;
pub use link::{find_shared, list_links, revoke, share};

/// A sheet, and where it is.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The project.
    pub project_id: ProjectId,
    /// What it is.
    pub kind: SheetKind,
    /// Which one.
    pub id: Uuid,
}

impl Place {
    fn missing(self) -> Error {
        Error::of(match self.kind {
            SheetKind::Dashboard => Code::DashboardNotFound,
            SheetKind::SavedReport => Code::SavedReportNotFound,
        })
    }
}

/// A page of sheets, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, project_id: ProjectId, kind: SheetKind, page: Page) -> Result<Listed<Sheet>> {
    app.inner.store.in_project(project_id).list_sheets(kind, page).await
}

/// One sheet.
///
/// # Errors
/// [`Code::DashboardNotFound`], [`Code::SavedReportNotFound`].
pub async fn get(app: &App, place: Place) -> Result<Sheet> {
    let found = app.inner.store.in_project(place.project_id).find_sheet(place.kind, place.id).await?;
    found.ok_or_else(|| place.missing())
}

/// Makes a sheet.
///
/// # Errors
/// [`Code::InvalidRequest`] with every field at fault; [`Code::TooMany`]; [`Code::ProjectArchived`].
pub async fn create(app: &App, (project_id, kind): (ProjectId, SheetKind), terms: SheetTerms, origin: Origin) -> Result<Sheet> {
    let faults = terms.faults();
    let terms = unless_faulty(terms, faults)?;
    app.get_open_project(project_id).await?;
    let now_ms = app.now_ms();
    let created_by = origin.user();
    let sheet = Sheet { id: Uuid::now_v7(), terms, version: 1, created_by, created_at_ms: now_ms, updated_at_ms: now_ms };
    let action = action_of(kind, [Action::DashboardCreated, Action::SavedReportCreated]);
    let entry = app.entry(Event::in_project(project_id, action).about(sheet.id).to(told(&sheet)), &origin);
    let insert = app.inner.store.write((project_id, kind, sheet.clone(), entry), |transaction, (project_id, kind, sheet, entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            let most = kind.max_per_project();
            if rows.list_sheets(kind, Page { size: 1, number: 1 }).await?.total >= most {
                return Err(Error::new(Code::TooMany, format!("a project has at most {most} of these")));
            }
            rows.insert_sheet(kind, &sheet).await?;
            transaction.record(&entry).await
        })
    });
    insert.await.map(|()| sheet)
}

/// A copy of a sheet, under a name that says so.
///
/// # Errors
/// As for [`get`] and [`create`].
pub async fn duplicate(app: &App, place: Place, origin: Origin) -> Result<Sheet> {
    let mut terms = get(app, place).await?.terms;
    let kept = terms.name.chars().take(barker_domain::text::MAX_NAME_CHARS - 4).collect::<String>();
    terms.name = format!("{kept} (2)");
    create(app, (place.project_id, place.kind), terms, origin).await
}

/// Changes a sheet; with a version, only while it is still that one.
///
/// # Errors
/// [`Code::VersionConflict`]; as for [`get`] and [`create`].
pub async fn change(app: &App, place: Place, (terms, version): (SheetTerms, Option<i32>), origin: Origin) -> Result<Sheet> {
    let faults = terms.faults();
    let terms = unless_faulty(terms, faults)?;
    app.get_open_project(place.project_id).await?;
    let action = action_of(place.kind, [Action::DashboardChanged, Action::SavedReportChanged]);
    let entry = app.entry(Event::in_project(place.project_id, action).about(place.id), &origin);
    let update = app.inner.store.write((place, terms, version, entry), |transaction, (place, terms, version, mut entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(place.project_id);
            let before = rows.find_sheet(place.kind, place.id).await?.ok_or_else(|| place.missing())?;
            refuse_outdated(&before, version)?;
            let after = Sheet { terms, version: before.version.saturating_add(1), updated_at_ms: entry.occurred_at_ms, ..before.clone() };
            rows.update_sheet(place.kind, &after).await?;
            (entry.event.before, entry.event.after) = (Some(told(&before)), Some(told(&after)));
            transaction.record(&entry).await.map(|()| after)
        })
    });
    update.await
}

/// Deletes a sheet, with its links; with a version, only while it is still that one.
///
/// # Errors
/// [`Code::VersionConflict`]; as for [`get`].
pub async fn delete(app: &App, place: Place, version: Option<i32>, origin: &Origin) -> Result<()> {
    app.get_open_project(place.project_id).await?;
    let action = action_of(place.kind, [Action::DashboardDeleted, Action::SavedReportDeleted]);
    let entry = app.entry(Event::in_project(place.project_id, action).about(place.id), origin);
    let delete = app.inner.store.write((place, version, entry), |transaction, (place, version, mut entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(place.project_id);
            let before = rows.find_sheet(place.kind, place.id).await?.ok_or_else(|| place.missing())?;
            refuse_outdated(&before, version)?;
            rows.delete_sheet(place.kind, place.id).await?;
            entry.event.before = Some(told(&before));
            transaction.record(&entry).await
        })
    });
    delete.await
}

/// What a sheet shows: a report for each of its questions, by the names of widgets.
pub async fn answer(
    app: &App,
    project_id: ProjectId,
    (kind, sheet): (SheetKind, &Sheet),
    instead: &Override,
) -> Vec<(String, Result<report::Report>)> {
    let (names, requests): (Vec<_>, Vec<_>) = questions(kind, &sheet.terms.content, instead).into_iter().unzip();
    let requests = requests.iter().map(report::read_report).collect();
    names.into_iter().zip(report::answer_all(app, project_id, requests).await).collect()
}

fn refuse_outdated(sheet: &Sheet, version: Option<i32>) -> Result<()> {
    match version {
        Some(version) if version != sheet.version => {
            Err(Error::new(Code::VersionConflict, format!("it is at version {} by now, not {version}", sheet.version)))
        }
        _ => Ok(()),
    }
}

fn action_of(kind: SheetKind, [of_dashboard, of_saved_report]: [Action; 2]) -> Action {
    match kind {
        SheetKind::Dashboard => of_dashboard,
        SheetKind::SavedReport => of_saved_report,
    }
}

/// A sheet as the trail shows it; what it says would fill the trail.
fn told(sheet: &Sheet) -> Value {
    json!({"name": sheet.terms.name, "version": sheet.version})
}

impl App {
    /// The first dashboard of a project, to be stored together with it.
    pub(crate) fn first_sheet(&self, locale: barker_domain::user::Locale, created_by: Option<UserId>) -> Arc<Sheet> {
        let now_ms = self.now_ms();
        let terms = first_dashboard(locale);
        Arc::new(Sheet { id: Uuid::now_v7(), terms, version: 1, created_by, created_at_ms: now_ms, updated_at_ms: now_ms })
    }
}
