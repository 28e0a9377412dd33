//! Reads JSON objects field by field and collects every fault with its pointer, so that a caller hears of all of them
//! at once. Knows shapes only; what a value may be is the domain's business.

use crate::{
    Code, Day, Error, FieldError, Micros, Result,
    money::{MAX_PRICE, NotMicros},
};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A JSON object being read, and what was wrong with it so far.
#[derive(Debug)]
pub struct Fields<'v> {
    object: &'v Map<String, Value>,
    prefix: String,
    faults: Vec<FieldError>,
}

/// Reads a body that must be one object.
///
/// # Errors
/// [`Code::InvalidRequest`] with every fault found.
pub fn read_object<T>(body: &Value, read: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Result<T> {
    let mut faults = Vec::new();
    let value = read_at(body, String::new(), &mut faults, read);
    complete(value, faults)
}

/// Reads a body that must be an array of at most `max_items` objects.
///
/// # Errors
/// [`Code::InvalidRequest`] with every fault found.
pub fn read_array<T>(body: &Value, max_items: usize, read: impl Fn(&mut Fields<'_>) -> Option<T>) -> Result<Vec<T>> {
    let Value::Array(items) = body else { return Err(Error::invalid(vec![wrong_type("", "an array", body)])) };
    if items.len() > max_items {
        let message = format!("must have at most {max_items} items, has {}", items.len());
        return Err(Error::invalid(vec![FieldError::new("", "length", message)]));
    }
    let mut faults = Vec::new();
    let values: Vec<_> =
        items.iter().enumerate().filter_map(|(place, item)| read_at(item, format!("/{place}"), &mut faults, &read)).collect();
    complete(Some(values), faults)
}

/// Reads a body that must be an object with an array of 1 to `max_items` objects under that name.
///
/// # Errors
/// [`Code::InvalidRequest`] with every fault found.
pub fn read_items<T>(body: &Value, name: &str, max_items: usize, read: impl Fn(&mut Fields<'_>) -> Option<T>) -> Result<Vec<T>> {
    let Value::Object(object) = body else { return Err(Error::invalid(vec![wrong_type("", "an object", body)])) };
    let pointer = format!("/{name}");
    let items = match object.get(name) {
        Some(Value::Array(items)) if !items.is_empty() => items,
        Some(Value::Array(_)) => return Err(Error::invalid(vec![FieldError::new(pointer, "length", "must have at least one item")])),
        Some(other) => return Err(Error::invalid(vec![wrong_type(pointer, "an array", other)])),
        None => return Err(Error::invalid(vec![FieldError::new(pointer, "required", "is required")])),
    };
    if items.len() > max_items {
        let message = format!("must have at most {max_items} items, has {}", items.len());
        return Err(Error::invalid(vec![FieldError::new(pointer, "length", message)]));
    }
    let mut faults = Vec::new();
    let values = items.iter().enumerate().filter_map(|(place, item)| read_at(item, format!("{pointer}/{place}"), &mut faults, &read));
    let values: Vec<_> = values.collect();
    complete(Some(values), faults)
}

fn read_at<T>(value: &Value, prefix: String, faults: &mut Vec<FieldError>, read: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Option<T> {
    let Value::Object(object) = value else {
        faults.push(wrong_type(prefix, "an object", value));
        return None;
    };
    let mut fields = Fields { object, prefix, faults: Vec::new() };
    let read = read(&mut fields);
    faults.append(&mut fields.faults);
    read
}

fn complete<T>(value: Option<T>, faults: Vec<FieldError>) -> Result<T> {
    match value {
        Some(value) if faults.is_empty() => Ok(value),
        _ if faults.is_empty() => Err(Error::of(Code::InvalidRequest)),
        _ => Err(Error::invalid(faults)),
    }
}

impl<'v> Fields<'v> {
    /// A text of any length.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.required(name)? {
            Value::String(text) => Some(text.clone()),
            other => self.refuse_type(name, "a string", other),
        }
    }

    /// A whole number of 32 bits.
    pub fn integer(&mut self, name: &str) -> Option<i32> {
        let value = self.required(name)?;
        let Value::Number(number) = value else { return self.refuse_type(name, "an integer", value) };
        let Some(whole) = whole(number) else { return self.refuse(name, "type", "must be an integer") };
        match i32::try_from(whole) {
            Ok(integer) => Some(integer),
            Err(_) => self.refuse(name, "range", &format!("must be an integer from {} to {}", i32::MIN, i32::MAX)),
        }
    }

    /// A price with up to six decimals.
    pub fn price(&mut self, name: &str) -> Option<Micros> {
        let value = self.required(name)?;
        let Some(units) = value.as_f64() else { return self.refuse_type(name, "a number", value) };
        match Micros::from_decimal(units) {
            Ok(price) => Some(price),
            Err(NotMicros::TooPrecise) => self.refuse(name, "format", "must have at most six decimals"),
            Err(NotMicros::OutOfRange) => self.refuse(name, "range", &format!("must be 0 to {}", MAX_PRICE.to_decimal())),
        }
    }

    /// An amount of money, of either sign, with up to six decimals.
    pub fn amount(&mut self, name: &str) -> Option<Micros> {
        let value = self.required(name)?;
        let Some(units) = value.as_f64() else { return self.refuse_type(name, "a number", value) };
        match Micros::from_decimal(units) {
            Ok(amount) => Some(amount),
            Err(NotMicros::TooPrecise) => self.refuse(name, "format", "must have at most six decimals"),
            Err(NotMicros::OutOfRange) => self.refuse(name, "range", "must be within 9,000,000,000"),
        }
    }

    /// An identifier.
    pub fn id<T: From<Uuid>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        match Uuid::parse_str(&text) {
            Ok(id) => Some(id.into()),
            Err(_) => self.refuse(name, "format", "must be a UUID"),
        }
    }

    /// Several identifiers.
    pub fn ids<T: From<Uuid>>(&mut self, name: &str, most: usize) -> Option<Vec<T>> {
        let value = self.required(name)?;
        let Value::Array(items) = value else { return self.refuse_type(name, "an array", value) };
        if items.len() > most {
            return self.refuse(name, "length", &format!("must have at most {most} items, has {}", items.len()));
        }
        let mut ids = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            match item.as_str().map(Uuid::parse_str) {
                Some(Ok(id)) => ids.push(id.into()),
                _ => drop(self.refuse::<()>(&format!("{name}/{place}"), "format", "must be a UUID")),
            }
        }
        (ids.len() == items.len()).then_some(ids)
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(name)?;
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text) {
            return Some(*choice);
        }
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        self.refuse(name, "enum", &format!("must be one of {}", words.join(", ")))
    }

    /// Several of a few words.
    pub fn choices<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Option<Vec<T>> {
        let value = self.required(name)?;
        let Value::Array(items) = value else { return self.refuse_type(name, "an array", value) };
        let known = |item: &Value| choices.iter().find(|(word, _)| Some(*word) == item.as_str()).map(|(_, choice)| *choice);
        if let Some(chosen) = items.iter().map(known).collect() {
            return Some(chosen);
        }
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        self.refuse(name, "enum", &format!("must hold nothing but {}", words.join(", ")))
    }

    /// True or false.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        match self.required(name)? {
            Value::Bool(value) => Some(*value),
            other => self.refuse_type(name, "a boolean", other),
        }
    }

    /// A text, or several of them.
    pub fn one_or_several(&mut self, name: &str) -> Option<Vec<String>> {
        match self.required(name)? {
            Value::String(text) => Some(vec![text.clone()]),
            Value::Array(items) => match items.iter().map(|item| item.as_str().map(str::to_owned)).collect() {
                Some(texts) => Some(texts),
                None => self.refuse(name, "type", "must be a string or an array of strings"),
            },
            other => self.refuse_type(name, "a string or an array of strings", other),
        }
    }

    /// Objects, each read by `read`.
    pub fn objects<T>(&mut self, name: &str, max_items: usize, mut read: impl FnMut(&mut Fields<'_>) -> Option<T>) -> Option<Vec<T>> {
        let value = self.required(name)?;
        let Value::Array(items) = value else { return self.refuse_type(name, "an array", value) };
        if items.len() > max_items {
            return self.refuse(name, "length", &format!("must have at most {max_items} items, has {}", items.len()));
        }
        let prefix = format!("{}/{name}", self.prefix);
        let mut read_one = |(place, item): (usize, &Value)| read_at(item, format!("{prefix}/{place}"), &mut self.faults, &mut read);
        // Every item is read, so that every fault is named.
        items.iter().enumerate().map(&mut read_one).collect::<Vec<_>>().into_iter().collect()
    }

    /// A civil day.
    pub fn day(&mut self, name: &str) -> Option<Day> {
        let text = self.text(name)?;
        match Day::parse(&text) {
            Some(day) => Some(day),
            None => self.refuse(name, "format", "must be a day like 2026-12-31"),
        }
    }

    /// Whatever stands there.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&'v Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// Names of fields that are none of these: a field that is written wrongly would be as good as absent.
    pub fn refuse_others(&mut self, known: &[&str]) {
        let object = self.object;
        for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
            self.refuse::<()>(name, "unknown", &format!("is none of {}", known.join(", ")));
        }
    }

    /// Fields that say something and are not known.
    pub fn others(&self, is_known: impl Fn(&str) -> bool) -> Vec<(&'v str, &'v Value)> {
        let others = self.object.iter().filter(|(name, value)| !value.is_null() && !is_known(name));
        others.map(|(name, value)| (name.as_str(), value)).collect()
    }

    /// Adds faults that were found elsewhere about what stands below this object.
    pub fn adopt(&mut self, faults: impl IntoIterator<Item = FieldError>) {
        self.faults.extend(faults.into_iter().map(|fault| fault.below(&self.prefix)));
    }

    /// An instant as RFC 3339 writes it, in milliseconds UTC.
    pub fn instant(&mut self, name: &str) -> Option<i64> {
        let text = self.text(name)?;
        match text.parse::<jiff::Timestamp>() {
            Ok(instant) => Some(instant.as_millisecond()),
            Err(_) => self.refuse(name, "format", "must be an instant like 2026-12-31T23:59:59Z"),
        }
    }

    /// A time zone by its IANA name.
    pub fn time_zone(&mut self, name: &str) -> Option<jiff::tz::TimeZone> {
        let text = self.text(name)?;
        match jiff::tz::TimeZone::get(&text) {
            Ok(time_zone) if time_zone.iana_name().is_some() => Some(time_zone),
            _ => self.refuse(name, "format", "must be an IANA time zone, like Europe/Moscow"),
        }
    }

    /// A field that may be absent or null; otherwise read by `read`.
    pub fn optional<T>(&mut self, name: &str, read: impl FnOnce(&mut Self, &str) -> Option<T>) -> Option<T> {
        match self.object.get(name) {
            None | Some(Value::Null) => None,
            Some(_) => read(self, name),
        }
    }

    /// A field that may be absent (`None`), or null (`Some(None)`); otherwise read by `read`.
    pub fn nullable<T>(&mut self, name: &str, read: impl FnOnce(&mut Self, &str) -> Option<T>) -> Option<Option<T>> {
        match self.object.get(name)? {
            Value::Null => Some(None),
            _ => read(self, name).map(Some),
        }
    }

    /// A field that must not be there, though callers may take it for one that could.
    pub fn refuse_present(&mut self, name: &str, code: &'static str, message: &str) {
        if self.object.contains_key(name) {
            self.refuse::<()>(name, code, message);
        }
    }

    /// An object inside this one that may be absent or null: `None` then, and when it is at fault.
    pub fn optional_object<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Option<T> {
        let value = self.object.get(name).filter(|value| !value.is_null())?;
        read_at(value, format!("{}/{name}", self.prefix), &mut self.faults, read)
    }

    fn required(&mut self, name: &str) -> Option<&'v Value> {
        let object = self.object;
        match object.get(name) {
            None => self.refuse(name, "required", "is required"),
            Some(Value::Null) => self.refuse(name, "required", "must not be null"),
            Some(value) => Some(value),
        }
    }

    fn refuse_type<T>(&mut self, name: &str, expected: &str, found: &Value) -> Option<T> {
        self.faults.push(wrong_type(format!("{}/{name}", self.prefix), expected, found));
        None
    }

    fn refuse<T>(&mut self, name: &str, code: &'static str, message: &str) -> Option<T> {
        self.faults.push(FieldError::new(format!("{}/{name}", self.prefix), code, message));
        None
    }
}

