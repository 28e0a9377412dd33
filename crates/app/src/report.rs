//! Reports: metrics over a range, split, filtered, compared. One function answers them all; every widget, API and export takes its
//! numbers from here, so that they cannot disagree.
//!
//! The warehouse sums up, what a metric is the domain says; here a request becomes questions, and their answers become rows.

mod cache;
mod changes;
mod compose;
mod dimension;
pub mod export;
mod key;
mod names;
mod period;
mod plan;
mod read;
pub mod settings;
mod source;

use std::sync::Arc;

use barker_domain::{
    ProjectId, Result,
    metric::{Exact, Metric},
};
use barker_warehouse::question::{Attribution, DatedBy, Filter, Model, Sums};
use futures::{StreamExt, stream};
use jiff::tz::TimeZone;

use crate::App;
use plan::{Ground, Plan, refuse_cut};

pub use barker_warehouse::question::{Dimension, Sales};
pub(crate) use cache::Reports;
pub use changes::{Changes, ChangesRequest, Contribution, answer_changes};
pub use dimension::{DIMENSIONS, DimensionKind, KnownDimension, UNATTRIBUTED, find_dimension, name_of};
pub use key::Label;
pub use names::Names;
pub use period::{Comparison, Period, Range, Until, Window};
pub use read::{dating_name, model_name, read_changes, read_file, read_report};
pub use source::{Freshness, Source};

/// Rows of a report that does not say how many.
pub const DEFAULT_LIMIT: usize = 1_000;
/// Most rows of an answer.
pub const MAX_LIMIT: usize = 10_000;
/// Most rows of a file.
pub const MAX_FILE_ROWS: usize = 100_000;
/// Most reports in one request, and most widgets that are asked together.
pub const MAX_BATCH: usize = 50;
/// Reports of one request that are under way at the same time: one page must not take every connection.
const BATCH_CONCURRENCY: usize = 4;

/// What somebody wants to know.
#[derive(Debug, Clone)]
pub struct ReportRequest {
    /// Which numbers, in the order of the columns.
    pub metrics: Vec<&'static Metric>,
    /// What they are split by, in the order of the columns.
    pub group_by: Vec<Dimension>,
    /// All of them hold.
    pub filters: Vec<Filter>,
    /// When.
    pub period: Period,
    /// What to compare with.
    pub compare_to: Option<Comparison>,
    /// Who is credited; what is not said is the project's.
    pub attribution: AttributionChoice,
    /// Whether refunds are taken off revenue.
    pub is_net_of_refunds: bool,
    /// ISO 4217; none: the project's.
    pub currency: Option<String>,
    /// What the rows are sorted by; none: by time, else by the first metric, the largest first.
    pub sort: Vec<Sort>,
    /// Most rows.
    pub limit: usize,
}

/// What of the attribution somebody chose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AttributionChoice {
    /// Which touch is credited.
    pub model: Option<Model>,
    /// How long ago it may have been.
    pub lookback_days: Option<u32>,
    /// The day that a credited conversion counts on.
    pub dated_by: Option<DatedBy>,
}

/// One thing that rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub column: Column,
    /// The largest first.
    pub is_descending: bool,
}

/// A column, by its place among its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Of the dimensions.
    Dimension(usize),
    /// Of the metrics.
    Metric(usize),
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Report {
    /// What the columns are: dimensions, then metrics.
    pub group_by: Vec<Dimension>,
    /// What the advertisers among the rows are called, by their ids.
    pub names: Names,
    /// The metrics.
    pub metrics: Vec<&'static Metric>,
    /// When.
    pub range: Range,
    /// What it is compared with.
    pub previous_range: Option<Range>,
    /// The project's.
    pub time_zone: TimeZone,
    /// Of all money.
    pub currency: String,
    /// Who is credited.
    pub attribution: Attribution,
    /// Where orders and revenue come from.
    pub sales: Sales,
    /// As many as the limit allows.
    pub rows: Vec<Row>,
    /// How many there are without the limit.
    pub row_count: usize,
    /// Over all rows, also those beyond the limit.
    pub totals: Values,
    /// What the metrics were read from.
    pub sources: Vec<Source>,
    /// Facts that are missing from sums of money, because their currency has no rate.
    pub unconverted: u64,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// One for each dimension.
    pub labels: Vec<Label>,
    /// The numbers.
    pub values: Values,
}

