//! Orders, revenue and new customers: from shops, or from `purchase` events where there is no shop.
//!
//! A refund counts on the day of its order and is converted at the rate of its own. Who bought is told by the shop's
//! customer, else by the visitor that the order or a purchase event with its id names, who may be known as a person.

use barker_domain::Result;

use super::{Bound, Cell, local_time::LocalTime, money};
use crate::question::{Dimension, Measure, Question, Sales};

/// How long after the range the clocks are known: refunds later than ten years take the last offset.
const REFUND_SPAN_MS: i64 = 3_653 * 86_400_000;

pub(super) fn text(question: &Question, measures: &[Measure], bound: &mut Bound) -> Result<String> {
    let (start_ms, end_ms) = question.instants()?;
    let project = bound.bind(Cell::Uuid(question.project_id.0));
    let start = bound.bind(Cell::Big(start_ms));
    let end = bound.bind(Cell::Big(end_ms));
    let time = LocalTime::new(&question.time_zone, start_ms, end_ms);
    let sale = match question.sales {
        Sales::Orders => of_orders(&project, bound),
        Sales::Purchases => of_purchases(&project, bound),
    };
    let facts = format!(
        "who AS (
            SELECT client_id, user_key FROM identities WHERE project_id = {project}
            QUALIFY row_number() OVER (PARTITION BY client_id ORDER BY seen_at_ms DESC, seq DESC) = 1),
         {sale},
         counted AS (
            SELECT source, order_id, at_ms, amount, currency, row_number() OVER (PARTITION BY person ORDER BY at_ms, source, order_id) AS nth
            FROM sale),
         deal AS ({deals}),
         movement AS (
            SELECT at_ms, at_ms AS rate_at_ms, amount, currency, 1 AS orders, CASE WHEN nth = 1 THEN 1 ELSE 0 END AS new_customers FROM counted
            {refunds}
            UNION ALL SELECT won_at_ms AS at_ms, won_at_ms AS rate_at_ms, amount_micros AS amount, currency, 0 AS orders, 0 AS new_customers
            FROM deal WHERE won_at_ms > 0 AND order_id = ''),
         fact AS (
            SELECT {keys} 1 AS sign, amount, currency, {rate_day} AS rate_day, orders, new_customers
            FROM movement WHERE at_ms >= {start} AND at_ms < {end})",
        deals = latest_deals(&project),
        refunds = if question.is_net_of_refunds && question.sales == Sales::Orders { refunds(&project) } else { String::new() },
        keys = time_keys(question, &time, bound),
        // Refunds come later than the range ends.
        rate_day = LocalTime::new(&question.time_zone, start_ms, end_ms.saturating_add(REFUND_SPAN_MS)).day(bound.dialect, "rate_at_ms"),
    );
    Ok(money::sums(question, measures, &facts, bound))
}

/// The keys of what happened at `at_ms`.
pub(super) fn time_keys(question: &Question, time: &LocalTime, bound: &Bound) -> String {
    let keys = question.group_by.iter().enumerate().map(|(place, dimension)| match dimension {
        Dimension::Hour => format!("{} AS k{place}, ", time.hour("at_ms")),
        _ => format!("{} AS k{place}, ", time.day(bound.dialect, "at_ms")),
    });
    keys.collect::<Vec<_>>().concat()
}

/// Every deal as it stands now.
pub(super) fn latest_deals(project: &str) -> String {
    format!(
        "SELECT source, deal_id, created_at_ms, won_at_ms, amount_micros, currency, order_id FROM deals WHERE project_id = {project}
         QUALIFY row_number() OVER (PARTITION BY source, deal_id ORDER BY updated_at_ms DESC, seq DESC) = 1"
    )
}

fn of_orders(project: &str, bound: &Bound) -> String {
    format!(
        "lent AS (
            SELECT order_id, client_id FROM {events} WHERE project_id = {project} AND event_type = 'purchase' AND order_id <> '' AND client_id <> ''
            QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY occurred_at_ms, event_id) = 1),
         bought AS (
            SELECT source, order_id, occurred_at_ms, net_micros, currency, customer_key, client_id, is_cancelled
            FROM orders WHERE project_id = {project}
            QUALIFY row_number() OVER (PARTITION BY source, order_id ORDER BY updated_at_ms DESC, seq DESC) = 1),
         visited AS (
            SELECT o.source AS source, o.order_id AS order_id, o.occurred_at_ms AS at_ms, o.net_micros AS amount, o.currency AS currency,
                o.customer_key AS customer_key, CASE WHEN o.client_id <> '' THEN o.client_id ELSE coalesce(l.client_id, '') END AS visitor
            FROM bought o LEFT JOIN lent l ON o.order_id = l.order_id WHERE NOT o.is_cancelled),
         sale AS (
            SELECT v.source AS source, v.order_id AS order_id, v.at_ms AS at_ms, v.amount AS amount, v.currency AS currency,
                CASE WHEN v.customer_key <> '' THEN concat('user ', v.customer_key) WHEN coalesce(w.user_key, '') <> '' THEN concat('user ', w.user_key)
                    WHEN v.visitor <> '' THEN concat('visitor ', v.visitor) ELSE concat('order ', v.source, ' ', v.order_id) END AS person
            FROM visited v LEFT JOIN who w ON v.visitor = w.client_id)",
        events = bound.dialect.once("events"),
    )
}

/// The first event of each purchase: sites send some twice, under two ids.
fn of_purchases(project: &str, bound: &Bound) -> String {
    format!(
        "bought AS (
            SELECT CASE WHEN order_id <> '' THEN concat('order ', order_id) ELSE concat('event ', event_id, ' ', CAST(utc_day AS VARCHAR)) END AS purchase,
                occurred_at_ms, event_id, value_micros, currency, user_key, client_id
            FROM {events} WHERE project_id = {project} AND event_type = 'purchase'
            QUALIFY row_number() OVER (PARTITION BY purchase ORDER BY occurred_at_ms, event_id) = 1),
         sale AS (
            SELECT '' AS source, b.purchase AS order_id, b.occurred_at_ms AS at_ms, b.value_micros AS amount, b.currency AS currency,
                CASE WHEN b.user_key <> '' THEN concat('user ', b.user_key) WHEN coalesce(w.user_key, '') <> '' THEN concat('user ', w.user_key)
                    WHEN b.client_id <> '' THEN concat('visitor ', b.client_id) ELSE b.purchase END AS person
            FROM bought b LEFT JOIN who w ON b.client_id = w.client_id)",
        events = bound.dialect.once("events"),
    )
}

fn refunds(project: &str) -> String {
    format!(
        "UNION ALL SELECT c.at_ms AS at_ms, r.occurred_at_ms AS rate_at_ms, -r.amount_micros AS amount, r.currency AS currency, 0 AS orders,
            0 AS new_customers
         FROM (SELECT source, order_id, occurred_at_ms, amount_micros, currency FROM refunds WHERE project_id = {project}
            QUALIFY row_number() OVER (PARTITION BY source, refund_id ORDER BY updated_at_ms DESC, seq DESC) = 1) r
         JOIN counted c ON r.source = c.source AND r.order_id = c.order_id"
    )
}
