//! What callers do, as it is generated and as a failure shows it.

use std::fmt;

use barker_domain::{
    AdvertiserId, ClientId,
    account::{AccountKind, MAX_AMOUNT},
    advertiser::Advertiser,
    client::{Client, Gender},
    ledger::PostingKind,
    score::Score,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use uuid::Uuid;

use crate::term::{Draft, Edit, LOCATIONS, draft, edits};

/// Clients that may exist; the first three do from the beginning.
pub(crate) const CLIENTS: usize = 6;
/// Advertisers that may exist; the first three do from the beginning.
pub(crate) const ADVERTISERS: usize = 4;
/// Campaigns are named by their place in the order of creation, counted around; this one is of nobody.
pub(crate) const UNKNOWN_CAMPAIGN: usize = 12;
/// Idempotency keys that movements of money are made under.
const KEYS: usize = 40;
/// Most steps after the scores and campaigns that a sequence begins with.
const MAX_STEPS: usize = 54;

/// One thing that a caller does.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    UpsertClients(Vec<Person>),
    UpsertAdvertisers(Vec<Business>),
    SetScore(Judgement),
    SetScores(Vec<Judgement>),
    /// Before it the clock moves, backwards too.
    Create {
        clock_ms: i64,
        advertiser: usize,
        draft: Draft,
    },
    /// Under another advertiser's name, if one is given.
    Change {
        campaign: usize,
        named: Option<usize>,
        edits: Vec<Edit>,
    },
    Delete {
        campaign: usize,
        named: Option<usize>,
    },
    GiveAd {
        client: usize,
    },
    Click {
        campaign: usize,
        client: usize,
    },
    /// One day on, without a day.
    SetDay(Option<i32>),
    ReadStatistics {
        campaign: usize,
        advertiser: usize,
    },
    /// Tops up, refunds or adjusts, under a key that may have been used.
    Move {
        advertiser: usize,
        kind: PostingKind,
        micros: i64,
        key: usize,
    },
    /// Decides when an advertiser pays and what it is lent.
    Lend {
        advertiser: usize,
        kind: AccountKind,
        credit_micros: Option<i64>,
    },
    /// Gives the billed clicks of the first clients back.
    RefundClicks {
        campaign: usize,
        clients: usize,
        key: usize,
    },
    /// Posts what was spent.
    Post,
    /// With so much memory for clients.
    Restart {
        audience_bytes: u64,
    },
}

/// A client by number.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    client: usize,
    login: &'static str,
    age: i32,
    location: &'static str,
    gender: Gender,
}

/// An advertiser by number.
#[derive(Debug, Clone)]
pub(crate) struct Business {
    advertiser: usize,
    name: &'static str,
}

/// A score by numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judgement {
    client: usize,
    advertiser: usize,
    value: i32,
}

/// Steps in their order; shown one on a line.
#[derive(Clone)]
pub(crate) struct Sequence(pub(crate) Vec<Step>);

impl fmt::Debug for Sequence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(place, step)| writeln!(formatter, "{place:>3}. {step:?}"))
    }
}

impl Person {
    pub(crate) fn client(&self) -> Client {
        let Self { client, login, age, location, gender } = self;
        Client { id: client_id(*client), login: (*login).to_owned(), age: *age, location: (*location).to_owned(), gender: *gender }
    }
}

impl Business {
    pub(crate) fn advertiser(&self) -> Advertiser {
        Advertiser { id: advertiser_id(self.advertiser), name: self.name.to_owned() }
    }
}

impl Judgement {
    pub(crate) fn score(self) -> Score {
        Score { client_id: client_id(self.client), advertiser_id: advertiser_id(self.advertiser), value: self.value }
    }
}

/// The same in every sandbox, where it is somebody else.
pub(crate) fn client_id(number: usize) -> ClientId {
    ClientId(Uuid::from_u128(0xc000 + number as u128))
}

/// The same in every sandbox, where it is somebody else.
pub(crate) fn advertiser_id(number: usize) -> AdvertiserId {
    AdvertiserId(Uuid::from_u128(0xa000 + number as u128))
}

/// Those who are there before the first step.
pub(crate) fn beginning() -> [Step; 2] {
    let person = |(client, location, gender)| Person { client, login: "anna", age: 30, location, gender };
    let people = [(0, "Moscow", Gender::Female), (1, "Moscow", Gender::Male), (2, "Kazan", Gender::Female)];
    let businesses = [0, 1, 2].map(|advertiser| Business { advertiser, name: "Smart Inc" });
    [Step::UpsertClients(people.map(person).to_vec()), Step::UpsertAdvertisers(businesses.to_vec())]
}

/// Scores and campaigns, then anything.
pub(crate) fn sequences() -> impl Strategy<Value = Sequence> {
    let scores = vec(judgement(), 0..12).prop_map(Step::SetScores);
    (scores, vec(lend(), 0..3), vec(create(), 0..=5), vec(step(), 0..=MAX_STEPS))
        .prop_map(|(scores, terms, campaigns, steps)| Sequence([vec![scores], terms, campaigns, steps].concat()))
}

