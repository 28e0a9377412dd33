//! Advertisers' accounts and the ledger. What was spent before there was one is posted by day, from the counters; the consumer
//! that posts spend begins after it.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use uuid::Uuid;

use super::table::{Dialect, Keys, NAME_CHARS, WORD_CHARS, id, index, integer, long, optional, table, word};
use crate::{bulk::ROWS_PER_STATEMENT, statement::big_integer};

const DIGEST_CHARS: u32 = 64;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let dialect = Dialect::of(connection).await?;
        // A migration that was interrupted on a database without transactions for tables is done again from its beginning.
        for interrupted in ["balances", "ledger_days", "ledger_entries", "ledger_transactions", "accounts"] {
            manager.drop_table(Table::drop().table(interrupted).if_exists().take()).await?;
        }
        for new in [accounts(), transactions(dialect), entries(), days(), balances()] {
            manager.create_table(dialect.table(new)).await?;
        }
        for new in indexes() {
            manager.create_index(new).await?;
        }
        mark_clicks(manager).await?;
        connection.execute_unprepared(accounts_of_everybody()).await?;
        post_spent_before(connection).await?;
        for statement in sums_of_postings() {
            connection.execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}

fn accounts() -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("advertiser_id"),
        word("kind"),
        optional("credit_limit_micros").big_integer().take(),
        integer("version"),
        long("created_at_ms"),
        long("updated_at_ms"),
    ];
    let table = table("accounts", columns).keyed_by(["project_id", "advertiser_id"]);
    table.referring(["project_id", "advertiser_id"], "advertisers", ["project_id", "id"])
}

fn transactions(dialect: Dialect) -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        id("advertiser_id"),
        word("kind"),
        long("amount_micros"),
        long("balance_micros"),
        word("currency"),
        integer("day"),
        long("posted_at_ms"),
        integer("clicks"),
        dialect.optional_long_text("note"),
        optional("idempotency_key").string_len(NAME_CHARS).take(),
        optional("request_hash").string_len(DIGEST_CHARS).take(),
    ];
    of_account(table("ledger_transactions", columns).keyed_by(["project_id", "id"]))
}

fn entries() -> TableCreateStatement {
    let columns = [id("project_id"), id("transaction_id"), word("book"), id("advertiser_id"), long("amount_micros")];
    let table = table("ledger_entries", columns).keyed_by(["project_id", "transaction_id", "book"]);
    table.referring(["project_id", "transaction_id"], "ledger_transactions", ["project_id", "id"])
}

fn days() -> TableCreateStatement {
    let columns = [id("project_id"), id("advertiser_id"), integer("day"), word("kind"), long("postings"), long("amount_micros")];
    of_account(table("ledger_days", columns).keyed_by(["project_id", "advertiser_id", "day", "kind"]))
}

fn balances() -> TableCreateStatement {
    let columns = [id("project_id"), id("advertiser_id"), word("book"), long("amount_micros")];
    of_account(table("balances", columns).keyed_by(["project_id", "advertiser_id", "book"]))
}

fn of_account(table: TableCreateStatement) -> TableCreateStatement {
    table.referring(["project_id", "advertiser_id"], "accounts", ["project_id", "advertiser_id"])
}

fn indexes() -> [IndexCreateStatement; 3] {
    let by = |called, columns: &[&'static str]| index(called, "ledger_transactions", columns);
    [
        // What an advertiser is shown: by day, of all kinds or of one.
        by("ledger_transactions_by_day", &["project_id", "advertiser_id", "day", "posted_at_ms", "id"]),
        by("ledger_transactions_by_kind", &["project_id", "advertiser_id", "kind", "day", "posted_at_ms", "id"]),
        // What was asked for under a key; most have none.
        by("ledger_transactions_by_key", &["project_id", "idempotency_key"]).unique().take(),
    ]
}

async fn mark_clicks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut columns = [optional("invalid_reason").string_len(WORD_CHARS).take(), optional("refund_id").uuid().take()];
    for (column, called) in columns.iter_mut().zip(["invalid_reason", "refund_id"]) {
        if !manager.has_column("clicks", called).await? {
            manager.alter_table(Table::alter().table("clicks").add_column(column).take()).await?;
        }
    }
    if !manager.has_index("clicks", "clicks_by_campaign").await? {
        // Who looks for invalid ones looks at a campaign's, latest first.
        let columns = ["project_id", "campaign_id", "occurred_at_ms", "id"];
        manager.create_index(index("clicks_by_campaign", "clicks", &columns)).await?;
    }
    Ok(())
}

