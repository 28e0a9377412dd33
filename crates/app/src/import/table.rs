//! Rows of a file, one after the other, whatever its format: cells of texts under a header.

mod keys;
mod records;

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use barker_domain::{Code, Error, Result};
use encoding_rs::{CoderResult, Decoder};
use serde_json::{Map, Value};

use super::{Format, Reject, RejectCode, Sample};
use records::Records;

/// Longest line of JSON, and longest record of CSV.
const MAX_LINE_BYTES: u64 = 1 << 20;
/// Most columns of a file.
const MAX_COLUMNS: usize = 1_000;
/// Bytes that are decoded together.
const CHUNK_BYTES: usize = 1 << 16;

/// A row as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Its line, from 1.
    pub(super) line: u64,
    /// One for each column, or fewer.
    pub(super) cells: Vec<String>,
}

/// A file that is being read.
pub(super) struct Table {
    /// What the columns are called.
    pub(super) header: Vec<String>,
    rows: Box<dyn Iterator<Item = Result<Row, Reject>> + Send>,
}

impl Table {
    /// Opens a file whose header is not known yet. Of JSON lines all are looked through for their keys.
    pub(super) fn open(path: &Path, sample: Sample) -> Result<Self> {
        let header = if sample.format == Format::JsonLines { keys_of(path, sample)? } else { Vec::new() };
        Self::open_again(path, sample, &header, Arc::default())
    }

    /// Opens a file whose header is known; `read` counts the bytes that have been read of it.
    pub(super) fn open_again(path: &Path, sample: Sample, header: &[String], read: Arc<AtomicU64>) -> Result<Self> {
        let file = File::open(path).map_err(unreadable)?;
        let text = Decoding::new(Counted { file, read }, sample.encoding.new_decoder_with_bom_removal());
        match sample.format {
            Format::Csv { delimiter } => Self::of_csv(text, delimiter),
            Format::JsonLines => Ok(Self::of_json_lines(text, header.to_owned())),
            Format::Parquet => Err(Error::new(Code::Internal, "Parquet is read as CSV")),
        }
    }

    fn of_csv(text: impl Read + Send + 'static, delimiter: u8) -> Result<Self> {
        let mut records = Records::new(text, delimiter);
        let first = records.header()?;
        let header: Vec<_> = first.iter().map(|name| name.trim().to_owned()).collect();
        if header.len() > MAX_COLUMNS {
            return Err(too_many_columns());
        }
        let width = header.len();
        let rows = records.map(move |record| row_of(&record?, width));
        Ok(Self { header, rows: Box::new(rows) })
    }

    fn of_json_lines(text: impl Read + Send + 'static, header: Vec<String>) -> Self {
        let keys = header.clone();
        let mut lines = Lines::new(text);
        let rows = std::iter::from_fn(move || lines.next_object()).map(move |object| {
            let (line, object) = object?;
            let mut cells: Vec<_> = keys.iter().map(|key| object.get(key).map_or_else(String::new, text_of)).collect();
            // Keys that only later lines have say nothing of this one, whose id may be made of its cells.
            cells.truncate(cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1));
            Ok(Row { line, cells })
        });
        Self { header, rows: Box::new(rows) }
    }
}

impl Iterator for Table {
    type Item = Result<Row, Reject>;

    /// Rows without anything in them are left out.
    fn next(&mut self) -> Option<Self::Item> {
        self.rows.find(|row| !matches!(row, Ok(row) if row.cells.iter().all(|cell| cell.trim().is_empty())))
    }
}

fn row_of(record: &csv::StringRecord, width: usize) -> Result<Row, Reject> {
    let line = record.position().map_or(0, csv::Position::line);
    let mut cells: Vec<_> = record.iter().map(str::to_owned).collect();
    if let Some(last) = cells.last_mut().filter(|last| last.ends_with('\r')) {
        last.pop();
    }
    if cells.iter().skip(width).any(|cell| !cell.trim().is_empty()) {
        let reason = format!("has {} cells, the header has {width}", cells.len());
        return Err(Reject { row: cells, ..broken(line, RejectCode::TooManyCells, reason) });
    }
    Ok(Row { line, cells })
}

