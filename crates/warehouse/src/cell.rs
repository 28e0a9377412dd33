//! Facts as rows of cells, in the order of their table's columns. The same for both engines.

use barker_domain::{ProjectId, campaign_key::campaign_key};
use uuid::Uuid;

use crate::fact::{Deal, Event, Identity, Order, OrderItem, Product, Rate, Refund, Spend, SpendLoad, WebSessions, WebSessionsLoad};

/// Milliseconds of a UTC day.
const DAY_MS: i64 = 86_400_000;
/// The level that loads of a site's sessions have, beyond those of spend.
const SESSIONS_LEVEL: i32 = 4;

/// One value of a row or of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Uuid(Uuid),
    Text(String),
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
pub(crate) fn of_load(project: ProjectId, load: &SpendLoad, day: i32, seq: i64) -> Vec<Cell> {
    cells![
        Uuid(project.0),
        Text(load.source.clone()),
        Text(load.account.clone()),
        Integer(load.level as i32),
        Integer(day),
        Uuid(load.load_id),
        Big(seq),
        Big(load.loaded_at_ms),
    ]
}

pub(crate) fn of_spend(project: ProjectId, load: &SpendLoad, row: &Spend, seq: i64) -> Vec<Cell> {
    cells![
        Uuid(project.0),
        Text(load.source.clone()),
        Text(load.account.clone()),
        Integer(load.level as i32),
        Integer(row.day.0),
        Text(row.campaign_id.clone()),
        Text(row.campaign_name.clone()),
        Text(campaign_key(&row.campaign_name)),
        Text(row.ad_group_id.clone()),
        Text(row.ad_group_name.clone()),
        Text(row.ad_id.clone()),
        Text(row.ad_name.clone()),
        Big(row.impressions),
        Big(row.clicks),
        Big(row.cost.0),
        Text(row.currency.clone()),
        Big(row.conversions_micros),
        Text(row.account_time_zone.clone()),
        Text(row.channel.clone()),
        Uuid(load.load_id),
        Big(seq),
    ]
}

/// A row of `loads` for one day of sessions.
pub(crate) fn of_sessions_load(project: ProjectId, load: &WebSessionsLoad, day: i32, seq: i64) -> Vec<Cell> {
    cells![
        Uuid(project.0),
        Text(load.source.clone()),
        Text(load.account.clone()),
        Integer(SESSIONS_LEVEL),
        Integer(day),
        Uuid(load.load_id),
        Big(seq),
        Big(load.loaded_at_ms),
    ]
}

pub(crate) fn of_sessions(project: ProjectId, load: &WebSessionsLoad, row: &WebSessions, seq: i64) -> Vec<Cell> {
    let [utm_source, utm_medium, utm_campaign] = row.utm.clone();
    cells![
        Uuid(project.0),
        Text(load.source.clone()),
        Text(load.account.clone()),
        Integer(row.day.0),
        Text(row.channel.clone()),
        Text(utm_source),
        Text(utm_medium),
        Text(utm_campaign),
        Text(campaign_key(&row.utm[2])),
        Text(row.device.clone()),
        Text(row.country.clone()),
        Big(row.sessions),
        Big(row.users),
        Big(row.new_users),
        Big(row.page_views),
        Big(row.bounces),
        Big(row.duration_ms),
        Big(row.conversions_micros),
        Big(row.revenue.0),
        Text(row.currency.clone()),
        Text(row.account_time_zone.clone()),
        Uuid(load.load_id),
        Big(seq),
    ]
}

pub(crate) fn of_event(project: ProjectId, event: &Event, seq: i64) -> Vec<Cell> {
    let [utm_source, utm_medium, utm_campaign, utm_content, utm_term] = event.utm.clone();
    cells![
        Uuid(project.0),
        Integer(utc_day(event.occurred_at_ms)),
        Text(event.event_id.clone()),
        Text(event.event_type.clone()),
        Big(event.occurred_at_ms),
        Big(event.received_at_ms),
        Text(event.client_id.clone()),
        Text(event.user_key.clone()),
        Text(event.session_id.clone()),
        Text(event.source_type.clone()),
        Text(event.campaign_id.clone()),
        Text(event.campaign_name.clone()),
        Text(campaign_key(if event.campaign_name.is_empty() { &event.utm[2] } else { &event.campaign_name })),
        Text(event.ad_id.clone()),
        Text(event.ad_name.clone()),
        Text(event.page.clone()),
        Text(event.referrer.clone()),
        Text(utm_source),
        Text(utm_medium),
        Text(utm_campaign),
        Text(utm_content),
        Text(utm_term),
        Text(event.click_id.0.clone()),
        Text(event.click_id.1.clone()),
        Text(event.channel.clone()),
        Text(event.device.clone()),
        Text(event.country.clone()),
        Text(event.order_id.clone()),
        Big(event.value.0),
        Text(event.currency.clone()),
        Text(if event.attributes.is_empty() { "{}".to_owned() } else { event.attributes.clone() }),
        Big(seq),
    ]
}

