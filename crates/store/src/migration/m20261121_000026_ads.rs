//! Campaigns have ads, and ads show creatives. A campaign from before gets one of each, with its own id, its title and its text, which
//! stand there alone from now on; what it delivered was delivered by that ad.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};
use uuid::Uuid;

use super::table::{Dialect, Keys, NAME_CHARS, id, index, integer, long, optional, required, table, word};
use crate::{bulk::ROWS_PER_STATEMENT, creative::words_folded};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        // Where tables change outside of transactions, an interrupted migration is done again from its beginning, as long as the
        // words of the ads stand where they stood. They go last, the title first.
        if manager.has_column("campaigns", "ad_title").await? {
            make_tables(manager).await?;
            fill_creatives(connection).await?;
            for statement in filled() {
                connection.execute_unprepared(statement).await?;
            }
            name_the_ad(manager, "impressions").await?;
            name_the_ad(manager, "clicks").await?;
            for statement in named() {
                connection.execute_unprepared(statement).await?;
            }
        }
        for moved in ["ad_title", "ad_text"] {
            if manager.has_column("campaigns", moved).await? {
                manager.alter_table(Table::alter().table("campaigns").drop_column(moved).take()).await?;
            }
        }
        Ok(())
    }
}

async fn make_tables(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let dialect = Dialect::of(manager.get_connection()).await?;
    for interrupted in ["ad_days", "ads", "creatives"] {
        manager.drop_table(Table::drop().table(interrupted).if_exists().take()).await?;
    }
    for new in [creatives(), ads(), ad_days()] {
        manager.create_table(dialect.table(new)).await?;
    }
    // A project's creatives, newest first.
    manager.create_index(index("creatives_by_age", "creatives", &["project_id", "created_at_ms", "id"])).await?;
    // A campaign's ads, the oldest first.
    manager.create_index(index("ads_by_campaign", "ads", &["project_id", "campaign_id", "created_at_ms", "id"])).await?;
    // What shows a creative.
    manager.create_index(index("ads_by_creative", "ads", &["project_id", "creative_id"])).await
}

fn creatives() -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        required("title").text().take(),
        required("text").text().take(),
        optional("landing_url").text().take(),
        required("words_folded").text().take(),
        integer("version"),
        long("created_at_ms"),
        optional("archived_at_ms").big_integer().take(),
    ];
    table("creatives", columns).keyed_by(["project_id", "id"]).referring(["project_id"], "projects", ["id"])
}

fn ads() -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        id("campaign_id"),
        id("creative_id"),
        optional("name").string_len(NAME_CHARS).take(),
        integer("weight"),
        word("status"),
        integer("version"),
        long("created_at_ms"),
    ];
    table("ads", columns)
        .keyed_by(["project_id", "id"])
        .referring(["project_id", "campaign_id"], "campaigns", ["project_id", "id"])
        .referring(["project_id", "creative_id"], "creatives", ["project_id", "id"])
}

fn ad_days() -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("ad_id"),
        integer("day"),
        integer("node"),
        long("impressions"),
        long("clicks"),
        long("spent_impressions_micros"),
        long("spent_clicks_micros"),
    ];
    let table = table("ad_days", columns).keyed_by(["project_id", "ad_id", "day", "node"]);
    table.referring(["project_id", "ad_id"], "ads", ["project_id", "id"])
}

/// How a search compares words is for Barker to say, and not for the database.
async fn fill_creatives(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let projects = connection.query_all(Query::select().column("id").from("projects")).await?;
    for project in projects {
        let project_id: Uuid = project.try_get_by_index(0)?;
        let mut campaigns = Query::select();
        campaigns.columns(["id", "ad_title", "ad_text", "created_at_ms"]).from("campaigns");
        let campaigns = connection.query_all(campaigns.and_where(Expr::col("project_id").eq(project_id))).await?;
        for campaigns in campaigns.chunks(ROWS_PER_STATEMENT) {
            let mut insert = Query::insert();
            let columns = ["project_id", "id", "title", "text", "words_folded", "version", "created_at_ms"];
            insert.into_table("creatives").columns(columns);
            for campaign in campaigns {
                let (id, title, text, created_at_ms): (Uuid, String, String, i64) = campaign.try_get_many_by_index()?;
                let folded = words_folded(&title, &text);
                let values = [project_id.into(), id.into(), title.into(), text.into(), folded.into(), 1.into(), created_at_ms.into()];
                insert.values_panic(values);
            }
            connection.execute(&insert).await?;
        }
    }
    Ok(())
}

fn filled() -> [&'static str; 2] {
    [
        "INSERT INTO ads (project_id, id, campaign_id, creative_id, name, weight, status, version, created_at_ms) \
        SELECT project_id, id, id, id, NULL, 100, 'active', 1, created_at_ms FROM campaigns",
        "INSERT INTO ad_days (project_id, ad_id, day, node, impressions, clicks, spent_impressions_micros, spent_clicks_micros) \
        SELECT project_id, campaign_id, day, node, impressions, clicks, spent_impressions_micros, spent_clicks_micros FROM campaign_days",
    ]
}

async fn name_the_ad(manager: &SchemaManager<'_>, of: &'static str) -> Result<(), DbErr> {
    if manager.has_column(of, "ad_id").await? {
        return Ok(());
    }
    manager.alter_table(Table::alter().table(of).add_column(optional("ad_id").uuid().take()).take()).await
}

fn named() -> [&'static str; 2] {
    [
        "UPDATE impressions SET ad_id = campaign_id WHERE ad_id IS NULL",
        "UPDATE clicks SET ad_id = campaign_id WHERE ad_id IS NULL AND impression_id IS NOT NULL",
    ]
}
