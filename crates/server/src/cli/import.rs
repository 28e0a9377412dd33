//! `barker import`: files of facts.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use barker_app::import::{Kind, Progress, Summary, Told};
use barker_domain::{Code, Error, Result};
use clap::builder::PossibleValuesParser;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::{Common, migrate::occupied, serve::start_for_command, table::say};
use crate::{
    control::{self, WantedImport},
    data_dir::OwnedDataDir,
};

/// Options of `barker import`.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    common: Common,
    /// What the files hold.
    #[arg(value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::as_str)))]
    kind: String,
    /// The files: CSV, JSON lines or Parquet.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The project: its id, its alias or its name. Not needed where there is only one.
    #[arg(long, value_name = "PROJECT", default_value = "")]
    project: String,
    /// Which column holds a field, where the guess is wrong: --map "net=Total paid". May be given several times.
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = pair)]
    map: Vec<(String, String)>,
    /// What a field is in rows that say nothing: --set currency=EUR. May be given several times.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// Time zone of dates without an offset, like Europe/Moscow; by default the project's.
    #[arg(long, value_name = "NAME", default_value = "")]
    time_zone: String,
    /// Where rejected rows are written, with line, code and reason. By default beside the file: FILE.rejects.csv
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

fn pair(text: &str) -> std::result::Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(field, _)| !field.trim().is_empty());
    pair.map(|(field, value)| (field.trim().to_owned(), value.trim().to_owned())).ok_or_else(|| "must be FIELD=...".to_owned())
}

/// Answers whether every row was taken.
pub(super) async fn run(args: ImportArgs) -> Result<bool> {
    if args.rejects.is_some() && args.files.len() > 1 {
        return Err(Error::new(Code::InvalidRequest, "--rejects names one file: import one file at a time with it"));
    }
    let mut is_whole = true;
    for file in &args.files {
        let wanted = wanted(&args, file)?;
        let (told, bar) = told();
        let summary = carry_out(&args.common, wanted.clone(), told).await;
        bar.finish_and_clear();
        let summary = summary?;
        tell(file, &wanted.rejects, &summary);
        is_whole &= summary.rejected == 0;
    }
    Ok(is_whole)
}

fn wanted(args: &ImportArgs, file: &Path) -> Result<WantedImport> {
    let beside = || {
        let mut name = file.as_os_str().to_owned();
        name.push(".rejects.csv");
        PathBuf::from(name)
    };
    Ok(WantedImport {
        project: args.project.clone(),
        kind: args.kind.clone(),
        file: absolute(file)?,
        rejects: absolute(&args.rejects.clone().unwrap_or_else(beside))?,
        columns: args.map.clone(),
        constants: args.set.clone(),
        time_zone: args.time_zone.clone(),
    })
}

/// By the running server, or here.
async fn carry_out(common: &Common, wanted: WantedImport, told: Told) -> Result<Summary> {
    let config = common.config()?;
    if let Some(summary) = control::find_import(&config.storage.data_dir, &wanted, &told).await? {
        return Ok(summary);
    }
    let _owned = OwnedDataDir::acquire(&config.storage.data_dir)?.ok_or_else(occupied)?;
    let app = start_for_command(&config).await?;
    let done = wanted.carry_out(&app, told).await;
    app.shut_down().await?;
    done
}

fn told() -> (Told, ProgressBar) {
    let bar = ProgressBar::no_length();
    let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes}  {msg}  {bytes_per_sec}  {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let shown = bar.clone();
    let told = move |Progress { bytes, total_bytes, rows, rejected }: Progress| {
        shown.set_length(total_bytes);
        shown.set_position(bytes);
        shown.set_message(format!("{} rows, {} rejected", HumanCount(rows), HumanCount(rejected)));
    };
    (Arc::new(told), bar)
}

fn tell(file: &Path, rejects: &Path, summary: &Summary) {
    let columns: Vec<_> = summary.columns.iter().map(|(field, column)| format!("{field} from {column:?}")).collect();
    say(&format!("{}: {}", file.display(), columns.join(", ")));
    say(&format!("  {}", summary.words()));
    if summary.rejected > 0 {
        say(&format!("  the rejected ones, with line, code and reason: {}", rejects.display()));
    }
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|error| Error::new(Code::InvalidRequest, format!("{} is no path", path.display())).caused_by(error))
}
