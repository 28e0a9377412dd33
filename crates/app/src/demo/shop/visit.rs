//! Visits: of those who buy, of those who ask, and of all the others, as the site's counter reports them.

use barker_domain::Day;
use barker_warehouse::fact::Event;
use serde_json::json;

use super::{
    Shop, Topic,
    campaign::CAMPAIGNS,
    crm,
    order::Sale,
    origin::{Origin, PATHS},
    person::{Device, Person, orders_on, whereabouts},
    season::{self, MS_PER_DAY},
    spend,
};
use crate::draw::Draw;

const MINUTE_MS: i64 = 60_000;
/// From the beginning of a visit without an order to the last thing that is looked at.
const LONGEST_LOOK_MS: i64 = 6 * MINUTE_MS;
/// Of a hundred clicks those that arrive at the site.
const ARRIVING_PERCENT: i64 = 85;
/// Lead forms for a hundred orders of the shop.
const LEADS_PER_HUNDRED_ORDERS: i64 = 55;
/// Of a hundred visitors those who have bought before.
const KNOWN_PERCENT: usize = 14;
const LOOKING_PERCENT: usize = 42;
const PUTTING_PERCENT: usize = 7;
const CHECKING_OUT_PERCENT: usize = 30;
const ABROAD: [(&str, usize); 2] = [("KZ", 60), ("BY", 40)];

/// One visit while it is written down.
struct Visit<'a> {
    session_id: String,
    device: &'a Device,
    country: &'static str,
    city: &'static str,
    events: Vec<Event>,
}

impl<'a> Visit<'a> {
    fn begin(session_id: String, device: &'a Device, (country, city): (&'static str, &'static str)) -> Self {
        Self { session_id, device, country, city, events: Vec::with_capacity(4) }
    }

    /// Its first event, which tells how it began.
    fn start(&mut self, (origin, at_ms): (Origin, i64), day: Day, draw: &mut Draw) {
        if matches!(origin, Origin::Campaign(place) if CAMPAIGNS[place].name.contains("KZ")) {
            (self.country, self.city) = (*draw.pick_weighted(&ABROAD), "");
        }
        let mut event = self.event("session_start", at_ms);
        origin.mark(&mut event, day, draw);
        event.attributes = if self.city.is_empty() {
            json!({"browser": self.device.browser}).to_string()
        } else {
            json!({"browser": self.device.browser, "city": self.city}).to_string()
        };
        self.events.push(event);
    }

    fn event(&self, event_type: &str, at_ms: i64) -> Event {
        Event {
            event_id: format!("{}-{}", self.session_id, self.events.len()),
            event_type: event_type.to_owned(),
            occurred_at_ms: at_ms,
            received_at_ms: at_ms,
            client_id: self.device.client_id.clone(),
            session_id: self.session_id.clone(),
            source_type: "web".to_owned(),
            device: self.device.kind.to_owned(),
            country: self.country.to_owned(),
            ..Event::default()
        }
    }

    fn look(&mut self, event_type: &str, at_ms: i64) {
        let mut event = self.event(event_type, at_ms);
        if let Some(first) = self.events.first() {
            event.page.clone_from(&first.page);
            event.channel.clone_from(&first.channel);
        }
        self.events.push(event);
    }
}

/// Every visit of a day, and those that sales of this day began with some days before.
pub(super) fn tell<E>(shop: &Shop, (day, sales): (Day, &[Sale]), mut take: impl FnMut(Vec<Event>) -> Result<(), E>) -> Result<(), E> {
    for sale in sales {
        take(of_sale(shop, day, sale))?;
    }
    for (index, course) in (0..).zip(crm::deals(shop, day)) {
        if let Some((origin, device, created_at_ms)) = &course.visit {
            take(of_asking(shop, (day, index), (*origin, device, *created_at_ms), false))?;
        }
    }
    leads(shop, day, &mut take)?;
    for place in 0..CAMPAIGNS.len() {
        let origin = Origin::Campaign(place);
        let bought = sales.iter().filter(|sale| matches!(sale.origin, Origin::Campaign(of) if of == place)).count();
        let arriving = spend::clicks(shop, day, place) * ARRIVING_PERCENT / 100 - i64::try_from(bought).unwrap_or(0);
        strolls(shop, day, (origin, arriving), &mut take)?;
    }
    for (place, path) in PATHS.iter().enumerate() {
        let mut draw = shop.draw(Topic::Clicks, day, 1_000 + u32::try_from(place).unwrap_or(0));
        let visits = season::on_day(path.visits * i64::from(shop.orders_per_day), day, 10, &mut draw) / 100;
        strolls(shop, day, (Origin::Path(place), visits), &mut take)?;
    }
    Ok(())
}

