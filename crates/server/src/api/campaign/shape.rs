//! A campaign as the cabinet shows it and takes it: with dates, a status and a name, where the ad contract has days.

use barker_app::campaign::Overview;
use barker_domain::{
    Day, FieldError, Micros, Result,
    campaign::{self, Campaign, DailyBudget, OPEN_END, Pacing, Plan, Status, Terms, Window},
    error::unless_faulty,
    project::Project,
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::instant,
    contract::{Targeting, merge_patch, read_targeting},
    http::fields::{Fields, read_object},
};

/// A campaign and how far it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "campaign_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "name": "Bears in autumn",
    "status": "active", "stage": "running", "start_date": "2026-11-21", "end_date": "2026-12-05", "start_day": 0, "end_day": 14, "impressions_limit": 1000,
    "clicks_limit": 100, "cost_per_impression": 1.5, "cost_per_click": 10.25, "ad_title": "Plush bears", "ad_text": "Softer than yesterday's",
    "total_budget": 5000.0, "daily_budget": 400.0, "pacing": "even", "frequency_cap": {"impressions": 3, "per": "day"},
    "targeting": {"gender": "FEMALE", "age_from": 25, "age_to": 40, "location": "Moscow"},
    "spent": 22.25, "spent_today": 22.25, "impressions_count": 8, "clicks_count": 1, "version": 1, "created_at": "2026-11-21T08:15:00Z"
}))]
pub(in crate::api) struct CampaignOverview {
    /// The campaign.
    campaign_id: Uuid,
    /// Who pays.
    advertiser_id: Uuid,
    /// What people call it; `null`: by the title of its ad.
    name: Option<String>,
    /// `draft`, `active`, `paused` and `archived` are what its owner wants; `finished`: launched, and its days or impressions are
    /// over. Only one that is active is shown.
    status: &'static str,
    /// By its dates and counters alone: `upcoming`, `running`, `full` (it has days left and no impressions) or `over`.
    stage: &'static str,
    /// The first day, in the project's time zone.
    start_date: String,
    /// The last day; `null`: the end is open.
    end_date: Option<String>,
    /// The first day as the project counts its days: in a sandbox, the number that is advanced.
    start_day: i32,
    /// The last day likewise.
    end_day: Option<i32>,
    /// Most counted impressions.
    impressions_limit: i32,
    /// Most billed clicks.
    clicks_limit: i32,
    /// Price of one impression.
    cost_per_impression: f64,
    /// Price of one click.
    cost_per_click: f64,
    /// Title of the ad.
    ad_title: String,
    /// Text of the ad.
    ad_text: String,
    /// Most that it may spend in all; `null`: no bound.
    total_budget: Option<f64>,
    /// Most that it may spend on a day of the project; `null`: no bound.
    daily_budget: Option<f64>,
    /// `asap`, or `even`: the daily budget is spread over the rest of the day.
    pacing: &'static str,
    /// How often one client is shown it; `null`: counted once and repeated for nothing.
    frequency_cap: Option<FrequencyCap>,
    /// Whom it may be shown to.
    targeting: Targeting,
    /// What it spent so far.
    spent: f64,
    /// What it spent today.
    spent_today: f64,
    /// Counted impressions so far.
    impressions_count: i64,
    /// Billed clicks so far.
    clicks_count: i64,
    /// Grows with every change; the `ETag` of the answer.
    version: i32,
    /// When it was made.
    created_at: String,
}

