//! What a project has decided about its reports: which events are conversions.

use barker_domain::{
    FieldError, ProjectId, Result,
    error::unless_faulty,
    text,
    trail::{Action, Event, Origin},
};
use serde_json::json;

use crate::{App, event::type_fault};

/// Most types of events that are conversions together.
pub const MAX_CONVERSION_EVENTS: usize = 100;

/// Types of events that the project calls conversions; none: orders are.
///
/// # Errors
/// When the database does not answer.
pub async fn get(app: &App, project_id: ProjectId) -> Result<Vec<String>> {
    app.inner.store.in_project(project_id).list_conversion_events().await
}

/// Decides which types of events are conversions, from the next report on, for all times.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] naming each; [`barker_domain::Code::ProjectArchived`].
pub async fn set(app: &App, project_id: ProjectId, mut events: Vec<String>, origin: &Origin) -> Result<Vec<String>> {
    let faults: Vec<_> = events.iter().enumerate().filter_map(|(place, event)| fault(place, event)).collect();
    let mut faults = faults;
    if events.len() > MAX_CONVERSION_EVENTS {
        faults.push(FieldError::new("/conversion_events", "length", format!("must hold at most {MAX_CONVERSION_EVENTS}")));
    }
    events.sort_unstable();
    events.dedup();
    let events = unless_faulty(events, faults)?;
    app.get_open_project(project_id).await?;
    let event = Event::in_project(project_id, Action::ReportSettingsChanged).to(json!({"conversion_events": events}));
    let entry = app.entry(event, origin);
    let store = app.inner.store.write((project_id, events.clone(), entry), |transaction, (project_id, events, mut entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            entry.event.before = Some(json!({"conversion_events": rows.list_conversion_events().await?}));
            rows.store_conversion_events(&events, entry.occurred_at_ms).await?;
            transaction.record(&entry).await
        })
    });
    store.await.map(|()| events)
}

fn fault(place: usize, event_type: &str) -> Option<FieldError> {
    let pointer = format!("/conversion_events/{place}");
    // What no event can be called would be a conversion that never comes.
    text::fault(&pointer, event_type, text::MAX_NAME_CHARS).or_else(|| type_fault(&pointer, event_type))
}
