//! Files of a backup: objects, mail, keys.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use barker_domain::{Code, Error, Result};

use super::{Digesting, FILES, Piece, Place, PlaceKind, Progress, Step, Told, in_background, unreadable, unwritable};

/// A file to be copied, and its path in the backup.
struct Wanted {
    from: PathBuf,
    path: String,
    bytes: u64,
}

pub(super) async fn copy_all(places: &[Place], folder: &Path, told: &Told) -> Result<Vec<Piece>> {
    let files = folder.join(FILES);
    fs::create_dir(&files).map_err(unwritable(&files))?;
    let mut wanted = Vec::new();
    for place in places.iter().filter(|place| place.path.exists()) {
        let path = format!("{FILES}/{}", place.name);
        match place.kind {
            PlaceKind::Folder | PlaceKind::Warehouse => walk(&place.path, &path, &mut wanted)?,
            PlaceKind::File | PlaceKind::Keys => wanted.extend(found(&place.path, path)?),
        }
    }
    let (folder, told) = (folder.to_owned(), Told::clone(told));
    in_background(move || copy_each(&wanted, &folder, &told)).await
}

/// `None` when it is gone: objects and mail come and go.
fn found(from: &Path, path: String) -> Result<Option<Wanted>> {
    match fs::metadata(from) {
        Ok(metadata) => Ok(Some(Wanted { from: from.to_owned(), path, bytes: metadata.len() })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(from)(error)),
    }
}

fn walk(folder: &Path, path: &str, wanted: &mut Vec<Wanted>) -> Result<()> {
    let failed = unreadable(folder);
    for entry in fs::read_dir(folder).map_err(&failed)? {
        let entry = entry.map_err(&failed)?;
        let name = entry.file_name();
        let name = name.to_str().ok_or_else(|| Error::new(Code::Misconfigured, format!("{} is no text", entry.path().display())))?;
        let (kind, path) = (entry.file_type().map_err(&failed)?, format!("{path}/{name}"));
        if kind.is_dir() {
            walk(&entry.path(), &path, wanted)?;
        } else if kind.is_file() {
            wanted.extend(found(&entry.path(), path)?);
        }
    }
    Ok(())
}

fn copy_each(wanted: &[Wanted], folder: &Path, told: &Told) -> Result<Vec<Piece>> {
    let total = wanted.iter().map(|file| file.bytes).sum();
    let (mut pieces, mut done) = (Vec::with_capacity(wanted.len()), 0);
    for Wanted { from, path, bytes } in wanted {
        let copied = copy(from, &folder.join(path))?;
        pieces.extend(copied.map(|(bytes, sha256)| Piece { path: path.clone(), bytes, sha256 }));
        done += bytes;
        told(Progress { step: Step::Files, done, total });
    }
    Ok(pieces)
}

/// Copies a file durably, readable for its owner only; answers its length and checksum. `None` when it is gone.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<Option<(u64, String)>> {
    let mut source = match File::open(from) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(from)(error)),
    };
    let failed = unwritable(to);
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(&failed)?;
    }
    let file = File::options().create_new(true).write(true).mode(0o600).open(to).map_err(&failed)?;
    let mut digesting = Digesting::new(file);
    io::copy(&mut source, &mut digesting).map_err(&failed)?;
    let (file, bytes, sha256) = digesting.finish();
    file.sync_all().map_err(failed)?;
    Ok(Some((bytes, sha256)))
}
