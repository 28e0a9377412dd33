//! The published ad contract's shapes, to the letter: what travels over the wire, whoever speaks it.
//!
//! The server answers with these and documents them; `barker play` reads data sets and calls any server with them.
//! Reading a request with a useful error for every field is `domain::fields`' business, the rules are the domain's.
//! The patterns of texts say: not blank. Unicode's white space is spelt out, because dialects disagree about `\S`.

mod convert;
mod merge;

pub use convert::{read_advertiser, read_click, read_client, read_empty_days, read_score, read_targeting, read_terms, read_wanted_day};
pub use merge::{merge_patch, merge_terms};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Most items of one bulk request.
pub const MAX_BULK_ITEMS: usize = 10_000;

/// A person who sees ads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"client_id": "425495af-f78e-4cff-a808-e8f1a1973ff2", "login": "anna", "age": 30, "location": "Moscow", "gender": "FEMALE"}))]
pub struct Client {
    /// Brought by the caller, unique within the project.
    pub client_id: Uuid,
    /// The person's name in the caller's system, 1 to 255 characters.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    pub login: String,
    /// Full years.
    #[schema(minimum = 0, maximum = 130)]
    pub age: i32,
    /// City, region or district, 1 to 255 characters; targeting compares it to the letter.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    pub location: String,
    /// Gender.
    pub gender: Gender,
}

/// A client's gender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Gender {
    /// Men.
    Male,
    /// Women.
    Female,
}

/// A business that pays for campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "name": "Smart Inc"}))]
pub struct Advertiser {
    /// Brought by the caller, unique within the project.
    pub advertiser_id: Uuid,
    /// 1 to 255 characters; need not be unique.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    pub name: String,
}

/// How relevant an advertiser is to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename = "MLScore")]
#[schema(as = MLScore, example = json!({"client_id": "425495af-f78e-4cff-a808-e8f1a1973ff2", "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "score": 8874}))]
pub struct MlScore {
    /// The client.
    pub client_id: Uuid,
    /// The advertiser.
    pub advertiser_id: Uuid,
    /// The larger, the more relevant. A pair that was never set counts as 0.
    #[schema(minimum = 0)]
    pub score: i32,
}

/// What an advertiser decides about a campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "impressions_limit": 1000, "clicks_limit": 100, "cost_per_impression": 1.5, "cost_per_click": 10.25,
    "ad_title": "Plush bears", "ad_text": "Softer than yesterday's", "start_date": 0, "end_date": 14,
    "targeting": {"gender": "FEMALE", "age_from": 25, "age_to": 40, "location": "Moscow"}
}))]
pub struct CampaignCreate {
    /// Most counted impressions; frozen when the campaign starts.
    #[schema(minimum = 0)]
    pub impressions_limit: i32,
    /// Most billed clicks, not above `impressions_limit`; frozen when the campaign starts.
    #[schema(minimum = 0)]
    pub clicks_limit: i32,
    /// Price of one impression, with up to six decimals.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub cost_per_impression: f64,
    /// Price of one click, with up to six decimals.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub cost_per_click: f64,
    /// Title of the ad, 1 to 1,000 characters.
    #[schema(
        min_length = 1,
        max_length = 1_000,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    pub ad_title: String,
    /// Text of the ad, 1 to 10,000 characters.
    #[schema(
        min_length = 1,
        max_length = 10_000,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    pub ad_text: String,
    /// First day of the flight, inclusive; not in the past, frozen when the campaign starts.
    #[schema(minimum = 0)]
    pub start_date: i32,
    /// Last day of the flight, inclusive; not before `start_date`, frozen when the campaign starts.
    #[schema(minimum = 0)]
    pub end_date: i32,
    /// Whom it may be shown to; absent or null means anyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targeting: Option<Targeting>,
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "campaign_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
    "impressions_limit": 1000, "clicks_limit": 100, "cost_per_impression": 1.5, "cost_per_click": 10.25,
    "ad_title": "Plush bears", "ad_text": "Softer than yesterday's", "start_date": 0, "end_date": 14,
    "targeting": {"gender": "FEMALE", "age_from": 25, "age_to": 40, "location": "Moscow"}
}))]
pub struct Campaign {
    /// Made by the server; also the id of the campaign's ad.
    pub campaign_id: Uuid,
    /// Who pays.
    pub advertiser_id: Uuid,
    /// Most counted impressions.
    pub impressions_limit: i32,
    /// Most billed clicks.
    pub clicks_limit: i32,
    /// Price of one impression.
    pub cost_per_impression: f64,
    /// Price of one click.
    pub cost_per_click: f64,
    /// Title of the ad.
    pub ad_title: String,
    /// Text of the ad.
    pub ad_text: String,
    /// First day of the flight, inclusive.
    pub start_date: i32,
    /// Last day of the flight, inclusive.
    pub end_date: i32,
    /// Whom it may be shown to; always present in answers.
    #[serde(default)]
    pub targeting: Targeting,
}

