//! Patches: an input is `[terms, patch]`, with `{"today", "impressions", "clicks"}` as a third item if it matters. Merging
//! agrees with RFC 7386 said once more, twice is once, and what passes as a change obeys the rules of a new campaign.
#![no_main]

use barker_domain::{
    Day,
    campaign::{Campaign, Delivered, Plan, Rotation, Terms},
    error::unless_faulty,
    fields::read_object,
};
use barker_fuzz::{assert_is_a_problem, assert_names_fields, body, echoed};
use barker_wire::contract::{self, merge_terms, read_terms};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Before every day there is: what is left of the rules for a new campaign are those without a date in them.
const LONG_AGO: Day = Day(i32::MIN);

fuzz_target!(|data: &[u8]| {
    let Some(body) = body(data) else { return };
    let (terms, patch, circumstances) = (&body[0], &body[1], &body[2]);
    let Ok(present) = read_object(terms, read_terms) else { return };
    if !present.faults_as_new(LONG_AGO).is_empty() {
        return;
    }
    assert_eq!(merge_terms(&present, &json!({})).as_ref().ok(), Some(&present), "an empty patch changes nothing");
    let expected = merged(Some(&answered(&present)), patch);
    match merge_terms(&present, patch) {
        Ok(next) => {
            assert_eq!(read_object(&expected, read_terms).as_ref().ok(), Some(&next), "{patch}");
            assert_eq!(merge_terms(&next, patch).as_ref().ok(), Some(&next), "twice is once: {patch}");
            assert_eq!(read_object(&answered(&next), read_terms).as_ref().ok(), Some(&next));
            change(&present, &next, circumstances);
        }
        Err(refusal) if patch.is_object() => assert_names_fields(refusal, &expected),
        Err(refusal) => {
            assert_eq!(refusal.fields.iter().map(|field| field.pointer.as_str()).collect::<Vec<_>>(), [""]);
            assert_is_a_problem(refusal);
        }
    }
});

/// The rules of a change, under all circumstances: nothing else than terms that could be created comes out.
fn change(present: &Terms, next: &Terms, circumstances: &Value) {
    let number = |name: &str| circumstances[name].as_i64();
    let today = Day(number("today").and_then(|day| i32::try_from(day).ok()).unwrap_or(0));
    let delivered =
        Delivered { impressions: number("impressions").unwrap_or(0), clicks: number("clicks").unwrap_or(0), ..Delivered::default() };
    let faults = next.faults_as_change(present, today, delivered);
    let accepted = match unless_faulty(next.clone(), faults) {
        Ok(accepted) => accepted,
        Err(refusal) => return assert_names_fields(refusal, &answered(next)),
    };
    assert_eq!(accepted.faults_as_new(LONG_AGO), [], "a change leads to terms that could be created");
    assert_eq!(accepted.faults_as_change(&accepted, today, delivered), [], "and that may stay as they are");
    if present.has_started(today) {
        let frozen = |terms: &Terms| (terms.impressions_limit, terms.clicks_limit, terms.start_date, terms.end_date);
        assert_eq!(frozen(&accepted), frozen(present), "limits and dates are frozen");
    }
}

/// The terms as a caller reads them in an answer.
fn answered(terms: &Terms) -> Value {
    let campaign = Campaign {
        id: Uuid::nil().into(),
        advertiser_id: Uuid::max().into(),
        terms: terms.clone(),
        plan: Plan::default(),
        ads: Rotation::default(),
        version: 1,
        created_at_ms: 0,
    };
    echoed(&contract::Campaign::from(&campaign))
}

/// RFC 7386 from the caller's side: the object a patch leads to holds what the target had and the patch does not name,
/// and what the patch names and does not delete.
fn merged(target: Option<&Value>, patch: &Value) -> Value {
    let Value::Object(changes) = patch else { return patch.clone() };
    let had = target.and_then(Value::as_object);
    let kept =
        had.into_iter().flatten().filter(|(name, _)| !changes.contains_key(*name)).map(|(name, value)| (name.clone(), value.clone()));
    let named = changes.iter().filter(|(_, change)| !change.is_null());
    let applied = named.map(|(name, change)| (name.clone(), merged(had.and_then(|had| had.get(name)), change)));
    Value::Object(kept.chain(applied).collect::<Map<_, _>>())
}
