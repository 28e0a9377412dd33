//! What changed between two ranges, and which rows contributed most to that.
//!
//! For a sum a row contributes its own difference. For a ratio N/D that goes from R0 to R1 a row with (n0, d0) and (n1, d1) contributes
//! (n1 - R0 d1) / D1 - (n0 - R0 d0) / D0: over all rows the second term is 0, and the first one R1 - R0, so that contributions add up to
//! the difference, whether a row became better or merely larger.

use barker_domain::{
    Day, Error, FieldError, ProjectId, Result,
    metric::{Exact, Metric, Sum},
};
use barker_warehouse::question::{Key, Sums};

use super::{
    Label, ReportRequest, Source,
    dimension::{DimensionKind, kind_of},
    names::{self, Names},
    period::Range,
    plan::{Ground, Plan},
    source, sums, sums_before,
};
use crate::App;

/// What is to be explained.
#[derive(Debug, Clone)]
pub struct ChangesRequest {
    /// One metric, split by what the difference is to be told to; compared with something.
    pub report: ReportRequest,
    /// Other days than the comparison's.
    pub against: Option<(Day, Day)>,
}

/// What changed.
#[derive(Debug, Clone)]
pub struct Changes {
    /// The range.
    pub range: Range,
    /// What it is compared with.
    pub previous_range: Range,
    /// Of all money.
    pub currency: String,
    /// The metric over the range before, over the range, and the difference.
    pub before: Option<Exact>,
    /// Over the range.
    pub now: Option<Exact>,
    /// The difference; none where one of the two is.
    pub difference: Option<f64>,
    /// The largest first.
    pub contributions: Vec<Contribution>,
    /// What the advertisers among them are called, by their ids.
    pub names: Names,
    /// What all the others contributed together, and how many they are.
    pub others: (f64, usize),
    /// What the metric was read from.
    pub sources: Vec<Source>,
}

/// What one row contributed.
#[derive(Debug, Clone)]
pub struct Contribution {
    /// One for each dimension.
    pub labels: Vec<Label>,
    /// The row's own metric over the range before.
    pub before: Option<Exact>,
    /// Over the range.
    pub now: Option<Exact>,
    /// How much of the difference it made.
    pub contribution: f64,
    /// The same as a share of the difference; none where there is none.
    pub share: Option<f64>,
}

/// Answers what changed.
///
/// # Errors
/// As for reports.
pub async fn answer_changes(app: &App, project_id: ProjectId, request: &ChangesRequest) -> Result<Changes> {
    let (report, [metric]) = (&request.report, request.report.metrics.as_slice()) else {
        return Err(Error::invalid(vec![FieldError::new("/metric", "length", "must be one metric")]));
    };
    refuse_unsplittable(report, metric)?;
    let ground = Ground::of(app, project_id).await?;
    let mut plan = Plan::new(&ground, report)?;
    if let (Some(days), Some((range, _))) = (request.against, &mut plan.previous) {
        *range = Range { days, between_ms: None };
    }
    let (now, before) = futures::try_join!(sums(app, &plan, plan.range), sums_before(app, &plan))?;
    let (Some(before), Some((previous_range, _))) = (before, plan.previous) else {
        return Err(Error::invalid(vec![FieldError::new("/compare_to", "required", "say what to compare with")]));
    };
    let sides = Sides { metric, order: &plan.sums, now: &now, before: &before };
    let changes = concluded(&sides, &plan, previous_range);
    let names = names::of_advertisers(app, project_id, &report.group_by, [Some(&*now), Some(&*before)]).await?;
    Ok(Changes { sources: source::used(&ground, report), names, ..changes })
}

fn refuse_unsplittable(report: &ReportRequest, metric: &Metric) -> Result<()> {
    let mut faults = Vec::new();
    if report.group_by.is_empty() {
        faults.push(FieldError::new("/group_by", "required", "at least one dimension"));
    }
    if report.group_by.iter().any(|dimension| kind_of(dimension) == DimensionKind::Time) {
        faults.push(FieldError::new("/group_by", "unsupported", "a difference in time is told to anything but time"));
    }
    if metric.sums().any(|sum| !sum.adds_up()) {
        faults.push(FieldError::new("/metric", "unsupported", "people in several rows are the same people: parts do not add up"));
    }
    barker_domain::error::unless_faulty((), faults)
}

