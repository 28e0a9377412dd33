//! Where a touch or an event belongs: which platform, account, campaign and ad.
//!
//! By ids first: the campaign's, else that of the ad's campaign, else `utm_campaign` where platforms write ids; else by the cleaned
//! name that campaigns have now, else by one that they once had. Among spend's campaigns, whenever they were seen. Where several have the
//! id or the name, what they do not share stays empty. What is not found keeps what it says itself.

use super::{Bound, derived};
use crate::question::Dimension;

/// Loads that count, whenever.
const EVER: &str = "ever AS (
    SELECT source, account, level, day, load_id FROM loads WHERE project_id = {project} AND level <= 3
    QUALIFY row_number() OVER (PARTITION BY source, account, level, day ORDER BY seq DESC) = 1),";
const RULING: &str =
    "JOIN ever c ON s.source = c.source AND s.account = c.account AND s.level = c.level AND s.day = c.day AND s.load_id = c.load_id";

/// What a touch or event says of its place, and of itself.
pub(super) const SAID: [&str; 11] = [
    "campaign_id",
    "campaign_name",
    "campaign_key",
    "utm_campaign",
    "ad_id",
    "ad_name",
    "source_type",
    "channel",
    "device",
    "country",
    "attributes",
];

pub(super) fn is_needed<'a>(mut dimensions: impl Iterator<Item = &'a Dimension>) -> bool {
    dimensions
        .any(|it| !it.is_time() && !matches!(it, Dimension::Channel | Dimension::Device | Dimension::Country | Dimension::Attribute(_)))
}

/// Greater than every `seq`: a day times this and the `seq` added are in the order of days, and within a day of arrival.
const AFTER_EVERY_SEQ: &str = "9223372036854775808";
/// What was said last comes first, and before what says no name.
const LATEST: &str = "DESC, latest DESC";
/// The common table expression `campaign`, of `spent`.
const CAMPAIGN: &str = "campaign AS (
    SELECT source, account, campaign_id, campaign_name, campaign_key, latest FROM spent WHERE campaign_id <> ''
    QUALIFY row_number() OVER (
        PARTITION BY source, account, campaign_id ORDER BY CASE WHEN campaign_name <> '' THEN 1 ELSE 0 END DESC, latest DESC) = 1)";

/// The common table expression `campaign`: each campaign of a platform with the name that it has now; and whatever it needs.
pub(super) fn campaigns(project: &str, bound: &Bound) -> String {
    if bound.standing.derived.is_some() {
        return derived::kept("campaign", project);
    }
    format!("{}, {CAMPAIGN}", spent(project, bound))
}

/// The common table expression `spent`: all that was ever said of campaigns and ads, with when it was said last; each once, where that is
/// worked out once.
pub(super) fn spent(project: &str, bound: &Bound) -> String {
    let dialect = bound.dialect;
    let is_swept = bound.standing.swept.is_some();
    let said = "s.source, s.account, s.campaign_id, s.campaign_name, s.campaign_key, s.ad_group_id, s.ad_id, s.ad_name";
    let said_at = format!("{} * {} + {}", dialect.wide("s.day"), dialect.wide(AFTER_EVERY_SEQ), dialect.wide("s.seq"));
    let (latest, grouped) =
        if dialect.keeps_tables { (format!("max({said_at})"), format!("GROUP BY {said}")) } else { (said_at, String::new()) };
    format!(
        "{ever}
         spent AS (
            SELECT s.source AS source, s.account AS account, s.campaign_id AS campaign_id, s.campaign_name AS campaign_name,
                s.campaign_key AS campaign_key, s.ad_group_id AS ad_group_id, s.ad_id AS ad_id, s.ad_name AS ad_name, {latest} AS latest
            FROM ad_spend s {ruling} WHERE s.project_id = {project} {grouped})",
        ever = if is_swept { String::new() } else { EVER.replace("{project}", project) },
        ruling = if is_swept { "" } else { RULING },
    )
}

/// The common table expressions `by_ad`, `by_id` and `by_key`, each with at most one row for what it is named after; and whatever they need.
pub(super) fn directories(project: &str, bound: &Bound) -> String {
    if bound.standing.derived.is_some() {
        return ["by_ad", "by_id", "by_key"].map(|table| derived::kept(table, project)).join(", ");
    }
    format!("{}, {}", spent(project, bound), directories_of_spent())
}

