//! Reports as JSON. Rows are objects by the names of their columns; a number that nobody knows is null.

use std::collections::BTreeMap;

use barker_app::report::{
    self, Changes, ChangesRequest, DimensionKind, Freshness, Label, Names, Range, Report, Sales, Source, Values, name_of,
};
use barker_domain::metric::Words;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::number;
use crate::{
    api::instant,
    http::problem::{Problem, ProblemDocument},
};

/// A report.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "date_from": "2026-11-15", "date_to": "2026-11-21", "previous": {"date_from": "2026-11-08", "date_to": "2026-11-14"},
    "time_zone": "Europe/Moscow", "currency": "RUB", "attribution": {"model": "last_non_direct", "lookback_days": 30, "dated_by": "conversion"},
    "revenue_from": "orders",
    "columns": [
        {"name": "channel", "role": "dimension", "kind": "text", "label": {"ru": "Канал", "en": "Channel"}},
        {"name": "cost", "role": "metric", "kind": "money", "label": {"ru": "Расход", "en": "Cost"}},
        {"name": "romi", "role": "metric", "kind": "percent", "label": {"ru": "ROMI", "en": "ROMI"}}
    ],
    "rows": [{"channel": "paid_search", "cost": 1000, "romi": 0.5, "previous": {"cost": 800, "romi": null}, "change": {"cost": 0.25, "romi": null}}],
    "row_count": 1, "is_cut": false,
    "totals": {"cost": 1000, "romi": 0.5, "previous": {"cost": 800, "romi": null}, "change": {"cost": 0.25, "romi": null}},
    "sources": [{"feeds": "ad_spend", "facts": "ad_spend", "source": "yandex_direct", "account": "shop", "latest": "2026-11-20", "arrived_at": "2026-11-21T03:00:12Z"}],
    "freshness": {"ad_spend": {"latest": "2026-11-20", "arrived_at": "2026-11-21T03:00:12Z"}}, "unconverted": 0
}))]
pub(in crate::api) struct ReportAnswer {
    /// The days, and the part of them.
    #[serde(flatten)]
    range: RangeAnswer,
    /// What it is compared with; absent when with nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<RangeAnswer>,
    /// Of days and hours.
    time_zone: String,
    /// Of all money.
    currency: String,
    /// Who is credited.
    #[schema(value_type = super::ReportAttribution)]
    attribution: Value,
    /// Where orders and revenue come from: `orders`, or `purchases` in a project without a shop.
    revenue_from: &'static str,
    /// Dimensions, then metrics.
    columns: Vec<ColumnAnswer>,
    /// By the names of columns; compared, with `previous` and `change` (the growth as a share).
    #[schema(value_type = Vec<Object>)]
    rows: Vec<Map<String, Value>>,
    /// What people call the ids in the rows, by dimension and id: `advertiser` has names. Absent when there are none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, BTreeMap<String, String>>, required = false)]
    names: BTreeMap<&'static str, Names>,
    /// Rows there are without the limit.
    row_count: usize,
    /// Whether there are more than are shown.
    is_cut: bool,
    /// Over all rows, also those beyond the limit.
    #[schema(value_type = Object)]
    totals: Map<String, Value>,
    /// What the metrics were read from.
    sources: Vec<SourceAnswer>,
    /// The latest of each kind of source.
    #[schema(value_type = Object)]
    freshness: BTreeMap<&'static str, FreshnessAnswer>,
    /// Facts missing from sums of money, because their currency has no rate.
    unconverted: u64,
}

/// Days, both included.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RangeAnswer {
    /// The first.
    date_from: String,
    /// The last.
    date_to: String,
    /// Of these days only what happened from this instant on; absent when all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// And before this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// What stands in a column.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ColumnAnswer {
    /// Its name in rows.
    name: String,
    /// `dimension` or `metric`.
    role: &'static str,
    /// Of dimensions `time` or `text`; of metrics `count`, `money`, `ratio`, or `percent` (0.5 is 50%).
    kind: &'static str,
    /// What people call it.
    label: LabelAnswer,
}

/// The same in both languages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::api) struct LabelAnswer {
    /// In Russian.
    pub(super) ru: String,
    /// In English.
    pub(super) en: String,
}

/// Where numbers come from.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SourceAnswer {
    /// The metrics that it feeds: `ad_spend`, `sales`, `leads`, `events`.
    feeds: &'static str,
    /// The kind of facts.
    facts: &'static str,
    /// The platform, shop or CRM.
    source: String,
    /// The account there.
    account: String,
    /// The day or instant of the latest fact.
    latest: String,
    /// When the last one came.
    arrived_at: String,
}

/// How fresh.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FreshnessAnswer {
    /// The day or instant of the latest fact.
    latest: String,
    /// When the last one came.
    arrived_at: String,
}