/// Sums of one row; none where it is missing.
type Sizes<'a> = Option<&'a [Option<i128>]>;

/// Both ranges.
#[derive(Debug)]
struct Sides<'a> {
    metric: &'a Metric,
    order: &'a [Sum],
    now: &'a Sums,
    before: &'a Sums,
}

impl Sides<'_> {
    fn size<'s>(&'s self, sizes: Sizes<'s>) -> impl Fn(Sum) -> Option<i128> + 's {
        move |sum| {
            let place = self.order.iter().position(|known| *known == sum)?;
            sizes.map_or(Some(0), |sizes| *sizes.get(place)?)
        }
    }

    fn totals(&self) -> (Option<Exact>, Option<Exact>) {
        (self.metric.value(self.size(Some(&self.before.totals))), self.metric.value(self.size(Some(&self.now.totals))))
    }

    fn rows(&self, plan: &Plan<'_>) -> Vec<Contribution> {
        let of =
            |sums: &Sums| sums.rows.iter().map(|row| (row.keys.clone(), row.sums.clone())).collect::<std::collections::BTreeMap<_, _>>();
        let (now, before) = (of(self.now), of(self.before));
        let mut keys: Vec<_> = now.keys().chain(before.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        let row = |keys: &&Vec<Key>| {
            let sizes = (before.get(*keys).map(Vec::as_slice), now.get(*keys).map(Vec::as_slice));
            self.contribution(sizes).map(|contribution| Contribution {
                labels: keys
                    .iter()
                    .zip(&plan.request.group_by)
                    .map(|(key, it)| Label::of(key, it, &plan.ground.present.time_zone))
                    .collect(),
                before: self.metric.value(self.size(sizes.0)),
                now: self.metric.value(self.size(sizes.1)),
                contribution,
                share: None,
            })
        };
        keys.iter().filter_map(row).collect()
    }

    /// Rendered: the two terms of a ratio have denominators of their own, whose product need not fit.
    fn contribution(&self, (before, now): (Sizes<'_>, Sizes<'_>)) -> Option<f64> {
        let (ratio_before, _) = self.totals();
        let term = |sizes: Sizes<'_>, totals: &[Option<i128>]| {
            let (above, under) = self.metric.parts(self.size(sizes))?;
            let (_, whole) = self.metric.parts(self.size(Some(totals)))?;
            match (under, whole) {
                (Some(under), Some(whole)) => above.minus(under.multiplied(ratio_before?)?)?.over(whole),
                _ => Some(above),
            }
        };
        let (now, before) = (term(now, &self.now.totals)?, term(before, &self.before.totals)?);
        Some(now.minus(before).map_or_else(|| now.to_decimal() - before.to_decimal(), Exact::to_decimal))
    }
}

fn concluded(sides: &Sides<'_>, plan: &Plan<'_>, previous_range: Range) -> Changes {
    let ((before, now), mut rows) = (sides.totals(), sides.rows(plan));
    let difference = now.zip(before).and_then(|(now, before)| now.minus(before)).map(Exact::to_decimal);
    for row in &mut rows {
        row.share = difference.filter(|difference| *difference != 0.0).map(|difference| row.contribution / difference);
    }
    rows.retain(|row| row.contribution != 0.0);
    rows.sort_by(|left, right| right.contribution.abs().total_cmp(&left.contribution.abs()).then_with(|| left.labels.cmp(&right.labels)));
    let others = rows.split_off(plan.request.limit.min(rows.len()));
    Changes {
        range: plan.range,
        previous_range,
        currency: plan.currency.clone(),
        before,
        now,
        difference,
        contributions: rows,
        // The sum of none is -0.
        others: (0.0 + others.iter().map(|row| row.contribution).sum::<f64>(), others.len()),
        sources: Vec::new(),
        names: Names::new(),
    }
}
