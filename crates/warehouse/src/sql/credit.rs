//! Which touches are credited: the end of every statement about orders, revenue, customers and leads.
//!
//! A touch is a click or the start of a session that has a channel, or an order whose shop knows one; an impression is none. Of
//! several at one instant the event with the greatest id counts. What no touch is credited with keeps empty keys, so that the sum of
//! all rows is the number of conversions, whatever the model, the lookback and the breakdown.

use barker_domain::Result;

use super::{Bound, Cell, keys, local_time::LocalTime, money, person::People, place};
use crate::question::{Attribution, DatedBy, Dimension, Model, Question};

/// What is counted is told in millionths, because touches may share it.
pub(super) const WHOLE: i64 = 1_000_000;
const DAY_MS: i64 = 86_400_000;
/// How long before and after the range the clocks are known: facts of other days are converted at rates of theirs.
const BEFORE_MS: i64 = 400 * DAY_MS;
const AFTER_MS: i64 = 3_653 * DAY_MS;
/// Which part a row is, counted from 1, and of how many.
const PARTS: [&str; 2] = ["part", "parts"];

/// Common table expressions, the last of which is `fact`. `movements` are those that come before it and end with `movement`: `person`,
/// `before_ms` (touches until then), `at_ms`, `rate_at_ms`, and the columns of `payload`; they may use those of [`People::tables`].
/// People have to be told where [`is_by_touch`].
pub(super) fn facts(
    question: &Question,
    project: &str,
    (people, movements, payload): (People, &str, &[&str]),
    bound: &mut Bound,
) -> Result<String> {
    let (start_ms, end_ms) = question.instants()?;
    let start = bound.bind(Cell::Big(start_ms));
    let end = bound.bind(Cell::Big(end_ms));
    let time = LocalTime::new(&question.time_zone, start_ms, end_ms);
    let rate_time = LocalTime::new(&question.time_zone, start_ms.saturating_sub(BEFORE_MS), end_ms.saturating_add(AFTER_MS));
    let is_by_touch = is_by_touch(question);
    let mut columns = vec!["rate_at_ms"];
    columns.extend(payload);
    let mut credited = match (is_by_touch, is_shared(question)) {
        (false, _) => String::new(),
        (true, false) => credited(question.attribution, (project, &start, &end), &columns, bound),
        (true, true) => shared(question.attribution, (project, &start, &end), &columns, bound),
    };
    if is_shared(question) {
        columns.extend(PARTS);
    }
    let mut from = if is_by_touch { "credited" } else { "movement" };
    if place::is_needed(dimensions(question)) {
        let rest: Vec<_> = ["at_ms"].into_iter().chain(columns.iter().copied()).collect();
        credited = format!("{credited}, {}", place::placed(project, (from, &rest), bound));
        from = "placed";
    }
    Ok(format!(
        "{who}, {movements}{comma}{credited},
         fact AS (
            SELECT {keys} 1 AS sign, {rate_day} AS rate_day, {payload}{parts} FROM {from} WHERE at_ms >= {start} AND at_ms < {end}{filters})",
        who = people.tables(project, bound),
        comma = if is_by_touch { ", " } else { "" },
        keys = keys::keys(question, &time, bound),
        rate_day = rate_time.day(bound.dialect, "rate_at_ms"),
        payload = payload.iter().map(|column| part_of(question, column, bound)).collect::<Vec<_>>().join(", "),
        parts = if is_shared(question) { format!(", {}", PARTS.join(", ")) } else { String::new() },
        filters = keys::conditions(question, &time, bound),
    ))
}

fn dimensions(question: &Question) -> impl Iterator<Item = &Dimension> {
    question.group_by.iter().chain(question.filters.iter().map(|filter| &filter.dimension))
}

/// Whether it matters which touch is credited.
pub(super) fn is_by_touch(question: &Question) -> bool {
    question.attribution.dated_by == DatedBy::Touch || dimensions(question).any(|it| !it.is_time())
}

/// Whether facts have the columns [`PARTS`], because touches share what they stand for.
pub(super) fn is_shared(question: &Question) -> bool {
    question.attribution.model == Model::Linear && is_by_touch(question)
}

/// What is counted, as a part of it where touches share it. Money is shared after it was converted.
fn part_of(question: &Question, column: &str, bound: &Bound) -> String {
    let is_counted = !matches!(column, "amount" | "currency" | "fact_id");
    if is_counted && is_shared(question) { format!("{} AS {column}", money::part(bound.dialect, column, "")) } else { column.to_owned() }
}

