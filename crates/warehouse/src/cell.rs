//! Facts as rows of cells, in the order of their table's columns. The same for both engines.
//!
//! Cells borrow the texts of the facts: a row is passed on before the next one is made.

use std::borrow::Cow;

use barker_domain::{ProjectId, campaign_key::campaign_key};
use uuid::Uuid;

use crate::fact::{Deal, Event, Identity, Order, OrderItem, Product, Rate, Refund, Spend, SpendLoad, WebSessions, WebSessionsLoad};

/// Milliseconds of a UTC day.
const DAY_MS: i64 = 86_400_000;
/// The level that loads of a site's sessions have, beyond those of spend.
const SESSIONS_LEVEL: i32 = 4;

/// One value of a row or of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell<'fact> {
    Uuid(Uuid),
    Text(Cow<'fact, str>),
    Integer(i32),
    Big(i64),
    Boolean(bool),
}

/// The day of an instant in UTC, half of an event's identity.
pub(crate) fn utc_day(at_ms: i64) -> i32 {
    i32::try_from(at_ms.div_euclid(DAY_MS)).unwrap_or(if at_ms < 0 { i32::MIN } else { i32::MAX })
}

macro_rules! cells {
    ($($kind:ident($value:expr)),+ $(,)?) => { vec![$(Cell::$kind($value)),+] };
}

/// A row of `loads` for one day.
pub(crate) fn of_load(project: ProjectId, load: &SpendLoad, day: i32, seq: i64) -> Vec<Cell<'_>> {
    cells![
        Uuid(project.0),
        Text(Cow::Borrowed(&load.source)),
        Text(Cow::Borrowed(&load.account)),
        Integer(load.level as i32),
        Integer(day),
        Uuid(load.load_id),
        Big(seq),
        Big(load.loaded_at_ms),
    ]
}

pub(crate) fn of_spend<'fact>(project: ProjectId, load: &'fact SpendLoad, row: &'fact Spend, seq: i64) -> Vec<Cell<'fact>> {
    cells![
        Uuid(project.0),
        Text(Cow::Borrowed(&load.source)),
        Text(Cow::Borrowed(&load.account)),
        Integer(load.level as i32),
        Integer(row.day.0),
        Text(Cow::Borrowed(&row.campaign_id)),
        Text(Cow::Borrowed(&row.campaign_name)),
        Text(Cow::Owned(campaign_key(&row.campaign_name))),
        Text(Cow::Borrowed(&row.ad_group_id)),
        Text(Cow::Borrowed(&row.ad_group_name)),
        Text(Cow::Borrowed(&row.ad_id)),
        Text(Cow::Borrowed(&row.ad_name)),
        Big(row.impressions),
        Big(row.clicks),
        Big(row.cost.0),
        Text(Cow::Borrowed(&row.currency)),
        Big(row.conversions_micros),
        Text(Cow::Borrowed(&row.account_time_zone)),
        Text(Cow::Borrowed(&row.channel)),
        Uuid(load.load_id),
        Big(seq),
    ]
}

/// A row of `loads` for one day of sessions.
pub(crate) fn of_sessions_load(project: ProjectId, load: &WebSessionsLoad, day: i32, seq: i64) -> Vec<Cell<'_>> {
    cells![
        Uuid(project.0),
        Text(Cow::Borrowed(&load.source)),
        Text(Cow::Borrowed(&load.account)),
        Integer(SESSIONS_LEVEL),
        Integer(day),
        Uuid(load.load_id),
        Big(seq),
        Big(load.loaded_at_ms),
    ]
}

