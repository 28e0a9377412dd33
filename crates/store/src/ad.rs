//! Ads: made, read and changed, alone and with what they show. None is ever deleted.

use std::collections::HashMap;

use barker_domain::{
    AdId, CampaignId, CreativeId, Result,
    ad::{Ad, AdStatus, AdWithCreative},
    creative::Creative,
    page::{Listed, Page},
    text::{MAX_BODY_CHARS, MAX_TITLE_CHARS},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, SelectStatement},
};
use uuid::Uuid;

use crate::{
    bulk::ROWS_PER_STATEMENT,
    entity::{
        ad::{ActiveModel, Column, Entity, Model},
        campaign,
    },
    error::{failed, unreadable},
    search::{containing, folded},
    tenant::{InProject, InProjectMut},
};

/// The ads of campaigns with what they show, the oldest first.
pub(crate) type AdsByCampaign = HashMap<CampaignId, Vec<AdWithCreative>>;

/// Which ads are wanted; what is `None` restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdFilter {
    /// Only this campaign's.
    pub campaign_id: Option<CampaignId>,
    /// Only those that have it; none: those that are not put away.
    pub status: Option<AdStatus>,
    /// Only those whose name, title or text contains this, in any case.
    pub search: Option<String>,
}

/// In which order; what is equal comes oldest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AdSort {
    /// The oldest first: it is the one that the ad contract knows.
    #[default]
    Oldest,
    /// Newest first.
    Created,
    /// The heaviest first.
    Weight,
}

impl AdSort {
    /// Every order there is.
    pub const ALL: [Self; 3] = [Self::Oldest, Self::Created, Self::Weight];

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oldest => "oldest",
            Self::Created => "created",
            Self::Weight => "weight",
        }
    }
}

impl InProject<'_> {
    /// The ad with that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_ad(&self, id: AdId) -> Result<Option<AdWithCreative>> {
        let row = self.ads().filter(Column::Id.eq(id.0)).one(&self.executor).await.map_err(failed("find the ad"))?;
        Ok(self.with_creatives(row.into_iter().collect()).await?.pop())
    }

    /// A page of ads, but for those of deleted campaigns.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_ads(&self, filter: &AdFilter, (sort, page): (AdSort, Page)) -> Result<Listed<AdWithCreative>> {
        // Nothing contains it, and SQLite takes no pattern of more than 50,000 bytes.
        if filter.search.as_ref().is_some_and(|search| search.chars().nth(MAX_TITLE_CHARS.max(MAX_BODY_CHARS)).is_some()) {
            return Ok(Listed { rows: Vec::new(), total: 0 });
        }
        let kept = match filter.status {
            Some(status) => Column::Status.eq(status.as_str()),
            None => Column::Status.ne(AdStatus::Archived.as_str()),
        };
        let wanted = Condition::all()
            .add(kept)
            .add(Column::CampaignId.in_subquery(self.campaigns_that_are()))
            .add_option(filter.campaign_id.map(|id| Column::CampaignId.eq(id.0)))
            .add_option(filter.search.as_ref().map(|search| self.ads_that_say(search)));
        let matching = self.ads().filter(wanted);
        let total = matching.clone().count(&self.executor).await.map_err(failed("count the ads"))?;
        let sorted = match sort {
            AdSort::Oldest => oldest_first(matching),
            AdSort::Created => matching.order_by_desc(Column::CreatedAtMs).order_by_desc(Column::Id),
            AdSort::Weight => oldest_first(matching.order_by_desc(Column::Weight)),
        };
        let rows = sorted.offset(page.offset()).limit(page.size).all(&self.executor).await;
        Ok(Listed { rows: self.with_creatives(rows.map_err(failed("list the ads"))?).await?, total })
    }

    /// All ads of these campaigns.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_ads_of_campaigns(&self, ids: &[CampaignId]) -> Result<AdsByCampaign> {
        let mut ads = AdsByCampaign::with_capacity(ids.len());
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let rows = self.ads().filter(self.among(Column::CampaignId, ids.iter().map(|id| id.0)));
            let rows = oldest_first(rows).all(&self.executor).await.map_err(failed("list the ads"))?;
            for ad in self.with_creatives(rows).await? {
                ads.entry(ad.0.campaign_id).or_default().push(ad);
            }
        }
        Ok(ads)
    }

    /// All ads of the project.
    pub(crate) async fn list_all_ads(&self) -> Result<AdsByCampaign> {
        let rows = oldest_first(self.ads()).all(&self.executor).await.map_err(failed("list the ads"))?;
        let creatives = self.list_all_creatives().await?;
        let mut ads = AdsByCampaign::new();
        for row in rows {
            let (ad, creative) = joined(row, &creatives)?;
            ads.entry(ad.campaign_id).or_default().push((ad, creative));
        }
        Ok(ads)
    }

    /// Which campaigns have an ad that shows the creative, whatever the ad's status.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_campaigns_that_show(&self, creative_id: CreativeId) -> Result<Vec<CampaignId>> {
        let ads = self.ads().filter(Column::CreativeId.eq(creative_id.0));
        let ids = ads.select_only().column(Column::CampaignId).distinct().into_tuple::<Uuid>().all(&self.executor).await;
        Ok(ids.map_err(failed("list what shows the creative"))?.into_iter().map(CampaignId).collect())
    }

    /// How many ads that are not put away show the creative, but for those of deleted campaigns.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_ads_that_show(&self, creative_id: CreativeId) -> Result<u64> {
        let ads = self.ads().filter(Column::CreativeId.eq(creative_id.0)).filter(Column::Status.ne(AdStatus::Archived.as_str()));
        let ads = ads.filter(Column::CampaignId.in_subquery(self.campaigns_that_are()));
        ads.count(&self.executor).await.map_err(failed("count what shows the creative"))
    }

    /// How many ads of the campaign are not put away.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_ads_of(&self, campaign_id: CampaignId) -> Result<u64> {
        let ads = self.ads().filter(Column::CampaignId.eq(campaign_id.0)).filter(Column::Status.ne(AdStatus::Archived.as_str()));
        ads.count(&self.executor).await.map_err(failed("count the ads"))
    }

    /// The ids of campaigns that are not deleted.
    fn campaigns_that_are(&self) -> SelectStatement {
        let campaigns = campaign::Entity::find().filter(campaign::Column::ProjectId.eq(self.project_id.0));
        campaigns.filter(campaign::Column::DeletedAtMs.is_null()).select_only().column(campaign::Column::Id).into_query()
    }

    /// By their own name, or by what they show.
    fn ads_that_say(&self, search: &str) -> Condition {
        let is_called = Column::NameFolded.like(containing(&folded(search)));
        Condition::any().add(is_called).add(Column::CreativeId.in_subquery(self.creatives_that_say(search)))
    }

    async fn with_creatives(&self, rows: Vec<Model>) -> Result<Vec<AdWithCreative>> {
        let ids: Vec<_> = rows.iter().map(|row| CreativeId(row.creative_id)).collect();
        let creatives = self.find_creatives(&ids).await?;
        rows.into_iter().map(|row| joined(row, &creatives)).collect()
    }

    fn ads(&self) -> Select<Entity> {
        Entity::find().filter(Column::ProjectId.eq(self.project_id.0))
    }
}

