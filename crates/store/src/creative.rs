//! Creatives: made, read, changed, listed and searched by what they say.

use std::collections::HashMap;

use barker_domain::{
    CreativeId, Error, FieldError, FileId, Result,
    creative::{Content, Creative, Picture},
    file::{FileName, ImageKind},
    page::{Listed, Page},
    text::{MAX_BODY_CHARS, MAX_TITLE_CHARS},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::SelectStatement,
};

use crate::{
    bulk::ROWS_PER_STATEMENT,
    entity::creative::{ActiveModel, Column, Entity, Model},
    error::failed,
    search::{by_letters, containing, folded},
    tenant::{InProject, InProjectMut},
};

/// Which creatives are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreativeFilter {
    /// Those that were put away, instead of the others.
    pub is_archived: bool,
    /// Only those whose title or text contains this, in any case.
    pub search: Option<String>,
}

/// In which order; what is equal comes newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CreativeSort {
    /// Newest first.
    #[default]
    Created,
    /// By title, in any case.
    Title,
}

impl CreativeSort {
    /// Every order there is.
    pub const ALL: [Self; 2] = [Self::Created, Self::Title];

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Title => "title",
        }
    }
}

/// Title and text as a search compares them.
pub(crate) fn words_folded(title: &str, text: &str) -> String {
    // A line break between: the end of a title and the beginning of a text are not one word.
    format!("{}\n{}", folded(title), folded(text))
}

impl InProject<'_> {
    /// The creative with that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_creative(&self, id: CreativeId) -> Result<Option<Creative>> {
        Ok(self.find_creatives(&[id]).await?.remove(&id))
    }

    /// A page of creatives.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_creatives(&self, filter: &CreativeFilter, (sort, page): (CreativeSort, Page)) -> Result<Listed<Creative>> {
        let is_archived = Column::ArchivedAtMs.is_not_null();
        let mut matching = self.creatives().filter(if filter.is_archived { is_archived } else { Column::ArchivedAtMs.is_null() });
        if let Some(search) = &filter.search {
            // Nothing contains it, and SQLite takes no pattern of more than 50,000 bytes.
            if search.chars().nth(MAX_TITLE_CHARS.max(MAX_BODY_CHARS)).is_some() {
                return Ok(Listed { rows: Vec::new(), total: 0 });
            }
            matching = matching.filter(Column::WordsFolded.like(containing(&folded(search))));
        }
        let total = matching.clone().count(&self.executor).await.map_err(failed("count the creatives"))?;
        let sorted = match sort {
            CreativeSort::Created => matching,
            CreativeSort::Title => matching.order_by_asc(by_letters(self.executor.get_database_backend(), "words_folded")),
        };
        let sorted = sorted.order_by_desc(Column::CreatedAtMs).order_by_desc(Column::Id);
        let rows = sorted.offset(page.offset()).limit(page.size).all(&self.executor).await.map_err(failed("list the creatives"))?;
        Ok(Listed { rows: rows.into_iter().map(Creative::from).collect(), total })
    }

    /// How many creatives show the file, those that were put away among them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_creatives_with_image(&self, id: FileId) -> Result<u64> {
        let showing = self.creatives().filter(Column::ImageId.eq(id.0));
        showing.count(&self.executor).await.map_err(failed("count what shows the file"))
    }

    /// Those of these creatives that there are.
    pub(crate) async fn find_creatives(&self, ids: &[CreativeId]) -> Result<HashMap<CreativeId, Creative>> {
        let mut found = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let rows = self.creatives().filter(self.among(Column::Id, ids.iter().map(|id| id.0))).all(&self.executor).await;
            found.extend(rows.map_err(failed("find the creatives"))?.into_iter().map(|row| (CreativeId(row.id), row.into())));
        }
        Ok(found)
    }

    pub(crate) async fn list_all_creatives(&self) -> Result<HashMap<CreativeId, Creative>> {
        let rows = self.creatives().all(&self.executor).await.map_err(failed("list the creatives"))?;
        Ok(rows.into_iter().map(|row| (CreativeId(row.id), row.into())).collect())
    }

    /// The ids of creatives whose title or text contains this, in any case.
    pub(crate) fn creatives_that_say(&self, search: &str) -> SelectStatement {
        let saying = self.creatives().filter(Column::WordsFolded.like(containing(&folded(search))));
        saying.select_only().column(Column::Id).into_query()
    }

    fn creatives(&self) -> Select<Entity> {
        Entity::find().filter(Column::ProjectId.eq(self.project_id.0))
    }
}

