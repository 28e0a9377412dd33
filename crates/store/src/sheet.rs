//! Dashboards and saved reports: two tables of one shape. And links to dashboards.

use barker_domain::{
    ProjectId, Result, UserId,
    page::{Listed, Page},
    sheet::{DashboardLink, Sheet, SheetKind, SheetTerms},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    Store,
    entity::dashboard_link as link,
    error::{failed, unreadable},
    tenant::{InProject, InProjectMut},
};

/// What is done with either table.
macro_rules! sheets {
    ($($entity:ident)+) => {$(
        impl TryFrom<crate::entity::$entity::Model> for Sheet {
            type Error = barker_domain::Error;

            fn try_from(row: crate::entity::$entity::Model) -> Result<Self> {
                let content = serde_json::from_str(&row.content_json);
                let content = content.map_err(|error| unreadable(concat!(stringify!($entity), "s"), "content_json").caused_by(error))?;
                Ok(Self {
                    id: row.id,
                    terms: SheetTerms { name: row.name, content },
                    version: row.version,
                    created_by: row.user_id.map(UserId),
                    created_at_ms: row.created_at_ms,
                    updated_at_ms: row.updated_at_ms,
                })
            }
        }

        mod $entity {
            use super::*;
            pub(super) use crate::entity::$entity::*;

            pub(super) async fn find(rows: &InProject<'_>, id: Uuid) -> Result<Option<Sheet>> {
                let row = Entity::find_by_id((rows.project_id.0, id)).one(&rows.executor).await.map_err(failed("find the sheet"))?;
                row.map(Sheet::try_from).transpose()
            }

            pub(super) async fn list(rows: &InProject<'_>, page: Page) -> Result<Listed<Sheet>> {
                let all = Entity::find().filter(Column::ProjectId.eq(rows.project_id.0));
                let total = all.clone().count(&rows.executor).await.map_err(failed("count the sheets"))?;
                let by_name = all.order_by_asc(Column::Name).order_by_asc(Column::Id).offset(page.offset()).limit(page.size);
                let rows = by_name.all(&rows.executor).await.map_err(failed("list the sheets"))?;
                Ok(Listed { rows: rows.into_iter().map(Sheet::try_from).collect::<Result<_>>()?, total })
            }

            pub(super) async fn insert(rows: &InProjectMut<'_>, sheet: &Sheet) -> Result<()> {
                let row = ActiveModel {
                    project_id: Set(rows.project_id.0),
                    id: Set(sheet.id),
                    name: Set(sheet.terms.name.clone()),
                    content_json: Set(sheet.terms.content.to_string()),
                    version: Set(sheet.version),
                    user_id: Set(sheet.created_by.map(Into::into)),
                    created_at_ms: Set(sheet.created_at_ms),
                    updated_at_ms: Set(sheet.updated_at_ms),
                };
                Entity::insert(row).exec_without_returning(&rows.executor).await.map(drop).map_err(failed("store the sheet"))
            }

            pub(super) async fn update(rows: &InProjectMut<'_>, sheet: &Sheet) -> Result<()> {
                let update = Entity::update_many()
                    .col_expr(Column::Name, sheet.terms.name.clone().into())
                    .col_expr(Column::ContentJson, sheet.terms.content.to_string().into())
                    .col_expr(Column::Version, sheet.version.into())
                    .col_expr(Column::UpdatedAtMs, sheet.updated_at_ms.into())
                    .filter(Column::ProjectId.eq(rows.project_id.0))
                    .filter(Column::Id.eq(sheet.id));
                update.exec(&rows.executor).await.map(drop).map_err(failed("change the sheet"))
            }

            pub(super) async fn delete(rows: &InProjectMut<'_>, id: Uuid) -> Result<()> {
                let delete = Entity::delete_by_id((rows.project_id.0, id)).exec(&rows.executor);
                delete.await.map(drop).map_err(failed("delete the sheet"))
            }
        }
    )+};
}

sheets! { dashboard saved_report }

