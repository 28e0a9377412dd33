//! Whether a client should have been shown an ad: the published rules, written down once more and on purpose not the server's code.

use barker_domain::Day;

use crate::contract::{Audience, CampaignCreate, Client, Gender, Targeting};

/// Why the ad should not have been shown to this client on this day.
pub(super) fn reason(terms: &CampaignCreate, client: &Client, day: Day) -> Option<&'static str> {
    if !(terms.start_date..=terms.end_date).contains(&day.0) {
        return Some("outside the flight");
    }
    terms.targeting.as_ref().and_then(|targeting| mismatch(targeting, client))
}

fn mismatch(targeting: &Targeting, client: &Client) -> Option<&'static str> {
    match (targeting.gender, client.gender) {
        (Some(Audience::Male), Gender::Female) | (Some(Audience::Female), Gender::Male) => return Some("gender"),
        (None | Some(Audience::All | Audience::Male | Audience::Female), _) => {}
    }
    if targeting.age_from.is_some_and(|from| client.age < from) || targeting.age_to.is_some_and(|to| client.age > to) {
        return Some("age");
    }
    targeting.location.as_ref().is_some_and(|location| *location != client.location).then_some("location")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{MarketSize, generate};

    #[test]
    fn each_rule_is_kept_at_its_ends() {
        let woman =
            Client { client_id: uuid::Uuid::nil(), login: "anna".into(), age: 30, location: "Moscow".into(), gender: Gender::Female };
        let terms = generate(&MarketSize::default(), 1).campaigns.remove(0).campaign_data;
        let cases = [
            (5, Targeting::default(), None),
            (4, Targeting::default(), Some("outside the flight")),
            (7, Targeting::default(), None),
            (8, Targeting::default(), Some("outside the flight")),
            (5, Targeting { gender: Some(Audience::All), ..Targeting::default() }, None),
            (5, Targeting { gender: Some(Audience::Female), ..Targeting::default() }, None),
            (5, Targeting { gender: Some(Audience::Male), ..Targeting::default() }, Some("gender")),
            (5, Targeting { age_from: Some(30), age_to: Some(30), ..Targeting::default() }, None),
            (5, Targeting { age_from: Some(31), ..Targeting::default() }, Some("age")),
            (5, Targeting { age_to: Some(29), ..Targeting::default() }, Some("age")),
            (5, Targeting { location: Some("Moscow".into()), ..Targeting::default() }, None),
            (5, Targeting { location: Some("moscow".into()), ..Targeting::default() }, Some("location")),
        ];
        for (day, targeting, expected) in cases {
            let terms = CampaignCreate { start_date: 5, end_date: 7, targeting: Some(targeting.clone()), ..terms.clone() };
            assert_eq!(reason(&terms, &woman, Day(day)), expected, "day {day}, {targeting:?}");
        }
    }
}
