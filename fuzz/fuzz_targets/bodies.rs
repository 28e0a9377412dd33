//! Bodies of requests: every input is read as each body the ad API takes. What is accepted obeys the contract and comes
//! back the same from the answer's JSON; what is refused names its fields.
#![no_main]

use std::fmt::Debug;

use barker_domain::{
    Day, FieldError, Micros, Result,
    advertiser::Advertiser,
    campaign::{Campaign, Delivered, Plan, Rotation, Terms},
    client::Client,
    error::unless_faulty,
    fields::{Fields, read_array, read_object},
    money::MAX_PRICE,
    score::Score,
};
use barker_fuzz::{assert_names_fields, body, echoed};
use barker_wire::contract::{self, MAX_BULK_ITEMS, read_advertiser, read_click, read_client, read_score, read_terms, read_wanted_day};
use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

/// How one noun is read, judged and answered.
struct Noun<T, S> {
    read: fn(&mut Fields<'_>) -> Option<T>,
    faults: fn(&T) -> Vec<FieldError>,
    shape: fn(&T) -> S,
}

const CLIENT: Noun<Client, contract::Client> = Noun { read: read_client, faults: Client::faults, shape: |client| client.into() };
const ADVERTISER: Noun<Advertiser, contract::Advertiser> =
    Noun { read: read_advertiser, faults: Advertiser::faults, shape: |advertiser| advertiser.into() };
const SCORE: Noun<Score, contract::MlScore> = Noun { read: read_score, faults: Score::faults, shape: score_shape };

fuzz_target!(|data: &[u8]| {
    let Some(body) = body(data) else { return };
    in_bulk(&body, &CLIENT);
    in_bulk(&body, &ADVERTISER);
    in_bulk(&body, &SCORE);
    alone(&body, &SCORE);
    campaign(&body);
    click(&body);
    day(&body);
});

fn score_shape(score: &Score) -> contract::MlScore {
    contract::MlScore { client_id: score.client_id.0, advertiser_id: score.advertiser_id.0, score: score.value }
}

/// `POST /clients/bulk`, `/advertisers/bulk`, `/ml-scores/bulk`.
fn in_bulk<T: Debug + PartialEq, S: Debug + PartialEq + Serialize + DeserializeOwned>(body: &Value, noun: &Noun<T, S>) {
    let items = match read_array(body, MAX_BULK_ITEMS, noun.read) {
        Ok(items) => items,
        Err(refusal) => return assert_names_fields(refusal, body),
    };
    assert_eq!(Some(items.len()), body.as_array().map(Vec::len), "every item is read once");
    let judged = items.iter().enumerate().flat_map(|(place, item)| {
        let below = format!("/{place}");
        (noun.faults)(item).into_iter().map(move |fault| fault.below(&below))
    });
    if let Err(refusal) = unless_faulty((), judged.collect()) {
        return assert_names_fields(refusal, body);
    }
    let shapes: Vec<_> = items.iter().map(noun.shape).collect();
    let answer = echoed(&shapes);
    assert_eq!(read_array(&answer, MAX_BULK_ITEMS, noun.read).ok(), Some(items));
    assert_eq!(serde_json::from_value::<Vec<S>>(answer).ok(), Some(shapes));
}

/// `POST /ml-scores`.
fn alone<T: Debug + PartialEq, S: Serialize>(body: &Value, noun: &Noun<T, S>) {
    let judged = read_object(body, noun.read).and_then(|item| {
        let faults = (noun.faults)(&item);
        unless_faulty(item, faults)
    });
    match judged {
        Ok(item) => assert_eq!(read_object(&echoed(&(noun.shape)(&item)), noun.read).ok(), Some(item)),
        Err(refusal) => assert_names_fields(refusal, body),
    }
}

/// `POST .../campaigns` on day 0, and the same body as a PUT long after the end.
fn campaign(body: &Value) {
    let created: Result<Terms> = read_object(body, read_terms).and_then(|terms| {
        let faults = terms.faults_as_new(Day(0));
        unless_faulty(terms, faults)
    });
    let terms = match created {
        Ok(terms) => terms,
        Err(refusal) => return assert_names_fields(refusal, body),
    };
    assert_obeys_the_contract(&terms);
    let campaign = Campaign {
        id: Uuid::nil().into(),
        advertiser_id: Uuid::max().into(),
        terms: terms.clone(),
        plan: Plan::default(),
        ads: Rotation::default(),
        version: 1,
        created_at_ms: 0,
    };
    let answer = echoed(&contract::Campaign::from(&campaign));
    assert!(answer["targeting"].is_object(), "targeting is always present in answers");
    assert_eq!(read_object(&answer, read_terms).as_ref().ok(), Some(&terms));
    assert_eq!(serde_json::from_value(answer).ok(), Some(contract::Campaign::from(&campaign)));
    let delivered = Delivered { impressions: i64::MAX, clicks: i64::MAX, ..Delivered::default() };
    assert_eq!(terms.faults_as_change(&terms, Day(i32::MAX), delivered), [], "the same terms are always fine");
}

/// The rules of a new campaign on day 0, said once more.
fn assert_obeys_the_contract(terms: &Terms) {
    let targeting = &terms.targeting;
    let ages = [targeting.age_from, targeting.age_to];
    let rules = [
        (0..=terms.impressions_limit).contains(&terms.clicks_limit),
        [terms.cost_per_impression, terms.cost_per_click].iter().all(|price| (Micros::ZERO..=MAX_PRICE).contains(price)),
        !terms.ad_title.trim().is_empty() && terms.ad_title.chars().count() <= 1_000,
        !terms.ad_text.trim().is_empty() && terms.ad_text.chars().count() <= 10_000,
        0 <= terms.start_date.0 && terms.start_date <= terms.end_date,
        ages.into_iter().flatten().all(|age| age >= 0),
        targeting.age_from.zip(targeting.age_to).is_none_or(|(from, to)| from <= to),
        targeting.location.as_ref().is_none_or(|location| !location.trim().is_empty() && location.chars().count() <= 255),
    ];
    assert_eq!(rules, [true; 8], "{terms:?}");
}

/// `POST /ads/{adId}/click`.
fn click(body: &Value) {
    match read_object(body, read_click) {
        Ok(client_id) => {
            assert_eq!(body["client_id"].as_str().and_then(|id| Uuid::parse_str(id).ok()), Some(client_id.0));
            assert_eq!(read_object(&echoed(&contract::ClickRequest { client_id: client_id.0 }), read_click).ok(), Some(client_id));
        }
        Err(refusal) => assert_names_fields(refusal, body),
    }
}

/// `POST /time/advance`.
fn day(body: &Value) {
    match read_wanted_day(Some(body)) {
        Ok(Some(day)) => {
            assert_eq!(body["current_date"].as_f64(), Some(f64::from(day.0)));
            assert_eq!(read_wanted_day(Some(&echoed(&contract::CurrentDate { current_date: day.0 }))).ok(), Some(Some(day)));
        }
        Ok(None) => assert!(body["current_date"].is_null(), "{body}"),
        Err(refusal) => assert_names_fields(refusal, body),
    }
}
