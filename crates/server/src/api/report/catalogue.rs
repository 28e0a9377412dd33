//! What can be asked for: metrics and dimensions, with labels and definitions.

use axum::Json;
use barker_app::report::{DIMENSIONS, DimensionKind};
use barker_domain::metric::{METRICS, Sum};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::LabelAnswer;
use crate::http::{
    permission::{Caller, Read, Viewer},
    problem::{Problem, Refusals},
};

/// What can be asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "metrics": [{
        "name": "romi", "kind": "percent", "formula": "(revenue - cost) / cost", "sums": ["revenue", "cost"], "sources": ["ad_spend", "sales"],
        "dated_by": ["platform_day", "instant"], "label": {"ru": "ROMI", "en": "ROMI"},
        "definition": {"ru": "Возврат маркетинговых вложений: 0 — реклама окупилась ровно.", "en": "What came back beyond what was spent: 0 is breaking even."}
    }],
    "dimensions": [{
        "name": "channel", "kind": "text", "label": {"ru": "Канал", "en": "Channel"},
        "definition": {"ru": "Канал по правилам.", "en": "By the rules of channels."}
    }]
}))]
pub(in crate::api) struct Catalogue {
    /// Every metric, in the order in which they are shown.
    metrics: Vec<MetricEntry>,
    /// Every dimension; `attributes.*` stands for any attribute of events.
    dimensions: Vec<DimensionEntry>,
}

/// A metric.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MetricEntry {
    /// Its name.
    name: &'static str,
    /// `count`, `money`, `ratio`, or `percent` (0.5 is 50%).
    kind: &'static str,
    /// How it is made of sums.
    formula: String,
    /// The sums that it is made of.
    sums: Vec<&'static str>,
    /// The families of facts that feed it.
    sources: Vec<&'static str>,
    /// What its facts are dated by: `platform_day` is null by hour.
    dated_by: Vec<&'static str>,
    /// What people call it.
    label: LabelAnswer,
    /// What it means.
    definition: LabelAnswer,
}

/// A dimension.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DimensionEntry {
    /// Its name.
    name: &'static str,
    /// `time` or `text`.
    kind: &'static str,
    /// What people call it.
    label: LabelAnswer,
    /// What it means.
    definition: LabelAnswer,
}

/// List metrics and dimensions
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/reports/metrics", operation_id = "listMetrics", tag = "Reports", security(("session" = []), ("key" = ["read"])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = Catalogue, description = "What can be asked for."), Refusals))]
pub(in crate::api) async fn catalogue(_caller: Caller<Viewer, Read>) -> Result<Json<Catalogue>, Problem> {
    let metric = |metric: &barker_domain::metric::Metric| {
        let mut families: Vec<_> = metric.sums().map(Sum::family).collect();
        families.sort_unstable();
        families.dedup();
        let mut dated_by: Vec<_> = families.iter().map(|family| family.dating().as_str()).collect();
        dated_by.dedup();
        MetricEntry {
            name: metric.name,
            kind: metric.kind.as_str(),
            formula: metric.formula_text(),
            sums: metric.sums().map(Sum::as_str).collect(),
            sources: families.iter().map(|family| family.as_str()).collect(),
            dated_by,
            label: metric.label.into(),
            definition: metric.definition.into(),
        }
    };
    let dimension = |known: &barker_app::report::KnownDimension| DimensionEntry {
        name: known.name,
        kind: DimensionKind::of(&known.dimension).as_str(),
        label: known.label.into(),
        definition: known.definition.into(),
    };
    let attributes = DimensionEntry {
        name: "attributes.*",
        kind: DimensionKind::Text.as_str(),
        label: LabelAnswer { ru: "Атрибут события".to_owned(), en: "Attribute of events".to_owned() },
        definition: LabelAnswer {
            ru: "Любой атрибут события или касания: attributes.color.".to_owned(),
            en: "Any attribute of an event or a touch: attributes.color.".to_owned(),
        },
    };
    Ok(Json(Catalogue {
        metrics: METRICS.iter().map(metric).collect(),
        dimensions: DIMENSIONS.iter().map(dimension).chain([attributes]).collect(),
    }))
}