/// `touch` and `credited`: movements with the touch that each is credited to.
fn credited(attribution: Attribution, (project, start, end): (&str, &str, &str), columns: &[&str], bound: &Bound) -> String {
    let lookback_ms = i64::from(attribution.lookback_days) * DAY_MS;
    let (join, is_within) = match attribution.model {
        Model::LastNonDirect | Model::LastTouch => ("m.before_ms >= t.at_ms", format!("t.at_ms >= m.before_ms - {lookback_ms}")),
        Model::FirstTouch | Model::Linear => ("m.since_ms <= t.at_ms", "t.at_ms <= m.before_ms".to_owned()),
    };
    let is_dated_by_touch = attribution.dated_by == DatedBy::Touch;
    let said = place::SAID.iter().map(|column| format!("CASE WHEN {is_within} THEN t.{column} ELSE {} END AS {column}", nothing(column)));
    let columns = columns.iter().map(|column| format!("m.{column} AS {column}"));
    format!(
        "{wanted},
         credited AS (
            SELECT {said}, {columns}, {at} AS at_ms FROM wanted m ASOF LEFT JOIN touch t ON m.person = t.person AND {join})",
        wanted = wanted(attribution, (project, start, end), bound),
        said = said.collect::<Vec<_>>().join(", "),
        columns = columns.collect::<Vec<_>>().join(", "),
        at = if is_dated_by_touch { format!("CASE WHEN {is_within} THEN t.at_ms ELSE m.at_ms END") } else { "m.at_ms".to_owned() },
    )
}

/// The same for touches that share each movement: as many rows as it has touches, numbered by time, or one where it has none.
fn shared(attribution: Attribution, range: (&str, &str, &str), columns: &[&str], bound: &Bound) -> String {
    let said = place::SAID.join(", ");
    let nothing = place::SAID.iter().map(|column| format!("{} AS {column}", nothing(column))).collect::<Vec<_>>().join(", ");
    let of_touch = place::SAID.iter().map(|column| format!("t.{column} AS {column}")).collect::<Vec<_>>().join(", ");
    let of_movement = columns.iter().map(|column| format!("m.{column} AS {column}")).collect::<Vec<_>>().join(", ");
    let at = match attribution.dated_by {
        DatedBy::Conversion => "m.at_ms",
        DatedBy::Touch => "CASE WHEN t.is_none = 1 THEN m.at_ms ELSE t.touched_at_ms END",
    };
    format!(
        "{wanted},
         offered AS (
            SELECT person, at_ms AS touched_at_ms, 0 AS is_none, {said} FROM touch
            UNION ALL SELECT DISTINCT person, 0 AS touched_at_ms, 1 AS is_none, {nothing} FROM wanted),
         taken AS (
            SELECT {of_touch}, {of_movement}, {at} AS at_ms, t.is_none AS is_none,
                count(*) OVER (PARTITION BY m.place) - 1 AS touch_count,
                row_number() OVER (PARTITION BY m.place ORDER BY t.is_none, t.touched_at_ms) AS part
            FROM (SELECT *, row_number() OVER () AS place FROM wanted) m JOIN offered t ON m.person = t.person
            WHERE t.is_none = 1 OR (t.touched_at_ms >= m.since_ms AND t.touched_at_ms <= m.before_ms)),
         credited AS (
            SELECT {said}, {columns}, at_ms, part, CASE WHEN touch_count = 0 THEN 1 ELSE touch_count END AS parts
            FROM taken WHERE is_none = 0 OR touch_count = 0)",
        wanted = wanted(attribution, range, bound),
        columns = columns.join(", "),
    )
}

/// `wanted` and `touch`: what is looked for, and what it may be credited to.
fn wanted(attribution: Attribution, (project, start, end): (&str, &str, &str), bound: &Bound) -> String {
    let is_relevant = match attribution.dated_by {
        DatedBy::Conversion => format!("at_ms >= {start} AND at_ms < {end}"),
        // A touch before the end may be followed by a conversion later.
        DatedBy::Touch => format!("(at_ms >= {start} AND at_ms < {end}) OR before_ms >= {start}"),
    };
    let lookback_ms = i64::from(attribution.lookback_days) * DAY_MS;
    let touches = touches(project, attribution, &touched_between(attribution, (start, end), bound), bound);
    // Otherwise DuckDB would work it out wherever it is named.
    let kept = if bound.dialect.keeps_tables { "MATERIALIZED" } else { "" };
    format!("wanted AS {kept} (SELECT *, before_ms - {lookback_ms} AS since_ms FROM movement WHERE {is_relevant}), touch AS ({touches})")
}

