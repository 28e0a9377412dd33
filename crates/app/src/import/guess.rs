//! What a file is: its format, its encoding, what stands between its cells.

use barker_domain::{Code, Error, Result};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};

/// Most of a file's beginning that is looked at.
pub(super) const SAMPLE_BYTES: usize = 1 << 18;
/// What may stand between cells.
const DELIMITERS: [u8; 4] = [b';', b'\t', b',', b'|'];
/// Lines that tell which.
const TELLING_LINES: usize = 50;
/// How files begin that are not read, and what to do with them.
const FOREIGN: [(&[u8], &str); 4] = [
    (b"PK\x03\x04", "this is a spreadsheet or an archive: save it as CSV first"),
    (b"PK\x05\x06", "this is an archive with nothing in it"),
    (b"\xD0\xCF\x11\xE0", "this is a spreadsheet of an old kind: save it as CSV first"),
    (b"\x1F\x8B", "this is compressed by gzip: unpack it first"),
];

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Cells in lines.
    Csv {
        /// What stands between cells.
        delimiter: u8,
    },
    /// A JSON object in each line.
    JsonLines,
    /// Columns in blocks.
    Parquet,
}

/// What the beginning of a file tells.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// What it is.
    pub format: Format,
    /// How its text is written.
    pub encoding: &'static Encoding,
}

impl Sample {
    /// Looks at the beginning of a file.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] when there is nothing in it, or nothing that can be read.
    pub fn of(beginning: &[u8]) -> Result<Self> {
        if beginning.starts_with(b"PAR1") {
            return Ok(Self { format: Format::Parquet, encoding: UTF_8 });
        }
        if let Some((_, what_to_do)) = FOREIGN.iter().find(|(mark, _)| beginning.starts_with(mark)) {
            return Err(Error::new(Code::InvalidRequest, *what_to_do));
        }
        let encoding = encoding_of(beginning);
        let (text, ..) = encoding.decode(beginning);
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err(Error::new(Code::InvalidRequest, "the file is empty"));
        }
        if text.trim_start().strip_prefix('[').is_some_and(|inside| inside.trim_start().starts_with('{')) {
            return Err(Error::new(Code::InvalidRequest, "this is a JSON array: write each of its objects on a line of its own"));
        }
        let format = if text.trim_start().starts_with('{') { Format::JsonLines } else { Format::Csv { delimiter: delimiter_of(text) } };
        Ok(Self { format, encoding })
    }

    /// Its format in a word.
    #[must_use]
    pub fn format_name(&self) -> &'static str {
        match self.format {
            Format::Csv { .. } => "csv",
            Format::JsonLines => "jsonl",
            Format::Parquet => "parquet",
        }
    }
}

/// What is no UTF-8 and has no mark comes from a Russian spreadsheet.
fn encoding_of(beginning: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(beginning) {
        return encoding;
    }
    let zeros = |odd: usize| beginning.iter().skip(odd).step_by(2).take(100).filter(|byte| **byte == 0).count();
    match (zeros(0), zeros(1)) {
        (0, odd) if odd > 1 => return UTF_16LE,
        (even, 0) if even > 1 => return UTF_16BE,
        // One alone, or on both sides, has got into a text by mistake.
        _ => (),
    }
    match std::str::from_utf8(beginning) {
        Ok(_) => UTF_8,
        // Cut in the middle of a character.
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) => WINDOWS_1251,
    }
}

/// The one that splits most lines into as many cells as the first line that it splits: titles stand above the header.
fn delimiter_of(text: &str) -> u8 {
    let score = |delimiter: u8| {
        let lines = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
        let widths: Vec<_> = lines.into_records().take(TELLING_LINES).map_while(std::result::Result::ok).map(|line| line.len()).collect();
        let first = widths.iter().copied().find(|width| *width > 1).unwrap_or(1);
        let alike = widths.iter().filter(|width| **width == first).count();
        if first < 2 { (0, 0) } else { (alike, first) }
    };
    let scores = DELIMITERS.into_iter().rev().map(|delimiter| (score(delimiter), delimiter));
    scores.max_by_key(|(score, _)| *score).filter(|((_, width), _)| *width > 1).map_or(b',', |(_, delimiter)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delimiter(text: &str) -> char {
        let Format::Csv { delimiter } = Sample::of(text.as_bytes()).unwrap().format else { panic!("{text} is no CSV") };
        char::from(delimiter)
    }

    #[test]
    fn what_is_no_text_is_told_what_to_do() {
        let refused = |beginning: &[u8]| Sample::of(beginning).unwrap_err().detail;
        assert!(refused(b"PK\x03\x04orders.csv").contains("save it as CSV"));
        assert!(refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").contains("save it as CSV"));
        assert!(refused(b"\x1F\x8B\x08\0").contains("gzip"));
    }

    #[test]
    fn what_stands_between_cells_is_found() {
        assert_eq!(delimiter("id;sum\n1;2,5\n2;3,5\n"), ';');
        assert_eq!(delimiter("id,name\n1,\"a;b;c\"\n2,\"d;e;f\"\n"), ',');
        assert_eq!(delimiter("id\tname\n1\ta, b\n"), '\t');
        assert_eq!(delimiter("alone\n1\n"), ',');
        assert_eq!(delimiter("Report\n\nDay;Cost, RUB;Clicks\n01.10.2026;1 234,50;7\n02.10.2026;0,50;7\n"), ';');
        assert_eq!(delimiter("sep=\t\nid\tname\n1\ta, b\n"), '\t');
    }

    #[test]
    fn encodings_are_told_apart() {
        let (russian, ..) = WINDOWS_1251.encode("Номер;Сумма\n1;2\n");
        let cases: [(&[u8], &Encoding); 5] = [
            (b"id;sum\n1\x00;2\n", UTF_8),
            (&russian, WINDOWS_1251),
            ("Номер;Сумма".as_bytes(), UTF_8),
            (b"\xff\xfe1\x00;\x00", UTF_16LE),
            (b"i\x00d\x00;\x00s\x00", UTF_16LE),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Sample::of(bytes).unwrap().encoding, expected, "{bytes:?}");
        }
        assert!(Sample::of(b" [\n {\"id\": 7}]").unwrap_err().detail.contains("JSON array"));
        assert!(Sample::of(b" \n").is_err() && Sample::of(b"PK\x03\x04...").is_err());
    }
}
