//! The same questions, answered by loops over everything that was ever appended: slow, plain, and on purpose nothing
//! like the SQL.

use std::collections::{BTreeMap, HashMap, HashSet};

use barker_domain::{Day, ProjectId, campaign_key::campaign_key, day::civil_day};
use barker_warehouse::{
    fact::{Batch, Deal, Event, Facts, Identity, Level, Order, Rate, Refund, Spend, SpendLoad},
    question::{Dimension, Filter, Key, Measure, Question, Sales, Sums, SumsRow},
};

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
    keys: &'a dyn Fn(Dimension) -> Key,
    value: Option<i128>,
}

type Slice = (String, String, Day);

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
            }
        }
        let mut seen = HashSet::new();
        all.events.retain(|event| seen.insert((event.event_id.clone(), event.occurred_at_ms.div_euclid(86_400_000))));
        all
    }

    pub(crate) fn answer(&self, question: &Question) -> Sums {
        let mut rows: BTreeMap<Vec<Key>, Vec<i128>> = BTreeMap::new();
        let mut unconverted = 0_i64;
        let mut add = |movement: Movement<'_>, weight: i64| {
            let Some(place) = question.measures.iter().position(|measure| *measure == movement.measure) else { return };
            let keys: Vec<_> = question.group_by.iter().map(|dimension| (movement.keys)(*dimension)).collect();
            let row = rows.entry(keys).or_insert_with(|| vec![0; question.measures.len()]);
            match movement.value {
                Some(value) => row[place] += value,
                None => unconverted += weight,
            }
        };
        if !question.group_by.contains(&Dimension::Hour) {
            self.spend(question, &mut add);
        }
        self.sales(question, &mut add);
        self.leads(question, &mut add);
        conclude(question, &rows, unconverted)
    }

    fn current_slices(&self, all_time: bool, days: (Day, Day)) -> BTreeMap<Slice, BTreeMap<Level, Vec<Spend>>> {
        let mut slices: BTreeMap<Slice, BTreeMap<Level, Vec<Spend>>> = BTreeMap::new();
        for load in &self.loads {
            for day in load.days.0.through(load.days.1).filter(|day| all_time || (days.0..=days.1).contains(day)) {
                let rows = load.rows.iter().filter(|row| row.day == day).cloned().collect();
                slices.entry((load.source.clone(), load.account.clone(), day)).or_default().insert(load.level, rows);
            }
        }
        slices
    }

    /// The name of each campaign on its latest day; within a day, of whatever was loaded last.
    fn latest_names(&self) -> HashMap<(String, String, String), String> {
        let mut latest: HashMap<_, (Day, String)> = HashMap::new();
        let current = self.current_slices(true, (Day(0), Day(0)));
        for load in &self.loads {
            for row in &load.rows {
                let rows = &current[&(load.source.clone(), load.account.clone(), row.day)][&load.level];
                if !rows.contains(row) || row.campaign_id.is_empty() || row.campaign_name.is_empty() {
                    continue;
                }
                let key = (load.source.clone(), load.account.clone(), row.campaign_id.clone());
                if latest.get(&key).is_none_or(|(day, _)| *day <= row.day) {
                    latest.insert(key, (row.day, row.campaign_name.clone()));
                }
            }
        }
        latest.into_iter().map(|(key, (_, name))| (key, name)).collect()
    }

    fn spend(&self, question: &Question, add: &mut dyn FnMut(Movement<'_>, i64)) {
        let dimensions = || question.group_by.iter().copied().chain(question.filters.iter().map(|filter| filter.dimension));
        let wanted = dimensions().map(level_of).max().unwrap_or(Level::Account);
        let names = self.latest_names();
        for (slice, levels) in self.current_slices(false, question.days) {
            let finest = levels.keys().copied().find(|level| *level >= wanted).unwrap_or(Level::Ad);
            let mut coarser = None;
            for (level, rows) in levels.range(..=finest) {
                for row in rows {
                    let campaign = (slice.0.clone(), slice.1.clone(), row.campaign_id.clone());
                    let name = names.get(&campaign).unwrap_or(&row.campaign_name);
                    self.spend_row(question, (&|dimension| spend_key(dimension, *level, &slice, (row, name)), row, 1), add);
                    if let Some(coarser) = coarser {
                        self.spend_row(question, (&|dimension| spend_key(dimension, coarser, &slice, (row, name)), row, -1), add);
                    }
                }
                coarser = Some(*level);
            }
        }
    }

    fn spend_row(
        &self,
        question: &Question,
        (keys, row, sign): (&dyn Fn(Dimension) -> Key, &Spend, i64),
        add: &mut dyn FnMut(Movement<'_>, i64),
    ) {
        if !question.filters.iter().all(|filter| passes(filter, &keys(filter.dimension))) {
            return;
        }
        let counts = [
            (Measure::Impressions, Some(i128::from(row.impressions))),
            (Measure::Clicks, Some(row.clicks.into())),
            (Measure::PlatformConversions, Some(row.conversions_micros.into())),
            (Measure::Cost, self.convert(row.cost.0, (&row.currency, &question.currency), row.day)),
        ];
        for (measure, value) in counts {
            add(Movement { measure, keys, value: value.map(|value| value * i128::from(sign)) }, sign);
        }
    }

    fn sales(&self, question: &Question, add: &mut dyn FnMut(Movement<'_>, i64)) {
        let day_of = |at_ms| civil_day(at_ms, &question.time_zone);
        let is_in = |at_ms| (question.days.0..=question.days.1).contains(&day_of(at_ms));
        let mut people = HashSet::new();
        let mut sales = match question.sales {
            Sales::Orders => self.orders_of_people(),
            Sales::Purchases => self.purchases_of_people(),
        };
        sales.sort_by_key(|(order, _)| (order.occurred_at_ms, order.source.clone(), order.order_id.clone()));
        for (order, person) in &sales {
            let is_new = people.insert(person.clone());
            if !is_in(order.occurred_at_ms) {
                continue;
            }
            let key = |dimension| time_key(dimension, order.occurred_at_ms, question);
            let mut revenue = |micros, currency: &str, at_ms| {
                let value = self.convert(micros, (currency, &question.currency), day_of(at_ms));
                add(Movement { measure: Measure::Revenue, keys: &key, value }, 1);
            };
            revenue(order.net.0, &order.currency, order.occurred_at_ms);
            if question.is_net_of_refunds && question.sales == Sales::Orders {
                let latest = latest(&self.refunds, |it| (it.source.clone(), it.refund_id.clone()), |it| it.updated_at_ms);
                for refund in latest.iter().filter(|it| it.source == order.source && it.order_id == order.order_id) {
                    revenue(-refund.amount.0, &refund.currency, refund.occurred_at_ms);
                }
            }
            add(Movement { measure: Measure::Orders, keys: &key, value: Some(1) }, 1);
            add(Movement { measure: Measure::NewCustomers, keys: &key, value: Some(is_new.into()) }, 1);
        }
        for deal in self.latest_deals().iter().filter(|deal| deal.won_at_ms > 0 && deal.order_id.is_empty() && is_in(deal.won_at_ms)) {
            let key = |dimension| time_key(dimension, deal.won_at_ms, question);
            let value = self.convert(deal.amount.0, (&deal.currency, &question.currency), day_of(deal.won_at_ms));
            add(Movement { measure: Measure::Revenue, keys: &key, value }, 1);
        }
    }

    fn orders_of_people(&self) -> Vec<(Order, String)> {
        let orders = latest(&self.orders, |it| (it.source.clone(), it.order_id.clone()), |it| it.updated_at_ms);
        let kept = orders.into_iter().filter(|order| !order.is_cancelled);
        kept.map(|order| {
            let lenders =
                self.events.iter().filter(|it| it.event_type == "purchase" && it.order_id == order.order_id && !it.client_id.is_empty());
            let lent = lenders.min_by_key(|it| (it.occurred_at_ms, it.event_id.clone())).map(|it| it.client_id.clone());
            let visitor = if order.client_id.is_empty() { lent.unwrap_or_default() } else { order.client_id.clone() };
            let person = self.person(&order.customer_key, &visitor).unwrap_or_else(|| format!("order {} {}", order.source, order.order_id));
            (order, person)
        })
        .collect()
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

    fn person(&self, customer: &str, visitor: &str) -> Option<String> {
        if !customer.is_empty() {
            return Some(format!("user {customer}"));
        }
        if visitor.is_empty() {
            return None;
        }
        let known = self.identities.iter().filter(|it| it.client_id == visitor).max_by_key(|it| it.seen_at_ms);
        Some(known.map_or_else(|| format!("visitor {visitor}"), |it| format!("user {}", it.user_key)))
    }

    fn leads(&self, question: &Question, add: &mut dyn FnMut(Movement<'_>, i64)) {
        let of_events = self.events.iter().filter(|event| event.event_type == "lead").map(|event| event.occurred_at_ms);
        let of_deals = self.latest_deals().into_iter().map(|deal| deal.created_at_ms);
        for at_ms in of_events.chain(of_deals) {
            if (question.days.0..=question.days.1).contains(&civil_day(at_ms, &question.time_zone)) {
                add(Movement { measure: Measure::Leads, keys: &|dimension| time_key(dimension, at_ms, question), value: Some(1) }, 1);
            }
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

fn level_of(dimension: Dimension) -> Level {
    match dimension {
        Dimension::Campaign | Dimension::CampaignName | Dimension::CampaignKey => Level::Campaign,
        Dimension::AdGroup => Level::AdGroup,
        Dimension::Ad | Dimension::AdName => Level::Ad,
        _ => Level::Account,
    }
}

fn spend_key(dimension: Dimension, shown: Level, (source, account, day): &Slice, (row, latest_name): (&Spend, &str)) -> Key {
    if shown < level_of(dimension) {
        return Key::None;
    }
    let text = match dimension {
        Dimension::Source => source.clone(),
        Dimension::Account => account.clone(),
        Dimension::Campaign => row.campaign_id.clone(),
        Dimension::CampaignName => latest_name.to_owned(),
        Dimension::CampaignKey => campaign_key(latest_name),
        Dimension::AdGroup => row.ad_group_id.clone(),
        Dimension::Ad => row.ad_id.clone(),
        Dimension::AdName => row.ad_name.clone(),
        time => return day_key(time, *day),
    };
    if text.is_empty() { Key::None } else { Key::Text(text) }
}

fn time_key(dimension: Dimension, at_ms: i64, question: &Question) -> Key {
    if dimension != Dimension::Hour {
        return day_key(dimension, civil_day(at_ms, &question.time_zone));
    }
    let zoned = jiff::Timestamp::from_millisecond(at_ms).unwrap().to_zoned(question.time_zone.clone());
    let within = i64::from(zoned.minute()) * 60_000 + i64::from(zoned.second()) * 1_000 + i64::from(zoned.millisecond());
    Key::Number(at_ms - within)
}

fn day_key(dimension: Dimension, day: Day) -> Key {
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

fn conclude(question: &Question, rows: &BTreeMap<Vec<Key>, Vec<i128>>, unconverted: i64) -> Sums {
    let has_hours = question.group_by.contains(&Dimension::Hour);
    let daily = [Measure::Impressions, Measure::Clicks, Measure::Cost, Measure::PlatformConversions];
    let tell = |sums: &[i128]| -> Vec<Option<i128>> {
        sums.iter().zip(&question.measures).map(|(sum, measure)| (!(has_hours && daily.contains(measure))).then_some(*sum)).collect()
    };
    let mut totals = vec![0; question.measures.len()];
    for sums in rows.values() {
        totals.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
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
