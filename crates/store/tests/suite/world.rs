//! A database with a project, an advertiser, a campaign and a client in it.

use barker_domain::{advertiser::Advertiser, campaign::Campaign, client::Client, project::Project};
use barker_store::Store;
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
