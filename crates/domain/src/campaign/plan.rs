//! The plan of a campaign: what people decide about it beyond the terms that the ad contract knows.

use crate::{
    Day, FieldError, Micros,
    campaign::{Delivered, FrequencyCap, Pacing, Status},
    text,
};

/// The largest budget: 9,000,000,000 units of currency, the most whose micros a double of JSON tells apart.
pub const MAX_BUDGET: Micros = Micros(9_000_000_000_000_000);

/// What a campaign may spend on each day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyBudget {
    /// How much.
    pub amount: Micros,
    /// The day since which it is that much: what was spent before is judged by what was decided then.
    pub since: Day,
}

/// What is decided about a campaign beyond its terms. The default is what a campaign of the ad contract has: it is active, and
/// nothing else holds it back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What people call it; `None`: by the title of its ad.
    pub name: Option<String>,
    /// What its owner wants of it.
    pub status: Status,
    /// What it may spend in all.
    pub total_budget: Option<Micros>,
    /// What it may spend on each day of the project.
    pub daily_budget: Option<DailyBudget>,
    /// How fast it may spend its daily budget.
    pub pacing: Pacing,
    /// How often one client is shown it; `None`: the ad contract's rule, counted once and repeated for nothing.
    pub frequency_cap: Option<FrequencyCap>,
}

impl Plan {
    /// Every field that breaks a rule, whatever was before.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults: Vec<_> =
            self.name.as_deref().and_then(|name| text::fault("/name", name, text::MAX_NAME_CHARS)).into_iter().collect();
        for (pointer, budget) in [("/total_budget", self.total_budget), ("/daily_budget", self.daily_amount())] {
            if budget.is_some_and(|budget| !(Micros::ZERO..=MAX_BUDGET).contains(&budget)) {
                faults.push(FieldError::new(pointer, "range", format!("must be 0 to {}", MAX_BUDGET.to_decimal())));
            }
        }
        if self.pacing == Pacing::Even && self.daily_budget.is_none() {
            faults.push(FieldError::new("/pacing", "required", "even pacing spreads a daily budget: there is none"));
        }
        faults.extend(self.frequency_cap.and_then(|cap| cap.fault()));
        faults
    }

    /// Budgets that would be below what is spent.
    #[must_use]
    pub fn spent_faults(&self, before: &Self, delivered: Delivered, spent_today: Micros) -> Vec<FieldError> {
        let budgets = [
            ("/total_budget", before.total_budget, self.total_budget, delivered.spent),
            ("/daily_budget", before.daily_amount(), self.daily_amount(), spent_today),
        ];
        let below = |(pointer, before, after, spent): (&str, Option<Micros>, Option<Micros>, Micros)| {
            // One below 0 is refused already, whatever was spent.
            let is_below = before != after && after.is_some_and(|after| (Micros::ZERO..spent).contains(&after));
            is_below.then(|| FieldError::new(pointer, "range", format!("must not be below the {} already spent", spent.to_decimal())))
        };
        budgets.into_iter().filter_map(below).collect()
    }

    /// How much it may spend on each day.
    #[must_use]
    pub fn daily_amount(&self) -> Option<Micros> {
        self.daily_budget.map(|budget| budget.amount)
    }

    /// The same plan, decided `today`: a daily budget that is as it was before holds since then, any other since today.
    #[must_use]
    pub fn decided(self, before: Option<&Self>, today: Day) -> Self {
        let since = |budget: DailyBudget| match before.and_then(|before| before.daily_budget) {
            Some(before) if before.amount == budget.amount => before,
            _ => DailyBudget { since: today, ..budget },
        };
        Self { daily_budget: self.daily_budget.map(since), ..self }
    }

    /// Every field that breaks a rule for a new campaign: it begins as a draft, or active.
    #[must_use]
    pub fn faults_as_new(&self) -> Vec<FieldError> {
        let mut faults = self.faults();
        if !matches!(self.status, Status::Draft | Status::Active) {
            faults.push(FieldError::new("/status", "state", "a new campaign is draft or active"));
        }
        faults
    }

    /// The plan of a copy: a draft, by another name.
    #[must_use]
    pub fn copied(&self) -> Self {
        const MARK: &str = " (2)";
        let copied = |name: &String| name.chars().take(text::MAX_NAME_CHARS - MARK.len()).chain(MARK.chars()).collect();
        Self { name: self.name.as_ref().map(copied), status: Status::Draft, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_a_draft_whose_name_still_fits() {
        let original = Plan { name: Some("ы".repeat(255)), status: Status::Archived, ..Plan::default() };
        let copy = original.copied();
        assert_eq!((copy.status, copy.faults()), (Status::Draft, vec![]));
        assert!(copy.name.unwrap().ends_with("ы (2)"));
        assert_eq!(Plan::default().copied().name, None);
    }

    fn daily(amount: i64, since: i32) -> Plan {
        Plan { daily_budget: Some(DailyBudget { amount: Micros(amount), since: Day(since) }), ..Plan::default() }
    }

    #[test]
    fn a_daily_budget_holds_since_it_was_decided() {
        assert_eq!(daily(5, 0).decided(None, Day(3)), daily(5, 3));
        assert_eq!(daily(5, 0).decided(Some(&daily(5, 3)), Day(7)), daily(5, 3), "nothing was decided");
        assert_eq!(daily(6, 0).decided(Some(&daily(5, 3)), Day(7)), daily(6, 7));
    }

    #[test]
    fn a_budget_is_not_lowered_below_what_is_spent() {
        let pointers = |plan: &Plan, before: &Plan| {
            let delivered = Delivered { spent: Micros(10), ..Delivered::default() };
            plan.spent_faults(before, delivered, Micros(5)).into_iter().map(|fault| fault.pointer).collect::<Vec<_>>()
        };
        let total = |amount| Plan { total_budget: Some(Micros(amount)), ..Plan::default() };
        assert_eq!(pointers(&total(9), &Plan::default()), ["/total_budget"]);
        assert_eq!(pointers(&total(10), &total(20)), [""; 0]);
        assert_eq!(pointers(&daily(4, 0), &daily(9, 0)), ["/daily_budget"]);
        assert_eq!(pointers(&daily(4, 0), &daily(4, 0)), [""; 0], "overdrawn from a day before, and left as it is");
        assert_eq!(daily(-1, 0).faults()[0].pointer, "/daily_budget");
        assert_eq!(Plan { pacing: Pacing::Even, ..Plan::default() }.faults()[0].pointer, "/pacing");
        assert_eq!(Plan { pacing: Pacing::Even, ..daily(1, 0) }.faults(), []);
    }

    #[test]
    fn a_name_is_not_blank() {
        assert_eq!(Plan { name: Some(" ".into()), ..Plan::default() }.faults()[0].pointer, "/name");
    }
}