/// Posts, for each advertiser, what it spent on each day. The counters hold everything that was ever spent.
async fn post_spent_before(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let projects = connection.query_all(Query::select().columns(["id", "currency"]).from("projects")).await?;
    for project in projects {
        let (project_id, currency): (Uuid, String) = project.try_get_many_by_index()?;
        let days = connection.query_all(&spent_by_day(connection.get_database_backend(), project_id)).await?;
        let (mut rows, mut last, mut balance) = (Vec::with_capacity(days.len()), None, 0_i64);
        for spent in days {
            let (advertiser_id, day, spent): (Uuid, i32, i64) = spent.try_get_many_by_index()?;
            balance = if last == Some(advertiser_id) { balance.saturating_sub(spent) } else { -spent };
            last = Some(advertiser_id);
            rows.push(Spent { advertiser_id, day, amount: -spent, balance });
        }
        for rows in rows.chunks(ROWS_PER_STATEMENT) {
            connection.execute(&postings(project_id, &currency, rows)).await?;
        }
    }
    Ok(())
}

/// What a day of spend adds to an advertiser's balance, and the balance after it.
struct Spent {
    advertiser_id: Uuid,
    day: i32,
    amount: i64,
    balance: i64,
}

fn spent_by_day(backend: DbBackend, project_id: Uuid) -> SelectStatement {
    let spent = || Expr::col(("d", "spent_impressions_micros")).add(Expr::col(("d", "spent_clicks_micros"))).sum();
    let same_project = Expr::col(("c", "project_id")).equals(("d", "project_id"));
    let same_campaign = Expr::col(("c", "id")).equals(("d", "campaign_id"));
    Query::select()
        .columns([("c", "advertiser_id"), ("d", "day")])
        .expr(big_integer(backend, spent()))
        .from_as("campaign_days", "d")
        .join_as(JoinType::InnerJoin, "campaigns", "c", same_project.and(same_campaign))
        .and_where(Expr::col(("d", "project_id")).eq(project_id))
        .group_by_columns([("c", "advertiser_id"), ("d", "day")])
        .and_having(spent().gt(0))
        .order_by(("c", "advertiser_id"), Order::Asc)
        .order_by(("d", "day"), Order::Asc)
        .take()
}

fn postings(project_id: Uuid, currency: &str, rows: &[Spent]) -> InsertStatement {
    let mut insert = Query::insert();
    let key = ["project_id", "id", "advertiser_id", "kind", "amount_micros", "balance_micros"];
    let rest = ["currency", "day", "posted_at_ms", "clicks"];
    insert.into_table("ledger_transactions").columns(key.into_iter().chain(rest));
    for row in rows {
        let id = Uuid::now_v7();
        let (seconds, nanos) = id.get_timestamp().map(|made| made.to_unix()).unwrap_or_default();
        let posted_at_ms = <i64 as TryFrom<u64>>::try_from(seconds * 1_000 + u64::from(nanos / 1_000_000)).unwrap_or(i64::MAX);
        insert.values_panic([
            project_id.into(),
            id.into(),
            row.advertiser_id.into(),
            "spend".into(),
            row.amount.into(),
            row.balance.into(),
            currency.into(),
            row.day.into(),
            posted_at_ms.into(),
            0.into(),
        ]);
    }
    insert
}

fn accounts_of_everybody() -> &'static str {
    "INSERT INTO accounts (project_id, advertiser_id, kind, credit_limit_micros, version, created_at_ms, updated_at_ms) \
    SELECT project_id, id, 'postpaid', NULL, 1, created_at_ms, created_at_ms FROM advertisers"
}

/// What goes with the postings, and where the consumer begins: facts that lie in the outbox are in the counters already.
fn sums_of_postings() -> [String; 6] {
    let entry = |book: &str, amount: &str| {
        format!(
            "INSERT INTO ledger_entries (project_id, transaction_id, book, advertiser_id, amount_micros) \
            SELECT project_id, id, '{book}', advertiser_id, {amount} FROM ledger_transactions"
        )
    };
    [
        entry("advertiser", "amount_micros"),
        entry("revenue", "-amount_micros"),
        "INSERT INTO ledger_days (project_id, advertiser_id, day, kind, postings, amount_micros) \
        SELECT project_id, advertiser_id, day, kind, 1, amount_micros FROM ledger_transactions"
            .to_owned(),
        "INSERT INTO balances (project_id, advertiser_id, book, amount_micros) \
        SELECT project_id, advertiser_id, book, SUM(amount_micros) FROM ledger_entries GROUP BY project_id, advertiser_id, book"
            .to_owned(),
        "DELETE FROM outbox_positions WHERE consumer = 'ledger'".to_owned(),
        "INSERT INTO outbox_positions (consumer, last_id) SELECT 'ledger', MAX(id) FROM outbox HAVING MAX(id) IS NOT NULL".to_owned(),
    ]
}
