//! The trail as a file: CSV for spreadsheets, a JSON object on each line for programs.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use barker_domain::{Error, FieldError, Result, trail::Entry};
use serde_json::Value;

use super::TrailLine;
use crate::http::input::Query;

const COLUMNS: [&str; 12] =
    ["id", "occurred_at", "project_id", "actor", "user_id", "key_id", "action", "subject_id", "before", "after", "address", "request_id"];

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// With a line of column names, after RFC 4180.
    Csv,
    /// A JSON object on each line.
    Ndjson,
}

impl Format {
    /// The format that a query asks for.
    ///
    /// # Errors
    /// [`barker_domain::Code::InvalidRequest`] naming `format`.
    pub(super) fn read(query: &Query) -> Result<Self> {
        match query.text("format") {
            None | Some("csv") => Ok(Self::Csv),
            Some("ndjson") => Ok(Self::Ndjson),
            Some(_) => Err(Error::invalid(vec![FieldError::new("/format", "enum", "must be one of csv, ndjson")])),
        }
    }

    /// The answer around a body of this format.
    pub(super) fn answer(self, body: Body) -> Response {
        let (media_type, disposition) = match self {
            Self::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\""),
            Self::Ndjson => ("application/x-ndjson", "attachment; filename=\"audit.ndjson\""),
        };
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
            (header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition)),
        ];
        (headers, body).into_response()
    }

    /// What stands before the first line.
    pub(super) fn opening(self) -> String {
        match self {
            Self::Csv => format!("{}\r\n", COLUMNS.join(",")),
            Self::Ndjson => String::new(),
        }
    }

    /// Some lines.
    ///
    /// # Errors
    /// What the writer says; nothing that can be in a line makes it fail.
    pub(super) fn render(self, entries: &[Entry]) -> Result<String, csv::Error> {
        let lines = entries.iter().map(TrailLine::from);
        match self {
            Self::Csv => as_csv(lines),
            Self::Ndjson => lines
                .map(|line| serde_json::to_string(&line).map(|json| json + "\n").map_err(std::io::Error::from))
                .collect::<std::io::Result<String>>()
                .map_err(csv::Error::from),
        }
    }
}

fn as_csv(lines: impl Iterator<Item = TrailLine>) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let json = |value: Option<Value>| value.map(|value| value.to_string()).unwrap_or_default();
        writer.write_record([
            line.id.to_string(),
            line.occurred_at,
            id(line.project_id),
            line.actor.to_owned(),
            id(line.user_id),
            id(line.key_id),
            line.action.to_owned(),
            id(line.subject_id),
            json(line.before),
            json(line.after),
            line.address.unwrap_or_default(),
            line.request_id.unwrap_or_default(),
        ])?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    // Made of strings, so it is one.
    Ok(String::from_utf8(bytes).unwrap_or_default())
}