pub(crate) fn of_sessions<'fact>(project: ProjectId, load: &'fact WebSessionsLoad, row: &'fact WebSessions, seq: i64) -> Vec<Cell<'fact>> {
    let [utm_source, utm_medium, utm_campaign] = &row.utm;
    cells![
        Uuid(project.0),
        Text(Cow::Borrowed(&load.source)),
        Text(Cow::Borrowed(&load.account)),
        Integer(row.day.0),
        Text(Cow::Borrowed(&row.channel)),
        Text(Cow::Borrowed(utm_source)),
        Text(Cow::Borrowed(utm_medium)),
        Text(Cow::Borrowed(utm_campaign)),
        Text(Cow::Owned(campaign_key(&row.utm[2]))),
        Text(Cow::Borrowed(&row.device)),
        Text(Cow::Borrowed(&row.country)),
        Big(row.sessions),
        Big(row.users),
        Big(row.new_users),
        Big(row.page_views),
        Big(row.bounces),
        Big(row.duration_ms),
        Big(row.conversions_micros),
        Big(row.revenue.0),
        Text(Cow::Borrowed(&row.currency)),
        Text(Cow::Borrowed(&row.account_time_zone)),
        Uuid(load.load_id),
        Big(seq),
    ]
}

pub(crate) fn of_event(project: ProjectId, event: &Event, seq: i64) -> Vec<Cell<'_>> {
    let [utm_source, utm_medium, utm_campaign, utm_content, utm_term] = &event.utm;
    cells![
        Uuid(project.0),
        Integer(utc_day(event.occurred_at_ms)),
        Text(Cow::Borrowed(&event.event_id)),
        Text(Cow::Borrowed(&event.event_type)),
        Big(event.occurred_at_ms),
        Big(event.received_at_ms),
        Text(Cow::Borrowed(&event.client_id)),
        Text(Cow::Borrowed(&event.user_key)),
        Text(Cow::Borrowed(&event.session_id)),
        Text(Cow::Borrowed(&event.source_type)),
        Text(Cow::Borrowed(&event.campaign_id)),
        Text(Cow::Borrowed(&event.campaign_name)),
        Text(Cow::Owned(campaign_key(if event.campaign_name.is_empty() { &event.utm[2] } else { &event.campaign_name }))),
        Text(Cow::Borrowed(&event.ad_id)),
        Text(Cow::Borrowed(&event.ad_name)),
        Text(Cow::Borrowed(&event.page)),
        Text(Cow::Borrowed(&event.referrer)),
        Text(Cow::Borrowed(utm_source)),
        Text(Cow::Borrowed(utm_medium)),
        Text(Cow::Borrowed(utm_campaign)),
        Text(Cow::Borrowed(utm_content)),
        Text(Cow::Borrowed(utm_term)),
        Text(Cow::Borrowed(&event.click_id.0)),
        Text(Cow::Borrowed(&event.click_id.1)),
        Text(Cow::Borrowed(&event.channel)),
        Text(Cow::Borrowed(&event.device)),
        Text(Cow::Borrowed(&event.country)),
        Text(Cow::Borrowed(&event.order_id)),
        Big(event.value.0),
        Text(Cow::Borrowed(&event.currency)),
        Text(Cow::Borrowed(if event.attributes.is_empty() { "{}" } else { &event.attributes })),
        Big(seq),
    ]
}

pub(crate) fn of_identity(project: ProjectId, row: &Identity, seq: i64) -> Vec<Cell<'_>> {
    cells![Uuid(project.0), Text(Cow::Borrowed(&row.client_id)), Text(Cow::Borrowed(&row.user_key)), Big(row.seen_at_ms), Big(seq)]
}