impl InProjectMut<'_> {
    /// Stores a new ad, whose campaign and creative are there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_ad(&self, ad: &Ad) -> Result<()> {
        let row = ActiveModel { created_at_ms: Set(ad.created_at_ms), ..self.row_of_ad(ad) };
        Entity::insert(row).exec_without_returning(&self.executor).await.map(drop).map_err(failed("store the ad"))
    }

    /// Replaces what was decided about an ad that exists. Its campaign is for good: a database looks for everything that refers to a key
    /// that is set.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_ad(&self, ad: &Ad) -> Result<()> {
        ActiveModel { campaign_id: NotSet, ..self.row_of_ad(ad) }.update(&self.executor).await.map(drop).map_err(failed("store the ad"))
    }

    /// Gives every ad that shows the creative its next version.
    pub(crate) async fn renew_ads_that_show(&self, creative_id: CreativeId) -> Result<()> {
        let renew = Entity::update_many().col_expr(Column::Version, Expr::col(Column::Version).add(1));
        let renew = renew.filter(Column::ProjectId.eq(self.project_id.0)).filter(Column::CreativeId.eq(creative_id.0));
        renew.exec(&self.executor).await.map(drop).map_err(failed("store the ads' versions"))
    }

    /// Everything but the instant, which no change touches.
    fn row_of_ad(&self, ad: &Ad) -> ActiveModel {
        ActiveModel {
            project_id: Set(self.project_id.0),
            id: Set(ad.id.0),
            campaign_id: Set(ad.campaign_id.0),
            creative_id: Set(ad.creative_id.0),
            name: Set(ad.name.clone()),
            name_folded: Set(ad.name.as_deref().map(folded)),
            weight: Set(ad.weight),
            status: Set(ad.status.as_str().to_owned()),
            version: Set(ad.version),
            created_at_ms: NotSet,
        }
    }
}

fn oldest_first(ads: Select<Entity>) -> Select<Entity> {
    ads.order_by_asc(Column::CreatedAtMs).order_by_asc(Column::Id)
}

fn joined(row: Model, creatives: &HashMap<CreativeId, Creative>) -> Result<AdWithCreative> {
    let creative = creatives.get(&CreativeId(row.creative_id)).cloned().ok_or_else(|| unreadable("ads", "creative_id"))?;
    let ad = Ad {
        id: AdId(row.id),
        campaign_id: CampaignId(row.campaign_id),
        creative_id: creative.id,
        name: row.name,
        weight: row.weight,
        status: AdStatus::named(&row.status).ok_or_else(|| unreadable("ads", "status"))?,
        version: row.version,
        created_at_ms: row.created_at_ms,
    };
    Ok((ad, creative))
}
