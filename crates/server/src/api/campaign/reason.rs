//! Reasons why a campaign is not given, as the API tells them: a word, its numbers, and when it ends.

use barker_domain::{Day, Micros, campaign::FrequencyCap, day::Moment, project::Project};
use barker_serving::{Hindrance, Line, Refusal, Shortage};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::instant;

/// One thing that keeps a campaign from being given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"reason": "daily_budget", "most": 400.0, "used": 395.5, "needed": 11.75, "until": "2026-11-22T00:00:00Z"}))]
pub(in crate::api) struct DeliveryReason {
    /// `draft`, `paused`, `archived`, `no_active_ad`, `not_started`, `over`, `impressions_limit`, `total_budget`, `daily_budget`, `paced` (even pacing
    /// releases more later), `no_money`, `fits_nobody`; for one client also `gender`, `age`, `location`, `clicked`, `frequency_cap`.
    #[schema(
        pattern = "^(draft|paused|archived|no_active_ad|not_started|over|impressions_limit|total_budget|daily_budget|paced|no_money|fits_nobody|gender|age|location|clicked|frequency_cap)$"
    )]
    reason: &'static str,
    /// Most that there may be: impressions, shows, or money. Of `paced`, what is released by now.
    most: Option<f64>,
    /// How much of it is used, or about to be.
    used: Option<f64>,
    /// What another impression takes: of money, its price and that of the click that may follow.
    needed: Option<f64>,
    /// When it ends by itself; `null`: when somebody changes something.
    until: Option<String>,
}

/// How far even pacing lets a campaign go today: from a moment on, its daily budget is released bit by bit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "budget": 400.0, "used": 120.5, "released": 150.0, "since": "2026-11-21T08:15:00Z", "spent_before": 22.25, "until": "2026-11-21T23:30:00Z"
}))]
pub(in crate::api) struct PacingLine {
    /// The day's budget.
    budget: f64,
    /// What is spent of it, or about to be.
    used: f64,
    /// How much of it is released by now.
    released: f64,
    /// From when on it is released; half an hour's worth at once.
    since: String,
    /// What was spent by then.
    spent_before: f64,
    /// When all of it is released.
    until: String,
}

/// Tells reasons of a moment of a project.
pub(in crate::api) struct Teller<'a> {
    pub(in crate::api) project: &'a Project,
    pub(in crate::api) now: Moment,
}

impl Teller<'_> {
    pub(in crate::api) fn hindrance(&self, hindrance: Hindrance) -> DeliveryReason {
        match hindrance {
            Hindrance::Status(status) => bare(status.as_str()),
            Hindrance::NoActiveAd => bare("no_active_ad"),
            Hindrance::NotStarted(day) => DeliveryReason { until: Some(self.start_of(day)), ..bare("not_started") },
            Hindrance::Over(_) => bare("over"),
            Hindrance::ImpressionsLimit { limit, used } => {
                DeliveryReason { most: Some(count(limit)), used: Some(count(used)), needed: Some(1.0), ..bare("impressions_limit") }
            }
            Hindrance::TotalBudget(shortage) => short("total_budget", shortage),
            Hindrance::DailyBudget(shortage) => {
                DeliveryReason { until: Some(self.start_of(self.now.day.plus(1))), ..short("daily_budget", shortage) }
            }
            Hindrance::Paced { shortage, until_ms_of_day } => {
                let until = instant(self.project.instant_of(self.now.day, until_ms_of_day));
                DeliveryReason { until: Some(until), ..short("paced", shortage) }
            }
            Hindrance::Money(shortage) => short("no_money", shortage),
        }
    }

    pub(in crate::api) fn refusal(&self, refusal: Refusal) -> DeliveryReason {
        match refusal {
            Refusal::Hindered(hindrance) => self.hindrance(hindrance),
            Refusal::Gender => bare("gender"),
            Refusal::Age => bare("age"),
            Refusal::Location => bare("location"),
            Refusal::Clicked => bare("clicked"),
            Refusal::Capped { cap: FrequencyCap { shows: most, window }, shows } => {
                let until = window.end(self.now).map(|(day, ms_of_day)| instant(self.project.instant_of(day, ms_of_day)));
                DeliveryReason {
                    most: Some(f64::from(most)),
                    used: Some(f64::from(shows)),
                    needed: Some(1.0),
                    until,
                    ..bare("frequency_cap")
                }
            }
        }
    }

    pub(in crate::api) fn line(&self, line: &Line) -> PacingLine {
        let at = |ms_of_day| instant(self.project.instant_of(self.now.day, ms_of_day));
        PacingLine {
            budget: line.budget.to_decimal(),
            used: line.used.to_decimal(),
            released: line.released.to_decimal(),
            since: at(line.start.ms_of_day),
            spent_before: Micros(line.start.spent).to_decimal(),
            until: at(line.until_ms_of_day),
        }
    }

    fn start_of(&self, day: Day) -> String {
        instant(self.project.instant_of(day, 0))
    }
}

pub(in crate::api) fn fits_nobody() -> DeliveryReason {
    DeliveryReason { used: Some(0.0), needed: Some(1.0), ..bare("fits_nobody") }
}

fn bare(reason: &'static str) -> DeliveryReason {
    DeliveryReason { reason, most: None, used: None, needed: None, until: None }
}

fn short(reason: &'static str, shortage: Shortage) -> DeliveryReason {
    let Shortage { most, used, needed } = shortage;
    let amounts = [most, used, needed].map(|amount| Some(amount.to_decimal()));
    DeliveryReason { most: amounts[0], used: amounts[1], needed: amounts[2], ..bare(reason) }
}

#[expect(clippy::cast_precision_loss, reason = "limits are of 32 bits")]
fn count(number: i64) -> f64 {
    number as f64
}
