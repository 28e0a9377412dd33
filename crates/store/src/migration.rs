//! The schema's history, applied from empty or from any earlier version. A migration that has shipped is never edited.

mod m20261120_000001_ad_platform;
mod m20261120_000002_database_owner;
mod m20261121_000004_people;
mod m20261121_000005_mail_links;
mod m20261121_000006_score_counts;
mod m20261121_000007_sealed_columns;
mod m20261121_000008_anonymous_days;
mod m20261121_000010_jobs;
mod m20261121_000012_installation_settings;
mod m20261121_000015_sheets;
mod m20261121_000020_ledger;
mod m20261121_000022_webhooks;
mod m20261121_000023_low_balance;
mod m20261121_000024_campaign_plans;
mod m20261121_000025_campaign_budgets;
mod m20261121_000026_ads;
mod m20261121_000027_files;
mod m20261121_000028_creative_images;
mod m20261121_000029_link_keys;
mod m20261122_000030_archived_advertisers;
mod m20261122_000031_ad_names;
mod m20261122_000032_references_of_images;
mod m20261122_000033_counters_of_ads;
mod m20261122_000034_recount_in_parts;
mod table;

use sea_orm_migration::{MigrationTrait, MigratorTrait, sea_orm::DatabaseConnection};

use barker_domain::{Code, Error, Result};

use crate::error::failed;

pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261120_000001_ad_platform::Migration),
            Box::new(m20261120_000002_database_owner::Migration),
            Box::new(m20261121_000004_people::Migration),
            Box::new(m20261121_000005_mail_links::Migration),
            Box::new(m20261121_000006_score_counts::Migration),
            Box::new(m20261121_000007_sealed_columns::Migration),
            Box::new(m20261121_000008_anonymous_days::Migration),
            Box::new(m20261121_000010_jobs::Migration),
            Box::new(m20261121_000012_installation_settings::Migration),
            Box::new(m20261121_000015_sheets::Migration),
            Box::new(m20261121_000020_ledger::Migration),
            Box::new(m20261121_000022_webhooks::Migration),
            Box::new(m20261121_000023_low_balance::Migration),
            Box::new(m20261121_000024_campaign_plans::Migration),
            Box::new(m20261121_000025_campaign_budgets::Migration),
            Box::new(m20261121_000026_ads::Migration),
            Box::new(m20261121_000027_files::Migration),
            Box::new(m20261121_000028_creative_images::Migration),
            Box::new(m20261121_000029_link_keys::Migration),
            Box::new(m20261122_000030_archived_advertisers::Migration),
            Box::new(m20261122_000031_ad_names::Migration),
            Box::new(m20261122_000032_references_of_images::Migration),
            Box::new(m20261122_000033_counters_of_ads::Migration),
            Box::new(m20261122_000034_recount_in_parts::Migration),
        ]
    }
}

/// How far a database's schema is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaState {
    /// Migrations that have been applied.
    pub applied: usize,
    /// Names of migrations that are still to be applied.
    pub pending: Vec<String>,
}

/// Brings the schema up to date; what is applied already is left alone.
pub(crate) async fn migrate(writer: &DatabaseConnection) -> Result<()> {
    Migrator::up(writer, None).await.map_err(failed("bring the schema up to date"))
}

/// How far the schema is, without changing anything.
pub(crate) async fn state(reader: &DatabaseConnection) -> Result<SchemaState> {
    let applied = Migrator::get_applied_migrations_read_only(reader).await.map_err(failed("read the schema's version"))?;
    let pending = Migrator::get_pending_migrations_read_only(reader).await.map_err(failed("read the schema's version"))?;
    Ok(SchemaState { applied: applied.len(), pending: pending.iter().map(|migration| migration.name().to_owned()).collect() })
}

/// After how many migrations the schema is the one that these made.
///
/// # Errors
/// [`Code::Misconfigured`] when this version does not know one of them, naming it.
pub(crate) fn count_steps(applied: &[String]) -> Result<u32> {
    let known: Vec<_> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    if let Some(newer) = applied.iter().find(|name| !known.contains(name)) {
        let message = format!("the data has the schema {newer}, which this version of Barker does not know: use a newer version");
        return Err(Error::new(Code::Misconfigured, message));
    }
    let is_a_beginning = !applied.is_empty() && known.starts_with(applied);
    let message = "the data has a schema that no version of Barker had: migrations are missing between those it names";
    if is_a_beginning { Ok(u32::try_from(applied.len()).unwrap_or(u32::MAX)) } else { Err(Error::new(Code::Misconfigured, message)) }
}
