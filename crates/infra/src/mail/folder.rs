//! Mail that stays here: each message a file that mail programs open. For development, and until a carrier is set up.

use std::{
    io,
    path::{Path, PathBuf},
};

use barker_domain::{Code, Error, Result};
use lettre::Message as Letter;
use tokio::{fs, io::AsyncWriteExt};
use uuid::Uuid;

/// Only the owner reads people's mail.
const PRIVATE_FOLDER: u32 = 0o700;
const PRIVATE_FILE: u32 = 0o600;

#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Writes the letter into a file of its own. Names grow with time, so that the newest stands last.
    pub(super) async fn keep(&self, letter: &Letter) -> Result<()> {
        let name = format!("{}.eml", Uuid::now_v7());
        self.write(&name, &letter.formatted()).await.map_err(|error| self.failed(error))?;
        tracing::info!(file = name, folder = %self.path.display(), "a mail was kept in the folder; no carrier is configured");
        Ok(())
    }

    pub(super) async fn probe(&self) -> Result<String> {
        let name = ".writable";
        let tried = async {
            self.write(name, b"ok").await?;
            fs::remove_file(self.path.join(name)).await
        };
        tried.await.map_err(|error| self.failed(error))?;
        Ok(format!("kept in {}, not sent", self.path.display()))
    }

    /// Whole or not at all: whoever lists the folder never sees half a letter under its name.
    async fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(PRIVATE_FOLDER).create(&self.path).await?;
        let unfinished = self.path.join(format!(".{name}.unfinished"));
        let written = write_private(&unfinished, bytes).await;
        let renamed = match written {
            Ok(()) => fs::rename(&unfinished, self.path.join(name)).await,
            failed => failed,
        };
        if renamed.is_err() {
            // What cannot be written can often not be removed either; the first error is the one to tell.
            let _outcome = fs::remove_file(&unfinished).await;
        }
        renamed
    }

    fn failed(&self, error: io::Error) -> Error {
        let detail = format!("the folder {} does not take mail", self.path.display());
        let code = if error.kind() == io::ErrorKind::PermissionDenied { Code::Misconfigured } else { Code::ServiceUnavailable };
        Error::new(code, detail).caused_by(error)
    }
}

async fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(PRIVATE_FILE).open(path).await?;
    file.write_all(bytes).await?;
    file.sync_all().await
}
