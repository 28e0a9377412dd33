//! Every table in Parquet files, and a new warehouse made of them: backups, exports.
//!
//! Written by a reader's connection, so that all files are of one moment and nobody waits for them.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use barker_domain::{Code, Error, Result};

use super::{
    DuckDbSettings, connect,
    error::{failed, unavailable},
    migrate,
    read::Reading,
};
use crate::{engine::Export, schema};

/// How long an export may take: disks write a warehouse of a billion events in that time.
pub(super) const PATIENCE: Duration = Duration::from_hours(2);

/// Where exports of a file are written. What an interrupted one has left there is removed.
pub(super) fn clean_directory(path: &Path) -> Result<PathBuf> {
    let directory = path.with_extension("exports");
    let failed = |error: io::Error| Error::new(Code::StorageUnavailable, "the directory of exports cannot be made").caused_by(error);
    match fs::remove_dir_all(&directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => (),
    }
    fs::create_dir_all(&directory).and_then(|()| directory.canonicalize()).map_err(failed)
}

/// A path as a text of SQL.
pub(super) fn literal(path: &Path) -> Result<String> {
    let text = path.to_str().ok_or_else(|| Error::new(Code::Misconfigured, format!("{} is no text", path.display())))?;
    Ok(format!("'{}'", text.replace('\'', "''")))
}

fn file_of(directory: &Path, table: &str) -> PathBuf {
    directory.join(format!("{table}.parquet"))
}

impl Reading {
    pub(super) fn export(&self, directory: PathBuf) -> Result<Export> {
        let written = self.write_tables(&directory);
        if written.is_err() {
            // The error says what is wrong with the disk.
            let _half = fs::remove_dir_all(&directory);
        }
        written.map(|tables| Export { directory, tables })
    }

    fn write_tables(&self, directory: &Path) -> Result<Vec<(&'static str, u64)>> {
        let unwritable = |error| Error::new(Code::StorageUnavailable, "the export cannot be written").caused_by(error);
        fs::create_dir(directory).map_err(unwritable)?;
        self.connection.execute_batch("BEGIN TRANSACTION READ ONLY").map_err(failed)?;
        let mut tables = Vec::new();
        for table in schema::tables() {
            let to = literal(&file_of(directory, table.name))?;
            let text = format!("COPY {} TO {to} (FORMAT parquet, COMPRESSION zstd)", table.name);
            let rows = self.connection.execute(&text, []).map_err(unavailable)?;
            tables.push((table.name, rows as u64));
        }
        self.connection.execute_batch("COMMIT").map_err(failed)?;
        Ok(tables)
    }
}

/// Makes a new file of what an export has written. Tables that it lacks stay empty.
///
/// # Errors
/// `invalid-request` when the file is there already or a Parquet file does not fit, `storage-unavailable` when the disk fails.
pub fn restore(settings: &DuckDbSettings, from: &Path) -> Result<()> {
    if settings.path.exists() {
        return Err(Error::new(Code::InvalidRequest, format!("{} exists already", settings.path.display())));
    }
    let from = from.canonicalize().map_err(|error| Error::new(Code::InvalidRequest, "the export cannot be read").caused_by(error))?;
    let connection = connect(settings, &from)?;
    migrate::up(&connection)?;
    for table in schema::tables() {
        let file = file_of(&from, table.name);
        if file.exists() {
            let text = format!("INSERT INTO {} BY NAME SELECT * FROM read_parquet({})", table.name, literal(&file)?);
            connection.execute(&text, []).map_err(|error| {
                Error::new(Code::InvalidRequest, format!("{} does not fit this version's warehouse", file.display())).caused_by(error)
            })?;
        }
    }
    connection.execute_batch("CHECKPOINT").map_err(unavailable)?;
    connection.close().map_err(|(_, error)| unavailable(error))
}