/// A line and what it holds.
type Object = (u64, Map<String, Value>);

/// Objects, a line each.
struct Lines<R> {
    reader: BufReader<R>,
    line: u64,
    is_over: bool,
}

impl<R: Read> Lines<R> {
    fn new(text: R) -> Self {
        Self { reader: BufReader::new(text), line: 0, is_over: false }
    }

    fn next_object(&mut self) -> Option<Result<Object, Reject>> {
        let line = self.next_line()?;
        let object = line.and_then(|(line, bytes)| match serde_json::from_slice(&bytes) {
            Ok(object) => Ok((line, object)),
            Err(error) => Err(broken(line, RejectCode::BrokenJson, format!("is no JSON object: {error}"))),
        });
        Some(object)
    }

    /// The next line with anything in it.
    fn next_line(&mut self) -> Option<Result<(u64, Vec<u8>), Reject>> {
        while !self.is_over {
            let mut bytes = Vec::new();
            self.line += 1;
            match (&mut self.reader).take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(_) if bytes.len() as u64 == MAX_LINE_BYTES => {
                    self.reader.skip_until(b'\n').ok()?;
                    return Some(Err(broken(self.line, RejectCode::LineTooLong, "the line is longer than a megabyte".to_owned())));
                }
                Ok(_) if bytes.trim_ascii().is_empty() => (),
                Ok(_) => return Some(Ok((self.line, bytes))),
                Err(error) => {
                    self.is_over = true;
                    let reason = format!("the file cannot be read from here on: {error}");
                    return Some(Err(broken(self.line, RejectCode::Unreadable, reason)));
                }
            }
        }
        None
    }
}

fn broken(line: u64, code: RejectCode, reason: String) -> Reject {
    Reject { line, field: String::new(), code: Some(code), reason, row: Vec::new() }
}

/// Every key of the objects, in the order that they come in.
fn keys_of(path: &Path, sample: Sample) -> Result<Vec<String>> {
    let file = File::open(path).map_err(unreadable)?;
    let mut lines = Lines::new(Decoding::new(file, sample.encoding.new_decoder_with_bom_removal()));
    let mut keys = Vec::new();
    while let Some(line) = lines.next_line() {
        let Ok((_, bytes)) = line else { continue };
        // Whoever reads the rows tells of those that are broken.
        let _ignored = keys::note(&bytes, &mut keys);
        if keys.len() > MAX_COLUMNS {
            return Err(too_many_columns());
        }
    }
    if keys.is_empty() {
        return Err(Error::new(Code::InvalidRequest, "no line of the file is a JSON object with anything in it"));
    }
    Ok(keys)
}

