//! Records of a CSV file without the titles above its header, none of them longer than a megabyte: after a quote that nobody closes, the rest of a file is one record.

use std::{
    collections::VecDeque,
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use barker_domain::Result;
use csv::StringRecord;

use super::{
    super::{Reject, RejectCode},
    MAX_LINE_BYTES, broken, unreadable,
};

/// Lines in which a header is looked for.
const MAX_TITLES: usize = 20;

/// A CSV file that is being read.
pub(super) struct Records<R> {
    reader: csv::Reader<Bounded<Lines<R>>>,
    /// Bytes before the next record.
    ended: Arc<AtomicU64>,
    record: StringRecord,
    /// Records that have been read in search of the header, and come after it.
    ahead: VecDeque<StringRecord>,
    is_over: bool,
}

impl<R: Read> Records<R> {
    pub(super) fn new(text: R, delimiter: u8) -> Self {
        let ended = Arc::new(AtomicU64::new(0));
        let bounded = Bounded { source: Lines { source: text, ends: None }, given: 0, ended: Arc::clone(&ended) };
        // A carriage return is taken off the last cell: told to be the end of a line, it would spoil the count of lines.
        let end = csv::Terminator::Any(b'\n');
        let reader = csv::ReaderBuilder::new().delimiter(delimiter).terminator(end).has_headers(false).flexible(true).from_reader(bounded);
        Self { reader, ended, record: StringRecord::new(), ahead: VecDeque::new(), is_over: false }
    }

    /// The record that names the columns: the first one of several cells, since reports of platforms begin with titles. Where none
    /// has several, the first; an empty one of an empty file.
    pub(super) fn header(&mut self) -> Result<StringRecord> {
        while self.ahead.len() < MAX_TITLES && self.read().map_err(unreadable)? {
            if names_columns(&self.record) {
                self.ahead.clear();
                return Ok(self.record.clone());
            }
            self.ahead.push_back(self.record.clone());
        }
        Ok(self.ahead.pop_front().unwrap_or_default())
    }

    fn read(&mut self) -> csv::Result<bool> {
        let read = self.reader.read_record(&mut self.record);
        self.ended.store(self.reader.position().byte(), Ordering::Relaxed);
        read
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = Result<StringRecord, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(record) = self.ahead.pop_front() {
            return Some(Ok(record));
        }
        if self.is_over {
            return None;
        }
        let line = self.reader.position().line();
        match self.read() {
            Ok(true) => Some(Ok(self.record.clone())),
            Ok(false) => None,
            Err(error) if error.is_io_error() => {
                self.is_over = true;
                Some(Err(broken(line, RejectCode::Unreadable, format!("the file cannot be read from here on: {error}"))))
            }
            Err(error) => Some(Err(broken(line, RejectCode::BrokenCsv, error.to_string()))),
        }
    }
}

/// Some programs say first what stands between cells.
fn names_columns(record: &StringRecord) -> bool {
    let is_mark = record.get(0).is_some_and(|cell| cell.trim_start_matches('\u{feff}').eq_ignore_ascii_case("sep="));
    !is_mark && record.iter().filter(|cell| !cell.trim().is_empty()).count() > 1
}

/// Gives lines that end with a carriage return alone, as spreadsheets of old Macintoshes write them, the end that all others have.
struct Lines<R> {
    source: R,
    /// Whether they end so: what the first bytes with an end in them say.
    ends: Option<bool>,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        let bytes = &mut buffer[..read];
        // A cell of an ordinary file may hold carriage returns; there are ends of lines beside them.
        if self.ends.is_none() && bytes.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
            self.ends = Some(!bytes.contains(&b'\n'));
        }
        if self.ends == Some(true) {
            bytes.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        }
        Ok(read)
    }
}

/// Ends with an error when a record has had more than it may.
struct Bounded<R> {
    source: R,
    given: u64,
    ended: Arc<AtomicU64>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given.saturating_sub(self.ended.load(Ordering::Relaxed)) > MAX_LINE_BYTES {
            return Err(io::Error::other("a row is longer than a megabyte; perhaps a quote is not closed"));
        }
        let read = self.source.read(buffer)?;
        self.given = self.given.saturating_add(read as u64);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let mut records = Records::new(text.as_bytes(), b',');
        records.header().unwrap();
        let told = records.map(|record| match record {
            Ok(record) => record.get(0).unwrap_or_default().chars().take(3).collect(),
            Err(reject) => format!("{} {}", reject.line, reject.code.map_or("", RejectCode::as_str)),
        });
        told.collect()
    }

    #[test]
    fn lines_may_end_with_a_carriage_return_alone() {
        assert_eq!(told("id,name\r1,x\r2,y"), ["1", "2"]);
        assert_eq!(told("id,name\r\n1,x\r\n2,y\r\n"), ["1", "2"]);
        assert_eq!(told("id,name\n1\r,x\n2,\"a\rb\"\n"), ["1\r", "2"], "others stay as they are");
    }

    #[test]
    fn a_quote_that_nobody_closes_takes_no_more_than_a_megabyte() {
        let rows = "7,x\n".repeat(1_000_000);
        assert_eq!(told(&format!("id,name\n1,x\n2,\"y\n{rows}")), ["1", "3 unreadable"]);
        assert_eq!(told(&format!("id,name\n{rows}")).len(), 1_000_000, "rows are not one record");
        let long = "a".repeat(900_000);
        assert_eq!(told(&format!("id,name\n{long},\"{}\"\nend,x", "\n".repeat(90_000))), ["aaa", "end"], "what fits is read");
    }
}