/// A new campaign, and whose it is.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "name": "Bears in autumn", "status": "draft", "start_date": "2099-11-21",
    "end_date": "2099-12-05", "impressions_limit": 1000, "clicks_limit": 100, "cost_per_impression": 1.5, "cost_per_click": 10.25,
    "ad_title": "Plush bears", "ad_text": "Softer than yesterday's", "total_budget": 5000.0, "daily_budget": 400.0, "pacing": "even",
    "frequency_cap": {"impressions": 3, "per": "day"},
    "targeting": {"gender": "FEMALE", "age_from": 25, "age_to": 40, "location": "Moscow"}
}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(in crate::api) struct CampaignOfAdvertiser {
    /// Who pays.
    advertiser_id: Uuid,
    /// What people call it.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    name: Option<String>,
    /// `active`, as when it is absent, or `draft`.
    #[schema(pattern = "^(draft|active)$")]
    status: Option<String>,
    /// The first day, in the project's time zone; not in the past.
    start_date: DateOrDay,
    /// The last day; absent or null: the end is open.
    end_date: Option<DateOrDay>,
    /// Most counted impressions.
    #[schema(minimum = 0)]
    impressions_limit: i32,
    /// Most billed clicks, not above `impressions_limit`.
    #[schema(minimum = 0)]
    clicks_limit: i32,
    /// Price of one impression, with up to six decimals.
    #[schema(minimum = 0, maximum = 1_000_000)]
    cost_per_impression: f64,
    /// Price of one click, with up to six decimals.
    #[schema(minimum = 0, maximum = 1_000_000)]
    cost_per_click: f64,
    /// Title of the ad.
    #[schema(
        min_length = 1,
        max_length = 1_000,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    ad_title: String,
    /// Text of the ad.
    #[schema(
        min_length = 1,
        max_length = 10_000,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    ad_text: String,
    /// Most that it may spend in all, with up to six decimals; absent or null: no bound.
    #[schema(minimum = 0, maximum = 9_000_000_000_i64)]
    total_budget: Option<f64>,
    /// Most that it may spend on a day of the project, likewise.
    #[schema(minimum = 0, maximum = 9_000_000_000_i64)]
    daily_budget: Option<f64>,
    /// `asap`, as when it is absent, or `even`, which needs a daily budget and spreads it over the rest of the day.
    #[schema(pattern = "^(asap|even)$")]
    pacing: Option<String>,
    /// How often one client is shown it; absent or null: counted once and repeated for nothing.
    frequency_cap: Option<FrequencyCap>,
    /// Whom it may be shown to; absent or null means anyone.
    targeting: Option<Targeting>,
}

/// So many shows to one client in a window; each of them is counted and billed.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(example = json!({"impressions": 3, "per": "day"}))]
pub(in crate::api) struct FrequencyCap {
    /// Most shows.
    #[schema(minimum = 1, maximum = 1000)]
    impressions: i32,
    /// `hour` (from a full hour UTC on), `day` (the project's), `week` (from Monday on) or `flight`.
    #[schema(value_type = String, pattern = "^(hour|day|week|flight)$")]
    per: &'static str,
}

/// What to change about a campaign. What is absent stays; `null` clears what may be absent.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"status": "paused", "end_date": null, "cost_per_click": 12.5, "targeting": {"location": null}}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(in crate::api) struct CampaignChange {
    /// What people call it.
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    /// A draft is launched as `active`; `active` and `paused` change at will; `archived` puts it away, from where it comes back as
    /// `paused`.
    #[schema(pattern = "^(draft|active|paused|archived)$", nullable = false)]
    status: Option<String>,
    /// The first day; not in the past, and fixed once it has come.
    #[schema(nullable = false)]
    start_date: Option<DateOrDay>,
    /// The last day, today or later; `null`: the end is open.
    end_date: Option<DateOrDay>,
    /// Most counted impressions; not below what is delivered.
    #[schema(minimum = 0, nullable = false)]
    impressions_limit: Option<i32>,
    /// Most billed clicks; not below what is delivered.
    #[schema(minimum = 0, nullable = false)]
    clicks_limit: Option<i32>,
    /// Price of one impression.
    #[schema(minimum = 0, maximum = 1_000_000, nullable = false)]
    cost_per_impression: Option<f64>,
    /// Price of one click.
    #[schema(minimum = 0, maximum = 1_000_000, nullable = false)]
    cost_per_click: Option<f64>,
    /// Title of the ad.
    #[schema(min_length = 1, max_length = 1_000, nullable = false)]
    ad_title: Option<String>,
    /// Text of the ad.
    #[schema(min_length = 1, max_length = 10_000, nullable = false)]
    ad_text: Option<String>,
    /// Most that it may spend in all, not below what it has spent; `null`: no bound.
    #[schema(minimum = 0, maximum = 9_000_000_000_i64)]
    total_budget: Option<f64>,
    /// Most that it may spend on a day, not below what it has spent today; `null`: no bound.
    #[schema(minimum = 0, maximum = 9_000_000_000_i64)]
    daily_budget: Option<f64>,
    /// `asap` or `even`.
    #[schema(pattern = "^(asap|even)$", nullable = false)]
    pacing: Option<String>,
    /// How often one client is shown it; `null`: counted once and repeated for nothing.
    frequency_cap: Option<FrequencyCap>,
    /// Whom it may be shown to; `null`: anyone.
    targeting: Option<Targeting>,
}

