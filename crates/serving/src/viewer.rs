//! A viewer: everything the engine must know about a client to decide for them.

use barker_domain::{AdvertiserId, CampaignId, ImpressionId, client::Client};
use hashbrown::HashMap;

/// A client with what models and history say about them.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Who they are.
    pub client: Client,
    /// How relevant each advertiser is to them; a missing one counts as 0.
    pub scores: HashMap<AdvertiserId, i32>,
    /// What they have been shown.
    pub history: HashMap<CampaignId, Shown>,
}

/// One ad a client has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The counted impression.
    pub impression_id: ImpressionId,
    /// Whether they clicked it; a clicked ad is not given again.
    pub is_clicked: bool,
}

impl Viewer {
    /// A client about whom nothing else is known.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client, scores: HashMap::new(), history: HashMap::new() }
    }

    /// How relevant the advertiser is, 0 when nobody judged.
    #[must_use]
    pub fn score(&self, advertiser_id: AdvertiserId) -> i32 {
        self.scores.get(&advertiser_id).copied().unwrap_or(0)
    }

    /// About how many bytes of memory this viewer takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        // A hash table keeps a control byte per slot and is at most 7/8 full.
        let scores = self.scores.capacity() * (size_of::<(AdvertiserId, i32)>() + 1) * 8 / 7;
        let history = self.history.capacity() * (size_of::<(CampaignId, Shown)>() + 1) * 8 / 7;
        size_of::<Self>() + self.client.login.len() + self.client.location.len() + scores + history
    }
}
