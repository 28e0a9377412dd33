//! Orders, revenue and new customers: from shops, or from `purchase` events where there is no shop.
//!
//! A refund counts on the day of its order and is converted at the rate of its own. A won deal without an order is revenue on the day
//! that it was won, and belongs to the touch before it was created, as the lead that it was.

use barker_domain::Result;

use super::{
    Bound, Cell,
    credit::{self, WHOLE},
    money,
    person::People,
};
use crate::question::{Measure, Question, Sales};

pub(super) fn text(question: &Question, measures: &[Measure], bound: &mut Bound) -> Result<String> {
    let project = bound.bind(Cell::Uuid(question.project_id.0));
    let mut payload = vec!["amount", "currency", "orders", "new_customers", "arrivals"];
    payload.extend(bound.named());
    let is_first_asked = measures.contains(&Measure::NewCustomers);
    let people = People::told_if(credit::is_by_touch(question) || is_first_asked);
    let movements = movements(question, &project, (people, is_first_asked), bound);
    let facts = credit::facts(question, &project, (people, &movements, &payload), bound)?;
    Ok(money::sums(question, measures, &facts, bound))
}

/// All that a person's orders and deals ever brought, on the day of their first order and credited as that is.
pub(super) fn lifetime(question: &Question, measures: &[Measure], bound: &mut Bound) -> Result<String> {
    let project = bound.bind(Cell::Uuid(question.project_id.0));
    let mut payload = vec!["amount", "currency"];
    payload.extend(bound.named());
    let movements = format!(
        "{},
         movement AS (
            SELECT f.person AS person, f.at_ms AS before_ms, f.at_ms AS at_ms, m.rate_at_ms AS rate_at_ms, m.amount AS amount, m.currency AS currency {}
            FROM paid m JOIN counted f ON m.person = f.person WHERE f.nth = 1)",
        movements(question, &project, (People::Told, true), bound).replace("movement AS (", "paid AS ("),
        bound.naming("m.fact_id"),
    );
    let facts = credit::facts(question, &project, (People::Told, &movements, &payload), bound)?;
    Ok(money::sums(question, measures, &facts, bound))
}

/// `sale`, `counted` (where it is asked, which order of a person each is) and `movement`.
fn movements(question: &Question, project: &str, (people, is_first_asked): (People, bool), bound: &Bound) -> String {
    let is_net = question.is_net_of_refunds && bound.standing.has_refunds;
    format!(
        "sale AS ({sale}),
         counted AS (SELECT source, order_id, person, at_ms, amount, currency, {nth} AS nth FROM sale),
         movement AS (
            SELECT person, at_ms AS before_ms, at_ms, at_ms AS rate_at_ms, amount, currency, {WHOLE} AS orders,
                CASE WHEN nth = 1 THEN {WHOLE} ELSE 0 END AS new_customers, {WHOLE} AS arrivals {naming}
            FROM counted
            {refunds}
            {deals})",
        sale = match question.sales {
            Sales::Orders => of_orders(people),
            Sales::Purchases => of_purchases(project, people, bound),
        },
        nth = if is_first_asked { "row_number() OVER (PARTITION BY person ORDER BY at_ms, source, order_id)" } else { "0" },
        naming = bound.naming("concat('o ', source, ' ', order_id)"),
        refunds = if is_net && question.sales == Sales::Orders { refunds(project, bound) } else { String::new() },
        deals = if bound.standing.has_deals { deals(people, bound) } else { String::new() },
    )
}

fn of_orders(people: People) -> String {
    format!(
        "SELECT b.source AS source, b.order_id AS order_id, b.at_ms AS at_ms, b.amount AS amount, b.currency AS currency, {person} AS person
         FROM (SELECT * FROM bought WHERE NOT is_cancelled) b {join}",
        person = people.of("b.customer_key", "b.visitor", "concat('o ', b.source, ' ', b.order_id)"),
        join = people.join("b.visitor"),
    )
}

/// The first event of each purchase: sites send some twice, under two ids.
fn of_purchases(project: &str, people: People, bound: &Bound) -> String {
    format!(
        "SELECT '' AS source, p.purchase AS order_id, p.occurred_at_ms AS at_ms, p.value_micros AS amount, p.currency AS currency, {person} AS person
         FROM (
            SELECT CASE WHEN order_id <> '' THEN concat('order ', order_id) ELSE concat('event ', event_id, ' ', CAST(utc_day AS VARCHAR)) END AS purchase,
                occurred_at_ms, event_id, value_micros, currency, user_key, client_id
            FROM {events} WHERE project_id = {project} AND event_type = 'purchase'
            QUALIFY row_number() OVER (PARTITION BY purchase ORDER BY occurred_at_ms, event_id) = 1) p {join}",
        events = bound.dialect.once("events"),
        person = people.of("p.user_key", "p.client_id", "p.purchase"),
        join = people.join("p.client_id"),
    )
}

/// Won, without an order.
fn deals(people: People, bound: &Bound) -> String {
    format!(
        "UNION ALL
         SELECT {person} AS person, CASE WHEN d.created_at_ms > 0 THEN d.created_at_ms ELSE d.won_at_ms END AS before_ms,
            d.won_at_ms AS at_ms, d.won_at_ms AS rate_at_ms, d.amount_micros AS amount, d.currency AS currency, 0 AS orders, 0 AS new_customers, 0 AS arrivals {naming}
         FROM (SELECT * FROM deal WHERE won_at_ms > 0 AND order_id = '') d {join}",
        person = people.of("d.customer_key", "d.client_id", "''"),
        join = people.join("d.client_id"),
        naming = bound.naming("concat('d ', d.source, ' ', d.deal_id)"),
    )
}

fn refunds(project: &str, bound: &Bound) -> String {
    format!(
        "UNION ALL
         SELECT c.person AS person, c.at_ms AS before_ms, c.at_ms AS at_ms, r.occurred_at_ms AS rate_at_ms, -r.amount_micros AS amount,
            r.currency AS currency, 0 AS orders, 0 AS new_customers, 0 AS arrivals {naming}
         FROM (SELECT source, refund_id, order_id, occurred_at_ms, amount_micros, currency FROM refunds WHERE project_id = {project} {latest}) r
         JOIN counted c ON r.source = c.source AND r.order_id = c.order_id",
        naming = bound.naming("concat('r ', r.source, ' ', r.refund_id)"),
        latest = bound.latest("source, refund_id"),
    )
}