/// Answers in the order of the questions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"answers": [
    {"status": 200, "report": {"date_from": "2026-11-15", "date_to": "2026-11-21", "rows": [{"revenue": 1500}], "totals": {"revenue": 1500}}},
    {"status": 400, "problem": {"code": "invalid-request", "detail": "/metrics: there is no such metric; there are impressions, clicks, cost"}}
]}))]
pub(in crate::api) struct BatchAnswer {
    /// As many as there were questions.
    pub(in crate::api) answers: Vec<Outcome>,
    /// As many as there were differences to explain; absent when there were none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(in crate::api) changes: Vec<ChangesOutcome>,
}

/// A report, or why there is none.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Outcome {
    /// As if it had been asked alone.
    status: u16,
    /// When it is 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<ReportAnswer>,
    /// Otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemDocument>,
}

/// A difference explained, or why it is not.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ChangesOutcome {
    /// As if it had been asked alone.
    status: u16,
    /// When it is 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<ChangesAnswer>,
    /// Otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemDocument>,
}

/// A difference and what made it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "date_from": "2026-11-15", "date_to": "2026-11-21", "previous": {"date_from": "2026-11-08", "date_to": "2026-11-14"}, "currency": "RUB",
    "metric": "revenue", "before": 1000, "now": 1500, "difference": 500, "change": 0.5,
    "contributors": [{"channel": "paid_search", "before": 400, "now": 1000, "contribution": 600, "share": 1.2}],
    "others": {"count": 3, "contribution": -100},
    "sources": [{"feeds": "sales", "facts": "orders", "source": "shop", "account": "", "latest": "2026-11-21T09:58:01Z", "arrived_at": "2026-11-21T09:58:02Z"}]
}))]
pub(in crate::api) struct ChangesAnswer {
    /// The days.
    #[serde(flatten)]
    range: RangeAnswer,
    /// What they are compared with.
    previous: RangeAnswer,
    /// Of all money.
    currency: String,
    /// Which metric.
    metric: &'static str,
    /// Over the range before.
    #[schema(value_type = Option<f64>)]
    before: Value,
    /// Over the range.
    #[schema(value_type = Option<f64>)]
    now: Value,
    /// The difference.
    difference: Option<f64>,
    /// The same as a share of what was before.
    #[schema(value_type = Option<f64>)]
    change: Value,
    /// By the names of dimensions, with `before`, `now`, `contribution` and its `share` of the difference; the largest first.
    #[schema(value_type = Vec<Object>)]
    contributors: Vec<Map<String, Value>>,
    /// What people call the ids among them, by dimension and id: `advertiser` has names. Absent when there are none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, BTreeMap<String, String>>, required = false)]
    names: BTreeMap<&'static str, Names>,
    /// How many more contributed, and how much together.
    #[schema(value_type = Object)]
    others: Value,
    /// What the metric was read from.
    sources: Vec<SourceAnswer>,
}

impl From<&Report> for ReportAnswer {
    fn from(report: &Report) -> Self {
        let row = |row: &report::Row| {
            let mut object = labels(&report.group_by, &row.labels);
            object.append(&mut numbers(report, &row.values));
            object
        };
        Self {
            range: range(report.range),
            previous: report.previous_range.map(range),
            time_zone: report.time_zone.iana_name().unwrap_or("UTC").to_owned(),
            currency: report.currency.clone(),
            attribution: json!({
                "model": report::model_name(report.attribution.model), "lookback_days": report.attribution.lookback_days,
                "dated_by": report::dating_name(report.attribution.dated_by),
            }),
            revenue_from: match report.sales {
                Sales::Orders => "orders",
                Sales::Purchases => "purchases",
            },
            columns: columns(report),
            rows: report.rows.iter().map(row).collect(),
            names: names(&report.names),
            row_count: report.row_count,
            is_cut: report.row_count > report.rows.len(),
            totals: numbers(report, &report.totals),
            sources: report.sources.iter().map(SourceAnswer::from).collect(),
            freshness: freshness(&report.sources),
            unconverted: report.unconverted,
        }
    }
}

fn names(names: &Names) -> BTreeMap<&'static str, Names> {
    if names.is_empty() { BTreeMap::new() } else { BTreeMap::from([("advertiser", names.clone())]) }
}

fn range(range: Range) -> RangeAnswer {
    RangeAnswer {
        date_from: range.days.0.date().to_string(),
        date_to: range.days.1.date().to_string(),
        from: range.between_ms.map(|(from_ms, _)| instant(from_ms)),
        until: range.between_ms.map(|(_, until_ms)| instant(until_ms)),
    }
}

