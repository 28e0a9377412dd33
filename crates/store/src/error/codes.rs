//! Each database's own codes for "not now" and "somebody else won".

use sea_orm::sqlx::{error::DatabaseError, mysql::MySqlDatabaseError, postgres::PgDatabaseError};

/// `SQLite`: busy, locked, read-only, I/O error, full, cannot open. <https://sqlite.org/rescode.html>
const TEMPORARY_SQLITE: [u32; 6] = [5, 6, 8, 10, 13, 14];

/// `PostgreSQL`: connection exception, transaction rollback, insufficient resources (a full disk, too many connections),
/// operator intervention (shut down, crashed, starting up), system error, lock not available, read-only after a
/// fail-over. <https://www.postgresql.org/docs/current/errcodes-appendix.html>
const TEMPORARY_SQLSTATES: [&str; 7] = ["08", "40", "53", "57", "58", "55P03", "25006"];

/// `MySQL` and `MariaDB`: error writing a file, out of memory, disk full, row changed since it was read, too many
/// connections, engine error, server shutting down, lock table full, table full, network errors, error during commit,
/// lock wait time-out, deadlock, read-only by an option, interrupted, killed, read-only mode, too long for its time limit.
/// <https://mariadb.com/docs/server/reference/error-codes>
const TEMPORARY_MYSQL: [u16; 28] = [
    3, 1020, 1021, 1026, 1030, 1037, 1038, 1040, 1041, 1053, 1114, 1158, 1159, 1160, 1161, 1180, 1203, 1205, 1206, 1213, 1290, 1317, 1836,
    1927, 1969, 3024, 3572, 4031,
];

/// Row changed since it was read, deadlock.
const LOST_RACES_MYSQL: [u16; 2] = [1020, 1213];

/// Whether the same statement may well succeed later.
pub(super) fn is_temporary(error: &dyn DatabaseError) -> bool {
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        return TEMPORARY_MYSQL.contains(&error.number());
    }
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<PgDatabaseError>().is_some() {
        return TEMPORARY_SQLSTATES.iter().any(|class| code.starts_with(class));
    }
    is_temporary_in_sqlite(&code)
}

/// Whether the transaction was undone in favour of another.
pub(super) fn is_lost_race(error: &dyn DatabaseError) -> bool {
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        return LOST_RACES_MYSQL.contains(&error.number());
    }
    error.try_downcast_ref::<PgDatabaseError>().is_some_and(|error| error.code().starts_with("40"))
}

/// SQLite gives extended codes, whose lowest byte is the primary one.
fn is_temporary_in_sqlite(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| TEMPORARY_SQLITE.contains(&(code & 0xff)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_codes_are_judged_by_their_primary_code() {
        assert!(is_temporary_in_sqlite("5"));
        assert!(is_temporary_in_sqlite("517"), "SQLITE_BUSY_SNAPSHOT");
        assert!(!is_temporary_in_sqlite("2067"), "SQLITE_CONSTRAINT_UNIQUE");
        assert!(!is_temporary_in_sqlite("1"), "SQLITE_ERROR");
    }
}