pub(crate) fn of_order(project: ProjectId, row: &Order, seq: i64) -> Vec<Cell<'_>> {
    let [utm_source, utm_medium, utm_campaign] = &row.utm;
    cells![
        Uuid(project.0),
        Text(Cow::Borrowed(&row.source)),
        Text(Cow::Borrowed(&row.order_id)),
        Big(row.updated_at_ms),
        Big(row.occurred_at_ms),
        Boolean(row.is_cancelled),
        Big(row.gross.0),
        Big(row.discount.0),
        Big(row.tax.0),
        Big(row.shipping.0),
        Big(row.net.0),
        Text(Cow::Borrowed(&row.currency)),
        Text(Cow::Borrowed(&row.customer_key)),
        Text(Cow::Borrowed(&row.client_id)),
        Text(Cow::Borrowed(utm_source)),
        Text(Cow::Borrowed(utm_medium)),
        Text(Cow::Borrowed(utm_campaign)),
        Text(Cow::Owned(campaign_key(&row.utm[2]))),
        Text(Cow::Borrowed(&row.click_id.0)),
        Text(Cow::Borrowed(&row.click_id.1)),
        Text(Cow::Borrowed(&row.channel)),
        Big(seq),
    ]
}

pub(crate) fn of_order_item(project: ProjectId, row: &OrderItem, seq: i64) -> Vec<Cell<'_>> {
    cells![
        Uuid(project.0),
        Text(Cow::Borrowed(&row.source)),
        Text(Cow::Borrowed(&row.order_id)),
        Big(row.updated_at_ms),
        Text(Cow::Borrowed(&row.item_id)),
        Text(Cow::Borrowed(&row.product_id)),
        Text(Cow::Borrowed(&row.sku)),
        Text(Cow::Borrowed(&row.name)),
        Text(Cow::Borrowed(&row.category)),
        Big(row.quantity_millionths),
        Big(row.price.0),
        Big(row.discount.0),
        Big(row.net.0),
        Text(Cow::Borrowed(&row.currency)),
        Big(seq),
    ]
}

pub(crate) fn of_product(project: ProjectId, row: &Product, seq: i64) -> Vec<Cell<'_>> {
    cells![
        Uuid(project.0),
        Text(Cow::Borrowed(&row.source)),
        Text(Cow::Borrowed(&row.product_id)),
        Big(row.updated_at_ms),
        Text(Cow::Borrowed(&row.sku)),
        Text(Cow::Borrowed(&row.name)),
        Text(Cow::Borrowed(&row.category)),
        Text(Cow::Borrowed(&row.brand)),
        Big(row.price.0),
        Big(row.cost.0),
        Text(Cow::Borrowed(&row.currency)),
        Boolean(row.is_deleted),
        Big(seq),
    ]
}

pub(crate) fn of_refund(project: ProjectId, row: &Refund, seq: i64) -> Vec<Cell<'_>> {
    cells![
        Uuid(project.0),
        Text(Cow::Borrowed(&row.source)),
        Text(Cow::Borrowed(&row.refund_id)),
        Text(Cow::Borrowed(&row.order_id)),
        Big(row.updated_at_ms),
        Big(row.occurred_at_ms),
        Big(row.amount.0),
        Text(Cow::Borrowed(&row.currency)),
        Big(seq),
    ]
}

pub(crate) fn of_deal(project: ProjectId, row: &Deal, seq: i64) -> Vec<Cell<'_>> {
    cells![
        Uuid(project.0),
        Text(Cow::Borrowed(&row.source)),
        Text(Cow::Borrowed(&row.deal_id)),
        Big(row.updated_at_ms),
        Big(row.created_at_ms),
        Big(row.won_at_ms),
        Text(Cow::Borrowed(&row.stage)),
        Big(row.amount.0),
        Text(Cow::Borrowed(&row.currency)),
        Text(Cow::Borrowed(&row.order_id)),
        Text(Cow::Borrowed(&row.customer_key)),
        Text(Cow::Borrowed(&row.client_id)),
        Text(Cow::Borrowed(&row.match_method)),
        Big(row.match_confidence_millionths),
        Big(seq),
    ]
}

pub(crate) fn of_rate(project: ProjectId, row: &Rate, seq: i64) -> Vec<Cell<'_>> {
    cells![Uuid(project.0), Integer(row.day.0), Text(Cow::Borrowed(&row.currency)), Big(row.value_nanos), Big(seq)]
}
