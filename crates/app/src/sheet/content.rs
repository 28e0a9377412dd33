//! What stands on a sheet: its shape, and which questions it asks.
//!
//! A widget's question is a report's request. Where it does not say when, the dashboard does; the dashboard's filters hold for all.

use std::collections::BTreeSet;

use barker_domain::{
    FieldError, Result,
    fields::{Fields, read_object},
    sheet::{SheetKind, SheetTerms},
};
use serde_json::{Map, Value, json};

use crate::report::{DimensionKind, MAX_BATCH, ReportRequest, read_report};

/// Columns of the grid.
const GRID_COLUMNS: i32 = 12;
/// Rows of the grid: more than anybody scrolls.
const GRID_ROWS: i32 = 1_000;
/// Longest name of a widget.
const MAX_ID_CHARS: usize = 64;
/// Longest title of a widget, and longest description.
const MAX_TITLE_CHARS: usize = 255;
/// Longest text of a widget.
const MAX_TEXT_CHARS: usize = 10_000;
/// How often a page may ask again by itself, in seconds.
const REFRESH_SECONDS: std::ops::RangeInclusive<i32> = 60..=86_400;

const DASHBOARD: &[&str] = &["name", "description", "period", "filters", "attribution", "refresh_seconds", "widgets"];
const WIDGET: &[&str] = &["id", "kind", "title", "place", "query", "text"];
const PERIOD: &[&str] = &["window", "date_from", "date_to", "compare_to"];
/// Names of a question that one text may hold, parted by commas.
const LISTS: &[&str] = &["metrics", "group_by", "sort"];
const SAVED_REPORT: &[&str] = &["name", "description", "view", "query"];
const WIDGETS: [(&str, Widget); 6] = [
    ("number", Widget::Number),
    ("line", Widget::Line),
    ("bar", Widget::Bar),
    ("table", Widget::Table),
    ("pie", Widget::Pie),
    ("text", Widget::Text),
];

/// How a question is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Widget {
    Number,
    Line,
    Bar,
    Table,
    Pie,
    Text,
}

/// What somebody who looks at a sheet wants to see instead.
#[derive(Debug, Clone, Default)]
pub struct Override {
    /// When, in place of what the sheet says.
    pub period: Map<String, Value>,
    /// Besides those of the sheet.
    pub filters: Vec<Value>,
}

/// Reads what a sheet is to be.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] with every field at fault.
pub fn read_terms(kind: SheetKind, body: &Value) -> Result<SheetTerms> {
    let name = read_object(body, |fields| {
        let name = fields.text("name").map(|name| name.trim().to_owned());
        match kind {
            SheetKind::Dashboard => dashboard(fields, body),
            SheetKind::SavedReport => saved_report(fields),
        }
        name
    })?;
    let mut content = body.clone();
    content.as_object_mut().into_iter().for_each(|content| drop(content.remove("name")));
    tidy(&mut content);
    Ok(SheetTerms { name, content })
}

