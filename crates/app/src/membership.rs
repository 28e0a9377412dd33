//! Memberships: who may do what in a project. One owner is always left.

use barker_domain::{
    Code, Error, ProjectId, Result, UserId,
    membership::{Membership, Role},
    page::{Listed, Page},
    trail::{Action, Entry, Event, Origin},
    user::User,
};
use serde_json::json;

use crate::App;

/// What a member is to be.
#[derive(Debug, Clone, Copy)]
pub struct Appointment {
    /// Where.
    pub project_id: ProjectId,
    /// Who.
    pub user_id: UserId,
    /// What they may do from now on.
    pub role: Role,
}

/// Whom somebody may appoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Members, who get another role.
    Members,
    /// Any user: whoever is no member becomes one.
    Everybody,
}

/// A page of members with what they are called, in the order in which they came.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, project_id: ProjectId, page: Page) -> Result<Listed<(Membership, User)>> {
    app.inner.store.in_project(project_id).list_members(page).await
}

/// Gives a member another role; with [`Reach::Everybody`], makes whoever is none a member.
///
/// # Errors
/// [`Code::MemberNotFound`], or within reach of everybody [`Code::UserNotFound`]; [`Code::LastOwner`].
pub async fn appoint(app: &App, wanted: Appointment, reach: Reach, origin: &Origin) -> Result<Membership> {
    let given = (wanted, origin.clone(), app.now_ms());
    let store = app.inner.store.clone();
    let appoint = async move {
        let appoint = store.write(given, move |transaction, (wanted, origin, now_ms)| {
            Box::pin(async move {
                let rows = transaction.in_project(wanted.project_id);
                let before = rows.find_membership(wanted.user_id).await?;
                if before.is_none() && reach == Reach::Members {
                    return Err(Error::of(Code::MemberNotFound));
                }
                transaction.find_user(wanted.user_id).await?.ok_or_else(|| Error::of(Code::UserNotFound))?;
                rows.find_project().await?.ok_or_else(|| Error::of(Code::ProjectNotFound))?;
                let Appointment { project_id, user_id, role } = wanted;
                let created_at_ms = before.as_ref().map_or(now_ms, |before| before.created_at_ms);
                let after = Membership { project_id, user_id, role, created_at_ms };
                rows.upsert_membership(&after).await?;
                keep_an_owner(&rows).await?;
                let action = if before.is_some() { Action::MemberChanged } else { Action::MemberAdded };
                let event = Event::in_project(project_id, action).about(user_id).to(json!({"role": role.as_str()}));
                let event = Event { before: before.map(|before| json!({"role": before.role.as_str()})), ..event };
                transaction.record(&Entry::now(event, origin, now_ms)).await.map(|()| after)
            })
        });
        appoint.await
    };
    app.see_change_of(wanted.user_id, appoint).await
}

/// Takes a membership away.
///
/// # Errors
/// [`Code::MemberNotFound`]; [`Code::LastOwner`].
pub async fn remove(app: &App, project_id: ProjectId, user_id: UserId, origin: &Origin) -> Result<()> {
    let given = (project_id, user_id, origin.clone(), app.now_ms());
    let store = app.inner.store.clone();
    let remove = async move {
        let remove = store.write(given, |transaction, (project_id, user_id, origin, now_ms)| {
            Box::pin(async move {
                let rows = transaction.in_project(project_id);
                let before = rows.find_membership(user_id).await?.ok_or_else(|| Error::of(Code::MemberNotFound))?;
                rows.delete_membership(user_id).await?;
                keep_an_owner(&rows).await?;
                let event = Event::in_project(project_id, Action::MemberRemoved).about(user_id).from(json!({"role": before.role.as_str()}));
                transaction.record(&Entry::now(event, origin, now_ms)).await
            })
        });
        remove.await
    };
    app.see_change_of(user_id, remove).await
}

/// Transactions that write take turns, so two owners who leave at once do not both see the other.
async fn keep_an_owner(rows: &barker_store::InProjectMut<'_>) -> Result<()> {
    if rows.count_owners().await? == 0 {
        return Err(Error::new(Code::LastOwner, "a project keeps at least one owner"));
    }
    Ok(())
}
