//! Leads, and conversions of projects that name types of events for them.
//!
//! Leads are `lead` events, and deals from when they came to be.

use barker_domain::Result;

use super::{
    Bound, Cell,
    credit::{self, WHOLE},
    money,
    person::person,
};
use crate::question::{Measure, Question};

pub(super) fn leads(question: &Question, measures: &[Measure], bound: &mut Bound) -> Result<String> {
    let project = bound.bind(Cell::Uuid(question.project_id.0));
    let movements = format!(
        "movement AS (
            {events}
            UNION ALL
            SELECT {person} AS person, d.created_at_ms AS before_ms, d.created_at_ms AS at_ms, d.created_at_ms AS rate_at_ms, {WHOLE} AS arrivals
            FROM deal d LEFT JOIN who w ON d.client_id = w.visitor)",
        events = of_events(&project, "'lead'", bound),
        person = person("d.customer_key", "d.client_id", "''"),
    );
    let facts = credit::facts(question, &project, (&movements, &["arrivals"]), bound)?;
    Ok(money::sums(question, measures, &facts, bound))
}

pub(super) fn conversions(question: &Question, measures: &[Measure], bound: &mut Bound) -> Result<String> {
    let project = bound.bind(Cell::Uuid(question.project_id.0));
    let types = bound.bind_texts(&question.conversion_events);
    let movements = format!("movement AS ({})", of_events(&project, &types, bound));
    let facts = credit::facts(question, &project, (&movements, &["arrivals"]), bound)?;
    Ok(money::sums(question, measures, &facts, bound))
}

fn of_events(project: &str, types: &str, bound: &Bound) -> String {
    format!(
        "SELECT {person} AS person, e.occurred_at_ms AS before_ms, e.occurred_at_ms AS at_ms, e.occurred_at_ms AS rate_at_ms, {WHOLE} AS arrivals
         FROM (SELECT occurred_at_ms, user_key, client_id FROM {events} WHERE project_id = {project} AND event_type IN ({types})) e
         LEFT JOIN who w ON e.client_id = w.visitor",
        events = bound.dialect.once("events"),
        person = person("e.user_key", "e.client_id", "''"),
    )
}