/// The common table expressions `campaign`, `by_ad`, `by_id` and `by_key`, of `spent`.
pub(super) fn directories_of_spent() -> String {
    format!(
        "{CAMPAIGN},
         by_ad AS (
            SELECT ad_id, ad_name, {campaign_id} AS campaign_id, {ad_group_id} AS ad_group_id FROM spent WHERE ad_id <> ''
            QUALIFY row_number() OVER (PARTITION BY ad_id ORDER BY CASE WHEN ad_name <> '' THEN 1 ELSE 0 END {LATEST}) = 1),
         by_id AS (
            SELECT campaign_id, {id_source} AS source, {id_account} AS account, campaign_name, campaign_key FROM campaign
            QUALIFY row_number() OVER (
                PARTITION BY campaign_id ORDER BY CASE WHEN campaign_name <> '' THEN 1 ELSE 0 END {LATEST}) = 1),
         named AS (
            SELECT DISTINCT source, account, campaign_id, campaign_key AS said_key FROM spent WHERE campaign_id <> '' AND campaign_key <> ''),
         bearers AS (
            SELECT n.said_key AS said_key, c.campaign_id AS campaign_id, c.source AS source, c.account AS account,
                c.campaign_name AS campaign_name, c.campaign_key AS campaign_key, c.latest AS latest
            FROM named n JOIN campaign c ON n.source = c.source AND n.account = c.account AND n.campaign_id = c.campaign_id),
         bearers_first AS (
            SELECT said_key, campaign_id, source, account, campaign_name, campaign_key, latest FROM bearers
            QUALIFY rank() OVER (PARTITION BY said_key ORDER BY CASE WHEN said_key = campaign_key THEN 1 ELSE 0 END DESC) = 1),
         by_key AS (
            SELECT said_key, {key_id} AS campaign_id, {key_source} AS source, {key_account} AS account, campaign_name, campaign_key
            FROM bearers_first QUALIFY row_number() OVER (PARTITION BY said_key ORDER BY latest DESC) = 1)",
        campaign_id = shared("campaign_id", "ad_id"),
        ad_group_id = shared("ad_group_id", "ad_id"),
        id_source = shared("source", "campaign_id"),
        id_account = shared("account", "campaign_id"),
        key_id = shared("campaign_id", "said_key"),
        key_source = shared("source", "said_key"),
        key_account = shared("account", "said_key"),
    )
}

/// The common table expression `placed`: the rows of `from`, which has the columns [`SAID`], with their places and `rest`.
pub(super) fn placed(project: &str, (from, rest): (&str, &[&str]), bound: &Bound) -> String {
    let rest: Vec<_> = rest.iter().map(|column| format!("t.{column} AS {column}")).collect();
    format!(
        "{directories},
         placed AS (
            SELECT CASE WHEN i.campaign_id IS NOT NULL THEN i.source ELSE coalesce(k.source, '') END AS source,
                CASE WHEN i.campaign_id IS NOT NULL THEN i.account ELSE coalesce(k.account, '') END AS account,
                CASE WHEN i.campaign_id IS NOT NULL THEN i.campaign_id WHEN coalesce(k.campaign_id, '') <> '' THEN k.campaign_id
                    ELSE t.campaign_id END AS campaign_id,
                CASE WHEN i.campaign_id IS NOT NULL THEN i.campaign_name WHEN k.said_key IS NOT NULL THEN k.campaign_name
                    WHEN t.campaign_name <> '' THEN t.campaign_name ELSE t.utm_campaign END AS campaign_name,
                CASE WHEN i.campaign_id IS NOT NULL THEN i.campaign_key WHEN k.said_key IS NOT NULL THEN k.campaign_key
                    ELSE t.campaign_key END AS campaign_key,
                coalesce(t.of_ad_group, '') AS ad_group_id, t.ad_id AS ad_id,
                CASE WHEN coalesce(t.of_ad_name, '') <> '' THEN t.of_ad_name ELSE t.ad_name END AS ad_name,
                t.source_type AS source_type, t.channel AS channel, t.device AS device, t.country AS country, t.attributes AS attributes,
                {rest}
            FROM (
                SELECT r.*, a.ad_group_id AS of_ad_group, a.ad_name AS of_ad_name,
                    CASE WHEN r.campaign_id <> '' THEN r.campaign_id WHEN coalesce(a.campaign_id, '') <> '' THEN a.campaign_id
                        ELSE r.utm_campaign END AS likely_id
                FROM {from} r LEFT JOIN by_ad a ON r.ad_id = a.ad_id) t
            LEFT JOIN by_id i ON t.likely_id = i.campaign_id
            LEFT JOIN by_key k ON t.campaign_key = k.said_key)",
        directories = directories(project, bound),
        rest = rest.join(", "),
    )
}

/// The value that all rows with the same `id` share, else none.
fn shared(column: &str, id: &str) -> String {
    let over = format!("OVER (PARTITION BY {id})");
    format!("CASE WHEN min({column}) {over} = max({column}) {over} THEN {column} ELSE '' END")
}
