//! Tables of a backup: read from the database on one side, compressed and written on the other.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use barker_domain::Result;
use barker_store::copy::{Chunk, CopiedTable, Reading};
use flate2::{Compression, write::GzEncoder};
use tokio::sync::mpsc;

use super::{Digesting, Piece, Progress, Step, TABLES, Told, in_background, unwritable};

/// Chunks between the database and the disk: enough that neither waits for the other all the time.
const QUEUE: usize = 4;

/// Where a table lies in a backup.
pub(crate) fn path_of(table: &CopiedTable) -> String {
    format!("{TABLES}/{}.ndjson.gz", table.name)
}

pub(super) async fn write_all(reading: &Reading, folder: &Path, told: &Told) -> Result<Vec<Piece>> {
    let tables = folder.join(TABLES);
    fs::create_dir(&tables).map_err(unwritable(&tables))?;
    let total = reading.tables().iter().map(|table| table.rows).sum();
    let counter = Counter { done: Arc::default(), total, told: Arc::clone(told) };
    let mut pieces = Vec::new();
    for table in reading.tables() {
        pieces.push(write(reading, table, folder, counter.clone()).await?);
    }
    Ok(pieces)
}

#[derive(Clone)]
struct Counter {
    done: Arc<AtomicU64>,
    total: u64,
    told: Told,
}

impl Counter {
    fn add(&self, rows: u64) {
        let done = self.done.fetch_add(rows, Ordering::Relaxed) + rows;
        (self.told)(Progress { step: Step::Rows, done, total: self.total });
    }
}

async fn write(reading: &Reading, table: &CopiedTable, folder: &Path, counter: Counter) -> Result<Piece> {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let path = path_of(table);
    let file = folder.join(&path);
    let writing = in_background(move || write_chunks(receiver, &file, &counter));
    let sending = async move {
        // The sender goes with this, so that the writer knows the end.
        let sender = sender;
        reading.send_rows(&table.name, &sender).await
    };
    let (sent, written) = tokio::join!(sending, writing);
    // A writer that fails is why nobody takes the rows any more.
    let (bytes, sha256) = written?;
    sent?;
    Ok(Piece { path, bytes, sha256 })
}

fn write_chunks(mut chunks: mpsc::Receiver<Chunk>, path: &Path, counter: &Counter) -> Result<(u64, String)> {
    let failed = unwritable(path);
    let file = File::create_new(path).map_err(&failed)?;
    let mut compressed = GzEncoder::new(Digesting::new(file), Compression::fast());
    while let Some(chunk) = chunks.blocking_recv() {
        compressed.write_all(&chunk.lines).map_err(&failed)?;
        counter.add(chunk.rows);
    }
    let (file, bytes, sha256) = compressed.finish().map_err(&failed)?.finish();
    file.sync_all().map_err(failed)?;
    Ok((bytes, sha256))
}