pub(crate) fn of_identity(project: ProjectId, row: &Identity, seq: i64) -> Vec<Cell> {
    cells![Uuid(project.0), Text(row.client_id.clone()), Text(row.user_key.clone()), Big(row.seen_at_ms), Big(seq)]
}

pub(crate) fn of_order(project: ProjectId, row: &Order, seq: i64) -> Vec<Cell> {
    let [utm_source, utm_medium, utm_campaign] = row.utm.clone();
    cells![
        Uuid(project.0),
        Text(row.source.clone()),
        Text(row.order_id.clone()),
        Big(row.updated_at_ms),
        Big(row.occurred_at_ms),
        Boolean(row.is_cancelled),
        Big(row.gross.0),
        Big(row.discount.0),
        Big(row.tax.0),
        Big(row.shipping.0),
        Big(row.net.0),
        Text(row.currency.clone()),
        Text(row.customer_key.clone()),
        Text(row.client_id.clone()),
        Text(utm_source),
        Text(utm_medium),
        Text(utm_campaign),
        Text(campaign_key(&row.utm[2])),
        Text(row.click_id.0.clone()),
        Text(row.click_id.1.clone()),
        Text(row.channel.clone()),
        Big(seq),
    ]
}

pub(crate) fn of_order_item(project: ProjectId, row: &OrderItem, seq: i64) -> Vec<Cell> {
    cells![
        Uuid(project.0),
        Text(row.source.clone()),
        Text(row.order_id.clone()),
        Big(row.updated_at_ms),
        Text(row.item_id.clone()),
        Text(row.product_id.clone()),
        Text(row.sku.clone()),
        Text(row.name.clone()),
        Text(row.category.clone()),
        Big(row.quantity_millionths),
        Big(row.price.0),
        Big(row.discount.0),
        Big(row.net.0),
        Text(row.currency.clone()),
        Big(seq),
    ]
}

pub(crate) fn of_product(project: ProjectId, row: &Product, seq: i64) -> Vec<Cell> {
    cells![
        Uuid(project.0),
        Text(row.source.clone()),
        Text(row.product_id.clone()),
        Big(row.updated_at_ms),
        Text(row.sku.clone()),
        Text(row.name.clone()),
        Text(row.category.clone()),
        Text(row.brand.clone()),
        Big(row.price.0),
        Big(row.cost.0),
        Text(row.currency.clone()),
        Boolean(row.is_deleted),
        Big(seq),
    ]
}

pub(crate) fn of_refund(project: ProjectId, row: &Refund, seq: i64) -> Vec<Cell> {
    cells![
        Uuid(project.0),
        Text(row.source.clone()),
        Text(row.refund_id.clone()),
        Text(row.order_id.clone()),
        Big(row.updated_at_ms),
        Big(row.occurred_at_ms),
        Big(row.amount.0),
        Text(row.currency.clone()),
        Big(seq),
    ]
}

pub(crate) fn of_deal(project: ProjectId, row: &Deal, seq: i64) -> Vec<Cell> {
    cells![
        Uuid(project.0),
        Text(row.source.clone()),
        Text(row.deal_id.clone()),
        Big(row.updated_at_ms),
        Big(row.created_at_ms),
        Big(row.won_at_ms),
        Text(row.stage.clone()),
        Big(row.amount.0),
        Text(row.currency.clone()),
        Text(row.order_id.clone()),
        Text(row.customer_key.clone()),
        Text(row.client_id.clone()),
        Text(row.match_method.clone()),
        Big(row.match_confidence_millionths),
        Big(seq),
    ]
}

pub(crate) fn of_rate(project: ProjectId, row: &Rate, seq: i64) -> Vec<Cell> {
    cells![Uuid(project.0), Integer(row.day.0), Text(row.currency.clone()), Big(row.value_nanos), Big(seq)]
}
