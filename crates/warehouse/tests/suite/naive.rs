//! The same questions, answered by loops over everything that was ever appended: slow, plain, and on purpose nothing
//! like the SQL.

mod credit;
mod people;
mod place;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use barker_domain::{Day, ProjectId, campaign_key::campaign_key, day::civil_day};
use barker_warehouse::{
    fact::{Batch, Deal, Event, Facts, Identity, Level, Order, Rate, Refund, Spend, SpendLoad},
    question::{DatedBy, Dimension, Filter, Key, Measure, Question, Sales, Sums, SumsRow},
};

/// What is credited is counted in millionths.
const MILLION: i128 = 1_000_000;

/// Everything of one project, in the order in which it came.
#[derive(Debug, Default)]
pub(crate) struct Naive {
    loads: Vec<SpendLoad>,
    events: Vec<Event>,
    identities: Vec<Identity>,
    orders: Vec<Order>,
    refunds: Vec<Refund>,
    deals: Vec<Deal>,
    rates: Vec<Rate>,
}

/// One amount or count on its way into a row.
struct Movement<'a> {
    measure: Measure,
    keys: Keys<'a>,
    value: Option<i128>,
}

type Slice = (String, String, Day);
type Keys<'a> = &'a dyn Fn(&Dimension) -> Key;
/// Where movements go, with what the fact is called that each is of.
type Adding<'a> = dyn FnMut(Movement<'_>, &str) + 'a;

impl Naive {
    pub(crate) fn of(batches: &[Batch], project: ProjectId) -> Self {
        let mut all = Self::default();
        for batch in batches.iter().filter(|batch| batch.project_id == project) {
            match batch.facts.clone() {
                Facts::Spend(load) => all.loads.push(load),
                Facts::Events(rows) => all.events.extend(rows),
                Facts::Identities(rows) => all.identities.extend(rows),
                Facts::Orders(rows) => all.orders.extend(rows),
                Facts::Refunds(rows) => all.refunds.extend(rows),
                Facts::Deals(rows) => all.deals.extend(rows),
                Facts::Rates(rows) => all.rates.extend(rows),
                Facts::OrderItems(_) | Facts::Products(_) | Facts::WebSessions(_) => {}
            }
        }
        let mut seen = HashSet::new();
        all.events.retain(|event| seen.insert((event.event_id.clone(), event.occurred_at_ms.div_euclid(86_400_000))));
        all
    }

