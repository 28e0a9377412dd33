//! Rows that were not kept: where they stand, why, and what they said.

use std::{fs::File, io::BufWriter, path::Path};

use barker_domain::{Code, Error, Result};

/// Most rejects that are written down; all are counted.
const MAX_WRITTEN: u64 = 100_000;

/// A row that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Its line in the file, from 1; of Parquet and after lines that go on, its row.
    pub line: u64,
    /// Which field is wrong, empty when it is the row as a whole.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
    /// What it said.
    pub row: Vec<String>,
}

/// A CSV file of rejects; made when there is the first.
pub(super) struct Rejects {
    path: std::path::PathBuf,
    writer: Option<csv::Writer<BufWriter<File>>>,
    /// All of them.
    pub(super) count: u64,
}

impl Rejects {
    pub(super) fn into_file(path: &Path) -> Self {
        Self { path: path.to_owned(), writer: None, count: 0 }
    }

    pub(super) fn add(&mut self, header: &[String], reject: &Reject) -> Result<()> {
        self.count += 1;
        if self.count > MAX_WRITTEN {
            return Ok(());
        }
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin(header)?,
        };
        let line = reject.line.to_string();
        let cells = [&line, &reject.field, &reject.reason].into_iter().chain(&reject.row);
        writer.write_record(cells).map_err(unwritable)?;
        self.writer = Some(writer);
        Ok(())
    }

    fn begin(&self, header: &[String]) -> Result<csv::Writer<BufWriter<File>>> {
        let file = File::create(&self.path).map_err(unwritable)?;
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(BufWriter::new(file));
        let names = ["line", "field", "reason"].into_iter().chain(header.iter().map(String::as_str));
        writer.write_record(names).map_err(unwritable)?;
        Ok(writer)
    }

    pub(super) fn finish(mut self) -> Result<u64> {
        if let Some(mut writer) = self.writer.take() {
            writer.flush().map_err(unwritable)?;
        }
        Ok(self.count)
    }
}

fn unwritable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(Code::Misconfigured, "the rejected rows cannot be written").caused_by(error)
}
