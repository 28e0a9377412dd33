//! Which touch is credited with what, and counts of events.

use barker_warehouse::question::Model;

use super::{
    Adding, DatedBy, Dimension, Event, Key, Measure, Movement, Naive, Order, Question, campaign_key, is_in_range, text_key, time_key,
};

/// Who, touches until when, and when; what is counted; and of which fact.
type Happened<'a> = ((&'a str, i64, i64), (Measure, Option<i128>), &'a str);

/// What somebody came by; or any event, looked at in the same way.
#[derive(Debug, Clone, Default)]
pub(super) struct Touch {
    person: String,
    at_ms: i64,
    /// Of several at one instant the greatest counts.
    rank: (u8, String),
    pub(super) event: Event,
    pub(super) key: String,
}

impl Touch {
    pub(super) fn of_event(event: &Event, person: String) -> Self {
        let name = if event.campaign_name.is_empty() { &event.utm[2] } else { &event.campaign_name };
        let rank = (1, event.event_id.clone());
        Self { person, at_ms: event.occurred_at_ms, rank, key: campaign_key(name), event: event.clone() }
    }

    fn of_order(order: &Order, person: String) -> Self {
        let mut event = Event { channel: order.channel.clone(), ..Event::default() };
        event.utm[2].clone_from(&order.utm[2]);
        let rank = (0, format!("{} {}", order.source, order.order_id));
        Self { person, at_ms: order.occurred_at_ms, rank, key: campaign_key(&order.utm[2]), event }
    }
}

/// A value that is dealt out one by one, to the earliest first.
fn shares(value: Option<i128>, count: usize) -> Vec<Option<i128>> {
    let Some(value) = value else { return vec![None; count] };
    let (count, size) = (i128::try_from(count).unwrap(), value.abs());
    let share = |place| value.signum() * (size / count + i128::from(place < size % count));
    (0..count).map(|place| Some(share(place))).collect()
}

fn is_by_touch(question: &Question) -> bool {
    let filtered = question.filters.iter().map(|filter| &filter.dimension);
    question.attribution.dated_by == DatedBy::Touch || question.group_by.iter().chain(filtered).any(|dimension| !is_time(dimension))
}

fn is_time(dimension: &Dimension) -> bool {
    matches!(dimension, Dimension::Hour | Dimension::Day | Dimension::Week | Dimension::Month)
}

impl Naive {
    /// What can be credited under the question's model.
    pub(super) fn touches(&self, question: &Question) -> Vec<Touch> {
        let clicks = self.events.iter().filter(|event| ["click", "session_start"].contains(&event.event_type.as_str()));
        let of_events = clicks.filter_map(|event| Some(Touch::of_event(event, self.person(&event.user_key, &event.client_id)?)));
        let of_orders =
            self.latest_orders().into_iter().map(|(order, visitor)| Touch::of_order(&order, self.person_of_order(&order, &visitor)));
        let all = of_events.chain(of_orders).filter(|touch| !touch.event.channel.is_empty());
        all.filter(|touch| question.attribution.model != Model::LastNonDirect || touch.event.channel != "direct").collect()
    }

    /// Counts something of a person, which touches until `before_ms` may have brought, and which happened at `at_ms`.
    pub(super) fn credit(
        &self,
        (question, touches): (&Question, &[Touch]),
        ((person, before_ms, at_ms), (measure, value), fact): Happened<'_>,
        add: &mut Adding<'_>,
    ) {
        let attribution = question.attribution;
        let since_ms = before_ms - i64::from(attribution.lookback_days) * 86_400_000;
        let mut eligible: Vec<_> =
            touches.iter().filter(|touch| touch.person == person && (since_ms..=before_ms).contains(&touch.at_ms)).collect();
        eligible.sort_by_key(|touch| (touch.at_ms, std::cmp::Reverse(touch.rank.clone())));
        eligible.dedup_by_key(|touch| touch.at_ms);
        let credited = match attribution.model {
            Model::FirstTouch => eligible.first().copied().into_iter().collect(),
            // Where nobody asks for touches there is nothing to share.
            Model::Linear if is_by_touch(question) => eligible,
            _ => eligible.last().copied().into_iter().collect(),
        };
        let credited: Vec<_> = if credited.is_empty() { vec![None] } else { credited.into_iter().map(Some).collect() };
        for (touch, value) in credited.iter().zip(shares(value, credited.len())) {
            let at_ms = touch.filter(|_| attribution.dated_by == DatedBy::Touch).map_or(at_ms, |touch| touch.at_ms);
            if is_in_range(at_ms, question) {
                let keys = |dimension: &_| self.touch_key(question, dimension, (at_ms, *touch));
                add(Movement { measure: measure.clone(), keys: &keys, value }, fact);
            }
        }
    }

    pub(super) fn counts(&self, question: &Question, add: &mut Adding<'_>) {
        for event in self.events.iter().filter(|event| is_in_range(event.occurred_at_ms, question)) {
            let touch = Touch::of_event(event, String::new());
            let keys = |dimension: &_| self.touch_key(question, dimension, (event.occurred_at_ms, Some(&touch)));
            if event.event_type == "session_start" {
                add(Movement { measure: Measure::Sessions, keys: &keys, value: Some(1) }, "");
            }
            add(Movement { measure: Measure::Events(event.event_type.clone()), keys: &keys, value: Some(1) }, "");
        }
    }

    pub(super) fn touch_key(&self, question: &Question, dimension: &Dimension, (at_ms, touch): (i64, Option<&Touch>)) -> Key {
        if let Dimension::Hour | Dimension::Day | Dimension::Week | Dimension::Month = dimension {
            return time_key(dimension, at_ms, question);
        }
        let Some(touch) = touch else { return Key::None };
        let event = &touch.event;
        let place = self.place(touch);
        text_key(match dimension {
            Dimension::SourceType if place.source.is_empty() => event.source_type.clone(),
            Dimension::Source | Dimension::SourceType => place.source,
            Dimension::Advertiser if place.source != "barker" => String::new(),
            Dimension::Account | Dimension::Advertiser => place.account,
            Dimension::Campaign => place.campaign_id,
            Dimension::CampaignName => place.campaign_name,
            Dimension::CampaignKey => place.campaign_key,
            Dimension::AdGroup => place.ad_group_id,
            Dimension::Ad => event.ad_id.clone(),
            Dimension::AdName => place.ad_name,
            Dimension::Channel => event.channel.clone(),
            Dimension::Device => event.device.clone(),
            Dimension::Country => event.country.clone(),
            Dimension::Attribute(name) => {
                let all: serde_json::Value = serde_json::from_str(&event.attributes).unwrap_or_default();
                all[name.as_str()].as_str().unwrap_or_default().to_owned()
            }
            _ => unreachable!("times are above"),
        })
    }
}
