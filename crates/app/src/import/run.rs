//! From a file to the warehouse: rows are read where reading may block, kept in batches, and those that cannot be told aside.

use std::{
    collections::BTreeMap,
    error::Error as _,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use barker_domain::{Code, Error, ProjectId, Result, project::Timekeeping};
use barker_warehouse::fact::{Batch, Facts, Level, Spend, SpendLoad};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    Format, Kind, Mapping, Sample, Wanted,
    convert::{Conversion, Fact},
    guess::SAMPLE_BYTES,
    reject::Rejects,
    table::Table,
    written::Written,
};
use crate::{App, backup::in_background, event, own_facts, running::went_silent};

/// Rows that are kept together: each of them waits for the disk once.
const ROWS_TOGETHER: usize = 20_000;
/// Batches between the file and the warehouse.
const QUEUE: usize = 2;
/// Rows of spend that one file may have: they are loaded by day, and so gathered first.
const MAX_SPEND_ROWS: usize = 2_000_000;
/// Days of one load of spend.
const MAX_DAYS_PER_LOAD: u64 = 366;
/// How long to wait while the warehouse has more than it takes.
const PATIENCE: Duration = Duration::from_millis(200);

/// What is imported, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Whose facts they are.
    pub project_id: ProjectId,
    /// What they are.
    pub kind: Kind,
    /// The file.
    pub file: PathBuf,
    /// Where rejected rows are written; the file is made when there is one.
    pub rejects: PathBuf,
    /// What whoever imports says about its columns.
    pub wanted: Wanted,
    /// In which dates without an offset are told; `None`: the project's.
    pub time_zone: Option<TimeZone>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Bytes of the file that have been read.
    pub bytes: u64,
    /// Bytes that it has.
    pub total_bytes: u64,
    /// Rows so far.
    pub rows: u64,
    /// Rows among them that were rejected.
    pub rejected: u64,
}

/// Whoever is told how far it is.
pub type Told = Arc<dyn Fn(Progress) + Send + Sync>;

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Rows in it.
    pub rows: u64,
    /// Rows that were read and kept, or were known already.
    pub taken: u64,
    /// Events among them that were known already.
    pub duplicates: u64,
    /// Rows that were rejected.
    pub rejected: u64,
    /// Rows of totals, which were passed over.
    pub totals: u64,
    /// Which field was found in which column.
    pub columns: Vec<(String, String)>,
}

impl Summary {
    /// It in words, which [`super::Tally`] reads back.
    #[must_use]
    pub fn words(&self) -> String {
        let Self { rows, taken, duplicates, rejected, totals, .. } = self;
        let totals = if *totals > 0 { format!(", {totals} of totals passed over") } else { String::new() };
        format!("{rows} rows: {taken} taken, {duplicates} of them known already, {rejected} rejected{totals}")
    }
}

/// Imports a file. Running it again changes nothing, however far it came before.
///
/// # Errors
/// [`Code::InvalidRequest`] when the file cannot be read or a required field has no column; when the warehouse fails. What was
/// kept until then stays.
pub async fn run(app: &App, plan: Plan, told: Told) -> Result<Summary> {
    let project = app.store().find_project(plan.project_id).await?.ok_or_else(|| Error::of(Code::ProjectNotFound))?;
    let time_zone = match (&plan.time_zone, &project.timekeeping) {
        (Some(time_zone), _) | (None, Timekeeping::Live { time_zone }) => time_zone.clone(),
        (None, Timekeeping::Sandbox { .. }) => TimeZone::UTC,
    };
    let (project_id, now_ms, currency) = (plan.project_id, app.now_ms(), project.currency);
    let newest_ms = event::newest_ms(project.timekeeping.is_sandbox(), now_ms);
    let (sender, mut batches) = mpsc::channel(QUEUE);
    let reading = in_background(move || {
        let file = Readable::of(&plan.file)?;
        let conversion = conversion(&plan, &file, (time_zone, currency, (now_ms, newest_ms)))?;
        read_all(&conversion, &file, &plan.rejects, &Sender { project_id, batches: sender, told })
    });
    let keeping = async {
        let mut duplicates = 0;
        while let Some(batch) = batches.recv().await {
            duplicates += keep(app, batch).await?;
        }
        Ok(duplicates)
    };
    let (read, kept) = tokio::join!(reading, keeping);
    // A warehouse that fails is why nobody takes the rows any more.
    let duplicates = kept?;
    Ok(Summary { duplicates, ..read? })
}

/// Waits while the warehouse has more than it takes. Answers how many events it knew.
async fn keep(app: &App, mut batch: Batch) -> Result<u64> {
    if let Facts::Orders(orders) = &mut batch.facts {
        own_facts::order::recognise(app.store(), batch.project_id, orders).await?;
    }
    loop {
        match app.intake().keep(batch.clone()).await {
            Err(error) if error.code == Code::Busy => tokio::time::sleep(PATIENCE).await,
            kept => return Ok(kept?.duplicates),
        }
    }
}

