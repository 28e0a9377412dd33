//! Reports as files: CSV, XLSX, Parquet. The numbers are the API's, to the last digit; what is null there is an empty cell here.

mod parquet;
mod xlsx;

use std::borrow::Cow;

use barker_domain::{Code, Day, Error, Result, metric::Exact};
use barker_warehouse::question::Dimension;

use super::{Label, Report, Row, name_of, names::named};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// With a line of column names, after RFC 4180.
    Csv,
    /// A workbook with one sheet.
    Xlsx,
    /// Texts, days and doubles.
    Parquet,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq)]
enum Cells {
    Texts(Vec<String>),
    Days(Vec<Day>),
    Numbers(Vec<Option<f64>>),
}

/// A column with its name.
#[derive(Debug)]
struct Column {
    name: String,
    cells: Cells,
}

impl Format {
    /// Every format, by its name.
    pub const ALL: [(&'static str, Self); 3] = [("csv", Self::Csv), ("xlsx", Self::Xlsx), ("parquet", Self::Parquet)];

    /// Its name, which files end in.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// The report as a file. A compared one has columns `previous.*` and `change.*`.
///
/// # Errors
/// [`Code::Internal`] when a library fails.
pub async fn export(report: Report, format: Format) -> Result<Vec<u8>> {
    let write = move || match format {
        Format::Csv => csv(&columns(&report)),
        Format::Xlsx => xlsx::write(&report, &columns(&report)),
        Format::Parquet => parquet::write(columns(&report)),
    };
    // A hundred thousand rows take a while.
    tokio::task::spawn_blocking(write).await.map_err(|error| failed("write the file")(error))?
}

fn failed<E: std::error::Error + Send + Sync + 'static>(doing: &'static str) -> impl Fn(E) -> Error {
    move |error| Error::new(Code::Internal, format!("could not {doing}")).caused_by(error)
}

fn columns(report: &Report) -> Vec<Column> {
    let dimensions = report.group_by.iter().enumerate().map(|(place, dimension)| Column {
        name: name_of(dimension),
        cells: days(report, place).map_or_else(|| texts(report, place), Cells::Days),
    });
    let mut columns: Vec<_> = dimensions.collect();
    columns.extend(numbers(report, "", |row| row.values.now.clone()));
    if report.previous_range.is_some() {
        columns.extend(numbers(report, "previous.", |row| row.values.before.clone().unwrap_or_default()));
        columns.extend(numbers(report, "change.", |row| row.values.growth()));
    }
    columns
}

/// What spreadsheets and engines count by days; hours have an offset and stay texts.
fn days(report: &Report, place: usize) -> Option<Vec<Day>> {
    let is_day = matches!(report.group_by[place], Dimension::Day | Dimension::Week | Dimension::Month);
    let day = |row: &Row| if let Label::Day(day) = row.labels[place] { Some(day) } else { None };
    is_day.then(|| report.rows.iter().map(day).collect())?
}

fn texts(report: &Report, place: usize) -> Cells {
    Cells::Texts(report.rows.iter().map(|row| named(&row.labels[place], &report.group_by[place], &report.names)).collect())
}

fn numbers(report: &Report, prefix: &str, of: impl Fn(&Row) -> Vec<Option<Exact>>) -> Vec<Column> {
    let rows: Vec<_> = report.rows.iter().map(of).collect();
    let column = |(place, metric): (usize, &&barker_domain::metric::Metric)| Column {
        name: format!("{prefix}{}", metric.name),
        cells: Cells::Numbers(rows.iter().map(|row| row.get(place).copied().flatten().map(Exact::to_decimal)).collect()),
    };
    report.metrics.iter().enumerate().map(column).collect()
}

fn csv(columns: &[Column]) -> Result<Vec<u8>> {
    let failed = failed("write the file");
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| harmless(&column.name).into_owned())).map_err(&failed)?;
    let row_count = columns.first().map_or(0, |column| match &column.cells {
        Cells::Texts(texts) => texts.len(),
        Cells::Days(days) => days.len(),
        Cells::Numbers(numbers) => numbers.len(),
    });
    for place in 0..row_count {
        let cells = columns.iter().map(|column| match &column.cells {
            Cells::Texts(texts) => harmless(&texts[place]).into_owned(),
            Cells::Days(days) => days[place].date().to_string(),
            Cells::Numbers(numbers) => numbers[place].map(|number| number.to_string()).unwrap_or_default(),
        });
        writer.write_record(cells).map_err(&failed)?;
    }
    writer.into_inner().map_err(|error| Error::new(Code::Internal, "could not write the file").caused_by(error.into_error()))
}

/// A text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe before it, as OWASP advises. Names of
/// campaigns come from wherever links are made.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_begin_like_formulas_are_told_to_be_texts_and_numbers_are_left_alone() {
        let texts = ["=1+1", "+7 (495) 1", "-5", "@sum", "\tx", "\rx", "Search | A=B", "", "(unattributed)"];
        let columns = [
            Column { name: "=campaign_name".to_owned(), cells: Cells::Texts(texts.map(str::to_owned).to_vec()) },
            Column { name: "cost".to_owned(), cells: Cells::Numbers(vec![Some(-1.5); texts.len()]) },
        ];
        let text = String::from_utf8(csv(&columns).unwrap()).unwrap();
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap(), vec!["'=campaign_name", "cost"]);
        let cells: Vec<_> = reader.records().map(|row| row.unwrap().iter().collect::<Vec<_>>().join("|")).collect();
        let expected = ["'=1+1", "'+7 (495) 1", "'-5", "'@sum", "'\tx", "'\rx", "Search | A=B", "", "(unattributed)"];
        assert_eq!(cells, expected.map(|text| format!("{text}|-1.5")));
    }
}
