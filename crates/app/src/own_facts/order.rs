//! Orders that say which click on an ad of Barker's own brought them: they learn who clicked, or on which campaign's ad.

use std::collections::HashMap;

use barker_domain::{ClickId, ProjectId, Result};
use barker_store::{ClickRow, INVALID, Store};
use barker_warehouse::fact::Order;
use uuid::Uuid;

use crate::event::OWN_CLICK_ID;

/// Fills in the visitor that an order does not name: then the click is its touch, when it was and with all that it says. One that names
/// another visitor, or whose click did not count, learns the campaign and stays a touch of its own. A click that is not known tells nothing.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn recognise(store: &Store, project_id: ProjectId, orders: &mut [Order]) -> Result<()> {
    let click_of = |order: &Order| {
        let is_own = order.click_id.0 == OWN_CLICK_ID;
        is_own.then(|| Uuid::parse_str(&order.click_id.1).ok().map(ClickId)).flatten()
    };
    let ids: Vec<_> = orders.iter().filter_map(click_of).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let clicks: HashMap<_, _> = store.in_project(project_id).find_clicks(&ids).await?;
    for order in orders {
        let Some(click) = click_of(order).and_then(|id| clicks.get(&id)) else { continue };
        let (is_theirs, is_tagged) = (order.client_id.is_empty(), order.utm.iter().any(|text| !text.is_empty()));
        if is_theirs {
            order.client_id = click.client_id.0.to_string();
        }
        if is_tagged {
            continue;
        }
        if is_theirs && is_touch(click) {
            order.channel.clear();
        } else {
            // Where reports look for a campaign's id.
            order.utm[2] = click.campaign_id.0.to_string();
        }
    }
    Ok(())
}

/// Billed clicks are touches, also those that were given back.
fn is_touch(click: &ClickRow) -> bool {
    click.is_billed() || click.outcome == INVALID
}
