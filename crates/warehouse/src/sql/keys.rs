//! What rows are split and filtered by: expressions over facts that know where they belong.

use super::{Bound, Cell, local_time::LocalTime};
use crate::question::{Dimension, Filter, OWN_SOURCE, Question};

/// The keys `k0`, `k1`, ... of facts with the columns of a place and `at_ms`, each with a comma behind it. Weeks and months are told
/// by their days: whoever adds up days puts them together later.
pub(super) fn keys(question: &Question, time: &LocalTime, bound: &mut Bound) -> String {
    let keys = question.group_by.iter().enumerate().map(|(place, dimension)| format!("{} AS k{place}, ", key(dimension, time, bound)));
    keys.collect::<Vec<_>>().concat()
}

/// The same, with weeks and months: for counts of what is different, which days do not add up to.
pub(super) fn whole_keys(question: &Question, time: &LocalTime, bound: &mut Bound) -> String {
    let key_of = |(place, dimension): (usize, &Dimension)| {
        let day = time.day(bound.dialect, "at_ms");
        let key = match dimension {
            Dimension::Week => time.week(bound.dialect, "at_ms"),
            Dimension::Month => bound.dialect.month(&day),
            other => key(other, time, bound),
        };
        format!("{key} AS k{place}, ")
    };
    question.group_by.iter().enumerate().map(key_of).collect::<Vec<_>>().concat()
}

/// What all filters say, with an `AND` before each.
pub(super) fn conditions(question: &Question, time: &LocalTime, bound: &mut Bound) -> String {
    let condition_of = |filter: &Filter| {
        let key = key(&filter.dimension, time, bound);
        format!(" AND {}", condition(&key, filter, bound))
    };
    question.filters.iter().map(condition_of).collect::<Vec<_>>().concat()
}

pub(super) fn condition(key: &str, filter: &Filter, bound: &mut Bound) -> String {
    let word = if filter.is_excluding { "NOT IN" } else { "IN" };
    format!("{key} {word} ({})", bound.bind_texts(&filter.values))
}

fn key(dimension: &Dimension, time: &LocalTime, bound: &mut Bound) -> String {
    let column = match dimension {
        Dimension::Hour => return time.hour("at_ms"),
        Dimension::Day | Dimension::Week | Dimension::Month => return time.day(bound.dialect, "at_ms"),
        Dimension::Attribute(name) => {
            let name = bound.bind(Cell::Text((bound.dialect.attribute_name)(name).into()));
            return bound.dialect.attribute("attributes", &name);
        }
        Dimension::SourceType => "CASE WHEN source <> '' THEN source ELSE source_type END",
        Dimension::Advertiser => return advertiser(),
        Dimension::Source => "source",
        Dimension::Account => "account",
        Dimension::Campaign => "campaign_id",
        Dimension::CampaignName => "campaign_name",
        Dimension::CampaignKey => "campaign_key",
        Dimension::AdGroup => "ad_group_id",
        Dimension::Ad => "ad_id",
        Dimension::AdName => "ad_name",
        Dimension::Channel => "channel",
        Dimension::Device => "device",
        Dimension::Country => "country",
    };
    column.to_owned()
}

/// Of anything that knows its source and account.
pub(super) fn advertiser() -> String {
    format!("CASE WHEN source = '{OWN_SOURCE}' THEN account ELSE '' END")
}
