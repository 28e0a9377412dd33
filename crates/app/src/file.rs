//! Files of a project: images that its ads show. Uploaded, listed, deleted; and loaded by anybody who knows the name.
//!
//! An object is written before the row that names it, and removed after it: a row without its object would be an image that
//! nobody can load, an object without a row is found by [`TidyFiles`]. Ids are never used again, so that neither can meet
//! the other's successor.

mod tidy;

use std::ops::Range;

use barker_domain::{
    Code, Error, FieldError, FileId, ProjectId, Result,
    creative::{Content, Picture},
    file::{File, FileName, MAX_PER_PROJECT, examine},
    page::{Listed, Page},
    trail::{Action, Event, Origin},
};
use barker_infra::object_storage::{Key, Object};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::{App, ProjectHandle, backup::in_background, secret::Digest};

pub use tidy::TidyFiles;

/// Where images are kept.
const FOLDER: &str = "images";

/// What somebody sends.
#[derive(Debug, Clone)]
pub struct Upload {
    /// All of it.
    pub bytes: Bytes,
    /// What its sender calls it: a media type.
    pub content_type: Option<String>,
}

/// Keeps an image, or finds it: the same bytes in a project are the same file. Answers whether it is new.
///
/// # Errors
/// [`Code::InvalidRequest`] naming `/file` or `/Content-Type`; [`Code::TooMany`]; [`Code::ProjectArchived`]; when the storage
/// does not answer.
pub async fn store(app: &App, project_id: ProjectId, upload: Upload, origin: &Origin) -> Result<(File, bool)> {
    app.get_open_project(project_id).await?;
    let (created_by, now_ms) = (origin.user(), app.now_ms());
    let (new, bytes) = in_background(move || {
        let Upload { bytes, content_type } = upload;
        let image = examine(&bytes, content_type.as_deref()).map_err(|fault| Error::invalid(vec![fault]))?;
        let length = i32::try_from(bytes.len()).map_err(|_| Error::of(Code::BodyTooLarge))?;
        let (id, sha256) = (FileId::generate(), Digest::of(&bytes).to_hex());
        Ok((File { id, image, bytes: length, sha256, created_by, created_at_ms: now_ms }, bytes))
    })
    .await?;
    if let Some(known) = app.inner.store.in_project(project_id).find_file_by_digest(&new.sha256).await? {
        mend(app, &known, bytes).await?;
        return Ok((known, false));
    }
    let key = key_of(new.name())?;
    app.objects().put(&key, bytes).await?;
    // When this fails it may be done all the same: the object stays, until it is seen that there is no row.
    let kept = insert(app, project_id, new.clone(), origin).await?;
    let is_new = kept.id == new.id;
    if !is_new {
        app.objects().delete(&key).await?;
    }
    Ok((kept, is_new))
}

/// The file that is kept from now on: this one, or another one with the same bytes that was faster.
async fn insert(app: &App, project_id: ProjectId, new: File, origin: &Origin) -> Result<File> {
    let entry = app.entry(Event::in_project(project_id, Action::FileStored).about(new.id).to(told(&new)), origin);
    let insert = app.inner.store.write((project_id, new, entry), |transaction, (project_id, new, entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            if let Some(known) = rows.find_file_by_digest(&new.sha256).await? {
                return Ok(known);
            }
            if rows.count_files().await? >= MAX_PER_PROJECT {
                return Err(Error::new(Code::TooMany, format!("a project keeps at most {MAX_PER_PROJECT} files; delete some first")));
            }
            rows.insert_file(&new).await?;
            transaction.record(&entry).await.map(|()| new)
        })
    });
    insert.await
}

/// Writes an object that is missing: lost with its disk, or not in the backup that was restored.
async fn mend(app: &App, known: &File, bytes: Bytes) -> Result<()> {
    let key = key_of(known.name())?;
    if app.objects().find_head(&key).await?.is_none() {
        app.objects().put(&key, bytes).await?;
    }
    Ok(())
}

