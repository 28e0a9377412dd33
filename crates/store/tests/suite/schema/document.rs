//! docs/DATABASE.md, read as strictly as it is written: what is not understood is a failure.

use std::{collections::BTreeMap, fs};

use sea_orm::DbBackend;

use super::{Index, Reference, Schema};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/DATABASE.md");
/// Sections that describe no table begin with a capital letter, which no table's name does.
const HEADING: &str = "## ";
const TYPES: &str = "Types";

/// The page's sections: heading and lines.
pub(super) struct Document {
    sections: Vec<(String, Vec<String>)>,
}

impl Document {
    pub(super) fn read() -> Self {
        let mut sections: Vec<(String, Vec<String>)> = Vec::new();
        for line in fs::read_to_string(PATH).unwrap().lines() {
            if let Some(heading) = line.strip_prefix(HEADING) {
                sections.push((heading.to_owned(), Vec::new()));
            } else if let Some((_, lines)) = sections.last_mut() {
                lines.push(line.to_owned());
            }
        }
        Self { sections }
    }

    /// What the page says about the database.
    pub(super) fn schema(&self, backend: DbBackend) -> Schema {
        let types = self.types(backend);
        let mut schema = Schema::default();
        let tables = self.sections.iter().filter(|(heading, _)| heading.starts_with(char::is_lowercase));
        for (table, lines) in tables {
            for cells in lines.iter().filter_map(|line| cells(line)) {
                add_column(&mut schema, table, (&cells, &types));
            }
            for item in lines.iter().filter_map(|line| line.strip_prefix("- ")) {
                add_item(&mut schema, table, item);
            }
        }
        schema
    }

    /// The types' names on the database by the names that the page uses.
    fn types(&self, backend: DbBackend) -> BTreeMap<String, String> {
        let column = match backend {
            DbBackend::Sqlite => 1,
            DbBackend::Postgres => 2,
            _ => 3,
        };
        let (_, lines) = self.sections.iter().find(|(heading, _)| heading == TYPES).unwrap();
        let rows = lines.iter().filter_map(|line| cells(line));
        rows.map(|cells| (cells[0].clone(), cells[column].trim_matches('`').to_owned())).collect()
    }
}

/// The cells of a table's row, without its two lines of heading.
fn cells(line: &str) -> Option<Vec<String>> {
    let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
    let cells: Vec<_> = inner.split(" | ").map(str::to_owned).collect();
    let is_heading = matches!(cells[0].as_str(), "column" | "type");
    (!is_heading).then_some(cells)
}

fn add_column(schema: &mut Schema, table: &str, (cells, types): (&[String], &BTreeMap<String, String>)) {
    let [name, documented_type, presence, _meaning] = cells else { panic!("four cells, not {cells:?}") };
    let spelled = types.get(documented_type).unwrap_or_else(|| panic!("{documented_type:?} is not among the types"));
    let is_required = match presence.as_str() {
        "required" => true,
        "optional" => false,
        other => panic!("{table}: required or optional, not {other:?}"),
    };
    schema.columns.insert((format!("{table}.{} {spelled}", name.trim_matches('`')), is_required));
}

/// `Primary key: ...`, `Reference: ... to ...`, `Index ... on ...`; what follows a full stop is for people.
fn add_item(schema: &mut Schema, table: &str, item: &str) {
    let fact = item.split_once(". ").map_or(item, |(fact, _)| fact);
    let table = table.to_owned();
    if let Some(columns) = fact.strip_prefix("Primary key: ") {
        schema.primary_keys.insert((table, quoted(columns)));
    } else if let Some((columns, target)) = fact.strip_prefix("Reference: ").and_then(|fact| fact.split_once(" to ")) {
        let mut referred = quoted(target);
        let to = referred.remove(0);
        schema.references.insert(Reference { table, columns: quoted(columns), to, referred });
    } else if let Some((kind, columns)) = fact.split_once("on ").filter(|(kind, _)| kind.to_lowercase().contains("index")) {
        let is_unique = kind.starts_with("Unique ");
        schema.indexes.insert(Index { table, name: quoted(kind).pop(), is_unique, columns: quoted(columns) });
    } else {
        panic!("{table}: neither key, reference nor index: {item}");
    }
}

/// Everything between backticks.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
