//! Webhooks: addresses of a project's own that are told what happened, and what became of telling them.

use serde_json::Value;
use uuid::Uuid;

use crate::{FieldError, UserId, text};

/// Most webhooks of a project.
pub const MAX_PER_PROJECT: u64 = 20;
/// Longest address.
pub const MAX_URL_CHARS: usize = 2_000;
/// Longest reason that is kept of a failure.
pub const MAX_ERROR_CHARS: usize = 500;
/// How long it is known what became of a delivery.
pub const DELIVERY_LIFE_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// What a webhook can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WebhookEvent {
    /// A campaign's last day is over, or its limit of impressions reached.
    CampaignFinished,
    /// Less may be spent than the amount that an account says.
    BalanceLow,
    /// An advertiser has campaigns that would run, and no money for any of them.
    MoneyEnded,
    /// Nothing happened: somebody wants to see whether the address answers.
    Ping,
}

impl WebhookEvent {
    /// Every event there is.
    pub const ALL: [Self; 4] = [Self::CampaignFinished, Self::BalanceLow, Self::MoneyEnded, Self::Ping];
    /// Those that a webhook may ask for; the others come to all.
    pub const CHOSEN: [Self; 3] = [Self::CampaignFinished, Self::BalanceLow, Self::MoneyEnded];

    /// Its name in the API and in what is sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CampaignFinished => "campaign.finished",
            Self::BalanceLow => "balance.low",
            Self::MoneyEnded => "money.ended",
            Self::Ping => "ping",
        }
    }

    /// The event of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == name)
    }
}

/// What somebody decides about a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookTerms {
    /// Where it is, `https://…`.
    pub url: String,
    /// What it is for, in people's words; may be empty.
    pub description: String,
    /// What it is told, at least one of [`WebhookEvent::CHOSEN`], each once.
    pub events: Vec<WebhookEvent>,
    /// Whether it is told anything.
    pub is_enabled: bool,
}

/// What changes about a webhook; `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookChange {
    /// Where it is.
    pub url: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What it is told.
    pub events: Option<Vec<WebhookEvent>>,
    /// Whether it is told anything.
    pub is_enabled: Option<bool>,
}

impl WebhookChange {
    /// The terms after it.
    #[must_use]
    pub fn applied_to(self, before: &WebhookTerms) -> WebhookTerms {
        WebhookTerms {
            url: self.url.unwrap_or_else(|| before.url.clone()),
            description: self.description.unwrap_or_else(|| before.description.clone()),
            events: self.events.unwrap_or_else(|| before.events.clone()),
            is_enabled: self.is_enabled.unwrap_or(before.is_enabled),
        }
    }
}

impl WebhookTerms {
    /// Every field that breaks a rule; whether the address may be reached is for whoever carries to say.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.url.chars().nth(MAX_URL_CHARS).is_some() {
            faults.push(FieldError::new("/url", "length", format!("must be at most {MAX_URL_CHARS} characters long")));
        }
        if !self.description.is_empty() {
            faults.extend(text::fault("/description", &self.description, text::MAX_NAME_CHARS));
        }
        if self.events.is_empty() {
            faults.push(FieldError::new("/events", "length", "must hold at least one event"));
        }
        faults
    }
}

/// A webhook, without the secret that its messages are signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Made by Barker, unique within the project.
    pub id: Uuid,
    /// What was decided about it.
    pub terms: WebhookTerms,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
    /// Milliseconds UTC.
    pub updated_at_ms: i64,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It will be tried, perhaps again.
    Pending,
    /// The other side has said that it has it.
    Delivered,
    /// It is not tried any more.
    Failed,
}

impl DeliveryState {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    /// Its name, as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// One message to one webhook, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Made by Barker; the message's id as well, the same however often it is sent.
    pub id: Uuid,
    /// To whom.
    pub webhook_id: Uuid,
    /// What it tells.
    pub event: WebhookEvent,
    /// What is sent, whole.
    pub body: Value,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: i32,
    /// What the other side answered the last time: an HTTP status.
    pub status_code: Option<i32>,
    /// Why the last time was no success.
    pub error: Option<String>,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
    /// When it was sent last.
    pub tried_at_ms: Option<i64>,
}

/// Something that holds now and was told once: it is told again only after it held no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// What was told.
    pub event: WebhookEvent,
    /// Of what.
    pub subject_id: Uuid,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_of_nothing_with_a_long_address_is_refused_twice() {
        let terms = WebhookTerms { url: "x".repeat(2_001), description: String::new(), events: Vec::new(), is_enabled: true };
        let pointers: Vec<_> = terms.faults().into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(pointers, ["/url", "/events"]);
    }

    #[test]
    fn names_lead_back_to_what_they_name() {
        assert!(WebhookEvent::ALL.into_iter().all(|event| WebhookEvent::named(event.as_str()) == Some(event)));
        assert!(DeliveryState::ALL.into_iter().all(|state| DeliveryState::named(state.as_str()) == Some(state)));
    }
}
