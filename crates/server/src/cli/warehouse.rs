//! `barker warehouse`: what the warehouse holds, and its care.

use std::path::PathBuf;

use barker_app::{App, warehouse};
use barker_domain::{Code, Error, Result};
use clap::Subcommand;
use indicatif::HumanBytes;

use super::{
    Common,
    migrate::occupied,
    serve::start_for_command,
    table::{print, say},
};
use crate::{
    control::{self, WarehouseStats, WarehouseWork},
    data_dir::OwnedDataDir,
};

/// What can be done about the warehouse.
#[derive(Debug, Subcommand)]
pub(super) enum WarehouseCommand {
    /// Show how many rows each table has, and how large all of them are.
    Stats(Common),
    /// Remove rows that no question reads any more: days that were loaded again. The server does it every hour.
    Compact(Common),
    /// Copy every table, as of one moment, into a new folder: a Parquet file each.
    Export(ExportArgs),
}

/// Options of `barker warehouse export`.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    common: Common,
    /// The folder to make; it must not exist.
    #[arg(value_name = "TO")]
    to: PathBuf,
}

pub(super) async fn run(command: WarehouseCommand) -> Result<()> {
    match command {
        WarehouseCommand::Stats(common) => {
            let stats = either(&common, WarehouseWork::Stats).await?;
            print(&["table", "rows"], stats.tables.into_iter().map(|(name, rows)| [name, rows.to_string()]));
            say(&format!("{}, schema {}, {}", stats.engine, stats.schema_version, HumanBytes(stats.bytes)));
        }
        WarehouseCommand::Compact(common) => {
            let left = either(&common, WarehouseWork::Compact).await?;
            say(&format!("{} rows removed; the warehouse takes {}", left.removed, HumanBytes(left.bytes)));
        }
        WarehouseCommand::Export(ExportArgs { common, to }) => {
            let to = std::path::absolute(&to)
                .map_err(|error| Error::new(Code::InvalidRequest, format!("{} is no path", to.display())).caused_by(error))?;
            let stats = either(&common, WarehouseWork::Export(to.clone())).await?;
            let rows: u64 = stats.tables.iter().map(|(_, rows)| rows).sum();
            say(&format!("exported {rows} rows to {}", to.display()));
        }
    }
    Ok(())
}

/// By the running server, or here.
async fn either(common: &Common, work: WarehouseWork) -> Result<WarehouseStats> {
    let config = common.config()?;
    if let Some(done) = control::find_warehouse_work(&config.storage.data_dir, &work).await? {
        return Ok(done);
    }
    let _owned = OwnedDataDir::acquire(&config.storage.data_dir)?.ok_or_else(occupied)?;
    let app = start_for_command(&config).await?;
    let done = work.carry_out(&app).await;
    app.shut_down().await?;
    done
}

impl WarehouseWork {
    /// Does it. What is there afterwards, or what was exported.
    ///
    /// # Errors
    /// When the warehouse cannot.
    pub async fn carry_out(self, app: &App) -> Result<WarehouseStats> {
        let removed = if let Self::Compact = self { app.warehouse().compact().await? } else { 0 };
        let stats = app.warehouse().stats().await?;
        let tables = match self {
            Self::Export(to) => warehouse::export(app, to).await?,
            _ => stats.tables.into_iter().map(|(name, rows)| (name.to_owned(), rows)).collect(),
        };
        Ok(WarehouseStats { engine: stats.engine.to_owned(), schema_version: stats.schema_version, tables, bytes: stats.bytes, removed })
    }
}