    pub(crate) fn answer(&self, question: &Question) -> Sums {
        let mut rows: BTreeMap<Vec<Key>, Vec<i128>> = BTreeMap::new();
        let mut unconverted = BTreeSet::new();
        let mut add = |movement: Movement<'_>, fact: &str| {
            let Some(place) = question.measures.iter().position(|measure| *measure == movement.measure) else { return };
            if !question.filters.iter().all(|filter| passes(filter, &(movement.keys)(&filter.dimension))) {
                return;
            }
            let keys: Vec<_> = question.group_by.iter().map(|dimension| (movement.keys)(dimension)).collect();
            let row = rows.entry(keys).or_insert_with(|| vec![0; question.measures.len()]);
            match movement.value {
                Some(value) => row[place] += value,
                None => drop(unconverted.insert(fact.to_owned())),
            }
        };
        if !has_parts_of_days(question) {
            self.spend(question, &mut add);
        }
        self.sales(question, &mut add);
        self.arrivals(question, &mut add);
        self.counts(question, &mut add);
        let people = self.people(question, &mut rows);
        conclude(question, &rows, (unconverted.len(), people))
    }

    fn current_slices(&self, days: (Day, Day)) -> BTreeMap<Slice, BTreeMap<Level, Vec<Spend>>> {
        let mut slices: BTreeMap<Slice, BTreeMap<Level, Vec<Spend>>> = BTreeMap::new();
        for load in &self.loads {
            for day in load.days.0.through(load.days.1).filter(|day| (days.0..=days.1).contains(day)) {
                let rows = load.rows.iter().filter(|row| row.day == day).cloned().collect();
                slices.entry((load.source.clone(), load.account.clone(), day)).or_default().insert(load.level, rows);
            }
        }
        slices
    }

    fn spend(&self, question: &Question, add: &mut Adding<'_>) {
        let dimensions = || question.group_by.iter().chain(question.filters.iter().map(|filter| &filter.dimension));
        let wanted = dimensions().map(level_of).max().unwrap_or(Level::Account);
        let names = self.latest_names();
        for (slice, levels) in self.current_slices(question.days) {
            let finest = levels.keys().copied().find(|level| *level >= wanted).unwrap_or(Level::Ad);
            let mut coarser = None;
            let is_alone = levels.keys().all(|level| *level == Level::Account);
            for (level, rows) in levels.range(..=finest) {
                for (place, row) in rows.iter().enumerate() {
                    let fact = format!("s {slice:?} {level:?} {place}");
                    let campaign = (slice.0.clone(), slice.1.clone(), row.campaign_id.clone());
                    let name = names.get(&campaign).filter(|name| !name.is_empty()).unwrap_or(&row.campaign_name);
                    self.spend_row(
                        question,
                        (&|dimension| spend_key(dimension, (*level, is_alone), &slice, (row, name)), row, 1),
                        (&fact, add),
                    );
                    if let Some(coarser) = coarser {
                        self.spend_row(
                            question,
                            (&|dimension| spend_key(dimension, (coarser, is_alone), &slice, (row, name)), row, -1),
                            (&fact, add),
                        );
                    }
                }
                coarser = Some(*level);
            }
        }
    }

    fn spend_row(&self, question: &Question, (keys, row, sign): (Keys<'_>, &Spend, i64), (fact, add): (&str, &mut Adding<'_>)) {
        let counts = [
            (Measure::Impressions, Some(i128::from(row.impressions))),
            (Measure::Clicks, Some(row.clicks.into())),
            (Measure::PlatformConversions, Some(row.conversions_micros.into())),
            (Measure::Cost, self.convert(row.cost.0, (&row.currency, &question.currency), row.day)),
        ];
        for (measure, value) in counts {
            add(Movement { measure, keys, value: value.map(|value| value * i128::from(sign)) }, fact);
        }
    }

    fn sales(&self, question: &Question, add: &mut Adding<'_>) {
        let mut sales = match question.sales {
            Sales::Orders => self.orders_of_people(),
            Sales::Purchases => self.purchases_of_people(),
        };
        sales.sort_by_key(|(order, _)| (order.occurred_at_ms, order.source.clone(), order.order_id.clone()));
        let touches = self.touches(question);
        let mut firsts: HashMap<String, i64> = HashMap::new();
        for (order, person) in &sales {
            let is_new = !firsts.contains_key(person);
            let first_at_ms = *firsts.entry(person.clone()).or_insert(order.occurred_at_ms);
            let at_ms = order.occurred_at_ms;
            let mut counted = |measure, value| self.credit((question, &touches), ((person, at_ms, at_ms), (measure, Some(value)), ""), add);
            counted(Measure::Orders, MILLION);
            counted(Measure::NewCustomers, if is_new { MILLION } else { 0 });
            if question.conversion_events.is_empty() {
                counted(Measure::Conversions, MILLION);
            }
            let mut paid = |micros, currency: &str, paid_at_ms, fact: &str| {
                let value = self.convert(micros, (currency, &question.currency), civil_day(paid_at_ms, &question.time_zone));
                self.credit((question, &touches), ((person, at_ms, at_ms), (Measure::Revenue, value), fact), add);
                self.credit((question, &touches), ((person, first_at_ms, first_at_ms), (Measure::LifetimeRevenue, value), fact), add);
            };
            paid(order.net.0, &order.currency, at_ms, &format!("o {} {}", order.source, order.order_id));
            if question.is_net_of_refunds && question.sales == Sales::Orders {
                let latest = latest(&self.refunds, |it| (it.source.clone(), it.refund_id.clone()), |it| it.updated_at_ms);
                for refund in latest.iter().filter(|it| it.source == order.source && it.order_id == order.order_id) {
                    let fact = format!("r {} {}", refund.source, refund.refund_id);
                    paid(-refund.amount.0, &refund.currency, refund.occurred_at_ms, &fact);
                }
            }
        }
        for deal in self.latest_deals().iter().filter(|deal| deal.won_at_ms > 0 && deal.order_id.is_empty()) {
            let value = self.convert(deal.amount.0, (&deal.currency, &question.currency), civil_day(deal.won_at_ms, &question.time_zone));
            let person = self.person(&deal.customer_key, &deal.client_id).unwrap_or_default();
            let fact = format!("d {} {}", deal.source, deal.deal_id);
            let before_ms = if deal.created_at_ms > 0 { deal.created_at_ms } else { deal.won_at_ms };
            self.credit((question, &touches), ((&person, before_ms, deal.won_at_ms), (Measure::Revenue, value), &fact), add);
            if let Some(first_at_ms) = firsts.get(&person) {
                self.credit((question, &touches), ((&person, *first_at_ms, *first_at_ms), (Measure::LifetimeRevenue, value), &fact), add);
            }
        }
    }

    fn orders_of_people(&self) -> Vec<(Order, String)> {
        let kept = self.latest_orders().into_iter().filter(|(order, _)| !order.is_cancelled);
        kept.map(|(order, visitor)| {
            let person = self.person_of_order(&order, &visitor);
            (order, person)
        })
        .collect()
    }

    fn person_of_order(&self, order: &Order, visitor: &str) -> String {
        self.person(&order.customer_key, visitor).unwrap_or_else(|| format!("order {} {}", order.source, order.order_id))
    }

    /// With the visitor of each, if need be the one of the first purchase that speaks of it.
    fn latest_orders(&self) -> Vec<(Order, String)> {
        let orders = latest(&self.orders, |it| (it.source.clone(), it.order_id.clone()), |it| it.updated_at_ms);
        let with_visitor = orders.into_iter().map(|order| {
            let lenders =
                self.events.iter().filter(|it| it.event_type == "purchase" && it.order_id == order.order_id && !it.client_id.is_empty());
            let lent = lenders.min_by_key(|it| (it.occurred_at_ms, it.event_id.clone())).map(|it| it.client_id.clone());
            let visitor = if order.client_id.is_empty() { lent.unwrap_or_default() } else { order.client_id.clone() };
            (order, visitor)
        });
        with_visitor.collect()
    }

    fn purchases_of_people(&self) -> Vec<(Order, String)> {
        let mut first: BTreeMap<String, &Event> = BTreeMap::new();
        for event in self.events.iter().filter(|event| event.event_type == "purchase") {
            let utc_day = event.occurred_at_ms.div_euclid(86_400_000);
            let id =
                if event.order_id.is_empty() { format!("event {} {utc_day}", event.event_id) } else { format!("order {}", event.order_id) };
            let known = first.entry(id).or_insert(event);
            if (event.occurred_at_ms, &event.event_id) < (known.occurred_at_ms, &known.event_id) {
                *known = event;
            }
        }
        let sold = first.into_iter().map(|(id, event)| {
            let person = self.person(&event.user_key, &event.client_id).unwrap_or_else(|| id.clone());
            let (occurred_at_ms, net, currency) = (event.occurred_at_ms, event.value, event.currency.clone());
            (Order { order_id: id, occurred_at_ms, net, currency, ..Order::default() }, person)
        });
        sold.collect()
    }

    fn arrivals(&self, question: &Question, add: &mut Adding<'_>) {
        let touches = self.touches(question);
        for event in &self.events {
            let person = self.person(&event.user_key, &event.client_id).unwrap_or_default();
            let when = (person.as_str(), event.occurred_at_ms, event.occurred_at_ms);
            if event.event_type == "lead" {
                self.credit((question, &touches), (when, (Measure::Leads, Some(MILLION)), ""), add);
            }
            if question.conversion_events.contains(&event.event_type) {
                self.credit((question, &touches), (when, (Measure::Conversions, Some(MILLION)), ""), add);
            }
        }
        for deal in self.latest_deals() {
            let person = self.person(&deal.customer_key, &deal.client_id).unwrap_or_default();
            self.credit(
                (question, &touches),
                ((&person, deal.created_at_ms, deal.created_at_ms), (Measure::Leads, Some(MILLION)), ""),
                add,
            );
        }
    }

    fn latest_deals(&self) -> Vec<Deal> {
        latest(&self.deals, |it| (it.source.clone(), it.deal_id.clone()), |it| it.updated_at_ms)
    }

    fn convert(&self, micros: i64, (from, to): (&str, &str), day: Day) -> Option<i128> {
        if from == to || micros == 0 {
            return Some(micros.into());
        }
        let value = |currency: &str| {
            let known = self.rates.iter().filter(|rate| rate.currency == currency && rate.day <= day);
            known.max_by_key(|rate| rate.day).map(|rate| i128::from(rate.value_nanos))
        };
        let (from, to) = (value(from)?, value(to)?);
        let rounded = (i128::from(micros.abs()) * from * 2 + to) / (to * 2);
        Some(if micros < 0 { -rounded } else { rounded })
    }
}

