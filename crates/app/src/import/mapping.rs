//! Which column holds which field: said by whoever imports, or guessed from what the columns are called.

use std::collections::HashMap;

use barker_domain::{Code, Error, FieldError, Result, campaign_key::campaign_key};

use super::{Field, Kind};

/// What whoever imports says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Fields, and the columns that hold them; of an empty name: none does, whatever columns are called.
    pub columns: Vec<(String, String)>,
    /// Fields, and what they are in rows that say nothing.
    pub constants: Vec<(String, String)>,
}

/// Where each field of a kind is found.
#[derive(Debug, Clone)]
pub struct Mapping {
    kind: Kind,
    places: HashMap<&'static str, usize>,
    constants: HashMap<&'static str, String>,
}

impl Mapping {
    /// Finds a column for each field.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] that names fields and columns that are not there, and required fields without a column.
    pub fn find(kind: Kind, header: &[String], wanted: &Wanted) -> Result<Self> {
        let mapping = Self::guess(kind, header, wanted)?;
        let missing = kind.fields().iter().filter(|field| field.is_required && !mapping.has(field.name));
        let fault = |field: &Field| FieldError::new(format!("/{}", field.name), "required", "no column is known to hold it");
        let faults: Vec<_> = missing.map(fault).collect();
        let Some(first) = faults.first().map(|fault| fault.pointer[1..].to_owned()) else { return Ok(mapping) };
        let names: Vec<_> = faults.iter().map(|fault| &fault.pointer[1..]).collect();
        let detail =
            format!("no column is known to hold {}; name one: --map {first}=COLUMN. There are: {}", names.join(", "), header.join(", "));
        let mut error = Error::invalid(faults);
        error.detail = detail;
        Err(error)
    }

    /// The same, as far as it goes.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] that names fields and columns that are not there.
    pub fn guess(kind: Kind, header: &[String], wanted: &Wanted) -> Result<Self> {
        let mut mapping = Self { kind, places: HashMap::new(), constants: HashMap::new() };
        let mut is_taken = vec![false; header.len()];
        let (said, withheld): (Vec<_>, Vec<_>) = wanted.columns.iter().partition(|(_, column)| !column.is_empty());
        let withheld = withheld.iter().map(|(field, _)| Ok(mapping.field(field)?.name)).collect::<Result<Vec<_>>>()?;
        for (field, column) in said {
            let place =
                header.iter().position(|name| name == column).or_else(|| header.iter().position(|name| cleaned(name) == cleaned(column)));
            let place = place.ok_or_else(|| unknown("column", column, header.iter().map(String::as_str)))?;
            is_taken[place] = true;
            mapping.places.insert(mapping.field(field)?.name, place);
        }
        for (field, value) in &wanted.constants {
            mapping.constants.insert(mapping.field(field)?.name, value.clone());
        }
        let names: Vec<_> = header.iter().map(|name| cleaned(name)).collect();
        // What every row must have is found first.
        let fields = kind.fields();
        let by_need = fields.iter().filter(|field| field.is_required).chain(fields.iter().filter(|field| !field.is_required));
        let is_open = |field: &&Field| !mapping.places.contains_key(field.name) && !withheld.contains(&field.name);
        for field in by_need.filter(is_open).collect::<Vec<_>>() {
            let found = field.called.iter().find_map(|called| (0..names.len()).find(|place| !is_taken[*place] && names[*place] == *called));
            if let Some(place) = found {
                is_taken[place] = true;
                mapping.places.insert(field.name, place);
            }
        }
        Ok(mapping)
    }

