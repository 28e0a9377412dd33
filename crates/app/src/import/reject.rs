//! Rows that were not kept: where they stand, why, and what they said.

use std::{
    fs::{self, File},
    io::{BufWriter, Read as _},
    path::Path,
};

use barker_domain::{Code, Error, FieldError, Result};

/// What a file of rejects tells before the row itself.
const LEADING: [&str; 4] = ["line", "field", CODE, "reason"];
const CODE: &str = "code";
/// How a file of rejects begins.
const OWN_BEGINNING: &[u8; 11] = b"line,field,";
const CODE_AT: usize = 2;
/// Most rejects that are written down; all are counted.
const MAX_WRITTEN: u64 = 100_000;

macro_rules! codes {
    ($($name:ident $text:literal $meaning:literal)+) => {
        /// Why a row was not kept, as callers see it: a line is added here and never renamed or removed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum RejectCode {$(#[doc = $meaning] $name,)+}

        impl RejectCode {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as callers see it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)+}
            }
        }
    };
}

codes! {
    Required "required" "The field is empty and must not be."
    NoAmount "no_amount" "The order says neither what was paid nor what it cost."
    DateTime "date_time" "The cell is no date and time."
    Date "date" "The cell is no date."
    Number "number" "The cell is no number, or too large."
    Decimals "decimals" "The number has more than six decimals, a rate more than nine."
    WholeNumber "whole_number" "The number must be a whole one."
    Positive "positive" "The number must be more than 0."
    Negative "negative" "The number must not be less than 0."
    TooLarge "too_large" "The number is too large."
    Currency "currency" "The cell is no ISO 4217 code."
    Length "length" "The text is too long."
    EventType "event_type" "The type of an event is 1 to 64 letters, digits, dots, dashes or underscores."
    TimeRange "time_range" "The date is before 2000-01-01 or too far ahead."
    TooManyCells "too_many_cells" "The row has more cells than the header."
    BrokenCsv "broken_csv" "The row is no CSV."
    BrokenJson "broken_json" "The line is no JSON object."
    LineTooLong "line_too_long" "The line is longer than a megabyte."
    Unreadable "unreadable" "The file cannot be read from here on."
}

impl RejectCode {
    /// The code of what a rule about events finds.
    pub(super) fn of_fault(fault: &FieldError) -> Self {
        match (fault.code, fault.pointer.as_str()) {
            ("required", _) => Self::Required,
            ("length", _) => Self::Length,
            ("range", _) => Self::TimeRange,
            (_, "/currency") => Self::Currency,
            _ => Self::EventType,
        }
    }

    fn named(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

/// A row that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Its line in the file, from 1; of Parquet and after lines that go on, its row.
    pub line: u64,
    /// Which field is wrong, empty when it is the row as a whole.
    pub field: String,
    /// What is wrong with it; `None` of a file of an earlier version, which has no codes.
    pub code: Option<RejectCode>,
    /// The same for people.
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

/// The beginning of a file of rejects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RejectTable {
    /// What the columns of the imported file are called.
    pub columns: Vec<String>,
    /// The first rejected rows.
    pub rows: Vec<Reject>,
}

impl RejectTable {
    /// Reads at most so many rows from the beginning of a file; `is_whole` says whether that is all of it.
    ///
    /// # Errors
    /// [`Code::Internal`] when it is no file of rejects.
    pub(super) fn read(beginning: &[u8], is_whole: bool, most: usize) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(beginning);
        let header = reader.headers().map_err(unreadable)?.clone();
        let has_codes = header.get(CODE_AT) == Some(CODE);
        let columns = header.iter().skip(if has_codes { LEADING.len() } else { LEADING.len() - 1 }).map(str::to_owned).collect();
        let mut rows = Vec::new();
        // As bytes: where the beginning ends, a letter may have been cut as well.
        for record in reader.byte_records().take(most.saturating_add(1)) {
            rows.push(reject_of(&record.map_err(unreadable)?, has_codes));
        }
        // Where the beginning ends, a row may have been cut.
        let is_cut = !is_whole && rows.len() <= most;
        rows.truncate(if is_cut { rows.len().saturating_sub(1) } else { most });
        Ok(Self { columns, rows })
    }
}

fn reject_of(record: &csv::ByteRecord, has_codes: bool) -> Reject {
    let mut cells = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned());
    let mut next = || cells.next().unwrap_or_default();
    let (line, field) = (next().parse().unwrap_or_default(), next());
    let code = if has_codes { RejectCode::named(&next()) } else { None };
    Reject { line, field, code, reason: next(), row: cells.collect() }
}