/// Makes one spelling of what may be said in several: a null says what absence says, and one text what a list of it says.
/// Who reads a sheet, and the schema of the answer, know but the one.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "values" => *value = json!([text]),
                    Value::String(text) if LISTS.contains(&name.as_str()) => {
                        *value = text.split(',').map(|text| Value::from(text.trim())).collect();
                    }
                    value => tidy(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn dashboard(fields: &mut Fields<'_>, body: &Value) {
    fields.refuse_others(DASHBOARD);
    short_text(fields, "description", MAX_TEXT_CHARS);
    let refresh = fields.optional("refresh_seconds", Fields::integer);
    if refresh.is_some_and(|seconds| !REFRESH_SECONDS.contains(&seconds)) {
        let message = format!("must be {} to {}", REFRESH_SECONDS.start(), REFRESH_SECONDS.end());
        fields.adopt([FieldError::new("/refresh_seconds", "range", message)]);
    }
    fields.optional_object("period", |period| {
        period.refuse_others(PERIOD);
        Some(())
    });
    let own = effective(body, &json!({}), &Override::default());
    // Names that a period does not have are named above.
    let told = faults(&own, "").into_iter().filter(|fault| fault.code != "unknown" || fault.pointer.matches('/').count() > 1);
    fields.adopt(told.map(|fault| match fault.pointer.trim_start_matches('/') {
        name if PERIOD.contains(&name) => fault.below("/period"),
        _ => fault,
    }));
    if fields.value("widgets").is_none() {
        return;
    }
    let mut names = BTreeSet::new();
    fields.objects("widgets", MAX_BATCH, |fields| {
        if let Some(id) = fields.text("id").filter(|id| !names.insert(id.clone())) {
            fields.adopt([FieldError::new("/id", "duplicate", format!("there is another widget {id}"))]);
        }
        widget(fields, body);
        Some(())
    });
}

fn widget(fields: &mut Fields<'_>, dashboard: &Value) {
    fields.refuse_others(WIDGET);
    short_text(fields, "id", MAX_ID_CHARS);
    short_text(fields, "title", MAX_TITLE_CHARS);
    short_text(fields, "text", MAX_TEXT_CHARS);
    fields.optional_object("place", |place| {
        place.refuse_others(&["x", "y", "width", "height"]);
        let (x, y, width, height) = (place.integer("x")?, place.integer("y")?, place.integer("width")?, place.integer("height")?);
        let is_on_grid = x >= 0 && width >= 1 && x.saturating_add(width) <= GRID_COLUMNS;
        if !is_on_grid || y < 0 || height < 1 || y.saturating_add(height) > GRID_ROWS {
            let message = format!("must be on a grid of {GRID_COLUMNS} columns and {GRID_ROWS} rows");
            place.adopt([FieldError::new("", "range", message)]);
        }
        Some(())
    });
    let Some(kind) = fields.choice("kind", &WIDGETS) else { return };
    match (kind, fields.value("query"), fields.value("text")) {
        (Widget::Text, Some(_), _) => fields.adopt([FieldError::new("/query", "conflict", "a text asks nothing")]),
        (Widget::Text, None, None) => fields.adopt([FieldError::new("/text", "required", "is required")]),
        (Widget::Text, None, Some(_)) => {}
        (_, None, _) => fields.adopt([FieldError::new("/query", "required", "is required")]),
        (kind, Some(query), _) => {
            let asked = effective(dashboard, query, &Override::default());
            // What the dashboard says is named once, there.
            let said: BTreeSet<_> = query.as_object().into_iter().flat_map(Map::keys).map(|name| format!("/{name}")).collect();
            let is_own = |fault: &FieldError| said.iter().any(|name| fault.pointer.starts_with(name.as_str())) || !query.is_object();
            fields.adopt(faults(&asked, "").into_iter().filter(is_own).map(|fault| fault.below("/query")));
            if let Ok(request) = read_report(&asked) {
                fields.adopt(kind.fault(&request));
            }
        }
    }
}

fn saved_report(fields: &mut Fields<'_>) {
    fields.refuse_others(SAVED_REPORT);
    short_text(fields, "description", MAX_TEXT_CHARS);
    let view = fields.optional("view", |fields, name| fields.choice(name, &WIDGETS[..5]));
    match fields.value("query") {
        None => fields.adopt([FieldError::new("/query", "required", "is required")]),
        Some(query) => {
            fields.adopt(faults(query, "/query"));
            if let (Some(view), Ok(request)) = (view, read_report(query)) {
                fields.adopt(view.fault(&request));
            }
        }
    }
}

fn faults(query: &Value, prefix: &str) -> Vec<FieldError> {
    read_report(query).err().into_iter().flat_map(|error| error.fields).map(|fault| fault.below(prefix)).collect()
}

fn short_text(fields: &mut Fields<'_>, name: &str, max_chars: usize) {
    let text = fields.optional(name, Fields::text);
    if text.is_some_and(|text| text.chars().nth(max_chars).is_some()) {
        fields.adopt([FieldError::new(format!("/{name}"), "length", format!("must be at most {max_chars} characters long"))]);
    }
}

impl Widget {
    /// Why a report cannot be shown like this.
    fn fault(self, request: &ReportRequest) -> Option<FieldError> {
        let has_time = request.group_by.iter().any(|dimension| DimensionKind::of(dimension) == DimensionKind::Time);
        let message = match self {
            Self::Number if !request.group_by.is_empty() => "a number is not split",
            Self::Line if !has_time => "a line goes along hour, day, week or month",
            Self::Bar | Self::Pie if request.group_by.is_empty() => "is split by something",
            Self::Pie if request.metrics.len() != 1 => "a pie shows one metric",
            _ => return None,
        };
        Some(FieldError::new("/query/group_by", "unsupported", message))
    }
}

/// The questions of a sheet, by the names of widgets.
#[must_use]
pub fn questions(kind: SheetKind, content: &Value, instead: &Override) -> Vec<(String, Value)> {
    if kind == SheetKind::SavedReport {
        let query = content.get("query").cloned().unwrap_or_default();
        return vec![("report".to_owned(), effective(&json!({}), &query, instead))];
    }
    let widgets = content.get("widgets").and_then(Value::as_array).into_iter().flatten();
    let asked = widgets.filter_map(|widget| {
        let (id, query) = (widget.get("id")?.as_str()?, widget.get("query")?);
        Some((id.to_owned(), effective(content, query, instead)))
    });
    asked.collect()
}

/// What a widget asks: its own words first, then what somebody wants to see instead, then the dashboard's.
fn effective(dashboard: &Value, query: &Value, instead: &Override) -> Value {
    let Value::Object(query) = query else { return query.clone() };
    let mut asked = query.clone();
    let says_when = |said: &Map<String, Value>| ["window", "date_from", "date_to"].iter().any(|name| said.contains_key(*name));
    if !instead.period.is_empty() {
        asked.retain(|name, _| !PERIOD.contains(&name.as_str()));
        asked.extend(instead.period.clone());
    } else if let Some(period) = dashboard.get("period").and_then(Value::as_object) {
        let has_own = says_when(&asked);
        for (name, value) in period.iter().filter(|(name, _)| *name == "compare_to" || !has_own) {
            asked.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    if let Some(attribution) = dashboard.get("attribution") {
        asked.entry("attribution").or_insert_with(|| attribution.clone());
    }
    let mut filters: Vec<_> = query.get("filters").and_then(Value::as_array).into_iter().flatten().cloned().collect();
    let has_faulty = query.get("filters").is_some_and(|filters| !filters.is_array());
    filters.extend(dashboard.get("filters").and_then(Value::as_array).into_iter().flatten().cloned());
    filters.extend(instead.filters.iter().cloned());
    if !filters.is_empty() && !has_faulty {
        asked.insert("filters".to_owned(), Value::Array(filters));
    }
    Value::Object(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(body: &Value) -> Vec<String> {
        let error = read_terms(SheetKind::Dashboard, body).unwrap_err();
        error.fields.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
    }

    #[test]
    fn a_widget_says_when_itself_or_the_dashboard_does_and_the_dashboards_filters_hold_for_all() {
        let content = json!({
            "period": {"window": "7d", "compare_to": "previous_period"}, "filters": [{"dimension": "channel", "values": ["email"]}],
            "widgets": [
                {"id": "a", "kind": "number", "query": {"metrics": "cost"}},
                {"id": "b", "kind": "number", "query": {"metrics": "cost", "date_from": "2026-01-01", "filters": [{"dimension": "source", "values": ["x"]}]}},
                {"id": "c", "kind": "text", "text": "hello"},
            ],
        });
        let email = json!({"dimension": "channel", "values": ["email"]});
        let asked = questions(SheetKind::Dashboard, &content, &Override::default());
        assert_eq!(asked[0].1, json!({"metrics": "cost", "window": "7d", "compare_to": "previous_period", "filters": [email]}));
        let filters = json!([{"dimension": "source", "values": ["x"]}, email]);
        assert_eq!(asked[1].1, json!({"metrics": "cost", "date_from": "2026-01-01", "compare_to": "previous_period", "filters": filters}));
        assert_eq!(asked.len(), 2, "a text asks nothing");
        let instead = Override { period: Map::from_iter([("window".to_owned(), json!("1d"))]), filters: vec![] };
        let asked = questions(SheetKind::Dashboard, &content, &instead);
        assert_eq!((&asked[1].1["window"], asked[1].1.get("date_from")), (&json!("1d"), None));
    }

    #[test]
    fn a_null_is_kept_as_what_is_not_there_and_one_text_as_a_list() {
        let filter = json!({"dimension": "source", "values": "A, B"});
        let query = json!({"metrics": "cost, romi", "window": null, "attribution": {"model": null}, "filters": [filter]});
        let content = read_terms(SheetKind::SavedReport, &json!({"name": "KPI", "view": null, "query": query})).unwrap().content;
        let filter = json!({"dimension": "source", "values": ["A, B"]});
        assert_eq!(content, json!({"query": {"metrics": ["cost", "romi"], "attribution": {}, "filters": [filter]}}));
    }

    #[test]
    fn every_fault_of_every_widget_is_named_where_it_stands() {
        let body = json!({
            "name": "KPI", "period": {"window": "2h", "days": 3}, "refresh_seconds": 1, "colour": "red",
            "widgets": [
                {"id": "a", "kind": "number", "query": {"metrics": "roi"}, "place": {"x": 10, "y": 0, "width": 3, "height": 1}},
                {"id": "a", "kind": "line", "query": {"metrics": "cost", "window": "7d", "group_by": "channel"}},
                {"id": "c", "kind": "text"},
                {"kind": "cloud"},
            ],
        });
        let expected = [
            "/colour unknown",
            "/refresh_seconds range",
            "/period/days unknown",
            "/period/window enum",
            "/widgets/0/place range",
            "/widgets/0/query/metrics unknown",
            "/widgets/1/id duplicate",
            "/widgets/1/query/group_by unsupported",
            "/widgets/2/text required",
            "/widgets/3/id required",
            "/widgets/3/kind enum",
        ];
        assert_eq!(faults_of(&body), expected);
    }

    #[test]
    fn the_first_dashboard_is_one_that_people_could_make() {
        for locale in barker_domain::user::Locale::ALL {
            let terms = super::super::first_dashboard(locale);
            let mut body = terms.content.clone();
            body["name"] = json!(terms.name);
            assert_eq!(read_terms(SheetKind::Dashboard, &body).unwrap(), terms);
        }
    }
}
