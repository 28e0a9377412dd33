//! A question without anything special: measures of one day, in roubles and UTC.

use barker_domain::{Day, ProjectId};
use barker_warehouse::question::{Attribution, Measure, Question, Sales};
use jiff::tz::TimeZone;

/// Of 1970-01-01, which facts without a time of their own belong to.
pub(crate) fn of_first_day(project_id: ProjectId, measures: Vec<Measure>) -> Question {
    Question {
        project_id,
        days: (Day(0), Day(0)),
        between_ms: None,
        time_zone: TimeZone::UTC,
        currency: "RUB".into(),
        measures,
        group_by: Vec::new(),
        filters: Vec::new(),
        sales: Sales::Orders,
        is_net_of_refunds: true,
        conversion_events: Vec::new(),
        attribution: Attribution::default(),
        limit: 10,
    }
}
