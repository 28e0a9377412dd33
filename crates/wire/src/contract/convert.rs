//! Between the contract's shapes and the domain's nouns, in both directions.

use barker_domain::{
    ClientId, Day, Error, FieldError, Result,
    advertiser::Advertiser,
    campaign::{Campaign, Terms},
    client::{Client, Gender, faults_of},
    fields::{Fields, read_object},
    score::Score,
    statistics::{Counters, EmptyDays},
    targeting::{Audience, Targeting},
};
use serde_json::Value;

use crate::{contract, input::Query};

/// Reads a client.
pub fn read_client(fields: &mut Fields<'_>) -> Option<Client> {
    let (id, login) = (fields.id("client_id"), fields.text("login"));
    let (age, location) = (fields.integer("age"), fields.text("location"));
    let gender = fields.choice("gender", &[("MALE", Gender::Male), ("FEMALE", Gender::Female)]);
    // Whoever sends a client hears of everything at once, also where something is missing.
    fields.adopt(faults_of(login.as_deref(), age, location.as_deref()));
    Some(Client { id: id?, login: login?, age: age?, location: location?, gender: gender? })
}

/// Reads an advertiser.
pub fn read_advertiser(fields: &mut Fields<'_>) -> Option<Advertiser> {
    let (id, name) = (fields.id("advertiser_id"), fields.text("name"));
    Some(Advertiser { id: id?, name: name? })
}

/// Reads an ML score.
pub fn read_score(fields: &mut Fields<'_>) -> Option<Score> {
    let (client_id, advertiser_id) = (fields.id("client_id"), fields.id("advertiser_id"));
    let value = fields.integer("score");
    Some(Score { client_id: client_id?, advertiser_id: advertiser_id?, value: value? })
}

/// Reads who clicked.
pub fn read_click(fields: &mut Fields<'_>) -> Option<ClientId> {
    fields.id("client_id")
}

/// Reads a campaign's terms. Every required field must be there; an absent targeting restricts nothing.
pub fn read_terms(fields: &mut Fields<'_>) -> Option<Terms> {
    let (impressions_limit, clicks_limit) = (fields.integer("impressions_limit"), fields.integer("clicks_limit"));
    let (cost_per_impression, cost_per_click) = (fields.price("cost_per_impression"), fields.price("cost_per_click"));
    let (ad_title, ad_text) = (fields.text("ad_title"), fields.text("ad_text"));
    let (start_date, end_date) = (fields.integer("start_date"), fields.integer("end_date"));
    let targeting = fields.optional_object("targeting", |fields| Some(read_targeting(fields)));
    Some(Terms {
        impressions_limit: impressions_limit?,
        clicks_limit: clicks_limit?,
        cost_per_impression: cost_per_impression?,
        cost_per_click: cost_per_click?,
        ad_title: ad_title?,
        ad_text: ad_text?,
        start_date: Day(start_date?),
        end_date: Day(end_date?),
        targeting: targeting.unwrap_or_default(),
    })
}

/// Reads whom a campaign may be shown to. What is absent or null restricts nothing; faults stay with `fields`.
pub fn read_targeting(fields: &mut Fields<'_>) -> Targeting {
    const AUDIENCES: [(&str, Audience); 3] = [("MALE", Audience::Male), ("FEMALE", Audience::Female), ("ALL", Audience::All)];
    Targeting {
        gender: fields.optional("gender", |fields, name| fields.choice(name, &AUDIENCES)),
        age_from: fields.optional("age_from", Fields::integer),
        age_to: fields.optional("age_to", Fields::integer),
        location: fields.optional("location", Fields::text),
    }
}

/// Reads which day is wanted. An object without a date, and null, mean the same as no body: `None`, one day on.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] naming `current_date`.
pub fn read_wanted_day(body: Option<&Value>) -> Result<Option<Day>> {
    let read = |body| read_object(body, |fields| Some(fields.optional("current_date", Fields::integer)));
    let day = body.filter(|body| !body.is_null()).map(read).transpose()?.flatten();
    Ok(day.map(Day))
}

/// Reads whether days without events are wanted.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] naming `fill`.
pub fn read_empty_days(query: &Query) -> Result<EmptyDays> {
    match query.text("fill") {
        None | Some("zero") => Ok(EmptyDays::Listed),
        Some("none") => Ok(EmptyDays::LeftOut),
        Some(_) => Err(Error::invalid(vec![FieldError::new("/fill", "enum", "must be one of zero, none")])),
    }
}

impl From<&Client> for contract::Client {
    fn from(client: &Client) -> Self {
        let gender = match client.gender {
            Gender::Male => contract::Gender::Male,
            Gender::Female => contract::Gender::Female,
        };
        Self { client_id: client.id.0, login: client.login.clone(), age: client.age, location: client.location.clone(), gender }
    }
}

impl From<&Advertiser> for contract::Advertiser {
    fn from(advertiser: &Advertiser) -> Self {
        Self { advertiser_id: advertiser.id.0, name: advertiser.name.clone() }
    }
}

impl From<&Campaign> for contract::Campaign {
    fn from(campaign: &Campaign) -> Self {
        let terms = &campaign.terms;
        Self {
            campaign_id: campaign.id.0,
            advertiser_id: campaign.advertiser_id.0,
            impressions_limit: terms.impressions_limit,
            clicks_limit: terms.clicks_limit,
            cost_per_impression: terms.cost_per_impression.to_decimal(),
            cost_per_click: terms.cost_per_click.to_decimal(),
            ad_title: terms.ad_title.clone(),
            ad_text: terms.ad_text.clone(),
            start_date: terms.start_date.0,
            end_date: terms.end_date.0,
            targeting: contract::Targeting::from(&terms.targeting),
        }
    }
}

impl From<&Targeting> for contract::Targeting {
    fn from(targeting: &Targeting) -> Self {
        let gender = targeting.gender.map(|audience| match audience {
            Audience::Male => contract::Audience::Male,
            Audience::Female => contract::Audience::Female,
            Audience::All => contract::Audience::All,
        });
        Self { gender, age_from: targeting.age_from, age_to: targeting.age_to, location: targeting.location.clone() }
    }
}

impl From<&Counters> for contract::Stats {
    fn from(counters: &Counters) -> Self {
        Self {
            impressions_count: counters.impressions,
            clicks_count: counters.clicks,
            conversion: counters.conversion_percent(),
            spent_impressions: counters.spent_impressions.to_decimal(),
            spent_clicks: counters.spent_clicks.to_decimal(),
            spent_total: counters.spent_total().to_decimal(),
        }
    }
}

impl From<&(Day, Counters)> for contract::DailyStats {
    fn from((day, counters): &(Day, Counters)) -> Self {
        Self { stats: counters.into(), date: day.0 }
    }
}
