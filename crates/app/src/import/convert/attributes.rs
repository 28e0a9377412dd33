//! Columns that hold no field of an event tell more about it. Some hold several things: JSON objects, as batches of events have them.

use serde_json::{Map, Value};

use super::{super::table::Row, Conversion};
use crate::event::CLICK_IDS;

/// What reports write before the name of an attribute.
const PREFIX: &str = "attributes.";

impl Conversion {
    pub(super) fn attributes(&self, row: &Row) -> String {
        let is_used = |place: usize| self.mapping.columns().any(|(_, used)| used == place);
        let rest = self.header.iter().zip(&row.cells).enumerate();
        let rest = rest.filter(|(place, (name, cell))| !name.is_empty() && !cell.trim().is_empty() && !is_used(*place));
        let told: Map<_, _> = rest.flat_map(|(_, (name, cell))| attributes_of(name, cell.trim())).collect();
        if told.is_empty() { String::new() } else { Value::Object(told).to_string() }
    }

    /// The click id that stands in an object of them.
    pub(super) fn click_id_within(&self, row: &Row) -> Option<(String, String)> {
        let place = self.header.iter().position(|name| name == "click_ids")?;
        let ids = object(row.cells.get(place)?)?;
        let said = |name: &str| ids.get(name).and_then(text_of).filter(|text| !text.is_empty());
        CLICK_IDS.into_iter().find_map(|name| Some((name.to_owned(), said(name)?)))
    }
}

fn attributes_of(name: &str, cell: &str) -> Vec<(String, Value)> {
    let alone = || {
        let name = name.strip_prefix(PREFIX).filter(|name| !name.is_empty()).unwrap_or(name);
        vec![(name.to_owned(), Value::String(cell.to_owned()))]
    };
    let texts = |object: Map<String, Value>| {
        let texts = object.into_iter().filter_map(|(name, value)| Some((name, Value::String(text_of(&value)?))));
        texts.collect()
    };
    match name {
        "attributes" => object(cell).map_or_else(alone, texts),
        "click_ids" if object(cell).is_some_and(|ids| ids.keys().all(|name| CLICK_IDS.contains(&name.as_str()))) => Vec::new(),
        _ => alone(),
    }
}

fn object(cell: &str) -> Option<Map<String, Value>> {
    cell.trim_start().starts_with('{').then(|| serde_json::from_str(cell).ok())?
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
