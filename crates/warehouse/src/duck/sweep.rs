//! Rows that no question reads any more: versions of orders, refunds and deals that were replaced, and spend of replaced loads.

use barker_domain::{ProjectId, Result};
use duckdb::{Connection, params};

use super::{
    error::failed,
    standings::{Rows, Told},
};
use crate::sql::Swept;

/// What each version is one of.
const VERSIONED: [(Told, &str); 3] =
    [(Told::Orders, "source, order_id"), (Told::Refunds, "source, refund_id"), (Told::Deals, "source, deal_id")];

/// Within a transaction. Of what came before the last sweep everything is there once, so only what came since is looked for.
pub(super) fn sweep(connection: &Connection, project_id: ProjectId, rows: &Rows) -> duckdb::Result<usize> {
    let after = rows.swept_through();
    let mut removed = 0;
    for (told, key) in VERSIONED.into_iter().filter(|(told, _)| rows.last(*told) > after) {
        removed += connection.execute(&replaced_versions(told.table(), key), params![project_id.0, after])?;
    }
    if rows.last(Told::Loads) > after {
        for statement in replaced_loads() {
            removed += connection.execute(&statement, params![project_id.0])?;
        }
    }
    Ok(removed)
}

/// The currency of all money, if there is but one.
const CURRENCY: &str = "SELECT CASE WHEN min(currency) = max(currency) THEN min(currency) END FROM (
    SELECT currency FROM orders WHERE project_id = CAST(?1 AS UUID) AND net_micros <> 0
    UNION ALL SELECT currency FROM refunds WHERE project_id = CAST(?1 AS UUID) AND amount_micros <> 0
    UNION ALL SELECT currency FROM deals WHERE project_id = CAST(?1 AS UUID) AND amount_micros <> 0
    UNION ALL SELECT currency FROM ad_spend WHERE project_id = CAST(?1 AS UUID) AND cost_micros <> 0)";

/// After [`sweep`], while nothing is written.
pub(super) fn swept(connection: &Connection, project_id: ProjectId) -> Result<Swept> {
    let ask = |text: &str| connection.query_row(text, params![project_id.0], |row| row.get::<_, bool>(0)).map_err(failed);
    Ok(Swept {
        has_levels: ask(
            "SELECT count(*) > 0 FROM (
                SELECT 1 FROM loads WHERE project_id = CAST(?1 AS UUID) AND level <= 3 GROUP BY source, account, day HAVING min(level) <> max(level))",
        )?,
        lacks_visitors: ask("SELECT count(*) > 0 FROM orders WHERE project_id = CAST(?1 AS UUID) AND client_id = ''")?,
        has_channels: ask("SELECT count(*) > 0 FROM orders WHERE project_id = CAST(?1 AS UUID) AND channel <> ''")?,
        currency: connection.query_row(CURRENCY, params![project_id.0], |row| row.get(0)).map_err(failed)?,
        keeps_people: false,
    })
}

/// People of whom somebody was seen later, in all projects.
pub(super) fn known_later(connection: &Connection) -> duckdb::Result<usize> {
    let text = "DELETE FROM identities WHERE seq NOT IN (
        SELECT seq FROM identities
        QUALIFY row_number() OVER (PARTITION BY project_id, client_id ORDER BY seen_at_ms DESC, user_key DESC, seq DESC) = 1)";
    connection.execute(text, [])
}

/// The project is bound first, and after which `seq` keys may be there more than once.
fn replaced_versions(table: &str, key: &str) -> String {
    let of = format!("FROM {table} WHERE project_id = CAST(?1 AS UUID)");
    format!(
        "DELETE FROM {table} WHERE project_id = CAST(?1 AS UUID) AND seq IN (
            SELECT seq {of} AND ({key}) IN (
                SELECT {key} {of} AND ({key}) IN (SELECT {key} {of} AND seq > ?2) GROUP BY {key} HAVING count(*) > 1)
            QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY updated_at_ms DESC, seq DESC) > 1)"
    )
}

fn replaced_loads() -> [String; 3] {
    let of = "WHERE project_id = CAST(?1 AS UUID)";
    let ruling =
        format!("SELECT * FROM loads {of} QUALIFY row_number() OVER (PARTITION BY source, account, level, day ORDER BY seq DESC) = 1");
    let replaced = |table: &str, level: &str| {
        format!(
            "DELETE FROM {table} s WHERE s.project_id = CAST(?1 AS UUID) AND NOT EXISTS (
                SELECT 1 FROM ({ruling}) c
                WHERE s.source = c.source AND s.account = c.account AND {level} AND s.day = c.day AND s.load_id = c.load_id)"
        )
    };
    [
        replaced("ad_spend", "s.level = c.level"),
        replaced("web_sessions_daily", "c.level = 4"),
        format!("DELETE FROM loads {of} AND seq NOT IN (SELECT seq FROM ({ruling}))"),
    ]
}
