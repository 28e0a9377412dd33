//! Where keys are kept: a file for its owner only, or the configuration.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use barker_domain::{Error, Result};
use secrecy::ExposeSecret;

use super::{KeySource, SealingKey, fault};
use crate::backup::{sync_folder, unreadable, unwritable};

/// The first lines of the file, for whoever finds it.
const HEADING: &str = "\
# The keys of sealed columns of this Barker. What is sealed cannot be read without them: keep a copy, apart from the database.
# The first one seals; the others open what was sealed before. `barker keys rotate` changes them, nobody else should.
";
const PRIVATE: u32 = 0o600;

/// The keys, the one that seals first; `None` when there is no file.
pub(super) fn read(source: &KeySource) -> Result<Option<Vec<SealingKey>>> {
    match source {
        KeySource::File(path) => read_file(path),
        KeySource::Given(keys) => {
            let given = keys.expose_secret().split(',').map(str::trim).filter(|key| !key.is_empty());
            let keys: Option<Vec<_>> = given.map(|key| SealingKey::read(key, String::new())).collect();
            let keys = keys.filter(|keys| !keys.is_empty());
            keys.map(Some).ok_or_else(|| fault("secrets.keys must be keys of 32 bytes in base64, with commas between them"))
        }
    }
}

fn read_file(path: &Path) -> Result<Option<Vec<SealingKey>>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(path)(error)),
    };
    let mode = fs::metadata(path).map_err(unreadable(path))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(fault(format!("others may read {}: chmod 600 it", path.display())));
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let keys: Option<Vec<_>> = lines
        .map(|line| {
            let (key, made_at) = line.split_once(' ').unwrap_or((line, ""));
            SealingKey::read(key, made_at.to_owned())
        })
        .collect();
    let keys = keys.filter(|keys| !keys.is_empty());
    keys.map(Some)
        .ok_or_else(|| fault(format!("{} holds something that is no key, or none at all: put it back from a copy", path.display())))
}

/// Makes the file with a first key.
pub(super) fn make(source: &KeySource, now_ms: i64) -> Result<Vec<SealingKey>> {
    let keys = vec![SealingKey::generate(instant(now_ms))?];
    if let KeySource::File(path) = source {
        write(path, &keys)?;
    }
    Ok(keys)
}

/// Puts the file with these keys in the place of the one that is there, at once and durably.
pub(super) fn write(path: &Path, keys: &[SealingKey]) -> Result<()> {
    let failed = unwritable(path);
    let mut aside = path.as_os_str().to_owned();
    aside.push(".new");
    let lines: Vec<_> = keys.iter().map(|key| format!("{} {}\n", key.to_text(), key.made_at)).collect();
    let file = File::options().create(true).truncate(true).write(true).mode(PRIVATE).open(&aside);
    let mut file = file.map_err(&failed)?;
    file.write_all(format!("{HEADING}{}", lines.concat()).as_bytes()).and_then(|()| file.sync_all()).map_err(&failed)?;
    fs::rename(&aside, path).map_err(&failed)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync_folder(folder).map_err(failed)
}

pub(super) fn instant(now_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default().to_string()
}

fn name(source: &KeySource) -> String {
    match source {
        KeySource::File(path) => path.display().to_string(),
        KeySource::Given(_) => "secrets.keys".to_owned(),
    }
}

const REMEDY: &str = "put the keys back from your copy, or from `files/secrets.keys` of a backup; if they are lost for good, \
                      `barker keys forget` gives up what was sealed with them";

/// There are sealed values and no keys at all.
pub(super) fn missing(source: &KeySource) -> Error {
    fault(format!("the database holds sealed values, and {} is not there: {REMEDY}", name(source)))
}

/// There are values that are sealed with another key.
pub(super) fn lacking(source: &KeySource, id: &str) -> Error {
    fault(format!("the database holds values that are sealed with the key {id}, which is not in {}: {REMEDY}", name(source)))
}
