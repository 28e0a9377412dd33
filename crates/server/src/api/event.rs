//! Events of sites and servers, in batches.

mod attributes;

use std::collections::BTreeSet;

use axum::Json;
use barker_app::event::{self, CLICK_IDS, MAX_TOGETHER};
use barker_domain::{
    Micros,
    fields::{Fields, read_items, read_object},
};
use barker_warehouse::fact::Event;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::{
    input::JsonBody,
    permission::{Caller, Marketer, Serve},
    problem::{ChangeRefusals, Problem, ProblemDocument},
};

/// Events that are kept together.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"events": [{
    "event_id": "order-1001", "event_type": "purchase", "occurred_at": "2026-11-21T08:15:00Z", "client_id": "1732176000.42", "user_key": "anna",
    "order_id": "1001", "value": 1500.0, "currency": "RUB", "attributes": {"coupon": "AUTUMN"}
}]}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct EventBatch {
    /// 1 to 1,000.
    #[schema(max_items = 1000)]
    events: Vec<EventBody>,
}

/// Something that happened. Its identity is `event_id` and the UTC day of `occurred_at`: send the same of both again when you
/// do not know whether it arrived.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"event_id": "s-7-1", "event_type": "session_start", "occurred_at": "2026-11-21T08:15:00Z", "client_id": "1732176000.42",
    "page": "https://shop.example/?utm_source=yandex&utm_medium=cpc&yclid=17", "referrer": "https://yandex.ru/"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct EventBody {
    /// Yours.
    #[schema(min_length = 1, max_length = 200)]
    event_id: String,
    /// `session_start`, `page_view`, `add_to_cart`, `checkout`, `purchase`, `lead`, `click`, or a word of your own.
    #[schema(min_length = 1, max_length = 64)]
    event_type: String,
    /// RFC 3339, from 2000 to a day ahead.
    #[schema(format = DateTime)]
    occurred_at: String,
    /// The visitor.
    #[schema(max_length = 200, nullable = false)]
    client_id: Option<String>,
    /// The person, when you know them: joins all their visitors, earlier ones too.
    #[schema(max_length = 200, nullable = false)]
    user_key: Option<String>,
    /// The visit.
    #[schema(max_length = 200, nullable = false)]
    session_id: Option<String>,
    /// Where it was seen; `server` when absent.
    #[schema(max_length = 2000, nullable = false)]
    source_type: Option<String>,
    /// The campaign's id at its platform.
    #[schema(max_length = 200, nullable = false)]
    campaign_id: Option<String>,
    /// Its name.
    #[schema(max_length = 2000, nullable = false)]
    campaign_name: Option<String>,
    /// The ad's id at its platform.
    #[schema(max_length = 200, nullable = false)]
    ad_id: Option<String>,
    /// Its name.
    #[schema(max_length = 2000, nullable = false)]
    ad_name: Option<String>,
    /// Address of the page. UTM and click ids in it count when they are not given here.
    #[schema(max_length = 2000, nullable = false)]
    page: Option<String>,
    /// Address of the page before.
    #[schema(max_length = 2000, nullable = false)]
    referrer: Option<String>,
    /// UTM.
    #[schema(max_length = 2000, nullable = false)]
    utm_source: Option<String>,
    /// UTM.
    #[schema(max_length = 2000, nullable = false)]
    utm_medium: Option<String>,
    /// UTM.
    #[schema(max_length = 2000, nullable = false)]
    utm_campaign: Option<String>,
    /// UTM.
    #[schema(max_length = 2000, nullable = false)]
    utm_content: Option<String>,
    /// UTM.
    #[schema(max_length = 2000, nullable = false)]
    utm_term: Option<String>,
    /// A platform's click id by its name: `bclid`, `gclid`, `wbraid`, `gbraid`, `yclid`, `fbclid`, `ttclid`, `msclkid`, `rb_clickid`,
    /// `li_fat_id` or `twclid`. Of several the first in this order counts. They may be fields of the event itself, too.
    #[schema(nullable = false)]
    click_ids: Option<Value>,
    /// Kind of device.
    #[schema(max_length = 2000, nullable = false)]
    device: Option<String>,
    /// ISO 3166.
    #[schema(max_length = 2000, nullable = false)]
    country: Option<String>,
    /// The order that it speaks of.
    #[schema(max_length = 200, nullable = false)]
    order_id: Option<String>,
    /// What it is worth, with up to six decimals; not without `currency`.
    #[schema(nullable = false)]
    value: Option<f64>,
    /// ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$", nullable = false)]
    currency: Option<String>,
    /// Up to 50 texts, numbers or booleans, to split reports by. A field that is none of these here becomes one of them.
    #[schema(nullable = false)]
    attributes: Option<Value>,
}

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"taken": 1, "duplicates": 0}))]
pub(super) struct EventsTaken {
    /// Events that are on disk now because of this request.
    taken: u64,
    /// Events that were known already.
    duplicates: u64,
    /// Fields that are none of an event's and were kept as attributes, the first 100; absent when there are none. One that was meant
    /// to be another field is misspelt.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(required = false)]
    as_attributes: BTreeSet<String>,
}

