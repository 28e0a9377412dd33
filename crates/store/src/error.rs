//! What a failing database means to those above: try again, or a fault of ours.

use barker_domain::{Code, Error};
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// SQLite result codes after which the same statement may well succeed later: busy, locked, read-only, I/O error,
/// full, cannot open. <https://sqlite.org/rescode.html>
const TEMPORARY_SQLITE_CODES: [&str; 6] = ["5", "6", "8", "10", "13", "14"];

/// Turns a database error into Barker's, saying what was being done.
pub(crate) fn failed(doing: &'static str) -> impl Fn(DbErr) -> Error {
    move |error| {
        if is_temporary(&error) {
            return Error::of(Code::StorageUnavailable).caused_by(error);
        }
        Error::new(Code::Internal, format!("could not {doing}")).caused_by(error)
    }
}

/// A row that this version cannot read.
pub(crate) fn unreadable(table: &'static str, column: &'static str) -> Error {
    Error::new(Code::Internal, format!("{table}.{column} holds a value this version does not know"))
}

/// Whether the row was there before.
pub(crate) fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

fn is_temporary(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => is_temporary_in_sqlx(error),
        _ => false,
    }
}

fn is_temporary_in_sqlx(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Tls(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| is_temporary_sqlite_code(&code)),
        _ => false,
    }
}

/// SQLite gives extended codes, whose lowest byte is the primary one.
fn is_temporary_sqlite_code(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| TEMPORARY_SQLITE_CODES.contains(&(code & 0xff).to_string().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_codes_are_judged_by_their_primary_code() {
        assert!(is_temporary_sqlite_code("5"));
        assert!(is_temporary_sqlite_code("517"), "SQLITE_BUSY_SNAPSHOT");
        assert!(!is_temporary_sqlite_code("2067"), "SQLITE_CONSTRAINT_UNIQUE");
        assert!(!is_temporary_sqlite_code("1"), "SQLITE_ERROR");
    }
}
