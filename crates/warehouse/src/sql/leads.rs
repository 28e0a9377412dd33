//! Leads: `lead` events, and deals from when they came to be.

use barker_domain::Result;

use super::{
    Bound, Cell,
    local_time::LocalTime,
    money,
    sales::{latest_deals, time_keys},
};
use crate::question::{Measure, Question};

pub(super) fn text(question: &Question, measures: &[Measure], bound: &mut Bound) -> Result<String> {
    let (start_ms, end_ms) = question.instants()?;
    let project = bound.bind(Cell::Uuid(question.project_id.0));
    let start = bound.bind(Cell::Big(start_ms));
    let end = bound.bind(Cell::Big(end_ms));
    let time = LocalTime::new(&question.time_zone, start_ms, end_ms);
    let facts = format!(
        "deal AS ({deals}),
         arrival AS (
            SELECT occurred_at_ms AS at_ms FROM {events} WHERE project_id = {project} AND event_type = 'lead'
            UNION ALL SELECT created_at_ms AS at_ms FROM deal),
         fact AS (SELECT {keys} 1 AS sign, 1 AS leads FROM arrival WHERE at_ms >= {start} AND at_ms < {end})",
        deals = latest_deals(&project),
        events = bound.dialect.once("events"),
        keys = time_keys(question, &time, bound),
    );
    Ok(money::sums(question, measures, &facts, bound))
}
