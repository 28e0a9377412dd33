//! Links by which anybody may look at a dashboard, until they are revoked. The link itself is shown once; only its digest is kept.

use barker_domain::{
    Code, Error, ProjectId, Result,
    sheet::{DashboardLink, MAX_LINKS, Sheet, SheetKind},
    trail::{Action, Event, Origin},
};
use serde_json::json;
use uuid::Uuid;

use super::{Place, get};
use crate::{
    App,
    secret::{Digest, new_secret},
};

fn dashboard(project_id: ProjectId, id: Uuid) -> Place {
    Place { project_id, kind: SheetKind::Dashboard, id }
}

/// The links of a dashboard, oldest first, the revoked ones too.
///
/// # Errors
/// [`Code::DashboardNotFound`].
pub async fn list_links(app: &App, project_id: ProjectId, id: Uuid) -> Result<Vec<DashboardLink>> {
    get(app, dashboard(project_id, id)).await?;
    app.inner.store.in_project(project_id).list_dashboard_links(id).await
}

/// Makes a link. Answers it with its secret, which nobody can find out again.
///
/// # Errors
/// [`Code::DashboardNotFound`], [`Code::TooMany`], [`Code::ProjectArchived`].
pub async fn share(app: &App, project_id: ProjectId, id: Uuid, origin: &Origin) -> Result<(DashboardLink, String)> {
    app.get_open_project(project_id).await?;
    let secret = new_secret()?;
    let link =
        DashboardLink { id: Uuid::now_v7(), dashboard_id: id, created_by: origin.user(), created_at_ms: app.now_ms(), revoked_at_ms: None };
    let event = Event::in_project(project_id, Action::DashboardShared).about(id).to(json!({"link_id": link.id}));
    let work = (dashboard(project_id, id), link.clone(), Digest::of(secret.as_bytes()), app.entry(event, origin));
    let insert = app.inner.store.write(work, |transaction, (place, link, digest, entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(place.project_id);
            rows.find_sheet(place.kind, place.id).await?.ok_or_else(|| place.missing())?;
            let working = rows.list_dashboard_links(place.id).await?.into_iter().filter(|link| link.revoked_at_ms.is_none()).count();
            if working as u64 >= MAX_LINKS {
                return Err(Error::new(Code::TooMany, format!("a dashboard has at most {MAX_LINKS} working links")));
            }
            rows.insert_dashboard_link(&link, digest.to_hex()).await?;
            transaction.record(&entry).await
        })
    });
    insert.await.map(|()| (link, secret))
}

/// Revokes a link, at once and for good.
///
/// # Errors
/// [`Code::ShareNotFound`], also when it is revoked already.
pub async fn revoke(app: &App, project_id: ProjectId, (id, link_id): (Uuid, Uuid), origin: &Origin) -> Result<()> {
    let event = Event::in_project(project_id, Action::DashboardUnshared).about(id).from(json!({"link_id": link_id}));
    let work = (project_id, id, link_id, app.entry(event, origin));
    let revoke = app.inner.store.write(work, |transaction, (project_id, id, link_id, entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            let links = rows.list_dashboard_links(id).await?;
            let works = links.iter().any(|link| link.id == link_id && link.revoked_at_ms.is_none());
            if !works {
                return Err(Error::of(Code::ShareNotFound));
            }
            rows.revoke_dashboard_link(link_id, entry.occurred_at_ms).await?;
            transaction.record(&entry).await
        })
    });
    revoke.await
}

/// The dashboard that a link leads to.
///
/// # Errors
/// [`Code::SharedNotFound`] when it is revoked, or was never made; also while its project is put away.
pub async fn find_shared(app: &App, secret: &str) -> Result<(ProjectId, Sheet)> {
    let missing = || Error::of(Code::SharedNotFound);
    let found = app.inner.store.find_dashboard_link(&Digest::of(secret.as_bytes()).to_hex()).await?;
    let (project_id, link) = found.ok_or_else(missing)?;
    app.get_open_project(project_id).await.map_err(|_| missing())?;
    let sheet = get(app, dashboard(project_id, link.dashboard_id)).await?;
    Ok((project_id, sheet))
}
