//! Putting what was built aside in its place: all of it, however often it is interrupted.
//!
//! A journal in the data directory says what goes where. Once it is on disk, whoever opens the directory next carries it
//! out; before that, nothing has changed.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use barker_domain::Result;
use serde::{Deserialize, Serialize};

use crate::backup::{sync_folder, unreadable, unwritable};

/// The journal's name in the data directory.
const JOURNAL: &str = "restore.json";
/// What a file or folder is called until it is put in place.
const ASIDE: &str = ".restoring";

/// What goes where.
#[derive(Debug, Clone)]
pub(super) struct Swap {
    journal: PathBuf,
    steps: Steps,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Steps {
    /// Replaced by what lies beside them.
    replaced: Vec<PathBuf>,
    /// Taken away.
    removed: Vec<PathBuf>,
}

/// Where something is built that will be at `path`.
pub(super) fn beside(path: &Path) -> PathBuf {
    with_ending(path, ASIDE)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// A SQLite database with what belongs to it.
fn database_files(path: &Path) -> [PathBuf; 4] {
    [path.to_owned(), with_ending(path, "-wal"), with_ending(path, "-shm"), with_ending(path, "-owner")]
}

/// Where DuckDB writes first.
pub(super) fn warehouse_log(path: &Path) -> PathBuf {
    with_ending(path, ".wal")
}

/// Takes a file or folder away, if it is there.
pub(super) fn remove(path: &Path) -> Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(path)(error)),
        _ => Ok(()),
    }
}

/// Takes a SQLite database away, if it is there.
pub(super) fn remove_database(path: &Path) -> Result<()> {
    database_files(path).iter().try_for_each(|file| remove(file))
}

impl Swap {
    pub(super) fn new(data_dir: &Path) -> Self {
        Self { journal: data_dir.join(JOURNAL), steps: Steps::default() }
    }

    /// Also replaces that file or folder; a database's log goes with it.
    pub(super) fn with(mut self, path: PathBuf) -> Self {
        let [_, log, index, _] = database_files(&path);
        self.steps.removed.extend([log, index]);
        self.steps.replaced.push(path);
        self
    }

    /// Also takes that file or folder away.
    pub(super) fn without(mut self, path: PathBuf) -> Self {
        self.steps.removed.push(path);
        self
    }

    /// Writes the journal, and does what it says.
    pub(super) fn carry_out(&self) -> Result<()> {
        let failed = unwritable(&self.journal);
        let (aside, folder) = (beside(&self.journal), self.journal.parent().unwrap_or(Path::new(".")));
        let text = serde_json::to_vec(&self.steps).map_err(|error| failed(error.into()))?;
        let mut file = File::create(&aside).map_err(&failed)?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(&failed)?;
        fs::rename(&aside, &self.journal).and_then(|()| sync_folder(folder)).map_err(failed)?;
        finish_interrupted(folder)
    }
}

/// Does what a journal in the data directory says, if there is one: a restore was interrupted on its last steps. The caller
/// owns the directory.
///
/// # Errors
/// [`barker_domain::Code::Misconfigured`] when the files cannot be moved.
pub fn finish_interrupted(data_dir: &Path) -> Result<()> {
    let journal = data_dir.join(JOURNAL);
    let text = match fs::read(&journal) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(&journal)(error)),
    };
    let steps: Steps = serde_json::from_slice(&text).map_err(|error| unreadable(&journal)(error.into()))?;
    for path in &steps.removed {
        remove(path)?;
    }
    for path in &steps.replaced {
        let aside = beside(path);
        if aside.exists() {
            remove(path)?;
            fs::rename(&aside, path).map_err(unwritable(path))?;
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        sync_folder(folder).map_err(unwritable(folder))?;
        // The lock of a database that was built aside.
        remove(&with_ending(&aside, "-owner"))?;
    }
    remove(&journal)?;
    sync_folder(data_dir).map_err(unwritable(data_dir))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_that_was_interrupted_anywhere_is_carried_out_by_whoever_comes_next() {
        for done_before in 0..3 {
            let home = tempfile::tempdir().unwrap();
            let [file, folder, gone] = ["barker.db", "objects", "mail"].map(|name| home.path().join(name));
            for (path, text) in [(&file, "old"), (&beside(&file), "new")] {
                fs::write(path, text).unwrap();
            }
            for (path, text) in [(&folder, "old"), (&beside(&folder), "new"), (&gone, "old")] {
                fs::create_dir(path).unwrap();
                fs::write(path.join(text), text).unwrap();
            }
            let swap = Swap::new(home.path()).with(file.clone()).with(folder.clone()).without(gone.clone());
            let steps = serde_json::to_vec(&swap.steps).unwrap();
            fs::write(home.path().join(JOURNAL), steps).unwrap();
            if done_before > 0 {
                fs::rename(beside(&file), &file).unwrap();
            }
            if done_before > 1 {
                fs::remove_dir_all(&folder).unwrap();
            }
            finish_interrupted(home.path()).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), "new");
            assert!(folder.join("new").exists() && !folder.join("old").exists() && !gone.exists());
            assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2, "nothing else is left");
            finish_interrupted(home.path()).unwrap();
        }
    }
}
