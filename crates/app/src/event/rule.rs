//! What an event may be.

use barker_domain::{FieldError, Result, error::unless_faulty, text};
use barker_warehouse::fact::Event;

use super::address::UTM;

/// Longest id of an event, a visitor, a person, a session or an order.
pub const MAX_ID_CHARS: usize = 200;
/// Longest type of an event.
pub const MAX_TYPE_CHARS: usize = 64;
/// Longest of any other text, addresses included.
pub const MAX_TEXT_CHARS: usize = 2_000;
/// Most attributes of one event.
pub const MAX_ATTRIBUTES: usize = 50;
/// How far ahead a sender's clock may be, in milliseconds: a day, since some send local time as if it were UTC.
const MAX_AHEAD_MS: i64 = 86_400_000;
/// The last millisecond of the year 9999.
const LAST_MS: i64 = 253_402_300_799_999;
/// 2000-01-01: what is told to be older has no time at all.
pub(crate) const OLDEST_MS: i64 = 946_684_800_000;

/// Refuses events that break a rule, naming each field by its place in the request.
pub(super) fn check(events: &[Event], newest_ms: i64) -> Result<()> {
    let faults = events.iter().enumerate().flat_map(|(place, event)| {
        let prefix = format!("/events/{place}");
        faults(event, newest_ms).into_iter().map(move |fault| fault.below(&prefix))
    });
    unless_faulty((), faults.collect())
}

/// Every field of the event that breaks a rule.
pub(crate) fn faults(event: &Event, newest_ms: i64) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut bounded = |pointer: &str, value: &str, most: usize| {
        if value.chars().count() > most {
            faults.push(FieldError::new(pointer, "length", format!("must have at most {most} characters")));
        }
    };
    let ids = [&event.event_id, &event.client_id, &event.user_key, &event.session_id, &event.order_id, &event.campaign_id, &event.ad_id];
    let names = ["/event_id", "/client_id", "/user_key", "/session_id", "/order_id", "/campaign_id", "/ad_id"];
    names.iter().zip(ids).for_each(|(name, value)| bounded(name, value, MAX_ID_CHARS));
    let texts = [&event.campaign_name, &event.ad_name, &event.page, &event.referrer, &event.source_type, &event.device, &event.country];
    let names = ["/campaign_name", "/ad_name", "/page", "/referrer", "/source_type", "/device", "/country"];
    names.iter().zip(texts).for_each(|(name, value)| bounded(name, value, MAX_TEXT_CHARS));
    UTM.iter().zip(&event.utm).for_each(|(name, value)| bounded(&format!("/{name}"), value, MAX_TEXT_CHARS));
    bounded(&format!("/click_ids/{}", event.click_id.0), &event.click_id.1, MAX_TEXT_CHARS);
    if event.event_id.is_empty() {
        faults.push(FieldError::new("/event_id", "required", "must not be empty"));
    }
    faults.extend(type_fault("/event_type", &event.event_type));
    if !(OLDEST_MS..=newest_ms).contains(&event.occurred_at_ms) {
        faults.push(FieldError::new("/occurred_at", "range", "must be from 2000-01-01 to a day ahead of now"));
    }
    if event.value.0 != 0 || !event.currency.is_empty() {
        faults.extend(text::currency_fault("/currency", &event.currency));
    }
    faults
}

/// What is wrong with a type of events.
pub(crate) fn type_fault(pointer: &str, event_type: &str) -> Option<FieldError> {
    let message = || format!("must be 1 to {MAX_TYPE_CHARS} letters, digits, dots, dashes or underscores");
    (!is_word(event_type)).then(|| FieldError::new(pointer, "format", message()))
}

/// Until when events may occur; in a sandbox, whose day is set by hand, until the calendar ends.
pub(crate) fn newest_ms(is_sandbox: bool, now_ms: i64) -> i64 {
    if is_sandbox { LAST_MS } else { now_ms.saturating_add(MAX_AHEAD_MS) }
}

fn is_word(text: &str) -> bool {
    let is_right = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    !text.is_empty() && text.chars().count() <= MAX_TYPE_CHARS && text.chars().all(is_right)
}
