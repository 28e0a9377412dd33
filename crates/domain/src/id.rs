//! Typed identifiers: a client's id can never be passed where a campaign's is expected.
//!
//! All are UUIDs. Barker's own are version 7, so that they grow with time and index well;
//! callers of the ad API bring any UUID they like, unique within their project.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, greater than the ones this process made before.
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

impl From<CampaignId> for AdId {
    fn from(id: CampaignId) -> Self {
        Self(id.0)
    }
}

impl From<CampaignId> for CreativeId {
    fn from(id: CampaignId) -> Self {
        Self(id.0)
    }
}

ids! {
    /// A tenant: everything a caller can reach belongs to exactly one project.
    ProjectId
    /// A business that pays for campaigns.
    AdvertiserId
    /// A campaign; in the published ad contract also the id of its ad.
    CampaignId
    /// One of a campaign's ads; the one that is made with the campaign has the campaign's id.
    AdId
    /// What an ad says and where it leads; likewise.
    CreativeId
    /// A person who sees ads (people who log in are users).
    ClientId
    /// One counted show of an ad.
    ImpressionId
    /// One click, billed or kept with the reason why it was not.
    ClickId
    /// A person who logs in (people who see ads are clients).
    UserId
    /// One log-in of a user, on one device, through all renewals of its tokens.
    SessionId
    /// A key that programs use in one project.
    ApiKeyId
    /// A key that access tokens are signed with.
    SigningKeyId
    /// One line of the audit trail.
    TrailEntryId
    /// An invitation into a project.
    InvitationId
    /// A piece of work in the background.
    JobId
    /// A movement of money in the ledger.
    PostingId
    /// A file that a project keeps.
    FileId
}
