//! HTTP: the router, and what every answer has in common.

mod console;
mod cors;
mod health;
mod layers;
pub mod listener;
mod openapi;
mod origin;
mod outpost;
pub mod permission;
mod public_url;
mod rate_limit;
mod security_headers;
mod state;
mod timings;
mod traces;

pub use barker_domain::fields;
pub use barker_wire::{input, paging, problem};
pub use cors::CorsOrigins;
pub use openapi::document;
pub use outpost::outpost_router;
pub use public_url::PublicUrl;
pub use rate_limit::{Allowance, Limits};
pub use state::{ServerSettings, ServerState};

use axum::Router;
use barker_domain::{Code, Error};
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::SwaggerUi;

use crate::{ad_api, api, site};
use problem::Problem;

/// The whole surface of the server, for [`listener::serve`].
pub fn router(state: ServerState) -> Router {
    let (routes, document) = documented_routes().split_for_parts();
    let surface = routes
        .merge(SwaggerUi::new("/docs").url("/openapi.json", document))
        .fallback(console::answer)
        .method_not_allowed_fallback(async || Problem(Error::of(Code::MethodNotAllowed)));
    layers::around(surface, &state).with_state(state)
}

fn documented_routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::with_openapi(openapi::frame())
        .merge(ad_api::routes())
        .merge(api::routes())
        .merge(site::routes())
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
}
