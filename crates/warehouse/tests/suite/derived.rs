//! Who visitors are and what money is in are worked out once and kept: no answer tells whether they were.

use barker_domain::{Micros, ProjectId};
use barker_warehouse::{
    fact::{Event, Facts, Identity, Order},
    question::{Measure, Question},
};
use uuid::Uuid;

use crate::{
    engines::{Home, Kind},
    plain::of_first_day,
    shop::Shop,
};

impl Shop {
    /// What somebody bought, as it is known since then.
    async fn order(&self, (order_id, updated_at_ms): (&str, i64), (visitor, customer): (&str, &str)) {
        let order = Order {
            order_id: order_id.to_owned(),
            updated_at_ms,
            client_id: visitor.to_owned(),
            customer_key: customer.to_owned(),
            currency: "RUB".to_owned(),
            net: Micros(1_000_000),
            ..Order::default()
        };
        self.keep(Facts::Orders(vec![order])).await;
    }

    async fn see(&self, visitor: &str, user_key: &str, seen_at_ms: i64) {
        let identity = Identity { client_id: visitor.to_owned(), user_key: user_key.to_owned(), seen_at_ms };
        self.keep(Facts::Identities(vec![identity])).await;
    }

    async fn visit(&self, visitor: &str) {
        let event = Event {
            event_id: Uuid::now_v7().to_string(),
            event_type: "page_view".to_owned(),
            client_id: visitor.to_owned(),
            ..Event::default()
        };
        self.keep(Facts::Events(vec![event])).await;
    }

    /// How many different people came, in a question before anything is worked out anew and in one after it.
    async fn people(&self, people: i128, why: &str) {
        let question = || of_first_day(self.project_id, vec![Measure::People]);
        assert_eq!(self.engine.sums(question()).await.unwrap().totals, [Some(people)], "before: {why}");
        self.engine.compact().await.unwrap();
        assert_eq!(self.engine.sums(question()).await.unwrap().totals, [Some(people)], "after: {why}");
    }
}

async fn shop(home: &Home) -> Shop {
    Shop { engine: home.open().await, project_id: ProjectId::generate() }
}

#[tokio::test]
async fn people_are_who_they_are_whatever_was_worked_out_before() {
    let home = Home::new(Kind::DuckDb).await;
    let shop = shop(&home).await;
    for visitor in ["phone", "laptop", "tablet"] {
        shop.visit(visitor).await;
    }
    shop.people(3, "nobody said who they are").await;
    shop.order(("1", 0), ("phone", "anna")).await;
    shop.order(("2", 0), ("laptop", "anna")).await;
    shop.people(2, "one customer bought on two devices").await;
    shop.order(("1", 1), ("kiosk", "anna")).await;
    shop.people(3, "the first was not bought on the phone after all").await;
    shop.see("phone", "anna", 5).await;
    shop.people(2, "she signed in there").await;
    shop.see("phone", "boris", 4).await;
    shop.people(2, "he did before her").await;
    shop.see("phone", "boris", 6).await;
    shop.people(3, "and again").await;
    shop.see("tablet", "boris", 6).await;
    shop.see("laptop", "boris", 7).await;
    shop.people(1, "everything is his").await;
    shop.engine.forget_visitor(shop.project_id, "tablet".to_owned()).await.unwrap();
    shop.people(1, "the tablet came to be nobody's").await;
    shop.visit("tablet").await;
    shop.people(2, "and nobody knows whose").await;
}

#[tokio::test]
async fn people_are_worked_out_anew_after_a_start() {
    let home = Home::new(Kind::DuckDb).await;
    let shop = shop(&home).await;
    for visitor in ["phone", "laptop"] {
        shop.visit(visitor).await;
        shop.order((visitor, 0), (visitor, "anna")).await;
    }
    shop.people(1, "one customer").await;
    shop.engine.close().await.unwrap();
    let shop = Shop { engine: home.open().await, ..shop };
    shop.people(1, "still").await;
    shop.order(("laptop", 1), ("laptop", "boris")).await;
    shop.people(2, "the second was his").await;
}

#[tokio::test]
async fn money_that_is_all_in_one_currency_is_counted_as_any_other() {
    let home = Home::new(Kind::DuckDb).await;
    let shop = shop(&home).await;
    let revenue = |currency: &str| Question { currency: currency.to_owned(), ..of_first_day(shop.project_id, vec![Measure::Revenue]) };
    for order in ["1", "2"] {
        shop.order((order, 0), ("phone", "anna")).await;
    }
    shop.engine.compact().await.unwrap();
    for (currency, sum, unconverted) in [("RUB", 2_000_000, 0), ("USD", 0, 2)] {
        let sums = shop.engine.sums(revenue(currency)).await.unwrap();
        assert_eq!((sums.totals, sums.unconverted), (vec![Some(sum)], unconverted), "{currency}");
    }
    let order = Order { order_id: "3".to_owned(), currency: "USD".to_owned(), net: Micros(5_000_000), ..Order::default() };
    shop.keep(Facts::Orders(vec![order])).await;
    shop.engine.compact().await.unwrap();
    let sums = shop.engine.sums(revenue("RUB")).await.unwrap();
    assert_eq!((sums.totals, sums.unconverted), (vec![Some(2_000_000)], 1));
}
