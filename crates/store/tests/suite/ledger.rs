//! The ledger: entries sum to zero, whatever sums them up is exact, spend is posted once, and an audit sees what is wrong.

use std::sync::Arc;

use barker_domain::{
    AdvertiserId, Code, Day, Micros, PostingId, ProjectId, Result,
    account::{Account, AccountKind, AccountTerms},
    audit::Report,
    fact::Fact,
    ledger::{Idempotency, InvalidReason, NewPosting, Posting, PostingKind},
    page::Page,
};
use barker_store::{
    ClickFilter, ClickRow, EventBatch, PostingFilter, PostingSort, RefundedClicks,
    ledger::{CONSUMER, SpentSums},
};
use barker_testkit::{Backend, build};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{every_database, world::World};

/// Prices of `build::campaign`.
const IMPRESSION: i64 = 1_500_000;
const CLICK: i64 = 10_000_000;

fn posting(advertiser_id: AdvertiserId, (kind, micros): (PostingKind, i64), day: i32) -> NewPosting {
    let (id, amount, day) = (PostingId::generate(), Micros(micros), Day(day));
    NewPosting { id, advertiser_id, kind, amount, day, clicks: 0, note: None, idempotency: None }
}

impl World {
    fn advertiser(&self) -> AdvertiserId {
        self.campaign.advertiser_id
    }

    async fn post(&self, postings: Vec<NewPosting>) -> Result<Vec<Posting>> {
        let write = self.store.write((self.project.id, postings), |transaction, (project_id, postings)| {
            Box::pin(async move { transaction.in_project(project_id).post(postings, ("RUB", 7)).await })
        });
        write.await
    }

    async fn set_terms(&self, terms: AccountTerms) {
        let account = self.store.in_project(self.project.id).find_account(self.advertiser()).await.unwrap().unwrap().account;
        let write = self.store.write((self.project.id, Account { terms, ..account }), |transaction, (project_id, account)| {
            Box::pin(async move { transaction.in_project(project_id).update_account(&account).await })
        });
        write.await.unwrap();
    }

    /// An impression and the click that follows it.
    async fn deliver(&self) {
        let impression = build::impression(self.project.id, &self.campaign, self.client.id);
        let click = build::click(&impression, &self.campaign);
        let batch = EventBatch { impressions: vec![impression], clicks: vec![click] };
        self.store.record_events(&Arc::new(batch), 1).await.unwrap();
    }

    /// Posts what lies after a position, as the consumer does. `false` when somebody else has.
    async fn post_after(&self, position: i64) -> bool {
        let rows = self.store.list_outbox_after(position, 100).await.unwrap();
        let (mut sums, to) = (SpentSums::new(), rows.last().unwrap().id);
        for (project_id, advertiser_id, day, spent) in rows.iter().flat_map(|row| &row.facts).filter_map(Fact::spent) {
            let sum: &mut Micros = sums.entry((project_id, advertiser_id, day)).or_default();
            *sum = sum.saturating_add(spent);
        }
        let write = self.store.write((sums, position, to), |transaction, (sums, from, to)| {
            Box::pin(async move {
                let is_ours = transaction.advance_outbox_positions(&[CONSUMER.to_owned()], from..to).await?;
                if is_ours {
                    transaction.post_spend(&sums, 9).await?;
                }
                Ok(is_ours)
            })
        });
        write.await.unwrap()
    }

    async fn balance(&self) -> i64 {
        self.store.in_project(self.project.id).find_account(self.advertiser()).await.unwrap().unwrap().balance.0
    }

    async fn spendable(&self) -> i64 {
        self.store.read_purses(None).await.unwrap()[&self.project.id][&self.advertiser()].0
    }

    async fn clicks(&self) -> Vec<ClickRow> {
        let rows = self.store.in_project(self.project.id);
        rows.list_clicks_of(self.advertiser(), &ClickFilter::default(), Page::default()).await.unwrap().rows
    }

    async fn differences(&self) -> Vec<String> {
        let mut report = Report::default();
        report.add_project(self.project.id, &self.store.read_tallies(self.project.id).await.unwrap(), 0);
        report.differences.into_iter().map(|difference| difference.check).collect()
    }
}

