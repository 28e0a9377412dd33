//! Who did it: visitors are joined into people, for everything that they ever did.
//!
//! A visitor is the person of whom they were seen last, whoever saw it: an identity that was told, an order that knows its
//! customer and its visitor, or a deal. An order without a visitor takes the one of the first purchase event with its id.

use super::{Bound, Derived};

/// Whether a statement has to know who everybody is. Finding that out takes longer than most of what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum People {
    /// Each fact with its person.
    Told,
    /// Nobody asks: all facts are of one person without a name.
    Untold,
}

impl People {
    /// Told where `is_asked`.
    pub(super) fn told_if(is_asked: bool) -> Self {
        if is_asked { Self::Told } else { Self::Untold }
    }

    /// The common table expressions `bought` (orders as they stand now, with `visitor`), where there are any `deal` (deals as
    /// they stand now) and, where people are told, `who` (one person for each visitor that is known).
    pub(super) fn tables(self, project: &str, bound: &Bound) -> String {
        let is_lent = self == Self::Told && bound.standing.swept.as_ref().is_none_or(|swept| swept.lacks_visitors);
        format!(
            "{latest_order}{lent},
             bought AS (
                SELECT o.source AS source, o.order_id AS order_id, o.occurred_at_ms AS at_ms, o.is_cancelled AS is_cancelled,
                    o.net_micros AS amount, o.currency AS currency, o.customer_key AS customer_key, {visitor} AS visitor,
                    o.utm_campaign AS utm_campaign, o.campaign_key AS campaign_key, o.channel AS channel
                FROM latest_order o {lending}){deals}{who}",
            latest_order = latest_order(project, bound),
            lent = if is_lent { lent(project, bound) } else { String::new() },
            visitor =
                if is_lent { "CASE WHEN o.client_id <> '' THEN o.client_id ELSE coalesce(l.client_id, '') END" } else { "o.client_id" },
            lending = if is_lent { "LEFT JOIN lent l ON o.order_id = l.order_id" } else { "" },
            deals = if bound.standing.has_deals { deals(project, bound) } else { String::new() },
            who = if self == Self::Told { who(project, bound) } else { String::new() },
        )
    }

    /// The join that [`Self::of`] takes the person of a visitor from.
    pub(super) fn join(self, visitor: &str) -> String {
        if self == Self::Told { format!("LEFT JOIN who w ON {visitor} = w.visitor") } else { String::new() }
    }

    /// The person of a row that names one or a visitor, to be joined by [`Self::join`]; else `nobody`. What stands before the names is
    /// short: engines compare short texts faster.
    pub(super) fn of(self, user_key: &str, visitor: &str, nobody: &str) -> String {
        if self == Self::Untold {
            return "''".to_owned();
        }
        format!(
            "CASE WHEN {user_key} <> '' THEN concat('u ', {user_key}) WHEN coalesce(w.user_key, '') <> '' THEN concat('u ', w.user_key)
                WHEN {visitor} <> '' THEN concat('v ', {visitor}) ELSE {nobody} END"
        )
    }
}

fn deals(project: &str, bound: &Bound) -> String {
    format!(
        ", deal AS (
            SELECT source, deal_id, created_at_ms, won_at_ms, amount_micros, currency, order_id, customer_key, client_id
            FROM deals WHERE project_id = {project} {latest})",
        latest = bound.latest("source, deal_id"),
    )
}

/// The visitor whom a purchase event lends to an order that names none. Without such an order no event need be looked at.
fn lent(project: &str, bound: &Bound) -> String {
    let lacking = if bound.dialect.keeps_tables { "AND order_id IN (SELECT order_id FROM latest_order WHERE client_id = '')" } else { "" };
    format!(
        ", lent AS (
            SELECT order_id, client_id FROM {events}
            WHERE project_id = {project} AND event_type = 'purchase' AND order_id <> '' AND client_id <> '' {lacking}
            QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY occurred_at_ms, event_id) = 1)",
        events = bound.dialect.once("events"),
    )
}

/// Of several sightings of a visitor, the last.
const LAST: &str = "QUALIFY row_number() OVER (PARTITION BY visitor ORDER BY seen_at_ms DESC, user_key DESC) = 1";

