//! An advertiser's account: how far below zero its balance may go, and so when its campaigns stop.

use crate::{AdvertiserId, FieldError, Micros, money::MICROS_PER_UNIT};

/// The largest amount that is posted, lent or kept at once: 9,000,000,000 units of currency. Up to it a double, as JSON
/// carries it, tells neighbouring micros apart.
pub const MAX_AMOUNT: Micros = Micros(9_000_000_000 * MICROS_PER_UNIT);
/// What an account without a limit may owe: half of what 64 bits hold, so that no sum of it with a balance wraps around.
pub const WITHOUT_LIMIT: Micros = Micros(i64::MAX / 2);

/// When the advertiser pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// Before: it spends what it has topped up, and what it is lent.
    Prepaid,
    /// After: it spends, and is sent a bill.
    Postpaid,
}

impl AccountKind {
    /// Every kind there is.
    pub const ALL: [Self; 2] = [Self::Prepaid, Self::Postpaid];

    /// The kind as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepaid => "prepaid",
            Self::Postpaid => "postpaid",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What was decided about an advertiser's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountTerms {
    /// When it pays.
    pub kind: AccountKind,
    /// How far below zero the balance may go; `None`: as far as it likes, which only a postpaid account may.
    pub credit_limit: Option<Micros>,
    /// Webhooks are told when less than this may be spent; `None`: they are not told.
    pub low_balance: Option<Micros>,
}

impl Default for AccountTerms {
    /// What an advertiser has of whom nothing was decided: it pays after, without a limit.
    fn default() -> Self {
        Self { kind: AccountKind::Postpaid, credit_limit: None, low_balance: None }
    }
}

impl AccountTerms {
    /// Every field that breaks a rule.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.kind == AccountKind::Prepaid && self.credit_limit.is_none() {
            faults.push(FieldError::new("/credit_limit", "required", "a prepaid account has one; 0 lends nothing"));
        }
        for (pointer, amount) in [("/credit_limit", self.credit_limit), ("/low_balance", self.low_balance)] {
            if amount.is_some_and(|amount| !(Micros::ZERO..=MAX_AMOUNT).contains(&amount)) {
                faults.push(FieldError::new(pointer, "range", format!("must be 0 to {}", MAX_AMOUNT.0 / MICROS_PER_UNIT)));
            }
        }
        faults
    }

    /// How far below zero the balance may go, as a number.
    #[must_use]
    pub fn credit(&self) -> Micros {
        self.credit_limit.unwrap_or(WITHOUT_LIMIT)
    }
}

/// An advertiser's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Whose it is.
    pub advertiser_id: AdvertiserId,
    /// What was decided about it.
    pub terms: AccountTerms,
    /// Grows with every change of the terms, from 1.
    pub version: i32,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
    /// Milliseconds UTC.
    pub updated_at_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_postpaid_account_goes_without_a_limit() {
        let codes = |kind, credit_limit| AccountTerms { kind, credit_limit, low_balance: None }.faults().first().map(|fault| fault.code);
        assert_eq!(codes(AccountKind::Postpaid, None), None);
        assert_eq!(codes(AccountKind::Prepaid, None), Some("required"));
        assert_eq!(codes(AccountKind::Prepaid, Some(Micros::ZERO)), None);
        assert_eq!(codes(AccountKind::Postpaid, Some(Micros(-1))), Some("range"));
        assert_eq!(codes(AccountKind::Postpaid, Some(Micros(MAX_AMOUNT.0 + 1))), Some("range"));
        let low = AccountTerms { low_balance: Some(Micros(-1)), ..AccountTerms::default() };
        assert_eq!(low.faults()[0].pointer, "/low_balance");
        assert_eq!(AccountTerms::default().credit(), WITHOUT_LIMIT);
        let lent = |micros| AccountTerms { credit_limit: Some(Micros(micros)), ..AccountTerms::default() }.credit();
        assert_eq!([0, 5].map(lent), [Micros(0), Micros(5)]);
    }
}
