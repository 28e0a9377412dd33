//! What keeps a campaign from being given, and what keeps one client from it. Looked at, never changed: questions about why are
//! answered by the numbers that decisions are made on.

use std::sync::Arc;

use barker_domain::{
    AdId, Day, Micros,
    campaign::{FrequencyCap, LineStart, Pacing, Status},
    client::Client,
    day::Moment,
};

use crate::{
    engine::Engine,
    glance::Glance,
    listing::Listing,
    market::Market,
    ranking::{Candidate, Conditions},
    rotation,
    viewer::Viewer,
};

/// Why a campaign is given to nobody now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// It is a draft, paused or archived.
    Status(Status),
    /// It has no ad that is active.
    NoActiveAd,
    /// Its first day is yet to come.
    NotStarted(Day),
    /// Its last day is over.
    Over(Day),
    /// Its impressions are used up.
    ImpressionsLimit {
        /// Most of them.
        limit: i64,
        /// How many there were.
        used: i64,
    },
    /// Its total budget does not cover another impression and its click.
    TotalBudget(Shortage),
    /// The day's budget does not.
    DailyBudget(Shortage),
    /// Even pacing has not released the price of an impression yet.
    Paced {
        /// How much it has released.
        shortage: Shortage,
        /// When it will have, in milliseconds since midnight.
        until_ms_of_day: i64,
    },
    /// The advertiser's money does not cover an impression and its click: the most is what may be spent.
    Money(Shortage),
}

/// Money that is not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    /// Most that may be spent.
    pub most: Micros,
    /// What is spent, or about to be.
    pub used: Micros,
    /// What another impression takes.
    pub needed: Micros,
}

/// How far even pacing lets a campaign go today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The day's budget.
    pub budget: Micros,
    /// What is spent of it, or about to be.
    pub used: Micros,
    /// How much of it is released by now.
    pub released: Micros,
    /// Where the line begins; where it would, as long as nothing was decided on this day.
    pub start: LineStart,
    /// When all of the budget is released, in milliseconds since midnight.
    pub until_ms_of_day: i64,
}

/// Why one client is not given a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody is.
    Hindered(Hindrance),
    /// It is for another gender.
    Gender,
    /// It is for another age.
    Age,
    /// It is for another place.
    Location,
    /// The client has clicked it.
    Clicked,
    /// The client has seen it as often as its frequency cap allows.
    Capped {
        /// The cap.
        cap: FrequencyCap,
        /// How often they have seen it in the window that is open now.
        shows: i32,
    },
}

/// What a campaign is to a client.
#[derive(Debug)]
pub struct Candidacy {
    /// The campaign.
    pub listing: Arc<Listing>,
    /// How relevant its advertiser is to the client.
    pub ml_score: i32,
    /// Whether another show would be neither counted nor billed.
    pub is_repeat: bool,
    /// What showing it is worth, as the project ranks; `None`: it is refused.
    pub worth: Option<f64>,
    /// Which of its ads would be shown; `None`: none is active.
    pub ad_id: Option<AdId>,
    /// Why it is refused; none: it is a candidate.
    pub refusals: Vec<Refusal>,
}

impl Listing {
    /// Everything that keeps the campaign from being given now; nothing: it is given.
    #[must_use]
    pub fn hindrances(&self, now: Moment) -> Vec<Hindrance> {
        let (terms, plan) = (&self.campaign.terms, &self.campaign.plan);
        let mut found = Vec::new();
        if plan.status != Status::Active {
            found.push(Hindrance::Status(plan.status));
        }
        if self.campaign.ads.is_empty() {
            found.push(Hindrance::NoActiveAd);
        }
        if now.day < terms.start_date {
            found.push(Hindrance::NotStarted(terms.start_date));
        }
        if now.day > terms.end_date {
            found.push(Hindrance::Over(terms.end_date));
        }
        let impressions = &self.meter.impressions;
        if impressions.remaining() <= 0 {
            found.push(Hindrance::ImpressionsLimit { limit: impressions.granted(), used: impressions.used() });
        }
        found.extend(self.shortages(now));
        found
    }

    /// How far even pacing lets it go today; `None`: it is not paced. Does not begin the day's line.
    #[must_use]
    pub fn line(&self, now: Moment) -> Option<Line> {
        let (plan, budgets) = (&self.campaign.plan, &self.meter.budgets);
        let budget = plan.daily_amount().filter(|_| plan.pacing == Pacing::Even)?;
        let used = budgets.used_on(now.day);
        // The day's line begins with its first decision: as long as there was none, it would begin now.
        let start = budgets.line_of(now).unwrap_or(LineStart { ms_of_day: now.ms_of_day, spent: used });
        let released = Micros(start.released(budget.0, now.ms_of_day));
        let until_ms_of_day = start.when_released(budget.0, budget.0)?;
        Some(Line { budget, used: Micros(used), released, start, until_ms_of_day })
    }