fn who(project: &str, bound: &Bound) -> String {
    let keeps_people = bound.standing.swept.as_ref().is_some_and(|swept| swept.keeps_people);
    match bound.standing.derived.filter(|_| keeps_people) {
        Some(derived) => format!(", {}", derived_who(project, derived)),
        None => format!(", {}", found_who(project, "", bound)),
    }
}

/// As it was worked out before, and what was said since.
fn derived_who(project: &str, derived: Derived) -> String {
    let people = format!("FROM derived.people WHERE project_id = {project}");
    if !derived.is_somebody_later {
        return format!("who AS (SELECT visitor, user_key {people})");
    }
    format!(
        "later AS (
            SELECT client_id AS visitor, user_key, seen_at_ms FROM identities WHERE project_id = {project} AND seq > {through} AND user_key <> ''),
         who AS (
            SELECT visitor, user_key {people} AND visitor NOT IN (SELECT visitor FROM later)
            UNION ALL
            SELECT visitor, user_key FROM (
                SELECT visitor, user_key, seen_at_ms FROM later
                UNION ALL SELECT visitor, user_key, seen_at_ms {people} AND visitor IN (SELECT visitor FROM later)) every
            {LAST})",
        through = derived.through,
    )
}

/// The common table expressions that end with `who`, with `seen_at_ms`: of all visitors, or of those `among` names with a `WHERE` before.
pub(super) fn found(project: &str, among: &str, bound: &Bound) -> String {
    format!("{}, {}", People::Untold.tables(project, bound), found_who(project, among, bound))
}

/// Putting rows in order costs more than anything else here, and most visitors were seen as one person only.
fn found_who(project: &str, among: &str, bound: &Bound) -> String {
    let of_deals = "UNION ALL SELECT client_id AS visitor, customer_key AS user_key, created_at_ms AS seen_at_ms
         FROM deal WHERE client_id <> '' AND customer_key <> ''";
    let seen = format!(
        "SELECT client_id AS visitor, user_key, seen_at_ms FROM identities WHERE project_id = {project} AND user_key <> ''
         UNION ALL SELECT visitor, customer_key AS user_key, at_ms AS seen_at_ms FROM bought WHERE visitor <> '' AND customer_key <> ''
         {of_deals}",
        of_deals = if bound.standing.has_deals { of_deals } else { "" },
    );
    if !bound.dialect.keeps_tables {
        return format!("who AS (SELECT visitor, user_key FROM ({seen}) seen {LAST})");
    }
    let seen = if among.is_empty() { seen } else { format!("SELECT * FROM ({seen}) every {among}") };
    format!(
        "seen AS ({seen}),
         sighting AS (SELECT visitor, min(user_key) AS one, max(user_key) AS other, max(seen_at_ms) AS seen_at_ms FROM seen GROUP BY visitor),
         who AS (
            SELECT visitor, one AS user_key, seen_at_ms FROM sighting WHERE one = other
            UNION ALL
            SELECT visitor, user_key, seen_at_ms FROM (
                SELECT visitor, user_key, seen_at_ms FROM seen WHERE visitor IN (SELECT visitor FROM sighting WHERE one <> other) {LAST}) newest)"
    )
}

/// The latest version of each order. Likewise: most are there once.
fn latest_order(project: &str, bound: &Bound) -> String {
    let columns = "source, order_id, occurred_at_ms, is_cancelled, net_micros, currency, customer_key, client_id, utm_campaign, campaign_key, channel";
    let of = format!("SELECT {columns} FROM orders WHERE project_id = {project}");
    let last = bound.latest("source, order_id");
    if !bound.dialect.keeps_tables || bound.standing.swept.is_some() {
        return format!("latest_order AS ({of} {last})");
    }
    let again = "(source, order_id) IN (SELECT source, order_id FROM again)";
    format!(
        "again AS (SELECT source, order_id FROM orders WHERE project_id = {project} GROUP BY source, order_id HAVING count(*) > 1),
         latest_order AS ({of} AND NOT {again} UNION ALL SELECT {columns} FROM ({of} AND {again} {last}) newest)"
    )
}