/// Fields of an event; click ids are fields as well.
const FIELDS: [&str; 24] = [
    "event_id",
    "event_type",
    "occurred_at",
    "client_id",
    "user_key",
    "session_id",
    "source_type",
    "campaign_id",
    "campaign_name",
    "ad_id",
    "ad_name",
    "page",
    "referrer",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "click_ids",
    "device",
    "country",
    "order_id",
    "value",
    "currency",
];
/// Most names of fields that are told to have become attributes.
const MAX_NAMES: usize = 100;

/// Send events
///
/// Up to 1,000, all or none, on disk before the answer. A batch that is sent again changes nothing. Fields that are not known are
/// kept as attributes, and named in the answer.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/events", operation_id = "sendEvents", tag = "Data", security(("session" = []), ("key" = ["serve"])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = EventBatch,
    responses((status = 200, body = EventsTaken, description = "They are kept."), ChangeRefusals,
        (status = 413, body = ProblemDocument, content_type = "application/problem+json", description = "The body is too long.")))]
pub(super) async fn send(caller: Caller<Marketer, Serve>, JsonBody(body): JsonBody) -> Result<Json<EventsTaken>, Problem> {
    read_object(&body, |fields| {
        fields.refuse_others(&["events"]);
        Some(())
    })?;
    let (events, others): (Vec<_>, Vec<_>) = read_items(&body, "events", MAX_TOGETHER, read)?.into_iter().unzip();
    let as_attributes = others.into_iter().flatten().collect::<BTreeSet<_>>().into_iter().take(MAX_NAMES).collect();
    let project = caller.app.get_open_project(caller.project_id).await?;
    let appended = event::keep(&caller.app, &project, events).await?;
    Ok(Json(EventsTaken { taken: appended.rows, duplicates: appended.duplicates, as_attributes }))
}

/// The event, and the names of fields that became attributes.
fn read(fields: &mut Fields<'_>) -> Option<(Event, Vec<String>)> {
    let (event_id, event_type, occurred_at_ms) = (fields.text("event_id"), fields.text("event_type"), fields.instant("occurred_at"));
    let mut text = |name: &str| fields.optional(name, Fields::text).unwrap_or_default();
    let utm = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"].map(&mut text);
    let mut event = Event {
        client_id: text("client_id"),
        user_key: text("user_key"),
        session_id: text("session_id"),
        source_type: text("source_type"),
        campaign_id: text("campaign_id"),
        campaign_name: text("campaign_name"),
        ad_id: text("ad_id"),
        ad_name: text("ad_name"),
        page: text("page"),
        referrer: text("referrer"),
        utm,
        device: text("device"),
        country: text("country"),
        order_id: text("order_id"),
        currency: text("currency"),
        ..Event::default()
    };
    event.value = fields.optional("value", Fields::amount).unwrap_or(Micros::ZERO);
    event.click_id = read_click_ids(fields).unwrap_or_default();
    let (attributes, others) = attributes::read(fields, |name| FIELDS.contains(&name) || CLICK_IDS.contains(&name));
    Some((Event { event_id: event_id?, event_type: event_type?, occurred_at_ms: occurred_at_ms?, attributes, ..event }, others))
}

fn read_click_ids(fields: &mut Fields<'_>) -> Option<(String, String)> {
    let together = fields.optional_object("click_ids", |ids| {
        ids.refuse_others(&CLICK_IDS);
        read_click_id(ids)
    });
    together.or_else(|| read_click_id(fields))
}

fn read_click_id(fields: &mut Fields<'_>) -> Option<(String, String)> {
    let mut ids = CLICK_IDS.map(|name| (name.to_owned(), fields.optional(name, Fields::text).unwrap_or_default())).into_iter();
    ids.find(|(_, value)| !value.is_empty())
}
