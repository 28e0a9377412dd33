//! The two rule books of a change. What a campaign may be is the same in both; what may change once it has started is not: the
//! ad contract freezes limits and dates, people in the cabinet move them as far as what was delivered allows.

use super::{Campaign, Delivered, Status, delivered_faults, past};
use crate::{Day, FieldError, Micros};

/// By whose rules a campaign changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleBook {
    /// The ad contract's: limits and dates are frozen from the first day on.
    Contract,
    /// The cabinet's: limits go up, or down to what is delivered; the end moves to today or later; what has started stays started.
    Cabinet,
}

impl RuleBook {
    /// Every field that breaks a rule when `after` replaces `before`, `today`.
    #[must_use]
    pub fn faults(
        self,
        (before, after): (&Campaign, &Campaign),
        today: Day,
        (delivered, spent_today): (Delivered, Micros),
    ) -> Vec<FieldError> {
        let mut faults = match self {
            Self::Contract => after.terms.faults_as_change(&before.terms, today, delivered),
            Self::Cabinet => cabinet_faults(before, after, today, delivered),
        };
        faults.extend(after.plan.faults());
        faults.extend(after.plan.spent_faults(&before.plan, delivered, spent_today));
        faults.extend(before.plan.status.fault_of_becoming(after.plan.status));
        faults
    }
}

fn cabinet_faults(before: &Campaign, after: &Campaign, today: Day, delivered: Delivered) -> Vec<FieldError> {
    let mut faults = after.terms.faults();
    faults.extend(delivered_faults(&before.terms, &after.terms, delivered));
    if after.terms.start_date != before.terms.start_date {
        // A draft has never been shown, whatever its dates say.
        let has_begun = before.plan.status != Status::Draft && before.terms.has_started(today);
        let frozen = has_begun.then(|| FieldError::new("/start_date", "frozen", "cannot be changed after the campaign's start"));
        faults.extend(frozen.or_else(|| past("/start_date", after.terms.start_date, today)));
    }
    if after.terms.end_date != before.terms.end_date {
        faults.extend(past("/end_date", after.terms.end_date, today));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AdvertiserId, CampaignId, Micros,
        campaign::{OPEN_END, Plan, Rotation, Terms},
        targeting::Targeting,
    };

    fn campaign() -> Campaign {
        let terms = Terms {
            impressions_limit: 100,
            clicks_limit: 50,
            cost_per_impression: Micros(1),
            cost_per_click: Micros(1),
            ad_title: "Plush bears".into(),
            ad_text: "Softer than yesterday's".into(),
            start_date: Day(5),
            end_date: Day(10),
            targeting: Targeting::default(),
        };
        let id = CampaignId::generate();
        Campaign {
            id,
            advertiser_id: AdvertiserId::generate(),
            terms,
            plan: Plan::default(),
            ads: Rotation::first(id),
            version: 1,
            created_at_ms: 1,
        }
    }

    type Edit = fn(&mut Campaign);

    fn refused(book: RuleBook, status: Status, edit: Edit) -> Vec<(String, &'static str)> {
        let mut before = campaign();
        before.plan.status = status;
        let mut after = before.clone();
        edit(&mut after);
        let delivered = Delivered { impressions: 60, clicks: 7, ..Delivered::default() };
        book.faults((&before, &after), Day(7), (delivered, Micros::ZERO)).into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn after_the_start_the_contract_freezes_what_the_cabinet_moves() {
        let cases: [(Edit, &str, Option<&str>); 8] = [
            (|after| after.terms.impressions_limit = 60, "/impressions_limit", None),
            (|after| after.terms.impressions_limit = 59, "/impressions_limit", Some("range")),
            (|after| after.terms.impressions_limit = 1_000, "/impressions_limit", None),
            (|after| after.terms.clicks_limit = 6, "/clicks_limit", Some("range")),
            (|after| after.terms.end_date = Day(7), "/end_date", None),
            (|after| after.terms.end_date = Day(6), "/end_date", Some("past")),
            (|after| after.terms.end_date = OPEN_END, "/end_date", None),
            (|after| after.terms.start_date = Day(8), "/start_date", Some("frozen")),
        ];
        for (edit, pointer, code) in cases {
            assert_eq!(refused(RuleBook::Contract, Status::Active, edit), [(pointer.to_owned(), "frozen")]);
            let expected: Vec<_> = code.map(|code| (pointer.to_owned(), code)).into_iter().collect();
            assert_eq!(refused(RuleBook::Cabinet, Status::Active, edit), expected, "{pointer}");
        }
    }

    #[test]
    fn the_first_day_of_a_draft_may_move_though_it_has_come() {
        assert_eq!(refused(RuleBook::Cabinet, Status::Draft, |after| after.terms.start_date = Day(8)), []);
        assert_eq!(refused(RuleBook::Cabinet, Status::Draft, |after| after.terms.start_date = Day(6)), [("/start_date".into(), "past")]);
    }

    #[test]
    fn a_status_that_cannot_follow_is_refused_by_name() {
        assert_eq!(refused(RuleBook::Cabinet, Status::Draft, |after| after.plan.status = Status::Paused), [("/status".into(), "state")]);
    }
}
