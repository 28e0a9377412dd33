//! The ledger: postings are added with their entries, and with the balances and days that sum them up. Nothing here changes or
//! deletes one.

use std::collections::{BTreeMap, BTreeSet};

use barker_domain::{
    AdvertiserId, Code, Day, Error, Micros, PostingId, ProjectId, Result,
    account::AccountTerms,
    fact::Fact,
    ledger::{Idempotency, LedgerDay, NewPosting, Posting, PostingKind, entries},
    page::{Listed, Page},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::{
    Transaction,
    bulk::{ROWS_PER_STATEMENT, execute_all, inserts},
    entity::{balance, ledger_day, ledger_entry, ledger_transaction},
    error::{failed, unreadable},
    search::contains_exactly,
    statement::add_to_existing,
    tenant::{InProject, InProjectMut},
};

/// The outbox consumer that posts spend.
pub const CONSUMER: &str = "ledger";

/// What advertisers have spent, by project, advertiser and day.
pub type SpentSums = BTreeMap<(ProjectId, AdvertiserId, Day), Micros>;

/// Adds what these facts cost their advertisers.
pub fn add_spent<'a>(sums: &mut SpentSums, facts: impl IntoIterator<Item = &'a Fact>) {
    for (project_id, advertiser_id, day, spent) in facts.into_iter().filter_map(Fact::spent) {
        let sum = sums.entry((project_id, advertiser_id, day)).or_default();
        *sum = sum.saturating_add(spent);
    }
}

/// Which postings are asked for; what is `None` restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostingFilter {
    /// Only those of this advertiser.
    pub advertiser_id: Option<AdvertiserId>,
    /// Only those of this kind.
    pub kind: Option<PostingKind>,
    /// Only those of this day and later.
    pub first: Option<Day>,
    /// Only those of this day and earlier.
    pub last: Option<Day>,
    /// Only those whose note or key contains this, to the letter.
    pub search: Option<String>,
}

impl PostingFilter {
    fn condition(&self, backend: DbBackend) -> Condition {
        use ledger_transaction::Column;
        let told = |search: &String| {
            let in_note = contains_exactly(backend, Column::Note, search);
            Condition::any().add(in_note).add(contains_exactly(backend, Column::IdempotencyKey, search))
        };
        Condition::all()
            .add_option(self.advertiser_id.map(|id| Column::AdvertiserId.eq(id.0)))
            .add_option(self.kind.map(|kind| Column::Kind.eq(kind.as_str())))
            .add_option(self.first.map(|first| Column::Day.gte(first.0)))
            .add_option(self.last.map(|last| Column::Day.lte(last.0)))
            .add_option(self.search.as_ref().map(told))
    }
}

/// In which order; what is equal comes latest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PostingSort {
    /// The latest day first.
    #[default]
    Latest,
    /// The earliest day first.
    Earliest,
    /// The largest amount first, negative ones last.
    Amount,
}

impl PostingSort {
    /// Every order there is.
    pub const ALL: [Self; 3] = [Self::Latest, Self::Earliest, Self::Amount];

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Latest => "latest",
            Self::Earliest => "earliest",
            Self::Amount => "amount",
        }
    }
}

impl InProject<'_> {
    /// What was posted under that key, if anything was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_posting_by_key(&self, key: &str) -> Result<Option<Posting>> {
        use ledger_transaction::Column;
        let row = self.postings().filter(Column::IdempotencyKey.eq(key)).one(&self.executor).await;
        row.map_err(failed("find the posting"))?.map(Posting::try_from).transpose()
    }

    /// The posting with that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_posting(&self, id: PostingId) -> Result<Option<Posting>> {
        let row = self.postings().filter(ledger_transaction::Column::Id.eq(id.0)).one(&self.executor).await;
        row.map_err(failed("find the posting"))?.map(Posting::try_from).transpose()
    }

    /// A page of postings.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_postings(&self, filter: &PostingFilter, (sort, page): (PostingSort, Page)) -> Result<Listed<Posting>> {
        use ledger_transaction::Column;
        let matching = self.postings().filter(filter.condition(self.executor.get_database_backend()));
        let total = matching.clone().count(&self.executor).await.map_err(failed("count the postings"))?;
        let sorted = match sort {
            PostingSort::Earliest => matching.order_by_asc(Column::Day).order_by_asc(Column::PostedAtMs).order_by_asc(Column::Id),
            PostingSort::Latest => latest_first(matching),
            PostingSort::Amount => latest_first(matching.order_by_desc(Column::AmountMicros)),
        };
        let rows = sorted.offset(page.offset()).limit(page.size).all(&self.executor).await.map_err(failed("list the postings"))?;
        Ok(Listed { rows: rows.into_iter().map(Posting::try_from).collect::<Result<_>>()?, total })
    }

    /// What was posted on each day up to the last, by kind, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_ledger_days(&self, id: AdvertiserId, last: Day) -> Result<Vec<LedgerDay>> {
        use ledger_day::{Column, Entity};
        let rows = Entity::find()
            .filter(Column::ProjectId.eq(self.project_id.0))
            .filter(Column::AdvertiserId.eq(id.0))
            .filter(Column::Day.lte(last.0));
        let rows = rows.order_by_asc(Column::Day).all(&self.executor).await.map_err(failed("read the ledger"))?;
        let mut days: Vec<_> = rows.into_iter().map(LedgerDay::try_from).collect::<Result<_>>()?;
        days.sort_by_key(|row| (row.day, row.kind));
        Ok(days)
    }

    /// Whether anything was posted here.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_postings(&self) -> Result<bool> {
        let some = self.postings().select_only().column(ledger_transaction::Column::Id).limit(1).into_tuple::<uuid::Uuid>();
        some.one(&self.executor).await.map(|row| row.is_some()).map_err(failed("look for what was posted"))
    }

    fn postings(&self) -> Select<ledger_transaction::Entity> {
        ledger_transaction::Entity::find().filter(ledger_transaction::Column::ProjectId.eq(self.project_id.0))
    }
}

