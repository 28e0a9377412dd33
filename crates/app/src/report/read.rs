//! Requests as JSON: read field by field, every fault with its pointer, unknown names with the known ones.

use barker_domain::{
    FieldError, Result,
    fields::{Fields, read_object},
    metric::{METRICS, Metric},
};
use barker_warehouse::question::{DatedBy, Dimension, Filter, Model};
use serde_json::Value;

use super::{
    AttributionChoice, ChangesRequest, Column, Comparison, DEFAULT_LIMIT, MAX_FILE_ROWS, MAX_LIMIT, Period, ReportRequest, Sort, Until,
    Window,
    dimension::{UNATTRIBUTED, find_dimension, known_names},
};

/// The numbers that everybody looks at first.
const DEFAULT_METRICS: [&str; 8] = ["impressions", "clicks", "cost", "orders", "revenue", "ctr", "cpa", "romi"];
/// How long a report looks back that does not say when.
const DEFAULT_WINDOW: Window = Window::Days(30);
/// Most metrics, dimensions, filters and sorts of one request: more than anybody can look at.
const MAX_LISTED: usize = 50;
/// Contributors that are named when nobody says how many.
const DEFAULT_CONTRIBUTORS: usize = 10;
/// What one request may say.
const FIELDS: &[&str] = &[
    "metrics",
    "group_by",
    "filters",
    "date_from",
    "date_to",
    "window",
    "compare_to",
    "attribution",
    "is_net_of_refunds",
    "currency",
    "sort",
    "limit",
];
const CHANGES_FIELDS: &[&str] = &[
    "metric",
    "group_by",
    "filters",
    "date_from",
    "date_to",
    "window",
    "compare_to",
    "compare_from",
    "compare_until",
    "attribution",
    "is_net_of_refunds",
    "currency",
    "limit",
];
const MODELS: [(&str, Model); 4] = [
    ("last_non_direct", Model::LastNonDirect),
    ("last_touch", Model::LastTouch),
    ("first_touch", Model::FirstTouch),
    ("linear", Model::Linear),
];
const DATINGS: [(&str, DatedBy); 2] = [("conversion", DatedBy::Conversion), ("touch", DatedBy::Touch)];

/// The name of a model of attribution.
#[must_use]
pub fn model_name(model: Model) -> &'static str {
    MODELS.iter().find(|(_, known)| *known == model).map_or("", |(name, _)| name)
}

/// The name of what credited conversions are dated by.
#[must_use]
pub fn dating_name(dated_by: DatedBy) -> &'static str {
    DATINGS.iter().find(|(_, known)| *known == dated_by).map_or("", |(name, _)| name)
}

/// Reads a report's request.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] with every field at fault.
pub fn read_report(body: &Value) -> Result<ReportRequest> {
    read_object(body, |fields| {
        fields.refuse_others(FIELDS);
        let metrics = fields.optional("metrics", metrics);
        let request = read_common(fields, metrics, MAX_LIMIT);
        let mut request = request?;
        request.sort = fields.optional("sort", |fields, name| sort(fields, name, &request)).unwrap_or_default();
        Some(request)
    })
}

/// Reads a report's request for a file: all rows, unless it says how many.
///
/// # Errors
/// As for reports.
pub fn read_file(body: &Value) -> Result<ReportRequest> {
    let mut request = read_report(body)?;
    if body.get("limit").is_none_or(Value::is_null) {
        request.limit = MAX_FILE_ROWS;
    }
    Ok(request)
}

