//! Targeting: an input is `[[targeting, ...], [client, ...]]`. Who fits is told three times: by the rule, by the index of
//! the engine, and here by a naive reading of the JSON itself. All three agree.
#![no_main]

use std::collections::BTreeSet;

use barker_domain::{
    CampaignId, Day, ImpressionId, Micros,
    campaign::{Campaign, Delivered, Plan, Rotation, Show, Terms},
    client::Client,
    day::Moment,
    fields::read_object,
    project::Ranking,
    targeting::Targeting,
};
use barker_fuzz::{assert_names_fields, body, echoed};
use barker_serving::{Allowance, Decision, Engine, Meter, Shown, Viewer, score_distribution::ScoreDistribution};
use barker_wire::contract::{self, read_client, read_targeting};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use uuid::Uuid;

/// Most campaigns, and most clients, of one input: enough for any two to differ, few enough to stay fast.
const MAX_EACH: usize = 16;

fuzz_target!(|data: &[u8]| {
    let Some(body) = body(data) else { return };
    let wanted: Vec<_> = items(&body[0]).filter_map(|sent| Some((sent, accepted_targeting(sent)?))).collect();
    let clients: Vec<_> = items(&body[1]).filter_map(|sent| Some((sent, accepted_client(sent)?))).collect();
    let engine = Engine::new(Day(0), Ranking::ExpectedProfit, ScoreDistribution::default(), []);
    for (number, (_, targeting)) in wanted.iter().enumerate() {
        let campaign = campaign(number, targeting.clone());
        let meter = Meter::new(&campaign, Delivered::default(), 0, Allowance::unlimited());
        engine.list(campaign, meter);
    }
    for (sent_client, client) in &clients {
        let mut expected = BTreeSet::new();
        for (number, (sent_targeting, targeting)) in wanted.iter().enumerate() {
            let fits = fits(sent_targeting, sent_client);
            assert_eq!(targeting.matches(client), fits, "{targeting:?} and {client:?}");
            if fits {
                expected.insert(campaign_id(number));
            }
        }
        assert_eq!(given(&engine, client), expected, "{client:?}");
    }
});

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten().take(MAX_EACH)
}

fn accepted_targeting(sent: &Value) -> Option<Targeting> {
    let targeting = match read_object(sent, |fields| Some(read_targeting(fields))) {
        Ok(targeting) => targeting,
        Err(refusal) => {
            assert_names_fields(refusal, sent);
            return None;
        }
    };
    if !targeting.faults().is_empty() {
        assert_names_fields(barker_domain::Error::invalid(targeting.faults()), sent);
        return None;
    }
    let answer = echoed(&contract::Targeting::from(&targeting));
    assert_eq!(read_object(&answer, |fields| Some(read_targeting(fields))).as_ref().ok(), Some(&targeting));
    Some(targeting)
}

fn accepted_client(sent: &Value) -> Option<Client> {
    read_object(sent, read_client).ok().filter(|client| client.faults().is_empty())
}

/// The contract's words, read off the JSON: absent or null restricts nothing, `ALL` is any gender, ages are inclusive,
/// a location is equal to the letter.
fn fits(targeting: &Value, client: &Value) -> bool {
    let age = client["age"].as_f64();
    let within = |bound: &Value, holds: fn(f64, f64) -> bool| bound.as_f64().zip(age).is_none_or(|(bound, age)| holds(bound, age));
    let equal = |name: &str| targeting[name].is_null() || targeting[name] == client[name];
    (targeting["gender"] == "ALL" || equal("gender"))
        && equal("location")
        && within(&targeting["age_from"], |from, age| from <= age)
        && within(&targeting["age_to"], |to, age| age <= to)
}

/// Every campaign the engine would give this client, one after the other.
fn given(engine: &Engine, client: &Client) -> BTreeSet<CampaignId> {
    let mut viewer = Viewer::new(client.clone());
    let mut given = BTreeSet::new();
    while let Some(Decision::New { listing, .. }) = engine.decide(&viewer, Moment::default()) {
        let id = listing.campaign.id;
        assert!(given.insert(id), "an ad is new once");
        viewer
            .history
            .insert(id, Shown { impression_id: ImpressionId(id.0), ad_id: id.into(), nth: 1, last: Show::default(), is_clicked: true });
    }
    given
}

fn campaign_id(number: usize) -> CampaignId {
    Uuid::from_u128(number as u128).into()
}

fn campaign(number: usize, targeting: Targeting) -> Campaign {
    let terms = Terms {
        impressions_limit: 1_000,
        clicks_limit: 1_000,
        cost_per_impression: Micros(1),
        cost_per_click: Micros(1),
        ad_title: "Title".into(),
        ad_text: "Text".into(),
        start_date: Day(0),
        end_date: Day(0),
        targeting,
    };
    Campaign {
        id: campaign_id(number),
        advertiser_id: Uuid::nil().into(),
        terms,
        plan: Plan::default(),
        ads: Rotation::first(campaign_id(number)),
        version: 1,
        created_at_ms: 0,
    }
}
