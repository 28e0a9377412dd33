//! From a request to questions: what it means in this project, and which sums it needs.

use std::sync::Arc;

use barker_domain::{
    Code, Day, Error, FieldError, ProjectId, Result,
    day::civil_day,
    metric::Sum,
    project::{AttributionModel, Project, Timekeeping},
    text,
};
use barker_warehouse::{
    SourceState,
    question::{Attribution, DatedBy, Measure, Model, Question, Sales, Sums},
};
use jiff::tz::TimeZone;

use super::{
    ReportRequest,
    period::{Present, Range, Shift},
};
use crate::{App, project};

/// Most rows that are read to be sorted and cut here.
const MAX_ROWS: u32 = 200_000;
const DAY_MS: i64 = 86_400_000;

/// What is known about a project before anything is asked.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) project: Arc<Project>,
    pub(super) present: Present,
    pub(super) sources: Arc<Vec<SourceState>>,
    pub(super) conversion_events: Vec<String>,
}

/// What a request means in its project.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) ground: &'a Ground,
    pub(super) request: &'a ReportRequest,
    pub(super) range: Range,
    pub(super) previous: Option<(Range, Shift)>,
    pub(super) attribution: Attribution,
    pub(super) currency: String,
    pub(super) sales: Sales,
    /// Each once, in the order of the question.
    pub(super) sums: Vec<Sum>,
}

impl Ground {
    pub(super) async fn of(app: &App, project_id: ProjectId) -> Result<Self> {
        let project = match app.find_project(project_id).await {
            Some(handle) => handle.project(),
            // Put away before this process started; its reports can still be read.
            None => Arc::new(project::get(app, project_id).await?),
        };
        let sources = app.inner.reports.sources(app, project_id).await?;
        let conversion_events = app.inner.store.in_project(project_id).list_conversion_events().await?;
        Ok(Self { present: present(&project, app.now_ms()), project, sources, conversion_events })
    }

    /// Shops where there are any; else purchases.
    pub(super) fn sales(&self) -> Sales {
        if self.sources.iter().any(|source| source.facts == "orders") { Sales::Orders } else { Sales::Purchases }
    }
}

/// A sandbox's day n is its epoch + n, at the real time of day, in UTC.
fn present(project: &Project, now_ms: i64) -> Present {
    match &project.timekeeping {
        Timekeeping::Live { time_zone } => Present { now_ms, today: civil_day(now_ms, time_zone), time_zone: time_zone.clone() },
        Timekeeping::Sandbox { today } => {
            let today = Day(project.epoch.0.saturating_add(today.0));
            Present { now_ms: i64::from(today.0) * DAY_MS + now_ms.rem_euclid(DAY_MS), today, time_zone: TimeZone::UTC }
        }
    }
}

impl<'a> Plan<'a> {
    pub(super) fn new(ground: &'a Ground, request: &'a ReportRequest) -> Result<Self> {
        let range = request.period.resolve(&ground.present)?;
        let previous = request.compare_to.map(|comparison| range.before(comparison, &request.group_by, &ground.present.time_zone));
        let currency = request.currency.clone().unwrap_or_else(|| ground.project.currency.clone());
        if let Some(fault) = text::currency_fault("/currency", &currency) {
            return Err(Error::invalid(vec![fault]));
        }
        let mut sums: Vec<_> = request.metrics.iter().flat_map(|metric| metric.sums()).collect();
        sums.sort_unstable();
        sums.dedup();
        Ok(Self {
            ground,
            request,
            range,
            previous: previous.transpose()?,
            attribution: attribution(ground, request),
            currency,
            sales: ground.sales(),
            sums,
        })
    }

    pub(super) fn question(&self, range: Range) -> Question {
        Question {
            project_id: self.ground.project.id,
            days: range.days,
            between_ms: range.between_ms,
            time_zone: self.ground.present.time_zone.clone(),
            currency: self.currency.clone(),
            measures: self.sums.iter().map(|sum| measure(*sum)).collect(),
            group_by: self.request.group_by.clone(),
            filters: self.request.filters.clone(),
            sales: self.sales,
            is_net_of_refunds: self.request.is_net_of_refunds,
            conversion_events: self.ground.conversion_events.clone(),
            attribution: self.attribution,
            limit: MAX_ROWS,
        }
    }
}

/// What cannot be sorted whole is not answered in part.
pub(super) fn refuse_cut(sums: &Sums) -> Result<()> {
    if !sums.is_cut {
        return Ok(());
    }
    let message = format!("makes more than {MAX_ROWS} rows; filter, or split by less");
    Err(Error::invalid(vec![FieldError::new("/group_by", "range", message)]))
}

/// What the request says, else what the project has decided.
fn attribution(ground: &Ground, request: &ReportRequest) -> Attribution {
    let (chosen, settings) = (request.attribution, ground.project.settings);
    let model = match settings.attribution_model {
        AttributionModel::FirstClick => Model::FirstTouch,
        AttributionModel::LastClick => Model::LastNonDirect,
        AttributionModel::Linear => Model::Linear,
    };
    let days = u32::try_from(settings.attribution_window_days).unwrap_or_default();
    Attribution {
        model: chosen.model.unwrap_or(model),
        lookback_days: chosen.lookback_days.unwrap_or(days),
        dated_by: chosen.dated_by.unwrap_or(DatedBy::Conversion),
    }
}

fn measure(sum: Sum) -> Measure {
    match sum {
        Sum::Impressions => Measure::Impressions,
        Sum::Clicks => Measure::Clicks,
        Sum::Cost => Measure::Cost,
        Sum::PlatformConversions => Measure::PlatformConversions,
        Sum::Orders => Measure::Orders,
        Sum::Revenue => Measure::Revenue,
        Sum::Conversions => Measure::Conversions,
        Sum::Leads => Measure::Leads,
        Sum::NewCustomers => Measure::NewCustomers,
        Sum::LifetimeRevenue => Measure::LifetimeRevenue,
        Sum::People => Measure::People,
        Sum::Sessions => Measure::Sessions,
    }
}

/// The refusal of an answer that is not what was asked for.
pub(super) fn garbled() -> Error {
    Error::new(Code::Internal, "the warehouse answered another question")
}
