//! What an audit found: places where numbers that must be equal are not.

use crate::{CampaignId, Day, ProjectId};

/// Two numbers that should agree and do not, or a limit that was passed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Difference {
    /// Tenant.
    pub project_id: ProjectId,
    /// The campaign concerned.
    pub campaign_id: CampaignId,
    /// The day concerned; absent for a campaign's total.
    pub day: Option<Day>,
    /// What was compared (`impressions: counter and rows`, `clicks_limit`, ...).
    pub check: String,
    /// What it should be, or the most it may be.
    pub expected: i64,
    /// What it is.
    pub found: i64,
}

/// What an audit looked at and what it found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Report {
    /// Projects that were recounted.
    pub projects: u64,
    /// Campaigns that were recounted, deleted ones too.
    pub campaigns: u64,
    /// Impressions that were recounted.
    pub impressions: i64,
    /// Billed clicks that were recounted.
    pub clicks: i64,
    /// Everything that does not add up.
    pub differences: Vec<Difference>,
}