/// Reads a request for the largest contributors to a difference.
///
/// # Errors
/// As for reports.
pub fn read_changes(body: &Value) -> Result<ChangesRequest> {
    read_object(body, |fields| {
        fields.refuse_others(CHANGES_FIELDS);
        let metric = fields.text("metric").and_then(|name| known_metric(fields, "/metric", &name));
        let limit = limit(fields, MAX_LIMIT).unwrap_or(DEFAULT_CONTRIBUTORS);
        let (from, until) = (fields.optional("compare_from", Fields::day), fields.optional("compare_until", Fields::day));
        let against = match (from, until) {
            (Some(from), Some(until)) if from <= until => Some((from, until)),
            (None, None) => None,
            _ => {
                let message = "compare_from and compare_until are two days, the second not before the first";
                fields.adopt([FieldError::new("/compare_until", "order", message)]);
                None
            }
        };
        let report = read_common(fields, metric.map(|metric| vec![metric]), MAX_LIMIT);
        let mut report = report?;
        metric?;
        report.limit = limit;
        report.compare_to = report.compare_to.or(Some(Comparison::PreviousPeriod));
        Some(ChangesRequest { report, against })
    })
}

fn read_common(fields: &mut Fields<'_>, metrics: Option<Vec<&'static Metric>>, max_limit: usize) -> Option<ReportRequest> {
    let group_by = fields.optional("group_by", dimensions).unwrap_or_default();
    let filters = filters(fields).unwrap_or_default();
    let period = period(fields);
    let compare_to = fields.optional("compare_to", |fields, name| fields.choice(name, &Comparison::ALL));
    let attribution = fields.optional_object("attribution", attribution).unwrap_or_default();
    let is_net_of_refunds = fields.optional("is_net_of_refunds", Fields::boolean).unwrap_or(true);
    let currency = fields.optional("currency", Fields::text);
    let limit = limit(fields, max_limit).unwrap_or(DEFAULT_LIMIT);
    let metrics = metrics.unwrap_or_else(|| DEFAULT_METRICS.iter().filter_map(|name| Metric::named(name)).collect());
    Some(ReportRequest {
        metrics,
        group_by,
        filters,
        period: period?,
        compare_to,
        attribution,
        is_net_of_refunds,
        currency,
        sort: Vec::new(),
        limit,
    })
}

/// The texts of a field, told apart and counted; a comma parts them as well.
fn names(fields: &mut Fields<'_>, name: &str) -> Option<Vec<String>> {
    let texts = fields.one_or_several(name)?;
    let names: Vec<_> = texts.iter().flat_map(|text| text.split(',')).map(|text| text.trim().to_owned()).collect();
    let mut distinct = names.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < names.len() {
        fields.adopt([FieldError::new(format!("/{name}"), "duplicate", "must hold each name once")]);
    }
    if names.len() > MAX_LISTED {
        fields.adopt([FieldError::new(format!("/{name}"), "length", format!("must hold at most {MAX_LISTED} names"))]);
        return None;
    }
    Some(names)
}

