//! Invitations: mailed, accepted once by whoever they were meant for, or withdrawn.

use std::time::Duration;

use barker_domain::{
    Code, Email, Error, InvitationId, ProjectId, Result,
    invitation::{Invitation, MAX_OPEN_PER_PROJECT},
    membership::{Membership, Role},
    trail::{Action, Entry, Event, Origin},
    user::User,
};
use barker_store::{Transaction, Work};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    App,
    job::{self, Job, Place, Shift, Terms, entry_of_system},
    letter::{self, Invited},
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

/// Invites somebody; the mail is a job. Whether somebody with that e-mail has an account makes no difference to the answer.
///
/// # Errors
/// [`Code::InvalidRequest`]; [`Code::TooMany`]; [`Code::ProjectArchived`].
pub async fn create(app: &App, new: NewInvitation, (host, public_url): (&User, &str), origin: &Origin) -> Result<Invitation> {
    let email = Email::parse("/email", &new.email).map_err(|fault| Error::invalid(vec![fault]))?;
    let project = app.get_open_project(new.project_id).await?;
    let invitation = Invitation {
        id: InvitationId::generate(),
        project_id: project.id(),
        email,
        role: new.role,
        invited_by: host.id,
        created_at_ms: app.now_ms(),
        closed_at_ms: None,
    };
    insert(app, invitation.clone(), public_url.to_owned(), origin).await?;
    app.workshop().wake();
    Ok(invitation)
}

async fn insert(app: &App, invitation: Invitation, public_url: String, origin: &Origin) -> Result<()> {
    let event = Event::in_project(invitation.project_id, Action::InvitationCreated).about(invitation.id).to(json_of(&invitation));
    let mail = MailInvitation { project_id: invitation.project_id, invitation_id: invitation.id, public_url };
    let job = job::new(&mail)?.in_project(invitation.project_id).keyed_by(invitation.id.to_string()).asked_by(invitation.invited_by);
    // The link is made when it is mailed; until then nobody knows one.
    let nobodys = Digest::of(new_secret()?.as_bytes());
    let given = (invitation, nobodys, job, app.entry(event, origin));
    let insert = app.inner.store.write(given, |transaction, (invitation, digest, job, entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(invitation.project_id);
            if rows.count_open_invitations(invitation.created_at_ms).await? >= MAX_OPEN_PER_PROJECT {
                return Err(Error::new(Code::TooMany, format!("at most {MAX_OPEN_PER_PROJECT} invitations of a project wait")));
            }
            rows.insert_invitation(&invitation, digest.to_hex()).await?;
            transaction.enqueue_job(job, entry.occurred_at_ms).await?;
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

/// Mails an invitation. The link is made when it is sent, so that it is nowhere but in the mail; of two mails, because an
/// attempt was repeated, the link in the later one is good.
#[derive(Serialize, Deserialize)]
pub(crate) struct MailInvitation {
    project_id: ProjectId,
    invitation_id: InvitationId,
    public_url: String,
}

impl Job for MailInvitation {
    const TERMS: Terms = Terms {
        name: "invitation.mail",
        place: Place::Anywhere,
        // The last attempt begins some five hours after the first.
        max_attempts: 14,
        timeout: Duration::from_mins(1),
        role: Role::Owner,
    };

    async fn run(self, shift: Shift) -> Result<()> {
        let store = shift.store();
        let found = store.in_project(self.project_id).find_invitation(self.invitation_id).await?;
        // Accepted or withdrawn meanwhile: nobody needs the mail.
        let Some(invitation) = found.filter(|invitation| invitation.is_open(shift.now_ms())) else { return Ok(()) };
        let project = store.find_project(self.project_id).await?.ok_or_else(|| Error::of(Code::ProjectNotFound))?;
        let host = store.find_credentials(invitation.invited_by).await?.ok_or_else(|| Error::of(Code::UserNotFound))?.user;
        let guest = store.find_credentials_by_email(&invitation.email).await?;
        let locale = guest.map_or(host.locale, |guest| guest.user.locale);
        let secret = new_secret()?;
        let given = (self.project_id, self.invitation_id, Digest::of(secret.as_bytes()));
        let renew = store.write(given, |transaction, (project_id, id, digest)| {
            Box::pin(async move { transaction.in_project(project_id).update_invitation_link(id, digest.to_hex()).await })
        });
        if !renew.await? {
            return Ok(());
        }
        // After the #, so that it gets into no log on the way.
        let link = format!("{}/accept-invitation#{secret}", self.public_url);
        let by = if host.name.is_empty() { host.email.as_str() } else { &host.name };
        let letter = letter::invitation(&invitation.email, locale, &Invited { project: &project.name, by, link: &link });
        shift.workshop().services().mailer.send(&letter).await
    }

    /// An invitation that never reached anybody is taken back.
    fn give_up(self, transaction: &Transaction, now_ms: i64) -> Work<'_, ()> {
        Box::pin(async move {
            let rows = transaction.in_project(self.project_id);
            let found = rows.find_invitation(self.invitation_id).await?;
            if found.is_none_or(|invitation| !invitation.is_open(now_ms)) {
                return Ok(());
            }
            rows.close_invitation(self.invitation_id, now_ms).await?;
            let event = Event::in_project(self.project_id, Action::InvitationWithdrawn).about(self.invitation_id);
            transaction.record(&entry_of_system(event, now_ms)).await
        })
    }
}

/// An invitation as the trail shows it.
fn json_of(invitation: &Invitation) -> Value {
    json!({"email": invitation.email.as_str(), "role": invitation.role.as_str()})
}
