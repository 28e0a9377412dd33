//! The nouns of the business and the rules that hold for them, wherever they are stored or shown.
//!
//! Here live ids, money, days, targeting, the life of a campaign, people with what they may do, and the one table of
//! error codes.
//! No IO, no async, no SQL, no HTTP: everything in this crate can be tested with plain values.

pub mod account;
pub mod ad;
pub mod advertiser;
pub mod api_key;
pub mod attempt;
pub mod audit;
pub mod campaign;
pub mod campaign_key;
pub mod channel;
pub mod click;
pub mod client;
pub mod clock;
pub mod creative;
pub mod day;
pub mod decimal;
pub mod email;
pub mod error;
pub mod fact;
pub mod fields;
pub mod file;
pub mod id;
pub mod impression;
pub mod installation;
pub mod invitation;
pub mod job;
pub mod ledger;
pub mod membership;
pub mod metric;
pub mod money;
pub mod page;
pub mod password;
pub mod project;
pub mod score;
pub mod session;
pub mod sheet;
pub mod statistics;
pub mod targeting;
pub mod text;
pub mod trail;
pub mod user;
pub mod webhook;

pub use day::Day;
pub use email::Email;
pub use error::{Code, Error, FieldError, Result};
pub use id::{
    AdId, AdvertiserId, ApiKeyId, CampaignId, ClickId, ClientId, CreativeId, FileId, ImpressionId, InvitationId, JobId, PostingId,
    ProjectId, SessionId, SigningKeyId, TrailEntryId, UserId,
};
pub use money::Micros;
