//! The OpenAPI document: its frame here, the operations beside their handlers.

use utoipa::{
    OpenApi,
    openapi::{
        Components, InfoBuilder, LicenseBuilder, OpenApi as Document, OpenApiBuilder,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::documented_routes;

#[derive(OpenApi)]
#[openapi(tags(
    (name = "Clients", description = "People who see ads."),
    (name = "Advertisers", description = "Businesses that pay for campaigns, and how relevant they are to clients."),
    (name = "Campaigns", description = "What is shown to whom, for how much, until which limits."),
    (name = "Ads", description = "Which ad a client gets, and their clicks."),
    (name = "Files", description = "Images that ads show."),
    (name = "Money", description = "Advertisers' accounts: what comes in, what is spent, what is given back, and statements of it."),
    (name = "Statistics", description = "What was delivered and spent: exact, and never behind."),
    (name = "Time", description = "The day of a sandbox."),
    (name = "Log-in", description = "Accounts, log-in and sessions."),
    (name = "Projects", description = "Tenants: their settings, members and keys. Nobody sees a project of others."),
    (name = "Trail", description = "The audit log: who changed what, when and from where. Lines are never changed."),
    (name = "Jobs", description = "Work in the background: how far it is, what has failed for good, and what is not wanted any more."),
    (name = "Administration", description = "For those who run the installation: users and projects of all."),
    (name = "Reports", description = "What advertising cost and earned: metrics by anything, compared, explained; and the rules of channels."),
    (name = "Webhooks", description = "Addresses of a project's own that are told what happened; signed, sent again until they are taken."),
    (name = "Dashboards", description = "Widgets on a grid, kept by people, and shared by links that can be revoked."),
    (name = "Operation", description = "Health and metrics."),
))]
struct Frame;

pub(super) fn frame() -> Document {
    let license = LicenseBuilder::new().name("MIT").identifier(Some("MIT")).build();
    let description = "The ad API of Barker at the root: clients, advertisers, campaigns, ads, clicks and exact statistics. \
        Programs use it with the key of a project. Below /api/v1: people, projects, keys, reports and the audit log. People log in; \
        programs send events and ask for reports with a key. \
        Errors are RFC 9457 problem documents that name the field.";
    let info = InfoBuilder::new().title("Barker").version(env!("CARGO_PKG_VERSION")).description(Some(description)).license(Some(license));
    let mut components = Components::new();
    components.add_security_scheme("key", SecurityScheme::Http(key()));
    components.add_security_scheme("session", SecurityScheme::Http(session()));
    OpenApiBuilder::from(Frame::openapi()).info(info.build()).components(Some(components)).build()
}

fn key() -> utoipa::openapi::security::Http {
    let description = "The API key of a project, with the scope that the operation names: for the ad API, and for events and reports below \
        /api/v1. Without a key the ad API speaks to the one open sandbox, if there is one.";
    HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build()
}

fn session() -> utoipa::openapi::security::Http {
    let description = "An access token, as `POST /api/v1/auth/token` answers it.";
    HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(description)).build()
}

/// The whole document, as `/openapi.json` serves it.
#[must_use]
pub fn document() -> Document {
    documented_routes().into_openapi()
}
