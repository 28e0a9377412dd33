//! Rate limits, in this process and shared through Redis.

use std::{num::NonZeroU32, time::Duration};

use barker_infra::{
    Services,
    rate_limit::{Policy, RateLimiter},
};
use barker_testkit::REDIS_URL;
use futures::future::join_all;
use rstest::rstest;
use rstest_reuse::apply;
use tokio::time::Instant;

use crate::{
    every_home,
    home::{Home, eventually, in_redis, prefix},
};

const HOUR: Duration = Duration::from_hours(1);
/// How often a busy machine may be too slow for what is tried.
const ROUNDS: usize = 5;

pub(crate) fn policy(limit: u32, period: Duration, burst: u32) -> Policy {
    Policy { limit: NonZeroU32::new(limit).unwrap(), period, burst: NonZeroU32::new(burst).unwrap() }
}

/// How many of so many takes, by so many at once, are let through.
pub(crate) async fn hammer(limiters: &[RateLimiter], name: &str, policy: Policy, takes: usize) -> usize {
    let takers = (0..20).map(|taker| {
        let (limiter, name) = (limiters[taker % limiters.len()].clone(), name.to_owned());
        tokio::spawn(async move {
            let mut let_through = 0;
            for _ in 0..takes / 20 {
                let_through += usize::from(limiter.take(&name, &policy).await.is_allowed);
            }
            let_through
        })
    });
    join_all(takers).await.into_iter().map(Result::unwrap).sum()
}

/// Takes without rest for so long, so many at a time; answers which share of what the limit allows was let through, in the
/// first of some rounds that comes to half: what comes back while a busy machine does not ask is lost. More than the limit
/// allows is never let through.
async fn best_share(limiters: &[RateLimiter], policy: Policy, (length, takes): (Duration, usize)) -> f64 {
    let number = |count: u32| f64::from(count);
    let mut best = 0.0;
    for round in 0..ROUNDS {
        let (start, mut let_through) = (Instant::now(), 0);
        while start.elapsed() < length {
            let_through += hammer(limiters, &format!("key {round}"), policy, takes).await;
        }
        let periods = start.elapsed().as_secs_f64() / policy.period.as_secs_f64();
        let most = number(policy.burst.get()) + periods * number(policy.limit.get()) + 1.0;
        let let_through = number(u32::try_from(let_through).unwrap());
        assert!(let_through <= most, "{let_through} of {most}");
        best = f64::max(best, let_through / most);
        if best > 0.5 {
            break;
        }
    }
    best
}

#[apply(every_home)]
#[tokio::test]
async fn a_burst_is_let_through_and_then_the_caller_is_told_when_to_come_back(#[case] home: Home) {
    let limiter = home.open().rate_limiter;
    let policy = policy(60, HOUR, 3);
    let minute = Duration::from_mins(1);
    for (place, remaining) in [2, 1, 0].into_iter().enumerate() {
        let decision = limiter.take("key 1", &policy).await;
        assert_eq!((decision.is_allowed, decision.remaining, decision.retry_after), (true, remaining, None));
        let full = minute * u32::try_from(place + 1).unwrap();
        assert!(decision.reset_after <= full && decision.reset_after + minute > full, "{decision:?}");
    }
    let refused = limiter.take("key 1", &policy).await;
    assert_eq!((refused.is_allowed, refused.remaining), (false, 0));
    assert!(refused.retry_after.is_some_and(|wait| wait <= minute && wait > Duration::from_secs(30)), "{refused:?}");
    let later = limiter.take("key 1", &policy).await;
    assert!(later.reset_after <= refused.reset_after, "a refusal costs nothing: {later:?} after {refused:?}");
    assert!(limiter.take("key 2", &policy).await.is_allowed, "other names have limits of their own");
}

#[apply(every_home)]
#[tokio::test]
async fn whoever_comes_back_when_told_is_let_through(#[case] home: Home) {
    let limiter = home.open().rate_limiter;
    let policy = policy(1, Duration::from_millis(60), 2);
    for _ in 0..3 {
        let mut wait = None;
        eventually(async || {
            wait = limiter.take("key", &policy).await.retry_after;
            wait.is_some()
        })
        .await;
        tokio::time::sleep(wait.unwrap()).await;
        assert!(limiter.take("key", &policy).await.is_allowed);
    }
}

#[apply(every_home)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_never_pass_the_limit(#[case] home: Home) {
    let limiters = [home.open().rate_limiter];
    assert_eq!(hammer(&limiters, "key", policy(1, HOUR, 100), 1_000).await, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_share_one_limit_in_redis() {
    let (url, prefix) = (std::env::var(REDIS_URL).unwrap(), prefix());
    let limiters = [(); 3].map(|()| in_redis(&url, &prefix).rate_limiter);
    assert_eq!(hammer(&limiters, "key", policy(1, HOUR, 100), 1_000).await, 100);
    let stranger = in_redis(&url, "another installation").rate_limiter;
    assert!(stranger.take(&prefix, &policy(1, HOUR, 1)).await.is_allowed, "other installations have limits of their own");
}

#[apply(every_home)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_time_no_more_comes_through_than_the_burst_and_what_has_come_back(#[case] home: Home) {
    let limiters = [home.open().rate_limiter];
    let policy = policy(500, Duration::from_secs(1), 20);
    let share = best_share(&limiters, policy, (Duration::from_millis(300), 100)).await;
    assert!(share > 0.5, "{share}: what has come back may be used");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_lease_from_one_limit_never_pass_it_together() {
    let (url, prefix) = (std::env::var(REDIS_URL).unwrap(), prefix());
    let limiters = [(); 3].map(|()| in_redis(&url, &prefix).rate_limiter);
    let policy = policy(2_000, Duration::from_secs(1), 640);
    let share = best_share(&limiters, policy, (Duration::from_millis(700), 200)).await;
    assert!(share > 0.5, "{share}: what is leased is used");
}

#[tokio::test]
async fn what_redis_keeps_for_a_limit_goes_by_itself() {
    let (url, prefix) = (std::env::var(REDIS_URL).unwrap(), prefix());
    let services: Services = in_redis(&url, &prefix);
    services.rate_limiter.take("key", &policy(1, Duration::from_secs(5), 4)).await;
    let mut redis = redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap();
    let milliseconds: i64 = redis::cmd("PTTL").arg(format!("{prefix}:limit:key")).query_async(&mut redis).await.unwrap();
    assert!((1..=5_000).contains(&milliseconds), "{milliseconds}");
}
