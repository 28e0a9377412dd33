//! Metrics: one definition each, used by every widget, API, export and alert, so that they cannot disagree.
//!
//! A metric is a sum of facts or a ratio of sums, exact until it is rendered. Which facts those are the warehouse knows.

mod exact;
mod table;

pub use exact::Exact;
pub use table::METRICS;

/// Millionths that one of a money or of a platform's conversions is kept in.
const MILLIONTHS: i128 = 1_000_000;

/// How a metric's values are meant to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// How many.
    Count,
    /// An amount in the report's currency.
    Money,
    /// A factor, shown as it is: 2.5.
    Ratio,
    /// A share, shown times a hundred: 0.5 is 50%.
    Percent,
}

/// A sum of facts that metrics are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sum {
    /// Shows, as platforms count them.
    Impressions,
    /// Clicks, as platforms count them.
    Clicks,
    /// Micros.
    Cost,
    /// Millionths of conversions, as platforms count them.
    PlatformConversions,
    /// Orders that were not cancelled.
    Orders,
    /// Micros.
    Revenue,
    /// Orders, or events of the types that the project calls conversions.
    Conversions,
    /// `lead` events and new deals.
    Leads,
    /// People whose first order ever falls into the range.
    NewCustomers,
    /// Micros: revenue to date of these people.
    LifetimeRevenue,
    /// People who did something. Not the sum of its parts: somebody who came twice is one.
    People,
    /// Visits, each where it began.
    Sessions,
}

/// Where the facts of a sum come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// What advertising platforms say, by the day.
    Spend,
    /// Orders of shops, or purchases.
    Sales,
    /// Events and deals that are leads.
    Leads,
    /// Events.
    Events,
}

/// Which day a fact counts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dating {
    /// The day of the platform's account.
    PlatformDay,
    /// The instant it happened, in the project's time zone; conversions by touch when a report asks for that.
    Instant,
}

/// How a metric is made of sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formula {
    /// It is one.
    Sum(Sum),
    /// It is a ratio of sums.
    Ratio {
        /// What is divided: added, or taken off.
        over: &'static [(Sign, Sum)],
        /// What by. 0 makes the ratio null.
        under: Sum,
        /// Times this.
        times: i128,
    },
}

/// Whether a sum is added or taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Added.
    Plus,
    /// Taken off.
    Minus,
}

/// The same in both languages that people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// In Russian.
    pub russian: &'static str,
    /// In English.
    pub english: &'static str,
}

/// A number that people ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name in the API; never renamed.
    pub name: &'static str,
    /// How its values are shown.
    pub kind: Kind,
    /// What it is made of.
    pub formula: Formula,
    /// What people call it.
    pub label: Words,
    /// What it means, in a sentence.
    pub definition: Words,
}

impl Sum {
    /// How many of what is summed up make one.
    #[must_use]
    pub fn scale(self) -> i128 {
        match self {
            Self::Impressions | Self::Clicks | Self::People | Self::Sessions => 1,
            _ => MILLIONTHS,
        }
    }

    /// Where its facts come from.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Self::Impressions | Self::Clicks | Self::Cost | Self::PlatformConversions => Family::Spend,
            Self::Orders | Self::Revenue | Self::Conversions | Self::NewCustomers | Self::LifetimeRevenue => Family::Sales,
            Self::Leads => Family::Leads,
            Self::People | Self::Sessions => Family::Events,
        }
    }

    /// Whether the sum of a whole is the sum of its parts.
    #[must_use]
    pub fn adds_up(self) -> bool {
        self != Self::People
    }
}

impl Family {
    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spend => "ad_spend",
            Self::Sales => "sales",
            Self::Leads => "leads",
            Self::Events => "events",
        }
    }

    /// Which day its facts count on.
    #[must_use]
    pub fn dating(self) -> Dating {
        match self {
            Self::Spend => Dating::PlatformDay,
            _ => Dating::Instant,
        }
    }
}

impl Dating {
    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PlatformDay => "platform_day",
            Self::Instant => "instant",
        }
    }
}

impl Kind {
    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Money => "money",
            Self::Ratio => "ratio",
            Self::Percent => "percent",
        }
    }
}

impl Metric {
    /// The metric of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        METRICS.iter().find(|metric| metric.name == name)
    }

    /// The sums that it is made of, each once.
    pub fn sums(&self) -> impl Iterator<Item = Sum> {
        let (over, under): (&[(Sign, Sum)], _) = match &self.formula {
            Formula::Sum(sum) => (&[], *sum),
            Formula::Ratio { over, under, .. } => (over, *under),
        };
        over.iter().map(|(_, sum)| *sum).filter(move |sum| *sum != under).chain([under])
    }

    /// Its value, from its sums; none when one of them is not known, or what it is divided by is 0.
    #[must_use]
    pub fn value(&self, sum: impl Fn(Sum) -> Option<i128>) -> Option<Exact> {
        match self.parts(sum)? {
            (above, None) => Some(above),
            (above, Some(under)) => above.over(under),
        }
    }

    /// What is divided, and by what; a sum is divided by nothing.
    #[must_use]
    pub fn parts(&self, sum: impl Fn(Sum) -> Option<i128>) -> Option<(Exact, Option<Exact>)> {
        match self.formula {
            Formula::Sum(of) => Some((Exact::new(sum(of)?, of.scale())?, None)),
            Formula::Ratio { over, under, times } => {
                let scale = over.first()?.1.scale();
                let mut above = 0_i128;
                for (sign, part) in over {
                    let part = sum(*part)?;
                    above = match sign {
                        Sign::Plus => above.checked_add(part)?,
                        Sign::Minus => above.checked_sub(part)?,
                    };
                }
                Some((Exact::new(above, scale)?.times(times)?, Some(Exact::new(sum(under)?, under.scale())?)))
            }
        }
    }

    /// How it is made, as people write it: `(revenue - cost) / cost`.
    #[must_use]
    pub fn formula_text(&self) -> String {
        let Formula::Ratio { over, under, times } = self.formula else { return self.name.to_owned() };
        let mut text = String::new();
        for (place, (sign, part)) in over.iter().enumerate() {
            match (place, sign) {
                (0, Sign::Plus) => {}
                (0, Sign::Minus) => text.push('-'),
                (_, Sign::Plus) => text.push_str(" + "),
                (_, Sign::Minus) => text.push_str(" - "),
            }
            text.push_str(part.as_str());
        }
        let above = if over.len() > 1 { format!("({text})") } else { text };
        let factor = if times == 1 { String::new() } else { format!(" x {times}") };
        format!("{above} / {}{factor}", under.as_str())
    }
}

