//! Ads and creatives: what each delivered, what they say, and whose version a change of it moves.

use std::sync::Arc;

use barker_domain::{
    AdId, CampaignId, CreativeId,
    ad::{Ad, AdStatus, AdWithCreative},
    campaign::Campaign,
    creative::{Content, Creative},
    impression::Impression,
    page::Page,
    statistics::total,
};
use barker_store::{AdFilter, AdSort, CreativeFilter, CreativeSort, EventBatch};
use barker_testkit::{Backend, build};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{every_database, world::World};

fn creative(title: &str) -> Creative {
    let content = Content { title: title.to_owned(), text: "Softer than yesterday's".to_owned(), landing_url: None, image: None };
    Creative { id: CreativeId::generate(), content, is_archived: false, version: 1, created_at_ms: 2 }
}

impl World {
    async fn add_creative(&self, creative: &Creative) {
        let insert = self.store.write((self.project.id, creative.clone()), |transaction, (project, creative)| {
            Box::pin(async move { transaction.in_project(project).insert_creative(&creative).await })
        });
        insert.await.unwrap();
    }

    async fn add_ad(&self, campaign_id: CampaignId, creative_id: CreativeId) -> Ad {
        let ad = Ad { id: AdId::generate(), creative_id, ..Ad::first(campaign_id, 2) };
        let insert = self.store.write((self.project.id, ad.clone()), |transaction, (project, ad)| {
            Box::pin(async move { transaction.in_project(project).insert_ad(&ad).await })
        });
        insert.await.unwrap();
        ad
    }

    async fn change_ad(&self, ad: Ad) {
        let update = self.store.write((self.project.id, ad), |transaction, (project, ad)| {
            Box::pin(async move { transaction.in_project(project).update_ad(&ad).await })
        });
        update.await.unwrap();
    }

    async fn add_campaign(&self) -> Campaign {
        let campaign = build::campaign(self.campaign.advertiser_id);
        let insert = self.store.write((self.project.id, campaign.clone()), |transaction, (project, campaign)| {
            Box::pin(async move { transaction.in_project(project).insert_campaign(&campaign).await })
        });
        insert.await.unwrap();
        campaign
    }

    async fn stored(&self, id: CampaignId) -> Campaign {
        self.store.in_project(self.project.id).find_campaign(id).await.unwrap().unwrap()
    }

    async fn ads_of(&self, id: CampaignId) -> Vec<AdWithCreative> {
        let found = self
            .store
            .in_project(self.project.id)
            .list_ads(&AdFilter { campaign_id: Some(id), ..AdFilter::default() }, (AdSort::Oldest, Page::default()))
            .await
            .unwrap();
        assert_eq!(found.total, found.rows.len() as u64);
        found.rows
    }

    async fn titles(&self, search: &str, (sort, is_archived): (CreativeSort, bool)) -> Vec<String> {
        let filter = CreativeFilter { is_archived, search: Some(search.to_owned()).filter(|search| !search.is_empty()) };
        let found = self.store.in_project(self.project.id).list_creatives(&filter, (sort, Page::default())).await.unwrap();
        found.rows.into_iter().map(|creative| creative.content.title).collect()
    }
}

#[apply(every_database)]
#[tokio::test]
async fn a_campaign_is_stored_with_its_ad_and_what_each_ad_delivers_is_counted_apart(#[case] on: Backend) {
    let world = World::create(on).await;
    let id = world.campaign.id;
    let first = world.ads_of(id).await;
    assert_eq!(first.iter().map(|(ad, creative)| (ad.id, creative.id)).collect::<Vec<_>>(), [(id.into(), id.into())]);
    assert_eq!(world.stored(id).await, world.campaign);
    let foxes = creative("Foxes");
    world.add_creative(&foxes).await;
    let second = world.add_ad(id, foxes.id).await;
    let shown = |nth, ad_id| Impression { nth, ad_id, ..build::impression(world.project.id, &world.campaign, world.client.id) };
    let impressions = vec![shown(1, id.into()), shown(2, second.id), shown(3, second.id)];
    let click = build::click(&impressions[2], &world.campaign);
    world.store.record_events(&Arc::new(EventBatch { impressions, clicks: vec![click] }), 1).await.unwrap();
    let rows = world.store.in_project(world.project.id);
    let counted = async |of: AdId| total(&rows.list_ad_days(id, of).await.unwrap());
    let (of_first, of_second) = (counted(id.into()).await, counted(second.id).await);
    assert_eq!([(of_first.impressions, of_first.clicks), (of_second.impressions, of_second.clicks)], [(1, 0), (2, 1)]);
    let tallies = world.store.read_tallies(world.project.id).await.unwrap();
    assert_eq!(tallies.counters, tallies.rows);
    assert_eq!(tallies.counters.keys().collect::<Vec<_>>(), [&(id, id.into()), &(id, second.id)]);
}