fn unreadable(error: csv::Error) -> Error {
    Error::new(Code::Internal, "the rejected rows cannot be read").caused_by(error)
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
        let code = reject.code.map_or("", RejectCode::as_str);
        let cells = [&line, &reject.field, code, &reject.reason].into_iter().chain(reject.row.iter().map(String::as_str));
        writer.write_record(cells).map_err(unwritable)?;
        self.writer = Some(writer);
        Ok(())
    }

    fn begin(&self, header: &[String]) -> Result<csv::Writer<BufWriter<File>>> {
        let file = File::create(&self.path).map_err(unwritable)?;
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(BufWriter::new(file));
        let names = LEADING.into_iter().chain(header.iter().map(String::as_str));
        writer.write_record(names).map_err(unwritable)?;
        Ok(writer)
    }

    pub(super) fn finish(mut self) -> Result<u64> {
        match self.writer.take() {
            Some(mut writer) => writer.flush().map_err(unwritable)?,
            None => self.remove_earlier(),
        }
        Ok(self.count)
    }

    /// What an earlier run has rejected is mended: its file would tell of rows that are kept. Another's file stays.
    fn remove_earlier(&self) {
        let mut beginning = [0; OWN_BEGINNING.len()];
        let is_own = File::open(&self.path).and_then(|mut file| file.read_exact(&mut beginning)).is_ok() && beginning == *OWN_BEGINNING;
        if is_own {
            // It stays, at worst.
            let _ignored = fs::remove_file(&self.path);
        }
    }
}

fn unwritable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(Code::Misconfigured, "the rejected rows cannot be written").caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reject(line: u64, code: RejectCode) -> Reject {
        Reject {
            line,
            field: "net".into(),
            code: Some(code),
            reason: "\"много\" is no number".into(),
            row: vec!["7".into(), "two\nlines".into()],
        }
    }

    fn written(rejects: &[Reject]) -> Vec<u8> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("rejects.csv");
        let mut file = Rejects::into_file(&path);
        for reject in rejects {
            file.add(&["id".to_owned(), "net".to_owned()], reject).unwrap();
        }
        assert_eq!(file.finish().unwrap(), rejects.len() as u64);
        std::fs::read(path).unwrap()
    }

    #[test]
    fn what_is_written_is_read_as_far_as_it_is_wanted_and_whole() {
        let rejects: Vec<_> = RejectCode::ALL.iter().zip(2..).map(|(code, line)| reject(line, *code)).collect();
        let file = written(&rejects);
        let all = RejectTable::read(&file, true, 1_000).unwrap();
        assert_eq!((all.columns, &all.rows), (vec!["id".to_owned(), "net".to_owned()], &rejects));
        assert_eq!(RejectTable::read(&file, true, 2).unwrap().rows, rejects[..2]);
        for cut in 1..40 {
            let told = RejectTable::read(&file[..file.len() - cut], false, 1_000).unwrap().rows;
            assert_eq!(told, rejects[..rejects.len() - 1], "a row that is cut is not told");
        }
    }

    #[test]
    fn a_file_of_an_earlier_version_has_no_codes() {
        let table = RejectTable::read(b"line,field,reason,id\n3,net,is empty,7\n", true, 9).unwrap();
        let told = Reject { line: 3, field: "net".into(), code: None, reason: "is empty".into(), row: vec!["7".into()] };
        assert_eq!((table.columns, table.rows), (vec!["id".to_owned()], vec![told]));
    }

    #[test]
    fn a_file_of_rejects_goes_when_none_is_left() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("rejects.csv");
        let mut first = Rejects::into_file(&path);
        first.add(&["id".to_owned()], &reject(3, RejectCode::Number)).unwrap();
        first.finish().unwrap();
        assert!(path.exists());
        Rejects::into_file(&path).finish().unwrap();
        assert!(!path.exists());
        std::fs::write(&path, "line;of somebody else's").unwrap();
        Rejects::into_file(&path).finish().unwrap();
        assert!(path.exists());
    }

    #[test]
    fn every_code_is_documented() {
        let document = include_str!("../../../../docs/OPERATIONS.md");
        let lacking = RejectCode::ALL.iter().filter(|code| !document.contains(&format!("| `{}` |", code.as_str())));
        assert_eq!(lacking.collect::<Vec<_>>(), [&RejectCode::Required; 0]);
    }
}
