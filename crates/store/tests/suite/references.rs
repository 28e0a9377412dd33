//! What a database refuses by itself: rows that name what is not there, or what belongs to another.

use std::sync::Arc;

use barker_domain::{
    Code, PostingId, ProjectId, campaign::Campaign, click::Click, client::Client, impression::Impression, ledger::InvalidReason, page::Page,
};
use barker_store::{ClickFilter, EventBatch, RefundedClicks, Store};
use barker_testkit::{Backend, TestDatabase, build};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{every_database, world::World};

/// A database that the same connections have brought up to date, with two campaigns of one project.
struct Two {
    store: Store,
    project_id: ProjectId,
    campaigns: [Campaign; 2],
    client: Client,
    _database: TestDatabase,
}

impl Two {
    async fn create(on: Backend) -> Self {
        let database = TestDatabase::create(on).await;
        let store = database.connect().await.unwrap();
        let (project, campaign, client) = World::add_project(&store, "sandbox").await;
        let other = build::campaign(campaign.advertiser_id);
        let insert = store.write((project.id, other.clone()), |transaction, (project_id, other)| {
            Box::pin(async move { transaction.in_project(project_id).insert_campaign(&other).await })
        });
        insert.await.unwrap();
        Self { store, project_id: project.id, campaigns: [campaign, other], client, _database: database }
    }

    /// Of the first campaign.
    fn shown(&self) -> Impression {
        build::impression(self.project_id, &self.campaigns[0], self.client.id)
    }

    async fn record(&self, impressions: Vec<Impression>, clicks: Vec<Click>) -> Option<Code> {
        self.store.record_events(&Arc::new(EventBatch { impressions, clicks }), 1).await.err().map(|error| error.code)
    }
}

#[apply(every_database)]
#[tokio::test]
async fn an_impression_or_a_click_that_names_an_ad_of_another_campaign_is_refused(#[case] on: Backend) {
    let two = Two::create(on).await;
    let others = two.campaigns[1].id.into();
    let refused = Some(Code::ClientNotFound);
    assert_eq!(two.record(vec![Impression { ad_id: others, ..two.shown() }], vec![]).await, refused);
    let impression = two.shown();
    let click = build::click(&impression, &two.campaigns[0]);
    let wrong = Click { ad_id: Some(others), ..click.clone() };
    assert_eq!(two.record(vec![impression.clone()], vec![wrong]).await, refused);
    let rows = two.store.in_project(two.project_id);
    assert_eq!(rows.list_delivered().await.unwrap().len(), 0, "nothing of what is refused is counted");
    assert_eq!(two.record(vec![impression], vec![click]).await, None);
    assert_eq!(rows.list_delivered().await.unwrap().len(), 1);
}

#[apply(every_database)]
#[tokio::test]
async fn a_click_is_given_back_by_a_transaction_that_is_there(#[case] on: Backend) {
    let two = Two::create(on).await;
    let impression = two.shown();
    let click = build::click(&impression, &two.campaigns[0]);
    assert_eq!(two.record(vec![impression], vec![click]).await, None);
    let rows = two.store.in_project(two.project_id);
    let clicks = rows.list_clicks_of(two.campaigns[0].advertiser_id, &ClickFilter::default(), Page::default()).await.unwrap().rows;
    let refunded = RefundedClicks {
        project_id: two.project_id,
        clicks: Arc::new(clicks),
        refund_id: PostingId::generate(),
        reason: InvalidReason::Bot,
    };
    let node = two.store.node();
    let refund = two.store.write(Arc::new(refunded), move |transaction, refunded| {
        Box::pin(async move { transaction.invalidate_clicks(&refunded, (node, 7)).await })
    });
    assert!(refund.await.is_err());
    assert_eq!(rows.list_delivered().await.unwrap()[&two.campaigns[0].id].clicks, 1);
}
