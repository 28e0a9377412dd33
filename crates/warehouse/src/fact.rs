//! What is appended: facts of one project, as they come from platforms, shops, CRMs and sites.
//!
//! Shapes. Absent texts are empty; an absent instant is 0. Money is micros of the currency beside it.

mod attributes;
mod check;

use barker_domain::{Day, Micros, ProjectId};
use uuid::Uuid;

/// Facts of one project that become durable together.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Whose.
    pub project_id: ProjectId,
    /// What.
    pub facts: Facts,
}

/// Facts of one kind.
#[derive(Debug, Clone)]
pub enum Facts {
    /// What an advertising platform says about some days of an account; replaces what it said before.
    Spend(SpendLoad),
    /// What happened on sites and with ads; one that is known already is not kept twice.
    Events(Vec<Event>),
    /// Which visitor is which known person.
    Identities(Vec<Identity>),
    /// Orders of shops; the latest version of each counts.
    Orders(Vec<Order>),
    /// What was in orders; the lines of each order's latest version count.
    OrderItems(Vec<OrderItem>),
    /// What shops sell; the latest version of each counts.
    Products(Vec<Product>),
    /// Refunds of orders; the latest version of each counts.
    Refunds(Vec<Refund>),
    /// Deals of a CRM; the latest version of each counts.
    Deals(Vec<Deal>),
    /// What currencies were worth; the last one said for a day counts.
    Rates(Vec<Rate>),
    /// What a web analytics service says about some days of a site; replaces what it said before.
    WebSessions(WebSessionsLoad),
}

/// How finely a row of spend is split. The numbers are kept; they are never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The whole account.
    Account = 0,
    /// One row for each campaign.
    Campaign = 1,
    /// One row for each ad group.
    AdGroup = 2,
    /// One row for each ad.
    Ad = 3,
}

/// One load: it replaces what stood for each of its days, days without rows included.
#[derive(Debug, Clone)]
pub struct SpendLoad {
    /// A new id for every load.
    pub load_id: Uuid,
    /// The platform, like `google_ads`; `barker` for our own campaigns.
    pub source: String,
    /// The account at the platform.
    pub account: String,
    /// How finely its rows are split.
    pub level: Level,
    /// First and last day of the platform that it speaks of.
    pub days: (Day, Day),
    /// When it was loaded, milliseconds UTC.
    pub loaded_at_ms: i64,
    /// In any order.
    pub rows: Vec<Spend>,
}

/// What one campaign, ad group or ad did on one day of its platform.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spend {
    /// A day of the account's time zone.
    pub day: Day,
    /// The platform's id.
    pub campaign_id: String,
    /// As it stands there.
    pub campaign_name: String,
    /// The platform's id.
    pub ad_group_id: String,
    /// As it stands there.
    pub ad_group_name: String,
    /// The platform's id.
    pub ad_id: String,
    /// As it stands there.
    pub ad_name: String,
    /// Shows.
    pub impressions: i64,
    /// Clicks.
    pub clicks: i64,
    /// What it cost.
    pub cost: Micros,
    /// ISO 4217.
    pub currency: String,
    /// Conversions as the platform reports them, in millionths: platforms count in fractions.
    pub conversions_micros: i64,
    /// IANA name of the account's time zone.
    pub account_time_zone: String,
    /// By the rules of channels, as with touches: the same for a campaign and all within it. Of a row for a whole account it
    /// counts only where nothing finer was loaded.
    pub channel: String,
}

/// Something that happened: its identity is the project, `event_id` and the UTC day that it occurred on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// The sender's id.
    pub event_id: String,
    /// `purchase`, `lead`, `page_view`, ... or any other word.
    pub event_type: String,
    /// Milliseconds UTC; a resend carries the same time.
    pub occurred_at_ms: i64,
    /// Milliseconds UTC.
    pub received_at_ms: i64,
    /// The visitor.
    pub client_id: String,
    /// The known person.
    pub user_key: String,
    /// The visit.
    pub session_id: String,
    /// Where it was seen: `web`, `app`, `server`, ...
    pub source_type: String,
    /// The campaign that it speaks of.
    pub campaign_id: String,
    /// As it came.
    pub campaign_name: String,
    /// The ad that it speaks of.
    pub ad_id: String,
    /// As it came.
    pub ad_name: String,
    /// Address of the page.
    pub page: String,
    /// Address of the page before.
    pub referrer: String,
    /// Source, medium, campaign, content and term.
    pub utm: [String; 5],
    /// Which platform's click id came along, like `gclid`, and its value.
    pub click_id: (String, String),
    /// By the rules of channels, when it was taken in.
    pub channel: String,
    /// `desktop`, `mobile`, ...
    pub device: String,
    /// ISO 3166.
    pub country: String,
    /// The order that a purchase speaks of.
    pub order_id: String,
    /// What it is worth.
    pub value: Micros,
    /// ISO 4217; empty where there is no value.
    pub currency: String,
    /// A JSON object of texts.
    pub attributes: String,
}

/// A visitor was seen to be this person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The visitor.
    pub client_id: String,
    /// The person.
    pub user_key: String,
    /// Milliseconds UTC.
    pub seen_at_ms: i64,
}

