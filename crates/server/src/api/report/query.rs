//! Parameters of a query as the body that says the same.

use barker_domain::{Error, FieldError, Result};
use serde_json::{Map, Value, json};

use crate::http::input::Query;

/// Parameters that are texts, and read as such.
const TEXTS: [&str; 5] = ["date_from", "date_to", "window", "compare_to", "currency"];
/// Parameters that may come several times.
const LISTS: [&str; 3] = ["metrics", "group_by", "sort"];
const ATTRIBUTION: [&str; 3] = ["model", "lookback_days", "dated_by"];

/// Parameters that reports are asked by.
pub(in crate::api) const PARAMETERS: [&str; 14] = [
    "metrics",
    "group_by",
    "filter",
    "date_from",
    "date_to",
    "window",
    "compare_to",
    "model",
    "lookback_days",
    "dated_by",
    "is_net_of_refunds",
    "currency",
    "sort",
    "limit",
];

/// The body that parameters and body say together.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] naming what both of them say, and what stands in the query twice but is no list.
pub(in crate::api) fn body(query: &Query, body: Option<Value>) -> Result<Value> {
    let mut said = match body {
        None => Map::new(),
        Some(Value::Object(body)) => body,
        // Whoever reads it says what it should be.
        Some(other) => return Ok(other),
    };
    let (mut asked, mut faults) = (asked(query), repeated(query));
    asked.retain(|_, value| !value.is_null());
    for (name, value) in asked {
        if said.insert(name.clone(), value).is_some() {
            faults.push(FieldError::new(format!("/{name}"), "conflict", "stands in the query and in the body"));
        }
    }
    if faults.is_empty() { Ok(Value::Object(said)) } else { Err(Error::invalid(faults)) }
}

/// Of two periods neither is more right than the other.
fn repeated(query: &Query) -> Vec<FieldError> {
    let mut names: Vec<_> = query.pairs().map(|(name, _)| name).filter(|name| *name != "filter" && !LISTS.contains(name)).collect();
    names.sort_unstable();
    let mut twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    twice.dedup();
    twice.into_iter().map(|name| FieldError::new(format!("/{name}"), "duplicate", "stands in the query more than once")).collect()
}

fn asked(query: &Query) -> Map<String, Value> {
    let mut asked = Map::new();
    let (mut attribution, mut filters) = (Map::new(), Vec::new());
    for (name, text) in query.pairs() {
        match name {
            name if TEXTS.contains(&name) => drop(asked.insert(name.to_owned(), json!(text))),
            // Parted by commas here: only an array's items are told by their place.
            name if LISTS.contains(&name) => {
                let list = asked.entry(name).or_insert_with(|| json!([]));
                list.as_array_mut().into_iter().for_each(|list| list.extend(text.split(',').map(|item| json!(item.trim()))));
            }
            name if ATTRIBUTION.contains(&name) => drop(attribution.insert(name.to_owned(), typed(text))),
            "limit" | "is_net_of_refunds" => drop(asked.insert(name.to_owned(), typed(text))),
            "filter" => filters.push(filter(text)),
            // It is refused by its name.
            other => drop(asked.insert(other.to_owned(), json!(text))),
        }
    }
    if !attribution.is_empty() {
        asked.insert("attribution".to_owned(), Value::Object(attribution));
    }
    if !filters.is_empty() {
        asked.insert("filters".to_owned(), Value::Array(filters));
    }
    asked
}

/// A number or a truth where it looks like one.
fn typed(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
        _ => json!(text),
    }
}

/// `channel:paid_search,paid_social`, or `channel!:direct`.
fn filter(text: &str) -> Value {
    let (dimension, values) = text.split_once(':').unwrap_or((text, ""));
    let (dimension, operator) = dimension.strip_suffix('!').map_or((dimension, "is"), |dimension| (dimension, "is_not"));
    let values: Vec<_> = if values.is_empty() { Vec::new() } else { values.split(',').collect() };
    json!({"dimension": dimension, "operator": operator, "values": values})
}
