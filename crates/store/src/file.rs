//! Files of a project: what is known of each; their bytes are objects.

use std::collections::HashSet;

use barker_domain::{
    FileId, Result, UserId,
    file::{File, Image, ImageKind},
    page::{Listed, Page},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use crate::{
    Store,
    entity::file::{ActiveModel, Column, Entity, Model},
    error::{failed, unreadable},
    tenant::{InProject, InProjectMut},
};

impl Store {
    /// Which of these files are kept, whatever project they are of; some hundred at a time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_kept_files(&self, among: &[FileId]) -> Result<HashSet<FileId>> {
        let kept = Entity::find().select_only().column(Column::Id).filter(Column::Id.is_in(among.iter().map(|id| id.0)));
        let ids = kept.into_tuple::<Uuid>().all(&self.reader).await.map_err(failed("list the files that are kept"))?;
        Ok(ids.into_iter().map(FileId).collect())
    }
}

impl InProject<'_> {
    /// The file with that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_file(&self, id: FileId) -> Result<Option<File>> {
        let row = self.files().filter(Column::Id.eq(id.0)).one(&self.executor).await.map_err(failed("find the file"))?;
        row.map(File::try_from).transpose()
    }

    /// The file whose bytes have that SHA-256, in hexadecimal.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_file_by_digest(&self, sha256: &str) -> Result<Option<File>> {
        let row = self.files().filter(Column::Sha256.eq(sha256)).one(&self.executor).await.map_err(failed("find the file"))?;
        row.map(File::try_from).transpose()
    }

    /// A page of files, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_files(&self, page: Page) -> Result<Listed<File>> {
        let total = self.count_files().await?;
        let newest_first = self.files().order_by_desc(Column::Id).offset(page.offset()).limit(page.size);
        let rows = newest_first.all(&self.executor).await.map_err(failed("list the files"))?;
        Ok(Listed { rows: rows.into_iter().map(File::try_from).collect::<Result<_>>()?, total })
    }

    /// How many files there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_files(&self) -> Result<u64> {
        self.files().count(&self.executor).await.map_err(failed("count the files"))
    }

    fn files(&self) -> Select<Entity> {
        Entity::find().filter(Column::ProjectId.eq(self.project_id.0))
    }
}

impl InProjectMut<'_> {
    /// Stores what is known of a new file.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_file(&self, new: &File) -> Result<()> {
        let row = ActiveModel {
            project_id: Set(self.project_id.0),
            id: Set(new.id.0),
            sha256: Set(new.sha256.clone()),
            content_type: Set(new.image.kind.content_type().to_owned()),
            width: Set(new.image.width),
            height: Set(new.image.height),
            bytes: Set(new.bytes),
            user_id: Set(new.created_by.map(Into::into)),
            created_at_ms: Set(new.created_at_ms),
        };
        Entity::insert(row).exec_without_returning(&self.executor).await.map(drop).map_err(failed("store the file"))
    }

    /// Forgets a file.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_file(&self, id: FileId) -> Result<()> {
        Entity::delete_by_id((self.project_id.0, id.0)).exec(&self.executor).await.map(drop).map_err(failed("delete the file"))
    }
}

impl TryFrom<Model> for File {
    type Error = barker_domain::Error;

    fn try_from(row: Model) -> Result<Self> {
        let kind = ImageKind::of_content_type(&row.content_type).ok_or_else(|| unreadable("files", "content_type"))?;
        Ok(Self {
            id: FileId(row.id),
            image: Image { kind, width: row.width, height: row.height },
            bytes: row.bytes,
            sha256: row.sha256,
            created_by: row.user_id.map(UserId),
            created_at_ms: row.created_at_ms,
        })
    }
}
