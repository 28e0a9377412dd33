//! Where a project's facts come from and how fresh they are: one row for each table, source and account.

use barker_domain::ProjectId;

use super::{Bound, Cell, Dialect, Statement, Totals};

/// Tables with the column of their source and the instant that their rows speak of.
const TABLES: [(&str, &str, &str); 5] = [
    (EVENTS, "source_type", "occurred_at_ms"),
    ("orders", "source", "occurred_at_ms"),
    ("refunds", "source", "occurred_at_ms"),
    ("deals", "source", "created_at_ms"),
    ("currency_rates", "currency", "day"),
];

/// The table of which only what came since may be asked.
pub(crate) const EVENTS: &str = "events";

/// Columns: table, source, account, the latest day or instant, and the greatest `seq`; of events those after a `seq`.
pub(crate) fn sources(project_id: ProjectId, events_after: i64, dialect: Dialect) -> Statement {
    let mut bound = Bound::new(dialect);
    let project = bound.bind(Cell::Uuid(project_id.0));
    let after = bound.bind(Cell::Big(events_after));
    let daily = format!(
        "SELECT CASE WHEN level <= 3 THEN 'ad_spend' ELSE 'web_sessions_daily' END AS facts, source, account, max(day) AS latest, max(seq) AS arrived
         FROM loads WHERE project_id = {project} GROUP BY facts, source, account"
    );
    let others = TABLES.iter().map(|(table, source, instant)| {
        let since = if *table == EVENTS { format!("AND seq > {after}") } else { String::new() };
        format!(
            "SELECT '{table}' AS facts, {source} AS source, '' AS account, max({instant}) AS latest, max(seq) AS arrived
         FROM {table} WHERE project_id = {project} {since} GROUP BY {source}"
        )
    });
    let parts: Vec<_> = std::iter::once(daily).chain(others).collect();
    let text = format!(
        "SELECT facts, source, account, latest, arrived FROM ({}) every ORDER BY facts, source, account",
        parts.join(" UNION ALL ")
    );
    Statement { text, cells: bound.cells, measures: Vec::new(), keys: 0, totals: Totals::None }
}
