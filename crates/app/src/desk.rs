//! A desk: where changes are made. It says in which project, and on whose behalf, so that no change goes without its line
//! in the trail.

use std::sync::Arc;

use barker_domain::trail::{Action, Entry, Event, Origin};

use crate::{App, ProjectHandle};

/// Somebody at work in a project. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The application.
    pub app: App,
    /// The project.
    pub project: Arc<ProjectHandle>,
    /// Who works here.
    pub origin: Origin,
}

impl Desk {
    /// An event of this project.
    pub(crate) fn event(&self, action: Action) -> Event {
        Event::in_project(self.project.id(), action)
    }

    /// The line that an event leaves now.
    pub(crate) fn entry(&self, event: Event) -> Entry {
        self.app.entry(event, &self.origin)
    }
}
