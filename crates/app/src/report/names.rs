//! What people call the things that rows tell by their ids: names come from the business data as they are now, ids stay, for
//! filters and for whatever bears the same name.

use std::{cmp::Ordering, collections::BTreeMap};

use barker_domain::{AdvertiserId, ProjectId, Result};
use barker_warehouse::question::{Dimension, Key, Sums};
use uuid::Uuid;

use super::Label;
use crate::App;

/// Names by ids, of one dimension.
pub type Names = BTreeMap<String, String>;

/// The names of advertisers among the keys; none where nothing is split by them.
pub(super) async fn of_advertisers(app: &App, project_id: ProjectId, group_by: &[Dimension], sums: [Option<&Sums>; 2]) -> Result<Names> {
    let Some(place) = group_by.iter().position(is_named) else { return Ok(Names::new()) };
    let keys = sums.into_iter().flatten().flat_map(|sums| &sums.rows).filter_map(|row| row.keys.get(place));
    let ids = keys.filter_map(|key| if let Key::Text(id) = key { Uuid::parse_str(id).ok() } else { None });
    let mut ids: Vec<_> = ids.map(AdvertiserId).collect();
    ids.sort_unstable();
    ids.dedup();
    let names = app.store().in_project(project_id).list_names_of_advertisers(&ids).await?;
    Ok(names.into_iter().map(|(id, name)| (id.0.to_string(), name)).collect())
}

/// Whether rows tell an id whose name is known here.
pub(super) fn is_named(dimension: &Dimension) -> bool {
    *dimension == Dimension::Advertiser
}

/// By the name where there is one; what bears the same name by its id.
pub(super) fn compare((left, right): (&Label, &Label), dimension: &Dimension, names: &Names) -> Ordering {
    let (Label::Text(one), Label::Text(other), true) = (left, right, is_named(dimension)) else { return left.cmp(right) };
    let name = |id: &String| names.get(id).unwrap_or(id).to_lowercase();
    name(one).cmp(&name(other)).then_with(|| one.cmp(other))
}

/// As people read it: the name where there is one.
pub(super) fn named(label: &Label, dimension: &Dimension, names: &Names) -> String {
    let text = label.text();
    if is_named(dimension) { names.get(&text).cloned().unwrap_or(text) } else { text }
}