/// A date, or a day as the project counts its days, which is handy in a sandbox.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(example = "2099-11-21")]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(in crate::api) enum DateOrDay {
    /// A date.
    Date(String),
    /// The number of a day.
    Day(i32),
}

impl CampaignOverview {
    pub(super) fn of(overview: &Overview, project: &Project) -> Self {
        let (campaign, terms) = (&overview.campaign, &overview.campaign.terms);
        Self {
            campaign_id: campaign.id.0,
            advertiser_id: campaign.advertiser_id.0,
            name: campaign.plan.name.clone(),
            status: overview.state.as_str(),
            stage: overview.stage.as_str(),
            start_date: date(project, terms.start_date),
            end_date: terms.last_day().map(|day| date(project, day)),
            start_day: terms.start_date.0,
            end_day: terms.last_day().map(|day| day.0),
            impressions_limit: terms.impressions_limit,
            clicks_limit: terms.clicks_limit,
            cost_per_impression: terms.cost_per_impression.to_decimal(),
            cost_per_click: terms.cost_per_click.to_decimal(),
            ad_title: terms.ad_title.clone(),
            ad_text: terms.ad_text.clone(),
            total_budget: campaign.plan.total_budget.map(Micros::to_decimal),
            daily_budget: campaign.plan.daily_amount().map(Micros::to_decimal),
            pacing: campaign.plan.pacing.as_str(),
            frequency_cap: campaign.plan.frequency_cap.map(|cap| FrequencyCap { impressions: cap.shows, per: cap.window.as_str() }),
            targeting: Targeting::from(&terms.targeting),
            spent: overview.delivered.spent.to_decimal(),
            spent_today: overview.spent_today.to_decimal(),
            impressions_count: overview.delivered.impressions,
            clicks_count: overview.delivered.clicks,
            version: campaign.version,
            created_at: instant(campaign.created_at_ms),
        }
    }
}

pub(super) fn date(project: &Project, day: Day) -> String {
    project.civil_day(day).date().to_string()
}

/// What people decide about a campaign, by the names of the API.
const DECIDED: [&str; 16] = [
    "name",
    "status",
    "start_date",
    "end_date",
    "impressions_limit",
    "clicks_limit",
    "cost_per_impression",
    "cost_per_click",
    "ad_title",
    "ad_text",
    "total_budget",
    "daily_budget",
    "pacing",
    "frequency_cap",
    "targeting",
    "advertiser_id",
];

/// Reads what is decided about a campaign of the project.
pub(super) fn read_decided(fields: &mut Fields<'_>, project: &Project) -> Option<(Terms, Plan)> {
    fields.refuse_others(&DECIDED);
    let plan = read_plan(fields);
    let start_date = read_day(fields, "start_date", project);
    let end_date = fields.optional("end_date", |fields, name| read_day(fields, name, project));
    let (impressions_limit, clicks_limit) = (fields.integer("impressions_limit"), fields.integer("clicks_limit"));
    let (cost_per_impression, cost_per_click) = (fields.price("cost_per_impression"), fields.price("cost_per_click"));
    let (ad_title, ad_text) = (fields.text("ad_title"), fields.text("ad_text"));
    let targeting = fields.optional_object("targeting", |fields| Some(read_targeting(fields)));
    let terms = Terms {
        impressions_limit: impressions_limit?,
        clicks_limit: clicks_limit?,
        cost_per_impression: cost_per_impression?,
        cost_per_click: cost_per_click?,
        ad_title: ad_title?,
        ad_text: ad_text?,
        start_date: start_date?,
        end_date: end_date.unwrap_or(OPEN_END),
        targeting: targeting.unwrap_or_default(),
    };
    Some((terms, plan))
}