fn step() -> impl Strategy<Value = Step> {
    let named = || option::weighted(0.05, 0..ADVERTISERS);
    let days = prop_oneof![6 => Just(None), 4 => (0..6_i32).prop_map(Some), 1 => select(vec![-1, 9, 40]).prop_map(Some)];
    prop_oneof![
        28 => client().prop_map(|client| Step::GiveAd { client }),
        16 => (campaign(), client()).prop_map(|(campaign, client)| Step::Click { campaign, client }),
        6 => create(),
        8 => (campaign(), named(), edits()).prop_map(|(campaign, named, edits)| Step::Change { campaign, named, edits }),
        2 => (campaign(), named()).prop_map(|(campaign, named)| Step::Delete { campaign, named }),
        6 => days.prop_map(Step::SetDay),
        4 => vec(person(), 0..4).prop_map(Step::UpsertClients),
        2 => vec(business(), 0..3).prop_map(Step::UpsertAdvertisers),
        5 => judgement().prop_map(Step::SetScore),
        3 => vec(judgement(), 0..12).prop_map(Step::SetScores),
        3 => (campaign(), 0..ADVERTISERS).prop_map(|(campaign, advertiser)| Step::ReadStatistics { campaign, advertiser }),
        9 => movement(),
        3 => lend(),
        3 => (campaign(), 0..3_usize, 0..KEYS).prop_map(|(campaign, clients, key)| Step::RefundClicks { campaign, clients, key }),
        2 => Just(Step::Post),
        1 => select(vec![1, 1_500, 10_000_000]).prop_map(|audience_bytes| Step::Restart { audience_bytes }),
    ]
}

/// Enough for a view or two of most campaigns, so that money ends often.
fn movement() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![8 => Just(PostingKind::TopUp), 3 => Just(PostingKind::Adjustment), 3 => Just(PostingKind::Refund)];
    let amounts = vec![1, 1_000_000, 1_000_000, 5_000_000, 10_000_000, 14_000_000, 40_000_000];
    let odd = vec![0, -1, -1_000_000, -5_000_000, MAX_AMOUNT.0, MAX_AMOUNT.0 + 1];
    let micros = prop_oneof![5 => select(amounts), 2 => select(odd)];
    (0..ADVERTISERS, kind, micros, 0..KEYS).prop_map(|(advertiser, kind, micros, key)| Step::Move { advertiser, kind, micros, key })
}

fn lend() -> impl Strategy<Value = Step> {
    let prepaid = select(vec![Some(0), Some(0), Some(5_000_000), Some(-1), None]).prop_map(|credit| (AccountKind::Prepaid, credit));
    let postpaid = select(vec![None, Some(12_000_000)]).prop_map(|credit| (AccountKind::Postpaid, credit));
    let terms = prop_oneof![4 => prepaid, 1 => postpaid];
    (0..ADVERTISERS, terms).prop_map(|(advertiser, (kind, credit_micros))| Step::Lend { advertiser, kind, credit_micros })
}

fn create() -> impl Strategy<Value = Step> {
    let advertiser = prop_oneof![16 => 0..3_usize, 1 => Just(3)];
    (-1..3_i64, advertiser, draft()).prop_map(|(clock_ms, advertiser, draft)| Step::Create { clock_ms, advertiser, draft })
}

fn client() -> impl Strategy<Value = usize> {
    prop_oneof![9 => 0..3_usize, 1 => 3..CLIENTS]
}

fn campaign() -> impl Strategy<Value = usize> {
    prop_oneof![24 => 0..UNKNOWN_CAMPAIGN, 1 => Just(UNKNOWN_CAMPAIGN)]
}

fn person() -> impl Strategy<Value = Person> {
    let age = prop_oneof![20 => select(vec![0, 17, 18, 29, 30, 31, 65, 130]), 1 => select(vec![-1, 131])];
    let login = prop_oneof![20 => Just("boris"), 1 => Just("")];
    let gender = select(&Gender::ALL[..]);
    (0..CLIENTS, login, age, select(&LOCATIONS[..]), gender).prop_map(|(client, login, age, location, gender)| Person {
        client,
        login,
        age,
        location,
        gender,
    })
}

fn business() -> impl Strategy<Value = Business> {
    let name = prop_oneof![9 => Just("Clever Ltd"), 1 => Just("")];
    (0..ADVERTISERS, name).prop_map(|(advertiser, name)| Business { advertiser, name })
}

fn judgement() -> impl Strategy<Value = Judgement> {
    let value = prop_oneof![30 => select(vec![0, 1, 2, 10, 10, 20, 50, 70, 100]), 1 => Just(i32::MAX), 1 => Just(-1)];
    let client = prop_oneof![60 => 0..3_usize, 1 => 3..CLIENTS];
    let advertiser = prop_oneof![60 => 0..3_usize, 1 => Just(3)];
    (client, advertiser, value).prop_map(|(client, advertiser, value)| Judgement { client, advertiser, value })
}
