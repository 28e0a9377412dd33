//! What a rule is, and when it holds.

use super::{
    Channel, Visit,
    address::{host_of, is_at},
};

/// What a condition looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// UTM source, trimmed and in lower case.
    UtmSource,
    /// UTM medium, trimmed and in lower case.
    UtmMedium,
    /// The name of the click id.
    ClickId,
    /// The host of the page before; empty when that is the same site, or one above or below it.
    Referrer,
}

/// What it looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// It is there.
    Present,
    /// It is one of these.
    Is(&'static [&'static str]),
    /// One of these stands in it between characters that are neither letters nor digits.
    Has(&'static [&'static str]),
    /// It is one of these hosts, or below one of them; `google.*` is Google in any country.
    At(&'static [&'static str]),
}

/// One thing that must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// What is looked at.
    pub field: Field,
    /// What is looked for.
    pub test: Test,
}

/// A rule: when all conditions hold, the visit came by this channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What it is called.
    pub name: &'static str,
    /// What it says.
    pub channel: Channel,
    /// All of them must hold.
    pub conditions: &'static [Condition],
}

/// What a visit shows, made comparable.
#[derive(Debug)]
pub(super) struct Clues {
    utm_source: String,
    utm_medium: String,
    click_id: String,
    referrer: String,
}

impl Clues {
    pub(super) fn of(visit: &Visit<'_>) -> Self {
        let (referrer, site) = (host_of(visit.referrer), host_of(visit.page));
        let is_same_site = !site.is_empty() && (is_at(&referrer, &site) || is_at(&site, &referrer));
        Self {
            utm_source: word(visit.utm_source),
            utm_medium: word(visit.utm_medium),
            click_id: word(visit.click_id_name),
            referrer: if is_same_site { String::new() } else { referrer },
        }
    }

    fn text(&self, field: Field) -> &str {
        match field {
            Field::UtmSource => &self.utm_source,
            Field::UtmMedium => &self.utm_medium,
            Field::ClickId => &self.click_id,
            Field::Referrer => &self.referrer,
        }
    }
}

/// What analytics write for nothing is nothing: `(none)`, `(direct)`, `(not set)`.
fn word(text: &str) -> String {
    let text = text.trim().to_lowercase();
    if matches!(text.as_str(), "(none)" | "(direct)" | "(not set)") { String::new() } else { text }
}

impl Rule {
    pub(super) fn matches(&self, clues: &Clues) -> bool {
        self.conditions.iter().all(|condition| condition.test.holds(clues.text(condition.field)))
    }
}

impl Test {
    fn holds(self, text: &str) -> bool {
        if text.is_empty() {
            return false;
        }
        match self {
            Self::Present => true,
            Self::Is(words) => words.contains(&text),
            Self::Has(words) => words.contains(&text) || text.split(|c: char| !c.is_alphanumeric()).any(|part| words.contains(&part)),
            Self::At(places) => places.iter().any(|place| is_at(text, place)),
        }
    }

    /// Its name, and what it compares with.
    #[must_use]
    pub fn parts(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Present => ("present", &[]),
            Self::Is(words) => ("is", words),
            Self::Has(words) => ("has", words),
            Self::At(places) => ("at", places),
        }
    }
}

impl Field {
    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UtmSource => "utm_source",
            Self::UtmMedium => "utm_medium",
            Self::ClickId => "click_id",
            Self::Referrer => "referrer",
        }
    }
}
