//! Reports as files: every cell of every format is what the API answers.

use std::io::Cursor;

use barker_domain::Day;
use barker_testkit::Backend;
use calamine::{Data, Reader, Xlsx};
use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::Field,
};
use serde_json::{Value, json};

use crate::{
    harness::TestApp,
    shop::{Shop, at},
};

/// A cell, however it was written.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Text(String),
    Number(f64),
    /// Days since 1970-01-01.
    Day(f64),
    Empty,
}

/// 1970-01-01 as spreadsheets count days.
const EPOCH: f64 = 25_569.0;

/// Names, and rows of cells.
type Table = (Vec<String>, Vec<Vec<Cell>>);

/// What the API answers, as it would stand in a file.
fn answered(report: &Value) -> Table {
    let mut columns: Vec<(String, Vec<&str>)> = Vec::new();
    let names: Vec<_> = report["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
    columns.extend(names.iter().map(|name| ((*name).to_owned(), vec![*name])));
    let is_metric = |name: &&&str| report["totals"].get(**name).is_some();
    for prefix in ["previous", "change"] {
        if report["totals"].get(prefix).is_some() {
            columns.extend(names.iter().filter(is_metric).map(|name| (format!("{prefix}.{name}"), vec![prefix, *name])));
        }
    }
    let cell = |row: &Value, path: &[&str]| match path.iter().fold(row, |value, name| &value[*name]) {
        Value::Null => Cell::Empty,
        Value::String(text) => text_or_day(text),
        number => Cell::Number(number.as_f64().unwrap()),
    };
    let rows = report["rows"].as_array().unwrap().iter();
    let rows = rows.map(|row| columns.iter().map(|(_, path)| cell(row, path)).collect()).collect();
    (columns.into_iter().map(|(name, _)| name).collect(), rows)
}

/// Days are dates in files that know such.
fn text_or_day(text: &str) -> Cell {
    Day::parse(text).map_or_else(|| Cell::Text(text.to_owned()), |day| Cell::Day(f64::from(day.0)))
}

fn of_csv(bytes: &[u8], texts: usize) -> Table {
    let mut reader = csv::Reader::from_reader(bytes);
    let names = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let cell = |(place, text): (usize, &str)| match text {
        "" => Cell::Empty,
        // What begins like a formula has an apostrophe before it.
        text if place < texts => text_or_day(text.strip_prefix('\'').unwrap_or(text)),
        number => Cell::Number(number.parse().unwrap()),
    };
    (names, reader.records().map(|row| row.unwrap().iter().enumerate().map(cell).collect()).collect())
}

fn of_xlsx(bytes: Vec<u8>) -> Table {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
    let cell = |data: &Data| match data {
        Data::Empty => Cell::Empty,
        Data::String(text) => Cell::Text(text.clone()),
        Data::Float(number) => Cell::Number(*number),
        Data::DateTime(day) => Cell::Day(day.as_f64() - EPOCH),
        other => panic!("{other:?}"),
    };
    let mut rows = sheet.rows().map(|row| row.iter().map(cell).collect::<Vec<_>>());
    let names = rows.next().unwrap().into_iter().map(|cell| if let Cell::Text(name) = cell { name } else { panic!("{cell:?}") });
    (names.collect(), rows.collect())
}

fn of_parquet(bytes: Vec<u8>) -> Table {
    let file = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let names = file.metadata().file_metadata().schema().get_fields().iter().map(|field| field.name().to_owned()).collect();
    let cell = |field: &Field| match field {
        Field::Null => Cell::Empty,
        Field::Str(text) => Cell::Text(text.clone()),
        Field::Double(number) => Cell::Number(*number),
        Field::Date(day) => Cell::Day(f64::from(*day)),
        other => panic!("{other:?}"),
    };
    let rows = file.get_row_iter(None).unwrap().map(|row| row.unwrap().get_column_iter().map(|(_, field)| cell(field)).collect());
    (names, rows.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_of_every_format_is_what_the_api_answers() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    shop.spend("2026-11-12", &[("=SUM(A1:A9)", 33), ("+7 (495), \"звоните\"\nсейчас", 7)]).await;
    shop.order("third", "v1", (1, at("2026-11-12", 9))).await;
    shop.refund("third", (3, at("2026-11-13", 9))).await;
    let metrics = json!(["impressions", "cost", "orders", "revenue", "romi", "cpa", "ctr", "aov"]);
    let november = json!({"metrics": metrics, "date_from": "2026-11-01", "date_to": "2026-11-30"});
    let more = [
        json!({"group_by": "campaign_name"}),
        json!({"group_by": ["day", "channel"]}),
        json!({"group_by": "week", "compare_to": "previous_period"}),
        json!({"group_by": ["hour", "month"], "metrics": ["orders"]}),
        json!({"group_by": "campaign_name", "compare_to": "previous_period", "date_from": "2026-11-11", "date_to": "2026-11-12"}),
        json!({}),
    ];
    for more in more {
        let mut question = november.clone();
        crate::harness::overlay(&mut question, more);
        let report = shop.ask(&question).await.expect(200);
        let expected = answered(&report);
        assert!(!expected.1.is_empty(), "{report}");
        for format in ["csv", "xlsx", "parquet"] {
            let url = app.url(&shop.path(&format!("reports/export?format={format}")));
            let request = app.http.post(url).bearer_auth(&shop.owner.access_token).json(&question);
            let bytes = request.send().await.unwrap().bytes().await.unwrap().to_vec();
            let found = match format {
                "csv" => of_csv(&bytes, question["group_by"].as_array().map_or(usize::from(question["group_by"].is_string()), Vec::len)),
                "xlsx" => of_xlsx(bytes),
                _ => of_parquet(bytes),
            };
            assert_eq!(found, expected, "{format} of {question}");
        }
    }
}