#[apply(every_database)]
#[tokio::test]
async fn an_advertiser_begins_with_an_account_without_a_limit_and_keeps_its_terms_when_renamed(#[case] on: Backend) {
    let world = World::create(on).await;
    let rows = world.store.in_project(world.project.id);
    let found = rows.find_account(world.advertiser()).await.unwrap().unwrap();
    assert_eq!((found.account.terms, found.balance, found.account.version), (AccountTerms::default(), Micros::ZERO, 1));
    let terms = AccountTerms { kind: AccountKind::Prepaid, credit_limit: Some(Micros(5)), low_balance: None };
    world.set_terms(terms).await;
    let renamed = barker_domain::advertiser::Advertiser { id: world.advertiser(), name: "Other".to_owned() };
    let rename = world.store.write((world.project.id, renamed), |transaction, (project_id, renamed)| {
        Box::pin(async move { transaction.in_project(project_id).upsert_advertisers(&[renamed], 3).await })
    });
    rename.await.unwrap();
    assert_eq!(rows.find_account(world.advertiser()).await.unwrap().unwrap().account.terms, terms);
    assert!(rows.find_account(AdvertiserId::generate()).await.unwrap().is_none());
}

#[apply(every_database)]
#[tokio::test]
async fn postings_add_up_in_balances_days_and_pages(#[case] on: Backend) {
    let world = World::create(on).await;
    let id = world.advertiser();
    let moves = [(PostingKind::TopUp, 1_000), (PostingKind::Adjustment, -300), (PostingKind::TopUp, 50)];
    let posted = world.post(moves.into_iter().zip([0, 0, 2]).map(|(moved, day)| posting(id, moved, day)).collect()).await.unwrap();
    assert_eq!(posted.iter().map(|posting| posting.balance.0).collect::<Vec<_>>(), [1_000, 700, 750], "one after the other");
    assert_eq!(world.balance().await, 750);
    let rows = world.store.in_project(world.project.id);
    let days = rows.list_ledger_days(id, Day(1)).await.unwrap();
    assert_eq!(
        days.iter().map(|row| (row.day.0, row.kind, row.postings, row.amount.0)).collect::<Vec<_>>(),
        [(0, PostingKind::TopUp, 1, 1_000), (0, PostingKind::Adjustment, 1, -300)]
    );
    let amounts = async |filter: PostingFilter, sort| {
        let listed = rows.list_postings(&filter, (sort, Page { size: 2, number: 1 })).await.unwrap();
        (listed.rows.iter().map(|posting| posting.new.amount.0).collect::<Vec<_>>(), listed.total)
    };
    let all = PostingFilter { advertiser_id: Some(id), ..PostingFilter::default() };
    assert_eq!(amounts(all.clone(), PostingSort::Amount).await, (vec![1_000, 50], 3));
    assert_eq!(amounts(all.clone(), PostingSort::Latest).await.0[0], 50);
    assert_eq!(amounts(PostingFilter { kind: Some(PostingKind::TopUp), ..all.clone() }, PostingSort::Earliest).await, (vec![1_000, 50], 2));
    assert_eq!(amounts(PostingFilter { first: Some(Day(1)), last: Some(Day(2)), ..all.clone() }, PostingSort::Latest).await, (vec![50], 1));
    assert_eq!(world.differences().await, [""; 0]);
}

#[apply(every_database)]
#[tokio::test]
async fn no_posting_but_spend_takes_a_balance_below_the_credit_limit(#[case] on: Backend) {
    let world = World::create(on).await;
    let id = world.advertiser();
    world.set_terms(AccountTerms { kind: AccountKind::Prepaid, credit_limit: Some(Micros(100)), low_balance: None }).await;
    let refused = world.post(vec![posting(id, (PostingKind::Adjustment, -101), 0)]).await.unwrap_err();
    assert_eq!(refused.code, Code::OverCreditLimit);
    world.post(vec![posting(id, (PostingKind::Adjustment, -100), 0)]).await.unwrap();
    // What has happened has happened.
    world.post(vec![posting(id, (PostingKind::Spend, -7), 0)]).await.unwrap();
    assert_eq!(world.balance().await, -107);
    let nobody = world.post(vec![posting(AdvertiserId::generate(), (PostingKind::TopUp, 1), 0)]).await.unwrap_err();
    assert_eq!(nobody.code, Code::AdvertiserNotFound);
}