fn metrics(fields: &mut Fields<'_>, name: &str) -> Option<Vec<&'static Metric>> {
    let names = names(fields, name)?;
    if names.is_empty() {
        fields.adopt([FieldError::new("/metrics", "length", "must hold at least one metric")]);
    }
    let several = fields.value(name).is_some_and(Value::is_array);
    let found = names.iter().enumerate().map(|(place, metric)| known_metric(fields, &pointer(name, several, place), metric));
    found.collect::<Vec<_>>().into_iter().collect()
}

fn known_metric(fields: &mut Fields<'_>, pointer: &str, name: &str) -> Option<&'static Metric> {
    let metric = Metric::named(name);
    if metric.is_none() {
        let known: Vec<_> = METRICS.iter().map(|metric| metric.name).collect();
        fields.adopt([FieldError::new(pointer, "unknown", format!("there is no such metric; there are {}", known.join(", ")))]);
    }
    metric
}

fn dimensions(fields: &mut Fields<'_>, name: &str) -> Option<Vec<Dimension>> {
    let names = names(fields, name)?;
    let several = fields.value(name).is_some_and(Value::is_array);
    let found = names.iter().enumerate().map(|(place, dimension)| known_dimension(fields, &pointer(name, several, place), dimension));
    found.collect::<Vec<_>>().into_iter().collect()
}

fn known_dimension(fields: &mut Fields<'_>, pointer: &str, name: &str) -> Option<Dimension> {
    let dimension = find_dimension(name);
    if dimension.is_none() {
        fields.adopt([FieldError::new(pointer, "unknown", format!("there is no such dimension; there are {}", known_names()))]);
    }
    dimension
}

fn pointer(name: &str, is_array: bool, place: usize) -> String {
    if is_array { format!("/{name}/{place}") } else { format!("/{name}") }
}

/// `[{"dimension": "channel", "operator": "is_not", "values": ["direct"]}]`.
fn filters(fields: &mut Fields<'_>) -> Option<Vec<Filter>> {
    fields.optional("filters", |fields, name| {
        fields.objects(name, MAX_LISTED, |filter| {
            filter.refuse_others(&["dimension", "operator", "values"]);
            let dimension = filter.text("dimension").and_then(|name| known_dimension(filter, "/dimension", &name));
            let is_excluding = filter.optional("operator", |it, name| it.choice(name, &[("is", false), ("is_not", true)]));
            let values = filter.one_or_several("values").map(|values| values.into_iter().map(as_kept).collect());
            Some(Filter { dimension: dimension?, values: values?, is_excluding: is_excluding.unwrap_or(false) })
        })
    })
}

/// What has no value is shown under a name of its own, and asked for by it.
fn as_kept(value: String) -> String {
    if value == UNATTRIBUTED { String::new() } else { value }
}

fn period(fields: &mut Fields<'_>) -> Option<Period> {
    let window = fields.optional("window", |fields, name| fields.choice(name, &Window::ALL));
    let from = fields.optional("date_from", Fields::day);
    if fields.value("window").is_some() && fields.value("date_from").is_some() {
        fields.adopt([FieldError::new("/window", "conflict", "a window ends with date_to; it has no date_from")]);
        return None;
    }
    if fields.value("window").is_some() {
        let until = fields.optional("date_to", until);
        return Some(Period::Window(window?, until));
    }
    let until = fields.optional("date_to", Fields::day);
    match (from, until) {
        (Some(from), until) => Some(Period::Days(from, until)),
        (None, Some(_)) if fields.value("date_from").is_none() => {
            fields.adopt([FieldError::new("/date_from", "required", "say from when, or for which window, up to date_to")]);
            None
        }
        _ => Some(Period::Window(DEFAULT_WINDOW, None)),
    }
}

/// A day or an instant.
fn until(fields: &mut Fields<'_>, name: &str) -> Option<Until> {
    let is_instant = fields.value(name).and_then(Value::as_str).is_some_and(|text| text.contains('T'));
    if is_instant { fields.instant(name).map(Until::Instant) } else { fields.day(name).map(Until::Day) }
}

#[expect(clippy::unnecessary_wraps, reason = "what objects are read by")]
fn attribution(fields: &mut Fields<'_>) -> Option<AttributionChoice> {
    fields.refuse_others(&["model", "lookback_days", "dated_by"]);
    let model = fields.optional("model", |fields, name| fields.choice(name, &MODELS));
    let lookback_days = fields.optional("lookback_days", Fields::integer);
    if lookback_days.is_some_and(|days| !(0..=365).contains(&days)) {
        fields.adopt([FieldError::new("/lookback_days", "range", "must be 0 to 365")]);
    }
    let dated_by = fields.optional("dated_by", |fields, name| fields.choice(name, &DATINGS));
    Some(AttributionChoice { model, lookback_days: lookback_days.and_then(|days| u32::try_from(days).ok()), dated_by })
}

/// `-revenue` is by revenue, the largest first.
fn sort(fields: &mut Fields<'_>, name: &str, request: &ReportRequest) -> Option<Vec<Sort>> {
    let names = names(fields, name)?;
    let several = fields.value(name).is_some_and(Value::is_array);
    let columns = names.iter().enumerate().map(|(place, text)| {
        let (is_descending, wanted) = text.strip_prefix('-').map_or((false, text.as_str()), |wanted| (true, wanted));
        let metric = request.metrics.iter().position(|metric| metric.name == wanted).map(Column::Metric);
        let dimension = || request.group_by.iter().position(|it| super::name_of(it) == wanted).map(Column::Dimension);
        let column = metric.or_else(dimension);
        if column.is_none() {
            let message = "must be one of the report's own metrics and dimensions, with a - before it for the largest first";
            fields.adopt([FieldError::new(pointer(name, several, place), "unknown", message)]);
        }
        column.map(|column| Sort { column, is_descending })
    });
    columns.collect::<Vec<_>>().into_iter().collect()
}

fn limit(fields: &mut Fields<'_>, max: usize) -> Option<usize> {
    let limit = fields.optional("limit", Fields::integer)?;
    let within = usize::try_from(limit).ok().filter(|limit| (1..=max).contains(limit));
    if within.is_none() {
        fields.adopt([FieldError::new("/limit", "range", format!("must be 1 to {max}"))]);
    }
    within
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults(body: &Value) -> Vec<String> {
        let error = read_report(body).unwrap_err();
        error.fields.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
    }

    #[test]
    fn one_name_or_several_are_read_alike() {
        for group_by in [json!("campaign_name"), json!(["campaign_name"])] {
            let request = read_report(&json!({"group_by": group_by, "window": "7d"})).unwrap();
            assert_eq!(request.group_by, [Dimension::CampaignName]);
        }
        let request = read_report(&json!({"group_by": "day,attributes.color", "metrics": "cost, romi", "sort": "-romi"})).unwrap();
        assert_eq!(request.group_by, [Dimension::Day, Dimension::Attribute("color".into())]);
        assert_eq!(request.sort, [Sort { column: Column::Metric(1), is_descending: true }]);
    }

    #[test]
    fn every_fault_is_named_and_unknown_names_come_with_the_known_ones() {
        let body = json!({
            "metrics": ["cost", "roi"], "group_by": ["day", "planet"], "filters": [{"dimension": "nowhere", "values": []}, {"values": 7}],
            "window": "7d", "date_from": "2026-01-01", "compare_to": "yesterday", "limit": 0, "colour": "red",
            "attribution": {"model": "guess", "lookback_days": 366},
        });
        let expected = [
            "/colour unknown",
            "/metrics/1 unknown",
            "/group_by/1 unknown",
            "/filters/0/dimension unknown",
            "/filters/1/dimension required",
            "/filters/1/values type",
            "/window conflict",
            "/compare_to enum",
            "/attribution/model enum",
            "/attribution/lookback_days range",
            "/limit range",
        ];
        assert_eq!(faults(&body), expected);
        let error = read_report(&json!({"metrics": "roi"})).unwrap_err();
        assert!(error.fields[0].message.contains("romi") && error.fields[0].pointer == "/metrics", "{error}");
        let error = read_report(&json!({"group_by": "planet"})).unwrap_err();
        assert!(error.fields[0].message.contains("campaign_name"), "{error}");
    }

    #[test]
    fn time_is_a_range_or_a_window_and_thirty_days_unless_somebody_says_so() {
        let period = |body: Value| read_report(&body).map(|request| request.period);
        assert_eq!(period(json!({})).unwrap(), Period::Window(Window::Days(30), None));
        let until = Until::Instant(0);
        assert_eq!(period(json!({"window": "1h", "date_to": "1970-01-01T00:00:00Z"})).unwrap(), Period::Window(Window::Hour, Some(until)));
        assert_eq!(faults(&json!({"date_to": "2026-01-01"})), ["/date_from required"]);
        assert_eq!(faults(&json!({"date_from": "yesterday"})), ["/date_from format"]);
        assert_eq!(faults(&json!({"window": "2h"})), ["/window enum"]);
    }

    #[test]
    fn the_name_of_what_has_no_value_asks_for_what_has_none() {
        let body = json!({"filters": [{"dimension": "channel", "operator": "is_not", "values": ["(unattributed)", "direct"]}]});
        let request = read_report(&body).unwrap();
        assert_eq!(request.filters[0].values, ["", "direct"]);
        assert!(request.filters[0].is_excluding);
    }
}
