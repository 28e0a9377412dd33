//! What the shop's CRM says: deals with companies that furnish hotels and offices, some of which become orders.

use barker_domain::{Day, Micros};
use barker_warehouse::fact::Deal;

use super::{
    CRM, Shop, Stretch, Topic,
    order::{self, Told},
    origin::Origin,
    person::{Device, orders_on},
    season::{self, MS_PER_DAY},
};

/// New deals for a hundred orders of the shop.
const PER_HUNDRED_ORDERS: i64 = 8;
const MATCHED_PERCENT: usize = 70;
const WON_PERCENT: usize = 32;
const LINKED_PERCENT: usize = 60;
/// How many days a deal is talked about.
const CLOSED_AFTER: (i32, i32) = (5, 16);
/// Roubles of a deal that is no order of the shop.
const AMOUNT: (i32, i32) = (8_000, 34_000);

/// A deal and its course.
#[derive(Debug)]
pub(super) struct Course {
    /// As it was created.
    deal: Deal,
    talked_after: i32,
    closed_after: i32,
    is_won: bool,
    is_linked: bool,
    /// How whoever asked came to the site, where that is known.
    pub(super) visit: Option<(Origin, Device, i64)>,
}

/// The deals that were created on a day.
pub(super) fn deals(shop: &Shop, day: Day) -> Vec<Course> {
    let usual = i64::from(shop.orders_per_day) * PER_HUNDRED_ORDERS;
    let count = season::on_day(usual, day, 30, &mut shop.draw(Topic::Demand, day, 2)) / 100;
    (0..u32::try_from(count).unwrap_or(0)).map(|index| deal(shop, day, index)).collect()
}

fn deal(shop: &Shop, day: Day, index: u32) -> Course {
    let mut draw = shop.draw(Topic::Deal, day, index);
    let created_at_ms = season::instant(day, &mut draw);
    let device = Device::new(day, &mut draw);
    let visit = draw.chance(MATCHED_PERCENT).then(|| (Origin::of_lead(&mut draw), device, created_at_ms));
    let has_form = draw.chance(70);
    let deal = Deal {
        source: CRM.to_owned(),
        deal_id: format!("d-{}-{index:03}", day.0),
        updated_at_ms: created_at_ms,
        created_at_ms,
        stage: "Первичный контакт".to_owned(),
        amount: Micros(i64::from(draw.bell(AMOUNT.0, AMOUNT.1)) / 100 * 100 * 1_000_000),
        currency: "RUB".to_owned(),
        customer_key: format!("company-{}-{index:03}", day.0),
        client_id: visit.as_ref().map(|(_, device, _)| device.client_id.clone()).unwrap_or_default(),
        match_method: if visit.is_none() {
            ""
        } else if has_form {
            "form"
        } else {
            "phone"
        }
        .to_owned(),
        match_confidence_millionths: if visit.is_none() {
            0
        } else if has_form {
            1_000_000
        } else {
            850_000
        },
        ..Deal::default()
    };
    Course {
        deal,
        talked_after: draw.between(1, 3),
        closed_after: draw.between(CLOSED_AFTER.0, CLOSED_AFTER.1),
        is_won: draw.chance(WON_PERCENT),
        is_linked: draw.chance(LINKED_PERCENT),
        visit,
    }
}

/// What the CRM says on a day: new deals, deals that are talked about, deals that are closed.
pub(super) fn tell(shop: &Shop, day: Day, stretch: Stretch, told: &mut Told) {
    for days in 0..=CLOSED_AFTER.1 {
        for course in deals(shop, Day(day.0 - days)) {
            if let Some(deal) = course.on(shop, day, days).filter(|deal| stretch.includes(deal.updated_at_ms)) {
                told.deals.push(deal);
            }
        }
    }
}

impl Course {
    /// How the deal stands on the day on which it changes; none on all others.
    fn on(self, shop: &Shop, day: Day, days: i32) -> Option<Deal> {
        let updated_at_ms = self.deal.created_at_ms + i64::from(days) * MS_PER_DAY;
        let stage = |stage: &str| Deal { updated_at_ms, stage: stage.to_owned(), ..self.deal.clone() };
        match days {
            0 => Some(self.deal),
            days if days == self.talked_after => Some(stage("Согласование сметы")),
            days if days != self.closed_after => None,
            _ if !self.is_won => Some(stage("Закрыто и не реализовано")),
            _ => {
                let won = Deal { won_at_ms: updated_at_ms, ..stage("Успешно реализовано") };
                let orders = orders_on(shop, day);
                if !self.is_linked || orders == 0 {
                    return Some(won);
                }
                // The shop keeps the order, and it alone is revenue.
                let order = order::sale(shop, day, orders - 1).order;
                Some(Deal { order_id: order.order_id, amount: order.net, currency: order.currency, ..won })
            }
        }
    }
}