#[apply(every_database)]
#[tokio::test]
async fn what_the_contract_says_of_a_campaign_is_what_its_oldest_ad_in_use_says(#[case] on: Backend) {
    let world = World::create(on).await;
    let id = world.campaign.id;
    let foxes = creative("Foxes");
    world.add_creative(&foxes).await;
    world.add_ad(id, foxes.id).await;
    assert_eq!(world.stored(id).await.terms.ad_title, "Plush bears");
    let archived = Ad { status: AdStatus::Archived, ..Ad::first(id, 1) };
    world.change_ad(archived.clone()).await;
    let stored = world.stored(id).await;
    assert_eq!((stored.terms.ad_title.as_str(), stored.ads.len()), ("Foxes", 1));
    let [(left, _)] = <[_; 1]>::try_from(world.ads_of(id).await).unwrap();
    world.change_ad(Ad { status: AdStatus::Archived, ..left }).await;
    let stored = world.stored(id).await;
    assert_eq!((stored.terms.ad_title.as_str(), stored.ads.len()), ("Plush bears", 0));
    assert_eq!(world.store.in_project(world.project.id).list_campaigns().await.unwrap(), [stored]);
}

#[apply(every_database)]
#[tokio::test]
async fn a_title_that_changes_changes_every_ad_that_shows_it_and_the_versions_tell(#[case] on: Backend) {
    let world = World::create(on).await;
    let (one, other, third) = (world.campaign.clone(), world.add_campaign().await, world.add_campaign().await);
    // The other campaign's only ad shows what the one says, a second ad of the third does.
    world.change_ad(Ad { creative_id: one.id.into(), ..Ad::first(other.id, 1) }).await;
    let shared = world.add_ad(third.id, one.id.into()).await;
    let mut renamed = one.clone();
    (renamed.terms.ad_title, renamed.version) = ("Foxes".to_owned(), 2);
    let update = world.store.write((world.project.id, renamed.clone()), |transaction, (project, campaign)| {
        Box::pin(async move { transaction.in_project(project).update_campaign(&campaign).await })
    });
    update.await.unwrap();
    let mut found = Vec::new();
    for id in [one.id, other.id, third.id] {
        let stored = world.stored(id).await;
        found.push((stored.terms.ad_title, stored.version));
    }
    let expected = [("Foxes", 2), ("Foxes", 2), ("Plush bears", 1)];
    assert_eq!(found, expected.map(|(title, version)| (title.to_owned(), version)));
    let (ad, creative) = world.store.in_project(world.project.id).find_ad(shared.id).await.unwrap().unwrap();
    assert_eq!((ad.version, creative.version, creative.content.title.as_str()), (2, 2, "Foxes"));
    assert_eq!(world.stored(third.id).await.words_of(shared.id).0, "Foxes");
}

#[apply(every_database)]
#[tokio::test]
async fn creatives_are_found_by_their_words_in_any_case_and_sorted(#[case] on: Backend) {
    let world = World::create(on).await;
    for title in ["Лисы", "cubs", "Wolves 50%", "Ästhetik"] {
        world.add_creative(&creative(title)).await;
    }
    let newest = (CreativeSort::Created, false);
    assert_eq!(world.titles("лис", newest).await, ["Лисы"]);
    assert_eq!(world.titles("0%", newest).await, ["Wolves 50%"]);
    assert_eq!(world.titles("SOFTER", newest).await.len(), 5, "the text is searched as well");
    assert_eq!(world.titles("bearssofter", newest).await, [""; 0]);
    let by_title = (CreativeSort::Title, false);
    assert_eq!(world.titles("", by_title).await, ["cubs", "Plush bears", "Wolves 50%", "Ästhetik", "Лисы"]);
    assert_eq!(world.titles(&"x".repeat(20_000), by_title).await, [""; 0]);
    assert_eq!(world.titles(&"!".repeat(10_000), by_title).await, [""; 0]);
    let wanted = CreativeFilter { search: Some("cubs".into()), ..CreativeFilter::default() };
    let rows = world.store.in_project(world.project.id);
    let found = rows.list_creatives(&wanted, (CreativeSort::Created, Page::default())).await.unwrap();
    let id = found.rows[0].id;
    let archive = world.store.write((world.project.id, id), |transaction, (project, id)| {
        Box::pin(async move { transaction.in_project(project).set_creative_archived(id, Some(5)).await })
    });
    archive.await.unwrap();
    assert_eq!(
        (world.titles("cubs", newest).await.len(), world.titles("", (CreativeSort::Title, true)).await),
        (0, vec!["cubs".to_owned()])
    );
}
