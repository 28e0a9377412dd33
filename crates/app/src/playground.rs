//! Playing a client of a sandbox: what somebody who looks at it sees and clicks. It counts as it does for real clients, so a
//! live project cannot be played.

use std::sync::Arc;

use barker_domain::{CampaignId, ClientId, Code, Error, Result, client::Client};
use uuid::Uuid;

use crate::{
    App, ProjectHandle,
    serving::{self, Given},
};

/// Some client or other; another one each time, when there are several.
///
/// # Errors
/// [`Code::ClientNotFound`] when there is none.
pub async fn any_client(app: &App, project: &ProjectHandle) -> Result<Client> {
    let rows = project.rows(app);
    // The end of a new id is random: the client that follows it is a choice, and needs no look at all of them.
    let (_, random) = Uuid::now_v7().as_u64_pair();
    let somewhere = ClientId(Uuid::from_u64_pair(random << 2, random));
    let mut following = rows.list_client_ids_after(Some(somewhere), 1).await?;
    if following.is_empty() {
        following = rows.list_client_ids_after(None, 1).await?;
    }
    let id = following.pop().ok_or_else(|| Error::of(Code::ClientNotFound))?;
    rows.find_client(id).await?.ok_or_else(|| Error::of(Code::ClientNotFound))
}

/// Shows the client an ad, as [`serving::give_ad`] does.
///
/// # Errors
/// [`Code::NotASandbox`] for a live project, and those of [`serving::give_ad`].
pub async fn show_ad(app: &App, project: &Arc<ProjectHandle>, client_id: ClientId) -> Result<Given> {
    sandbox_only(project)?;
    serving::give_ad(app, project, client_id).await
}

/// Clicks for the client, as [`serving::click`] does.
///
/// # Errors
/// [`Code::NotASandbox`] for a live project, and those of [`serving::click`].
pub async fn click(app: &App, project: &Arc<ProjectHandle>, campaign_id: CampaignId, client_id: ClientId) -> Result<()> {
    sandbox_only(project)?;
    serving::click(app, project, campaign_id, client_id).await
}

fn sandbox_only(project: &ProjectHandle) -> Result<()> {
    if project.is_sandbox() { Ok(()) } else { Err(Error::of(Code::NotASandbox)) }
}
