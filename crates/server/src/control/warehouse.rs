//! Work on the warehouse, done by the running server.

use std::path::{Path, PathBuf};

use axum::{Json, extract::State};
use barker_domain::Result;
use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::{Control, call};
use crate::http::problem::Problem;

/// What is to be done.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarehouseWork {
    /// Count.
    Stats,
    /// Remove what nobody reads any more.
    Compact,
    /// Copy every table into that folder.
    Export(PathBuf),
}

/// What the warehouse holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WarehouseStats {
    /// Which engine it is.
    pub engine: String,
    /// The last migration that was applied.
    pub schema_version: i32,
    /// Rows of each table.
    pub tables: Vec<(String, u64)>,
    /// On disk.
    pub bytes: u64,
    /// Rows that were removed.
    pub removed: u64,
}

pub(super) async fn carry_out(State(control): State<Control>, Json(work): Json<WarehouseWork>) -> Result<Json<WarehouseStats>, Problem> {
    Ok(Json(work.carry_out(&control.app).await?))
}

/// Work by the running server; `None` when none runs in that directory.
///
/// # Errors
/// When a server is there and cannot do it.
pub async fn find_warehouse_work(data_dir: &Path, work: &WarehouseWork) -> Result<Option<WarehouseStats>> {
    call(data_dir, Method::POST, "/warehouse", Some(work)).await
}