fn wrong_type(pointer: impl Into<String>, expected: &str, found: &Value) -> FieldError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    FieldError::new(pointer, "type", format!("must be {expected}, not {found}"))
}

/// The number as a whole one; `25.0` is whole as well. Beyond 64 bits it is not a number of anything here.
fn whole(number: &serde_json::Number) -> Option<i64> {
    // Every whole double up to here is exact, and no field holds more than 2^31.
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
    let from_double = |double: f64| (double.fract() == 0.0).then_some(double.clamp(-LARGEST_EXACT, LARGEST_EXACT));
    #[expect(clippy::cast_possible_truncation, reason = "clamped to exact whole doubles")]
    number.as_i64().or_else(|| number.as_f64().and_then(from_double).map(|double| double as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults<T: std::fmt::Debug>(body: &Value, read: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Vec<(String, &'static str)> {
        read_object(body, read).unwrap_err().fields.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn every_fault_of_an_object_is_named_at_once() {
        let body = json!({"login": 7, "age": 1.5, "gender": "X", "price": 0.000_000_1, "id": "no"});
        let read = |fields: &mut Fields<'_>| -> Option<()> {
            let (login, age) = (fields.text("login"), fields.integer("age"));
            let (gender, price) = (fields.choice("gender", &[("MALE", 1)]), fields.price("price"));
            let (id, location) = (fields.id::<Uuid>("id"), fields.text("location"));
            login.and(age).and(gender).and(price).and(id).and(location).map(drop)
        };
        let expected =
            [("/login", "type"), ("/age", "type"), ("/gender", "enum"), ("/price", "format"), ("/id", "format"), ("/location", "required")];
        assert_eq!(faults(&body, read), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn numbers_beyond_their_range_are_told_apart_from_other_types() {
        for (number, code) in
            [("99999999999999999999", "range"), ("2147483648", "range"), ("1e300", "range"), ("1.5", "type"), ("\"1\"", "type")]
        {
            let body: Value = serde_json::from_str(&format!("{{\"age\": {number}}}")).unwrap();
            assert_eq!(faults(&body, |fields| fields.integer("age")), [("/age".to_owned(), code)], "{number}");
        }
        assert_eq!(read_object(&json!({"age": 25.0}), |fields| fields.integer("age")).unwrap(), 25);
    }

    #[test]
    fn items_are_named_by_their_place_and_bulk_is_bounded() {
        let error = read_array(&json!([{"name": "a"}, {"name": null}, 3]), 10, |fields| fields.text("name")).unwrap_err();
        let pointers: Vec<_> = error.fields.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/1/name", "/2"]);
        assert_eq!(read_array(&json!([{}, {}]), 1, |_| Some(())).unwrap_err().fields[0].code, "length");
        assert_eq!(read_array(&json!({}), 1, |_| Some(())).unwrap_err().fields[0].code, "type");
    }
}
