//! The rules of channels: shown, and tried on a visit.

use axum::Json;
use barker_app::event;
use barker_domain::{
    channel::{self, Channel, RULES},
    fields::{Fields, read_object},
};
use barker_warehouse::fact::Event;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{
    input::JsonBody,
    permission::{Caller, Read, Viewer},
    problem::{Problem, Refusals},
};

/// The rules.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "version": 2,
    "channels": [{"channel": "paid_search", "label": {"ru": "Платный поиск", "en": "Paid search"}}],
    "rules": [{
        "name": "click id of a search engine", "channel": "paid_search",
        "conditions": [{"field": "click_id", "test": "is", "values": ["gclid", "yclid"]}]
    }]
}))]
pub(super) struct ChannelRules {
    /// Grows with every change of them.
    version: u32,
    /// What a channel may be.
    channels: Vec<ChannelEntry>,
    /// The first one whose conditions all hold decides.
    rules: Vec<ChannelRule>,
}

/// A channel.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChannelEntry {
    /// Its name in reports.
    channel: &'static str,
    /// What people call it.
    label: ChannelLabel,
}

/// The same in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChannelLabel {
    /// In Russian.
    ru: &'static str,
    /// In English.
    en: &'static str,
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChannelRule {
    /// What it is called.
    name: &'static str,
    /// What it says.
    channel: &'static str,
    /// All of them must hold.
    conditions: Vec<ChannelCondition>,
}

/// One thing that must hold.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChannelCondition {
    /// `utm_source`, `utm_medium`, `click_id` or `referrer`.
    field: &'static str,
    /// `present`; `is` one of the values; `has` one of them as a word; is a host `at` one of them, or below it.
    test: &'static str,
    /// What is looked for.
    values: &'static [&'static str],
}

/// A visit to try the rules on. What is not known may be left out.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"utm_source": "yandex", "utm_medium": "cpc", "click_id_name": "yclid", "referrer": "https://yandex.ru/", "page": "https://shop.example/"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct ChannelVisit {
    /// UTM.
    #[schema(nullable = false)]
    utm_source: Option<String>,
    /// UTM.
    #[schema(nullable = false)]
    utm_medium: Option<String>,
    /// UTM.
    #[schema(nullable = false)]
    utm_campaign: Option<String>,
    /// Which click id came along, like `gclid`.
    #[schema(nullable = false)]
    click_id_name: Option<String>,
    /// Address of the page before.
    #[schema(nullable = false)]
    referrer: Option<String>,
    /// Address of the page itself. UTM and click ids in it count when they are not given, as with events.
    #[schema(nullable = false)]
    page: Option<String>,
}

/// What the rules say.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"channel": "paid_search", "label": {"ru": "Платный поиск", "en": "Paid search"}, "rule": "paid, in search", "version": 2}))]
pub(super) struct ChannelVerdict {
    /// The channel.
    channel: &'static str,
    /// What people call it.
    label: ChannelLabel,
    /// The rule that decided.
    rule: &'static str,
    /// Of the rules.
    version: u32,
}

const FIELDS: [&str; 6] = ["utm_source", "utm_medium", "utm_campaign", "click_id_name", "referrer", "page"];

fn label(channel: Channel) -> ChannelLabel {
    ChannelLabel { ru: channel.russian(), en: channel.english() }
}

/// List the rules of channels
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/channels/rules", operation_id = "listChannelRules", tag = "Reports", security(("session" = []), ("key" = ["read"])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = ChannelRules, description = "The rules, in the order in which they are tried."), Refusals))]
pub(super) async fn rules(_caller: Caller<Viewer, Read>) -> Result<Json<ChannelRules>, Problem> {
    let condition = |condition: &channel::Condition| {
        let (test, values) = condition.test.parts();
        ChannelCondition { field: condition.field.as_str(), test, values }
    };
    let rule = |rule: &channel::Rule| ChannelRule {
        name: rule.name,
        channel: rule.channel.as_str(),
        conditions: rule.conditions.iter().map(condition).collect(),
    };
    Ok(Json(ChannelRules {
        version: channel::VERSION,
        channels: Channel::ALL.iter().map(|channel| ChannelEntry { channel: channel.as_str(), label: label(*channel) }).collect(),
        rules: RULES.iter().map(rule).collect(),
    }))
}

/// Try the rules of channels
///
/// By which channel a visit with these traces would have come.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/channels/test", operation_id = "testChannelRules", tag = "Reports", security(("session" = []), ("key" = ["read"])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = ChannelVisit, responses((status = 200, body = ChannelVerdict, description = "What the rules say."), Refusals))]
pub(super) async fn test(_caller: Caller<Viewer, Read>, JsonBody(body): JsonBody) -> Result<Json<ChannelVerdict>, Problem> {
    let texts = read_object(&body, |fields| {
        fields.refuse_others(&FIELDS);
        Some(FIELDS.map(|name| fields.optional(name, Fields::text).unwrap_or_default()))
    })?;
    let [source, medium, campaign, click_id_name, referrer, page] = texts;
    let utm = [source, medium, campaign, String::new(), String::new()];
    let verdict = event::classify(&mut Event { utm, click_id: (click_id_name, String::new()), referrer, page, ..Event::default() });
    let channel = verdict.channel;
    Ok(Json(ChannelVerdict { channel: channel.as_str(), label: label(channel), rule: verdict.rule.name, version: channel::VERSION }))
}
