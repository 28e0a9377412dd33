//! Runs a sequence through Barker and through the model, and compares after every step.

use barker_app::{advertiser, campaign, campaign::Named, client, score, serving, time};
use barker_domain::{AdvertiserId, CampaignId, ClientId, Day, Error, campaign::Terms};

use crate::{
    disagreement::{Disagreement, agree, unless},
    money,
    naive::Naive,
    reread,
    step::{Business, Judgement, Person, Sequence, Step, UNKNOWN_CAMPAIGN, advertiser_id, beginning, client_id},
    term::{Draft, Edit},
    world::Sandbox,
};

/// Every step has the same outcome here and there; in the end everything that can be read is the same.
pub(crate) async fn run(sandbox: &mut Sandbox<'_>, sequence: &Sequence) -> Result<(), Disagreement> {
    let mut replay = Replay { sandbox, naive: Naive::default() };
    for step in &beginning() {
        replay.manage(step).await?;
    }
    for (place, step) in sequence.0.iter().enumerate() {
        let outcome = replay.step(step).await;
        outcome.map_err(|words| format!("step {place}, {step:?}: {words}"))?;
    }
    reread::everything(replay.sandbox, &replay.naive).await.map_err(|words| format!("in the end: {words}"))
}

struct Replay<'a, 'w> {
    sandbox: &'a mut Sandbox<'w>,
    naive: Naive,
}

impl Replay<'_, '_> {
    async fn step(&mut self, step: &Step) -> Result<(), Disagreement> {
        match step {
            Step::GiveAd { client } => self.give_ad(client_id(*client)).await,
            Step::Click { campaign, client } => self.click(self.campaign_id(*campaign), client_id(*client)).await,
            Step::SetDay(day) => self.set_day(*day).await,
            Step::ReadStatistics { campaign, advertiser } => {
                reread::campaign(self.sandbox, &self.naive, self.campaign_id(*campaign)).await?;
                reread::advertiser(self.sandbox, &self.naive, advertiser_id(*advertiser)).await
            }
            Step::Restart { audience_bytes } => {
                self.sandbox.restart(*audience_bytes).await;
                reread::everything(self.sandbox, &self.naive).await
            }
            others => self.manage(others).await,
        }
    }

    /// What an advertiser or an operator does.
    async fn manage(&mut self, step: &Step) -> Result<(), Disagreement> {
        match step {
            Step::UpsertClients(people) => self.upsert_clients(people).await,
            Step::UpsertAdvertisers(businesses) => self.upsert_advertisers(businesses).await,
            Step::SetScore(judgement) => self.set_score(*judgement).await,
            Step::SetScores(judgements) => self.set_scores(judgements).await,
            Step::Create { clock_ms, advertiser, draft } => self.create(*clock_ms, advertiser_id(*advertiser), draft).await,
            Step::Change { campaign, named, edits } => self.change(self.named(*campaign, *named), edits).await,
            Step::Delete { campaign, named } => self.delete(self.named(*campaign, *named)).await,
            others => self.handle_money(others).await,
        }
    }

    async fn upsert_clients(&mut self, people: &[Person]) -> Result<(), Disagreement> {
        let clients: Vec<_> = people.iter().map(Person::client).collect();
        let expected = self.naive.upsert_clients(&clients).map(|answer| answer.into_values().collect());
        let found = client::upsert(&self.sandbox.desk(), clients).await;
        agree(found.map(|clients| sorted(&clients, |client| client.id)), &expected)
    }

    async fn upsert_advertisers(&mut self, businesses: &[Business]) -> Result<(), Disagreement> {
        let advertisers: Vec<_> = businesses.iter().map(Business::advertiser).collect();
        let expected = self.naive.upsert_advertisers(&advertisers).map(|answer| answer.into_values().collect());
        let found = advertiser::upsert(&self.sandbox.desk(), advertisers).await;
        agree(found.map(|advertisers| sorted(&advertisers, |advertiser| advertiser.id)), &expected)
    }

    async fn set_score(&mut self, judgement: Judgement) -> Result<(), Disagreement> {
        let expected = self.naive.set_scores(&[judgement.score()]).map(drop);
        agree(score::set(&self.sandbox.desk(), judgement.score()).await, &expected)
    }

    async fn set_scores(&mut self, judgements: &[Judgement]) -> Result<(), Disagreement> {
        let scores: Vec<_> = judgements.iter().map(|judgement| judgement.score()).collect();
        let expected = self.naive.set_scores(&scores);
        agree(score::set_all(&self.sandbox.desk(), scores).await, &expected)
    }

