//! What a failing database means to those above: try again, or a fault of ours.

mod codes;

use barker_domain::{Code, Error};
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// Turns a database error into Barker's, saying what was being done.
pub(crate) fn failed(doing: &'static str) -> impl Fn(DbErr) -> Error {
    move |error| {
        if is_temporary(&error) {
            return Error::of(Code::StorageUnavailable).caused_by(error);
        }
        Error::new(Code::Internal, format!("could not {doing}")).caused_by(error)
    }
}

/// The same, where a client that is referred to may have been erased a moment ago, or an impression.
pub(crate) fn failed_or_gone(doing: &'static str) -> impl Fn(DbErr) -> Error {
    move |error| match error.sql_err() {
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => Error::of(Code::ClientNotFound).caused_by(error),
        _ => failed(doing)(error),
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

/// Whether the database undid the transaction in favour of another, so that it can be tried again at once.
pub(crate) fn lost_against_another_writer(error: &Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<DbErr>());
    matches!(cause.and_then(sqlx_error), Some(sqlx::Error::Database(error)) if codes::is_lost_race(error.as_ref()))
}

/// Whether the database answered that it will not have this caller: an unknown user, password or database.
pub(crate) fn is_refused_for_good(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => !codes::is_temporary(error.as_ref()),
        sqlx::Error::Configuration(_) => true,
        _ => false,
    }
}

fn is_temporary(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        other => sqlx_error(other).is_some_and(is_temporary_in_sqlx),
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// A broken connection shows itself as an I/O error, or as an answer that ends in the middle.
fn is_temporary_in_sqlx(error: &sqlx::Error) -> bool {
    use sqlx::Error as E;
    match error {
        E::Io(_) | E::Protocol(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Tls(_) | E::BeginFailed => true,
        E::Database(error) => codes::is_temporary(error.as_ref()),
        _ => false,
    }
}