fn latest_first(postings: Select<ledger_transaction::Entity>) -> Select<ledger_transaction::Entity> {
    use ledger_transaction::Column;
    postings.order_by_desc(Column::Day).order_by_desc(Column::PostedAtMs).order_by_desc(Column::Id)
}

impl InProjectMut<'_> {
    /// Writes the postings down, in order, with everything that sums them up.
    ///
    /// # Errors
    /// [`Code::AdvertiserNotFound`] when one is of nobody; [`Code::OverCreditLimit`] when one that takes money away, and is not
    /// spend, would take more than the account's terms allow; when the database does not answer.
    pub async fn post(&self, postings: Vec<NewPosting>, (currency, now_ms): (&str, i64)) -> Result<Vec<Posting>> {
        let ids: Vec<_> = postings.iter().map(|posting| posting.advertiser_id).collect::<BTreeSet<_>>().into_iter().collect();
        let accounts = self.list_accounts(&ids).await?;
        let mut balances: BTreeMap<_, _> = accounts.iter().map(|(id, found)| (*id, (found.balance, found.account.terms))).collect();
        let mut posted = Vec::with_capacity(postings.len());
        for new in postings {
            let (balance, terms) = balances.get_mut(&new.advertiser_id).ok_or_else(|| Error::of(Code::AdvertiserNotFound))?;
            *balance = after(*balance, &new, *terms)?;
            posted.push(Posting { balance: *balance, currency: currency.to_owned(), posted_at_ms: now_ms, new });
        }
        self.write_down(&posted).await.map(|()| posted)
    }

    async fn write_down(&self, posted: &[Posting]) -> Result<()> {
        let (backend, project_id) = (self.executor.get_database_backend(), self.project_id.0);
        let transactions: Vec<_> = posted.iter().map(|posting| transaction_row(project_id, posting)).collect();
        let (mut rows, mut balances) = (Vec::with_capacity(posted.len() * 2), BTreeMap::new());
        let mut days: BTreeMap<_, (i64, i64)> = BTreeMap::new();
        for NewPosting { id, advertiser_id, kind, amount, day, .. } in posted.iter().map(|posting| &posting.new) {
            for (book, amount) in entries(*kind, *amount) {
                rows.push(ledger_entry::ActiveModel {
                    project_id: Set(project_id),
                    transaction_id: Set(id.0),
                    book: Set(book.as_str().to_owned()),
                    advertiser_id: Set(advertiser_id.0),
                    amount_micros: Set(amount.0),
                });
                *balances.entry((*advertiser_id, book)).or_default() += amount.0;
            }
            let sum = days.entry((*advertiser_id, *day, *kind)).or_default();
            *sum = (sum.0 + 1, sum.1 + amount.0);
        }
        let balances = balances.into_iter().map(|((advertiser_id, book), amount)| balance::ActiveModel {
            project_id: Set(project_id),
            advertiser_id: Set(advertiser_id.0),
            book: Set(book.as_str().to_owned()),
            amount_micros: Set(amount),
        });
        let days = days.into_iter().map(|((advertiser_id, day, kind), (postings, amount))| ledger_day::ActiveModel {
            project_id: Set(project_id),
            advertiser_id: Set(advertiser_id.0),
            day: Set(day.0),
            kind: Set(kind.as_str().to_owned()),
            postings: Set(postings),
            amount_micros: Set(amount),
        });
        let added_to_balance = add_to_existing(backend, "balances", &["project_id", "advertiser_id", "book"], &["amount_micros"]);
        let key = ["project_id", "advertiser_id", "day", "kind"];
        let added_to_day = add_to_existing(backend, "ledger_days", &key, &["postings", "amount_micros"]);
        let mut statements = inserts(backend, &transactions, None);
        statements.extend(inserts(backend, &rows, None));
        statements.extend(inserts(backend, &balances.collect::<Vec<_>>(), Some(&added_to_balance)));
        statements.extend(inserts(backend, &days.collect::<Vec<_>>(), Some(&added_to_day)));
        execute_all(&self.executor, statements).await.map_err(failed("write to the ledger"))
    }
}