/// One number for each metric; none where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// In the range.
    pub now: Vec<Option<Exact>>,
    /// In the range before, when a report compares.
    pub before: Option<Vec<Option<Exact>>>,
}

impl Values {
    /// By what share each number grew; empty when nothing is compared.
    #[must_use]
    pub fn growth(&self) -> Vec<Option<Exact>> {
        let pairs = self.before.iter().flat_map(|before| self.now.iter().zip(before));
        pairs.map(|(now, before)| now.as_ref()?.growth_from((*before)?)).collect()
    }
}

/// Answers a report.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] naming the field; what the warehouse says.
pub async fn answer(app: &App, project_id: ProjectId, request: &ReportRequest) -> Result<Report> {
    let ground = Ground::of(app, project_id).await?;
    let plan = Plan::new(&ground, request)?;
    let (now, before) = futures::try_join!(sums(app, &plan, plan.range), sums_before(app, &plan))?;
    let names = names::of_advertisers(app, project_id, &request.group_by, [Some(&*now), before.as_deref()]).await?;
    compose::report(plan, (&now, before.as_deref()), (source::used(&ground, request), names))
}

async fn sums_before(app: &App, plan: &Plan<'_>) -> Result<Option<Arc<Sums>>> {
    match plan.previous {
        Some((range, _)) => sums(app, plan, range).await.map(Some),
        None => Ok(None),
    }
}

async fn sums(app: &App, plan: &Plan<'_>, range: Range) -> Result<Arc<Sums>> {
    let sums = app.inner.reports.sums(app, plan.question(range)).await?;
    refuse_cut(&sums)?;
    Ok(sums)
}

/// Answers several reports; one that fails does not spoil the others.
pub async fn answer_all(app: &App, project_id: ProjectId, requests: Vec<Result<ReportRequest>>) -> Vec<Result<Report>> {
    let answers = requests.into_iter().map(async |request| answer(app, project_id, &request?).await);
    stream::iter(answers).buffered(BATCH_CONCURRENCY).collect().await
}

/// A difference beside what it was asked by.
pub type Explained = Result<(ChangesRequest, Changes)>;

/// Answers several reports and explains several differences, all under one limit; one that fails does not spoil the others.
pub async fn answer_batch(
    app: &App,
    project_id: ProjectId,
    reports: Vec<Result<ReportRequest>>,
    changes: Vec<Result<ChangesRequest>>,
) -> (Vec<Result<Report>>, Vec<Explained>) {
    let asked = reports.into_iter().map(Asked::Report).chain(changes.into_iter().map(Asked::Change));
    let answers = asked.map(async |asked| match asked {
        Asked::Report(request) => Answered::Report(Box::new(answer_one(app, project_id, request).await)),
        Asked::Change(request) => Answered::Change(Box::new(explain_one(app, project_id, request).await)),
    });
    let (mut reports, mut changes) = (Vec::new(), Vec::new());
    for answered in stream::iter(answers).buffered(BATCH_CONCURRENCY).collect::<Vec<_>>().await {
        match answered {
            Answered::Report(report) => reports.push(*report),
            Answered::Change(change) => changes.push(*change),
        }
    }
    (reports, changes)
}

enum Asked {
    Report(Result<ReportRequest>),
    Change(Result<ChangesRequest>),
}

enum Answered {
    Report(Box<Result<Report>>),
    Change(Box<Explained>),
}

async fn answer_one(app: &App, project_id: ProjectId, request: Result<ReportRequest>) -> Result<Report> {
    answer(app, project_id, &request?).await
}

async fn explain_one(app: &App, project_id: ProjectId, request: Result<ChangesRequest>) -> Explained {
    let request = request?;
    let changes = answer_changes(app, project_id, &request).await?;
    Ok((request, changes))
}

impl App {
    /// What is known of a project's facts has changed: reports of it are reckoned anew.
    pub fn facts_changed(&self, project_id: ProjectId) {
        self.inner.reports.forget(project_id);
    }
}
