//! `barker audit`.

use barker_domain::{Code, Error, Result, audit::Report};
use barker_store::Store;

use super::{
    migrate::occupied,
    table::{print, say},
};
use crate::{config::Config, control, data_dir::OwnedDataDir};

/// `true` when everything adds up.
pub(super) async fn run(config: &Config) -> Result<bool> {
    let report = match control::find_audit(&config.storage.data_dir).await? {
        Some(report) => report,
        None => audit_files(config).await?,
    };
    show(&report);
    Ok(report.differences.is_empty())
}

async fn audit_files(config: &Config) -> Result<Report> {
    let _owned = OwnedDataDir::acquire(&config.storage.data_dir)?.ok_or_else(occupied)?;
    let store = Store::connect(&config.store_settings()).await?;
    let state = store.schema_state().await?;
    if !state.pending.is_empty() {
        return Err(Error::new(Code::Misconfigured, "the database's schema is not up to date; run `barker migrate` first"));
    }
    let report = barker_app::audit::run(&store, config.delivery.overshoot_percent).await?;
    store.close().await?;
    Ok(report)
}

fn show(report: &Report) {
    say(&format!(
        "recounted {} projects, {} campaigns, {} impressions, {} clicks",
        report.projects, report.campaigns, report.impressions, report.clicks
    ));
    if report.differences.is_empty() {
        say("everything adds up");
        return;
    }
    let rows = report.differences.iter().map(|found| {
        let day = found.day.map_or_else(|| "all".to_owned(), |day| day.0.to_string());
        [
            found.project_id.to_string(),
            found.advertiser_id.map_or_else(String::new, |id| id.to_string()),
            found.campaign_id.map_or_else(String::new, |id| id.to_string()),
            found.ad_id.map_or_else(String::new, |id| id.to_string()),
            day,
            found.check.clone(),
            found.expected.to_string(),
            found.found.to_string(),
        ]
    });
    print(&["project", "advertiser", "campaign", "ad", "day", "check", "expected", "found"], rows);
    say(&format!("{} differences", report.differences.len()));
}
