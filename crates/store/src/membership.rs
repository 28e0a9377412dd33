//! Memberships: of a project, reached through it; and of a user, to know what they may do.

use barker_domain::{
    ProjectId, Result, UserId,
    membership::{Membership, Role},
    page::{Listed, Page},
    user::User,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::OnConflict,
};

use crate::{
    Store,
    entity::{
        membership::{ActiveModel, Column, Entity, Model},
        user,
    },
    error::{failed, unreadable},
    tenant::{InProject, InProjectMut},
};

impl Store {
    /// What a user may do, in every project where they are a member.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_memberships_of(&self, user_id: UserId) -> Result<Vec<Membership>> {
        let rows = Entity::find().filter(Column::UserId.eq(user_id.0)).all(&self.reader).await;
        rows.map_err(failed("list the memberships"))?.into_iter().map(Membership::try_from).collect()
    }
}

impl InProject<'_> {
    /// A user's membership here.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_membership(&self, user_id: UserId) -> Result<Option<Membership>> {
        let row = self.memberships().filter(Column::UserId.eq(user_id.0)).one(&self.executor).await;
        row.map_err(failed("find the member"))?.map(Membership::try_from).transpose()
    }

    /// A page of members with what they are called, in the order in which they came.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_members(&self, page: Page) -> Result<Listed<(Membership, User)>> {
        let total = self.memberships().count(&self.executor).await.map_err(failed("count the members"))?;
        let in_order = self.memberships().order_by_asc(Column::CreatedAtMs).order_by_asc(Column::UserId);
        let rows = in_order.offset(page.offset()).limit(page.size).all(&self.executor).await.map_err(failed("list the members"))?;
        let ids = rows.iter().map(|row| row.user_id);
        let users = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(&self.executor).await;
        let users = users.map_err(failed("list the members"))?.into_iter().map(User::try_from).collect::<Result<Vec<_>>>()?;
        let member = |row: Model| {
            let known = users.iter().find(|user| user.id.0 == row.user_id).cloned();
            Ok((Membership::try_from(row)?, known.ok_or_else(|| unreadable("memberships", "user_id"))?))
        };
        Ok(Listed { rows: rows.into_iter().map(member).collect::<Result<_>>()?, total })
    }

    /// How many owners the project has.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_owners(&self) -> Result<u64> {
        let owners = self.memberships().filter(Column::Role.eq(Role::Owner.as_str()));
        owners.count(&self.executor).await.map_err(failed("count the owners"))
    }

    fn memberships(&self) -> Select<Entity> {
        Entity::find().filter(Column::ProjectId.eq(self.project_id.0))
    }
}

impl InProjectMut<'_> {
    /// Makes a user a member, or gives a member another role.
    ///
    /// # Errors
    /// When there is no such user, or the database does not answer.
    pub async fn upsert_membership(&self, membership: &Membership) -> Result<()> {
        let row = ActiveModel {
            project_id: Set(self.project_id.0),
            user_id: Set(membership.user_id.0),
            role: Set(membership.role.as_str().to_owned()),
            created_at_ms: Set(membership.created_at_ms),
        };
        let set = OnConflict::columns([Column::ProjectId, Column::UserId]).update_column(Column::Role).to_owned();
        let upsert = Entity::insert(row).on_conflict(set).exec_without_returning(&self.executor);
        upsert.await.map(drop).map_err(failed("store the membership"))
    }

    /// Takes a membership away.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_membership(&self, user_id: UserId) -> Result<()> {
        let delete = Entity::delete_many().filter(Column::ProjectId.eq(self.project_id.0)).filter(Column::UserId.eq(user_id.0));
        delete.exec(&self.executor).await.map(drop).map_err(failed("remove the member"))
    }
}

impl TryFrom<Model> for Membership {
    type Error = barker_domain::Error;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            project_id: ProjectId(row.project_id),
            user_id: UserId(row.user_id),
            role: Role::named(&row.role).ok_or_else(|| unreadable("memberships", "role"))?,
            created_at_ms: row.created_at_ms,
        })
    }
}
