//! The manifest: what a backup holds, from which schema it comes, and how each file of it must look.

use std::{
    fs::File,
    io::Write,
    path::{Component, Path},
};

use barker_domain::{Code, Error, Result};
use barker_store::copy::CopiedTable;
use serde::{Deserialize, Serialize};

use super::{MANIFEST, Plan, unreadable, unwritable};

/// What tells a manifest from any other JSON.
const FORMAT: &str = "barker-backup";
/// Raised when an older version could not read what a newer one writes.
const FORMAT_VERSION: u32 = 1;
/// Longest manifest, in bytes: a file takes some 150.
const MAX_BYTES: u64 = 1 << 30;

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Piece {
    /// Where it is, below the backup's folder.
    pub(crate) path: String,
    /// How long it is.
    pub(crate) bytes: u64,
    /// SHA-256 in hexadecimal.
    pub(crate) sha256: String,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    format: String,
    format_version: u32,
    /// The version of Barker that made it.
    pub(crate) barker_version: String,
    /// The kind of database that it was read from.
    pub(crate) database: String,
    /// When it was begun, RFC 3339.
    pub(crate) created_at: String,
    /// The migrations that made its schema, in their order.
    pub(crate) migrations: Vec<String>,
    /// Tables, those that others refer to first.
    pub(crate) tables: Vec<CopiedTable>,
    /// Every file but this one.
    pub(crate) pieces: Vec<Piece>,
}

impl Manifest {
    pub(super) fn new(
        (plan, now_ms): (&Plan, i64),
        database: &str,
        (migrations, tables): (Vec<String>, Vec<CopiedTable>),
        pieces: Vec<Piece>,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            format_version: FORMAT_VERSION,
            barker_version: plan.version.to_owned(),
            database: database.to_owned(),
            created_at: jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default().to_string(),
            migrations,
            tables,
            pieces,
        }
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(MANIFEST);
        let text = serde_json::to_vec_pretty(self).map_err(|error| unwritable(&path)(error.into()))?;
        let mut file = File::create_new(&path).map_err(unwritable(&path))?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(unwritable(&path))
    }

    /// Reads and checks what can be checked without the files.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST);
        let file = File::open(&path).map_err(|error| {
            let message = format!("{} is no complete backup: it has no {MANIFEST}", folder.display());
            if error.kind() == std::io::ErrorKind::NotFound { Error::new(Code::InvalidRequest, message) } else { unreadable(&path)(error) }
        })?;
        let reader = std::io::BufReader::new(std::io::Read::take(file, MAX_BYTES));
        let manifest: Self = serde_json::from_reader(reader)
            .map_err(|error| Error::new(Code::InvalidRequest, format!("{} is no manifest of a backup", path.display())).caused_by(error))?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<()> {
        if self.format != FORMAT || self.format_version != FORMAT_VERSION {
            let (format, version, ours) = (&self.format, self.format_version, &self.barker_version);
            let message = format!(
                "the backup has the format {format} {version}, made by Barker {ours}; this version reads {FORMAT} {FORMAT_VERSION}"
            );
            return Err(Error::new(Code::InvalidRequest, message));
        }
        let is_word =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit());
        let names =
            self.tables.iter().flat_map(|table| std::iter::once(&table.name).chain(table.columns.iter().map(|column| &column.name)));
        let odd_name = names.into_iter().find(|name| !is_word(name));
        let odd_path = self.pieces.iter().map(|piece| &piece.path).find(|path| !is_inside(path));
        match odd_name.or(odd_path) {
            Some(odd) => Err(Error::new(Code::InvalidRequest, format!("the manifest names {odd:?}, which no backup has"))),
            None => Ok(()),
        }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.bytes).sum()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

/// Whether a path stays below the folder it is joined to.
fn is_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_a_backup() {
        for inside in ["tables/clients.ndjson.gz", "files/objects/a/b.png"] {
            assert!(is_inside(inside), "{inside}");
        }
        for outside in ["", "/etc/passwd", "../x", "files/../../x", "./x"] {
            assert!(!is_inside(outside), "{outside}");
        }
    }
}
