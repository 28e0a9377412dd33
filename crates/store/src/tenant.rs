//! Scopes: a project's rows, to read or to write. Queries on them live beside the noun they are about.

use std::ops::Deref;

use barker_domain::ProjectId;
use sea_orm::{DatabaseExecutor, DatabaseTransaction};

/// A project's rows, to read.
#[derive(Debug)]
pub struct InProject<'a> {
    pub(crate) project_id: ProjectId,
    pub(crate) executor: DatabaseExecutor<'a>,
}

/// A project's rows inside a transaction, to read and to write.
#[derive(Debug)]
pub struct InProjectMut<'a> {
    reading: InProject<'a>,
}

impl<'a> InProject<'a> {
    pub(crate) fn new(project_id: ProjectId, executor: impl Into<DatabaseExecutor<'a>>) -> Self {
        Self { project_id, executor: executor.into() }
    }
}

impl<'a> InProjectMut<'a> {
    pub(crate) fn new(project_id: ProjectId, transaction: &'a DatabaseTransaction) -> Self {
        Self { reading: InProject::new(project_id, transaction) }
    }
}

impl<'a> Deref for InProjectMut<'a> {
    type Target = InProject<'a>;

    fn deref(&self) -> &InProject<'a> {
        &self.reading
    }
}
