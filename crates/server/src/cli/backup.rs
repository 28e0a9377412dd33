//! `barker backup` and `barker restore`.

use std::path::{Path, PathBuf};

use barker_app::{
    backup::{PlaceKind, Summary, Told},
    restore,
};
use barker_domain::{Code, Error, Result};
use indicatif::HumanBytes;

use super::{Common, migrate::occupied, progress, serve::start_for_command, table::say};
use crate::{
    config::Config,
    control::{self, Control, WantedBackup},
    data_dir::OwnedDataDir,
};

/// Options of `barker backup`.
#[derive(Debug, clap::Args)]
pub(super) struct BackupArgs {
    #[command(flatten)]
    common: Common,
    /// The folder to make; it must not exist.
    #[arg(value_name = "TO")]
    to: PathBuf,
    /// Leave the keys of sealed columns out: what is sealed opens only where they are.
    #[arg(long)]
    without_keys: bool,
}

/// Options of `barker restore`.
#[derive(Debug, clap::Args)]
pub(super) struct RestoreArgs {
    #[command(flatten)]
    common: Common,
    /// The folder that `barker backup` made.
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// Put the backup in the place of everything that is in the data directory. A database on a server is never replaced.
    #[arg(long)]
    replace: bool,
}

pub(super) async fn back_up(args: BackupArgs) -> Result<()> {
    let config = args.common.config()?;
    let wanted = WantedBackup { to: absolute(&args.to)?, with_keys: !args.without_keys };
    let (told, bar) = progress::told();
    let made = match control::find_backup(&config.storage.data_dir, &wanted, &told).await? {
        Some(made) => made,
        None => back_up_files(&config, wanted.clone(), told).await?,
    };
    bar.finish_and_clear();
    tell(&format!("backed up to {}", wanted.to.display()), &made);
    if !args.without_keys && config.places().iter().any(|place| place.kind == PlaceKind::Keys) {
        say("the keys of sealed columns are in it: keep it where you would keep a password");
    }
    Ok(())
}

async fn back_up_files(config: &Config, wanted: WantedBackup, told: Told) -> Result<Summary> {
    let _owned = OwnedDataDir::acquire(&config.storage.data_dir)?.ok_or_else(occupied)?;
    let app = start_for_command(config).await?;
    let made = wanted.make(&Control::without_server(&app, config), told).await;
    app.shut_down().await?;
    made
}

pub(super) async fn restore(args: RestoreArgs) -> Result<()> {
    let config = args.common.config()?;
    let data_dir = &config.storage.data_dir;
    if let Some(server) = control::find_status(data_dir).await? {
        let message = format!(
            "process {} serves this data directory; stop it first (SIGTERM, or systemctl stop barker), restore, and start it again",
            server.process_id
        );
        return Err(Error::new(Code::Misconfigured, message));
    }
    let owned = OwnedDataDir::acquire(data_dir)?.ok_or_else(occupied)?;
    let (told, bar) = progress::told();
    let plan = restore::Plan {
        from: absolute(&args.from)?,
        data_dir: owned.path().to_owned(),
        database_url: config.store_settings().url,
        places: config.places(),
        may_replace: args.replace,
    };
    let restored = restore::run(plan, told).await?;
    bar.finish_and_clear();
    tell(&format!("restored {}", args.from.display()), &restored);
    say("start the server, and run `barker audit`");
    Ok(())
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|error| Error::new(Code::InvalidRequest, format!("{} is no path", path.display())).caused_by(error))
}

fn tell(what: &str, Summary { rows, files, bytes }: &Summary) {
    say(&format!("{what}: {rows} rows, {files} files, {}", HumanBytes(*bytes)));
}
