//! Events of sites and servers: checked, told their channel, kept before the answer.
//!
//! Whoever sends one again with the same id and time has sent it once.

mod address;
mod rule;

use barker_domain::{
    Result,
    channel::{self, Verdict, Visit},
};
use barker_warehouse::fact::{Appended, Batch, Event, Facts};

use crate::{App, ProjectHandle};

pub use rule::{MAX_ATTRIBUTES, MAX_ID_CHARS, MAX_TEXT_CHARS, MAX_TYPE_CHARS};
pub(crate) use rule::{OLDEST_MS, faults, newest_ms, type_fault};

/// Most events of one request.
pub const MAX_TOGETHER: usize = 1_000;
/// Where an event was seen when whoever sends it does not say.
pub const DEFAULT_SOURCE_TYPE: &str = "server";
/// What the id of a click on an ad of Barker's own is called in addresses.
pub const OWN_CLICK_ID: &str = "bclid";
/// Click ids of platforms, the most telling first.
pub const CLICK_IDS: [&str; 11] =
    [OWN_CLICK_ID, "gclid", "wbraid", "gbraid", "yclid", "fbclid", "ttclid", "msclkid", "rb_clickid", "li_fat_id", "twclid"];

/// Keeps the events of a project; the answer comes after they are on disk.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] with every field at fault; [`barker_domain::Code::Busy`] when more wait than are accepted.
pub async fn keep(app: &App, project: &ProjectHandle, mut events: Vec<Event>) -> Result<Appended> {
    let now_ms = app.now_ms();
    rule::check(&events, newest_ms(project.is_sandbox(), now_ms))?;
    for event in &mut events {
        event.received_at_ms = now_ms;
        complete(event);
    }
    app.intake().keep(Batch { project_id: project.id(), facts: Facts::Events(events) }).await
}

/// Fills in what the address of the page tells, and the channel: the one place where events get theirs.
pub(crate) fn complete(event: &mut Event) {
    address::read_page(event);
    if event.source_type.is_empty() {
        DEFAULT_SOURCE_TYPE.clone_into(&mut event.source_type);
    }
    if event.channel.is_empty() && address::tells_where_from(event) {
        let told = verdict(event).channel.as_str();
        told.clone_into(&mut event.channel);
    }
}

/// What the rules of channels say of an event, whatever it is, from all that it and the address of its page tell.
pub fn classify(event: &mut Event) -> Verdict {
    address::read_page(event);
    verdict(event)
}

fn verdict(event: &Event) -> Verdict {
    let [utm_source, utm_medium, utm_campaign, ..] = event.utm.each_ref().map(String::as_str);
    let (click_id_name, referrer, page) = (event.click_id.0.as_str(), event.referrer.as_str(), event.page.as_str());
    channel::classify(&Visit { utm_source, utm_medium, utm_campaign, click_id_name, referrer, page })
}
