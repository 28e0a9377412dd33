//! Who did it: visitors are joined into people, for everything that they ever did.
//!
//! A visitor is the person of whom they were seen last, whoever saw it: an identity that was told, an order that knows its
//! customer and its visitor, or a deal. An order without a visitor takes the one of the first purchase event with its id.

use super::Bound;

/// The common table expressions `lent`, `bought` (orders as they stand now, with `visitor`), `deal` (deals as they stand now) and
/// `who` (one person for each visitor that is known).
pub(super) fn who(project: &str, bound: &Bound) -> String {
    format!(
        "lent AS (
            SELECT order_id, client_id FROM {events} WHERE project_id = {project} AND event_type = 'purchase' AND order_id <> '' AND client_id <> ''
            QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY occurred_at_ms, event_id) = 1),
         latest_order AS (
            SELECT source, order_id, occurred_at_ms, is_cancelled, net_micros, currency, customer_key, client_id, utm_campaign, campaign_key, channel
            FROM orders WHERE project_id = {project}
            QUALIFY row_number() OVER (PARTITION BY source, order_id ORDER BY updated_at_ms DESC, seq DESC) = 1),
         bought AS (
            SELECT o.source AS source, o.order_id AS order_id, o.occurred_at_ms AS at_ms, o.is_cancelled AS is_cancelled,
                o.net_micros AS amount, o.currency AS currency, o.customer_key AS customer_key,
                CASE WHEN o.client_id <> '' THEN o.client_id ELSE coalesce(l.client_id, '') END AS visitor,
                o.utm_campaign AS utm_campaign, o.campaign_key AS campaign_key, o.channel AS channel
            FROM latest_order o LEFT JOIN lent l ON o.order_id = l.order_id),
         deal AS (
            SELECT source, deal_id, created_at_ms, won_at_ms, amount_micros, currency, order_id, customer_key, client_id
            FROM deals WHERE project_id = {project}
            QUALIFY row_number() OVER (PARTITION BY source, deal_id ORDER BY updated_at_ms DESC, seq DESC) = 1),
         who AS (
            SELECT visitor, user_key FROM (
                SELECT client_id AS visitor, user_key, seen_at_ms FROM identities WHERE project_id = {project} AND user_key <> ''
                UNION ALL SELECT visitor, customer_key AS user_key, at_ms AS seen_at_ms FROM bought WHERE visitor <> '' AND customer_key <> ''
                UNION ALL SELECT client_id AS visitor, customer_key AS user_key, created_at_ms AS seen_at_ms
                FROM deal WHERE client_id <> '' AND customer_key <> '') seen
            QUALIFY row_number() OVER (PARTITION BY visitor ORDER BY seen_at_ms DESC, user_key DESC) = 1)",
        events = bound.dialect.once("events"),
    )
}

/// The person of a row that names one or a visitor, to be joined with `who w` by the visitor; else `nobody`.
pub(super) fn person(user_key: &str, visitor: &str, nobody: &str) -> String {
    format!(
        "CASE WHEN {user_key} <> '' THEN concat('user ', {user_key}) WHEN coalesce(w.user_key, '') <> '' THEN concat('user ', w.user_key)
            WHEN {visitor} <> '' THEN concat('visitor ', {visitor}) ELSE {nobody} END"
    )
}
