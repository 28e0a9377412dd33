//! Campaigns: inserted, read, changed, and deleted in name only: what a deleted campaign spent stays.

use std::collections::{HashMap, HashSet};

use barker_domain::{
    AdvertiserId, CampaignId, Day, Micros, Result,
    ad::{self, AdWithCreative},
    campaign::{Campaign, DailyBudget, FrequencyCap, Pacing, Plan, Rotation, Status, Terms, Window},
    creative::{Content, Creative},
    page::{Listed, Page},
    targeting::{Audience, Targeting},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    ad::AdsByCampaign,
    bulk::ROWS_PER_STATEMENT,
    entity::campaign::{ActiveModel, Column, Entity, Model},
    error::{failed, unreadable},
    tenant::{InProject, InProjectMut},
};

impl InProject<'_> {
    /// The campaign with that id, unless it is deleted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_campaign(&self, id: CampaignId) -> Result<Option<Campaign>> {
        let row = self.campaigns().filter(Column::Id.eq(id.0)).one(&self.executor).await.map_err(failed("find the campaign"))?;
        Ok(self.with_ads(row.into_iter().collect(), None).await?.pop())
    }

    /// Those of these campaigns that are not deleted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_campaigns_among(&self, ids: &[CampaignId]) -> Result<Vec<Campaign>> {
        let mut found = Vec::with_capacity(ids.len());
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let rows = self.campaigns().filter(self.among(Column::Id, ids.iter().map(|id| id.0))).all(&self.executor).await;
            found.extend(self.with_ads(rows.map_err(failed("list the campaigns"))?, None).await?);
        }
        Ok(found)
    }

    /// A page of an advertiser's campaigns that are not put away, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_campaigns_of(&self, advertiser_id: AdvertiserId, page: Page) -> Result<Listed<Campaign>> {
        let of_advertiser = self.campaigns().filter(Column::AdvertiserId.eq(advertiser_id.0));
        let matching = of_advertiser.filter(Column::Status.ne(Status::Archived.as_str()));
        let total = matching.clone().count(&self.executor).await.map_err(failed("count the campaigns"))?;
        let newest_first = matching.order_by_desc(Column::CreatedAtMs).order_by_desc(Column::Id);
        let rows = newest_first.offset(page.offset()).limit(page.size).all(&self.executor).await.map_err(failed("list the campaigns"))?;
        Ok(Listed { rows: self.with_ads(rows, None).await?, total })
    }

    /// Every campaign that is not deleted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_campaigns(&self) -> Result<Vec<Campaign>> {
        let rows = self.campaigns().all(&self.executor).await.map_err(failed("list the campaigns"))?;
        let ads = self.list_all_ads().await?;
        self.with_ads(rows, Some(ads)).await
    }

    /// Every campaign whose last day came before that one, deleted ones too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_campaigns_ended_before(&self, day: Day) -> Result<Vec<CampaignId>> {
        let ended = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(Column::EndDate.lt(day.0));
        let ids = ended.select_only().column(Column::Id).into_tuple::<uuid::Uuid>().all(&self.executor).await;
        Ok(ids.map_err(failed("list the campaigns that are over"))?.into_iter().map(CampaignId).collect())
    }

    /// First and last day of all flights of an advertiser's campaigns; `None` when it has no campaign.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_flight_of_advertiser(&self, advertiser_id: AdvertiserId) -> Result<Option<(Day, Day)>> {
        let flights = self.campaigns().filter(Column::AdvertiserId.eq(advertiser_id.0)).select_only();
        let ends = flights.column_as(Column::StartDate.min(), "first").column_as(Column::EndDate.max(), "last");
        let row = ends.into_tuple::<(Option<i32>, Option<i32>)>().one(&self.executor).await.map_err(failed("find the flights"))?;
        Ok(row.and_then(|(first, last)| Some((Day(first?), Day(last?)))))
    }

    /// The campaigns of these rows, each with what its ads say; the ads are read unless they are given.
    async fn with_ads(&self, rows: Vec<Model>, given: Option<AdsByCampaign>) -> Result<Vec<Campaign>> {
        let ids: Vec<_> = rows.iter().map(|row| CampaignId(row.id)).collect();
        let mut ads = match given {
            Some(ads) => ads,
            None => self.list_ads_of_campaigns(&ids).await?,
        };
        rows.into_iter().map(|row| campaign_of(&ads.remove(&CampaignId(row.id)).unwrap_or_default(), row)).collect()
    }

    fn campaigns(&self) -> Select<Entity> {
        Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(Column::DeletedAtMs.is_null())
    }
}

