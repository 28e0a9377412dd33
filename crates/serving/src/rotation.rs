//! Which of a campaign's ads a client is shown: by weighted rendezvous hashing of the campaign, the client and which of their shows it
//! is. Nothing is remembered and nothing is random, so that the same question always has the same answer, also after a restart; and
//! a weight that changes moves only as many clients as it must.
//!
//! Each ad gets a number that is exponentially distributed with its weight as the rate; the smallest one wins, which it does as often as
//! the weights say (Mosharaf and others, "Weighted distributed hash tables", 2005).

use barker_domain::{
    AdId, ClientId,
    campaign::{Campaign, Rotated},
};
use uuid::Uuid;

use crate::viewer::Shown;

/// The ad that the client is shown the `nth` time; `None`: no ad is active.
pub(crate) fn draw(campaign: &Campaign, client_id: ClientId, nth: i32) -> Option<AdId> {
    match &*campaign.ads {
        [] => None,
        [only] => Some(only.id),
        several => {
            let seed = mixed(mixed(mixed(0, campaign.id.0), client_id.0) ^ u64::from(nth.unsigned_abs()), Uuid::nil());
            let ticket = |ad: &Rotated| (ticket(seed, ad), ad.id);
            several
                .iter()
                .map(ticket)
                .min_by(|(one, one_id), (other, other_id)| one.total_cmp(other).then(one_id.cmp(other_id)))
                .map(|(_, id)| id)
        }
    }
}

/// The ad that the client is shown once more for nothing: the one that was counted, as long as it is active.
pub(crate) fn draw_again(campaign: &Campaign, client_id: ClientId, shown: &Shown) -> Option<AdId> {
    let counted = campaign.ads.iter().find(|ad| ad.id == shown.ad_id).map(|ad| ad.id);
    counted.or_else(|| draw(campaign, client_id, shown.nth))
}

fn ticket(seed: u64, ad: &Rotated) -> f64 {
    const FRACTION_BITS: u32 = 53;
    // Strictly between 0 and 1: the middle of one of 2^53 equal parts.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let uniform = ((mixed(seed, ad.id.0) >> (u64::BITS - FRACTION_BITS)) as f64 + 0.5) / (1_u64 << FRACTION_BITS) as f64;
    -uniform.ln() / f64::from(ad.weight)
}

/// Stirs an id into a hash.
fn mixed(hash: u64, id: Uuid) -> u64 {
    let (high, low) = id.as_u64_pair();
    stirred(stirred(hash ^ high) ^ low)
}

