//! The installation as a whole: what its administrators may decide while it runs. Whatever they have not decided is as the
//! operator has configured it.

use crate::{FieldError, project::Ranking, text};

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Anybody.
    Open,
    /// The first user of the installation; after that, whoever is invited.
    Invite,
    /// Nobody: an operator makes accounts.
    Closed,
}

impl Registration {
    /// Every choice there is.
    pub const ALL: [Self; 3] = [Self::Open, Self::Invite, Self::Closed];

    /// Its name in configuration, in the API and in storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invite => "invite",
            Self::Closed => "closed",
        }
    }

    /// The choice of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|registration| registration.as_str() == name)
    }
}

/// What holds for the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Who may register.
    pub registration: Registration,
    /// How a new project ranks ads.
    pub default_ranking: Ranking,
    /// The currency of a new project: ISO 4217.
    pub default_currency: String,
}

/// What administrators have decided; what is `None` is as it is configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Who may register.
    pub registration: Option<Registration>,
    /// How a new project ranks ads.
    pub default_ranking: Option<Ranking>,
    /// The currency of a new project: ISO 4217.
    pub default_currency: Option<String>,
}

/// A change of [`Decisions`]: what is `None` stays; `Some(None)` is as it is configured from now on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Who may register.
    pub registration: Option<Option<Registration>>,
    /// How a new project ranks ads.
    pub default_ranking: Option<Option<Ranking>>,
    /// The currency of a new project: ISO 4217.
    pub default_currency: Option<Option<String>>,
}

impl Decisions {
    /// What holds where this was configured.
    #[must_use]
    pub fn over(&self, configured: &Settings) -> Settings {
        Settings {
            registration: self.registration.unwrap_or(configured.registration),
            default_ranking: self.default_ranking.unwrap_or(configured.default_ranking),
            default_currency: self.default_currency.as_ref().unwrap_or(&configured.default_currency).clone(),
        }
    }

    /// The names of what was decided.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let decided = [
            ("registration", self.registration.is_some()),
            ("default_ranking", self.default_ranking.is_some()),
            ("default_currency", self.default_currency.is_some()),
        ];
        decided.into_iter().filter(|(_, is_decided)| *is_decided).map(|(name, _)| name).collect()
    }
}

impl Change {
    /// What is decided afterwards.
    #[must_use]
    pub fn applied_to(self, before: &Decisions) -> Decisions {
        Decisions {
            registration: self.registration.unwrap_or(before.registration),
            default_ranking: self.default_ranking.unwrap_or(before.default_ranking),
            default_currency: self.default_currency.unwrap_or_else(|| before.default_currency.clone()),
        }
    }

    /// Every field that breaks a rule.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let currency = self.default_currency.iter().flatten().next();
        currency.and_then(|currency| text::currency_fault("/default_currency", currency)).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_decided_stands_over_what_is_configured_until_it_is_taken_back() {
        let configured =
            Settings { registration: Registration::Invite, default_ranking: Ranking::ExpectedProfit, default_currency: "RUB".to_owned() };
        let change =
            Change { registration: Some(Some(Registration::Closed)), default_currency: Some(Some("EUR".to_owned())), ..Change::default() };
        let decided = change.applied_to(&Decisions::default());
        assert_eq!(decided.names(), ["registration", "default_currency"]);
        let expected = Settings { registration: Registration::Closed, default_currency: "EUR".to_owned(), ..configured.clone() };
        assert_eq!(decided.over(&configured), expected);
        let taken_back = Change { registration: Some(None), ..Change::default() }.applied_to(&decided);
        assert_eq!((taken_back.names(), taken_back.over(&configured).registration), (vec!["default_currency"], Registration::Invite));
    }

    #[test]
    fn a_currency_is_three_capital_letters() {
        let fault = |currency: &str| Change { default_currency: Some(Some(currency.to_owned())), ..Change::default() }.faults();
        assert!(fault("EUR").is_empty());
        for wrong in ["eur", "EURO", "", "ЕВР"] {
            assert_eq!(fault(wrong)[0].pointer, "/default_currency", "{wrong}");
        }
        assert!(Change { default_currency: Some(None), ..Change::default() }.faults().is_empty());
    }
}
