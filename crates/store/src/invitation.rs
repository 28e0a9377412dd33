//! Invitations: made, listed and withdrawn in their project, found by the digest of their link.

use barker_domain::{
    Email, InvitationId, ProjectId, Result, UserId,
    invitation::{Invitation, LIFE_MS},
    membership::Role,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Select};

use crate::{
    Transaction,
    entity::invitation::{ActiveModel, Column, Entity, Model},
    error::{failed, unreadable},
    tenant::{InProject, InProjectMut},
};

impl Transaction {
    /// The invitation whose link has that digest, in whatever project.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_invitation_by_hash(&self, token_hash: &str) -> Result<Option<Invitation>> {
        let row = Entity::find().filter(Column::TokenHash.eq(token_hash)).one(&self.inner).await;
        row.map_err(failed("find the invitation"))?.map(Invitation::try_from).transpose()
    }
}

impl InProject<'_> {
    /// The invitation with that id, open or not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_invitation(&self, id: InvitationId) -> Result<Option<Invitation>> {
        let row = self.invitations().filter(Column::Id.eq(id.0)).one(&self.executor).await;
        row.map_err(failed("find the invitation"))?.map(Invitation::try_from).transpose()
    }

    /// The invitations that can be accepted, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_open_invitations(&self, now_ms: i64) -> Result<Vec<Invitation>> {
        let newest_first = self.open_invitations(now_ms).order_by_desc(Column::CreatedAtMs).order_by_desc(Column::Id);
        let rows = newest_first.all(&self.executor).await.map_err(failed("list the invitations"))?;
        rows.into_iter().map(Invitation::try_from).collect()
    }

    /// How many invitations can be accepted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_open_invitations(&self, now_ms: i64) -> Result<u64> {
        self.open_invitations(now_ms).count(&self.executor).await.map_err(failed("count the invitations"))
    }

    fn open_invitations(&self, now_ms: i64) -> Select<Entity> {
        self.invitations().filter(Column::ClosedAtMs.is_null()).filter(Column::CreatedAtMs.gt(now_ms - LIFE_MS))
    }

    fn invitations(&self) -> Select<Entity> {
        Entity::find().filter(Column::ProjectId.eq(self.project_id.0))
    }
}

impl InProjectMut<'_> {
    /// Stores a new invitation.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_invitation(&self, invitation: &Invitation, token_hash: String) -> Result<()> {
        let row = ActiveModel {
            project_id: Set(self.project_id.0),
            id: Set(invitation.id.0),
            email: Set(invitation.email.as_str().to_owned()),
            role: Set(invitation.role.as_str().to_owned()),
            token_hash: Set(token_hash),
            user_id: Set(invitation.invited_by.0),
            created_at_ms: Set(invitation.created_at_ms),
            closed_at_ms: Set(invitation.closed_at_ms),
        };
        Entity::insert(row).exec_without_returning(&self.executor).await.map(drop).map_err(failed("store the invitation"))
    }

    /// Gives an invitation that can be accepted another link. `false` when it cannot be accepted any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_invitation_link(&self, id: InvitationId, token_hash: String) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::TokenHash, token_hash.into())
            .filter(Column::ProjectId.eq(self.project_id.0))
            .filter(Column::Id.eq(id.0))
            .filter(Column::ClosedAtMs.is_null());
        update.exec(&self.executor).await.map(|updated| updated.rows_affected == 1).map_err(failed("give the invitation a link"))
    }

    /// Closes an invitation: accepted or withdrawn, nobody can accept it any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn close_invitation(&self, id: InvitationId, now_ms: i64) -> Result<()> {
        let close = Entity::update_many()
            .col_expr(Column::ClosedAtMs, Some(now_ms).into())
            .filter(Column::ProjectId.eq(self.project_id.0))
            .filter(Column::Id.eq(id.0));
        close.exec(&self.executor).await.map(drop).map_err(failed("close the invitation"))
    }
}

impl TryFrom<Model> for Invitation {
    type Error = barker_domain::Error;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: InvitationId(row.id),
            project_id: ProjectId(row.project_id),
            email: Email::parse("", &row.email).map_err(|_| unreadable("invitations", "email"))?,
            role: Role::named(&row.role).ok_or_else(|| unreadable("invitations", "role"))?,
            invited_by: UserId(row.user_id),
            created_at_ms: row.created_at_ms,
            closed_at_ms: row.closed_at_ms,
        })
    }
}
