//! Backups: one folder with every table at one moment, the other files of the installation, and a manifest that says what
//! belongs to it. Made while the server answers; restored into a database of any kind.

mod digest;
mod file;
mod manifest;
mod table;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use barker_domain::{Code, Error, Result};
use serde::{Deserialize, Serialize};

use crate::App;

use digest::Digesting;

pub(crate) use digest::digest_of;
pub(crate) use file::copy as copy_piece;
pub(crate) use manifest::{Manifest, Piece};
pub(crate) use table::path_of;

/// Name of the manifest. A folder without it is no backup.
pub(crate) const MANIFEST: &str = "manifest.json";
/// Where tables lie in a backup.
const TABLES: &str = "tables";
/// Where files lie in a backup, each under the name of its place.
pub(crate) const FILES: &str = "files";
/// What a backup or an export is called until it is complete.
const PARTIAL: &str = ".partial";

/// Something outside of the database that belongs to the installation.
#[derive(Debug, Clone)]
pub struct Place {
    /// What it is called in a backup.
    pub name: &'static str,
    /// Where it is.
    pub path: PathBuf,
    /// How it is copied.
    pub kind: PlaceKind,
}

/// How a place is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// Every file in it and below.
    Folder,
    /// As it is.
    File,
    /// As it is; a restore without one leaves what is there.
    Keys,
    /// As files of its tables, which the open warehouse writes; a restore makes a new file of them.
    Warehouse,
}

/// What a backup is made of, and where it goes.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The folder; it must not exist.
    pub to: PathBuf,
    /// What is copied besides the database.
    pub places: Vec<Place>,
    /// The version of Barker that makes it.
    pub version: &'static str,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is going on.
    pub step: Step,
    /// How much of it is done.
    pub done: u64,
    /// How much there is.
    pub total: u64,
}

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Rows are read or loaded.
    Rows,
    /// Bytes of files are copied.
    Files,
    /// Bytes are compared with their checksums.
    Check,
}

/// Whoever is told how far it is.
pub type Told = Arc<dyn Fn(Progress) + Send + Sync>;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Rows of all tables.
    pub rows: u64,
    /// Files besides them.
    pub files: u64,
    /// Bytes on disk.
    pub bytes: u64,
}

/// Makes a backup. What was committed before this was called is in it. Until everything is on disk it has another name; when
/// it fails nothing is left.
///
/// # Errors
/// [`Code::InvalidRequest`] when the folder exists; [`Code::Misconfigured`] when it cannot be written.
pub async fn write(app: &App, plan: Plan, told: Told) -> Result<Summary> {
    let _alone = app.take_care_alone()?;
    let folder = Partial::create(&plan.to)?;
    let reading = app.store().open_copy().await?;
    let mut pieces = table::write_all(&reading, &folder.path, &told).await?;
    let (migrations, tables) = (reading.migrations().to_vec(), reading.tables().to_vec());
    reading.close().await?;
    // Later than the tables: facts that the outbox brings once more are known already.
    let exported = Exported::of(app, &plan.places).await?;
    pieces.extend(file::copy_all(&exported.in_the_place_of_the_warehouse(&plan.places), &folder.path, &told).await?);
    let rows = tables.iter().map(|table| table.rows).sum();
    let files = pieces.iter().filter(|piece| piece.path.starts_with(FILES)).count() as u64;
    let summary = Summary { rows, files, bytes: pieces.iter().map(|piece| piece.bytes).sum() };
    let manifest = Manifest::new((&plan, app.now_ms()), app.store().backend_name(), (migrations, tables), pieces);
    in_background(move || {
        manifest.write(&folder.path)?;
        folder.complete(&plan.to)
    })
    .await?;
    Ok(summary)
}

/// The warehouse's tables in files, which disappear once they are copied. None of one that is copied elsewhere.
struct Exported {
    directory: Option<PathBuf>,
}

impl Exported {
    async fn of(app: &App, places: &[Place]) -> Result<Self> {
        if places.iter().all(|place| place.kind != PlaceKind::Warehouse) {
            return Ok(Self { directory: None });
        }
        Ok(Self { directory: Some(app.warehouse().export().await?.directory) })
    }

    fn in_the_place_of_the_warehouse(&self, places: &[Place]) -> Vec<Place> {
        let put = |place: &Place| match (place.kind, &self.directory) {
            (PlaceKind::Warehouse, Some(directory)) => Place { path: directory.clone(), kind: PlaceKind::Folder, ..place.clone() },
            _ => place.clone(),
        };
        places.iter().map(put).collect()
    }
}

impl Drop for Exported {
    fn drop(&mut self) {
        // What stays is removed at the next start.
        let _ignored = self.directory.as_ref().map(fs::remove_dir_all);
    }
}

/// A backup or an export that is being made; it disappears unless it is completed.
pub(crate) struct Partial {
    pub(crate) path: PathBuf,
}

impl Partial {
    pub(crate) fn create(to: &Path) -> Result<Self> {
        let exists = |path: &Path| Error::new(Code::InvalidRequest, format!("{} exists already; name another folder", path.display()));
        if to.symlink_metadata().is_ok() {
            return Err(exists(to));
        }
        let mut path = to.as_os_str().to_owned();
        path.push(PARTIAL);
        let path = PathBuf::from(path);
        match make_private_folder(&path) {
            Ok(()) => Ok(Self { path }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let message =
                    format!("{} exists: another copy is on its way there, or one was broken off; remove it if none runs", path.display());
                Err(Error::new(Code::InvalidRequest, message))
            }
            Err(error) => Err(unwritable(&path)(error)),
        }
    }

    pub(crate) fn complete(self, to: &Path) -> Result<()> {
        for folder in [self.path.join(TABLES), self.path.join(FILES), self.path.clone()] {
            if folder.exists() {
                sync_folder(&folder).map_err(unwritable(&folder))?;
            }
        }
        fs::rename(&self.path, to).map_err(unwritable(to))?;
        let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        sync_folder(parent).map_err(unwritable(parent))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Gone by its completion, as a rule.
        let _ignored = fs::remove_dir_all(&self.path);
    }
}

/// Makes a folder that nobody else reads.
pub(crate) fn make_private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(path)
}

/// Makes sure that a folder keeps the names it has.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}

pub(crate) fn unwritable(path: &Path) -> impl Fn(io::Error) -> Error {
    move |error| Error::new(Code::Misconfigured, format!("cannot write {}", path.display())).caused_by(error)
}

pub(crate) fn unreadable(path: &Path) -> impl Fn(io::Error) -> Error {
    move |error| Error::new(Code::Misconfigured, format!("cannot read {}", path.display())).caused_by(error)
}

/// Does work that waits for the disk where nobody else has to wait for it.
pub(crate) async fn in_background<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(crate::running::went_silent)?
}
