//! Orders, what was in them, and what became of them: cancelled the next day, or given back within two weeks.

use barker_domain::{Day, Micros};
use barker_warehouse::fact::{Deal, Facts, Identity, Order, OrderItem, Refund};

use super::{
    SHOP, Shop, Stretch, Topic,
    assortment::{self, ASSORTMENT},
    origin::Origin,
    person::{Person, orders_on},
    season::{self, MS_PER_DAY},
};
use crate::draw::Draw;

const CANCELLED_PERCENT: usize = 3;
const REFUNDED_PERCENT: usize = 6;
/// How many days after an order it may come back.
const REFUNDED_AFTER: (i32, i32) = (3, 14);
/// Of a hundred buyers those who were here before on another device.
const EARLIER_PERCENT: usize = 28;
const PROMO_PERCENT: i64 = 15;
const COUPON_PERCENT: i64 = 10;
/// Roubles from which on delivery is free, and what it costs below.
const FREE_DELIVERY_FROM: i64 = 5_000;
const DELIVERY: i64 = 390;

/// An order with everything about it.
#[derive(Debug, Clone)]
pub(super) struct Sale {
    pub(super) index: u32,
    pub(super) order: Order,
    pub(super) items: Vec<OrderItem>,
    pub(super) person: Person,
    pub(super) origin: Origin,
    /// How many days before they came by `origin`, on their other device; none: they bought in that visit.
    pub(super) came_before: Option<i32>,
}

/// What is kept of a stretch besides events and spend.
#[derive(Debug, Default)]
pub(super) struct Told {
    orders: Vec<Order>,
    items: Vec<OrderItem>,
    refunds: Vec<Refund>,
    identities: Vec<Identity>,
    pub(super) deals: Vec<Deal>,
}

impl Told {
    pub(super) fn into_facts(self) -> Vec<Facts> {
        let Self { orders, items, refunds, identities, deals } = self;
        vec![Facts::Identities(identities), Facts::Orders(orders), Facts::OrderItems(items), Facts::Refunds(refunds), Facts::Deals(deals)]
    }
}

/// What becomes of an order.
enum Fate {
    Kept,
    Cancelled,
    Refunded { after: i32, percent: i64 },
}

/// The orders of a day.
pub(super) fn sales(shop: &Shop, day: Day) -> Vec<Sale> {
    (0..orders_on(shop, day)).map(|index| sale(shop, day, index)).collect()
}

/// Where an order came from.
pub(super) fn origin(shop: &Shop, day: Day, index: u32) -> Origin {
    Origin::of_order(&mut shop.draw(Topic::Order, day, index))
}

/// One order of a day.
pub(super) fn sale(shop: &Shop, day: Day, index: u32) -> Sale {
    let mut draw = shop.draw(Topic::Order, day, index);
    let origin = Origin::of_order(&mut draw);
    let person = if let Origin::Own = origin { Person::of_own_slots(shop, &mut draw) } else { Person::of_order(shop, day, index) };
    let at_ms = season::instant(day, &mut draw);
    let came_before = (matches!(origin, Origin::Campaign(_)) && draw.chance(EARLIER_PERCENT)).then(|| draw.between(1, 6));
    let money = Money::of(shop, day, &person);
    let order_id = format!("{}-{index:04}", day.0);
    let items = items(&order_id, (day, at_ms), money, &mut draw);
    let sum = |of: fn(&OrderItem) -> Micros| Micros(items.iter().map(|item| of(item).0).sum());
    let (goods, discount) = (sum(|item| item.net), sum(|item| item.discount));
    let shipping = if goods.0 >= money.roubles(FREE_DELIVERY_FROM).0 { Micros::ZERO } else { money.roubles(DELIVERY) };
    let net = goods.saturating_add(shipping);
    let knows_visitor = index % 2 == 1 && !matches!(origin, Origin::Offline);
    let order = Order {
        source: SHOP.to_owned(),
        order_id,
        updated_at_ms: at_ms,
        occurred_at_ms: at_ms,
        is_cancelled: false,
        gross: Micros(goods.0 + discount.0),
        discount,
        tax: Micros(net.0 / 6),
        shipping,
        net,
        currency: money.currency().to_owned(),
        customer_key: person.key.clone(),
        // Else the purchase event lends its visitor.
        client_id: if knows_visitor { person.visitors[0].client_id.clone() } else { String::new() },
        ..Order::default()
    };
    Sale { index, order, items, person, origin, came_before }
}

/// What somebody pays in.
#[derive(Debug, Clone, Copy)]
struct Money {
    /// None: in roubles.
    dollar_nanos: Option<i64>,
}

impl Money {
    fn of(shop: &Shop, day: Day, person: &Person) -> Self {
        let is_abroad = matches!(person.country, "KZ" | "AM" | "DE");
        Self { dollar_nanos: is_abroad.then(|| season::dollar_nanos(shop, day)) }
    }