/// The visit that ends with a purchase, and the one before that on the other device.
fn of_sale(shop: &Shop, day: Day, sale: &Sale) -> Vec<Event> {
    let (mut draw, person) = (shop.draw(Topic::Visit, day, sale.index), &sale.person);
    if let Origin::Offline = sale.origin {
        return Vec::new();
    }
    let (bought_at_ms, place) = (sale.order.occurred_at_ms, (person.country, person.city));
    let mut earlier = Vec::new();
    let mut origin = sale.origin;
    if let Some(days) = sale.came_before {
        let mut visit = Visit::begin(format!("{:x}-b-{}", day.0, sale.index), &person.visitors[1], place);
        let came = Day(day.0 - days);
        visit.start((origin, bought_at_ms - i64::from(days) * MS_PER_DAY), came, &mut draw);
        visit.look("page_view", bought_at_ms - i64::from(days) * MS_PER_DAY + MINUTE_MS);
        earlier = visit.events;
        origin = Origin::Path(PATHS.len() - 1);
    }
    let mut visit = Visit::begin(format!("{:x}-s-{}", day.0, sale.index), &person.visitors[0], place);
    let minutes = i64::from(draw.between(4, 40));
    visit.start((origin, bought_at_ms - minutes * MINUTE_MS), day, &mut draw);
    visit.look("page_view", bought_at_ms - minutes * MINUTE_MS * 3 / 4);
    visit.look("add_to_cart", bought_at_ms - minutes * MINUTE_MS / 2);
    visit.look("checkout", bought_at_ms - minutes * MINUTE_MS / 4);
    let mut purchase = visit.event("purchase", bought_at_ms);
    purchase.user_key.clone_from(&person.key);
    purchase.order_id.clone_from(&sale.order.order_id);
    purchase.value = sale.order.net;
    purchase.currency.clone_from(&sale.order.currency);
    visit.events.push(purchase);
    earlier.extend(visit.events);
    earlier
}

/// The visit of somebody who asks: by a form that is an event, or by what becomes a deal.
fn of_asking(shop: &Shop, (day, index): (Day, u32), (origin, device, at_ms): (Origin, &Device, i64), is_form: bool) -> Vec<Event> {
    let mut draw = shop.draw(Topic::Mention, day, 0x80_0000 + 2 * index + u32::from(is_form));
    let kind = if is_form { 'l' } else { 'd' };
    let place = whereabouts(&mut draw);
    let mut visit = Visit::begin(format!("{:x}-{kind}-{index}", day.0), device, place);
    visit.start((origin, at_ms - 9 * MINUTE_MS), day, &mut draw);
    visit.look("page_view", at_ms - 5 * MINUTE_MS);
    if is_form {
        let mut lead = visit.event("lead", at_ms);
        let form = *draw.pick_weighted(&[("Перезвоните мне", 5), ("Скидка за подписку", 21), ("Расчёт для бизнеса", 2)]);
        lead.attributes = json!({"form": form}).to_string();
        visit.events.push(lead);
    }
    visit.events
}

fn leads<E>(shop: &Shop, day: Day, take: &mut impl FnMut(Vec<Event>) -> Result<(), E>) -> Result<(), E> {
    let usual = i64::from(shop.orders_per_day) * LEADS_PER_HUNDRED_ORDERS;
    let count = season::on_day(usual, day, 30, &mut shop.draw(Topic::Demand, day, 1)) / 100;
    for index in 0..u32::try_from(count).unwrap_or(0) {
        let mut draw = shop.draw(Topic::Lead, day, index);
        let (device, origin, at_ms) = (Device::new(day, &mut draw), Origin::of_lead(&mut draw), season::instant(day, &mut draw));
        take(of_asking(shop, (day, index), (origin, &device, at_ms), true))?;
    }
    Ok(())
}

/// Visits that end with nothing.
fn strolls<E>(shop: &Shop, day: Day, (origin, count): (Origin, i64), take: &mut impl FnMut(Vec<Event>) -> Result<(), E>) -> Result<(), E> {
    let place = match origin {
        Origin::Campaign(place) => u32::try_from(place).unwrap_or(0),
        Origin::Path(place) => 1_000 + u32::try_from(place).unwrap_or(0),
        Origin::Offline | Origin::Own => return Ok(()),
    };
    let mut draw = shop.draw(Topic::Visit, day, 0x80_0000 + place);
    for number in 0..count {
        let known = (!origin.is_failing() && draw.chance(KNOWN_PERCENT)).then(|| somebody_known(shop, day, &mut draw)).flatten();
        let (device, whereabouts) = match known {
            Some(Person { visitors: [device, _], country, city, .. }) => (device, (country, city)),
            None => (Device::new(day, &mut draw), whereabouts(&mut draw)),
        };
        // It ends on the day that it began on: days are told apart.
        let at_ms = season::instant(day, &mut draw).min(i64::from(day.0 + 1) * MS_PER_DAY - 1 - LONGEST_LOOK_MS);
        let mut visit = Visit::begin(format!("{:x}-{place}-{number}", day.0), &device, whereabouts);
        visit.start((origin, at_ms), day, &mut draw);
        if draw.chance(LOOKING_PERCENT) {
            visit.look("page_view", at_ms + MINUTE_MS);
            if draw.chance(PUTTING_PERCENT) {
                visit.look("add_to_cart", at_ms + 3 * MINUTE_MS);
                if draw.chance(CHECKING_OUT_PERCENT) {
                    visit.look("checkout", at_ms + LONGEST_LOOK_MS);
                }
            }
        }
        take(visit.events)?;
    }
    Ok(())
}

fn somebody_known(shop: &Shop, day: Day, draw: &mut Draw) -> Option<Person> {
    let before = Day(day.0 - draw.between(1, 60));
    let orders = orders_on(shop, before);
    (orders > 0).then(|| Person::of_order(shop, before, u32::try_from(draw.below(orders as usize)).unwrap_or(0)))
}