fn read_day(fields: &mut Fields<'_>, name: &str, project: &Project) -> Option<Day> {
    match fields.value(name) {
        Some(Value::Number(_)) => fields.integer(name).map(Day),
        _ => fields.day(name).map(|day| project.day_of(day)),
    }
}

/// Faults stay with `fields`.
fn read_plan(fields: &mut Fields<'_>) -> Plan {
    let statuses = Status::ALL.map(|status| (status.as_str(), status));
    let name = fields.optional("name", Fields::text);
    let status = fields.optional("status", |fields, name| fields.choice(name, &statuses));
    let pacings = Pacing::ALL.map(|pacing| (pacing.as_str(), pacing));
    let pacing = fields.optional("pacing", |fields, name| fields.choice(name, &pacings));
    let daily_budget = fields.optional("daily_budget", Fields::amount);
    Plan {
        name: name.map(|name| name.trim().to_owned()),
        status: status.unwrap_or_default(),
        total_budget: fields.optional("total_budget", Fields::amount),
        // Since when, is not for callers to say.
        daily_budget: daily_budget.map(|amount| DailyBudget { amount, since: Day(0) }),
        pacing: pacing.unwrap_or_default(),
        frequency_cap: fields.optional_object("frequency_cap", read_cap),
    }
}

fn read_cap(fields: &mut Fields<'_>) -> Option<campaign::FrequencyCap> {
    fields.refuse_others(&["impressions", "per"]);
    let windows = Window::ALL.map(|window| (window.as_str(), window));
    let (shows, window) = (fields.integer("impressions"), fields.choice("per", &windows));
    Some(campaign::FrequencyCap { shows: shows?, window: window? })
}

/// What is decided about the campaign with the patch merged in (RFC 7386), read as a whole. The rules of a change come after.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] with every fault found; pointers lead into the merged campaign.
pub(super) fn merge_decided(present: &Campaign, patch: &Value, project: &Project) -> Result<(Terms, Plan)> {
    let given = |name: &str| patch.get(name);
    let faults = match patch {
        Value::Object(_) if given("advertiser_id").is_some() => {
            vec![FieldError::new("/advertiser_id", "frozen", "a campaign stays with its advertiser")]
        }
        // Absent, these are what a new campaign has; null would mean that here as well.
        Value::Object(_) => ["status", "pacing"]
            .into_iter()
            .filter(|name| given(name).is_some_and(Value::is_null))
            .map(|name| FieldError::new(format!("/{name}"), "required", "must not be null"))
            .collect(),
        _ => vec![FieldError::new("", "type", "must be an object")],
    };
    unless_faulty((), faults)?;
    let mut merged = decided_as_json(present, project);
    merge_patch(&mut merged, patch);
    let (mut terms, plan) = read_object(&merged, |fields| read_decided(fields, project))?;
    // Days that no calendar has were shown as the nearest date: what was not changed stays as it is.
    if given("start_date").is_none() {
        terms.start_date = present.terms.start_date;
    }
    if given("end_date").is_none() {
        terms.end_date = present.terms.end_date;
    }
    Ok((terms, plan))
}

fn decided_as_json(campaign: &Campaign, project: &Project) -> Value {
    let (terms, plan) = (&campaign.terms, &campaign.plan);
    json!({
        "name": plan.name, "status": plan.status.as_str(),
        "start_date": date(project, terms.start_date), "end_date": terms.last_day().map(|day| date(project, day)),
        "impressions_limit": terms.impressions_limit, "clicks_limit": terms.clicks_limit,
        "cost_per_impression": terms.cost_per_impression.to_decimal(), "cost_per_click": terms.cost_per_click.to_decimal(),
        "ad_title": terms.ad_title, "ad_text": terms.ad_text, "targeting": Targeting::from(&terms.targeting),
        "total_budget": plan.total_budget.map(Micros::to_decimal), "daily_budget": plan.daily_amount().map(Micros::to_decimal),
        "pacing": plan.pacing.as_str(),
        "frequency_cap": plan.frequency_cap.map(|cap| json!({"impressions": cap.shows, "per": cap.window.as_str()})),
    })
}
