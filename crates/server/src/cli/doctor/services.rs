//! Services outside of Barker: whether they answer, and let us in.

use std::sync::Arc;

use barker_domain::{
    Error, Result,
    clock::{SharedClock, SystemClock},
};
use barker_infra::Services;

use super::Finding;
use crate::config::Config;

/// One finding for each service. They are asked as the server asks them, and nothing is sent or kept.
pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let clock: SharedClock = Arc::new(SystemClock);
    match Services::open(&config.service_settings(), &clock) {
        Ok(Services { mailer, cache, objects, jobs, .. }) => vec![
            finding("mail", mailer.probe().await, "check [mail] in the configuration, and whether its carrier runs"),
            finding("cache", cache.probe().await, "check [cache] in the configuration, and whether Redis runs and lets us in"),
            finding("objects", objects.probe().await, "check [objects] in the configuration, and whether the bucket is there and ours"),
            finding("jobs", jobs.probe().await, "check [jobs] in the configuration, and whether the queue runs and lets us in"),
        ],
        Err(error) => {
            vec![Finding::bad("services", with_causes(&error), "mend the key that is named; config/default.toml explains every key")]
        }
    }
}

fn finding(part: &'static str, found: Result<String>, advice: &'static str) -> Finding {
    match found {
        Ok(what) => Finding::good(part, what),
        Err(error) => Finding::bad(part, with_causes(&error), advice),
    }
}

/// Whoever runs doctor is to know why a service does not answer. Services keep people and secrets out of their errors.
fn with_causes(error: &Error) -> String {
    let mut told = error.detail.clone();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        told.push_str(": ");
        told.push_str(&error.to_string());
        cause = error.source();
    }
    told
}
