//! How much there is to do on a day and at an hour, and what currencies are worth.

use barker_domain::Day;

use super::{Shop, Topic};
use crate::draw::Draw;

pub(crate) const MS_PER_DAY: i64 = 86_400_000;
const MS_PER_HOUR: i64 = 3_600_000;
/// A quarter of whole weeks: every 90 days in a row have one week of discounts.
const CYCLE_DAYS: i32 = 91;
/// The Monday of the cycle that the discounts begin on.
const PROMO_FROM: i32 = 60;
/// Demand by weekday from Monday on, in thousandths.
const WEEKDAYS: [i64; 7] = [1_060, 1_010, 990, 970, 910, 980, 1_080];
/// How much more is bought during the discounts, in thousandths.
const PROMO_DEMAND: i64 = 1_450;
/// How much demand moves along a cycle, in thousandths.
const WAVE: i64 = 80;
/// Weights of the hours of UTC: a shop whose customers live in Moscow, three hours ahead.
pub(crate) const HOURS_UTC: [usize; 24] = [2, 3, 5, 12, 24, 38, 48, 54, 56, 54, 50, 50, 50, 50, 52, 58, 66, 70, 72, 64, 44, 22, 8, 3];

/// 0 on Mondays.
fn weekday(day: Day) -> usize {
    usize::try_from((day.0 + 3).rem_euclid(7)).unwrap_or(0)
}

/// Whether it is a day of discounts.
pub(super) fn is_promo(day: Day) -> bool {
    (PROMO_FROM..PROMO_FROM + 7).contains(&day.0.rem_euclid(CYCLE_DAYS))
}

/// How much is wanted, in thousandths of a usual day.
pub(super) fn demand(day: Day) -> i64 {
    let place = i64::from(day.0.rem_euclid(CYCLE_DAYS));
    let half = i64::from(CYCLE_DAYS) / 2;
    let wave = 1_000 - WAVE + 2 * WAVE * (half - (place - half).abs()) / half;
    let promo = if is_promo(day) { PROMO_DEMAND } else { 1_000 };
    WEEKDAYS[weekday(day)] * wave / 1_000 * promo / 1_000
}

/// `usual`, as much as that day brings, give or take `spread` percent.
pub(super) fn on_day(usual: i64, day: Day, spread: i32, draw: &mut Draw) -> i64 {
    let chance = i64::from(draw.bell(100 - spread, 100 + spread));
    // Rounded to the nearest: small numbers are not all zero.
    (usual * demand(day) * chance + 50_000) / 100_000
}

/// An instant of the day.
pub(super) fn instant(day: Day, draw: &mut Draw) -> i64 {
    let mut ticket = draw.below(HOURS_UTC.iter().sum());
    let mut hour = 0;
    for (place, weight) in (0..).zip(HOURS_UTC) {
        hour = place;
        if ticket < weight {
            break;
        }
        ticket -= weight;
    }
    i64::from(day.0) * MS_PER_DAY + hour * MS_PER_HOUR + i64::from(draw.between(0, 3_599_999))
}

/// How much of a day's business is done by the end of a millisecond, in thousandths: 0 before the day, 1,000 from its last one on.
pub(super) fn elapsed(day: Day, at_ms: i64) -> i64 {
    let since_ms = at_ms + 1 - i64::from(day.0) * MS_PER_DAY;
    if since_ms <= 0 {
        return 0;
    }
    let hour = usize::try_from(since_ms / MS_PER_HOUR).unwrap_or(usize::MAX).min(HOURS_UTC.len());
    let weight = |hours: &[usize]| i64::try_from(hours.iter().sum::<usize>()).unwrap_or(1);
    let begun = HOURS_UTC.get(hour).map_or(0, |present| weight(&[*present]) * (since_ms % MS_PER_HOUR));
    (weight(&HOURS_UTC[..hour]) * MS_PER_HOUR + begun) * 1_000 / (weight(&HOURS_UTC) * MS_PER_HOUR)
}

/// Currencies with their worth in billionths of a rouble.
pub(super) fn rates(shop: &Shop, day: Day) -> [(&'static str, i64); 3] {
    [("RUB", 1_000_000_000), ("USD", rate(shop, day, (80_000, 0))), ("EUR", rate(shop, day, (92_500, 1)))]
}

/// What a dollar is worth, in billionths of a rouble.
pub(super) fn dollar_nanos(shop: &Shop, day: Day) -> i64 {
    rate(shop, day, (80_000, 0))
}

/// It wanders slowly around its middle, given in thousandths of a rouble.
fn rate(shop: &Shop, day: Day, (middle, index): (i64, u32)) -> i64 {
    let turn = i64::from(day.0.rem_euclid(64));
    let wander = middle * (32 - (turn - 32).abs() - 16) / 400;
    let noise = i64::from(shop.draw(Topic::Rate, day, index).bell(-900, 900));
    (middle + wander + noise) * 1_000_000
}
