//! Advertisers: made or renamed in bulk, read by id, listed newest first and searched by name.

use std::collections::HashSet;

use barker_domain::{
    AdvertiserId, Result,
    advertiser::{Advertiser, KeptAdvertiser},
    campaign::Status,
    page::{Listed, Page},
    text::MAX_NAME_CHARS,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::OnConflict,
};

use crate::{
    bulk::{ROWS_PER_STATEMENT, insert_all},
    entity::{
        advertiser::{ActiveModel, Column, Entity, Model},
        campaign,
    },
    error::failed,
    search::{by_letters, containing, folded},
    tenant::{InProject, InProjectMut},
};

/// Which advertisers are wanted; what is `None` restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdvertiserFilter {
    /// Those that were put away, or those that were not.
    pub is_archived: Option<bool>,
    /// Only those whose name contains this, in any case.
    pub search: Option<String>,
}

/// In which order; what is equal comes newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AdvertiserSort {
    /// Newest first.
    #[default]
    Created,
    /// By name, in any case.
    Name,
}

impl AdvertiserSort {
    /// Every order there is.
    pub const ALL: [Self; 2] = [Self::Created, Self::Name];

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Name => "name",
        }
    }
}

impl InProject<'_> {
    /// The advertiser with that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_advertiser(&self, id: AdvertiserId) -> Result<Option<KeptAdvertiser>> {
        let row = self.advertisers().filter(Column::Id.eq(id.0)).one(&self.executor).await.map_err(failed("find the advertiser"))?;
        Ok(row.map(KeptAdvertiser::from))
    }

    /// A page of advertisers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_advertisers(
        &self,
        filter: &AdvertiserFilter,
        (sort, page): (AdvertiserSort, Page),
    ) -> Result<Listed<KeptAdvertiser>> {
        let mut matching = self.advertisers();
        if let Some(is_archived) = filter.is_archived {
            let archived = Column::ArchivedAtMs;
            matching = matching.filter(if is_archived { archived.is_not_null() } else { archived.is_null() });
        }
        if let Some(search) = &filter.search {
            // No name contains it, and SQLite takes no pattern of more than 50,000 bytes.
            if search.chars().nth(MAX_NAME_CHARS).is_some() {
                return Ok(Listed { rows: Vec::new(), total: 0 });
            }
            matching = matching.filter(Column::NameFolded.like(containing(&folded(search))));
        }
        let total = matching.clone().count(&self.executor).await.map_err(failed("count the advertisers"))?;
        let sorted = match sort {
            AdvertiserSort::Created => matching,
            AdvertiserSort::Name => matching.order_by_asc(by_letters(self.executor.get_database_backend(), "name_folded")),
        };
        let sorted = sorted.order_by_desc(Column::CreatedAtMs).order_by_desc(Column::Id);
        let rows = sorted.offset(page.offset()).limit(page.size).all(&self.executor).await.map_err(failed("list the advertisers"))?;
        Ok(Listed { rows: rows.into_iter().map(KeptAdvertiser::from).collect(), total })
    }

    /// Which of these advertisers exist.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_known_advertisers(&self, ids: &[AdvertiserId]) -> Result<HashSet<AdvertiserId>> {
        let mut known = HashSet::new();
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let matching = self.advertisers().filter(self.among(Column::Id, ids.iter().map(|id| id.0)));
            let rows = matching.select_only().column(Column::Id).into_tuple::<uuid::Uuid>();
            known.extend(rows.all(&self.executor).await.map_err(failed("look up the advertisers"))?.into_iter().map(AdvertiserId));
        }
        Ok(known)
    }

    /// What these advertisers are called; those that do not exist are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_names_of_advertisers(&self, ids: &[AdvertiserId]) -> Result<Vec<(AdvertiserId, String)>> {
        let mut named = Vec::new();
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let matching = self.advertisers().filter(self.among(Column::Id, ids.iter().map(|id| id.0)));
            let rows = matching.select_only().column(Column::Id).column(Column::Name).into_tuple::<(uuid::Uuid, String)>();
            let rows = rows.all(&self.executor).await.map_err(failed("look up the names of advertisers"))?;
            named.extend(rows.into_iter().map(|(id, name)| (AdvertiserId(id), name)));
        }
        Ok(named)
    }

    /// Whether the advertiser has a campaign that is neither archived nor deleted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_campaign_in_use(&self, id: AdvertiserId) -> Result<bool> {
        use campaign::{Column, Entity};
        let in_use = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(Column::AdvertiserId.eq(id.0));
        let in_use = in_use.filter(Column::DeletedAtMs.is_null()).filter(Column::Status.ne(Status::Archived.as_str()));
        let found = in_use.select_only().column(Column::Id).limit(1).into_tuple::<uuid::Uuid>().one(&self.executor).await;
        Ok(found.map_err(failed("look for a campaign in use"))?.is_some())
    }

    fn advertisers(&self) -> Select<Entity> {
        Entity::find().filter(Column::ProjectId.eq(self.project_id.0))
    }
}

impl InProjectMut<'_> {
    /// Makes the advertisers with their accounts, or renames those that exist. No id may stand twice.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn upsert_advertisers(&self, advertisers: &[Advertiser], now_ms: i64) -> Result<()> {
        let rows = advertisers.iter().map(|advertiser| ActiveModel {
            project_id: Set(self.project_id.0),
            id: Set(advertiser.id.0),
            name: Set(advertiser.name.clone()),
            name_folded: Set(folded(&advertiser.name)),
            created_at_ms: Set(now_ms),
            archived_at_ms: Set(None),
        });
        let renamed = OnConflict::columns([Column::ProjectId, Column::Id]).update_columns([Column::Name, Column::NameFolded]).to_owned();
        insert_all(&self.executor, &rows.collect::<Vec<_>>(), Some(&renamed)).await.map_err(failed("store the advertisers"))?;
        self.open_accounts(advertisers.iter().map(|advertiser| advertiser.id), now_ms).await
    }

    /// Puts an advertiser away, or takes it out again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_advertiser_archived(&self, id: AdvertiserId, archived_at_ms: Option<i64>) -> Result<()> {
        let update = Entity::update_many().col_expr(Column::ArchivedAtMs, archived_at_ms.into());
        let update = update.filter(Column::ProjectId.eq(self.project_id.0)).filter(Column::Id.eq(id.0));
        update.exec(&self.executor).await.map(drop).map_err(failed("put the advertiser away"))
    }
}

impl From<Model> for KeptAdvertiser {
    fn from(row: Model) -> Self {
        Self {
            advertiser: Advertiser { id: AdvertiserId(row.id), name: row.name },
            is_archived: row.archived_at_ms.is_some(),
            created_at_ms: row.created_at_ms,
        }
    }
}