/// A file whose rows are texts: itself, or what was made of it.
pub(super) struct Readable {
    pub(super) path: PathBuf,
    pub(super) sample: Sample,
    bytes: u64,
    _made: Option<Made>,
}

/// A file that was made for this and goes with it.
struct Made(PathBuf);

impl Drop for Made {
    fn drop(&mut self) {
        // Gone already, at worst.
        let _ignored = fs::remove_file(&self.0);
    }
}

impl Readable {
    pub(super) fn of(path: &Path) -> Result<Self> {
        let sample = sample_of(path)?;
        if sample.format != Format::Parquet {
            return Ok(Self { path: path.to_owned(), sample, bytes: size_of(path)?, _made: None });
        }
        let text = path.with_extension(format!("{}.csv", Uuid::now_v7()));
        let made = Made(text.clone());
        barker_warehouse::parquet_to_csv(path, &text).map_err(|error| for_people(&error, path))?;
        let sample = Sample { format: Format::Csv { delimiter: b',' }, ..sample };
        Ok(Self { bytes: size_of(&text)?, path: text, sample, _made: Some(made) })
    }
}

/// The engine's reason, without its statement and without where the file lies on the server.
fn for_people(error: &Error, path: &Path) -> Error {
    let reason = error.source().map(ToString::to_string).unwrap_or_default();
    let reason = reason.lines().next().unwrap_or_default().replace(&*path.to_string_lossy(), "the file");
    Error::new(error.code, format!("{}: {reason}", error.detail))
}

fn sample_of(path: &Path) -> Result<Sample> {
    let mut beginning = Vec::new();
    File::open(path).and_then(|file| file.take(SAMPLE_BYTES as u64).read_to_end(&mut beginning)).map_err(unreadable(path))?;
    Sample::of(&beginning)
}

fn size_of(path: &Path) -> Result<u64> {
    Ok(fs::metadata(path).map_err(unreadable(path))?.len())
}

fn unreadable(path: &Path) -> impl Fn(std::io::Error) -> Error {
    move |error| Error::new(Code::InvalidRequest, format!("{} cannot be read", path.display())).caused_by(error)
}

/// How the rows of the file are read: by its header, and by how its rows write numbers and dates.
fn conversion(
    plan: &Plan,
    file: &Readable,
    (time_zone, currency, (now_ms, newest_ms)): (TimeZone, String, (i64, i64)),
) -> Result<Conversion> {
    let header = Table::open(&file.path, file.sample)?.header;
    let mapping = Mapping::find(plan.kind, &header, &plan.wanted)?;
    let written = Written { path: &file.path, sample: file.sample, header: &header, mapping: &mapping };
    let mark = written.mark_of_numbers()?;
    let order = written.order_of_dates(mark)?;
    Ok(Conversion { kind: plan.kind, mark, order, time_zone, currency, now_ms, newest_ms, header, mapping })
}

/// Where batches go.
struct Sender {
    project_id: ProjectId,
    batches: mpsc::Sender<Batch>,
    told: Told,
}

impl Sender {
    fn send(&self, facts: Facts) -> Result<()> {
        self.batches.blocking_send(Batch { project_id: self.project_id, facts }).map_err(went_silent)
    }

    /// Whether anybody still wants the rows: as long as all are rejected, or are rows of spend, none is sent.
    fn check(&self) -> Result<()> {
        if self.batches.is_closed() { Err(went_silent(())) } else { Ok(()) }
    }
}

fn read_all(conversion: &Conversion, file: &Readable, rejects: &Path, sender: &Sender) -> Result<Summary> {
    let read = Arc::new(AtomicU64::new(0));
    let table = Table::open_again(&file.path, file.sample, &conversion.header, Arc::clone(&read))?;
    let mut rejects = Rejects::into_file(rejects);
    let mut gathered = Gathered::default();
    let (mut rows, mut totals) = (0, 0);
    for row in table {
        rows += 1;
        match row.and_then(|row| conversion.convert(row)) {
            Ok(Some(fact)) => gathered.add(fact)?,
            Ok(None) => totals += 1,
            Err(reject) => rejects.add(&conversion.header, &reject)?,
        }
        if gathered.rows >= ROWS_TOGETHER {
            gathered.take().into_iter().try_for_each(|facts| sender.send(facts))?;
        }
        if rows % ROWS_TOGETHER as u64 == 0 {
            let bytes = read.load(Ordering::Relaxed);
            (sender.told)(Progress { bytes, total_bytes: file.bytes, rows, rejected: rejects.count });
            sender.check()?;
        }
    }
    gathered.take().into_iter().try_for_each(|facts| sender.send(facts))?;
    gathered.take_spend(conversion).into_iter().try_for_each(|load| sender.send(Facts::Spend(load)))?;
    (sender.told)(Progress { bytes: file.bytes, total_bytes: file.bytes, rows, rejected: rejects.count });
    let rejected = rejects.finish()?;
    let columns = conversion.mapping.columns().map(|(field, place)| (field.to_owned(), conversion.header[place].clone())).collect();
    Ok(Summary { rows, taken: rows - rejected - totals, duplicates: 0, rejected, totals, columns })
}

