//! What is worked out once for many questions: who visitors are, and what campaigns and ads are called. Kept beside a project's rows by
//! engines that sweep them ([decision 87](../../../../docs/decisions/0087-worked-out-once.md)).

use uuid::Uuid;

use super::{Bound, Cell, Dialect, Standing, person, place};

/// The tables, in a schema that is called `derived`, with their columns. Every row begins with its project.
pub(crate) const TABLES: [(&str, &str); 6] = [
    // Of which `seq` the others tell.
    ("marks", "project_id UUID, seq BIGINT"),
    ("people", "project_id UUID, visitor VARCHAR, user_key VARCHAR, seen_at_ms BIGINT"),
    ("campaign", "project_id UUID, source VARCHAR, account VARCHAR, campaign_id VARCHAR, campaign_name VARCHAR, campaign_key VARCHAR"),
    ("by_ad", "project_id UUID, ad_id VARCHAR, ad_name VARCHAR, campaign_id VARCHAR, ad_group_id VARCHAR"),
    ("by_id", "project_id UUID, campaign_id VARCHAR, source VARCHAR, account VARCHAR, campaign_name VARCHAR, campaign_key VARCHAR"),
    (
        "by_key",
        "project_id UUID, said_key VARCHAR, campaign_id VARCHAR, source VARCHAR, account VARCHAR, campaign_name VARCHAR, campaign_key VARCHAR",
    ),
];

/// Of them those that speak of campaigns and ads, with what they are asked.
pub(crate) const DIRECTORIES: [(&str, &str); 4] = [
    ("campaign", "source, account, campaign_id, campaign_name, campaign_key"),
    ("by_ad", "ad_id, ad_name, campaign_id, ad_group_id"),
    ("by_id", "campaign_id, source, account, campaign_name, campaign_key"),
    ("by_key", "said_key, campaign_id, source, account, campaign_name, campaign_key"),
];

/// The table of which the directories are made, with its columns.
pub(crate) const SPENT: (&str, &str) = (
    "spent",
    "source VARCHAR, account VARCHAR, campaign_id VARCHAR, campaign_name VARCHAR, campaign_key VARCHAR, ad_group_id VARCHAR, ad_id VARCHAR,
        ad_name VARCHAR, latest HUGEINT",
);

/// The table that names the visitors of whom something has come since, in `visitor`.
pub(crate) const TOUCHED: &str = "touched";

/// A statement with what is bound to it.
pub(crate) type Filling = (String, Vec<Cell<'static>>);

/// Appends to `people` who the project's visitors are: all of them, or those that [`TOUCHED`] names.
pub(crate) fn people(project_id: Uuid, (standing, is_whole): (&Standing, bool), dialect: Dialect) -> Filling {
    let mut bound = Bound { standing: standing.clone(), ..Bound::new(dialect) };
    let project = bound.bind(Cell::Uuid(project_id));
    let among = if is_whole { String::new() } else { format!("WHERE visitor IN (SELECT visitor FROM {TOUCHED})") };
    let found = person::found(&project, &among, &bound);
    (format!("INSERT INTO derived.people WITH {found} SELECT {project}, visitor, user_key, seen_at_ms FROM who"), bound.cells)
}

/// Appends to `spent` all that was ever said of campaigns and ads.
pub(crate) fn spent(project_id: Uuid, standing: &Standing, dialect: Dialect) -> Filling {
    let mut bound = Bound { standing: standing.clone(), ..Bound::new(dialect) };
    let project = bound.bind(Cell::Uuid(project_id));
    let found = place::spent(&project, &bound);
    (format!("INSERT INTO temp.spent WITH {found} SELECT * FROM spent"), bound.cells)
}

/// Appends to a directory what the project's campaigns and ads are called, as `spent` says.
pub(crate) fn directory(project_id: Uuid, (table, columns): (&str, &str), dialect: Dialect) -> Filling {
    let mut bound = Bound::new(dialect);
    let project = bound.bind(Cell::Uuid(project_id));
    let found = place::directories_of_spent();
    (format!("INSERT INTO derived.{table} WITH {found} SELECT {project}, {columns} FROM {table}"), bound.cells)
}

/// A directory as a common table expression.
pub(super) fn kept(table: &str, project: &str) -> String {
    let columns = DIRECTORIES.iter().find(|(name, _)| *name == table).map_or("*", |(_, columns)| columns);
    format!("{table} AS (SELECT {columns} FROM derived.{table} WHERE project_id = {project})")
}
