//! The API for people, below `/api/v1`: accounts, projects, members, keys, jobs and the trail. One file per noun; a handler asks
//! for its permission in an extractor, parses, makes one call and renders.

mod account;
mod ad;
mod advertiser;
mod api_key;
mod auth;
mod campaign;
mod channel;
mod click;
mod client;
mod cookie;
mod creative;
mod dashboard;
mod event;
mod file;
mod import;
mod installation;
mod invitation;
mod job;
mod me;
mod membership;
mod password_reset;
mod playground;
mod project;
mod report;
mod report_settings;
mod saved_report;
mod shared;
mod sheet;
mod trail;
mod user;
mod webhook;

use std::sync::Arc;

use barker_app::{Desk, ProjectHandle};
use barker_domain::{Result, statistics::EmptyDays};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    contract::read_empty_days,
    http::{ServerState, input::Query, permission::Member},
};

/// Every operation with its documentation.
pub(crate) fn routes() -> OpenApiRouter<ServerState> {
    accounts().merge(projects()).merge(advertising()).merge(analytics()).merge(whole())
}

/// Accounts: how one comes in, and who one is.
#[expect(clippy::cognitive_complexity, reason = "a list; the macros it is made of count as branches")]
fn accounts() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(auth::register))
        .routes(routes!(auth::registration))
        .routes(routes!(auth::token))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::password))
        .routes(routes!(password_reset::request))
        .routes(routes!(password_reset::set))
        .routes(routes!(me::get, me::change))
        .routes(routes!(me::sessions))
        .routes(routes!(me::end_session))
        .routes(routes!(user::list))
        .routes(routes!(user::get, user::change))
}

/// A project, whoever works in it, what they do and what is done for them.
#[expect(clippy::cognitive_complexity, reason = "a list; the macros it is made of count as branches")]
fn projects() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(project::list, project::create))
        .routes(routes!(project::get, project::change))
        .routes(routes!(project::archive))
        .routes(routes!(project::restore))
        .routes(routes!(membership::list))
        .routes(routes!(membership::appoint, membership::remove))
        .routes(routes!(invitation::list, invitation::create))
        .routes(routes!(invitation::withdraw))
        .routes(routes!(invitation::accept))
        .routes(routes!(api_key::list, api_key::create))
        .routes(routes!(api_key::revoke))
        .routes(routes!(webhook::list, webhook::create))
        .routes(routes!(webhook::get, webhook::change, webhook::delete))
        .routes(routes!(webhook::renew_secret))
        .routes(routes!(webhook::ping))
        .routes(routes!(webhook::deliveries))
        .routes(routes!(webhook::replay))
        .routes(routes!(trail::list_of_project))
        .routes(routes!(trail::export_of_project))
        .routes(routes!(trail::list))
        .routes(routes!(trail::export))
        .routes(routes!(job::list_of_project))
        .routes(routes!(job::get_of_project))
        .routes(routes!(job::retry_of_project))
        .routes(routes!(job::cancel_of_project))
        .routes(routes!(job::list))
        .routes(routes!(job::get))
        .routes(routes!(job::retry))
        .routes(routes!(job::cancel))
}

/// Who advertises what to whom, and the playground.
#[expect(clippy::cognitive_complexity, reason = "a list; the macros it is made of count as branches")]
fn advertising() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(client::list, client::create))
        .routes(routes!(client::get, client::change, client::erase))
        .routes(routes!(advertiser::list, advertiser::create))
        .routes(routes!(advertiser::get, advertiser::change))
        .routes(routes!(advertiser::statistics))
        .routes(routes!(account::get, account::change))
        .routes(routes!(account::transaction::list))
        .routes(routes!(account::transaction::list_of_project))
        .routes(routes!(account::transaction::get))
        .routes(routes!(account::transaction::top_up))
        .routes(routes!(account::transaction::refund))
        .routes(routes!(account::transaction::adjust))
        .routes(routes!(account::statement::get))
        .routes(routes!(click::list))
        .routes(routes!(click::refund))
        .routes(routes!(campaign::list, campaign::create))
        .routes(routes!(campaign::get, campaign::change, campaign::delete))
        .routes(routes!(campaign::statistics))
        .routes(routes!(campaign::bulk::change_together))
        .routes(routes!(campaign::bulk::duplicate))
        .routes(routes!(campaign::delivery::delivery))
        .routes(routes!(campaign::delivery::preview))
        .routes(routes!(ad::list, ad::create))
        .routes(routes!(ad::list_of_project))
        .routes(routes!(ad::get, ad::change))
        .routes(routes!(ad::statistics))
        .routes(routes!(creative::list, creative::create))
        .routes(routes!(creative::get, creative::change))
        .routes(routes!(creative::statistics))
        .routes(routes!(file::list, file::store))
        .routes(routes!(file::get, file::delete))
        .routes(routes!(playground::day))
        .routes(routes!(playground::advance))
        .routes(routes!(playground::any_client))
        .routes(routes!(playground::show_ad))
        .routes(routes!(playground::click))
}

/// What happened, and what it says.
#[expect(clippy::cognitive_complexity, reason = "a list; the macros it is made of count as branches")]
fn analytics() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(event::send))
        .routes(routes!(import::preview))
        .routes(routes!(import::start, import::history::list))
        .routes(routes!(import::rejects::get))
        .routes(routes!(channel::rules))
        .routes(routes!(channel::test))
        .routes(routes!(report::get, report::post))
        .routes(routes!(report::export::get, report::export::post))
        .routes(routes!(report::batch))
        .routes(routes!(report::changes))
        .routes(routes!(report::catalogue::catalogue))
        .routes(routes!(report_settings::get, report_settings::set))
        .routes(routes!(dashboard::list, dashboard::create))
        .routes(routes!(dashboard::get, dashboard::change, dashboard::delete))
        .routes(routes!(dashboard::duplicate))
        .routes(routes!(dashboard::answers))
        .routes(routes!(dashboard::links, dashboard::share))
        .routes(routes!(dashboard::unshare))
        .routes(routes!(saved_report::list, saved_report::create))
        .routes(routes!(saved_report::get, saved_report::change, saved_report::delete))
        .routes(routes!(saved_report::answer))
        .routes(routes!(shared::get))
        .routes(routes!(shared::answers))
}

/// The installation as a whole.
fn whole() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(installation::get))
        .routes(routes!(installation::settings::get, installation::settings::change))
        .routes(routes!(installation::health))
        .routes(routes!(installation::projects))
}

/// The project that a member looks at.
async fn project_of<R>(member: &Member<R>) -> Result<Arc<ProjectHandle>> {
    member.person.app.get_open_project(member.project_id).await
}

/// Where a member makes changes.
async fn desk_of<R>(member: Member<R>) -> Result<Desk> {
    let project = project_of(&member).await?;
    Ok(Desk { app: member.person.app, project, origin: member.person.origin })
}

/// Whether statistics list days without events.
fn empty_days(query: &Query) -> Result<EmptyDays> {
    query.refuse_others(&["fill"])?;
    read_empty_days(query)
}

/// An instant as the API writes it: RFC 3339 in UTC.
fn instant(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default().to_string()
}
