//! `barker play` against the real server: its own count and the server's must agree.

use std::process::Command;

use serde_json::Value;

use crate::barker::Barker;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_market_is_played_without_a_difference() {
    let directory = tempfile::tempdir().unwrap();
    let barker = Barker::start(directory.path(), &[]);
    let market = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/market");
    let board = directory.path().join("scoreboard.json");
    let played = Command::new(env!("CARGO_BIN_EXE_barker"))
        .args(["play", market, "--url", &barker.address, "--days", "14", "--json", board.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(played.status.success(), "{}", String::from_utf8_lossy(&played.stdout));
    let board: Value = serde_json::from_slice(&std::fs::read(board).unwrap()).unwrap();
    for zero in ["error_5xx_count", "exceed_impressions_limit_count", "not_matching_targeting_count"] {
        assert_eq!(board[zero], 0, "{zero}");
    }
    assert!(board["total_unique_impressions"].as_u64().unwrap() > 0);
    assert_eq!(board["impressions_count_mean_relative_error"].as_f64(), Some(0.0));
    assert!(barker.terminate().0);
}
