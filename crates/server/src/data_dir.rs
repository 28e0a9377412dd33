//! The data directory: who owns it (one server at a time, by a lock file), and where its control socket is.

use std::{
    fs::{self, File, TryLockError},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use barker_domain::{Code, Error, Result};

/// Longest path a Unix socket may have, with room for the terminator on every platform.
const MAX_SOCKET_PATH_BYTES: usize = 100;
/// Only the owner reads people's data.
const PRIVATE: u32 = 0o700;

/// A data directory that this process owns until the value is dropped.
#[derive(Debug)]
pub struct OwnedDataDir {
    path: PathBuf,
    _lock: File,
}

impl OwnedDataDir {
    /// Makes the directory if it is missing, and takes its lock. `None` when another process holds it.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] when the directory cannot be made or written.
    pub fn acquire(path: &Path) -> Result<Option<Self>> {
        let failed =
            |error: io::Error| Error::new(Code::Misconfigured, format!("cannot use the data directory {}: {error}", path.display()));
        fs::DirBuilder::new().recursive(true).mode(PRIVATE).create(path).map_err(failed)?;
        let path = path.canonicalize().map_err(failed)?;
        let lock = File::options().create(true).truncate(false).write(true).open(path.join("barker.lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {
                barker_app::restore::finish_interrupted(&path)?;
                Ok(Some(Self { path, _lock: lock }))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// The directory, as an absolute path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a file can be made in it.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn probe_writable(&self) -> io::Result<()> {
        let probe = self.path.join(".writable");
        fs::write(&probe, b"ok")?;
        fs::remove_file(probe)
    }
}

/// Where the control socket of a data directory is: in it, or, when that path is too long for a socket, in the
/// temporary directory under a name made from it.
#[must_use]
pub fn socket_path(data_dir: &Path) -> PathBuf {
    let data_dir = data_dir.canonicalize().unwrap_or_else(|_| data_dir.to_owned());
    let inside = data_dir.join("barker.sock");
    if inside.as_os_str().len() <= MAX_SOCKET_PATH_BYTES {
        return inside;
    }
    let mut hasher = DefaultHasher::new();
    data_dir.hash(&mut hasher);
    std::env::temp_dir().join(format!("barker-{:016x}.sock", hasher.finish()))
}

/// Lets nobody but the owner connect to the socket.
///
/// # Errors
/// What the operating system says.
pub fn make_private(socket: &Path) -> io::Result<()> {
    fs::set_permissions(socket, fs::Permissions::from_mode(PRIVATE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_owner_is_told_that_there_is_one() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b");
        let first = OwnedDataDir::acquire(&path).unwrap().unwrap();
        first.probe_writable().unwrap();
        assert!(OwnedDataDir::acquire(&path).unwrap().is_none());
        drop(first);
        assert!(OwnedDataDir::acquire(&path).unwrap().is_some());
    }

    #[test]
    fn a_deep_directory_has_its_socket_elsewhere_and_always_at_the_same_place() {
        let deep = PathBuf::from("/x".repeat(80));
        assert!(socket_path(&deep).as_os_str().len() <= MAX_SOCKET_PATH_BYTES);
        assert_eq!(socket_path(&deep), socket_path(&deep));
    }
}