/// The finalizer of `SplitMix64` (Steele, Lea and Flood, 2014).
fn stirred(mut number: u64) -> u64 {
    number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use barker_domain::{
        AdvertiserId, CampaignId, CreativeId, Day, Micros,
        ad::{Ad, AdStatus},
        campaign::{Plan, Rotation, Terms},
        creative::{Content, Creative},
        targeting::Targeting,
    };
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const CLIENTS: u128 = 20_000;

    fn terms() -> Terms {
        Terms {
            impressions_limit: 1,
            clicks_limit: 1,
            cost_per_impression: Micros(1),
            cost_per_click: Micros(1),
            ad_title: "Bears".into(),
            ad_text: "Soft".into(),
            start_date: Day(0),
            end_date: Day(1),
            targeting: Targeting::default(),
        }
    }

    /// A campaign whose ads have these weights; one of weight 0 rests.
    fn campaign(number: u128, weights: &[i32]) -> Campaign {
        let id = CampaignId(Uuid::from_u128(number));
        let ad = |(place, weight): (u128, &i32)| {
            let status = if *weight == 0 { AdStatus::Paused } else { AdStatus::Active };
            let content = Content { title: "Bears".into(), text: "Soft".into(), landing_url: None, image: None };
            let creative = Creative { id: CreativeId(Uuid::from_u128(place)), content, is_archived: false, version: 1, created_at_ms: 1 };
            (Ad { id: AdId(Uuid::from_u128(place)), weight: *weight, status, ..Ad::first(id, 1) }, creative)
        };
        let ads: Vec<_> = (0..).zip(weights).map(ad).collect();
        let ads = Rotation::of(&ads, &terms());
        Campaign { id, advertiser_id: AdvertiserId(Uuid::nil()), terms: terms(), plan: Plan::default(), ads, version: 1, created_at_ms: 1 }
    }

    fn place(campaign: &Campaign, client: u128, nth: i32) -> u128 {
        draw(campaign, ClientId(Uuid::from_u128(client)), nth).unwrap().0.as_u128()
    }

    fn shares(campaign: &Campaign, nth: i32) -> BTreeMap<u128, f64> {
        let mut shares = BTreeMap::new();
        for client in 0..CLIENTS {
            *shares.entry(place(campaign, client, nth)).or_insert(0.0) += 1.0 / 20_000.0;
        }
        shares
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn shares_follow_the_weights_and_what_rests_is_never_drawn(
            number in any::<u128>(), weights in vec(prop_oneof![1 => Just(0), 8 => 1..=1_000_i32], 1..8), nth in 1..50_i32,
        ) {
            let campaign = campaign(number, &weights);
            let total: i32 = weights.iter().sum();
            if total == 0 {
                prop_assert_eq!(draw(&campaign, ClientId(Uuid::nil()), nth), None);
                return Ok(());
            }
            let shares = shares(&campaign, nth);
            for (place, weight) in (0..).zip(&weights) {
                let (found, wanted) = (shares.get(&place).copied().unwrap_or_default(), f64::from(*weight) / f64::from(total));
                prop_assert!(*weight > 0 || found == 0.0, "what rests is shown");
                // Five standard deviations of a share of 20,000.
                let tolerance = 5.0 * (wanted * (1.0 - wanted) / 20_000.0).sqrt() + 1e-9;
                prop_assert!((found - wanted).abs() <= tolerance, "{weights:?}: {place} has {found} and not {wanted}");
            }
        }

        #[test]
        fn a_heavier_ad_only_takes_from_the_others(
            number in any::<u128>(), mut weights in vec(1..=500_i32, 2..6), heavier in any::<prop::sample::Index>(), added in 1..=500_i32,
        ) {
            let before = campaign(number, &weights);
            let heavier = heavier.index(weights.len());
            weights[heavier] += added;
            let after = campaign(number, &weights);
            for client in 0..2_000 {
                let (was, is) = (place(&before, client, 1), place(&after, client, 1));
                prop_assert!(was == is || is == heavier as u128, "{client} moved from {was} to {is}");
            }
        }

        #[test]
        fn an_ad_that_rests_leaves_the_others_their_clients(number in any::<u128>(), mut weights in vec(1..=500_i32, 2..6)) {
            let before = campaign(number, &weights);
            weights[0] = 0;
            let after = campaign(number, &weights);
            for client in 0..2_000 {
                let was = place(&before, client, 3);
                prop_assert!(was == 0 || place(&after, client, 3) == was);
            }
        }
    }

    #[test]
    fn what_was_drawn_is_drawn_again_whenever_and_wherever() {
        let campaign = campaign(7, &[100, 200, 300]);
        let drawn: Vec<_> = (0..12).map(|client| place(&campaign, client, 1)).collect();
        assert_eq!(drawn, DRAWN, "clients would see other ads after an upgrade");
        let by_show: Vec<_> = (1..=60).map(|nth| place(&campaign, 0, nth)).collect();
        assert!((0..3).all(|ad| by_show.contains(&ad)), "one client sees all of them in time: {by_show:?}");
    }

    const DRAWN: [u128; 12] = [2, 2, 2, 1, 2, 0, 0, 1, 2, 2, 1, 1];

    #[test]
    fn a_repeat_shows_what_was_counted_while_it_is_active() {
        let both = campaign(7, &[1, 1_000]);
        let client = ClientId(Uuid::from_u128(1));
        let shown = |ad: u128| Shown {
            impression_id: barker_domain::ImpressionId(Uuid::nil()),
            ad_id: AdId(Uuid::from_u128(ad)),
            nth: 1,
            last: barker_domain::campaign::Show::default(),
            is_clicked: false,
        };
        assert_eq!(draw_again(&both, client, &shown(0)), Some(AdId(Uuid::from_u128(0))));
        let one_rests = campaign(7, &[0, 1_000]);
        assert_eq!(draw_again(&one_rests, client, &shown(0)), Some(AdId(Uuid::from_u128(1))));
        assert_eq!(draw_again(&campaign(7, &[0, 0]), client, &shown(0)), None);
    }
}
