//! Advertisers: made or renamed in bulk, read by id, listed newest first and searched by name.

use std::collections::HashSet;

use barker_domain::{
    AdvertiserId, Result,
    advertiser::Advertiser,
    page::{Listed, Page},
    text::MAX_NAME_CHARS,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::OnConflict,
};

use crate::{
    bulk::{ROWS_PER_STATEMENT, insert_all},
    entity::advertiser::{ActiveModel, Column, Entity, Model},
    error::failed,
    search::{containing, folded},
    tenant::{InProject, InProjectMut},
};

impl InProject<'_> {
    /// The advertiser with that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_advertiser(&self, id: AdvertiserId) -> Result<Option<Advertiser>> {
        let row = self.advertisers().filter(Column::Id.eq(id.0)).one(&self.executor).await.map_err(failed("find the advertiser"))?;
        Ok(row.map(Advertiser::from))
    }

    /// A page of advertisers, newest first; with `search`, those whose name contains it in any case.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_advertisers(&self, page: Page, search: Option<&str>) -> Result<Listed<Advertiser>> {
        let mut matching = self.advertisers();
        if let Some(search) = search {
            // No name contains it, and SQLite takes no pattern of more than 50,000 bytes.
            if search.chars().nth(MAX_NAME_CHARS).is_some() {
                return Ok(Listed { rows: Vec::new(), total: 0 });
            }
            matching = matching.filter(Column::NameFolded.like(containing(&folded(search))));
        }
        let total = matching.clone().count(&self.executor).await.map_err(failed("count the advertisers"))?;
        let newest_first = matching.order_by_desc(Column::CreatedAtMs).order_by_desc(Column::Id);
        let rows = newest_first.offset(page.offset()).limit(page.size).all(&self.executor).await.map_err(failed("list the advertisers"))?;
        Ok(Listed { rows: rows.into_iter().map(Advertiser::from).collect(), total })
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
        });
        let renamed = OnConflict::columns([Column::ProjectId, Column::Id]).update_columns([Column::Name, Column::NameFolded]).to_owned();
        insert_all(&self.executor, &rows.collect::<Vec<_>>(), Some(&renamed)).await.map_err(failed("store the advertisers"))?;
        self.open_accounts(advertisers.iter().map(|advertiser| advertiser.id), now_ms).await
    }
}

impl From<Model> for Advertiser {
    fn from(row: Model) -> Self {
        Self { id: AdvertiserId(row.id), name: row.name }
    }
}
