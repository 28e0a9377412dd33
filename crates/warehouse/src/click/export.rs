//! Every table in Parquet files, as the server writes them.
//!
//! There are no transactions: what came later than the export began is left out by its number, and nothing is swept meanwhile.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use barker_domain::{Code, Error, Result};

use super::http::Http;
use crate::{duck::rows_of_parquet, engine::Export, schema, schema::Table};

/// How long an export may take, as with a file.
pub(super) const PATIENCE: Duration = Duration::from_hours(2);

/// A directory of files that goes again unless all of them are there.
struct Unfinished {
    directory: PathBuf,
    is_whole: bool,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_whole {
            // What stays is removed at the next start.
            let _half = fs::remove_dir_all(&self.directory);
        }
    }
}

/// Removes what an interrupted export has left.
pub(super) fn clean(exports: &Path) -> Result<()> {
    match fs::remove_dir_all(exports) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(error)),
        _ => Ok(()),
    }
}

/// The rows up to that number, a file for each table.
pub(super) async fn write(http: &Http, directory: PathBuf, last_seq: i64) -> Result<Export> {
    fs::create_dir_all(&directory).map_err(unwritable)?;
    let mut unfinished = Unfinished { directory: directory.clone(), is_whole: false };
    let mut tables = Vec::new();
    for table in schema::tables() {
        let rows = write_table(http, &table, (&directory, last_seq)).await?;
        tables.push((table.name, rows));
    }
    unfinished.is_whole = true;
    Ok(Export { directory, tables })
}

async fn write_table(http: &Http, table: &Table, (directory, last_seq): (&Path, i64)) -> Result<u64> {
    let partial = directory.join(format!("{}.partial", table.name));
    http.save(&question(table, last_seq), &partial).await?;
    let (read, name) = (partial.clone(), table.name);
    let counted = tokio::task::spawn_blocking(move || rows_of_parquet(&read)).await;
    let rows = counted.map_err(|error| Error::of(Code::Internal).caused_by(error))?.map_err(|error| broken_off(name, error))?;
    fs::rename(&partial, directory.join(format!("{name}.parquet"))).map_err(unwritable)?;
    Ok(rows)
}

/// Rows that came twice are told apart after those that came too late are left out.
fn question(table: &Table, last_seq: i64) -> String {
    let columns: Vec<_> = table.columns.iter().map(|column| column.name).collect();
    let once = if table.is_replacing { " FINAL" } else { "" };
    format!("SELECT {} FROM {}{once} PREWHERE seq <= {last_seq}", columns.join(", "), table.name)
}

/// The end of a Parquet file says what is in it.
fn broken_off(table: &str, error: Error) -> Error {
    Error::new(Code::StorageUnavailable, format!("ClickHouse broke off while it sent {table}")).caused_by(error)
}

fn unwritable(error: io::Error) -> Error {
    Error::new(Code::StorageUnavailable, "the export cannot be written").caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::click::http::pretended;

    /// What a server answers that sends only this, and the files that are left.
    async fn left_after(answer: &'static str) -> (Error, usize) {
        let home = tempfile::tempdir().unwrap();
        let http = pretended(answer).await;
        let error = write(&http, home.path().join("export"), 7).await.unwrap_err();
        (error, fs::read_dir(home.path()).unwrap().count())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_left_of_an_export_that_breaks_off() {
        for (answer, says) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nPAR1", "broke off"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nPAR1\r\n", "broke off"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\nPAR1 Code: 241. DB::Exc", "broke off while it sent loads"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "broke off while it sent loads"),
            ("HTTP/1.1 500 Oops\r\nX-ClickHouse-Exception-Code: 241\r\nContent-Length: 0\r\n\r\n", "memory"),
        ] {
            let (error, left) = left_after(answer).await;
            assert!(error.detail.contains(says), "{answer}: {error:?}");
            assert_eq!(left, 0, "{answer}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_full_disk_is_told_from_a_server_that_is_gone() {
        let http = pretended("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nPAR1").await;
        let error = http.save("SELECT 1", Path::new("/dev/full")).await.unwrap_err();
        assert_eq!((error.code, error.detail.as_str()), (Code::StorageUnavailable, "the export cannot be written"), "{error:?}");
    }
}
