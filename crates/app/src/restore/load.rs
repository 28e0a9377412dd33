//! Filling a database with the tables of a backup.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use barker_domain::{Code, Error, Result};
use barker_store::copy::{CopiedTable, Loader};
use flate2::read::GzDecoder;
use tokio::sync::mpsc;

use super::{Database, swap};
use crate::backup::{Manifest, Progress, Step, Told, in_background, path_of, unreadable};

type Row = Vec<serde_json::Value>;

/// Rows of one transaction.
const ROWS_TOGETHER: usize = 4_096;
/// Portions between the disk and the database.
const QUEUE: usize = 2;

/// Fills the database; answers the file that what was filled has to be put in the place of, if it is a file.
pub(super) async fn fill(database: &Database, (from, manifest): (&Path, &Manifest), told: &Told) -> Result<Option<PathBuf>> {
    let url = match &database.file {
        Some(file) => {
            let staged = swap::beside(file);
            swap::remove_database(&staged)?;
            format!("sqlite://{}?mode=rwc", staged.display())
        }
        None => database.url.clone(),
    };
    let in_place_of = database.file.is_some().then_some(database.url.as_str());
    let loader = Loader::begin(&url, in_place_of, &manifest.migrations).await?;
    let (mut done, total) = (0, manifest.rows());
    for table in &manifest.tables {
        let rows = load(&loader, table, from.join(path_of(table)), |rows| {
            done += rows;
            told(Progress { step: Step::Rows, done, total });
        });
        if rows.await? != table.rows {
            let message = format!("the table {} has not as many rows as the manifest says", table.name);
            return Err(Error::new(Code::InvalidRequest, message));
        }
    }
    loader.finish().await?;
    Ok(database.file.clone())
}

/// Loads a table; answers how many rows it has.
async fn load(loader: &Loader, table: &CopiedTable, path: PathBuf, mut each: impl FnMut(u64)) -> Result<u64> {
    let (sender, mut receiver) = mpsc::channel::<Vec<Row>>(QUEUE);
    let reading = in_background(move || read(&path, &sender));
    let loading = async move {
        let mut count = 0;
        while let Some(rows) = receiver.recv().await {
            loader.load(table, &rows).await?;
            count += rows.len() as u64;
            each(rows.len() as u64);
        }
        Ok(count)
    };
    let (read, loaded) = tokio::join!(reading, loading);
    // A loader that fails is why the reader found nobody to read for.
    let count = loaded?;
    read.map(|()| count)
}

fn read(path: &Path, to: &mpsc::Sender<Vec<Row>>) -> Result<()> {
    let failed = unreadable(path);
    let lines = BufReader::new(GzDecoder::new(BufReader::new(File::open(path).map_err(&failed)?)));
    let mut rows = Vec::with_capacity(ROWS_TOGETHER);
    for line in lines.lines() {
        let line = line.map_err(&failed)?;
        rows.push(serde_json::from_str(&line).map_err(|error| failed(error.into()))?);
        if rows.len() == ROWS_TOGETHER && to.blocking_send(std::mem::take(&mut rows)).is_err() {
            return Ok(());
        }
    }
    if !rows.is_empty() {
        // Whoever loads has failed, and says why.
        let _told_by_the_loader = to.blocking_send(rows);
    }
    Ok(())
}