impl Sum {
    /// Its name; where a metric shows it as it is, that metric's.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Impressions => "impressions",
            Self::Clicks => "clicks",
            Self::Cost => "cost",
            Self::PlatformConversions => "platform_conversions",
            Self::Orders => "orders",
            Self::Revenue => "revenue",
            Self::Conversions => "conversions",
            Self::Leads => "leads",
            Self::NewCustomers => "new_customers",
            Self::LifetimeRevenue => "lifetime_revenue",
            Self::People => "people",
            Self::Sessions => "sessions",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str, sums: &[(Sum, i128)]) -> Option<Exact> {
        Metric::named(name).unwrap().value(|sum| sums.iter().find(|(known, _)| *known == sum).map(|(_, value)| *value))
    }

    fn units(units: i128) -> i128 {
        units * MILLIONTHS
    }

    #[test]
    fn romi_says_what_came_back_beyond_what_was_spent_and_nothing_where_nothing_was() {
        for (revenue, cost, romi) in [
            (1500, 1000, Exact::new(1, 2)),
            (1000, 1500, Exact::new(-1, 3)),
            (1000, 1000, Exact::new(0, 1)),
            (0, 1000, Exact::new(-1, 1)),
            (1500, 0, None),
            (0, 0, None),
        ] {
            assert_eq!(value("romi", &[(Sum::Revenue, units(revenue)), (Sum::Cost, units(cost))]), romi, "{revenue} on {cost}");
        }
    }

    #[test]
    fn every_ratio_is_what_the_field_means_by_its_name() {
        let sums = [
            (Sum::Impressions, 20_000),
            (Sum::Clicks, 400),
            (Sum::Cost, units(1_000)),
            (Sum::Conversions, units(25)),
            (Sum::Orders, units(20)),
            (Sum::Revenue, units(5_000)),
            (Sum::Leads, units(40)),
            (Sum::NewCustomers, units(8)),
            (Sum::LifetimeRevenue, units(6_000)),
        ];
        for (name, expected) in [
            ("ctr", Exact::new(2, 100)),
            ("cpc", Exact::new(5, 2)),
            ("cpm", Exact::new(50, 1)),
            ("cr", Exact::new(5, 100)),
            ("cpl", Exact::new(25, 1)),
            ("cpa", Exact::new(40, 1)),
            ("cac", Exact::new(125, 1)),
            ("romi", Exact::new(4, 1)),
            ("roas", Exact::new(5, 1)),
            ("drr", Exact::new(2, 10)),
            ("aov", Exact::new(250, 1)),
            ("ltv", Exact::new(750, 1)),
        ] {
            assert_eq!(value(name, &sums), expected, "{name}");
        }
    }

    #[test]
    fn names_are_unique_and_both_languages_are_there() {
        let mut names: Vec<_> = METRICS.iter().map(|metric| metric.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), METRICS.len());
        for metric in METRICS {
            for words in [metric.label, metric.definition] {
                assert!(!words.russian.is_empty() && !words.english.is_empty(), "{}", metric.name);
            }
        }
    }

    #[test]
    fn formulas_add_up_only_what_is_alike_and_can_be_read() {
        for metric in METRICS {
            assert_eq!(matches!(metric.formula, Formula::Sum(_)), metric.formula_text() == metric.name, "{}", metric.name);
            if let Formula::Ratio { over, .. } = metric.formula {
                assert!(over.iter().all(|(_, sum)| sum.scale() == over[0].1.scale()), "{} adds up what is not alike", metric.name);
            }
        }
        assert_eq!(Metric::named("romi").unwrap().formula_text(), "(revenue - cost) / cost");
        assert_eq!(Metric::named("cpm").unwrap().formula_text(), "cost / impressions x 1000");
    }

    proptest::proptest! {
        #[test]
        fn ratios_are_of_sums_however_the_rows_were_split(
            rows in proptest::collection::vec((0_i128..1_000_000_000_000, 0_i128..1_000_000_000_000), 1..20),
        ) {
            let (revenue, cost) = rows.iter().fold((0, 0), |(revenue, cost), row| (revenue + row.0, cost + row.1));
            let romi = value("romi", &[(Sum::Revenue, revenue), (Sum::Cost, cost)]);
            let roas = value("roas", &[(Sum::Revenue, revenue), (Sum::Cost, cost)]);
            match (romi, roas) {
                (Some(romi), Some(roas)) => proptest::prop_assert_eq!(roas.minus(romi), Exact::new(1, 1)),
                nothing => proptest::prop_assert!(cost == 0 && nothing == (None, None)),
            }
        }
    }
}