/// Facts that wait to be sent.
#[derive(Default)]
struct Gathered {
    /// Of those that go in batches.
    rows: usize,
    facts: Vec<Fact>,
    /// By platform, account and day.
    spend: BTreeMap<(String, String), Vec<Spend>>,
    spend_rows: usize,
}

impl Gathered {
    fn add(&mut self, fact: Fact) -> Result<()> {
        match fact {
            Fact::Spend(source, account, row) => {
                self.spend_rows += 1;
                if self.spend_rows > MAX_SPEND_ROWS {
                    let message = format!("the file has more than {MAX_SPEND_ROWS} rows of spend; split it by days");
                    return Err(Error::new(Code::InvalidRequest, message));
                }
                self.spend.entry((source, account)).or_default().push(*row);
            }
            other => {
                self.rows += 1;
                self.facts.push(other);
            }
        }
        Ok(())
    }

    /// What goes in batches; all of one file are of one kind.
    fn take(&mut self) -> Option<Facts> {
        self.rows = 0;
        let mut facts = Facts::Events(Vec::new());
        for fact in std::mem::take(&mut self.facts) {
            match (fact, &mut facts) {
                (Fact::Event(event), Facts::Events(all)) => all.push(*event),
                (Fact::Order(order), Facts::Orders(all)) => all.push(*order),
                (Fact::Refund(refund), Facts::Refunds(all)) => all.push(refund),
                (Fact::Deal(deal), Facts::Deals(all)) => all.push(*deal),
                (Fact::Rate(rate), Facts::Rates(all)) => all.push(rate),
                (Fact::Order(order), _) => facts = Facts::Orders(vec![*order]),
                (Fact::Refund(refund), _) => facts = Facts::Refunds(vec![refund]),
                (Fact::Deal(deal), _) => facts = Facts::Deals(vec![*deal]),
                (Fact::Rate(rate), _) => facts = Facts::Rates(vec![rate]),
                (Fact::Event(_) | Fact::Spend(..), _) => (),
            }
        }
        let batch = Batch { project_id: ProjectId(Uuid::nil()), facts };
        (batch.row_count() > 0).then_some(batch.facts)
    }

    /// One load for each account and run of days: it replaces these days and no others.
    fn take_spend(&mut self, conversion: &Conversion) -> Vec<SpendLoad> {
        let level = level_of(&conversion.mapping);
        let mut loads = Vec::new();
        for ((source, account), mut rows) in std::mem::take(&mut self.spend) {
            rows.sort_by_key(|row| row.day);
            let mut open: Option<SpendLoad> = None;
            for row in rows {
                let continues =
                    |load: &SpendLoad| row.day.0 <= load.days.1.0 + 1 && load.days.0.count_through(row.day) <= MAX_DAYS_PER_LOAD;
                match &mut open {
                    Some(load) if continues(load) => {
                        load.days.1 = row.day;
                        load.rows.push(row);
                    }
                    _ => {
                        let load = SpendLoad {
                            load_id: Uuid::now_v7(),
                            source: source.clone(),
                            account: account.clone(),
                            level,
                            days: (row.day, row.day),
                            loaded_at_ms: conversion.now_ms,
                            rows: vec![row],
                        };
                        loads.extend(open.replace(load));
                    }
                }
            }
            loads.extend(open);
        }
        loads
    }
}

/// The finest thing that the file has a column for.
fn level_of(mapping: &Mapping) -> Level {
    let has = |names: [&str; 2]| names.into_iter().any(|name| mapping.has(name));
    if has(["ad_id", "ad_name"]) {
        Level::Ad
    } else if has(["ad_group_id", "ad_group_name"]) {
        Level::AdGroup
    } else if has(["campaign_id", "campaign_name"]) {
        Level::Campaign
    } else {
        Level::Account
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_parquet_file_is_told_without_the_engines_words() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), b"PAR1garbage").unwrap();
        let error = Readable::of(file.path()).err().unwrap();
        assert_eq!(error.code, Code::InvalidRequest);
        assert!(error.detail.contains("too small") && error.source().is_none(), "{error:?}");
        assert!(!error.detail.contains("SELECT") && !error.detail.contains("/tmp"), "{error}");
    }
}
