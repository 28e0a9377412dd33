//! HTTP: the router, and what every answer has in common. The only place that knows status codes.

pub mod fields;
mod health;
pub mod input;
mod layers;
mod openapi;
pub mod paging;
pub mod problem;
mod state;
mod timings;

pub use openapi::document;
pub use state::{ServerState, Site};

use axum::Router;
use barker_domain::{Code, Error};
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::SwaggerUi;

use crate::ad_api;
use problem::Problem;

/// The whole surface of the server.
pub fn router(state: ServerState) -> Router {
    let (routes, document) = documented_routes().split_for_parts();
    let surface = routes
        .merge(SwaggerUi::new("/docs").url("/openapi.json", document))
        .fallback(async || Problem(Error::of(Code::RouteNotFound)))
        .method_not_allowed_fallback(async || Problem(Error::of(Code::MethodNotAllowed)));
    layers::around(surface, &state).with_state(state)
}

fn documented_routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::with_openapi(openapi::frame())
        .merge(ad_api::routes())
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
}