/// The balance after a posting. Spend is always posted: what it stands for has happened.
fn after(balance: Micros, new: &NewPosting, terms: AccountTerms) -> Result<Micros> {
    let after = balance.0.checked_add(new.amount.0).map(Micros);
    let after = after.ok_or_else(|| Error::new(Code::Internal, "a balance would pass what 64 bits hold"))?;
    if new.amount.0 < 0 && new.kind != PostingKind::Spend && i128::from(after.0) < -i128::from(terms.credit().0) {
        return Err(Error::of(Code::OverCreditLimit));
    }
    Ok(after)
}

impl Transaction {
    /// Posts what advertisers have spent: one posting for each day of each. Answers how many there were.
    ///
    /// # Errors
    /// As for [`InProjectMut::post`].
    pub async fn post_spend(&self, sums: &SpentSums, now_ms: i64) -> Result<usize> {
        let mut by_project: BTreeMap<ProjectId, Vec<NewPosting>> = BTreeMap::new();
        for ((project_id, advertiser_id, day), spent) in sums.iter().filter(|(_, spent)| spent.0 > 0) {
            by_project.entry(*project_id).or_default().push(NewPosting {
                id: PostingId::generate(),
                advertiser_id: *advertiser_id,
                kind: PostingKind::Spend,
                amount: Micros(-spent.0),
                day: *day,
                clicks: 0,
                note: None,
                idempotency: None,
            });
        }
        let mut posted = 0;
        for (project_id, postings) in by_project {
            let rows = self.in_project(project_id);
            let project = rows.find_project().await?.ok_or_else(|| Error::of(Code::ProjectNotFound))?;
            posted += postings.len();
            let mut postings = postings;
            while !postings.is_empty() {
                let rest = postings.split_off(postings.len().min(ROWS_PER_STATEMENT));
                rows.post(postings, (&project.currency, now_ms)).await?;
                postings = rest;
            }
        }
        Ok(posted)
    }
}

fn transaction_row(project_id: uuid::Uuid, posting: &Posting) -> ledger_transaction::ActiveModel {
    let new = &posting.new;
    let (key, digest) = new.idempotency.clone().map(|same| (same.key, same.digest)).unzip();
    ledger_transaction::ActiveModel {
        project_id: Set(project_id),
        id: Set(new.id.0),
        advertiser_id: Set(new.advertiser_id.0),
        kind: Set(new.kind.as_str().to_owned()),
        amount_micros: Set(new.amount.0),
        balance_micros: Set(posting.balance.0),
        currency: Set(posting.currency.clone()),
        day: Set(new.day.0),
        posted_at_ms: Set(posting.posted_at_ms),
        clicks: Set(new.clicks),
        note: Set(new.note.clone()),
        idempotency_key: Set(key),
        request_hash: Set(digest),
    }
}

impl TryFrom<ledger_transaction::Model> for Posting {
    type Error = Error;

    fn try_from(row: ledger_transaction::Model) -> Result<Self> {
        let new = NewPosting {
            id: PostingId(row.id),
            advertiser_id: AdvertiserId(row.advertiser_id),
            kind: PostingKind::named(&row.kind).ok_or_else(|| unreadable("ledger_transactions", "kind"))?,
            amount: Micros(row.amount_micros),
            day: Day(row.day),
            clicks: row.clicks,
            note: row.note,
            idempotency: row.idempotency_key.zip(row.request_hash).map(|(key, digest)| Idempotency { key, digest }),
        };
        Ok(Self { new, balance: Micros(row.balance_micros), currency: row.currency, posted_at_ms: row.posted_at_ms })
    }
}

impl TryFrom<ledger_day::Model> for LedgerDay {
    type Error = Error;

    fn try_from(row: ledger_day::Model) -> Result<Self> {
        let kind = PostingKind::named(&row.kind).ok_or_else(|| unreadable("ledger_days", "kind"))?;
        Ok(Self { day: Day(row.day), kind, postings: row.postings, amount: Micros(row.amount_micros) })
    }
}
