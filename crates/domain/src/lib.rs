//! The nouns of the business and the rules that hold for them, wherever they are stored or shown.
//!
//! Here live ids, money, days, targeting, the life of a campaign and the one table of error codes.
//! No IO, no async, no SQL, no HTTP: everything in this crate can be tested with plain values.

pub mod advertiser;
pub mod audit;
pub mod campaign;
pub mod click;
pub mod client;
pub mod clock;
pub mod day;
pub mod error;
pub mod fact;
pub mod id;
pub mod impression;
pub mod money;
pub mod page;
pub mod project;
pub mod score;
pub mod statistics;
pub mod targeting;
pub mod text;

pub use day::Day;
pub use error::{Code, Error, FieldError, Result};
pub use id::{AdvertiserId, CampaignId, ClickId, ClientId, ImpressionId, ProjectId};
pub use money::Micros;
