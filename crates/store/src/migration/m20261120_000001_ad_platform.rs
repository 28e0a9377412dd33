//! Projects, the audience, campaigns, what they delivered, and the outbox.
//!
//! `project_id` stands first in the keys of every tenant table; every reference is a foreign key. Instants are
//! milliseconds UTC, days are numbers, money is micros.

use sea_orm_migration::prelude::*;

use super::table::{Dialect, Keys, NAME_CHARS, WORD_CHARS, id, index, integer, long, name, required, table, word};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection()).await?;
        for table in [
            projects(),
            advertisers(),
            clients(),
            ml_scores(),
            campaigns(),
            impressions(),
            clicks(),
            campaign_days(),
            campaign_recounts(),
            outbox(dialect),
            outbox_positions(),
        ] {
            manager.create_table(dialect.table(table)).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn projects() -> TableCreateStatement {
    let columns = [
        id("id").primary_key().take(),
        name("name").unique_key().take(),
        word("currency"),
        name("time_zone"),
        required("is_sandbox").boolean().take(),
        integer("sandbox_day"),
        integer("epoch_day"),
        word("ranking"),
        long("created_at_ms"),
    ];
    table("projects", columns)
}

fn advertisers() -> TableCreateStatement {
    let columns = [id("project_id"), id("id"), name("name"), name("name_folded"), long("created_at_ms")];
    table("advertisers", columns).keyed_by(["project_id", "id"]).referring(["project_id"], "projects", ["id"])
}

fn clients() -> TableCreateStatement {
    let columns = [id("project_id"), id("id"), name("login"), integer("age"), name("location"), word("gender")];
    table("clients", columns).keyed_by(["project_id", "id"]).referring(["project_id"], "projects", ["id"])
}

fn ml_scores() -> TableCreateStatement {
    let columns = [id("project_id"), id("client_id"), id("advertiser_id"), integer("score")];
    table("ml_scores", columns)
        .keyed_by(["project_id", "client_id", "advertiser_id"])
        .referring(["project_id", "client_id"], "clients", ["project_id", "id"])
        .referring(["project_id", "advertiser_id"], "advertisers", ["project_id", "id"])
}

fn campaigns() -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        id("advertiser_id"),
        integer("impressions_limit"),
        integer("clicks_limit"),
        long("cost_per_impression_micros"),
        long("cost_per_click_micros"),
        required("ad_title").text().take(),
        required("ad_text").text().take(),
        integer("start_date"),
        integer("end_date"),
        ColumnDef::new("target_gender").string_len(WORD_CHARS).take(),
        ColumnDef::new("target_age_from").integer().take(),
        ColumnDef::new("target_age_to").integer().take(),
        ColumnDef::new("target_location").string_len(NAME_CHARS).take(),
        long("created_at_ms"),
        ColumnDef::new("deleted_at_ms").big_integer().take(),
    ];
    table("campaigns", columns).keyed_by(["project_id", "id"]).referring(
        ["project_id", "advertiser_id"],
        "advertisers",
        ["project_id", "id"],
    )
}

fn impressions() -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        id("campaign_id"),
        id("client_id"),
        integer("nth"),
        integer("day"),
        long("occurred_at_ms"),
        long("price_micros"),
    ];
    table("impressions", columns)
        .keyed_by(["project_id", "id"])
        .referring(["project_id", "campaign_id"], "campaigns", ["project_id", "id"])
        .referring(["project_id", "client_id"], "clients", ["project_id", "id"])
}

fn clicks() -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        id("campaign_id"),
        id("client_id"),
        ColumnDef::new("impression_id").uuid().take(),
        word("outcome"),
        integer("day"),
        long("occurred_at_ms"),
        long("price_micros"),
    ];
    table("clicks", columns)
        .keyed_by(["project_id", "id"])
        .referring(["project_id", "campaign_id"], "campaigns", ["project_id", "id"])
        .referring(["project_id", "client_id"], "clients", ["project_id", "id"])
        .referring(["project_id", "impression_id"], "impressions", ["project_id", "id"])
}

fn counters() -> [ColumnDef; 4] {
    [long("impressions"), long("clicks"), long("spent_impressions_micros"), long("spent_clicks_micros")]
}

fn campaign_days() -> TableCreateStatement {
    let columns = [id("project_id"), id("campaign_id"), integer("day"), integer("node")];
    table("campaign_days", columns.into_iter().chain(counters())).keyed_by(["project_id", "campaign_id", "day", "node"]).referring(
        ["project_id", "campaign_id"],
        "campaigns",
        ["project_id", "id"],
    )
}

fn campaign_recounts() -> TableCreateStatement {
    let columns = [id("project_id"), id("campaign_id"), integer("day")];
    table("campaign_recounts", columns.into_iter().chain(counters())).keyed_by(["project_id", "campaign_id", "day"]).referring(
        ["project_id", "campaign_id"],
        "campaigns",
        ["project_id", "id"],
    )
}

fn outbox(dialect: Dialect) -> TableCreateStatement {
    let columns = [long("id").auto_increment().primary_key().take(), long("created_at_ms"), dialect.long_text("facts")];
    table("outbox", columns)
}

fn outbox_positions() -> TableCreateStatement {
    table("outbox_positions", [word("consumer").primary_key().take(), long("last_id")])
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        // Newest first, and the search by name.
        index("advertisers_by_age", "advertisers", &["project_id", "created_at_ms", "id"]),
        // An advertiser's campaigns, newest first; the foreign key's own index.
        index("campaigns_by_advertiser", "campaigns", &["project_id", "advertiser_id", "created_at_ms", "id"]),
        // What a client has been shown, and at most once for each n.
        index("impressions_once", "impressions", &["project_id", "client_id", "campaign_id", "nth"]).unique().take(),
        // What a client has clicked, and at most once for each outcome.
        index("clicks_once", "clicks", &["project_id", "client_id", "campaign_id", "outcome"]).unique().take(),
        // How scores are distributed, read at start without touching the table.
        index("ml_scores_by_score", "ml_scores", &["project_id", "score"]),
    ]
}