/// Whom a campaign may be shown to. All restrictions must hold; an absent or null one restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Targeting {
    /// Gender; `ALL` restricts nothing.
    #[serde(default)]
    pub gender: Option<Audience>,
    /// Youngest age, inclusive.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub age_from: Option<i32>,
    /// Oldest age, inclusive.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub age_to: Option<i32>,
    /// Location, compared to the letter.
    #[serde(default)]
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    pub location: Option<String>,
}

/// The audience's gender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Audience {
    /// Men only.
    Male,
    /// Women only.
    Female,
    /// Anyone.
    All,
}

/// An ad, as a client is given it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"ad_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "ad_title": "Plush bears", "ad_text": "Softer than yesterday's", "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
    "image_url": "https://ads.example.com/files/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d.png",
    "click_url": "https://ads.example.com/c/AQGW8KRdbHxemxwPLWo7TF0BlvCkXWx8XpscDy1qO0xdQlSVr_d49M_0qAio-PGuLvLnT_JrAWqb6cQ"}))]
pub struct Ad {
    /// Always the id of the campaign, whichever of its ads it is.
    pub ad_id: Uuid,
    /// Title.
    pub ad_title: String,
    /// Text.
    pub ad_text: String,
    /// Whose ad it is.
    pub advertiser_id: Uuid,
    /// Where the image of the ad is loaded. Absent when it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Where a click is to lead: counted there, it goes on to the ad's landing page. Absent when the ad has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click_url: Option<String>,
}

/// Who clicked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"client_id": "425495af-f78e-4cff-a808-e8f1a1973ff2"}))]
pub struct ClickRequest {
    /// The client who clicked.
    pub client_id: Uuid,
}

/// What was delivered and spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"impressions_count": 8, "clicks_count": 1, "conversion": 12.5, "spent_impressions": 12.0, "spent_clicks": 10.25, "spent_total": 22.25}))]
pub struct Stats {
    /// Counted impressions: once per client and campaign.
    pub impressions_count: i64,
    /// Billed clicks: once per client and campaign.
    pub clicks_count: i64,
    /// Clicks per hundred impressions; 0 without impressions.
    pub conversion: f64,
    /// Spent on impressions, at the prices of their moments.
    pub spent_impressions: f64,
    /// Spent on clicks, at the prices of their moments.
    pub spent_clicks: f64,
    /// Spent in all.
    pub spent_total: f64,
}

/// What was delivered and spent on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"impressions_count": 8, "clicks_count": 1, "conversion": 12.5, "spent_impressions": 12.0, "spent_clicks": 10.25, "spent_total": 22.25, "date": 3}))]
pub struct DailyStats {
    /// The day's numbers.
    #[serde(flatten)]
    pub stats: Stats,
    /// The day.
    pub date: i32,
}

/// The project's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"current_date": 5}))]
pub struct CurrentDate {
    /// Today.
    #[schema(minimum = 0)]
    pub current_date: i32,
}

/// Which day to go to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"current_date": 5}))]
pub struct DayWanted {
    /// The day, forwards or backwards; absent or null means one day on.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub current_date: Option<i32>,
}

/// What to change about a campaign: any of its terms. What is absent stays; `null` clears a restriction of the targeting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"cost_per_click": 12.5, "targeting": {"location": null}}))]
pub struct CampaignPatch {
    /// Most counted impressions; frozen when the campaign starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, nullable = false)]
    pub impressions_limit: Option<i32>,
    /// Most billed clicks; frozen when the campaign starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, nullable = false)]
    pub clicks_limit: Option<i32>,
    /// Price of one impression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000, nullable = false)]
    pub cost_per_impression: Option<f64>,
    /// Price of one click.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000, nullable = false)]
    pub cost_per_click: Option<f64>,
    /// Title of the ad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        min_length = 1,
        max_length = 1_000,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]",
        nullable = false
    )]
    pub ad_title: Option<String>,
    /// Text of the ad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        min_length = 1,
        max_length = 10_000,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]",
        nullable = false
    )]
    pub ad_text: Option<String>,
    /// First day of the flight; frozen when the campaign starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, nullable = false)]
    pub start_date: Option<i32>,
    /// Last day of the flight; frozen when the campaign starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, nullable = false)]
    pub end_date: Option<i32>,
    /// Whom it may be shown to; `null` means anyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targeting: Option<Targeting>,
}