impl InProjectMut<'_> {
    /// Stores a new creative.
    ///
    /// # Errors
    /// [`barker_domain::Code::InvalidRequest`] when its image is not there; when the database does not answer.
    pub async fn insert_creative(&self, creative: &Creative) -> Result<()> {
        self.refuse_missing_image(&creative.content).await?;
        let row = ActiveModel { created_at_ms: Set(creative.created_at_ms), archived_at_ms: Set(None), ..self.row_of_creative(creative) };
        Entity::insert(row).exec_without_returning(&self.executor).await.map(drop).map_err(failed("store the creative"))
    }

    /// Replaces what a creative says and where it leads. Ads that show it get their next version.
    ///
    /// # Errors
    /// [`barker_domain::Code::InvalidRequest`] when its image is not there; when the database does not answer.
    pub async fn update_creative(&self, creative: &Creative) -> Result<()> {
        self.refuse_missing_image(&creative.content).await?;
        self.row_of_creative(creative).update(&self.executor).await.map_err(failed("store the creative"))?;
        self.renew_ads_that_show(creative.id).await
    }

    /// Puts a creative away, or takes it out again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_creative_archived(&self, id: CreativeId, archived_at_ms: Option<i64>) -> Result<()> {
        let update = Entity::update_many().col_expr(Column::ArchivedAtMs, archived_at_ms.into());
        let update = update.filter(Column::ProjectId.eq(self.project_id.0)).filter(Column::Id.eq(id.0));
        update.exec(&self.executor).await.map(drop).map_err(failed("put the creative away"))
    }

    /// Whoever deletes a file looks for creatives in their transaction; so does this the other way round.
    async fn refuse_missing_image(&self, content: &Content) -> Result<()> {
        let Some(image) = content.image else { return Ok(()) };
        match self.find_file(image.id()).await? {
            Some(file) if image.kept() == Some(file.name()) => Ok(()),
            _ => Err(Error::invalid(vec![FieldError::new("/image_id", "unknown", "is no file of this project")])),
        }
    }

    /// Everything but the two instants.
    fn row_of_creative(&self, creative: &Creative) -> ActiveModel {
        let Content { title, text, landing_url, image } = &creative.content;
        let image = image.and_then(Picture::kept);
        ActiveModel {
            project_id: Set(self.project_id.0),
            id: Set(creative.id.0),
            title: Set(title.clone()),
            text: Set(text.clone()),
            landing_url: Set(landing_url.clone()),
            image_id: Set(image.map(|name| name.id.0)),
            image_content_type: Set(image.map(|name| name.kind.content_type().to_owned())),
            words_folded: Set(words_folded(title, text)),
            version: Set(creative.version),
            created_at_ms: NotSet,
            archived_at_ms: NotSet,
        }
    }
}

impl From<Model> for Creative {
    fn from(row: Model) -> Self {
        let kind = row.image_content_type.as_deref().and_then(ImageKind::of_content_type);
        let image = row.image_id.zip(kind).map(|(id, kind)| Picture::Kept(FileName { id: FileId(id), kind }));
        Self {
            id: CreativeId(row.id),
            content: Content { title: row.title, text: row.text, landing_url: row.landing_url, image },
            is_archived: row.archived_at_ms.is_some(),
            version: row.version,
            created_at_ms: row.created_at_ms,
        }
    }
}