/// The latest version of each; of equals the one that came last.
fn latest<T: Clone, K: std::hash::Hash + Eq>(all: &[T], id: impl Fn(&T) -> K, version: impl Fn(&T) -> i64) -> Vec<T> {
    let mut kept: HashMap<K, T> = HashMap::new();
    for one in all {
        if kept.get(&id(one)).is_none_or(|known| version(known) <= version(one)) {
            kept.insert(id(one), one.clone());
        }
    }
    kept.into_values().collect()
}

fn level_of(dimension: &Dimension) -> Level {
    match dimension {
        Dimension::Campaign | Dimension::CampaignName | Dimension::CampaignKey | Dimension::Channel => Level::Campaign,
        Dimension::AdGroup => Level::AdGroup,
        Dimension::Ad | Dimension::AdName => Level::Ad,
        _ => Level::Account,
    }
}

fn spend_key(
    dimension: &Dimension,
    (shown, is_alone): (Level, bool),
    (source, account, day): &Slice,
    (row, latest_name): (&Spend, &str),
) -> Key {
    if shown < level_of(dimension) && !(*dimension == Dimension::Channel && is_alone) {
        return Key::None;
    }
    let text = match dimension {
        Dimension::Source | Dimension::SourceType => source.clone(),
        Dimension::Account => account.clone(),
        Dimension::Advertiser if source == "barker" => account.clone(),
        Dimension::Campaign => row.campaign_id.clone(),
        Dimension::CampaignName => latest_name.to_owned(),
        Dimension::CampaignKey => campaign_key(latest_name),
        Dimension::AdGroup => row.ad_group_id.clone(),
        Dimension::Ad => row.ad_id.clone(),
        Dimension::AdName => row.ad_name.clone(),
        Dimension::Channel => row.channel.clone(),
        Dimension::Advertiser | Dimension::Device | Dimension::Country | Dimension::Attribute(_) => return Key::None,
        time => return day_key(time, *day),
    };
    text_key(text)
}

