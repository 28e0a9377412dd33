//! Restoring a backup: checked first, built aside, and put in place at once or not at all.

mod load;
mod swap;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use barker_domain::{Code, Error, Result};
use barker_store::copy;
use barker_warehouse::DuckDbSettings;
use secrecy::{ExposeSecret, SecretString};

pub use swap::finish_interrupted;

use crate::backup::{
    FILES, Manifest, Piece, Place, PlaceKind, Progress, Step, Summary, Told, copy_piece, digest_of, in_background, unreadable,
};
use swap::Swap;

/// What is restored, and where it goes.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The backup's folder.
    pub from: PathBuf,
    /// The data directory, which the caller owns.
    pub data_dir: PathBuf,
    /// The database.
    pub database_url: SecretString,
    /// Where files go.
    pub places: Vec<Place>,
    /// Whether what is there may be replaced. A database on a server never is: it must be empty.
    pub may_replace: bool,
}

/// Restores a backup. The data directory and the database are as they were before, or wholly as they are in the backup;
/// a database on a server that was not filled to its end is not taken for a whole one.
///
/// # Errors
/// [`Code::InvalidRequest`] when the backup is not whole or not as it was made; [`Code::Misconfigured`] when there is data
/// that may not be replaced, or the backup comes from a newer version.
pub async fn run(plan: Plan, told: Told) -> Result<Summary> {
    let manifest = Manifest::read(&plan.from)?;
    copy::check_schema(&manifest.migrations)?;
    let database = Database::of(plan.database_url.expose_secret());
    refuse_to_overwrite(&plan, &database)?;
    let (manifest, from, checked) = (Arc::new(manifest), plan.from.clone(), Told::clone(&told));
    let whole = Arc::clone(&manifest);
    in_background(move || check(&whole, &from, &checked)).await?;
    let built = build(&plan, &manifest, &database, &told).await;
    let swap = match built {
        Ok(swap) => swap,
        Err(error) => {
            clear_away(&plan, &database);
            return Err(error);
        }
    };
    in_background(move || swap.carry_out()).await?;
    let files = manifest.pieces.iter().filter(|piece| piece.path.starts_with(FILES)).count() as u64;
    Ok(Summary { rows: manifest.rows(), files, bytes: manifest.bytes() })
}

/// Builds everything aside; answers what is left to do.
async fn build(plan: &Plan, manifest: &Manifest, database: &Database, told: &Told) -> Result<Swap> {
    let swap = stage_files(plan, manifest, told).await?;
    let file = load::fill(database, (&plan.from, manifest), told).await?;
    Ok(match file {
        Some(file) => swap.with(file),
        None => swap,
    })
}

/// What came to nothing is not left lying about.
fn clear_away(plan: &Plan, database: &Database) {
    // The error that is on its way already says what the disk's trouble is, if it has any.
    let _files = plan.places.iter().try_for_each(|place| swap::remove(&swap::beside(&place.path)));
    let _database = database.file.as_deref().map(|file| swap::remove_database(&swap::beside(file)));
}

/// The database that is filled: a file beside the one it will replace, or one on a server.
struct Database {
    url: String,
    file: Option<PathBuf>,
}

impl Database {
    fn of(url: &str) -> Self {
        Self { url: url.to_owned(), file: copy::file_of(url) }
    }
}

/// Names what is in the way.
fn refuse_to_overwrite(plan: &Plan, database: &Database) -> Result<()> {
    let places = plan.places.iter().map(|place| place.path.as_path());
    let in_the_way: Vec<_> = places.chain(database.file.as_deref()).filter(|path| holds_something(path)).collect();
    match in_the_way.first() {
        Some(path) if !plan.may_replace => Err(Error::new(
            Code::Misconfigured,
            format!("{} holds data already; --replace puts the backup in the place of everything that is there", path.display()),
        )),
        _ => Ok(()),
    }
}

fn holds_something(path: &Path) -> bool {
    match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => path.exists(),
    }
}

/// Compares every file with its checksum.
fn check(manifest: &Manifest, from: &Path, told: &Told) -> Result<()> {
    let (total, mut done) = (manifest.bytes(), 0);
    for table in &manifest.tables {
        let path = crate::backup::path_of(table);
        if !manifest.pieces.iter().any(|piece| piece.path == path) {
            return Err(Error::new(Code::InvalidRequest, format!("the backup is not whole: {path} is not in its manifest")));
        }
    }
    for Piece { path, bytes, sha256 } in &manifest.pieces {
        let file = from.join(path);
        let opened = File::open(&file).map_err(|error| {
            let message = format!("the backup is not whole: {} is missing", file.display());
            if error.kind() == std::io::ErrorKind::NotFound { Error::new(Code::InvalidRequest, message) } else { unreadable(&file)(error) }
        })?;
        let found = digest_of(opened, |read| {
            done += read;
            told(Progress { step: Step::Check, done, total });
        });
        if found.map_err(unreadable(&file))? != (*bytes, sha256.clone()) {
            let message = format!("the backup is damaged: {} is not as it was written", file.display());
            return Err(Error::new(Code::InvalidRequest, message));
        }
    }
    Ok(())
}

/// Makes a warehouse of the exported tables beside where it will be; a backup without them stands for an empty one.
async fn stage_warehouse(swap: Swap, path: &Path, exported: Option<PathBuf>) -> Result<Swap> {
    let [staged, staged_log] = [swap::beside(path), swap::warehouse_log(&swap::beside(path))];
    swap::remove(&staged_log)?;
    let swap = swap.without(swap::warehouse_log(path));
    let Some(exported) = exported else { return Ok(swap.without(path.to_owned())) };
    in_background(move || barker_warehouse::restore(&DuckDbSettings::small(staged), &exported)).await?;
    Ok(swap.with(path.to_owned()))
}

/// Copies the files beside where they will be.
async fn stage_files(plan: &Plan, manifest: &Manifest, told: &Told) -> Result<Swap> {
    let mut swap = Swap::new(&plan.data_dir);
    let mut copies = Vec::new();
    for place in &plan.places {
        let staged = swap::beside(&place.path);
        swap::remove(&staged)?;
        let name = format!("{FILES}/{}", place.name);
        let pieces: Vec<_> = manifest.pieces.iter().filter(|piece| Path::new(&piece.path).starts_with(&name)).collect();
        if place.kind == PlaceKind::Warehouse {
            swap = stage_warehouse(swap, &place.path, (!pieces.is_empty()).then(|| plan.from.join(&name))).await?;
            continue;
        }
        for piece in &pieces {
            let rest = Path::new(&piece.path).strip_prefix(&name).unwrap_or(Path::new(""));
            let to = if rest.as_os_str().is_empty() { staged.clone() } else { staged.join(rest) };
            copies.push((plan.from.join(&piece.path), to, piece.bytes));
        }
        match (pieces.is_empty(), place.kind) {
            (false, _) => swap = swap.with(place.path.clone()),
            // A backup without keys is for an installation that has them.
            (true, PlaceKind::Keys) => (),
            (true, _) => swap = swap.without(place.path.clone()),
        }
    }
    let told = Told::clone(told);
    in_background(move || {
        let (total, mut done) = (copies.iter().map(|(.., bytes)| bytes).sum(), 0);
        for (from, to, bytes) in copies {
            copy_piece(&from, &to)?.ok_or_else(|| Error::new(Code::InvalidRequest, "the backup changed while it was restored"))?;
            done += bytes;
            told(Progress { step: Step::Files, done, total });
        }
        Ok(())
    })
    .await?;
    Ok(swap)
}
