//! Invitations: mailed, accepted once by whoever they were meant for, or withdrawn.

use barker_domain::{
    Code, Email, Error, InvitationId, ProjectId, Result,
    invitation::{Invitation, MAX_OPEN_PER_PROJECT},
    membership::{Membership, Role},
    trail::{Action, Entry, Event, Origin},
    user::User,
};
use barker_store::Transaction;
use serde_json::{Value, json};

use crate::{
    App,
    letter::{self, Invited},
    project,
    secret::{Digest, new_secret},
    session::SignedIn,
};

/// Whom to invite.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Into which project.
    pub project_id: ProjectId,
    /// Where they are reached.
    pub email: String,
    /// What they may do there.
    pub role: Role,
}

/// Mails an invitation. Whether somebody with that e-mail has an account makes no difference to the answer.
///
/// # Errors
/// [`Code::InvalidRequest`]; [`Code::TooMany`]; [`Code::ProjectArchived`]; what the mailer says, and then nobody is invited.
pub async fn create(app: &App, new: NewInvitation, (host, public_url): (&User, &str), origin: &Origin) -> Result<Invitation> {
    let email = Email::parse("/email", &new.email).map_err(|fault| Error::invalid(vec![fault]))?;
    app.get_open_project(new.project_id).await?;
    let project = project::get(app, new.project_id).await?;
    let invitation = Invitation {
        id: InvitationId::generate(),
        project_id: project.id,
        email,
        role: new.role,
        invited_by: host.id,
        created_at_ms: app.now_ms(),
        closed_at_ms: None,
    };
    let secret = new_secret()?;
    insert(app, invitation.clone(), Digest::of(secret.as_bytes()), origin).await?;
    let guest = app.inner.store.find_credentials_by_email(&invitation.email).await?;
    let locale = guest.map_or(host.locale, |guest| guest.user.locale);
    // After the #, so that it gets into no log on the way.
    let link = format!("{public_url}/accept-invitation#{secret}");
    let by = if host.name.is_empty() { host.email.as_str() } else { &host.name };
    let letter = letter::invitation(&invitation.email, locale, &Invited { project: &project.name, by, link: &link });
    if let Err(error) = app.mailer().send(&letter).await {
        withdraw(app, project.id, invitation.id, origin).await?;
        return Err(error);
    }
    Ok(invitation)
}

async fn insert(app: &App, invitation: Invitation, digest: Digest, origin: &Origin) -> Result<()> {
    let event = Event::in_project(invitation.project_id, Action::InvitationCreated).about(invitation.id).to(json_of(&invitation));
    let insert = app.inner.store.write((invitation, digest, app.entry(event, origin)), |transaction, (invitation, digest, entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(invitation.project_id);
            if rows.count_open_invitations(invitation.created_at_ms).await? >= MAX_OPEN_PER_PROJECT {
                return Err(Error::new(Code::TooMany, format!("at most {MAX_OPEN_PER_PROJECT} invitations of a project wait")));
            }
            rows.insert_invitation(&invitation, digest.to_hex()).await?;
            transaction.record(&entry).await
        })
    });
    insert.await
}

/// The invitations of a project that can be accepted, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, project_id: ProjectId) -> Result<Vec<Invitation>> {
    app.inner.store.in_project(project_id).list_open_invitations(app.now_ms()).await
}

/// Takes an invitation back: its link is worth nothing any more.
///
/// # Errors
/// [`Code::InvitationNotFound`], also when it is accepted or over.
pub async fn withdraw(app: &App, project_id: ProjectId, id: InvitationId, origin: &Origin) -> Result<()> {
    let entry = app.entry(Event::in_project(project_id, Action::InvitationWithdrawn).about(id), origin);
    let withdraw = app.inner.store.write((project_id, id, entry), |transaction, (project_id, id, entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            let found = rows.find_invitation(id).await?.filter(|invitation| invitation.is_open(entry.occurred_at_ms));
            found.ok_or_else(|| Error::of(Code::InvitationNotFound))?;
            rows.close_invitation(id, entry.occurred_at_ms).await?;
            transaction.record(&entry).await
        })
    });
    withdraw.await
}

/// Makes somebody who is logged in a member, by the link in their mail.
///
/// # Errors
/// [`Code::LinkInvalid`], also when it was mailed to somebody else; [`Code::LastOwner`].
pub async fn accept(app: &App, secret: &str, signed_in: &SignedIn, origin: Origin) -> Result<Membership> {
    let given = (Digest::of(secret.as_bytes()), signed_in.standing.user.clone(), origin, app.now_ms());
    let (store, user_id) = (app.inner.store.clone(), signed_in.standing.user.id);
    let accept = async move {
        let accept = store.write(given, |transaction, (digest, user, origin, now_ms)| {
            Box::pin(async move { accept_in(transaction, digest, &user, (&origin, now_ms)).await })
        });
        accept.await
    };
    app.see_change_of(user_id, accept).await
}

/// Accepts an invitation inside a transaction.
pub(crate) async fn accept_in(
    transaction: &Transaction,
    digest: Digest,
    user: &User,
    (origin, now_ms): (&Origin, i64),
) -> Result<Membership> {
    let found = transaction.find_invitation_by_hash(&digest.to_hex()).await?;
    let is_for_them = |invitation: &Invitation| invitation.is_open(now_ms) && invitation.email.folded() == user.email.folded();
    let invitation = found.filter(is_for_them).ok_or_else(|| Error::of(Code::LinkInvalid))?;
    let rows = transaction.in_project(invitation.project_id);
    let before = rows.find_membership(user.id).await?;
    // Who may do more already loses nothing by an invitation.
    let role = before.as_ref().map_or(invitation.role, |before| before.role.max(invitation.role));
    let created_at_ms = before.map_or(now_ms, |before| before.created_at_ms);
    let membership = Membership { project_id: invitation.project_id, user_id: user.id, role, created_at_ms };
    rows.upsert_membership(&membership).await?;
    rows.close_invitation(invitation.id, now_ms).await?;
    let accepted = Event::in_project(invitation.project_id, Action::InvitationAccepted).about(invitation.id);
    transaction.record(&Entry::now(accepted.to(json!({"user_id": user.id, "role": role.as_str()})), origin.clone(), now_ms)).await?;
    Ok(membership)
}

/// An invitation as the trail shows it.
fn json_of(invitation: &Invitation) -> Value {
    json!({"email": invitation.email.as_str(), "role": invitation.role.as_str()})
}
