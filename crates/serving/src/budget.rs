//! Budgets: what a campaign may spend, in all and on each day, as allowances of money.
//!
//! A campaign without a budget has allowances that nobody can use up: what it spends is counted in them all the same, so that a
//! budget that is set later begins with what was spent, to the micro, whatever is under way at that moment.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arc_swap::ArcSwap;
use barker_domain::{
    Day, Micros,
    campaign::{DailyBudget, LineStart, Plan},
    day::Moment,
};

use crate::allowance::{Allowance, Reservation};

/// Days of a campaign that are in memory at the same time. A day that was forgotten is told again before it is opened.
const MAX_DAYS: usize = 16;

/// What a campaign may still spend.
#[derive(Debug)]
pub struct Budgets {
    /// In all.
    pub total: Allowance,
    today: ArcSwap<(Day, Allowance)>,
    /// Where the line of even pacing begins, and on which day.
    line: ArcSwap<Option<(Day, LineStart)>>,
    days: Mutex<Days>,
}

#[derive(Debug)]
struct Days {
    /// What a day is granted.
    grant: i64,
    known: BTreeMap<Day, Allowance>,
}

/// What lower budgets take away, held until the change is durable. Dropping it gives it back.
#[derive(Debug)]
#[must_use = "what is held back is given back when it is dropped"]
pub struct HeldBack {
    reservation: Reservation,
    days: Vec<Day>,
}

fn granted(budget: Option<Micros>) -> i64 {
    budget.map_or(Allowance::UNLIMITED, |budget| budget.0)
}

fn granted_daily(budget: Option<DailyBudget>) -> i64 {
    granted(budget.map(|budget| budget.amount))
}

impl Budgets {
    /// The budgets of a campaign that has spent so much in all.
    #[must_use]
    pub fn new(plan: &Plan, spent: Micros) -> Self {
        let grant = granted_daily(plan.daily_budget);
        // No day is that early; the first that is asked for takes its place.
        let nowhen = (Day(i32::MIN), Allowance::new(0, 0));
        Self {
            total: Allowance::new(granted(plan.total_budget), spent.0),
            today: ArcSwap::from_pointee(nowhen),
            line: ArcSwap::default(),
            days: Mutex::new(Days { grant, known: BTreeMap::new() }),
        }
    }

    /// What may still be spent on a day.
    pub fn on(&self, day: Day) -> Allowance {
        let today = self.today.load();
        if today.0 == day {
            return today.1.clone();
        }
        let allowance = self.lock().get(day, today.0);
        self.today.store(Arc::new((day, allowance.clone())));
        allowance
    }

    /// What was spent on a day, as far as it is known here.
    #[must_use]
    pub fn spent_on(&self, day: Day) -> Micros {
        Micros(self.lock().known.get(&day).map_or(0, |allowance| allowance.settled()))
    }

    /// What was spent on a day, or is about to be, in micros.
    pub(crate) fn used_on(&self, day: Day) -> i64 {
        self.lock().known.get(&day).map_or(0, |allowance| allowance.used())
    }

    /// Whether so much may still be spent on a day.
    pub(crate) fn covers_on(&self, day: Day, amount: i64) -> bool {
        let today = self.today.load();
        if today.0 == day { today.1.remaining() >= amount } else { self.on(day).remaining() >= amount }
    }

    /// Whether even pacing has released so much more of the day's budget. The day's line begins with the first such question.
    pub(crate) fn is_released(&self, amount: i64, now: Moment) -> bool {
        let today = self.today.load();
        if today.0 == now.day { self.is_released_of(&today.1, amount, now) } else { self.is_released_of(&self.on(now.day), amount, now) }
    }

    fn is_released_of(&self, allowance: &Allowance, amount: i64, now: Moment) -> bool {
        let line = self.line_of(now).unwrap_or_else(|| {
            let line = LineStart { ms_of_day: now.ms_of_day, spent: allowance.used() };
            self.line.store(Arc::new(Some((now.day, line))));
            line
        });
        allowance.used().saturating_add(amount) <= line.released(allowance.granted(), now.ms_of_day)
    }

