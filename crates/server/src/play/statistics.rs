//! The server's own statistics, read at the end of a run and turned into whole numbers.

use barker_domain::{
    Day, Micros,
    statistics::{Counters, Days},
};
use futures::{StreamExt, stream};

use super::{
    api::{Api, Owner},
    progress,
    stage::Stage,
};
use crate::contract::{DailyStats, Stats};

/// What a server says of all campaigns and advertisers, by their places.
#[derive(Debug, Default)]
pub(super) struct Reported {
    pub(super) campaigns: Vec<Account>,
    pub(super) advertisers: Vec<Account>,
}

/// What a server says of one campaign or advertiser; nothing where it gave no readable answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Account {
    pub(super) total: Option<Total>,
    pub(super) days: Option<Days>,
}

/// A total, with the parts that a server derives itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Total {
    pub(super) counters: Counters,
    pub(super) spent: Micros,
    pub(super) conversion_percent: f64,
}

/// Asks for everything; faults are counted and leave gaps.
pub(super) async fn read(api: &Api, stage: &Stage, concurrency: usize) -> Reported {
    let campaigns = stage.campaigns().iter().map(|campaign| Owner::Campaign(campaign.id)).collect();
    let advertisers = stage.advertisers().iter().map(|advertiser| Owner::Advertiser(advertiser.advertiser_id)).collect();
    Reported {
        campaigns: read_accounts(api, campaigns, concurrency).await,
        advertisers: read_accounts(api, advertisers, concurrency).await,
    }
}

async fn read_accounts(api: &Api, owners: Vec<Owner>, concurrency: usize) -> Vec<Account> {
    let bar = progress::bar(owners.len(), "statistics");
    let accounts = stream::iter(owners).map(|owner| read_account(api, owner)).buffered(concurrency);
    let accounts = accounts.inspect(|_| bar.inc(1)).collect().await;
    bar.finish_and_clear();
    accounts
}

async fn read_account(api: &Api, owner: Owner) -> Account {
    let total = api.stats(owner).await.ok().and_then(|stats| total(&stats));
    let days = api.daily_stats(owner).await.ok().and_then(|rows| days(&rows));
    Account { total, days }
}

fn total(stats: &Stats) -> Option<Total> {
    Some(Total { counters: counters(stats)?, spent: micros(stats.spent_total)?, conversion_percent: stats.conversion })
}

/// Rows by their days; a day that is there twice is added up, which the comparison with own days then shows.
fn days(rows: &[DailyStats]) -> Option<Days> {
    let mut days = Days::new();
    for row in rows {
        days.entry(Day(row.date)).or_default().add(&counters(&row.stats)?);
    }
    Some(days)
}

fn counters(stats: &Stats) -> Option<Counters> {
    Some(Counters {
        impressions: stats.impressions_count,
        clicks: stats.clicks_count,
        spent_impressions: micros(stats.spent_impressions)?,
        spent_clicks: micros(stats.spent_clicks)?,
    })
}

/// The nearest whole micro: a server that sums doubles may be off by a billionth, but not by a micro.
fn micros(units: f64) -> Option<Micros> {
    let rounded: f64 = format!("{units:.6}").parse().ok()?;
    Micros::from_decimal(rounded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_to_the_micro_whatever_the_server_sums_with() {
        assert_eq!(micros(0.1 + 0.2), Some(Micros(300_000)));
        assert_eq!(micros(1_234_567.000_001), Some(Micros(1_234_567_000_001)));
        assert_eq!(micros(-0.5), Some(Micros(-500_000)));
        assert_eq!(micros(1e300), None);
    }

    #[test]
    fn rows_of_the_same_day_are_added_up() {
        let row = DailyStats { stats: Stats { impressions_count: 2, spent_impressions: 0.5, ..Stats::default() }, date: 4 };
        let days = days(&[row, row]).unwrap();
        assert_eq!(days[&Day(4)].impressions, 4);
        assert_eq!(days[&Day(4)].spent_impressions, Micros(1_000_000));
    }
}
