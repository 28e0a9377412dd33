//! What a run came to: the numbers that a server is judged by, and whether all checks passed. Pure.

use barker_domain::{
    Micros,
    statistics::{self, Counters},
};
use serde::Serialize;

use super::{
    differences::{self, AdvertiserBooks, CampaignBooks, Difference},
    response_times::ResponseTimes,
    stage::Stage,
    statistics::{Account, Reported},
    troubles::TroubleCounts,
    witness::{Mistargeted, Witness},
};

/// The result of a run; its JSON has exactly these fields. Money is in units of currency, rounded to nothing.
#[derive(Debug, Serialize)]
pub(super) struct Scoreboard {
    /// Whether nothing stands in `failures`.
    pub(super) passed: bool,
    /// Why not, for people.
    pub(super) failures: Vec<String>,
    #[serde(flatten)]
    pub(super) troubles: TroubleCounts,
    /// Answers with an ad of this run, repeated ones included.
    pub(super) shows_count: u64,
    /// Answers with an ad of another run: the server was not fresh.
    pub(super) foreign_ads: u64,
    /// Unique pairs of client and ad.
    pub(super) total_unique_impressions: i64,
    /// Unique pairs of client and clicked ad.
    pub(super) total_unique_clicks: u64,
    /// Of those, the ones that the campaigns' limits let be billed.
    pub(super) billable_clicks: i64,
    /// Mean over unique impressions of the score at the moment.
    pub(super) average_ml_score: f64,
    /// Own reckoning: unique impressions and billable clicks at the prices of their moments.
    pub(super) revenue: f64,
    /// The same by the server's statistics of campaigns.
    pub(super) reported_revenue: f64,
    /// Impressions above the limits of their campaigns.
    pub(super) exceed_impressions_limit_count: i64,
    /// Shows to a client outside targeting or on a day outside the flight.
    pub(super) not_matching_targeting_count: u64,
    /// The first of those.
    pub(super) mistargeted: Vec<Mistargeted>,
    /// Mean over campaigns of |own count - server's count| / max(own count, 1).
    pub(super) impressions_count_mean_relative_error: f64,
    /// Requests for an ad that were answered with one or with nothing to show.
    pub(super) answered_ad_requests_count: u64,
    pub(super) average_response_time_ms: f64,
    pub(super) response_time_ms_p50: f64,
    pub(super) response_time_ms_p99: f64,
    /// Numbers that should be equal and are not.
    pub(super) differences: Vec<Difference>,
}

/// Reckons what was seen against what the server reports.
pub(super) fn reckon(
    stage: &Stage,
    witness: &Witness,
    reported: &Reported,
    (troubles, response_times): (&TroubleCounts, &ResponseTimes),
) -> Scoreboard {
    let totals: Vec<Counters> = (0..stage.campaigns().len()).map(|place| statistics::total(witness.days(place))).collect();
    let unique_impressions = totals.iter().map(|total| total.impressions).sum();
    let sightings = witness.sightings().clone();
    let mut scoreboard = Scoreboard {
        passed: true,
        failures: Vec::new(),
        troubles: *troubles,
        shows_count: sightings.shows_count,
        foreign_ads: sightings.foreign_ads,
        total_unique_impressions: unique_impressions,
        total_unique_clicks: sightings.unique_clicks,
        billable_clicks: totals.iter().map(|total| total.clicks).sum(),
        average_ml_score: ratio(sightings.score_sum, unique_impressions),
        revenue: totals.iter().map(Counters::spent_total).sum::<Micros>().to_decimal(),
        reported_revenue: reported_revenue(reported).to_decimal(),
        exceed_impressions_limit_count: exceeding(stage, &totals),
        not_matching_targeting_count: sightings.not_matching_targeting_count,
        mistargeted: sightings.mistargeted,
        impressions_count_mean_relative_error: mean_relative_error(&totals, &reported.campaigns),
        answered_ad_requests_count: response_times.count(),
        average_response_time_ms: response_times.mean_ms(),
        response_time_ms_p50: response_times.percentile_ms(50.0),
        response_time_ms_p99: response_times.percentile_ms(99.0),
        differences: all_differences(stage, witness, reported),
    };
    scoreboard.failures = failures(&scoreboard);
    scoreboard.passed = scoreboard.failures.is_empty();
    scoreboard
}

fn failures(scoreboard: &Scoreboard) -> Vec<String> {
    let troubles = &scoreboard.troubles;
    let counts = [
        ("differences", scoreboard.differences.len() as u64),
        ("shows outside targeting", scoreboard.not_matching_targeting_count),
        ("impressions above limits", scoreboard.exceed_impressions_limit_count.unsigned_abs()),
        ("5xx answers", troubles.error_5xx_count),
        ("404 answers about what exists", troubles.error_404_elsewhere_count),
        ("answers that the contract does not know", troubles.unexpected_answers_count),
    ];
    counts.into_iter().filter(|(_, count)| *count > 0).map(|(what, count)| format!("{count} {what}")).collect()
}

fn exceeding(stage: &Stage, totals: &[Counters]) -> i64 {
    let limits = stage.campaigns().iter().map(|campaign| i64::from(campaign.terms.impressions_limit));
    totals.iter().zip(limits).map(|(total, limit)| (total.impressions - limit).max(0)).sum()
}

fn reported_revenue(reported: &Reported) -> Micros {
    reported.campaigns.iter().filter_map(|account| account.total).map(|total| total.spent).sum()
}

fn all_differences(stage: &Stage, witness: &Witness, reported: &Reported) -> Vec<Difference> {
    let mut all = Vec::new();
    for (place, (campaign, account)) in stage.campaigns().iter().zip(&reported.campaigns).enumerate() {
        all.extend(differences::of_campaign(&CampaignBooks { id: campaign.id, own: witness.days(place), reported: account }));
    }
    for (place, (advertiser, account)) in stage.advertisers().iter().zip(&reported.advertisers).enumerate() {
        let own = stage.campaigns().iter().zip(&reported.campaigns).filter(|(campaign, _)| campaign.advertiser == place);
        let campaigns = own.map(|(_, account)| account).collect();
        all.extend(differences::of_advertiser(&AdvertiserBooks { id: advertiser.advertiser_id, reported: account, campaigns }));
    }
    all
}

/// A total that cannot be read counts as 0.
fn mean_relative_error(totals: &[Counters], accounts: &[Account]) -> f64 {
    let errors = totals.iter().zip(accounts).map(|(own, account)| {
        let reported = account.total.map_or(0, |total| total.counters.impressions);
        ratio((own.impressions - reported).abs(), own.impressions.max(1))
    });
    let sum: f64 = errors.sum();
    #[expect(clippy::cast_precision_loss, reason = "a count of campaigns")]
    let count = totals.len().max(1) as f64;
    sum / count
}

/// 0 when nothing is divided by.
#[expect(clippy::cast_precision_loss, reason = "a mean for people")]
fn ratio(dividend: i64, divisor: i64) -> f64 {
    if divisor == 0 { 0.0 } else { dividend as f64 / divisor as f64 }
}
