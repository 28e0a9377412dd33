//! Touches: every counted impression and billed click as an event.

use std::collections::{BTreeMap, HashMap};

use barker_domain::{
    AdId, AdvertiserId, CampaignId, ClientId, Code, Day, Error, ProjectId, Result,
    fact::{Fact, Happened},
    project::Project,
};
use barker_store::CampaignLabel;
use barker_warehouse::fact::{Batch, Event, Facts};
use uuid::Uuid;

use super::{CHANNEL, SOURCE, Surroundings};
use crate::event::OWN_CLICK_ID;

/// The consumer's name in the outbox.
pub(crate) const CONSUMER: &str = "touches";

const CLICK: &str = "click";

/// What impressions and clicks have in common here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Touch {
    event_type: &'static str,
    id: Uuid,
    project_id: ProjectId,
    advertiser_id: AdvertiserId,
    campaign_id: CampaignId,
    ad_id: AdId,
    client_id: ClientId,
    day: Day,
    occurred_at_ms: i64,
}

impl Touch {
    /// A click that is refunded has happened all the same: whom it brought, it brought.
    pub(crate) fn of(fact: &Fact) -> Option<Self> {
        match fact {
            Fact::Impression(shown) => Some(Self::new("impression", shown.id.0, shown)),
            Fact::Click(click) => Some(Self::new(CLICK, click.id.0, click)),
            Fact::ClickRefunded(_) => None,
        }
    }

    fn new<Id>(event_type: &'static str, id: Uuid, happened: &Happened<Id>) -> Self {
        Self {
            event_type,
            id,
            project_id: happened.project_id,
            advertiser_id: happened.advertiser_id,
            campaign_id: happened.campaign_id,
            ad_id: happened.ad(),
            client_id: happened.client_id,
            day: happened.day,
            occurred_at_ms: happened.occurred_at_ms,
        }
    }

    /// The same however often it is made: the event is known by its id and the day it occurred on.
    fn event(self, project: &Project, labels: &HashMap<CampaignId, CampaignLabel>) -> Event {
        let label = labels.get(&self.campaign_id);
        Event {
            event_id: self.id.to_string(),
            event_type: self.event_type.to_owned(),
            occurred_at_ms: project.instant_on(self.day, self.occurred_at_ms),
            received_at_ms: self.occurred_at_ms,
            client_id: self.client_id.0.to_string(),
            source_type: SOURCE.to_owned(),
            campaign_id: self.campaign_id.0.to_string(),
            campaign_name: label.map_or_else(String::new, |label| label.ad_title.clone()),
            ad_id: self.ad_id.0.to_string(),
            ad_name: label.map_or_else(String::new, |label| label.ad_name(self.ad_id).to_owned()),
            // The one that the landing page was told.
            click_id: if self.event_type == CLICK { (OWN_CLICK_ID.to_owned(), self.id.to_string()) } else { Default::default() },
            channel: CHANNEL.to_owned(),
            attributes: format!(r#"{{"advertiser_id":"{}"}}"#, self.advertiser_id.0),
            ..Event::default()
        }
    }
}

/// Keeps touches of which rows of the outbox tell that come after this one, but for clients who have been erased since.
pub(crate) async fn keep(surroundings: &Surroundings, rows_after: i64, touches: Vec<Touch>) -> Result<()> {
    let mut by_project: BTreeMap<ProjectId, Vec<Touch>> = BTreeMap::new();
    for touch in touches {
        by_project.entry(touch.project_id).or_default().push(touch);
    }
    for (project_id, touches) in by_project {
        let Some(project) = surroundings.store.find_project(project_id).await? else { continue };
        keep_in(surroundings, (&project, rows_after), touches).await?;
    }
    Ok(())
}

async fn keep_in(surroundings: &Surroundings, (project, rows_after): (&Project, i64), touches: Vec<Touch>) -> Result<()> {
    let rows = surroundings.store.in_project(project.id);
    let labels = rows.label_campaigns(&touches.iter().map(|touch| touch.campaign_id).collect()).await?;
    // Whoever is erased from here on is erased from the warehouse after these are in it.
    let _turn = surroundings.intake.take_turn().await;
    let known = if surroundings.intake.may_be_erased(rows_after) {
        Some(rows.list_known_clients(&touches.iter().map(|touch| touch.client_id).collect::<Vec<_>>()).await?)
    } else {
        None
    };
    let of_project = project.clone();
    // Beside those who ask for ads: these are thousands.
    let events = tokio::task::spawn_blocking(move || {
        let is_known = |touch: &Touch| known.as_ref().is_none_or(|known| known.contains(&touch.client_id));
        let touches = touches.into_iter().filter(is_known);
        touches.map(|touch| touch.event(&of_project, &labels)).collect::<Vec<_>>()
    });
    let events = events.await.map_err(|error| Error::of(Code::Internal).caused_by(error))?;
    if !events.is_empty() {
        surroundings.intake.keep(Batch { project_id: project.id, facts: Facts::Events(events) }).await?;
    }
    Ok(())
}