#[apply(every_database)]
#[tokio::test]
async fn a_key_is_taken_once_in_a_project_and_again_in_another(#[case] on: Backend) {
    let world = World::create(on).await;
    let named = |advertiser_id| {
        let idempotency = Some(Idempotency { key: "invoice-7".to_owned(), digest: "d".repeat(64) });
        vec![NewPosting { idempotency, ..posting(advertiser_id, (PostingKind::TopUp, 1), 0) }]
    };
    world.post(named(world.advertiser())).await.unwrap();
    assert!(world.post(named(world.advertiser())).await.is_err(), "even when nobody looked for it before");
    assert_eq!(world.balance().await, 1, "what is refused leaves nothing");
    let (other, campaign, _) = World::add_project(&world.store, "other").await;
    let write = world.store.write((other.id, named(campaign.advertiser_id)), |transaction, (project_id, postings)| {
        Box::pin(async move { transaction.in_project(project_id).post(postings, ("RUB", 7)).await })
    });
    write.await.unwrap();
    let rows = world.store.in_project(world.project.id);
    let found = rows.find_posting_by_key("invoice-7").await.unwrap().unwrap();
    assert_eq!(found.new.advertiser_id, world.advertiser());
    assert!(rows.find_posting_by_key("invoice-8").await.unwrap().is_none());
}

#[apply(every_database)]
#[tokio::test]
async fn spend_is_posted_once_and_counts_before_and_after(#[case] on: Backend) {
    let world = World::create(on).await;
    world.set_terms(AccountTerms { kind: AccountKind::Prepaid, credit_limit: Some(Micros::ZERO), low_balance: None }).await;
    world.post(vec![posting(world.advertiser(), (PostingKind::TopUp, 50_000_000), 0)]).await.unwrap();
    world.deliver().await;
    let left = 50_000_000 - IMPRESSION - CLICK;
    assert_eq!((world.balance().await, world.spendable().await), (50_000_000, left), "it waits in the outbox");
    assert_eq!(world.differences().await, [""; 0]);
    assert!(world.post_after(0).await);
    assert!(!world.post_after(0).await, "somebody has posted it");
    assert_eq!((world.balance().await, world.spendable().await), (left, left));
    assert_eq!(world.differences().await, [""; 0]);
    assert_eq!(world.store.read_purses(Some(ProjectId::generate())).await.unwrap().len(), 0);
}

#[apply(every_database)]
#[tokio::test]
async fn an_audit_finds_spend_posted_twice_and_a_limit_that_was_passed(#[case] on: Backend) {
    let world = World::create(on).await;
    world.set_terms(AccountTerms { kind: AccountKind::Prepaid, credit_limit: Some(Micros(1)), low_balance: None }).await;
    world.deliver().await;
    assert_eq!(world.differences().await, ["credit_limit"]);
    world.post(vec![posting(world.advertiser(), (PostingKind::TopUp, 50_000_000), 0)]).await.unwrap();
    assert_eq!(world.differences().await, [""; 0]);
    assert!(world.post_after(0).await);
    world.post(vec![posting(world.advertiser(), (PostingKind::Spend, -CLICK), 0)]).await.unwrap();
    assert_eq!(world.differences().await, ["rows and ledger: spent"]);
}

#[apply(every_database)]
#[tokio::test]
async fn invalid_clicks_leave_the_counters_and_stay_as_rows(#[case] on: Backend) {
    let world = World::create(on).await;
    world.deliver().await;
    assert!(world.post_after(0).await);
    let clicks = Arc::new(world.clicks().await);
    assert!(clicks[0].is_billed() && clicks[0].price == Micros(CLICK));
    let new = NewPosting { clicks: 1, ..posting(world.advertiser(), (PostingKind::Refund, CLICK), 0) };
    let given = (world.project.id, new.clone(), Arc::clone(&clicks), world.store.node());
    let refund = world.store.write(given, |transaction, (project_id, new, clicks, node)| {
        Box::pin(async move {
            let id = new.id;
            transaction.in_project(project_id).post(vec![new], ("RUB", 7)).await?;
            let refunded = RefundedClicks { project_id, clicks, refund_id: id, reason: InvalidReason::Bot };
            transaction.invalidate_clicks(&refunded, (node, 7)).await
        })
    });
    refund.await.unwrap();
    let after = world.clicks().await;
    assert_eq!((after[0].outcome.as_str(), after[0].invalid_reason.as_deref(), after[0].price), ("invalid", Some("bot"), Micros(CLICK)));
    assert_eq!(after[0].refund_id, Some(new.id));
    let rows = world.store.in_project(world.project.id);
    let delivered = rows.list_delivered().await.unwrap()[&world.campaign.id];
    assert_eq!((delivered.impressions, delivered.clicks), (1, 0));
    assert_eq!(world.balance().await, -IMPRESSION);
    assert_eq!(world.differences().await, [""; 0], "the recount has it from the outbox");
    // Whoever clicked has clicked: the next click is a repeat.
    let viewer = rows.list_viewers(&[world.client.id]).await.unwrap().remove(&world.client.id).unwrap();
    assert_eq!(viewer.clicked, [(world.campaign.id, true)]);
}