/// A page of files, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, project_id: ProjectId, page: Page) -> Result<Listed<File>> {
    app.inner.store.in_project(project_id).list_files(page).await
}

/// What is known of one file.
///
/// # Errors
/// [`Code::FileNotFound`].
pub async fn get(app: &App, project_id: ProjectId, id: FileId) -> Result<File> {
    app.inner.store.in_project(project_id).find_file(id).await?.ok_or_else(missing)
}

/// What a creative is to show, once it is known that its image is there; else what is wrong with that.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn settle(app: &App, project: &ProjectHandle, content: Content) -> Result<Result<Content, FieldError>> {
    let Some(Picture::Asked(id)) = content.image else { return Ok(Ok(content)) };
    Ok(match project.rows(app).find_file(id).await? {
        Some(file) => Ok(Content { image: Some(Picture::Kept(file.name())), ..content }),
        None => Err(FieldError::new("/image_id", "unknown", "is no file of this project")),
    })
}

/// Deletes a file for good, unless a creative shows it. Whoever has loaded it may show it for as long as they keep it.
///
/// # Errors
/// [`Code::FileNotFound`]; [`Code::FileInUse`]; [`Code::ProjectArchived`].
#[expect(clippy::cognitive_complexity, reason = "the logging macro counts as branches")]
pub async fn delete(app: &App, (project_id, id): (ProjectId, FileId), origin: &Origin) -> Result<()> {
    app.get_open_project(project_id).await?;
    let entry = app.entry(Event::in_project(project_id, Action::FileDeleted).about(id), origin);
    let delete = app.inner.store.write((project_id, id, entry), |transaction, (project_id, id, mut entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            let before = rows.find_file(id).await?.ok_or_else(missing)?;
            let shown_by = rows.count_creatives_with_image(id).await?;
            if shown_by > 0 {
                let message = format!("{shown_by} creatives show it, also those that were put away: give them another image first");
                return Err(Error::new(Code::FileInUse, message));
            }
            rows.delete_file(id).await?;
            entry.event.before = Some(told(&before));
            transaction.record(&entry).await.map(|()| before)
        })
    });
    let gone = delete.await?;
    if let Err(error) = app.objects().delete(&key_of(gone.name())?).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "a file's object is left; it will be tidied up");
    }
    Ok(())
}

/// How long the file of that name is, in bytes.
///
/// # Errors
/// [`Code::FileNotFound`]; when the storage does not answer.
pub async fn get_length(app: &App, name: FileName) -> Result<u64> {
    let head = app.objects().find_head(&key_of(name)?).await?;
    head.map(|head| head.size_bytes).ok_or_else(missing)
}

/// The file of that name, or some bytes of it.
///
/// # Errors
/// [`Code::FileNotFound`]; [`Code::InvalidRequest`] for a range that holds none of its bytes; when the storage does not answer.
pub async fn open(app: &App, name: FileName, range: Option<Range<u64>>) -> Result<Object> {
    let key = key_of(name)?;
    let object = match range {
        Some(range) => app.objects().find_range(&key, range).await?,
        None => app.objects().find(&key).await?,
    };
    object.ok_or_else(missing)
}

/// In one of 256 folders, by what is random in its id: no folder grows too long for those who look into it.
fn key_of(name: FileName) -> Result<Key> {
    let folder = name.id.0.as_bytes()[15];
    let key = Key::parse(&format!("{FOLDER}/{folder:02x}/{name}"));
    key.ok_or_else(|| Error::new(Code::Internal, "a file has no key"))
}

fn missing() -> Error {
    Error::of(Code::FileNotFound)
}

/// A file as the trail shows it.
fn told(file: &File) -> Value {
    json!({
        "content_type": file.image.kind.content_type(), "width": file.image.width, "height": file.image.height, "bytes": file.bytes,
        "sha256": file.sha256,
    })
}
