//! Creatives: what ads say and where they lead. What changes in one changes in every ad that shows it.

use std::sync::Arc;

use barker_domain::{
    Code, CreativeId, Error, Result,
    creative::{Content, Creative, Picture},
    error::unless_faulty,
    page::{Listed, Page},
    trail::Action,
};
use barker_store::{CreativeFilter, CreativeSort};
use serde_json::{Value, json};

use crate::{App, Desk, ProjectHandle, ad::Write, file};

/// What changes; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreativeChange {
    /// What it says and where it leads.
    pub content: Option<Content>,
    /// Whether it is put away.
    pub is_archived: Option<bool>,
}

/// A page of a project's creatives.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, project: &ProjectHandle, filter: &CreativeFilter, sorted: (CreativeSort, Page)) -> Result<Listed<Creative>> {
    project.rows(app).list_creatives(filter, sorted).await
}

/// The creative with that id.
///
/// # Errors
/// [`Code::CreativeNotFound`].
pub async fn get(app: &App, project: &ProjectHandle, id: CreativeId) -> Result<Creative> {
    project.rows(app).find_creative(id).await?.ok_or_else(|| Error::of(Code::CreativeNotFound))
}

/// Makes a creative that no ad shows yet.
///
/// # Errors
/// [`Code::InvalidRequest`] with every field at fault.
pub async fn create(desk: &Desk, content: Content) -> Result<Creative> {
    let content = checked(&desk.app, &desk.project, content).await?;
    let now_ms = desk.app.now_ms();
    let creative = Creative { id: CreativeId::generate(), content, is_archived: false, version: 1, created_at_ms: now_ms };
    let entry = desk.entry(desk.event(Action::CreativeCreated).about(creative.id).to(json_of(&creative)));
    let given = (desk.project.id(), creative.clone(), entry);
    let insert = desk.app.inner.store.write(given, |transaction, (project_id, creative, entry)| {
        Box::pin(async move {
            transaction.in_project(project_id).insert_creative(&creative).await?;
            transaction.record(&entry).await
        })
    });
    insert.await.map(|()| creative)
}

/// Changes a creative by `edit`, which sees it as it is, puts it away or takes it out again; with a version, only while it is that one.
///
/// # Errors
/// [`Code::CreativeNotFound`]; [`Code::VersionConflict`]; [`Code::CreativeInUse`]; [`Code::InvalidRequest`] with every field at fault;
/// whatever `edit` answers.
pub async fn change(
    desk: &Desk,
    (id, version): (CreativeId, Option<i32>),
    edit: impl FnOnce(&Creative) -> Result<CreativeChange> + Send + 'static,
) -> Result<Creative> {
    let whole = desk.clone();
    desk.app.see_through(async move { change_whole(&whole, (id, version), edit).await }).await
}

async fn change_whole(
    desk: &Desk,
    (id, version): (CreativeId, Option<i32>),
    edit: impl FnOnce(&Creative) -> Result<CreativeChange>,
) -> Result<Creative> {
    let (app, project) = (&desk.app, Arc::clone(&desk.project));
    let turn = project.take_turn().await;
    let before = get(app, &project, id).await?;
    if version.is_some_and(|version| version != before.version) {
        return Err(Error::of(Code::VersionConflict));
    }
    let CreativeChange { content, is_archived } = edit(&before)?;
    let (content, is_archived) = (content.unwrap_or_else(|| before.content.clone()), is_archived.unwrap_or(before.is_archived));
    let after = Creative { content: checked(app, &project, content).await?, is_archived, ..before.clone() };
    if after == before {
        return Ok(after);
    }
    let rows = project.rows(app);
    if after.is_archived && !before.is_archived && rows.count_ads_that_show(id).await? > 0 {
        return Err(Error::of(Code::CreativeInUse));
    }
    let campaigns = rows.list_campaigns_that_show(id).await?;
    let after = Creative { version: before.version + 1, ..after };
    let event = desk.event(Action::CreativeChanged).about(id).from(json_of(&before)).to(json_of(&after));
    let write = Write { project: Arc::clone(&project), turn, campaigns, entry: desk.entry(event) };
    let archived_at_ms = after.is_archived.then(|| app.now_ms());
    write
        .carry_out(app, (after.clone(), archived_at_ms), |transaction, project_id, (after, archived_at_ms)| {
            Box::pin(async move {
                let rows = transaction.in_project(project_id);
                rows.update_creative(&after).await?;
                rows.set_creative_archived(after.id, archived_at_ms).await
            })
        })
        .await?;
    Ok(after)
}

/// What it is to say and show, when nothing is wrong with it.
async fn checked(app: &App, project: &ProjectHandle, content: Content) -> Result<Content> {
    let mut faults = content.faults();
    match file::settle(app, project, content).await? {
        Ok(content) => unless_faulty(content, faults),
        Err(fault) => {
            faults.push(fault);
            Err(Error::invalid(faults))
        }
    }
}

/// A creative as the trail shows it.
pub(crate) fn json_of(creative: &Creative) -> Value {
    let Content { title, text, landing_url, image } = &creative.content;
    let image_id = image.map(Picture::id);
    json!({"title": title, "text": text, "landing_url": landing_url, "image_id": image_id, "is_archived": creative.is_archived})
}
