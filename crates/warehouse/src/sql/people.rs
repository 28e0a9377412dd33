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
         different AS (SELECT DISTINCT {names} {person} AS person FROM visitor v {join}),
         fact AS (SELECT *, 1 AS sign, 1 AS people FROM different)",
        who = People::Told.tables(&project, bound),
        happened = events::happened(question, &project, (&["client_id", "user_key"], condition), bound)?,
        keys = keys::whole_keys(question, &time, bound),
        from = events::source(question),
        filters = keys::conditions(question, &time, bound),
        names = names.concat(),
        person = People::Told.of("v.user_key", "v.client_id", "''"),
        join = People::Told.join("v.client_id"),
    );
    if bound.dialect.keeps_tables && !question.group_by.is_empty() {
        return Ok(with_totals(&facts, question.group_by.len(), measures.len()));
    }
    Ok(money::sums(question, measures, &facts, bound))
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
        everybody = counts("count(DISTINCT person)"),
        limit = MAX_GROUPS + 2,
    )
}
