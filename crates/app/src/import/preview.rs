//! The beginning of a file, for people to look at before they import it: what it is taken for, and which column for what.

use std::{fs, path::PathBuf};

use barker_domain::Result;
use uuid::Uuid;

use super::{Kind, Mapping, Wanted, run::Readable, table::Table};
use crate::backup::{in_background, unwritable};

/// Rows that are shown.
const ROWS: usize = 20;

/// What a file is taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// `csv`, `jsonl` or `parquet`.
    pub format: &'static str,
    /// How its text is written, like `UTF-8`.
    pub encoding: &'static str,
    /// What its columns are called, and which field each is taken for.
    pub columns: Vec<(String, Option<&'static str>)>,
    /// Required fields without a column.
    pub missing: Vec<&'static str>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
}

/// Looks at the beginning of a file; of Parquet at the whole.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] when it cannot be read.
pub async fn preview(kind: Kind, wanted: Wanted, beginning: bytes::Bytes) -> Result<Preview> {
    in_background(move || {
        let file = Scratch(std::env::temp_dir().join(format!("barker-preview-{}", Uuid::now_v7())));
        fs::write(&file.0, &beginning).map_err(unwritable(&file.0))?;
        let format = super::Sample::of(&beginning)?.format_name();
        let readable = Readable::of(&file.0)?;
        let mut table = Table::open(&readable.path, readable.sample)?;
        let rows = table.by_ref().filter_map(std::result::Result::ok).take(ROWS).map(|row| row.cells).collect();
        let mapping = Mapping::guess(kind, &table.header, &wanted)?;
        let taken: Vec<_> = mapping.columns().collect();
        let field_at = |place: usize| taken.iter().find(|(_, at)| *at == place).map(|(field, _)| *field);
        let missing = kind.fields().iter().filter(|field| field.is_required && !mapping.has(field.name)).map(|field| field.name).collect();
        let columns = table.header.iter().enumerate().map(|(place, name)| (name.clone(), field_at(place))).collect();
        Ok(Preview { format, encoding: readable.sample.encoding.name(), columns, missing, rows })
    })
    .await
}

/// A file that goes with this.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is in the directory of temporary files.
        let _ignored = fs::remove_file(&self.0);
    }
}
