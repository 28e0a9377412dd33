//! The trail: who changed what, when and from where, and who tried to. Lines are added and never changed.
//!
//! The *audit* is something else: it counts deliveries again.

use std::net::IpAddr;

use serde_json::Value;
use uuid::Uuid;

use crate::{ApiKeyId, ProjectId, TrailEntryId, UserId};

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Somebody who did not say who they are.
    Anonymous,
    /// A person who is logged in.
    User(UserId),
    /// A program with a key, of the project that the line is about.
    Key(ApiKeyId),
    /// Barker itself, or its operator at the command line.
    System,
}

impl Actor {
    /// The kind of actor, as it is stored and shown.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::User(_) => "user",
            Self::Key(_) => "key",
            Self::System => "system",
        }
    }
}

/// Where a change comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Who asks for it.
    pub actor: Actor,
    /// Their address, when they came over the network.
    pub address: Option<IpAddr>,
    /// The id of their request.
    pub request_id: Option<String>,
}

impl Origin {
    /// Barker itself, or its operator.
    #[must_use]
    pub fn system() -> Self {
        Self { actor: Actor::System, address: None, request_id: None }
    }

    /// The user who asks for it; `None` when it is a key, or nobody.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        match self.actor {
            Actor::User(id) => Some(id),
            _ => None,
        }
    }

    /// The same request, once it is known who sends it.
    #[must_use]
    pub fn by(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $text:literal)+) => {
        /// What was done, or refused. A line is added here and never renamed: stored lines carry it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {$($(#[$doc])* $name,)+}

        impl Action {
            /// Everything that leaves a line, in the order it was added.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The action as it is stored and shown: what it is about, a dot, what happened to it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)+}
            }
        }
    };
}

actions! {
    /// Somebody registered, or an operator made an account.
    UserCreated "user.created"
    /// A user's name, language, or place among the administrators changed.
    UserChanged "user.changed"
    /// An administrator shut a user out.
    UserBlocked "user.blocked"
    /// An administrator let a user in again.
    UserUnblocked "user.unblocked"
    /// A user set another password.
    PasswordChanged "password.changed"
    /// Somebody logged in.
    SessionStarted "session.started"
    /// An attempt to log in was refused.
    SessionRefused "session.refused"
    /// A session was ended before its time.
    SessionEnded "session.ended"
    /// A refresh token was used after its successor: the session was ended.
    TokenReused "token.reused"
    /// Access tokens are signed with a new key.
    SigningKeyCreated "signing_key.created"
    /// A request was refused because its sender may not do that.
    RequestRefused "request.refused"
    /// A project was made.
    ProjectCreated "project.created"
    /// A project's name, money, time or settings changed.
    ProjectChanged "project.changed"
    /// A project was put away.
    ProjectArchived "project.archived"
    /// A project was taken out again.
    ProjectRestored "project.restored"
    /// A user became a member.
    MemberAdded "member.added"
    /// A member's role changed.
    MemberChanged "member.changed"
    /// A member left or was removed.
    MemberRemoved "member.removed"
    /// A key was made.
    KeyCreated "key.created"
    /// A key was revoked.
    KeyRevoked "key.revoked"
    /// Advertisers were made or renamed.
    AdvertisersStored "advertisers.stored"
    /// Clients were made or changed.
    ClientsStored "clients.stored"
    /// ML scores were set.
    ScoresStored "scores.stored"
    /// A campaign was made.
    CampaignCreated "campaign.created"
    /// A campaign's terms changed.
    CampaignChanged "campaign.changed"
    /// A campaign was deleted.
    CampaignDeleted "campaign.deleted"
    /// A sandbox was moved to another day.
    DayChanged "day.changed"
    /// The trail was exported.
    TrailExported "trail.exported"
    /// Somebody was invited.
    InvitationCreated "invitation.created"
    /// An invitation was taken back.
    InvitationWithdrawn "invitation.withdrawn"
    /// An invitation was accepted.
    InvitationAccepted "invitation.accepted"
    /// A link to set a new password was mailed.
    ResetRequested "reset.requested"
    /// A job is to be tried again.
    JobRetried "job.retried"
    /// A job is not wanted any more.
    JobCancelled "job.cancelled"
    /// A client was erased.
    ClientErased "client.erased"
    /// There is a new key for sealed columns.
    SealingKeyCreated "sealing_key.created"
    /// Everything is sealed with the present key.
    SealingKeyRotated "sealing_key.rotated"
    /// What was sealed with keys that are lost was given up.
    SealingKeyForgotten "sealing_key.forgotten"
    /// Settings of the installation were changed.
    InstallationChanged "installation.changed"
    /// A dashboard was made.
    DashboardCreated "dashboard.created"
    /// A dashboard was changed.
    DashboardChanged "dashboard.changed"
    /// A dashboard was deleted, with its links.
    DashboardDeleted "dashboard.deleted"
    /// A link was made by which anybody may look at a dashboard.
    DashboardShared "dashboard.shared"
    /// Such a link was revoked.
    DashboardUnshared "dashboard.unshared"
    /// A report was saved.
    SavedReportCreated "saved_report.created"
    /// A saved report was changed.
    SavedReportChanged "saved_report.changed"
    /// A saved report was deleted.
    SavedReportDeleted "saved_report.deleted"
    /// It was decided which events are conversions.
    ReportSettingsChanged "report_settings.changed"
    /// A webhook was made.
    WebhookCreated "webhook.created"
    /// A webhook's address, or what it is told, changed.
    WebhookChanged "webhook.changed"
    /// A webhook's messages are signed with another secret.
    WebhookSecretRenewed "webhook.secret_renewed"
    /// A webhook was deleted, with what was known of its deliveries.
    WebhookDeleted "webhook.deleted"
    /// A message is sent to a webhook once more.
    WebhookReplayed "webhook.replayed"
    /// It was decided when an advertiser pays and what it is lent.
    AccountChanged "account.changed"
    /// An advertiser's money came in.
    AccountToppedUp "account.topped_up"
    /// Spend was given back to an advertiser.
    AccountRefunded "account.refunded"
    /// An advertiser's balance was set right.
    AccountAdjusted "account.adjusted"
    /// Clicks turned out to be invalid, and were given back.
    ClicksRefunded "clicks.refunded"
    /// A campaign got another ad.
    AdCreated "ad.created"
    /// An ad's weight, status, name or creative changed.
    AdChanged "ad.changed"
    /// A creative was made by itself.
    CreativeCreated "creative.created"
    /// What a creative says, or where it leads, changed.
    CreativeChanged "creative.changed"
    /// A file was uploaded.
    FileStored "file.stored"
    /// A file was deleted.
    FileDeleted "file.deleted"
}

