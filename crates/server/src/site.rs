//! What visitors' browsers load while they look at sites with ads: without a login, from anywhere.

mod image;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::ServerState;

/// Every operation with its documentation.
pub(crate) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(image::load))
}
