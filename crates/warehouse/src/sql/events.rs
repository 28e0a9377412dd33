//! Counts of events by what they say of themselves: sessions, and events of any type.

use barker_domain::Result;

use super::{Bound, Cell, hours, keys, local_time::LocalTime, money, place};
use crate::question::{Measure, Question};

const SESSION_START: &str = "session_start";

pub(super) fn text(question: &Question, measures: &[Measure], rolled_through: i64, bound: &mut Bound) -> Result<String> {
    let (start_ms, end_ms) = question.instants()?;
    let project = bound.bind(Cell::Uuid(question.project_id.0));
    let time = LocalTime::new(&question.time_zone, start_ms, end_ms);
    let types: Vec<_> =
        measures.iter().map(|measure| if let Measure::Events(name) = measure { name } else { SESSION_START }.to_owned()).collect();
    let bound_types: Vec<_> = types.iter().map(|name| bound.bind(Cell::Text(name.clone().into()))).collect();
    let condition = format!("AND event_type IN ({})", bound_types.join(", "));
    let counts =
        bound_types.iter().enumerate().map(|(place, name)| format!("CASE WHEN event_type = {name} THEN times ELSE 0 END AS e{place}"));
    let through = (rolled_through > 0 && hours::are_enough(question, &time, (start_ms, end_ms))).then_some(rolled_through);
    let facts = format!(
        "{placed},
         fact AS (SELECT {keys} 1 AS sign, {counts} FROM {from} WHERE 1 = 1{filters})",
        placed = counted(question, (&project, &condition), ((start_ms, end_ms), through), bound),
        keys = keys::keys(question, &time, bound),
        counts = counts.collect::<Vec<_>>().join(", "),
        from = source(question),
        filters = keys::conditions(question, &time, bound),
    );
    Ok(money::sums(question, measures, &facts, bound))
}

/// The common table expression that [`source`] names: events within the range with how many `times` each counts. Through that `seq`
/// they are counted up by the hour.
fn counted(
    question: &Question,
    (project, condition): (&str, &str),
    ((start_ms, end_ms), through): ((i64, i64), Option<i64>),
    bound: &mut Bound,
) -> String {
    let (start, end) = (bound.bind(Cell::Big(start_ms)), bound.bind(Cell::Big(end_ms)));
    let of_events = |said: &str| {
        format!(
            "SELECT occurred_at_ms AS at_ms, event_type, 1 AS times, {said} FROM {events}
             WHERE project_id = {project} AND occurred_at_ms >= {start} AND occurred_at_ms < {end} {condition}",
            events = bound.dialect.once("events"),
        )
    };
    let Some(through) = through else {
        let happened = format!("happened AS ({})", of_events(&place::SAID.join(", ")));
        return placed(question, (project, bound), &happened, &["at_ms", "event_type", "times"]);
    };
    let later = of_events(hours::KNOWN);
    let through = bound.bind(Cell::Big(through));
    let before = hours::rows(project, (&start, &end), (condition, &through));
    format!("happened AS ({before} UNION ALL {later} AND seq > {through})")
}

/// The common table expression that [`source`] names: events within the range, with `at_ms`, `rest`, and their places where they are asked for.
pub(super) fn happened(question: &Question, project: &str, (rest, condition): (&[&str], &str), bound: &mut Bound) -> Result<String> {
    let (start_ms, end_ms) = question.instants()?;
    let start = bound.bind(Cell::Big(start_ms));
    let end = bound.bind(Cell::Big(end_ms));
    let happened = format!(
        "happened AS (
            SELECT occurred_at_ms AS at_ms, {rest}, {said} FROM {events}
            WHERE project_id = {project} AND occurred_at_ms >= {start} AND occurred_at_ms < {end} {condition})",
        rest = rest.join(", "),
        said = place::SAID.join(", "),
        events = bound.dialect.once("events"),
    );
    let columns: Vec<_> = ["at_ms"].into_iter().chain(rest.iter().copied()).collect();
    Ok(placed(question, (project, bound), &happened, &columns))
}

fn placed(question: &Question, (project, bound): (&str, &Bound), happened: &str, columns: &[&str]) -> String {
    if source(question) == "placed" {
        format!("{happened}, {}", place::placed(project, ("happened", columns), bound))
    } else {
        happened.to_owned()
    }
}

pub(super) fn source(question: &Question) -> &'static str {
    let mut dimensions = question.group_by.iter().chain(question.filters.iter().map(|filter| &filter.dimension));
    if place::is_needed(&mut dimensions) { "placed" } else { "happened" }
}