impl Action {
    /// What it is about: the part before the dot.
    #[must_use]
    pub fn noun(self) -> &'static str {
        self.as_str().split_once('.').map_or("", |(noun, _)| noun)
    }

    /// The action of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == name)
    }
}

/// What a line tells, without who and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The project it happened in; `None`: in none.
    pub project_id: Option<ProjectId>,
    /// What happened.
    pub action: Action,
    /// The id of what it happened to.
    pub subject_id: Option<Uuid>,
    /// How it was before. Never holds a secret, nor anything about clients.
    pub before: Option<Value>,
    /// How it is afterwards, or how many were stored.
    pub after: Option<Value>,
}

impl Event {
    /// An event of the whole installation.
    #[must_use]
    pub fn new(action: Action) -> Self {
        Self { project_id: None, action, subject_id: None, before: None, after: None }
    }

    /// An event of a project.
    #[must_use]
    pub fn in_project(project_id: ProjectId, action: Action) -> Self {
        Self { project_id: Some(project_id), ..Self::new(action) }
    }

    /// The same event, with what it happened to.
    #[must_use]
    pub fn about(self, subject_id: impl Into<Uuid>) -> Self {
        Self { subject_id: Some(subject_id.into()), ..self }
    }

    /// The same event, with how it was before.
    #[must_use]
    pub fn from(self, before: Value) -> Self {
        Self { before: Some(before), ..self }
    }

    /// The same event, with how it is afterwards.
    #[must_use]
    pub fn to(self, after: Value) -> Self {
        Self { after: Some(after), ..self }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Made by Barker; grows with time.
    pub id: TrailEntryId,
    /// What happened.
    pub event: Event,
    /// Who did it, and from where.
    pub origin: Origin,
    /// Milliseconds UTC.
    pub occurred_at_ms: i64,
}

impl Entry {
    /// The line that this leaves now.
    #[must_use]
    pub fn now(event: Event, origin: Origin, now_ms: i64) -> Self {
        Self { id: TrailEntryId::generate(), event, origin, occurred_at_ms: now_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_told_apart_and_fit_their_column() {
        let mut names: Vec<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
        assert!(names.iter().all(|name| name.len() <= 32 && name.split('.').count() == 2));
        assert!(Action::ALL.iter().all(|action| Action::named(action.as_str()) == Some(*action)));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Action::ALL.len());
    }
}
