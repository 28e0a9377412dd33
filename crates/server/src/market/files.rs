//! The four files of a data set: read with errors that name the file and the place, written one item per line for readable diffs.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use super::{Market, MarketError, consistency};

pub(super) const ADVERTISERS: &str = "advertisers.json";
pub(super) const CLIENTS: &str = "bulk_clients.json";
pub(super) const CAMPAIGNS: &str = "campaigns.json";
pub(super) const SCORES: &str = "ml_scores.json";

/// Largest file that is read: 20 million scores, and far below what a wrong path could cost in memory.
pub(super) const MAX_FILE_BYTES: u64 = 4 << 30;

/// What to do about files that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Keep them and fail.
    Keep,
    /// Replace them.
    Replace,
}

impl Market {
    /// Reads `advertisers.json`, `bulk_clients.json`, `campaigns.json` and `ml_scores.json` of a folder.
    ///
    /// # Errors
    /// [`MarketError`] naming the file when one is absent, is not in the published format, repeats an id, or
    /// names a client or advertiser that the others do not have.
    pub fn read(dir: &Path) -> Result<Self, MarketError> {
        let market = Self {
            advertisers: read_items(&dir.join(ADVERTISERS))?,
            clients: read_items(&dir.join(CLIENTS))?,
            campaigns: read_items(&dir.join(CAMPAIGNS))?,
            scores: read_items(&dir.join(SCORES))?,
        };
        consistency::check(&market, dir)?;
        Ok(market)
    }

    /// Writes the four files, and makes the folder when it is absent.
    ///
    /// # Errors
    /// [`MarketError::Exists`] before anything is written when one of the files is to be kept;
    /// [`MarketError::Io`] when the system refuses.
    pub fn write(&self, dir: &Path, existing: Existing) -> Result<(), MarketError> {
        let texts = [
            (ADVERTISERS, text_of(&self.advertisers)),
            (CLIENTS, text_of(&self.clients)),
            (CAMPAIGNS, text_of(&self.campaigns)),
            (SCORES, text_of(&self.scores)),
        ];
        fs::create_dir_all(dir).map_err(|source| io_error("make the folder", dir, source))?;
        if existing == Existing::Keep {
            refuse_existing(dir)?;
        }
        for (name, text) in texts {
            let path = dir.join(name);
            let text = text.map_err(|source| MarketError::Format { path: path.clone(), source })?;
            write_text(&path, &text, existing)?;
        }
        Ok(())
    }
}

fn refuse_existing(dir: &Path) -> Result<(), MarketError> {
    let taken = [ADVERTISERS, CLIENTS, CAMPAIGNS, SCORES].into_iter().map(|name| dir.join(name)).find(|path| path.exists());
    taken.map_or(Ok(()), |path| Err(MarketError::Exists { path }))
}

fn read_items<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, MarketError> {
    let bytes = fs::metadata(path).map_err(|source| io_error("read", path, source))?.len();
    if bytes > MAX_FILE_BYTES {
        return Err(MarketError::FileTooLarge { path: path.into(), bytes });
    }
    let text = fs::read(path).map_err(|source| io_error("read", path, source))?;
    serde_json::from_slice(&text).map_err(|source| MarketError::Format { path: path.into(), source })
}

/// A JSON array with one item per line.
fn text_of<T: Serialize>(items: &[T]) -> serde_json::Result<String> {
    let lines: Vec<String> = items.iter().map(serde_json::to_string).collect::<serde_json::Result<_>>()?;
    Ok(if lines.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", lines.join(",\n")) })
}

fn write_text(path: &Path, text: &str, existing: Existing) -> Result<(), MarketError> {
    let mut options = fs::OpenOptions::new();
    match existing {
        Existing::Keep => options.write(true).create_new(true),
        Existing::Replace => options.write(true).create(true).truncate(true),
    };
    let mut file = options.open(path).map_err(|source| io_error("write", path, source))?;
    file.write_all(text.as_bytes()).map_err(|source| io_error("write", path, source))
}

fn io_error(action: &'static str, path: &Path, source: std::io::Error) -> MarketError {
    MarketError::Io { action, path: PathBuf::from(path), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{MarketSize, generate};

    const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/market");
    const EXAMPLE_SIZE: MarketSize = MarketSize { clients: 60, advertisers: 8, campaigns: 12, days: 14 };
    const EXAMPLE_SEED: u64 = 2;

    fn small() -> Market {
        generate(&MarketSize { clients: 5, advertisers: 2, campaigns: 3, days: 7 }, 3)
    }

    #[test]
    fn the_shipped_example_is_generated_again_to_the_byte() {
        let folder = tempfile::tempdir().unwrap();
        generate(&EXAMPLE_SIZE, EXAMPLE_SEED).write(folder.path(), Existing::Keep).unwrap();
        for name in [ADVERTISERS, CLIENTS, CAMPAIGNS, SCORES] {
            let shipped = fs::read_to_string(Path::new(EXAMPLE).join(name)).unwrap();
            let generated = fs::read_to_string(folder.path().join(name)).unwrap();
            assert!(
                shipped == generated,
                "{name}: run `barker generate-market examples/market --clients 60 --advertisers 8 --campaigns 12 --seed 2 --force`"
            );
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("new/market");
        small().write(&dir, Existing::Keep).unwrap();
        assert_eq!(Market::read(&dir).unwrap(), small());
    }

    #[test]
    fn every_item_has_a_line_of_its_own() {
        assert_eq!(text_of::<i32>(&[]).unwrap(), "[]\n");
        assert_eq!(text_of(&[1, 2]).unwrap(), "[\n1,\n2\n]\n");
    }

    #[test]
    fn files_are_kept_unless_replacing_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(SCORES), "precious").unwrap();
        let refused = small().write(folder.path(), Existing::Keep).unwrap_err();
        assert!(refused.to_string().ends_with("ml_scores.json exists already; --force replaces it"), "{refused}");
        assert!(!folder.path().join(ADVERTISERS).exists(), "nothing was written before the refusal");
        small().write(folder.path(), Existing::Replace).unwrap();
        assert_eq!(Market::read(folder.path()).unwrap(), small());
    }

    #[test]
    fn a_broken_file_is_named_with_the_place_and_the_field() {
        let folder = tempfile::tempdir().unwrap();
        small().write(folder.path(), Existing::Keep).unwrap();
        fs::write(folder.path().join(CLIENTS), "[\n{\"client_id\": \"425495af-f78e-4cff-a808-e8f1a1973ff2\", \"login\": \"anna\"}]")
            .unwrap();
        let error = Market::read(folder.path()).unwrap_err();
        assert!(error.to_string().contains("bulk_clients.json"), "{error}");
        let place = std::error::Error::source(&error).unwrap().to_string();
        assert!(place.starts_with("missing field `age` at line 2"), "{place}");
    }
}
