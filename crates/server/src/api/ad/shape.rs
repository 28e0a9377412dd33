//! An ad as the cabinet shows it and takes it.

use barker_app::ad::{AdChange, NewAd, Shows};
use barker_domain::{
    FieldError,
    ad::{AdStatus, AdWithCreative, DEFAULT_WEIGHT},
    creative::{Content, Picture},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::{
        creative::{CreativeShown, CreativeWords, CreativeWordsChange},
        instant,
    },
    http::{PublicUrl, fields::Fields},
};

/// One of a campaign's ads.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "ad_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "campaign_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "name": null, "weight": 100,
    "status": "active", "version": 1, "created_at": "2026-11-21T08:15:00Z", "creative": {
        "creative_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "title": "Plush bears", "text": "Softer than yesterday's",
        "landing_url": "https://example.com/bears", "image_id": null, "image_url": null, "status": "active", "version": 1, "created_at": "2026-11-21T08:15:00Z"
    }
}))]
pub(in crate::api) struct AdOfCampaign {
    /// The ad; the one that was made with its campaign has the campaign's id.
    ad_id: Uuid,
    /// Whose shows it gets.
    campaign_id: Uuid,
    /// What people call it; `null`: by its title.
    name: Option<String>,
    /// How much it gets, in proportion to the other active ads of the campaign.
    weight: i32,
    /// `active`, `paused` or `archived`. Only one that is active is shown.
    status: &'static str,
    /// What it shows.
    creative: CreativeShown,
    /// Grows with every change, also of its creative; the `ETag` of the answer.
    version: i32,
    /// When it was made.
    created_at: String,
}

/// A new ad: with `creative`, which is made with it, or `creative_id`.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "name": "Autumn", "weight": 300, "creative": {"title": "Plush foxes", "text": "Redder than yesterday's", "landing_url": "https://example.com/foxes"}
}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(in crate::api) struct NewAdOfCampaign {
    /// What people call it.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    name: Option<String>,
    /// How much it gets, in proportion to the other active ads of the campaign; 100 when it is absent.
    #[schema(minimum = 1, maximum = 1000)]
    weight: Option<i32>,
    /// `active`, as when it is absent, or `paused`.
    #[schema(pattern = "^(active|paused)$")]
    status: Option<String>,
    /// What it shows.
    creative: Option<CreativeWords>,
    /// The creative that it shows, one of the project's.
    creative_id: Option<Uuid>,
}

/// What to change about an ad. What is absent stays.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"weight": 200, "status": "paused", "creative": {"landing_url": null}}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(in crate::api) struct AdOfCampaignChange {
    /// What people call it; `null`: by its title.
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    /// How much it gets.
    #[schema(minimum = 1, maximum = 1000, nullable = false)]
    weight: Option<i32>,
    /// `active`, `paused` or `archived`.
    #[schema(pattern = "^(active|paused|archived)$", nullable = false)]
    status: Option<String>,
    /// What its creative says, in every ad that shows it.
    creative: Option<CreativeWordsChange>,
    /// Another creative that it shows from now on; not together with `creative`.
    #[schema(nullable = false)]
    creative_id: Option<Uuid>,
}

impl AdOfCampaign {
    pub(super) fn at(url: &PublicUrl, (ad, creative): &AdWithCreative) -> Self {
        Self {
            ad_id: ad.id.0,
            campaign_id: ad.campaign_id.0,
            name: ad.name.clone(),
            weight: ad.weight,
            status: ad.status.as_str(),
            creative: CreativeShown::at(url, creative),
            version: ad.version,
            created_at: instant(ad.created_at_ms),
        }
    }
}

const DECIDED: [&str; 5] = ["name", "weight", "status", "creative", "creative_id"];

pub(super) fn read_new(fields: &mut Fields<'_>) -> Option<NewAd> {
    fields.refuse_others(&DECIDED);
    let name = fields.optional("name", Fields::text).map(|name| name.trim().to_owned());
    let weight = fields.optional("weight", Fields::integer);
    let status = fields.optional("status", read_status);
    let content = fields.optional_object("creative", read_content);
    let creative_id = fields.optional("creative_id", Fields::id);
    let shows = match (fields.value("creative"), fields.value("creative_id")) {
        (Some(_), None) => content.map(Shows::New),
        (None, Some(_)) => creative_id.map(Shows::Known),
        (Some(_), Some(_)) => refuse_both(fields),
        (None, None) => {
            fields.adopt([FieldError::new("/creative", "required", "is required, or creative_id")]);
            None
        }
    };
    Some(NewAd { name, weight: weight.unwrap_or(DEFAULT_WEIGHT), status: status.unwrap_or_default(), shows: shows? })
}

pub(super) fn read_change(fields: &mut Fields<'_>, present: &Content) -> AdChange {
    fields.refuse_others(&DECIDED);
    let name = fields.nullable("name", Fields::text).map(|name| name.map(|name| name.trim().to_owned()));
    let weight = given(fields, "weight", Fields::integer);
    let status = given(fields, "status", read_status);
    let creative_id = given(fields, "creative_id", Fields::id);
    let content = fields.optional_object("creative", |fields| {
        fields.refuse_others(&["title", "text", "landing_url", "image_id"]);
        Some(read_content_change(fields, present))
    });
    if fields.value("creative").is_some() && fields.value("creative_id").is_some() {
        refuse_both::<()>(fields);
    }
    AdChange { name, weight, status, creative_id, content }
}

fn refuse_both<T>(fields: &mut Fields<'_>) -> Option<T> {
    fields.adopt([FieldError::new("/creative_id", "conflict", "must not stand beside creative")]);
    None
}

fn read_status(fields: &mut Fields<'_>, name: &str) -> Option<AdStatus> {
    fields.choice(name, &AdStatus::ALL.map(|status| (status.as_str(), status)))
}

/// Reads what a new creative says and where it leads.
pub(in crate::api) fn read_content(fields: &mut Fields<'_>) -> Option<Content> {
    fields.refuse_others(&["title", "text", "landing_url", "image_id"]);
    let (title, text) = (fields.text("title"), fields.text("text"));
    let landing_url = fields.optional("landing_url", Fields::text);
    let image = fields.optional("image_id", Fields::id).map(Picture::Asked);
    Some(Content { title: title?, text: text?, landing_url, image })
}

/// Reads what changes about it; faults stay with `fields`.
pub(in crate::api) fn read_content_change(fields: &mut Fields<'_>, present: &Content) -> Content {
    Content {
        title: given(fields, "title", Fields::text).unwrap_or_else(|| present.title.clone()),
        text: given(fields, "text", Fields::text).unwrap_or_else(|| present.text.clone()),
        landing_url: fields.nullable("landing_url", Fields::text).unwrap_or_else(|| present.landing_url.clone()),
        image: fields.nullable("image_id", Fields::id).map_or(present.image, |id| id.map(Picture::Asked)),
    }
}

/// A field that may be absent, and is not null where it stands.
pub(in crate::api) fn given<'v, T>(
    fields: &mut Fields<'v>,
    name: &str,
    read: impl FnOnce(&mut Fields<'v>, &str) -> Option<T>,
) -> Option<T> {
    let value = fields.nullable(name, |fields, name| read(fields, name))?;
    if value.is_none() {
        fields.adopt([FieldError::new(format!("/{name}"), "required", "must not be null")]);
    }
    value
}
