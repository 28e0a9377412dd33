//! Impressions and clicks refer to an ad of their campaign, and clicks that were given back to the transaction that did so. The tables
//! may be large: none is copied where the database knows another way.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

const AD: &str = "FOREIGN KEY (project_id, campaign_id, ad_id) REFERENCES ads (project_id, campaign_id, id)";
const REFUND: &str = "FOREIGN KEY (project_id, refund_id) REFERENCES ledger_transactions (project_id, id)";

pub(super) async fn make(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    mend(connection).await?;
    match connection.get_database_backend() {
        DbBackend::Sqlite => describe(connection).await,
        DbBackend::Postgres => constrain(connection).await,
        _ => add_to_mysql(connection).await,
    }
}

/// There is nothing to mend, unless somebody else has written here. An ad of another campaign cannot have been shown: its campaign's first
/// ad was. A transaction that is not there cannot be told from one that is lost.
async fn mend(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let lost = |of: &str| {
        format!(
            "NOT EXISTS (SELECT 1 FROM ads WHERE ads.project_id = {of}.project_id AND ads.campaign_id = {of}.campaign_id AND ads.id = {of}.ad_id)"
        )
    };
    let wrong = [("impressions", lost("impressions")), ("clicks", format!("ad_id IS NOT NULL AND {}", lost("clicks")))];
    for (table, is_wrong) in wrong {
        // Reading locks no rows.
        if is_there(connection, &format!("SELECT 1 FROM {table} WHERE {is_wrong} LIMIT 1")).await? {
            connection.execute_unprepared(&format!("UPDATE {table} SET ad_id = campaign_id WHERE {is_wrong}")).await?;
        }
    }
    let given_back = "SELECT 1 FROM clicks WHERE refund_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_transactions
        WHERE ledger_transactions.project_id = clicks.project_id AND ledger_transactions.id = clicks.refund_id) LIMIT 1";
    let message = "clicks name a transaction that gave them back (refund_id) and that is not in ledger_transactions";
    if is_there(connection, given_back).await? { Err(DbErr::Custom(message.to_owned())) } else { Ok(()) }
}

/// `SQLite` adds references of several columns to a table, and takes them away, only in the table's description, which it documents for
/// changes that leave rows as they are: <https://sqlite.org/lang_altertable.html#otheralter>.
async fn describe(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let version = "SELECT schema_version AS version FROM pragma_schema_version";
    let version = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, version)).await?;
    let version: i64 = version.map(|row| row.try_get("", "version")).transpose()?.unwrap_or_default();
    // The next version makes every other connection read the description anew, RESET this one.
    let described = format!(
        r#"PRAGMA writable_schema = ON;
        UPDATE sqlite_master SET sql = replace(replace(sql, '"ad_id" uuid_text,', '"ad_id" uuid_text NOT NULL,'),
            'FOREIGN KEY ("project_id", "campaign_id") REFERENCES "campaigns" ("project_id", "id")', '{AD}')
            WHERE type = 'table' AND name = 'impressions';
        UPDATE sqlite_master SET sql = substr(sql, 1, length(sql) - 1) || ', {AD}, {REFUND})' WHERE type = 'table' AND name = 'clicks';
        PRAGMA schema_version = {};
        PRAGMA writable_schema = RESET"#,
        version + 1
    );
    connection.execute_unprepared(&described).await?;
    let is_described = r#"SELECT 1 WHERE EXISTS (SELECT 1 FROM pragma_table_info('impressions') WHERE name = 'ad_id' AND "notnull" = 1)
        AND (SELECT COUNT(*) FROM pragma_foreign_key_list('impressions') WHERE "table" IN ('ads', 'campaigns')) = 3
        AND (SELECT COUNT(*) FROM pragma_foreign_key_list('clicks') WHERE "table" IN ('ads', 'ledger_transactions')) = 5"#;
    let message = "impressions and clicks are not described as Barker describes them";
    if is_there(connection, is_described).await? { Ok(()) } else { Err(DbErr::Custom(message.to_owned())) }
}

async fn constrain(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let former = "SELECT conname::text AS name FROM pg_constraint
        WHERE conrelid = 'impressions'::regclass AND confrelid = 'campaigns'::regclass AND contype = 'f'";
    let former = named(connection, former).await?.map(|name| format!(r#"DROP CONSTRAINT "{name}", "#)).unwrap_or_default();
    let statements = [
        format!("ALTER TABLE impressions {former}ALTER COLUMN ad_id SET NOT NULL, ADD CONSTRAINT impressions_ad {AD} NOT VALID"),
        format!("ALTER TABLE clicks ADD CONSTRAINT clicks_ad {AD} NOT VALID, ADD CONSTRAINT clicks_refund {REFUND} NOT VALID"),
        // Now the rows that are there are looked through, under a lock that lets others write.
        "ALTER TABLE impressions VALIDATE CONSTRAINT impressions_ad".to_owned(),
        "ALTER TABLE clicks VALIDATE CONSTRAINT clicks_ad, VALIDATE CONSTRAINT clicks_refund".to_owned(),
    ];
    for statement in statements {
        connection.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// The index of the reference to the campaign makes room for that of the reference to the ad: impressions have as many as before.
async fn add_to_mysql(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let former = "SELECT constraint_name AS name FROM information_schema.referential_constraints
        WHERE constraint_schema = DATABASE() AND table_name = 'impressions' AND referenced_table_name = 'campaigns'";
    if let Some(former) = named(connection, former).await? {
        let index = "SELECT index_name AS name FROM information_schema.statistics
            WHERE table_schema = DATABASE() AND table_name = 'impressions' GROUP BY index_name
            HAVING GROUP_CONCAT(column_name ORDER BY seq_in_index) = 'project_id,campaign_id'";
        let index = named(connection, index).await?.map(|name| format!(", DROP INDEX `{name}`")).unwrap_or_default();
        let changed = format!(
            "ALTER TABLE impressions DROP FOREIGN KEY `{former}`{index}, MODIFY ad_id BINARY(16) NOT NULL,
            ADD INDEX impressions_ad (project_id, campaign_id, ad_id)"
        );
        connection.execute_unprepared(&changed).await?;
    }
    // Every row has been looked at already, and a table that need not be looked through is not copied.
    connection.execute_unprepared("SET foreign_key_checks = 0").await?;
    let added = add_references(connection).await;
    connection.execute_unprepared("SET foreign_key_checks = 1").await?;
    added
}

async fn add_references(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    for (table, name, reference) in
        [("impressions", "impressions_ad", AD), ("clicks", "clicks_ad", AD), ("clicks", "clicks_refund", REFUND)]
    {
        let sought = format!(
            "SELECT 1 FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE() AND constraint_name = '{name}'"
        );
        if !is_there(connection, &sought).await? {
            connection.execute_unprepared(&format!("ALTER TABLE {table} ADD CONSTRAINT {name} {reference}")).await?;
        }
    }
    Ok(())
}

async fn is_there(connection: &impl ConnectionTrait, sought: &str) -> Result<bool, DbErr> {
    let sought = Statement::from_string(connection.get_database_backend(), sought);
    Ok(connection.query_one_raw(sought).await?.is_some())
}

async fn named(connection: &impl ConnectionTrait, sought: &str) -> Result<Option<String>, DbErr> {
    let sought = Statement::from_string(connection.get_database_backend(), sought);
    connection.query_one_raw(sought).await?.map(|row| row.try_get("", "name")).transpose()
}