fn columns(report: &Report) -> Vec<ColumnAnswer> {
    let dimensions = report.group_by.iter().map(|dimension| ColumnAnswer {
        name: name_of(dimension),
        role: "dimension",
        kind: DimensionKind::of(dimension).as_str(),
        label: report::DIMENSIONS.iter().find(|known| known.dimension == *dimension).map_or_else(
            // Attributes are called what their senders call them.
            || LabelAnswer { ru: name_of(dimension), en: name_of(dimension) },
            |known| LabelAnswer::from(known.label),
        ),
    });
    let metrics = report.metrics.iter().map(|metric| ColumnAnswer {
        name: metric.name.to_owned(),
        role: "metric",
        kind: metric.kind.as_str(),
        label: LabelAnswer::from(metric.label),
    });
    dimensions.chain(metrics).collect()
}

fn labels(group_by: &[report::Dimension], labels: &[Label]) -> Map<String, Value> {
    group_by.iter().zip(labels).map(|(dimension, label)| (name_of(dimension), json!(label.text()))).collect()
}

fn numbers(report: &Report, values: &Values) -> Map<String, Value> {
    let named = |numbers: &[Option<barker_domain::metric::Exact>]| -> Map<String, Value> {
        report.metrics.iter().zip(numbers).map(|(metric, value)| (metric.name.to_owned(), number(*value))).collect()
    };
    let mut object = named(&values.now);
    if let Some(before) = &values.before {
        object.insert("previous".to_owned(), Value::Object(named(before)));
        object.insert("change".to_owned(), Value::Object(named(&values.growth())));
    }
    object
}

fn freshness(sources: &[Source]) -> BTreeMap<&'static str, FreshnessAnswer> {
    let mut latest: BTreeMap<&'static str, (String, i64)> = BTreeMap::new();
    for source in sources {
        let of_family = latest.entry(source.family.as_str()).or_default();
        // Dates and instants are written so that the later one is the greater text.
        *of_family = (text(source.latest).max(std::mem::take(&mut of_family.0)), of_family.1.max(source.arrived_at_ms));
    }
    let answer = |(family, (latest, arrived_at_ms))| (family, FreshnessAnswer { latest, arrived_at: instant(arrived_at_ms) });
    latest.into_iter().map(answer).collect()
}

fn text(freshness: Freshness) -> String {
    match freshness {
        Freshness::Day(day) => day.date().to_string(),
        Freshness::Instant(at_ms) => instant(at_ms),
    }
}

impl From<&Source> for SourceAnswer {
    fn from(source: &Source) -> Self {
        Self {
            feeds: source.family.as_str(),
            facts: source.facts,
            source: source.source.clone(),
            account: source.account.clone(),
            latest: text(source.latest),
            arrived_at: instant(source.arrived_at_ms),
        }
    }
}

impl From<Words> for LabelAnswer {
    fn from(words: Words) -> Self {
        Self { ru: words.russian.to_owned(), en: words.english.to_owned() }
    }
}

impl From<barker_domain::Result<Report>> for Outcome {
    fn from(answer: barker_domain::Result<Report>) -> Self {
        match answer {
            Ok(report) => Self { status: 200, report: Some(ReportAnswer::from(&report)), problem: None },
            Err(error) => {
                let (status, document) = Problem(error).told();
                Self { status, report: None, problem: Some(document) }
            }
        }
    }
}

impl From<barker_domain::Result<ChangesAnswer>> for ChangesOutcome {
    fn from(answer: barker_domain::Result<ChangesAnswer>) -> Self {
        match answer {
            Ok(changes) => Self { status: 200, changes: Some(changes), problem: None },
            Err(error) => {
                let (status, document) = Problem(error).told();
                Self { status, changes: None, problem: Some(document) }
            }
        }
    }
}

impl ChangesAnswer {
    pub(super) fn new(request: &ChangesRequest, changes: &Changes) -> Self {
        let contributor = |contribution: &report::Contribution| {
            let mut object = labels(&request.report.group_by, &contribution.labels);
            object.insert("before".to_owned(), number(contribution.before));
            object.insert("now".to_owned(), number(contribution.now));
            object.insert("contribution".to_owned(), json!(contribution.contribution));
            object.insert("share".to_owned(), json!(contribution.share));
            object
        };
        let growth = changes.now.zip(changes.before).and_then(|(now, before)| now.growth_from(before));
        Self {
            range: range(changes.range),
            previous: range(changes.previous_range),
            currency: changes.currency.clone(),
            metric: request.report.metrics.first().map_or("", |metric| metric.name),
            before: number(changes.before),
            now: number(changes.now),
            difference: changes.difference,
            change: number(growth),
            contributors: changes.contributions.iter().map(contributor).collect(),
            names: names(&changes.names),
            others: json!({"count": changes.others.1, "contribution": changes.others.0}),
            sources: changes.sources.iter().map(SourceAnswer::from).collect(),
        }
    }
}
