//! What a campaign's ads delivered is what the campaign delivered: one table of counters instead of two that say the same. And every
//! row that names an ad, or the transaction that gave a click back, refers to it.

mod references;

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use super::table::{Dialect, Keys, id, index, integer, long, table};

/// What the counters are called until the old ones are gone.
const MOVED: &str = "ad_days_moved";

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// Where tables change outside of transactions, an interrupted migration goes on where it stopped.
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        key_ads_by_campaign(manager).await?;
        if manager.has_table("campaign_days").await? {
            replace_counters(manager).await?;
            let connection = manager.get_connection();
            connection.execute_unprepared(&what_ads_lack(connection.get_database_backend())).await?;
            manager.drop_table(Table::drop().table("campaign_days").take()).await?;
        }
        references::make(manager.get_connection()).await
    }

    /// `SQLite`'s description of the tables and its version change together.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// What refers to an ad says of which campaign it is. A campaign's ads are found by the same key; they are few, and sorted when read.
async fn key_ads_by_campaign(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if !manager.has_index("ads", "ads_of_campaign").await? {
        let key = index("ads_of_campaign", "ads", &["project_id", "campaign_id", "id"]).unique().take();
        manager.create_index(key).await?;
    }
    if manager.has_index("ads", "ads_by_campaign").await? {
        manager.drop_index(Index::drop().name("ads_by_campaign").table("ads").to_owned()).await?;
    }
    Ok(())
}

async fn replace_counters(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.has_column("ad_days", "campaign_id").await? {
        return Ok(());
    }
    // The old ones go once the new ones are whole.
    if manager.has_table("ad_days").await? {
        move_counters(manager).await?;
    }
    manager.rename_table(Table::rename().table(MOVED, "ad_days").take()).await?;
    // The others name a primary key after nothing, or with its table.
    if manager.get_database_backend() == DbBackend::Postgres {
        manager.get_connection().execute_unprepared(&format!("ALTER INDEX {MOVED}_pkey RENAME TO ad_days_pkey")).await?;
    }
    Ok(())
}

async fn move_counters(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    manager.drop_table(Table::drop().table(MOVED).if_exists().take()).await?;
    let mut counters = Dialect::of(connection).await?.table(counters());
    if connection.get_database_backend() == DbBackend::Sqlite {
        counters.extra("WITHOUT ROWID");
    }
    manager.create_table(counters).await?;
    let moved = format!(
        "INSERT INTO {MOVED} (project_id, campaign_id, ad_id, day, node, impressions, clicks, spent_impressions_micros, spent_clicks_micros)
        SELECT d.project_id, a.campaign_id, d.ad_id, d.day, d.node, d.impressions, d.clicks, d.spent_impressions_micros, d.spent_clicks_micros
        FROM ad_days d INNER JOIN ads a ON a.project_id = d.project_id AND a.id = d.ad_id"
    );
    connection.execute_unprepared(&moved).await?;
    manager.drop_table(Table::drop().table("ad_days").take()).await
}

fn counters() -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("campaign_id"),
        id("ad_id"),
        integer("day"),
        integer("node"),
        long("impressions"),
        long("clicks"),
        long("spent_impressions_micros"),
        long("spent_clicks_micros"),
    ];
    let mut ad = ForeignKey::create().name("ad_days_ad").to_tbl("ads").take();
    for (column, referred) in [("project_id", "project_id"), ("campaign_id", "campaign_id"), ("ad_id", "id")] {
        ad.from_col(column).to_col(referred);
    }
    table(MOVED, columns).keyed_by(["project_id", "campaign_id", "ad_id", "day", "node"]).foreign_key(&mut ad).take()
}

/// Campaigns' counters are what was billed by. What the counters of a campaign's ads lack of them, which is nothing unless somebody else
/// has written here, its first ad gets.
fn what_ads_lack(backend: DbBackend) -> String {
    let (on_conflict, proposed) = match backend {
        DbBackend::MySql => ("ON DUPLICATE KEY UPDATE", ["VALUES(", ")"]),
        _ => ("ON CONFLICT (project_id, campaign_id, ad_id, day, node) DO UPDATE SET", ["excluded.", ""]),
    };
    let columns = ["impressions", "clicks", "spent_impressions_micros", "spent_clicks_micros"];
    let each = |text: &dyn Fn(&str) -> String, between: &str| columns.map(text).join(between);
    format!(
        "INSERT INTO ad_days (project_id, campaign_id, ad_id, day, node, {all})
        SELECT project_id, campaign_id, campaign_id, day, node, {sums}
        FROM (SELECT project_id, campaign_id, day, node, {all} FROM campaign_days
            UNION ALL SELECT project_id, campaign_id, day, node, {negative} FROM ad_days) counted
        GROUP BY project_id, campaign_id, day, node
        HAVING {some}
        {on_conflict} {added}",
        all = columns.join(", "),
        sums = each(&|column| format!("SUM({column})"), ", "),
        negative = each(&|column| format!("-{column}"), ", "),
        some = each(&|column| format!("SUM({column}) <> 0"), " OR "),
        added = each(&|column| format!("{column} = ad_days.{column} + {}{column}{}", proposed[0], proposed[1]), ", "),
    )
}
