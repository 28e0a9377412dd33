//! Lost passwords: a link by mail, good once and for an hour. No answer tells whether an e-mail is known.

use std::{net::IpAddr, time::Duration};

use barker_domain::{
    Code, Email, Error, Result, UserId,
    membership::Role,
    password,
    trail::{Action, Actor, Entry, Event, Origin},
    user::User,
};
use serde::{Deserialize, Serialize};

use crate::{
    App,
    attempt::Attempt,
    job::{self, Job, Place, Shift, Terms},
    letter,
    secret::{Digest, new_secret},
    session,
};

/// Mails a link to set a new password, if somebody has an account with that e-mail. Whether they have is found out after
/// this has answered.
///
/// # Errors
/// [`Code::InvalidRequest`] for what is no e-mail; [`Code::TooManyAttempts`].
pub async fn request(app: &App, email: &str, public_url: String, origin: Origin) -> Result<()> {
    let email = Email::parse("/email", email).map_err(|fault| Error::invalid(vec![fault]))?;
    // It stays counted: nobody fills another's mailbox.
    Attempt::begin(app, &format!("reset {}", email.folded()), &origin).await?;
    // For everybody alike: whether somebody has the e-mail is found out when the job runs.
    let mail = MailReset { email: email.as_str().to_owned(), public_url, address: origin.address, request_id: origin.request_id };
    job::enqueue(app.workshop(), job::new(&mail)?).await.map(drop)
}

/// Mails a link to set a new password to whoever has that e-mail. The link is made when it is sent, so that it is nowhere
/// else.
#[derive(Serialize, Deserialize)]
pub(crate) struct MailReset {
    email: String,
    public_url: String,
    address: Option<IpAddr>,
    request_id: Option<String>,
}

impl Job for MailReset {
    const TERMS: Terms = Terms {
        name: "password_reset.mail",
        place: Place::Anywhere,
        // The last attempt begins some ten minutes after the first: a link that comes much later is not waited for.
        max_attempts: 8,
        timeout: Duration::from_mins(1),
        role: Role::Owner,
    };

    async fn run(self, shift: Shift) -> Result<()> {
        let email = Email::parse("/email", &self.email).map_err(|fault| Error::invalid(vec![fault]))?;
        let known = shift.store().find_credentials_by_email(&email).await?.map(|known| known.user);
        let Some(user) = known.filter(|user| !user.is_blocked()) else { return Ok(()) };
        let secret = new_secret()?;
        let origin = Origin { actor: Actor::Anonymous, address: self.address, request_id: self.request_id };
        let entry = Entry::now(Event::new(Action::ResetRequested).about(user.id), origin, shift.now_ms());
        let given = (user.id, Digest::of(secret.as_bytes()), entry);
        let insert = shift.store().write(given, |transaction, (user_id, digest, entry)| {
            Box::pin(async move {
                transaction.insert_password_reset(user_id, digest.to_hex(), entry.occurred_at_ms).await?;
                transaction.record(&entry).await
            })
        });
        insert.await?;
        let letter = letter::reset(&user.email, user.locale, &format!("{}/reset-password#{secret}", self.public_url));
        shift.workshop().services().mailer.send(&letter).await
    }
}

/// Sets a new password by the link in a mail, and ends all sessions of the user.
///
/// # Errors
/// [`Code::LinkInvalid`]; [`Code::InvalidRequest`] when the password breaks a rule, and then the link is still good;
/// [`Code::TooManyAttempts`].
pub async fn set(app: &App, secret: &str, new_password: String, origin: &Origin) -> Result<()> {
    let attempt = Attempt::begin_from_address(app, origin).await?;
    let digest = Digest::of(secret.as_bytes());
    let user = find(app, digest, attempt).await?;
    if let Some(fault) = password::fault("/new_password", &new_password, &user.email) {
        return Err(Error::invalid(vec![fault]));
    }
    let password_hash = app.inner.passwords.hash(new_password).await?;
    let change = session::NewPasswordHash { password_hash, kept: None, proof: session::Proof::Link(digest) };
    session::set_password(app, &user, change, &origin.by(Actor::User(user.id))).await
}

/// Whose password the link sets.
async fn find(app: &App, digest: Digest, attempt: Attempt) -> Result<User> {
    let find = app.inner.store.write((digest, attempt, app.now_ms()), |transaction, (digest, attempt, now_ms)| {
        Box::pin(async move {
            let user_id: Option<UserId> = transaction.find_password_reset(&digest.to_hex(), now_ms).await?;
            let user_id = user_id.ok_or_else(|| Error::of(Code::LinkInvalid))?;
            attempt.succeed(transaction).await?;
            let user = transaction.find_user(user_id).await?.filter(|user| !user.is_blocked());
            user.ok_or_else(|| Error::of(Code::LinkInvalid))
        })
    });
    find.await
}