fn too_many_columns() -> Error {
    Error::new(Code::InvalidRequest, format!("the file has more than {MAX_COLUMNS} columns"))
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A file, and how much of it has been read.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Text in any encoding as UTF-8; what is no text becomes the sign for that.
struct Decoding<R> {
    source: R,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    taken: usize,
    is_over: bool,
}

impl<R: Read> Decoding<R> {
    fn new(source: R, decoder: Decoder) -> Self {
        Self { source, decoder, raw: Vec::new(), text: Vec::new(), taken: 0, is_over: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.raw.resize(CHUNK_BYTES, 0);
        let read = self.source.read(&mut self.raw)?;
        self.is_over = read == 0;
        let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(CHUNK_BYTES * 3 + 16);
        self.text.resize(room, 0);
        let (result, _, written, _) = self.decoder.decode_to_utf8(&self.raw[..read], &mut self.text, self.is_over);
        debug_assert_eq!(result, CoderResult::InputEmpty, "there is room for the longest text");
        self.text.truncate(written);
        self.taken = 0;
        Ok(())
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.text.len() && !self.is_over {
            self.refill()?;
        }
        let count = buffer.len().min(self.text.len() - self.taken);
        buffer[..count].copy_from_slice(&self.text[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(Code::InvalidRequest, "the file cannot be read").caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Vec<String>, Vec<Result<Row, Reject>>) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let sample = Sample::of(bytes).unwrap();
        let mut table = Table::open(file.path(), sample).unwrap();
        let rows = table.by_ref().collect();
        (table.header, rows)
    }

    #[test]
    fn rows_are_told_by_their_lines_and_empty_ones_left_out() {
        let (header, rows) = read(b"\xef\xbb\xbfid;name\r\n1;\"two\nlines\"\r\n;\r\n2;x;y\r\n3\r\n");
        assert_eq!(header, ["id", "name"]);
        let told: Vec<_> =
            rows.iter().map(|row| row.as_ref().map_or_else(|reject| (reject.line, "bad"), |row| (row.line, "fine"))).collect();
        assert_eq!(told, [(2, "fine"), (5, "bad"), (6, "fine")]);
    }

    #[test]
    fn titles_above_the_header_are_passed_over() {
        let (header, rows) = read("Отчёт, октябрь\n\nИтого;;\nДата;Расход;Клики\n01.10.2026;1,50;7\n".as_bytes());
        assert_eq!(header, ["Дата", "Расход", "Клики"]);
        assert_eq!(rows[0].as_ref().unwrap(), &Row { line: 5, cells: ["01.10.2026", "1,50", "7"].map(str::to_owned).to_vec() });
        assert_eq!(read(b"\xef\xbb\xbfsep=;\r\nid;name\r\n7;a\r\n").0, ["id", "name"]);
        let (header, rows) = read(b"alone\n7\n8\n");
        assert_eq!((header, rows.len()), (vec!["alone".to_owned()], 2), "a column alone has no titles");
        let (header, rows) = read(format!("alone\n{}", "7\n".repeat(30)).as_bytes());
        assert_eq!((header, rows.len()), (vec!["alone".to_owned()], 30));
    }

    #[test]
    fn text_of_every_encoding_is_read_across_chunks() {
        let (russian, ..) = encoding_rs::WINDOWS_1251.encode("Номер;Сумма\n");
        let mut bytes = russian.into_owned();
        let (line, ..) = encoding_rs::WINDOWS_1251.encode("Заказ;12,50\n");
        (0..20_000).for_each(|_| bytes.extend_from_slice(&line));
        let (header, rows) = read(&bytes);
        assert_eq!(header, ["Номер", "Сумма"]);
        assert!(rows.len() == 20_000 && rows.iter().all(|row| row.as_ref().unwrap().cells == ["Заказ", "12,50"]));
    }

    #[test]
    fn objects_may_have_different_keys_and_broken_lines_are_told() {
        let (header, rows) = read(b"{\"id\": 7, \"tags\": [1]}\n\n{broken\n{\"name\": \"x\"}\n");
        assert_eq!(header, ["id", "tags", "name"]);
        assert_eq!(rows[0].as_ref().unwrap().cells, ["7", "[1]"]);
        assert_eq!(rows[1].as_ref().unwrap_err().line, 3);
        assert_eq!(rows[2].as_ref().unwrap().cells, ["", "", "x"]);
    }

    #[test]
    fn a_key_that_only_the_last_of_many_lines_has_is_a_column() {
        let many = "{\"id\": \"a long enough text to fill the beginning of a file\", \"n\": {\"deep\": [1]}}\n".repeat(10_000);
        let (header, rows) = read(format!("{many}{{\"value\": 5}}\n").as_bytes());
        assert_eq!(header, ["id", "n", "value"]);
        assert_eq!(rows.last().unwrap().as_ref().unwrap().cells, ["", "", "5"]);
    }

    #[test]
    fn too_many_keys_are_refused_rather_than_left_out() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let lines: Vec<_> = (0..=MAX_COLUMNS).map(|key| format!("{{\"k{key}\": 1}}")).collect();
        std::fs::write(file.path(), lines.join("\n")).unwrap();
        let sample = Sample::of(lines[0].as_bytes()).unwrap();
        assert!(Table::open(file.path(), sample).err().unwrap().detail.contains("columns"));
    }
}