impl InProjectMut<'_> {
    /// Stores a new campaign with its first ad, which shows what its terms say.
    ///
    /// # Errors
    /// When the advertiser is unknown or the database does not answer.
    pub async fn insert_campaign(&self, campaign: &Campaign) -> Result<()> {
        self.insert_campaign_with(campaign, &[ad::first_of(campaign)]).await
    }

    /// Stores a new campaign with its ads and what they show.
    ///
    /// # Errors
    /// When the advertiser is unknown or the database does not answer.
    pub async fn insert_campaign_with(&self, campaign: &Campaign, ads: &[AdWithCreative]) -> Result<()> {
        let row = ActiveModel { created_at_ms: Set(campaign.created_at_ms), deleted_at_ms: Set(None), ..self.row(campaign) };
        Entity::insert(row).exec_without_returning(&self.executor).await.map(drop).map_err(failed("store the campaign"))?;
        let mut stored = HashSet::new();
        for (ad, creative) in ads {
            if stored.insert(creative.id) {
                self.insert_creative(creative).await?;
            }
            self.insert_ad(ad).await?;
        }
        Ok(())
    }

    /// Replaces what was decided about a campaign that exists. Its title and text are those of the creative of the ad that the contract
    /// knows; other campaigns whose ads show the same one get their next version.
    ///
    /// # Errors
    /// When it does not, or the database does not answer.
    pub async fn update_campaign(&self, campaign: &Campaign) -> Result<()> {
        self.row(campaign).update(&self.executor).await.map(drop).map_err(failed("store the campaign"))?;
        let ads = self.list_ads_of_campaigns(&[campaign.id]).await?.remove(&campaign.id).unwrap_or_default();
        let Some((_, present)) = ad::of_contract(&ads) else { return Ok(()) };
        let Terms { ad_title, ad_text, .. } = &campaign.terms;
        if present.content.title == *ad_title && present.content.text == *ad_text {
            return Ok(());
        }
        let mut others = self.list_campaigns_that_show(present.id).await?;
        others.retain(|id| *id != campaign.id);
        let before = self.list_campaigns_among(&others).await?;
        let content = Content { title: ad_title.clone(), text: ad_text.clone(), ..present.content.clone() };
        self.update_creative(&Creative { content, version: present.version + 1, ..present.clone() }).await?;
        self.renew_changed_campaigns(&before).await
    }

    /// Gives those of these campaigns whose terms are other ones by now, because of their ads, their next version.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn renew_changed_campaigns(&self, before: &[Campaign]) -> Result<()> {
        let ids: Vec<_> = before.iter().map(|campaign| campaign.id).collect();
        let after: HashMap<_, _> = self.list_campaigns_among(&ids).await?.into_iter().map(|it| (it.id, it.terms)).collect();
        let changed = before.iter().filter(|campaign| after.get(&campaign.id).is_some_and(|terms| *terms != campaign.terms));
        let changed: Vec<_> = changed.map(|campaign| campaign.id.0).collect();
        for ids in changed.chunks(ROWS_PER_STATEMENT) {
            let renew = Entity::update_many().col_expr(Column::Version, Expr::col(Column::Version).add(1));
            let renew = renew.filter(Column::ProjectId.eq(self.project_id.0)).filter(Column::Id.is_in(ids.iter().copied()));
            renew.exec(&self.executor).await.map_err(failed("store the campaigns' versions"))?;
        }
        Ok(())
    }

    /// Gives campaigns that exist another status, and their next version.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_campaign_statuses(&self, ids: &[CampaignId], status: Status) -> Result<()> {
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            Entity::update_many()
                .col_expr(Column::Status, status.as_str().into())
                .col_expr(Column::Version, Expr::col(Column::Version).add(1))
                .filter(Column::ProjectId.eq(self.project_id.0))
                .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
                .exec(&self.executor)
                .await
                .map_err(failed("store the campaigns' status"))?;
        }
        Ok(())
    }

    /// Deletes a campaign in name: it is found no more, and stays for what it spent.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_campaign(&self, id: CampaignId, now_ms: i64) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::DeletedAtMs, Some(now_ms).into())
            .filter(Column::ProjectId.eq(self.project_id.0))
            .filter(Column::Id.eq(id.0))
            .exec(&self.executor)
            .await
            .map(drop)
            .map_err(failed("delete the campaign"))
    }

    /// Everything but the two instants, which no change touches.
    fn row(&self, campaign: &Campaign) -> ActiveModel {
        let terms = &campaign.terms;
        ActiveModel {
            project_id: Set(self.project_id.0),
            id: Set(campaign.id.0),
            advertiser_id: Set(campaign.advertiser_id.0),
            impressions_limit: Set(terms.impressions_limit),
            clicks_limit: Set(terms.clicks_limit),
            cost_per_impression_micros: Set(terms.cost_per_impression.0),
            cost_per_click_micros: Set(terms.cost_per_click.0),
            start_date: Set(terms.start_date.0),
            end_date: Set(terms.end_date.0),
            target_gender: Set(terms.targeting.gender.map(|audience| audience_word(audience).to_owned())),
            target_age_from: Set(terms.targeting.age_from),
            target_age_to: Set(terms.targeting.age_to),
            target_location: Set(terms.targeting.location.clone()),
            created_at_ms: NotSet,
            deleted_at_ms: NotSet,
            name: Set(campaign.plan.name.clone()),
            status: Set(campaign.plan.status.as_str().to_owned()),
            version: Set(campaign.version),
            total_budget_micros: Set(campaign.plan.total_budget.map(|budget| budget.0)),
            daily_budget_micros: Set(campaign.plan.daily_budget.map(|budget| budget.amount.0)),
            daily_budget_since: Set(campaign.plan.daily_budget.map(|budget| budget.since.0)),
            pacing: Set(campaign.plan.pacing.as_str().to_owned()),
            cap_shows: Set(campaign.plan.frequency_cap.map(|cap| cap.shows)),
            cap_window: Set(campaign.plan.frequency_cap.map(|cap| cap.window.as_str().to_owned())),
        }
    }
}

