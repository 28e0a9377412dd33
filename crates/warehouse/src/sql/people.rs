//! Different people, exactly: visitors are told apart first, and joined into people afterwards, because there are fewer of them than events.

use barker_domain::Result;

use super::{Bound, Cell, MAX_GROUPS, events, keys, local_time::LocalTime, money, person::People};
use crate::question::{Measure, Question};

pub(super) fn text(question: &Question, measures: &[Measure], bound: &mut Bound) -> Result<String> {
    let (start_ms, end_ms) = question.instants()?;
    let project = bound.bind(Cell::Uuid(question.project_id.0));
    let time = LocalTime::new(&question.time_zone, start_ms, end_ms);
    let condition = "AND (client_id <> '' OR user_key <> '')";
    let names: Vec<_> = (0..question.group_by.len()).map(|place| format!("v.k{place} AS k{place}, ")).collect();
    let facts = format!(
        "{who},
         {happened},
         visitor AS (SELECT DISTINCT {keys} client_id, user_key FROM {from} WHERE 1 = 1{filters}),
         {different},
         fact AS (SELECT *, 1 AS sign, 1 AS people FROM different)",
        who = People::Told.tables(&project, bound),
        happened = events::happened(question, &project, (&["client_id", "user_key"], condition), bound)?,
        keys = keys::whole_keys(question, &time, bound),
        from = events::source(question),
        filters = keys::conditions(question, &time, bound),
        different = if bound.dialect.keeps_tables { apart(&names.concat()) } else { together(&names.concat()) },
    );
    if bound.dialect.keeps_tables && !question.group_by.is_empty() {
        return Ok(with_totals(&facts, question.group_by.len(), measures.len()));
    }
    Ok(money::sums(question, measures, &facts, bound))
}

/// The common table expression `different`: people, each once in every row that they are in.
fn together(names: &str) -> String {
    format!(
        "different AS (SELECT DISTINCT {names} {person} AS person FROM visitor v {join})",
        person = People::Told.of("v.user_key", "v.client_id", "''"),
        join = People::Told.join("v.client_id"),
    )
}

/// The same, with a `user_key` or else a `client_id`, and kept, because it is counted twice. Visitors of whom nobody knows who they are have
/// been told apart already.
fn apart(names: &str) -> String {
    format!(
        "known AS (
            SELECT {names} v.client_id AS client_id, CASE WHEN v.user_key <> '' THEN v.user_key ELSE coalesce(w.user_key, '') END AS user_key
            FROM visitor v {join}),
         different AS MATERIALIZED (
            SELECT * REPLACE (NULL AS user_key) FROM known WHERE user_key = ''
            UNION ALL SELECT DISTINCT * REPLACE (NULL AS client_id) FROM known WHERE user_key <> '')",
        join = People::Told.join("v.client_id"),
    )
}

/// Everybody once more, whichever rows they are in, without reading events again: a row that is marked.
fn with_totals(facts: &str, keys: usize, measures: usize) -> String {
    let names: Vec<_> = (0..keys).map(|place| format!("k{place}")).collect();
    let counts = |count: &str| vec![count; measures].join(", ");
    format!(
        "WITH {facts}
         SELECT {names}, {people}, 0 AS unconverted, false AS is_total FROM fact GROUP BY {names}
         UNION ALL SELECT {nothing}, {everybody}, 0 AS unconverted, true AS is_total FROM fact LIMIT {limit}",
        names = names.join(", "),
        people = counts("count(*)"),
        nothing = vec!["NULL"; keys].join(", "),
        everybody = counts("count(DISTINCT client_id) + count(DISTINCT user_key)"),
        limit = MAX_GROUPS + 2,
    )
}
