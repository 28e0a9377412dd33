//! ML scores: some advertisers please everybody more, and everybody has trades that please more.

use super::{advertising::trade_index, draw::Draw, vocabulary::TRADES};
use crate::contract::{Advertiser, Client, MlScore};

/// The best score of a generated market; scores run from 0.
const BEST_SCORE: i32 = 10_000;
/// Pairs in a hundred that the model has never judged.
const UNJUDGED_PERCENT: usize = 3;

/// Draws a score for nearly every pair: the advertiser's appeal, the client's taste for its trade, and noise.
pub(super) fn scores(clients: &[Client], advertisers: &[Advertiser], draw: &mut Draw) -> Vec<MlScore> {
    let appeals: Vec<i32> = advertisers.iter().map(|_| draw.bell(0, 7_000)).collect();
    let mut scores = Vec::with_capacity(clients.len() * advertisers.len());
    for client in clients {
        let tastes: Vec<i32> = TRADES.iter().map(|_| draw.between(-2_500, 4_000)).collect();
        for (index, advertiser) in advertisers.iter().enumerate() {
            let score = (appeals[index] + tastes[trade_index(index)] + draw.bell(-1_500, 1_500)).clamp(0, BEST_SCORE);
            if !draw.chance(UNJUDGED_PERCENT) {
                scores.push(MlScore { client_id: client.client_id, advertiser_id: advertiser.advertiser_id, score });
            }
        }
    }
    scores
}