    /// What the row itself says of the field, else empty.
    pub(super) fn said<'a>(&self, row: &'a [String], field: &str) -> &'a str {
        self.places.get(field).and_then(|place| row.get(*place)).map_or("", |cell| cell.trim())
    }

    /// What the row says of the field; a constant where it says nothing, else empty.
    pub(super) fn cell<'a>(&'a self, row: &'a [String], field: &str) -> &'a str {
        let cell = self.said(row, field);
        if cell.is_empty() { self.constants.get(field).map_or("", String::as_str) } else { cell }
    }

    /// Whether rows may say something of the field.
    pub(super) fn has(&self, field: &str) -> bool {
        self.places.contains_key(field) || self.constants.contains_key(field)
    }

    /// Each field with the place of its column.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let find = |field: &Field| Some((field.name, *self.places.get(field.name)?));
        self.kind.fields().iter().filter_map(find)
    }

    fn field(&self, name: &str) -> Result<&'static Field> {
        let known = self.kind.fields();
        known.iter().find(|field| field.name == name).ok_or_else(|| unknown("field", name, known.iter().map(|field| field.name)))
    }
}

/// Names of columns are compared by their words.
fn cleaned(name: &str) -> String {
    campaign_key(name.trim_start_matches('\u{feff}'))
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known: Vec<_> = known.collect();
    Error::new(Code::InvalidRequest, format!("there is no {what} {name:?}; there are: {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &str) -> Vec<String> {
        names.split(';').map(str::to_owned).collect()
    }

    fn found(kind: Kind, names: &str) -> Vec<(&'static str, String)> {
        let header = header(names);
        let mapping = Mapping::find(kind, &header, &Wanted::default()).unwrap();
        mapping.columns().map(|(field, place)| (field, header[place].clone())).collect()
    }

    #[test]
    fn columns_are_found_by_what_they_are_called_in_either_language() {
        let russian = found(Kind::Orders, "Номер заказа;Дата заказа;Статус;Итого;Валюта;E-mail;Комментарий");
        let columns: Vec<_> = russian.iter().map(|(field, column)| format!("{field}={column}")).collect();
        let expected =
            ["order_id=Номер заказа", "occurred_at=Дата заказа", "status=Статус", "net=Итого", "currency=Валюта", "customer_key=E-mail"];
        assert_eq!(columns, expected);
        assert_eq!(found(Kind::Spend, "\u{feff}Date;Campaign;Amount spent;Link clicks").len(), 4);
    }

    #[test]
    fn what_is_said_goes_before_what_is_guessed() {
        let wanted = Wanted { columns: vec![("net".into(), "Sum 2".into())], constants: vec![("currency".into(), "RUB".into())] };
        let mapping = Mapping::find(Kind::Orders, &header("id;date;total;sum 2"), &wanted).unwrap();
        let row = header("7;2026-01-01;100; 90 ");
        assert_eq!((mapping.cell(&row, "net"), mapping.cell(&row, "currency"), mapping.cell(&row, "tax")), ("90", "RUB", ""));
    }

    #[test]
    fn a_field_of_which_it_is_said_that_no_column_holds_it_is_not_guessed() {
        let wanted = Wanted { columns: vec![("net".into(), String::new())], ..Wanted::default() };
        let mapping = Mapping::find(Kind::Orders, &header("id;date;total"), &wanted).unwrap();
        assert!(!mapping.has("net") && mapping.has("order_id"));
        let wanted = Wanted { columns: vec![("order_id".into(), String::new())], ..Wanted::default() };
        assert_eq!(Mapping::find(Kind::Orders, &header("id;date;total"), &wanted).unwrap_err().fields[0].pointer, "/order_id");
    }

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        let error = Mapping::find(Kind::Refunds, &header("a;b"), &Wanted::default()).unwrap_err();
        let pointers: Vec<_> = error.fields.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/refund_id", "/order_id", "/occurred_at", "/amount"]);
        for columns in [("sum", "a"), ("amount", "c")] {
            let wanted = Wanted { columns: vec![(columns.0.into(), columns.1.into())], ..Wanted::default() };
            assert!(Mapping::guess(Kind::Refunds, &header("a;b"), &wanted).unwrap_err().detail.contains("there are"));
        }
    }
}