    fn shortages(&self, now: Moment) -> Vec<Hindrance> {
        let (plan, budgets) = (&self.campaign.plan, &self.meter.budgets);
        let needed = self.needed();
        if needed.0 == 0 {
            return Vec::new();
        }
        let short = |most: i64, used: i64, needed: Micros| {
            (most.saturating_sub(used) < needed.0).then_some(Shortage { most: Micros(most), used: Micros(used), needed })
        };
        let total = short(budgets.total.granted(), budgets.total.used(), needed).filter(|_| plan.total_budget.is_some());
        let used_today = budgets.used_on(now.day);
        let daily = plan.daily_amount().and_then(|budget| short(budget.0, used_today, needed));
        let paced = self.line(now).filter(|_| daily.is_none()).and_then(|line| {
            let price = self.campaign.terms.cost_per_impression;
            let shortage = short(line.released.0, used_today, price)?;
            let until_ms_of_day = line.start.when_released(line.budget.0, used_today.saturating_add(price.0))?;
            Some(Hindrance::Paced { shortage, until_ms_of_day })
        });
        let purse = &self.meter.purse;
        let money = short(purse.remaining(), 0, needed);
        let all = [total.map(Hindrance::TotalBudget), daily.map(Hindrance::DailyBudget), paced, money.map(Hindrance::Money)];
        all.into_iter().flatten().collect()
    }
}

fn mismatches(listing: &Listing, client: &Client) -> Vec<Refusal> {
    let targeting = &listing.campaign.terms.targeting;
    let gender = targeting.only_gender().is_some_and(|gender| gender != client.gender);
    let location = targeting.location.as_ref().is_some_and(|location| *location != client.location);
    let found = [(gender, Refusal::Gender), (!targeting.includes_age(client.age), Refusal::Age), (location, Refusal::Location)];
    found.into_iter().filter(|(is_so, _)| *is_so).map(|(_, refusal)| refusal).collect()
}

fn refusals(listing: &Listing, viewer: &Viewer, now: Moment) -> Vec<Refusal> {
    let mut found: Vec<_> = listing.hindrances(now).into_iter().map(Refusal::Hindered).collect();
    found.extend(mismatches(listing, &viewer.client));
    let id = listing.campaign.id;
    let Some(shown) = viewer.history.get(&id) else { return found };
    if shown.is_clicked {
        found.push(Refusal::Clicked);
    }
    if let Some(cap) = listing.campaign.plan.frequency_cap.filter(|cap| !viewer.is_below(*cap, id, now)) {
        found.push(Refusal::Capped { cap, shows: viewer.shows_in(id, cap.window, now) });
    }
    found
}

fn candidate(listing: &Listing, viewer: &Viewer, is_seen: bool) -> Candidate {
    let glance = Glance::of(listing);
    glance.candidate(&glance.look(), viewer, is_seen)
}

impl Engine {
    /// What every campaign is to the viewer now: candidates first, as a decision would take them, then whatever is refused. Takes
    /// nothing and changes nothing.
    pub fn preview(&self, viewer: &Viewer, now: Moment) -> Vec<Candidacy> {
        let market = self.market();
        let now = now.on(market.day);
        let candidacy = |listing: Arc<Listing>| {
            let refusals = refusals(&listing, viewer, now);
            let shown = viewer.history.get(&listing.campaign.id);
            let is_repeat = shown.is_some() && listing.campaign.plan.frequency_cap.is_none();
            let ad_id = match shown {
                Some(shown) if is_repeat => rotation::draw_again(&listing.campaign, viewer.client.id, shown),
                _ => rotation::draw(&listing.campaign, viewer.client.id, shown.map_or(1, |shown| shown.nth + 1)),
            };
            let ml_score = viewer.score(listing.campaign.advertiser_id);
            Candidacy { listing, ml_score, is_repeat, worth: None, ad_id, refusals }
        };
        let mut all: Vec<_> = self.listings().into_iter().map(candidacy).collect();
        let conditions = self.conditions(&market);
        for is_repeat in [false, true] {
            self.appraise(&mut all, is_repeat, (&conditions, viewer));
        }
        let order = |one: &Candidacy| (!one.refusals.is_empty(), one.is_repeat);
        all.sort_by(|one, other| {
            let by_worth = || other.worth.unwrap_or(0.0).total_cmp(&one.worth.unwrap_or(0.0));
            order(one).cmp(&order(other)).then_with(by_worth).then_with(|| one.listing.by_seniority(&other.listing))
        });
        all
    }

    /// Candidates are appraised together, because worth may be relative: those that would be counted, then repeats.
    fn appraise(&self, all: &mut [Candidacy], is_repeat: bool, (conditions, viewer): (&Conditions, &Viewer)) {
        let mut wanted: Vec<_> = all.iter_mut().filter(|one| one.refusals.is_empty() && one.is_repeat == is_repeat).collect();
        let candidates: Vec<_> = wanted.iter().map(|one| candidate(&one.listing, viewer, is_repeat)).collect();
        let mut worths = Vec::with_capacity(candidates.len());
        self.strategy().appraise(conditions, &candidates, &mut worths);
        wanted.iter_mut().zip(worths).for_each(|(one, worth)| one.worth = Some(worth));
    }

    fn conditions(&self, market: &Market) -> Conditions {
        Conditions { ml_score_p90: self.ml_score_p90(), largest_price: market.largest_price.to_decimal() }
    }
}
