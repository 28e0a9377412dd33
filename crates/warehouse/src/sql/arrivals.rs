//! Leads, and conversions of projects that name types of events for them.
//!
//! Leads are `lead` events, and deals from when they came to be.

use barker_domain::Result;

use super::{
    Bound, Cell,
    credit::{self, WHOLE},
    money,
    person::People,
};
use crate::question::{Measure, Question};

pub(super) fn leads(question: &Question, measures: &[Measure], bound: &mut Bound) -> Result<String> {
    let project = bound.bind(Cell::Uuid(question.project_id.0));
    let people = People::told_if(credit::is_by_touch(question));
    let deals = format!(
        "UNION ALL
         SELECT {person} AS person, d.created_at_ms AS before_ms, d.created_at_ms AS at_ms, d.created_at_ms AS rate_at_ms, {WHOLE} AS arrivals
         FROM deal d {join}",
        person = people.of("d.customer_key", "d.client_id", "''"),
        join = people.join("d.client_id"),
    );
    let movements = format!(
        "movement AS ({events} {deals})",
        events = of_events(&project, "'lead'", people, bound),
        deals = if bound.standing.has_deals { &deals } else { "" },
    );
    let facts = credit::facts(question, &project, (people, &movements, &["arrivals"]), bound)?;
    Ok(money::sums(question, measures, &facts, bound))
}

pub(super) fn conversions(question: &Question, measures: &[Measure], bound: &mut Bound) -> Result<String> {
    let project = bound.bind(Cell::Uuid(question.project_id.0));
    let types = bound.bind_texts(&question.conversion_events);
    let people = People::told_if(credit::is_by_touch(question));
    let movements = format!("movement AS ({})", of_events(&project, &types, people, bound));
    let facts = credit::facts(question, &project, (people, &movements, &["arrivals"]), bound)?;
    Ok(money::sums(question, measures, &facts, bound))
}

fn of_events(project: &str, types: &str, people: People, bound: &Bound) -> String {
    format!(
        "SELECT {person} AS person, e.occurred_at_ms AS before_ms, e.occurred_at_ms AS at_ms, e.occurred_at_ms AS rate_at_ms, {WHOLE} AS arrivals
         FROM (SELECT occurred_at_ms, user_key, client_id FROM {events} WHERE project_id = {project} AND event_type IN ({types})) e {join}",
        events = bound.dialect.once("events"),
        person = people.of("e.user_key", "e.client_id", "''"),
        join = people.join("e.client_id"),
    )
}
