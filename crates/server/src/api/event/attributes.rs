//! What is told of an event beside its fields: under `attributes`, or in fields that are not known.

use barker_app::event::MAX_ATTRIBUTES;
use barker_domain::{FieldError, fields::Fields};
use serde_json::{Map, Value};

const HOLD: &str = "attributes hold texts, numbers and booleans only";

/// The attributes as the JSON of an object of texts, and the names of fields that are among them because they are not known.
pub(super) fn read(fields: &mut Fields<'_>, is_known: impl Fn(&str) -> bool) -> (String, Vec<String>) {
    let (mut texts, mut faults) = given(fields);
    let mut names = Vec::new();
    for (name, value) in fields.others(|name| name == "attributes" || is_known(name)) {
        match text_of(value) {
            Some(_) if texts.contains_key(name) => faults.push(fault(name, "conflict", "stands in attributes as well".to_owned())),
            Some(text) => {
                texts.insert(name.to_owned(), Value::String(text));
                names.push(name.to_owned());
            }
            None => faults.push(fault(name, "unknown", format!("is no field of an event, and {HOLD}"))),
        }
    }
    if texts.len() > MAX_ATTRIBUTES {
        let message = format!("must have at most {MAX_ATTRIBUTES} members, has {}", texts.len());
        faults.push(fault("attributes", "length", message));
    }
    fields.adopt(faults);
    let json = if texts.is_empty() { String::new() } else { Value::Object(texts).to_string() };
    (json, names)
}

fn given(fields: &Fields<'_>) -> (Map<String, Value>, Vec<FieldError>) {
    match fields.value("attributes") {
        None => (Map::new(), Vec::new()),
        Some(Value::Object(object)) => {
            let told = object.iter().filter(|(_, value)| !value.is_null());
            let text = |(name, value): (&String, &Value)| text_of(value).map(|text| (name.clone(), Value::String(text)));
            let holds_others = || vec![fault("attributes", "type", HOLD.to_owned())];
            told.map(text).collect::<Option<_>>().map_or_else(|| (Map::new(), holds_others()), |texts| (texts, Vec::new()))
        }
        Some(_) => (Map::new(), vec![fault("attributes", "type", "must be an object".to_owned())]),
    }
}

/// A text, a number or a boolean as a text.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => None,
    }
}

fn fault(name: &str, code: &'static str, message: String) -> FieldError {
    FieldError::new(format!("/{name}"), code, message)
}
