//! Which campaign and ad of which platform a touch belongs to.

use std::{collections::HashSet, hash::Hash};

use super::{Day, HashMap, Naive, Spend, campaign_key, credit::Touch};

#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) source: String,
    pub(super) account: String,
    pub(super) campaign_id: String,
    pub(super) campaign_name: String,
    pub(super) campaign_key: String,
    pub(super) ad_group_id: String,
    pub(super) ad_name: String,
}

/// A row of spend that counts, and its turn among all.
struct Spent<'a> {
    source: &'a str,
    account: &'a str,
    turn: usize,
    row: &'a Spend,
}

/// A campaign with the name that it has now.
#[derive(Clone)]
struct Campaign {
    source: String,
    account: String,
    id: String,
    name: String,
    latest: (bool, Day, usize),
}

impl Naive {
    fn spent(&self) -> Vec<Spent<'_>> {
        let current = self.current_loads();
        let loads = self.loads.iter().enumerate();
        let rows = loads.flat_map(|(number, load)| load.rows.iter().map(move |row| (number, load, row)));
        let counted =
            rows.filter(|(number, load, row)| current[&(load.source.as_str(), load.account.as_str(), load.level, row.day)] == *number);
        counted.enumerate().map(|(turn, (_, load, row))| Spent { source: &load.source, account: &load.account, turn, row }).collect()
    }

    fn current_loads(&self) -> HashMap<(&str, &str, super::Level, Day), usize> {
        let mut current = HashMap::new();
        for (number, load) in self.loads.iter().enumerate() {
            for day in load.days.0.through(load.days.1) {
                current.insert((load.source.as_str(), load.account.as_str(), load.level, day), number);
            }
        }
        current
    }

    fn campaigns(&self) -> Vec<Campaign> {
        let mut found: HashMap<(String, String, String), Campaign> = HashMap::new();
        for Spent { source, account, turn, row } in self.spent() {
            if row.campaign_id.is_empty() {
                continue;
            }
            let latest = (!row.campaign_name.is_empty(), row.day, turn);
            let key = (source.to_owned(), account.to_owned(), row.campaign_id.clone());
            if found.get(&key).is_none_or(|known| known.latest < latest) {
                let (source, account, id) = key.clone();
                found.insert(key, Campaign { source, account, id, name: row.campaign_name.clone(), latest });
            }
        }
        found.into_values().collect()
    }

    fn was_once(&self, campaign: &Campaign, key: &str) -> bool {
        let own = |it: &Spent<'_>| (it.source, it.account, &it.row.campaign_id) == (&campaign.source, &campaign.account, &campaign.id);
        self.spent().iter().any(|it| own(it) && campaign_key(&it.row.campaign_name) == key)
    }

    /// The name of each campaign on its latest day.
    pub(super) fn latest_names(&self) -> HashMap<(String, String, String), String> {
        self.campaigns().into_iter().map(|it| ((it.source, it.account, it.id), it.name)).collect()
    }

    pub(super) fn place(&self, touch: &Touch) -> Place {
        let event = &touch.event;
        let spent = self.spent();
        let ads: Vec<_> = spent.iter().filter(|it| !event.ad_id.is_empty() && it.row.ad_id == event.ad_id).collect();
        let ad_name = ads.iter().max_by_key(|it| (!it.row.ad_name.is_empty(), it.row.day, it.turn)).map(|it| it.row.ad_name.clone());
        let ad_name = ad_name.filter(|name| !name.is_empty()).unwrap_or_else(|| event.ad_name.clone());
        let of_ad = shared(ads.iter().map(|it| it.row.campaign_id.clone()));
        let ad_group_id = shared(ads.iter().map(|it| it.row.ad_group_id.clone()));
        let likely = [&event.campaign_id, &of_ad, &event.utm[2]].into_iter().find(|id| !id.is_empty()).cloned().unwrap_or_default();
        let campaigns = self.campaigns();
        let by_id: Vec<_> = campaigns.iter().filter(|it| it.id == likely).collect();
        let by_key: Vec<_> = campaigns.iter().filter(|it| !touch.key.is_empty() && campaign_key(&it.name) == touch.key).collect();
        let by_former_key = campaigns.iter().filter(|it| !touch.key.is_empty() && self.was_once(it, &touch.key)).collect();
        let found = [by_id, by_key, by_former_key].into_iter().find(|found| !found.is_empty()).unwrap_or_default();
        let Some(latest) = found.iter().max_by_key(|it| it.latest) else {
            let campaign_name = if event.campaign_name.is_empty() { event.utm[2].clone() } else { event.campaign_name.clone() };
            let (campaign_id, campaign_key) = (event.campaign_id.clone(), touch.key.clone());
            return Place { campaign_id, campaign_name, campaign_key, ad_group_id, ad_name, ..Place::default() };
        };
        let id = shared(found.iter().map(|it| it.id.clone()));
        Place {
            source: shared(found.iter().map(|it| it.source.clone())),
            account: shared(found.iter().map(|it| it.account.clone())),
            campaign_id: if id.is_empty() { event.campaign_id.clone() } else { id },
            campaign_name: latest.name.clone(),
            campaign_key: campaign_key(&latest.name),
            ad_group_id,
            ad_name,
        }
    }
}

/// What all of them are, else nothing.
fn shared<T: Hash + Eq + Default + Clone>(all: impl Iterator<Item = T>) -> T {
    let different: HashSet<_> = all.collect();
    if different.len() == 1 { different.into_iter().next().unwrap_or_default() } else { T::default() }
}
