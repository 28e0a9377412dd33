//! Rows become facts, or are told what is wrong with them.

mod attributes;
mod cells;

use barker_domain::{
    Micros,
    channel::{self, Visit},
    decimal::DecimalMark,
};
use barker_warehouse::fact::{Deal, Event, Order, Rate, Refund, Spend};
use jiff::tz::TimeZone;

use super::{Kind, Mapping, Reject, RejectCode, date::DateOrder, table::Row};
use crate::{event, secret::Digest};
use cells::empty;

/// A fact of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fact {
    Event(Box<Event>),
    Order(Box<Order>),
    Refund(Refund),
    Deal(Box<Deal>),
    /// With the platform and the account.
    Spend(String, String, Box<Spend>),
    Rate(Rate),
}

/// How the rows of a file are read.
#[derive(Debug, Clone)]
pub(super) struct Conversion {
    pub(super) kind: Kind,
    pub(super) mapping: Mapping,
    pub(super) header: Vec<String>,
    pub(super) mark: DecimalMark,
    pub(super) order: DateOrder,
    pub(super) time_zone: TimeZone,
    pub(super) currency: String,
    pub(super) now_ms: i64,
    /// Until when events may occur.
    pub(super) newest_ms: i64,
}

/// Which field is wrong, and how: for callers, and for people.
type Wrong = (&'static str, RejectCode, String);
type Read<T> = std::result::Result<T, Wrong>;

/// Where facts are from when nobody says.
const DEFAULT_SOURCE: &str = "import";
const CANCELLED: [&str; 12] = [
    "cancelled",
    "canceled",
    "void",
    "voided",
    "failed",
    "отменен",
    "отменён",
    "отмена",
    "отменено",
    "аннулирован",
    "аннулирован_",
    "не_оплачен",
];
const WON: [&str; 10] = [
    "won",
    "closed_won",
    "success",
    "successful",
    "успешно_реализовано",
    "успешно",
    "сделка_успешна",
    "выиграна",
    "оплачено",
    "сделка_заключена",
];

impl Conversion {
    /// The fact of a row; `None` of one that only adds up others.
    pub(super) fn convert(&self, row: Row) -> std::result::Result<Option<Fact>, Reject> {
        if self.is_of_totals(&row) {
            return Ok(None);
        }
        let fact = self.refuse_long(&row).and_then(|()| self.fact(&row));
        fact.map(Some).map_err(|(field, code, reason)| Reject {
            line: row.line,
            field: field.to_owned(),
            code: Some(code),
            reason,
            row: row.cells,
        })
    }

    fn fact(&self, row: &Row) -> Read<Fact> {
        match self.kind {
            Kind::Events => self.event(row).map(|event| Fact::Event(Box::new(event))),
            Kind::Orders => self.order(row).map(|order| Fact::Order(Box::new(order))),
            Kind::Refunds => self.refund(row).map(Fact::Refund),
            Kind::Deals => self.deal(row).map(|deal| Fact::Deal(Box::new(deal))),
            Kind::Spend => self.spend(row).map(|spend| {
                Fact::Spend(self.text_or(row, "source", DEFAULT_SOURCE), self.text_or(row, "account", DEFAULT_SOURCE), Box::new(spend))
            }),
            Kind::Rates => self.rate(row).map(Fact::Rate),
        }
    }

    fn event(&self, row: &Row) -> Read<Event> {
        let mut event = Event {
            event_id: self.text(row, "event_id"),
            event_type: self.text(row, "event_type"),
            occurred_at_ms: self.instant(row, "occurred_at")?,
            received_at_ms: self.now_ms,
            client_id: self.text(row, "client_id"),
            user_key: self.text(row, "user_key"),
            session_id: self.text(row, "session_id"),
            source_type: self.text_or(row, "source_type", DEFAULT_SOURCE),
            campaign_id: self.text(row, "campaign_id"),
            campaign_name: self.text(row, "campaign_name"),
            ad_id: self.text(row, "ad_id"),
            ad_name: self.text(row, "ad_name"),
            page: self.text(row, "page"),
            referrer: self.text(row, "referrer"),
            utm: ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"].map(|name| self.text(row, name)),
            click_id: self.click_id(row),
            device: self.text(row, "device"),
            country: self.text(row, "country"),
            order_id: self.text(row, "order_id"),
            value: self.money_or(row, "value", Micros::ZERO)?,
            attributes: self.attributes(row),
            ..Event::default()
        };
        if event.value != Micros::ZERO || !self.cell(row, "currency").is_empty() {
            event.currency = self.currency(row)?;
        }
        if event.event_id.is_empty() {
            // The same row is the same event.
            event.event_id = format!("row-{}", &Digest::of(row.cells.join("\u{1f}").as_bytes()).to_hex()[..32]);
        }
        event::complete(&mut event);
        match event::faults(&event, self.newest_ms).into_iter().next() {
            Some(fault) => Err((self.field_named(&fault.pointer), RejectCode::of_fault(&fault), fault.message)),
            None => Ok(event),
        }
    }

    fn order(&self, row: &Row) -> Read<Order> {
        let occurred_at_ms = self.past(row, "occurred_at")?;
        let discount = self.money_or(row, "discount", Micros::ZERO)?;
        let [net, gross] = ["net", "gross"].map(|name| self.money(row, name));
        let (net, gross) = (net?, gross?);
        let both = |net: Option<Micros>, gross: Option<Micros>| match (net, gross) {
            (Some(net), Some(gross)) => Some((net, gross)),
            (Some(net), None) => Some((net, net.saturating_add(discount))),
            (None, Some(gross)) => Some((Micros(gross.0.saturating_sub(discount.0)), gross)),
            (None, None) => None,
        };
        let (net, gross) =
            both(net, gross).ok_or_else(|| ("net", RejectCode::NoAmount, "says neither what was paid nor what it cost".to_owned()))?;
        let order_id = self.needed(row, "order_id")?;
        let utm = ["utm_source", "utm_medium", "utm_campaign"].map(|name| self.text(row, name));
        let click_id = self.click_id(row);
        let channel = channel_of_order(&utm, &click_id);
        Ok(Order {
            source: self.text_or(row, "source", DEFAULT_SOURCE),
            order_id,
            updated_at_ms: self.instant_or(row, "updated_at", occurred_at_ms)?,
            occurred_at_ms,
            is_cancelled: is_one_of(self.cell(row, "status"), &CANCELLED),
            gross,
            discount,
            tax: self.money_or(row, "tax", Micros::ZERO)?,
            shipping: self.money_or(row, "shipping", Micros::ZERO)?,
            net,
            currency: self.currency(row)?,
            customer_key: self.text(row, "customer_key"),
            client_id: self.text(row, "client_id"),
            utm,
            click_id,
            channel,
        })
    }

    fn refund(&self, row: &Row) -> Read<Refund> {
        let occurred_at_ms = self.past(row, "occurred_at")?;
        let amount = self.money(row, "amount")?.ok_or_else(|| empty("amount"))?;
        Ok(Refund {
            source: self.text_or(row, "source", DEFAULT_SOURCE),
            refund_id: self.needed(row, "refund_id")?,
            order_id: self.needed(row, "order_id")?,
            updated_at_ms: self.instant_or(row, "updated_at", occurred_at_ms)?,
            occurred_at_ms,
            // Some write what went out with a minus.
            amount: Micros(amount.0.saturating_abs()),
            currency: self.currency(row)?,
        })
    }

    fn deal(&self, row: &Row) -> Read<Deal> {
        let created_at_ms = self.past(row, "created_at")?;
        let (stage, closed_at_ms) = (self.text(row, "stage"), self.instant_or(row, "won_at", 0)?);
        let updated_at_ms = self.instant_or(row, "updated_at", closed_at_ms.max(created_at_ms))?;
        // A date of closing may be a plan, or of a deal that was lost.
        let is_won = if stage.is_empty() { closed_at_ms != 0 } else { is_one_of(last_word(&stage), &WON) };
        let won_at_ms = match (is_won, closed_at_ms) {
            (false, _) => 0,
            (true, 0) => updated_at_ms,
            (true, closed_at_ms) => closed_at_ms,
        };
        Ok(Deal {
            source: self.text_or(row, "source", DEFAULT_SOURCE),
            deal_id: self.needed(row, "deal_id")?,
            updated_at_ms,
            created_at_ms,
            won_at_ms,
            stage,
            amount: self.money_or(row, "amount", Micros::ZERO)?,
            currency: self.currency(row)?,
            order_id: self.text(row, "order_id"),
            customer_key: self.text(row, "customer_key"),
            client_id: self.text(row, "client_id"),
            ..Deal::default()
        })
    }

    fn spend(&self, row: &Row) -> Read<Spend> {
        Ok(Spend {
            day: self.day(row)?,
            campaign_id: self.text(row, "campaign_id"),
            campaign_name: self.text(row, "campaign_name"),
            ad_group_id: self.text(row, "ad_group_id"),
            ad_group_name: self.text(row, "ad_group_name"),
            ad_id: self.text(row, "ad_id"),
            ad_name: self.text(row, "ad_name"),
            impressions: self.count(row, "impressions")?,
            clicks: self.count(row, "clicks")?,
            cost: self.cost(row)?,
            currency: self.currency(row)?,
            conversions_micros: self.money_or(row, "conversions", Micros::ZERO)?.0,
            account_time_zone: self.time_zone.iana_name().unwrap_or("UTC").to_owned(),
            channel: self.text_or(row, "channel", channel::of_platform(self.cell(row, "source")).map_or("", channel::Channel::as_str)),
        })
    }

    fn rate(&self, row: &Row) -> Read<Rate> {
        let (value, nominal) = (self.rate_of(row)?, self.count(row, "nominal")?);
        // A column that says nothing of the row is of one unit.
        let units = if self.cell(row, "nominal").is_empty() { 1 } else { nominal };
        let positive = |field| move || (field, RejectCode::Positive, "must be more than 0".to_owned());
        let half = units.checked_div(2).filter(|_| units > 0).ok_or_else(positive("nominal"))?;
        let value_nanos = (i128::from(value) + i128::from(half)) / i128::from(units);
        let value_nanos = i64::try_from(value_nanos).ok().filter(|value| *value > 0).ok_or_else(positive("value"))?;
        Ok(Rate { day: self.day(row)?, currency: self.currency(row)?, value_nanos })
    }
}

/// The channel that a shop's order came by; empty where the shop does not know.
fn channel_of_order([source, medium, campaign]: &[String; 3], (click_id_name, _): &(String, String)) -> String {
    if [source, medium, campaign, click_id_name].iter().all(|text| text.is_empty()) {
        return String::new();
    }
    let visit = Visit { utm_source: source, utm_medium: medium, utm_campaign: campaign, click_id_name, ..Visit::default() };
    channel::classify(&visit).channel.as_str().to_owned()
}

/// A stage of one of several pipelines has its pipeline before it, as in C1:WON.
fn last_word(stage: &str) -> &str {
    stage.rsplit(':').next().unwrap_or(stage)
}

fn is_one_of(text: &str, words: &[&str]) -> bool {
    let cleaned = barker_domain::campaign_key::campaign_key(text);
    words.contains(&cleaned.as_str())
}

#[cfg(test)]
mod tests;
