//! From sums to a report: metrics of each row, the range before beside them, sorted and cut. Pure.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use barker_domain::{
    Result,
    metric::{Exact, Metric, Sum},
};
use barker_warehouse::question::{Dimension, Key, Sums};

use super::{
    Column, MAX_FILE_ROWS, Report, Row, Sort, Values,
    dimension::{DimensionKind, kind_of},
    key::Label,
    names::{self, Names},
    period::{Shift, buckets},
    plan::{Plan, garbled},
    source::Source,
};

/// Sums of one row, in the order of the plan.
type Sizes = Vec<Option<i128>>;

/// Sums of one key: of the range, and of the range before.
type Pair = (Option<Sizes>, Option<Sizes>);

pub(super) fn report(plan: Plan<'_>, (now, before): (&Sums, Option<&Sums>), (sources, names): (Vec<Source>, Names)) -> Result<Report> {
    let all = [Some(now), before];
    if all.iter().flatten().any(|sums| sums.totals.len() != plan.sums.len()) {
        return Err(garbled());
    }
    let mut rows = rows(&plan, now, before)?;
    let totals = values(&plan, (Some(&now.totals), before.map(|before| &before.totals)), (now, before));
    sort(&mut rows, &plan, &names);
    let row_count = rows.len();
    rows.truncate(plan.request.limit);
    Ok(Report {
        group_by: plan.request.group_by.clone(),
        names,
        metrics: plan.request.metrics.clone(),
        range: plan.range,
        previous_range: plan.previous.map(|(range, _)| range),
        time_zone: plan.ground.present.time_zone.clone(),
        attribution: plan.attribution,
        sales: plan.sales,
        rows,
        row_count,
        totals,
        sources,
        unconverted: all.iter().flatten().map(|sums| sums.unconverted).sum(),
        currency: plan.currency,
    })
}

fn rows(plan: &Plan<'_>, now: &Sums, before: Option<&Sums>) -> Result<Vec<Row>> {
    let mut pairs: BTreeMap<Vec<Key>, Pair> = BTreeMap::new();
    for row in &now.rows {
        pairs.entry(row.keys.clone()).or_default().0 = Some(row.sums.clone());
    }
    if let (Some(before), Some((_, shift))) = (before, plan.previous) {
        for row in &before.rows {
            let keys = moved(&row.keys, plan, shift);
            let place = &mut pairs.entry(keys).or_default().1;
            *place = Some(match place.take() {
                None => row.sums.clone(),
                Some(other) => merged(plan, &other, &row.sums),
            });
        }
    }
    for key in missing(plan)? {
        pairs.entry(vec![key]).or_default();
    }
    let row = |(keys, (of_now, of_before)): (Vec<Key>, Pair)| Row {
        labels: labels(&keys, plan),
        values: values(plan, (of_now.as_ref(), of_before.as_ref()), (now, before)),
    };
    Ok(pairs.into_iter().map(row).collect())
}

/// Buckets of a chart over nothing but time.
fn missing(plan: &Plan<'_>) -> Result<Vec<Key>> {
    match plan.request.group_by.as_slice() {
        [only] if kind_of(only) == DimensionKind::Time => {
            let buckets = buckets(only, plan.range, &plan.ground.present.time_zone, MAX_FILE_ROWS)?;
            Ok(buckets.into_iter().map(Key::Number).collect())
        }
        _ => Ok(Vec::new()),
    }
}

fn moved(keys: &[Key], plan: &Plan<'_>, shift: Shift) -> Vec<Key> {
    let dimensions = plan.request.group_by.iter();
    let moved = keys.iter().zip(dimensions).map(|(key, dimension)| match key {
        Key::Number(number) => Key::Number(shift.forward(dimension, *number, &plan.ground.present.time_zone)),
        other => other.clone(),
    });
    moved.collect()
}

/// Two buckets of the range before that stand beside one of this: the end of a short month.
fn merged(plan: &Plan<'_>, left: &[Option<i128>], right: &[Option<i128>]) -> Sizes {
    let pairs = plan.sums.iter().zip(left.iter().zip(right));
    pairs.map(|(sum, (left, right))| if sum.adds_up() { left.as_ref()?.checked_add((*right)?) } else { None }).collect()
}

fn labels(keys: &[Key], plan: &Plan<'_>) -> Vec<Label> {
    let pairs = keys.iter().zip(&plan.request.group_by);
    pairs.map(|(key, dimension)| Label::of(key, dimension, &plan.ground.present.time_zone)).collect()
}

fn values(plan: &Plan<'_>, sizes: (Option<&Sizes>, Option<&Sizes>), sums: (&Sums, Option<&Sums>)) -> Values {
    let of = |sizes: Option<&Sizes>, totals: &[Option<i128>]| metrics(&plan.request.metrics, &plan.sums, sizes, totals);
    Values { now: of(sizes.0, &sums.0.totals), before: sums.1.map(|before| of(sizes.1, &before.totals)) }
}

/// The metrics of some sums. Where a row is missing its sums are 0, but for those that nobody knows.
fn metrics(metrics: &[&'static Metric], order: &[Sum], sizes: Option<&Sizes>, totals: &[Option<i128>]) -> Vec<Option<Exact>> {
    let size = |sum: Sum| {
        let place = order.iter().position(|known| *known == sum)?;
        match sizes {
            Some(sizes) => *sizes.get(place)?,
            None => totals.get(place)?.map(|_| 0),
        }
    };
    metrics.iter().map(|metric| metric.value(size)).collect()
}

fn sort(rows: &mut [Row], plan: &Plan<'_>, names: &Names) {
    let (chosen, group_by) = (&plan.request.sort, &plan.request.group_by);
    let sort = if chosen.is_empty() { default_sort(group_by) } else { chosen.clone() };
    let by_name = |place: usize, left: &Label, right: &Label| names::compare((left, right), &group_by[place], names);
    // Rows are ordered by their keys already, and the sort is stable.
    rows.sort_by(|left, right| {
        sort.iter().map(|by| by.compare(left, right, &by_name)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
}

/// By time where there is any; else the first metric, the largest first.
fn default_sort(group_by: &[Dimension]) -> Vec<Sort> {
    let times: BTreeSet<_> = (0..group_by.len()).filter(|place| kind_of(&group_by[*place]) == DimensionKind::Time).collect();
    if times.is_empty() {
        return vec![Sort { column: Column::Metric(0), is_descending: true }];
    }
    times.into_iter().map(|place| Sort { column: Column::Dimension(place), is_descending: false }).collect()
}

impl Sort {
    /// What has no value stands last in either direction.
    fn compare(self, left: &Row, right: &Row, by_name: &impl Fn(usize, &Label, &Label) -> Ordering) -> Ordering {
        let turned = |order: Ordering| if self.is_descending { order.reverse() } else { order };
        match self.column {
            Column::Dimension(place) => match (&left.labels[place], &right.labels[place]) {
                (Label::None, Label::None) => Ordering::Equal,
                (Label::None, _) => Ordering::Greater,
                (_, Label::None) => Ordering::Less,
                (left, right) => turned(by_name(place, left, right)),
            },
            Column::Metric(place) => match (left.values.now[place], right.values.now[place]) {
                (Some(left), Some(right)) => turned(left.cmp(&right)),
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
            },
        }
    }
}
