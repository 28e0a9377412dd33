//! The OpenAPI document: its frame here, the operations beside their handlers.

use utoipa::{
    OpenApi,
    openapi::{InfoBuilder, LicenseBuilder, OpenApi as Document, OpenApiBuilder},
};

use super::documented_routes;

#[derive(OpenApi)]
#[openapi(tags(
    (name = "Clients", description = "People who see ads."),
    (name = "Advertisers", description = "Businesses that pay for campaigns, and how relevant they are to clients."),
    (name = "Campaigns", description = "What is shown to whom, for how much, until which limits."),
    (name = "Ads", description = "Which ad a client gets, and their clicks."),
    (name = "Statistics", description = "What was delivered and spent: exact, and never behind."),
    (name = "Time", description = "The day of a sandbox."),
    (name = "Operation", description = "Health and metrics."),
))]
struct Frame;

pub(super) fn frame() -> Document {
    let license = LicenseBuilder::new().name("MIT").identifier(Some("MIT")).build();
    let description = "The ad API of Barker: clients, advertisers, campaigns, ads, clicks and exact statistics. \
        Errors are RFC 9457 problem documents that name the field.";
    let info = InfoBuilder::new().title("Barker").version(env!("CARGO_PKG_VERSION")).description(Some(description)).license(Some(license));
    OpenApiBuilder::from(Frame::openapi()).info(info.build()).build()
}

/// The whole document, as `/openapi.json` serves it.
#[must_use]
pub fn document() -> Document {
    documented_routes().into_openapi()
}