/// What stands where no touch says something.
fn nothing(column: &str) -> &'static str {
    if column == "attributes" { "'{}'" } else { "''" }
}

/// When touches were that may be credited, some others among them. What is looked for was done when it is dated, but for deals, which were
/// created before they were won; engines pass over rows outside of bounds that they know beforehand.
fn touched_between(attribution: Attribution, (start, end): (&str, &str), bound: &Bound) -> String {
    let lookback_ms = i64::from(attribution.lookback_days) * DAY_MS;
    if attribution.dated_by == DatedBy::Conversion && !bound.standing.has_deals {
        return format!("occurred_at_ms >= {start} - {lookback_ms} AND occurred_at_ms < {end}");
    }
    format!(
        "occurred_at_ms >= (SELECT min(before_ms) - {lookback_ms} FROM wanted) AND occurred_at_ms <= (SELECT max(before_ms) FROM wanted)"
    )
}

fn touches(project: &str, attribution: Attribution, between: &str, bound: &Bound) -> String {
    let is_touch = if attribution.model == Model::LastNonDirect { "channel <> '' AND channel <> 'direct'" } else { "channel <> ''" };
    let has_orders = bound.standing.swept.as_ref().is_none_or(|swept| swept.has_channels);
    let touched = format!("project_id = {project} AND event_type IN ('click', 'session_start') AND {is_touch} AND {between}");
    format!(
        "SELECT person, touched_at_ms AS at_ms, {said} FROM ({events} {orders}) every
         WHERE person IN (SELECT person FROM wanted)
         QUALIFY row_number() OVER (PARTITION BY person, touched_at_ms ORDER BY rank DESC, id DESC) = 1",
        said = place::SAID.join(", "),
        events = if bound.dialect.keeps_tables { of_visitors(&touched, bound) } else { of_events(&touched, bound) },
        orders = if has_orders { orders(is_touch) } else { String::new() },
    )
}

/// The touches of everybody.
fn of_events(touched: &str, bound: &Bound) -> String {
    format!(
        "SELECT {person} AS person, {touch} FROM (SELECT * FROM {events} WHERE {touched} AND (client_id <> '' OR user_key <> '')) e {join}",
        person = People::Told.of("e.user_key", "e.client_id", "''"),
        touch = touch_of_event(),
        events = bound.dialect.once("events"),
        join = People::Told.join("e.client_id"),
    )
}

/// The touches of those alone who are looked for, by the names that events know them by: a reader passes over all others as it reads.
fn of_visitors(touched: &str, bound: &Bound) -> String {
    format!(
        "SELECT v.person AS person, {touch} FROM {events} e JOIN (
            SELECT visitor, concat('u ', user_key) AS person FROM who
            WHERE user_key <> '' AND concat('u ', user_key) IN (SELECT person FROM wanted)
            UNION ALL SELECT DISTINCT substr(person, 3) AS visitor, person FROM wanted WHERE person LIKE 'v %') v ON e.client_id = v.visitor
         WHERE {touched} AND e.user_key = ''
         UNION ALL
         SELECT concat('u ', e.user_key) AS person, {touch} FROM {events} e
         WHERE {touched} AND e.user_key IN (SELECT substr(person, 3) FROM wanted WHERE person LIKE 'u %')",
        touch = touch_of_event(),
        events = bound.dialect.once("events"),
    )
}

fn touch_of_event() -> String {
    let said = place::SAID.iter().map(|column| format!("e.{column} AS {column}")).collect::<Vec<_>>().join(", ");
    format!("e.occurred_at_ms AS touched_at_ms, 1 AS rank, e.event_id AS id, {said}")
}

/// Orders whose shop knows a channel, after the touches of events.
fn orders(is_touch: &str) -> String {
    let of_order = place::SAID.iter().map(|column| match *column {
        known @ ("utm_campaign" | "campaign_key" | "channel") => format!("b.{known} AS {known}"),
        "attributes" => "'{}' AS attributes".to_owned(),
        unknown => format!("'' AS {unknown}"),
    });
    format!(
        "UNION ALL
         SELECT {person} AS person, b.at_ms AS touched_at_ms, 0 AS rank, concat(b.source, ' ', b.order_id) AS id, {of_order}
         FROM (SELECT * FROM bought WHERE {is_touch}) b {join}",
        of_order = of_order.collect::<Vec<_>>().join(", "),
        person = People::Told.of("b.customer_key", "b.visitor", "concat('o ', b.source, ' ', b.order_id)"),
        join = People::Told.join("b.visitor"),
    )
}
