//! A project in a warehouse of its own.

use std::sync::Arc;

use barker_domain::ProjectId;
use barker_warehouse::{
    Engine,
    fact::{Batch, Facts},
};

pub(crate) struct Shop {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) project_id: ProjectId,
}

impl Shop {
    pub(crate) async fn keep(&self, facts: Facts) {
        self.engine.append(Batch { project_id: self.project_id, facts }).await.unwrap();
    }
}
