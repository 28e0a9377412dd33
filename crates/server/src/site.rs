//! What visitors' browsers load and follow on sites with ads: without a login, from anywhere.

mod image;
mod link;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::ServerState;

/// Every operation with its documentation.
pub(crate) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(image::load)).routes(routes!(link::follow))
}
