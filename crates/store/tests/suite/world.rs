//! A database with a project, an advertiser, a campaign and a client in it.

use std::ops::Range;

use barker_domain::{advertiser::Advertiser, campaign::Campaign, client::Client, project::Project};
use barker_store::{CounterSums, OutboxRow, Store, add_to_sums, recount};
use barker_testkit::{Backend, TestDatabase, build};

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) project: Project,
    pub(crate) campaign: Campaign,
    pub(crate) client: Client,
    database: TestDatabase,
}

impl World {
    pub(crate) async fn create(on: Backend) -> Self {
        let database = TestDatabase::with_schema(on).await;
        let store = database.connect().await.unwrap();
        let (project, campaign, client) = Self::add_project(&store, "sandbox").await;
        Self { store, project, campaign, client, database }
    }

    /// Another process's way to the same database.
    pub(crate) async fn connect_again(&self) -> Store {
        Store::connect(&self.database.settings()).await.unwrap()
    }

    /// Applies a row of the outbox to every part of the recount, which stand at `from`.
    pub(crate) async fn recount(&self, from: i64, row: OutboxRow) {
        self.recount_parts(0..recount::PARTS, from, row).await;
    }

    /// The same to these parts alone.
    pub(crate) async fn recount_parts(&self, parts: Range<u8>, from: i64, row: OutboxRow) {
        let mut sums = CounterSums::new();
        add_to_sums(&mut sums, row.facts.iter().filter(|fact| parts.contains(&recount::part_of(fact.campaign_id()))));
        let consumers: Vec<_> = parts.map(recount::consumer).collect();
        let recount = self.store.write((consumers, from..row.id, sums), |transaction, (consumers, span, sums)| {
            Box::pin(async move {
                assert!(transaction.advance_outbox_positions(&consumers, span).await?);
                transaction.add_to_recount(&sums).await
            })
        });
        recount.await.unwrap();
    }

    pub(crate) async fn add_project(store: &Store, name: &str) -> (Project, Campaign, Client) {
        let (project, advertiser, client) = (build::sandbox(name), build::advertiser("Smart Inc"), build::client());
        let campaign = build::campaign(advertiser.id);
        let given: (Project, Advertiser, Campaign, Client) = (project.clone(), advertiser, campaign.clone(), client.clone());
        let write = store.write(given, |transaction, (project, advertiser, campaign, client)| {
            Box::pin(async move {
                transaction.insert_project(&project).await?;
                let rows = transaction.in_project(project.id);
                rows.upsert_advertisers(&[advertiser], 1).await?;
                rows.insert_campaign(&campaign).await?;
                rows.upsert_clients(&[client]).await
            })
        });
        write.await.unwrap();
        (project, campaign, client)
    }
}