    async fn create(&mut self, clock_ms: i64, advertiser_id: AdvertiserId, draft: &Draft) -> Result<(), Disagreement> {
        let (now_ms, terms) = (self.sandbox.let_pass(clock_ms), draft.terms(self.naive.today));
        let expected = self.naive.may_create(advertiser_id, &terms).map(|()| terms.clone());
        let made = campaign::create(&self.sandbox.desk(), advertiser_id, terms.clone()).await;
        if let Ok(made) = &made {
            self.naive.create(made.id, advertiser_id, (terms, now_ms));
        }
        agree(made.map(|made| made.terms), &expected)
    }

    async fn change(&mut self, named: Named, edits: &[Edit]) -> Result<(), Disagreement> {
        let (today, edits) = (self.naive.today, edits.to_vec());
        let edit = move |terms: &mut Terms| edits.iter().for_each(|edit| edit.apply(terms, today));
        let expected = self.naive.change(named.advertiser_id, named.campaign_id, &edit);
        let changed = move |present: &Terms| {
            let mut terms = present.clone();
            edit(&mut terms);
            Ok(terms)
        };
        let found = campaign::change(&self.sandbox.desk(), named, changed).await;
        agree(found.map(|campaign| campaign.terms), &expected)
    }

    async fn delete(&mut self, named: Named) -> Result<(), Disagreement> {
        let expected = self.naive.delete(named.advertiser_id, named.campaign_id);
        agree(campaign::delete(&self.sandbox.desk(), named, None).await, &expected)
    }

    async fn set_day(&mut self, day: Option<i32>) -> Result<(), Disagreement> {
        let expected = self.naive.set_day(day);
        agree(time::advance(&self.sandbox.desk(), day.map(Day)).await, &expected)?;
        agree(Ok(time::today(&self.sandbox.app, &self.sandbox.project)), &Ok(self.naive.today))
    }

    async fn give_ad(&mut self, client_id: ClientId) -> Result<(), Disagreement> {
        let expected = self.naive.choice(client_id);
        let found = serving::give_ad(&self.sandbox.app, &self.sandbox.project, client_id).await;
        let (Ok(given), Ok(best)) = (&found, &expected) else {
            return agree(found.map(|given| vec![given.campaign.id]), &expected);
        };
        let words = || format!("Barker gives {}, the model one of {}", self.places(&[given.campaign.id]), self.places(best));
        unless(!best.contains(&given.campaign.id), words)?;
        self.naive.show(client_id, given.campaign.id);
        let terms = self.naive.listed(given.campaign.id).map(|campaign| campaign.terms.clone());
        agree(Ok::<_, Error>(given.campaign.terms.clone()), &terms)
    }

    async fn click(&mut self, campaign_id: CampaignId, client_id: ClientId) -> Result<(), Disagreement> {
        let expected = self.naive.click(client_id, campaign_id);
        agree(serving::click(&self.sandbox.app, &self.sandbox.project, campaign_id, client_id).await, &expected)
    }

    async fn handle_money(&mut self, step: &Step) -> Result<(), Disagreement> {
        let (sandbox, naive) = (&*self.sandbox, &mut self.naive);
        match step {
            Step::Move { advertiser, kind, micros, key } => {
                money::move_money(sandbox, naive, (advertiser_id(*advertiser), *kind, *micros), *key).await
            }
            Step::Lend { advertiser, kind, credit_micros } => {
                money::lend(sandbox, naive, advertiser_id(*advertiser), (*kind, *credit_micros)).await
            }
            Step::RefundClicks { campaign, clients, key } => {
                let campaign_id = self.campaign_id(*campaign);
                money::refund_clicks(&*self.sandbox, &mut self.naive, (campaign_id, *clients), *key).await
            }
            Step::Post => money::post(sandbox).await,
            other => Err(format!("{other:?} changes nothing")),
        }
    }

    fn campaign_id(&self, place: usize) -> CampaignId {
        let made = &self.naive.campaigns;
        if place == UNKNOWN_CAMPAIGN || made.is_empty() { CampaignId::generate() } else { made[place % made.len()].id }
    }

    /// The campaigns by their places in the order of creation.
    fn places(&self, ids: &[CampaignId]) -> String {
        let made = self.naive.campaigns.iter().enumerate();
        let places: Vec<_> = made.filter(|(_, campaign)| ids.contains(&campaign.id)).map(|(place, _)| place).collect();
        format!("campaigns {places:?}")
    }

    /// Under the name of its own advertiser, unless another is given.
    fn named(&self, place: usize, advertiser: Option<usize>) -> Named {
        let campaign_id = self.campaign_id(place);
        let owner = self.naive.campaigns.iter().find(|campaign| campaign.id == campaign_id).map(|campaign| campaign.advertiser_id);
        Named { advertiser_id: advertiser.map(advertiser_id).or(owner).unwrap_or(advertiser_id(0)), campaign_id }
    }
}

fn sorted<T: Clone, K: Ord>(items: &[T], key: impl Fn(&T) -> K) -> Vec<T> {
    let mut items = items.to_vec();
    items.sort_by_key(key);
    items
}