/// One version of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// The shop.
    pub source: String,
    /// Its id there.
    pub order_id: String,
    /// When the shop changed it last, milliseconds UTC: the greatest is the version that counts.
    pub updated_at_ms: i64,
    /// When it was placed, milliseconds UTC.
    pub occurred_at_ms: i64,
    /// A cancelled order is none.
    pub is_cancelled: bool,
    /// Before anything was taken off.
    pub gross: Micros,
    /// Taken off.
    pub discount: Micros,
    /// Tax within.
    pub tax: Micros,
    /// Shipping within.
    pub shipping: Micros,
    /// What counts as revenue.
    pub net: Micros,
    /// ISO 4217.
    pub currency: String,
    /// The person, as the shop knows them.
    pub customer_key: String,
    /// The visitor, when the shop knows.
    pub client_id: String,
    /// Source, medium and campaign, when the shop knows.
    pub utm: [String; 3],
    /// Which platform's click id came along, and its value.
    pub click_id: (String, String),
    /// By the rules of channels, from what stands above; where the shop knows it the order is a touch itself.
    pub channel: String,
}

/// One line of one version of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderItem {
    /// The shop.
    pub source: String,
    /// The order of the same shop.
    pub order_id: String,
    /// Of the order's version that it belongs to.
    pub updated_at_ms: i64,
    /// The line's id or number within the order.
    pub item_id: String,
    /// The product of the same shop.
    pub product_id: String,
    /// Stock keeping unit.
    pub sku: String,
    /// As the shop sold it.
    pub name: String,
    /// As the shop sold it.
    pub category: String,
    /// In millionths: some things are sold by weight.
    pub quantity_millionths: i64,
    /// Of one.
    pub price: Micros,
    /// Taken off the line.
    pub discount: Micros,
    /// What the line brought.
    pub net: Micros,
    /// ISO 4217.
    pub currency: String,
}

/// One version of a product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    /// The shop.
    pub source: String,
    /// Its id there.
    pub product_id: String,
    /// The greatest is the version that counts.
    pub updated_at_ms: i64,
    /// Stock keeping unit.
    pub sku: String,
    /// As it stands there.
    pub name: String,
    /// As it stands there.
    pub category: String,
    /// As it stands there.
    pub brand: String,
    /// What it is sold for.
    pub price: Micros,
    /// What the shop pays for it.
    pub cost: Micros,
    /// ISO 4217.
    pub currency: String,
    /// No longer sold.
    pub is_deleted: bool,
}

/// One load of a site's sessions: it replaces what stood for each of its days, days without rows included.
#[derive(Debug, Clone)]
pub struct WebSessionsLoad {
    /// A new id for every load.
    pub load_id: Uuid,
    /// The service, like `ga4` or `yandex_metrica`.
    pub source: String,
    /// The property or counter there.
    pub account: String,
    /// First and last day of the service that it speaks of.
    pub days: (Day, Day),
    /// When it was loaded, milliseconds UTC.
    pub loaded_at_ms: i64,
    /// In any order.
    pub rows: Vec<WebSessions>,
}

/// Sessions of one day that came the same way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebSessions {
    /// A day of the account's time zone.
    pub day: Day,
    /// By the rules of channels.
    pub channel: String,
    /// Source, medium and campaign.
    pub utm: [String; 3],
    /// `desktop`, `mobile`, ...
    pub device: String,
    /// ISO 3166.
    pub country: String,
    /// Visits.
    pub sessions: i64,
    /// Visitors of this row; rows do not add up.
    pub users: i64,
    /// Visitors who had not been there before.
    pub new_users: i64,
    /// Pages looked at.
    pub page_views: i64,
    /// Visits that ended where they began.
    pub bounces: i64,
    /// Of all visits together.
    pub duration_ms: i64,
    /// Goals and conversions as the service counts them, in millionths.
    pub conversions_micros: i64,
    /// Revenue as the service counts it.
    pub revenue: Micros,
    /// ISO 4217.
    pub currency: String,
    /// IANA name of the account's time zone.
    pub account_time_zone: String,
}

/// One version of a refund.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refund {
    /// The shop.
    pub source: String,
    /// Its id there.
    pub refund_id: String,
    /// The order of the same shop.
    pub order_id: String,
    /// The greatest is the version that counts.
    pub updated_at_ms: i64,
    /// Milliseconds UTC.
    pub occurred_at_ms: i64,
    /// What was given back.
    pub amount: Micros,
    /// ISO 4217.
    pub currency: String,
}

/// One version of a deal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deal {
    /// The CRM.
    pub source: String,
    /// Its id there.
    pub deal_id: String,
    /// The greatest is the version that counts.
    pub updated_at_ms: i64,
    /// When it became a lead, milliseconds UTC.
    pub created_at_ms: i64,
    /// When it was won; 0: it is not.
    pub won_at_ms: i64,
    /// The CRM's word for where it stands.
    pub stage: String,
    /// What it is worth.
    pub amount: Micros,
    /// ISO 4217.
    pub currency: String,
    /// The order that it became; empty: none is known.
    pub order_id: String,
    /// The person.
    pub customer_key: String,
    /// The visitor that it was matched to.
    pub client_id: String,
    /// How it was matched.
    pub match_method: String,
    /// How surely, in millionths.
    pub match_confidence_millionths: i64,
}

/// What one unit of a currency was worth on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rate {
    /// A civil day.
    pub day: Day,
    /// ISO 4217.
    pub currency: String,
    /// In billionths of the unit that all rates of the project are quoted in, whose own rate is 1,000,000,000.
    pub value_nanos: i64,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appended {
    /// Rows that are on disk now because of it.
    pub rows: u64,
    /// Events that were known already.
    pub duplicates: u64,
}