    /// Where today's line begins, if it has. One that begins later than now is of another date: a sandbox's day goes on at midnight.
    #[must_use]
    pub fn line_of(&self, now: Moment) -> Option<LineStart> {
        self.line.load().filter(|(day, line)| *day == now.day && line.ms_of_day <= now.ms_of_day).map(|(_, line)| line)
    }

    /// Lets the line begin anew: what is left of the day's budget is spread over what is left of the day.
    pub fn restart_line(&self) {
        self.line.store(Arc::new(None));
    }

    /// Says what a day had spent before it was known here. To be told before the day is opened.
    pub fn tell(&self, day: Day, spent: Micros) {
        let mut days = self.lock();
        let grant = days.grant;
        days.known.entry(day).or_insert_with(|| Allowance::new(grant, spent.0));
    }

    /// Gives back what was spent on a day: it turned out not to count.
    pub fn restore(&self, day: Day, amount: Micros) {
        self.total.restore(amount.0);
        // A day that is not known here is told when it is opened, without this.
        if let Some(allowance) = self.lock().known.get(&day) {
            allowance.restore(amount.0);
        }
    }

    /// Holds back what lower budgets take away. A day that comes while the change is being written is held as well.
    ///
    /// # Errors
    /// The budget that is spent, or about to be.
    pub fn hold_back(&self, before: &Plan, after: &Plan, today: Day) -> Result<HeldBack, &'static str> {
        let total = (granted(before.total_budget) - granted(after.total_budget)).max(0);
        let mut reservation = Reservation::take([(&self.total, total)]).ok_or("/total_budget")?;
        let daily = (granted_daily(before.daily_budget) - granted_daily(after.daily_budget)).max(0);
        let mut held = Vec::new();
        if daily > 0 {
            let mut days = self.lock();
            days.get(today, today);
            days.get(today.plus(1), today);
            for (day, allowance) in days.known.range(today..) {
                reservation = reservation.and(Reservation::take([(allowance, daily)]).ok_or("/daily_budget")?);
                held.push(*day);
            }
        }
        Ok(HeldBack { reservation, days: held })
    }

    /// Takes away for good what was held back, and adds what higher budgets grant, once the change is durable.
    pub fn conclude(&self, held: HeldBack, before: &Plan, after: &Plan) {
        let HeldBack { reservation, days: held } = held;
        let mut days = self.lock();
        self.restart_line();
        reservation.surrender();
        self.total.grow((granted(after.total_budget) - granted(before.total_budget)).max(0));
        let change = granted_daily(after.daily_budget) - days.grant;
        days.grant += change;
        // A day that is over may have spent more than a later budget allows: it is overdrawn, should it ever come back.
        days.known.iter().filter(|(day, _)| !held.contains(day)).for_each(|(_, allowance)| allowance.grow(change));
    }

    fn lock(&self) -> MutexGuard<'_, Days> {
        // A panic while holding the lock leaves whole values behind.
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Days {
    /// The day's allowance; `kept` is not forgotten for it.
    fn get(&mut self, day: Day, kept: Day) -> Allowance {
        if let Some(known) = self.known.get(&day) {
            return known.clone();
        }
        while self.known.len() >= MAX_DAYS {
            // Whatever is farthest from this day and has nothing under way.
            let at_rest = self.known.iter().filter(|(known, allowance)| **known != kept && allowance.is_at_rest());
            let Some(farthest) = at_rest.map(|(known, _)| *known).max_by_key(|known| known.0.abs_diff(day.0)) else { break };
            self.known.remove(&farthest);
        }
        let allowance = Allowance::new(self.grant, 0);
        self.known.insert(day, allowance.clone());
        allowance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use barker_domain::{campaign::HEAD_START_MS, day::MS_PER_DAY};

    fn plan(total: Option<i64>, daily: Option<i64>) -> Plan {
        let daily_budget = daily.map(|amount| DailyBudget { amount: Micros(amount), since: Day(0) });
        Plan { total_budget: total.map(Micros), daily_budget, ..Plan::default() }
    }

    fn spend(budgets: &Budgets, day: i32, amount: i64) -> bool {
        let taken = Reservation::take([(&budgets.total, amount), (&budgets.on(Day(day)), amount)]);
        taken.map(Reservation::settle).is_some()
    }

    #[test]
    fn every_day_begins_anew_and_one_that_comes_back_goes_on() {
        let budgets = Budgets::new(&plan(Some(100), Some(10)), Micros(70));
        budgets.tell(Day(3), Micros(8));
        assert!(!spend(&budgets, 3, 3) && spend(&budgets, 3, 2) && !spend(&budgets, 3, 1));
        assert!(spend(&budgets, 4, 10));
        assert!(!spend(&budgets, 3, 1), "the day has spent its budget");
        budgets.tell(Day(4), Micros(0));
        assert!(!spend(&budgets, 4, 1), "what is known is not told anew");
        assert!(spend(&budgets, 5, 10) && !spend(&budgets, 6, 9), "that is all there is");
        budgets.restore(Day(3), Micros(2));
        assert!(spend(&budgets, 3, 2));
    }

    #[test]
    fn a_budget_that_is_set_later_begins_with_what_was_spent() {
        let budgets = Budgets::new(&plan(None, None), Micros(0));
        assert!(spend(&budgets, 1, 7));
        let under_way = Reservation::take([(&budgets.total, 2), (&budgets.on(Day(1)), 2)]).unwrap();
        let (before, after) = (plan(None, None), plan(Some(8), Some(8)));
        assert_eq!(budgets.hold_back(&before, &after, Day(1)).unwrap_err(), "/total_budget");
        let after = plan(Some(20), Some(8));
        assert_eq!(budgets.hold_back(&before, &after, Day(1)).unwrap_err(), "/daily_budget");
        let after = plan(Some(20), Some(9));
        let held = budgets.hold_back(&before, &after, Day(1)).unwrap();
        assert!(!spend(&budgets, 1, 1), "held back before it is durable");
        budgets.conclude(held, &before, &after);
        under_way.settle();
        assert!(!spend(&budgets, 1, 1) && spend(&budgets, 2, 9) && !spend(&budgets, 2, 1));
        budgets.conclude(budgets.hold_back(&after, &before, Day(2)).unwrap(), &after, &before);
        assert!(spend(&budgets, 2, 1_000));
    }

    #[test]
    fn a_change_that_fails_takes_nothing_away() {
        let budgets = Budgets::new(&plan(Some(10), Some(10)), Micros(0));
        drop(budgets.hold_back(&plan(Some(10), Some(10)), &plan(Some(5), Some(5)), Day(1)));
        assert!(spend(&budgets, 1, 10));
    }

    #[test]
    fn a_day_that_goes_on_at_midnight_spreads_what_is_left_from_there() {
        let budgets = Budgets::new(&plan(None, Some(4_800)), Micros(0));
        let at = |ms_of_day| Moment { day: Day(1), civil_day: Day(1), ms_of_day, utc_hour: 0 };
        let evening = MS_PER_DAY - HEAD_START_MS - 1;
        assert!(budgets.is_released(4_799, at(evening)) && spend(&budgets, 1, 2_400));
        // Half an hour's share of what is left, where the line of the evening would have released nothing more.
        assert!(budgets.is_released(50, at(0)) && !budgets.is_released(51, at(0)));
        assert!(budgets.is_released(1_250, at(MS_PER_DAY / 2)), "the line is that of midnight");
    }

    #[test]
    fn days_do_not_pile_up_in_memory() {
        let budgets = Budgets::new(&plan(None, Some(1)), Micros(0));
        for day in 0..100 {
            assert!(spend(&budgets, day, 1));
        }
        assert_eq!(budgets.lock().known.len(), MAX_DAYS);
        assert!(!spend(&budgets, 99, 1));
    }
}