impl InProject<'_> {
    /// The sheet with that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_sheet(&self, kind: SheetKind, id: Uuid) -> Result<Option<Sheet>> {
        match kind {
            SheetKind::Dashboard => dashboard::find(self, id).await,
            SheetKind::SavedReport => saved_report::find(self, id).await,
        }
    }

    /// A page of sheets, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_sheets(&self, kind: SheetKind, page: Page) -> Result<Listed<Sheet>> {
        match kind {
            SheetKind::Dashboard => dashboard::list(self, page).await,
            SheetKind::SavedReport => saved_report::list(self, page).await,
        }
    }

    /// The links of a dashboard, oldest first, the revoked ones too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_dashboard_links(&self, dashboard_id: Uuid) -> Result<Vec<DashboardLink>> {
        let links = link::Entity::find()
            .filter(link::Column::ProjectId.eq(self.project_id.0))
            .filter(link::Column::DashboardId.eq(dashboard_id))
            .order_by_asc(link::Column::Id);
        let rows = links.all(&self.executor).await.map_err(failed("list the links"))?;
        Ok(rows.into_iter().map(DashboardLink::from).collect())
    }
}

impl InProjectMut<'_> {
    /// Stores a new sheet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_sheet(&self, kind: SheetKind, sheet: &Sheet) -> Result<()> {
        match kind {
            SheetKind::Dashboard => dashboard::insert(self, sheet).await,
            SheetKind::SavedReport => saved_report::insert(self, sheet).await,
        }
    }

    /// Stores a sheet that exists.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_sheet(&self, kind: SheetKind, sheet: &Sheet) -> Result<()> {
        match kind {
            SheetKind::Dashboard => dashboard::update(self, sheet).await,
            SheetKind::SavedReport => saved_report::update(self, sheet).await,
        }
    }

    /// Deletes a sheet, with its links.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_sheet(&self, kind: SheetKind, id: Uuid) -> Result<()> {
        match kind {
            SheetKind::Dashboard => {
                let links = link::Entity::delete_many()
                    .filter(link::Column::ProjectId.eq(self.project_id.0))
                    .filter(link::Column::DashboardId.eq(id));
                links.exec(&self.executor).await.map_err(failed("delete the links"))?;
                dashboard::delete(self, id).await
            }
            SheetKind::SavedReport => saved_report::delete(self, id).await,
        }
    }

    /// Stores a new link.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_dashboard_link(&self, new: &DashboardLink, token_hash: String) -> Result<()> {
        let row = link::ActiveModel {
            project_id: Set(self.project_id.0),
            id: Set(new.id),
            dashboard_id: Set(new.dashboard_id),
            token_hash: Set(token_hash),
            user_id: Set(new.created_by.map(Into::into)),
            created_at_ms: Set(new.created_at_ms),
            revoked_at_ms: Set(new.revoked_at_ms),
        };
        link::Entity::insert(row).exec_without_returning(&self.executor).await.map(drop).map_err(failed("store the link"))
    }

    /// Revokes a link for good.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke_dashboard_link(&self, id: Uuid, now_ms: i64) -> Result<()> {
        let revoke = link::Entity::update_many()
            .col_expr(link::Column::RevokedAtMs, Some(now_ms).into())
            .filter(link::Column::ProjectId.eq(self.project_id.0))
            .filter(link::Column::Id.eq(id));
        revoke.exec(&self.executor).await.map(drop).map_err(failed("revoke the link"))
    }
}

impl Store {
    /// Where a link leads that works, whatever project it is of: who follows it shows nothing else.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_dashboard_link(&self, token_hash: &str) -> Result<Option<(ProjectId, DashboardLink)>> {
        let working = link::Entity::find().filter(link::Column::TokenHash.eq(token_hash)).filter(link::Column::RevokedAtMs.is_null());
        let row = working.one(&self.reader).await.map_err(failed("find the link"))?;
        Ok(row.map(|row| (ProjectId(row.project_id), DashboardLink::from(row))))
    }
}

impl From<link::Model> for DashboardLink {
    fn from(row: link::Model) -> Self {
        Self {
            id: row.id,
            dashboard_id: row.dashboard_id,
            created_by: row.user_id.map(UserId),
            created_at_ms: row.created_at_ms,
            revoked_at_ms: row.revoked_at_ms,
        }
    }
}