fn audience_word(audience: Audience) -> &'static str {
    match audience {
        Audience::Male => "MALE",
        Audience::Female => "FEMALE",
        Audience::All => "ALL",
    }
}

fn audience_named(word: &str) -> Result<Audience> {
    let audiences = [Audience::Male, Audience::Female, Audience::All];
    audiences.into_iter().find(|audience| audience_word(*audience) == word).ok_or_else(|| unreadable("campaigns", "target_gender"))
}

fn plan_of(row: &Model) -> Result<Plan> {
    let window = |name: &String| Window::named(name).ok_or_else(|| unreadable("campaigns", "cap_window"));
    let window = row.cap_window.as_ref().map(window).transpose()?;
    let daily_budget = row.daily_budget_micros.zip(row.daily_budget_since);
    Ok(Plan {
        name: row.name.clone(),
        status: Status::named(&row.status).ok_or_else(|| unreadable("campaigns", "status"))?,
        total_budget: row.total_budget_micros.map(Micros),
        daily_budget: daily_budget.map(|(amount, since)| DailyBudget { amount: Micros(amount), since: Day(since) }),
        pacing: Pacing::named(&row.pacing).ok_or_else(|| unreadable("campaigns", "pacing"))?,
        frequency_cap: row.cap_shows.zip(window).map(|(shows, window)| FrequencyCap { shows, window }),
    })
}

fn campaign_of(ads: &[AdWithCreative], row: Model) -> Result<Campaign> {
    let plan = plan_of(&row)?;
    let targeting = Targeting {
        gender: row.target_gender.as_deref().map(audience_named).transpose()?,
        age_from: row.target_age_from,
        age_to: row.target_age_to,
        location: row.target_location,
    };
    let (_, known) = ad::of_contract(ads).ok_or_else(|| unreadable("campaigns", "id"))?;
    let terms = Terms {
        impressions_limit: row.impressions_limit,
        clicks_limit: row.clicks_limit,
        cost_per_impression: Micros(row.cost_per_impression_micros),
        cost_per_click: Micros(row.cost_per_click_micros),
        ad_title: known.content.title.clone(),
        ad_text: known.content.text.clone(),
        start_date: Day(row.start_date),
        end_date: Day(row.end_date),
        targeting,
    };
    Ok(Campaign {
        id: CampaignId(row.id),
        advertiser_id: AdvertiserId(row.advertiser_id),
        ads: Rotation::of(ads, &terms),
        terms,
        plan,
        version: row.version,
        created_at_ms: row.created_at_ms,
    })
}