    fn currency(self) -> &'static str {
        if self.dollar_nanos.is_some() { "USD" } else { "RUB" }
    }

    fn roubles(self, roubles: i64) -> Micros {
        match self.dollar_nanos {
            None => Micros(roubles * 1_000_000),
            Some(nanos) => cents(roubles * 100, nanos),
        }
    }
}

/// Kopecks in micros of a dollar, in whole cents.
pub(super) fn cents(kopecks: i64, dollar_nanos: i64) -> Micros {
    let cents = i128::from(kopecks) * 1_000_000_000 / i128::from(dollar_nanos.max(1));
    Micros(i64::try_from(cents).unwrap_or(i64::MAX / 10_000) * 10_000)
}

fn items(order_id: &str, (day, at_ms): (Day, i64), money: Money, draw: &mut Draw) -> Vec<OrderItem> {
    let lines = *draw.pick_weighted(&[(1, 58), (2, 31), (3, 11)]);
    let has_coupon = draw.chance(8);
    let percent = if season::is_promo(day) { PROMO_PERCENT } else { COUPON_PERCENT * i64::from(has_coupon) };
    let weights: Vec<_> = ASSORTMENT.iter().enumerate().map(|(place, line)| (place, line.4)).collect();
    let line = |number: i32| {
        let place = *draw.pick_weighted(&weights);
        let (name, category, _, roubles, _) = ASSORTMENT[place];
        let quantity = if draw.chance(14) { 2 } else { 1 };
        let price = money.roubles(roubles);
        // Whole cents and kopecks.
        let discount = Micros(price.0 * quantity * percent / 100 / 10_000 * 10_000);
        OrderItem {
            source: SHOP.to_owned(),
            order_id: order_id.to_owned(),
            updated_at_ms: at_ms,
            item_id: number.to_string(),
            product_id: assortment::product_id(place),
            sku: assortment::sku(place),
            name: name.to_owned(),
            category: category.to_owned(),
            quantity_millionths: quantity * 1_000_000,
            price,
            discount,
            net: Micros(price.0 * quantity - discount.0),
            currency: money.currency().to_owned(),
        }
    };
    (1..=lines).map(line).collect()
}

fn fate(shop: &Shop, day: Day, index: u32) -> Fate {
    let mut draw = shop.draw(Topic::Fate, day, index);
    if draw.chance(CANCELLED_PERCENT) {
        Fate::Cancelled
    } else if draw.chance(REFUNDED_PERCENT) {
        let after = draw.between(REFUNDED_AFTER.0, REFUNDED_AFTER.1);
        Fate::Refunded { after, percent: if draw.chance(65) { 100 } else { i64::from(draw.between(20, 60)) } }
    } else {
        Fate::Kept
    }
}

/// What the shop says on a day: new orders, orders that were cancelled, money that was given back.
pub(super) fn tell(shop: &Shop, (day, sales): (Day, &[Sale]), stretch: Stretch, told: &mut Told) {
    for sale in sales.iter().filter(|sale| stretch.includes(sale.order.occurred_at_ms)) {
        told.orders.push(sale.order.clone());
        told.items.extend(sale.items.iter().cloned());
        if let Some(days) = sale.came_before {
            let seen_at_ms = sale.order.occurred_at_ms - i64::from(days) * MS_PER_DAY;
            let [_, other] = &sale.person.visitors;
            told.identities.push(Identity { client_id: other.client_id.clone(), user_key: sale.person.key.clone(), seen_at_ms });
        }
    }
    cancel(shop, day, stretch, told);
    refund(shop, day, stretch, told);
}

fn cancel(shop: &Shop, day: Day, stretch: Stretch, told: &mut Told) {
    let before = Day(day.0 - 1);
    let cancelled = (0..orders_on(shop, before)).filter(|index| matches!(fate(shop, before, *index), Fate::Cancelled));
    for index in cancelled {
        let order = sale(shop, before, index).order;
        let updated_at_ms = order.occurred_at_ms + MS_PER_DAY;
        if stretch.includes(updated_at_ms) {
            told.orders.push(Order { is_cancelled: true, updated_at_ms, ..order });
        }
    }
}

fn refund(shop: &Shop, day: Day, stretch: Stretch, told: &mut Told) {
    for days in REFUNDED_AFTER.0..=REFUNDED_AFTER.1 {
        let bought = Day(day.0 - days);
        for index in 0..orders_on(shop, bought) {
            let Fate::Refunded { after, percent } = fate(shop, bought, index) else { continue };
            if after != days {
                continue;
            }
            let order = sale(shop, bought, index).order;
            let occurred_at_ms = order.occurred_at_ms + i64::from(days) * MS_PER_DAY;
            if stretch.includes(occurred_at_ms) {
                told.refunds.push(Refund {
                    source: SHOP.to_owned(),
                    refund_id: format!("r-{}", order.order_id),
                    order_id: order.order_id,
                    updated_at_ms: occurred_at_ms,
                    occurred_at_ms,
                    amount: Micros(order.net.0 * percent / 100 / 10_000 * 10_000),
                    currency: order.currency,
                });
            }
        }
    }
}
