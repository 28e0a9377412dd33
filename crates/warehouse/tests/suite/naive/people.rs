//! Who visitors are, and how many different people there were.

use super::{BTreeMap, BTreeSet, Key, Measure, Naive, Question, is_in_range, passes};

impl Naive {
    /// The person, if there is any: the one who is named, else whom the visitor was seen to be last.
    pub(super) fn person(&self, customer: &str, visitor: &str) -> Option<String> {
        if !customer.is_empty() {
            return Some(format!("user {customer}"));
        }
        if visitor.is_empty() {
            return None;
        }
        let told = self.identities.iter().map(|it| (it.client_id.clone(), it.seen_at_ms, it.user_key.clone()));
        let by_events = self.events.iter().map(|it| (it.client_id.clone(), it.occurred_at_ms, it.user_key.clone()));
        let by_orders = self.latest_orders().into_iter().map(|(it, visitor)| (visitor, it.occurred_at_ms, it.customer_key));
        let by_deals = self.latest_deals().into_iter().map(|it| (it.client_id, it.created_at_ms, it.customer_key));
        let seen = told.chain(by_events).chain(by_orders).chain(by_deals);
        let known =
            seen.filter(|(client, _, user)| client == visitor && !user.is_empty()).max_by_key(|(_, at_ms, user)| (*at_ms, user.clone()));
        Some(known.map_or_else(|| format!("visitor {visitor}"), |(_, _, user)| format!("user {user}")))
    }

    /// Adds how many people each row has, and answers how many there are altogether.
    pub(super) fn people(&self, question: &Question, rows: &mut BTreeMap<Vec<Key>, Vec<i128>>) -> usize {
        let Some(place) = question.measures.iter().position(|measure| *measure == Measure::People) else { return 0 };
        let mut groups: BTreeMap<Vec<Key>, BTreeSet<String>> = BTreeMap::new();
        for event in self.events.iter().filter(|event| is_in_range(event.occurred_at_ms, question)) {
            let Some(person) = self.person(&event.user_key, &event.client_id) else { continue };
            let touch = super::credit::Touch::of_event(event, String::new());
            let key = |dimension: &_| self.touch_key(question, dimension, (event.occurred_at_ms, Some(&touch)));
            if question.filters.iter().all(|filter| passes(filter, &key(&filter.dimension))) {
                groups.entry(question.group_by.iter().map(key).collect()).or_default().insert(person);
            }
        }
        for (keys, people) in &groups {
            rows.entry(keys.clone()).or_insert_with(|| vec![0; question.measures.len()])[place] += i128::try_from(people.len()).unwrap();
        }
        groups.values().flatten().collect::<BTreeSet<_>>().len()
    }
}
