//! What platforms say about advertising: current loads only, and levels that are never added up together.
//!
//! A total comes from the coarsest level that was loaded for a day of an account. Where a finer one is asked for, its
//! rows are counted under their own names and taken off again under the names that the next coarser level knows, where
//! that level's rows are counted as well. So what remains there is the residual, and every breakdown has the same total.

use super::{Bound, Cell, keys, money, place};
use crate::question::{Dimension, Measure, Question};

/// What a row's day says of its levels.
const OF_LEVELS: &str = "p.finest AS finest,
    CASE WHEN s.level > 2 AND p.has_2 = 1 THEN 2 WHEN s.level > 1 AND p.has_1 = 1 THEN 1 WHEN s.level > 0 AND p.has_0 = 1 THEN 0 ELSE -1 END AS coarser";
const LEVEL_JOIN: &str =
    "JOIN ruling c ON s.source = c.source AND s.account = c.account AND s.level = c.level AND s.day = c.day AND s.load_id = c.load_id
     JOIN span p ON s.source = p.source AND s.account = p.account AND s.day = p.day";

pub(super) fn text(question: &Question, measures: &[Measure], bound: &mut Bound) -> String {
    let project = bound.bind(Cell::Uuid(question.project_id.0));
    let first = bound.bind(Cell::Integer(question.days.0.0));
    let last = bound.bind(Cell::Integer(question.days.1.0));
    let dimensions = || question.group_by.iter().chain(question.filters.iter().map(|filter| &filter.dimension));
    let level = dimensions().map(Dimension::level).max().unwrap_or(0);
    let is_named = dimensions().any(|it| matches!(it, Dimension::CampaignName | Dimension::CampaignKey));
    let mut filters: Vec<_> = question.filters.iter().map(|filter| keys::condition(&key(&filter.dimension), filter, bound)).collect();
    filters.insert(0, "1 = 1".to_owned());
    let keys: Vec<_> = question.group_by.iter().enumerate().map(|(place, it)| format!("{} AS k{place}, ", key(it))).collect();
    let has_levels = bound.standing.swept.as_ref().is_none_or(|swept| swept.has_levels);
    let facts = format!(
        "{levels}
         {names}
         spend AS (
            SELECT s.source AS source, s.account AS account, s.day AS day, s.level AS own, {of_level},
                s.campaign_id AS campaign_id, {name} AS campaign_name, {cleaned} AS campaign_key,
                s.ad_group_id AS ad_group_id, s.ad_id AS ad_id, s.ad_name AS ad_name,
                s.impressions AS impressions, s.clicks AS clicks, s.cost_micros AS cost, s.conversions_micros AS conversions,
                s.currency AS currency, s.channel AS channel {naming}
            FROM ad_spend s {level_join} {name_join}
            WHERE s.project_id = {project} AND s.day BETWEEN {first} AND {last} AND s.level <= {detail}),
         signed AS (SELECT 1 AS sign, own AS shown, * FROM spend {taken_off}),
         fact AS (
            SELECT {keys} sign, sign * impressions AS impressions, sign * clicks AS clicks, sign * conversions AS conversions,
                sign * cost AS amount, currency, day AS rate_day {named}
            FROM signed WHERE {filters})",
        levels = if has_levels { levels((&project, &first, &last), level) } else { String::new() },
        of_level = if has_levels { OF_LEVELS } else { "s.level AS finest, -1 AS coarser" },
        level_join = if has_levels { LEVEL_JOIN } else { "" },
        detail = if has_levels { "p.detail" } else { "3" },
        taken_off = if has_levels { "UNION ALL SELECT -1 AS sign, coarser AS shown, * FROM spend WHERE coarser >= 0" } else { "" },
        names = if is_named { format!("{},", place::campaigns(&project, bound)) } else { String::new() },
        name = if is_named { "coalesce(n.campaign_name, s.campaign_name)" } else { "s.campaign_name" },
        cleaned = if is_named { "coalesce(n.campaign_key, s.campaign_key)" } else { "s.campaign_key" },
        name_join = if is_named {
            "LEFT JOIN campaign n ON s.source = n.source AND s.account = n.account AND s.campaign_id = n.campaign_id"
        } else {
            ""
        },
        naming = bound.naming("concat('s ', CAST(s.seq AS VARCHAR))"),
        named = bound.naming("fact_id"),
        keys = keys.concat(),
        filters = filters.join(" AND "),
    );
    money::sums(question, measures, &facts, bound)
}

/// `ruling`, the load that counts for each day of an account's level, and `span`: which levels each day has, and down to which one its
/// rows are read.
fn levels((project, first, last): (&str, &str, &str), level: i32) -> String {
    format!(
        "ruling AS (
            SELECT source, account, level, day, load_id FROM loads WHERE project_id = {project} AND day BETWEEN {first} AND {last} AND level <= 3
            QUALIFY row_number() OVER (PARTITION BY source, account, level, day ORDER BY seq DESC) = 1),
         span AS (
            SELECT source, account, day, min(CASE WHEN level >= {level} THEN level ELSE 3 END) AS detail, max(level) AS finest,
                max(CASE WHEN level = 0 THEN 1 ELSE 0 END) AS has_0, max(CASE WHEN level = 1 THEN 1 ELSE 0 END) AS has_1,
                max(CASE WHEN level = 2 THEN 1 ELSE 0 END) AS has_2
            FROM ruling GROUP BY source, account, day),"
    )
}

/// A name that the level shown does not know is empty. A whole account's channel is looked at where it has no campaigns.
fn key(dimension: &Dimension) -> String {
    let column = match dimension {
        Dimension::Hour | Dimension::Day | Dimension::Week | Dimension::Month => "day",
        Dimension::Channel => return "CASE WHEN shown >= 1 OR finest = 0 THEN channel ELSE '' END".to_owned(),
        Dimension::Advertiser => return keys::advertiser(),
        Dimension::Source | Dimension::SourceType => "source",
        Dimension::Account => "account",
        Dimension::Campaign => "campaign_id",
        Dimension::CampaignName => "campaign_name",
        Dimension::CampaignKey => "campaign_key",
        Dimension::AdGroup => "ad_group_id",
        Dimension::Ad => "ad_id",
        Dimension::AdName => "ad_name",
        // Platforms do not split what they say by these.
        Dimension::Device | Dimension::Country | Dimension::Attribute(_) => "''",
    };
    match dimension.level() {
        0 => column.to_owned(),
        level => format!("CASE WHEN shown >= {level} THEN {column} ELSE '' END"),
    }
}