fn text_key(text: String) -> Key {
    if text.is_empty() { Key::None } else { Key::Text(text) }
}

fn has_parts_of_days(question: &Question) -> bool {
    question.between_ms.is_some() || question.group_by.contains(&Dimension::Hour)
}

fn is_in_range(at_ms: i64, question: &Question) -> bool {
    let day = civil_day(at_ms, &question.time_zone);
    (question.days.0..=question.days.1).contains(&day) && question.between_ms.is_none_or(|(from, to)| (from..to).contains(&at_ms))
}

fn time_key(dimension: &Dimension, at_ms: i64, question: &Question) -> Key {
    if *dimension != Dimension::Hour {
        return day_key(dimension, civil_day(at_ms, &question.time_zone));
    }
    let zoned = jiff::Timestamp::from_millisecond(at_ms).unwrap().to_zoned(question.time_zone.clone());
    let within = i64::from(zoned.minute()) * 60_000 + i64::from(zoned.second()) * 1_000 + i64::from(zoned.millisecond());
    Key::Number(at_ms - within)
}

fn day_key(dimension: &Dimension, day: Day) -> Key {
    let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(day.0)).unwrap();
    let back = match dimension {
        Dimension::Week => i32::from(date.weekday().to_monday_zero_offset()),
        Dimension::Month => i32::from(date.day()) - 1,
        _ => 0,
    };
    Key::Number((day.0 - back).into())
}

fn passes(filter: &Filter, key: &Key) -> bool {
    let text = if let Key::Text(text) = key { text.as_str() } else { "" };
    filter.values.iter().any(|value| value == text) != filter.is_excluding
}

fn conclude(question: &Question, rows: &BTreeMap<Vec<Key>, Vec<i128>>, (unconverted, people): (usize, usize)) -> Sums {
    let has_parts = has_parts_of_days(question);
    let daily = [Measure::Impressions, Measure::Clicks, Measure::Cost, Measure::PlatformConversions];
    let tell = |sums: &[i128]| -> Vec<Option<i128>> {
        sums.iter().zip(&question.measures).map(|(sum, measure)| (!(has_parts && daily.contains(measure))).then_some(*sum)).collect()
    };
    let mut totals = vec![0; question.measures.len()];
    for sums in rows.values() {
        totals.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
    }
    if let Some(place) = question.measures.iter().position(|measure| *measure == Measure::People) {
        totals[place] = i128::try_from(people).unwrap();
    }
    let kept = rows.iter().filter(|(_, sums)| sums.iter().any(|sum| *sum != 0));
    let mut kept: Vec<_> = kept.map(|(keys, sums)| SumsRow { keys: keys.clone(), sums: tell(sums) }).collect();
    if question.group_by.is_empty() {
        kept = vec![SumsRow { keys: Vec::new(), sums: tell(&totals) }];
    }
    let is_cut = kept.len() > question.limit as usize;
    kept.truncate(question.limit as usize);
    Sums { rows: kept, totals: tell(&totals), is_cut, unconverted: u64::try_from(unconverted).unwrap_or(0) }
}
