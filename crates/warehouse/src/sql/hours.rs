//! Events counted up by the hour, for questions that need no more: what `rollups` names is read from `event_hours`, and of the
//! events only what came later ([decision 69](../../../../docs/decisions/0069-hours-of-events.md)).

use uuid::Uuid;

use super::{Bound, Cell, Dialect, local_time::LocalTime};
use crate::question::{Dimension, Question};

const HOUR_MS: i64 = 3_600_000;
/// What hours know of their events. With campaigns as well, hours of a middling shop would have about as many rows as events.
pub(super) const KNOWN: &str = "channel, device, country";

/// Counts up the events between two `seq`, the first excluded, under that load's id: the rows of `event_hours`, and the line in
/// `rollups` that makes them count. In this order, where there are no transactions.
pub(crate) fn roll_up(
    dialect: Dialect,
    project_id: Uuid,
    load_id: Uuid,
    (after, through): (i64, i64),
) -> [(String, Vec<Cell<'static>>); 2] {
    let mut bound = Bound::new(dialect);
    let (load, last) = (bound.bind(Cell::Uuid(load_id)), bound.bind(Cell::Big(through)));
    let (project, after) = (bound.bind(Cell::Uuid(project_id)), bound.bind(Cell::Big(after)));
    // Without names where they are those of columns: ClickHouse would compare them instead.
    let hours = format!(
        "INSERT INTO event_hours
         SELECT project_id, occurred_at_ms - occurred_at_ms % {HOUR_MS} AS hour_ms, event_type, {KNOWN}, count(*), {load}, {last}
         FROM {events} WHERE project_id = {project} AND seq > {after} AND seq <= {last}
         GROUP BY project_id, hour_ms, event_type, {KNOWN}",
        events = dialect.once("events"),
    );
    let mut line = Bound::new(dialect);
    let values = [Cell::Uuid(project_id), Cell::Uuid(load_id), Cell::Big(through)].map(|cell| line.bind(cell));
    [(hours, bound.cells), (format!("INSERT INTO rollups SELECT {}", values.join(", ")), line.cells)]
}

/// Whether hours tell the answer: each of them lies within one hour, day and range of the question's, and nothing is asked that
/// they do not know.
pub(super) fn are_enough(question: &Question, time: &LocalTime, (start_ms, end_ms): (i64, i64)) -> bool {
    let mut dimensions = question.group_by.iter().chain(question.filters.iter().map(|filter| &filter.dimension));
    let is_whole = start_ms % HOUR_MS == 0 && end_ms % HOUR_MS == 0 && time.changes_on_the_hour();
    is_whole && dimensions.all(|it| it.is_time() || matches!(it, Dimension::Channel | Dimension::Device | Dimension::Country))
}

/// The rows of those hours, like events that happened as each began and came `times` times.
pub(super) fn rows(project: &str, (start, end): (&str, &str), (condition, through): (&str, &str)) -> String {
    format!(
        "SELECT hour_ms AS at_ms, event_type, times, {KNOWN} FROM event_hours
         WHERE project_id = {project} AND hour_ms >= {start} AND hour_ms < {end} {condition}
            AND load_id IN (SELECT load_id FROM rollups WHERE project_id = {project} AND seq <= {through})",
    )
}

#[cfg(test)]
mod tests {
    use barker_domain::{Day, ProjectId};
    use jiff::tz::TimeZone;

    use super::*;
    use crate::question::{Attribution, Measure, Sales};

    fn is_read_from_hours(time_zone: &str, group_by: Dimension, between_ms: Option<(i64, i64)>, rolled_through: i64) -> bool {
        let question = Question {
            project_id: ProjectId::generate(),
            days: (Day(20_170), Day(20_200)),
            between_ms,
            time_zone: TimeZone::get(time_zone).unwrap(),
            currency: "RUB".into(),
            measures: vec![Measure::Sessions],
            group_by: vec![group_by],
            filters: Vec::new(),
            sales: Sales::Orders,
            is_net_of_refunds: true,
            conversion_events: Vec::new(),
            attribution: Attribution::default(),
            limit: 10,
        };
        let standing = crate::sql::Standing::unknown(rolled_through);
        let statements = crate::sql::statements(&question, &standing, crate::duck::dialect::DIALECT).unwrap();
        statements.iter().any(|statement| statement.text.contains("event_hours"))
    }

    #[test]
    fn hours_are_read_where_they_tell_the_answer_and_nowhere_else() {
        assert!(is_read_from_hours("Europe/Moscow", Dimension::Channel, None, 1));
        assert!(is_read_from_hours("Europe/Berlin", Dimension::Hour, None, 1), "its clocks change on the hour");
        assert!(!is_read_from_hours("Europe/Moscow", Dimension::Channel, None, 0), "nothing was counted up yet");
        assert!(!is_read_from_hours("Asia/Kolkata", Dimension::Day, None, 1), "half an hour aside");
        for unknown in [Dimension::Attribute("plan".into()), Dimension::Campaign, Dimension::SourceType] {
            assert!(!is_read_from_hours("Europe/Moscow", unknown, None, 1));
        }
        let minutes = (20_180 * 86_400_000 + 60_000, 20_181 * 86_400_000);
        assert!(!is_read_from_hours("Europe/Moscow", Dimension::Channel, Some(minutes), 1));
    }
}
