//! The published ad API, at the root of the server. One file per noun; a handler parses, makes one call and renders.

mod ad;
mod advertiser;
mod campaign;
mod client;
mod score;
mod statistics;
mod time;

pub(crate) use ad::shown;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::ServerState;

/// Every operation with its documentation.
#[expect(clippy::cognitive_complexity, reason = "a list; the macros it is made of count as branches")]
pub(crate) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(client::get, client::erase))
        .routes(routes!(client::upsert))
        .routes(routes!(advertiser::list))
        .routes(routes!(advertiser::get))
        .routes(routes!(advertiser::upsert))
        .routes(routes!(score::set))
        .routes(routes!(score::set_bulk))
        .routes(routes!(campaign::create, campaign::list))
        .routes(routes!(campaign::get, campaign::replace, campaign::merge, campaign::delete))
        .routes(routes!(ad::give))
        .routes(routes!(ad::click))
        .routes(routes!(statistics::campaign))
        .routes(routes!(statistics::campaign_daily))
        .routes(routes!(statistics::advertiser))
        .routes(routes!(statistics::advertiser_daily))
        .routes(routes!(time::get))
        .routes(routes!(time::advance))
}
