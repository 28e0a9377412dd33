//! What an audit compares, read in one transaction, so that everything is of the same moment.

use std::collections::BTreeMap;

use barker_domain::{
    AdId, AdvertiserId, CampaignId, Day, ProjectId, Result,
    audit::{AdDays, Books, CampaignDays, Limits, Tallies},
    campaign::DailyBudget,
    click::Outcome,
    fact::Fact,
    ledger::{Book, PostingKind},
    money::Micros,
    statistics::{Counters, Days},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, IsolationLevel, QueryFilter, QuerySelect,
    TransactionOptions, TransactionTrait,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    OutboxRow, Store,
    counter::{CounterSums, add_to_sums, counters},
    entity::{
        account, ad_day, anonymous_day, balance, campaign, campaign_recount, click, impression, ledger_day, ledger_entry,
        ledger_transaction, outbox,
    },
    error::{failed, unreadable},
    ledger,
    outbox::read_positions,
    recount,
    statement::sum,
};

type CounterRow = (uuid::Uuid, i32, i64, i64, i64, i64);
type LimitRow = (uuid::Uuid, i32, i32, Option<i64>, Option<i64>, Option<i32>);

impl Store {
    /// Everything an audit of the project compares.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read_tallies(&self, project_id: ProjectId) -> Result<Tallies> {
        // SQLite's readers see one moment by nature; the others must be asked to.
        let isolation_level = (self.reader.get_database_backend() != DbBackend::Sqlite).then_some(IsolationLevel::RepeatableRead);
        let options = TransactionOptions { isolation_level, ..TransactionOptions::default() };
        let moment = self.reader.begin_with_options(options).await.map_err(failed("begin an audit"))?;
        let tallies = Reading { moment: &moment, project_id }.tallies().await?;
        moment.rollback().await.map_err(failed("end an audit"))?;
        Ok(tallies)
    }
}

struct Reading<'a> {
    moment: &'a DatabaseTransaction,
    project_id: ProjectId,
}

impl Reading<'_> {
    async fn tallies(&self) -> Result<Tallies> {
        Ok(Tallies {
            limits: self.limits().await?,
            counters: self.counters().await?,
            rows: self.rows().await?,
            anonymous: self.anonymous().await?,
            recounted: self.recounted().await?,
            owners: self.owners().await?,
            books: self.books().await?,
        })
    }

    async fn owners(&self) -> Result<BTreeMap<CampaignId, AdvertiserId>> {
        use campaign::{Column, Entity};
        let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).select_only();
        let rows = rows.columns([Column::Id, Column::AdvertiserId]).into_tuple::<(uuid::Uuid, uuid::Uuid)>().all(self.moment).await;
        let rows = rows.map_err(failed("read the campaigns"))?;
        Ok(rows.into_iter().map(|(id, advertiser_id)| (CampaignId(id), AdvertiserId(advertiser_id))).collect())
    }

    async fn books(&self) -> Result<BTreeMap<AdvertiserId, Books>> {
        let mut books = self.sums_of_books().await?;
        for (id, amount) in self.sums_of_days().await? {
            books.entry(AdvertiserId(id)).or_default().days = amount;
        }
        for (id, amount) in self.posted_for_delivery().await? {
            books.entry(AdvertiserId(id)).or_default().posted -= amount;
        }
        for id in self.unbalanced_postings().await? {
            books.entry(AdvertiserId(id)).or_default().unbalanced += 1;
        }
        self.add_waiting(&mut books).await.map(|()| books)
    }

    /// Accounts, entries and balances.
    async fn sums_of_books(&self) -> Result<BTreeMap<AdvertiserId, Books>> {
        let mut books: BTreeMap<AdvertiserId, Books> = BTreeMap::new();
        let accounts = account::Entity::find().filter(account::Column::ProjectId.eq(self.project_id.0)).all(self.moment).await;
        for row in accounts.map_err(failed("read the accounts"))? {
            let account = barker_domain::account::Account::try_from(row)?;
            books.entry(account.advertiser_id).or_default().credit = account.terms.credit_limit;
        }
        for (id, book, amount) in self.sums_of_entries().await? {
            books.entry(AdvertiserId(id)).or_default().entries.insert(book_named(&book)?, amount);
        }
        let balances = balance::Entity::find().filter(balance::Column::ProjectId.eq(self.project_id.0)).all(self.moment).await;
        for row in balances.map_err(failed("read the balances"))? {
            books.entry(AdvertiserId(row.advertiser_id)).or_default().balances.insert(book_named(&row.book)?, row.amount_micros);
        }
        Ok(books)
    }

    async fn add_waiting(&self, books: &mut BTreeMap<AdvertiserId, Books>) -> Result<()> {
        for (project_id, advertiser_id, _, spent) in self.waiting_for_ledger().await?.iter().filter_map(Fact::spent) {
            if project_id == self.project_id {
                let waiting = &mut books.entry(advertiser_id).or_default().waiting;
                *waiting = waiting.saturating_add(spent.0);
            }
        }
        Ok(())
    }

    async fn sums_of_entries(&self) -> Result<Vec<(uuid::Uuid, String, i64)>> {
        use ledger_entry::{Column, Entity};
        let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).select_only();
        let rows = rows.columns([Column::AdvertiserId, Column::Book]).expr_as(sum(self.backend(), Column::AmountMicros), "amount");
        let rows = rows.group_by(Column::AdvertiserId).group_by(Column::Book).into_tuple().all(self.moment).await;
        rows.map_err(failed("add the entries up"))
    }

    async fn sums_of_days(&self) -> Result<Vec<(uuid::Uuid, i64)>> {
        use ledger_day::{Column, Entity};
        let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).select_only().column(Column::AdvertiserId);
        let rows = rows.expr_as(sum(self.backend(), Column::AmountMicros), "amount").group_by(Column::AdvertiserId);
        rows.into_tuple().all(self.moment).await.map_err(failed("add the days up"))
    }

    /// What was posted for impressions and clicks: spend, and what was given back for invalid clicks.
    async fn posted_for_delivery(&self) -> Result<Vec<(uuid::Uuid, i64)>> {
        use ledger_transaction::{Column, Entity};
        let of_clicks = Column::Kind.eq(PostingKind::Refund.as_str()).and(Column::Clicks.gt(0));
        let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).select_only().column(Column::AdvertiserId);
        let rows = rows.filter(Column::Kind.eq(PostingKind::Spend.as_str()).or(of_clicks));
        let rows = rows.expr_as(sum(self.backend(), Column::AmountMicros), "amount").group_by(Column::AdvertiserId);
        rows.into_tuple().all(self.moment).await.map_err(failed("add the spend up"))
    }

    /// Whose postings have entries that do not sum to zero, or none, or say something else about the balance.
    async fn unbalanced_postings(&self) -> Result<Vec<uuid::Uuid>> {
        use ledger_transaction::{Column, Entity};
        let total = |condition: &str| {
            format!(
                "COALESCE((SELECT SUM(e.amount_micros) FROM ledger_entries e \
            WHERE e.project_id = ledger_transactions.project_id AND e.transaction_id = ledger_transactions.id{condition}), 0)"
            )
        };
        let entries = "(SELECT COUNT(*) FROM ledger_entries e WHERE e.project_id = ledger_transactions.project_id \
            AND e.transaction_id = ledger_transactions.id)";
        let of_advertiser = total(&format!(" AND e.book = '{}'", Book::Advertiser.as_str()));
        let is_wrong = format!("({entries} <> 2 OR {} <> 0 OR {of_advertiser} <> ledger_transactions.amount_micros)", total(""));
        let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(Expr::cust(is_wrong)).select_only();
        rows.column(Column::AdvertiserId).into_tuple().all(self.moment).await.map_err(failed("compare the entries"))
    }

    async fn limits(&self) -> Result<BTreeMap<CampaignId, Limits>> {
        use campaign::{Column, Entity};
        let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).select_only();
        let limits = [Column::Id, Column::ImpressionsLimit, Column::ClicksLimit];
        let budgets = [Column::TotalBudgetMicros, Column::DailyBudgetMicros, Column::DailyBudgetSince];
        let rows = rows.columns(limits).columns(budgets).into_tuple::<LimitRow>().all(self.moment).await;
        let limits = |(id, impressions, clicks, total, daily, since): LimitRow| {
            let daily_budget = daily.zip(since).map(|(amount, since)| DailyBudget { amount: Micros(amount), since: Day(since) });
            (CampaignId(id), Limits { impressions, clicks, total_budget: total.map(Micros), daily_budget })
        };
        Ok(rows.map_err(failed("read the limits"))?.into_iter().map(limits).collect())
    }

    async fn counters(&self) -> Result<AdDays> {
        use ad_day::{Column, Entity};
        let backend = self.moment.get_database_backend();
        let rows = Entity::find()
            .filter(Column::ProjectId.eq(self.project_id.0))
            .select_only()
            .columns([Column::CampaignId, Column::AdId, Column::Day])
            .expr_as(sum(backend, Column::Impressions), "nodes_impressions")
            .expr_as(sum(backend, Column::Clicks), "nodes_clicks")
            .expr_as(sum(backend, Column::SpentImpressionsMicros), "nodes_spent_impressions")
            .expr_as(sum(backend, Column::SpentClicksMicros), "nodes_spent_clicks")
            .group_by(Column::CampaignId)
            .group_by(Column::AdId)
            .group_by(Column::Day)
            .into_tuple::<(uuid::Uuid, uuid::Uuid, i32, i64, i64, i64, i64)>();
        let mut days = AdDays::new();
        for (campaign, ad, day, i, c, si, sc) in rows.all(self.moment).await.map_err(failed("read the counters"))? {
            add(&mut days, (CampaignId(campaign), AdId(ad)), Day(day), &counters((i, c, si, sc)));
        }
        Ok(days)
    }

    async fn rows(&self) -> Result<AdDays> {
        let mut days = AdDays::new();
        for (campaign, ad, day, impressions, spent) in self.impression_rows().await? {
            let counted = Counters { impressions, spent_impressions: Micros(spent), ..Counters::default() };
            add(&mut days, (CampaignId(campaign), AdId(ad)), Day(day), &counted);
        }
        for (campaign, ad, day, clicks, spent) in self.billed_click_rows().await? {
            let counted = Counters { clicks, spent_clicks: Micros(spent), ..Counters::default() };
            // Whoever says of no ad is counted for the first.
            add(&mut days, (CampaignId(campaign), AdId(ad.unwrap_or(campaign))), Day(day), &counted);
        }
        Ok(days)
    }

    /// What remains of rows that were deleted.
    async fn anonymous(&self) -> Result<CampaignDays> {
        use anonymous_day::{Column, Entity};
        let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).all(self.moment).await;
        let rows = rows.map_err(failed("read what is anonymous"))?;
        Ok(by_campaign(
            rows.into_iter()
                .map(|row| (row.campaign_id, row.day, row.impressions, row.clicks, row.spent_impressions_micros, row.spent_clicks_micros)),
        ))
    }

    async fn impression_rows(&self) -> Result<Vec<(uuid::Uuid, uuid::Uuid, i32, i64, i64)>> {
        use impression::{Column, Entity};
        let keys = [Column::CampaignId, Column::AdId, Column::Day];
        let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).select_only().columns(keys);
        let counted = rows.expr_as(Expr::cust("COUNT(*)"), "row_count").expr_as(sum(self.backend(), Column::PriceMicros), "row_spent");
        let grouped = keys.into_iter().fold(counted, QuerySelect::group_by).into_tuple();
        grouped.all(self.moment).await.map_err(failed("count the impressions"))
    }

    async fn billed_click_rows(&self) -> Result<Vec<(uuid::Uuid, Option<uuid::Uuid>, i32, i64, i64)>> {
        use click::{Column, Entity};
        let billed = Entity::find()
            .filter(Column::ProjectId.eq(self.project_id.0))
            .filter(Column::Outcome.eq(Outcome::Billed(Micros::ZERO).as_str()))
            .filter(Column::RefundId.is_null())
            .filter(Column::ImpressionId.is_not_null());
        let keys = [Column::CampaignId, Column::AdId, Column::Day];
        let rows = billed.select_only().columns(keys);
        let counted = rows.expr_as(Expr::cust("COUNT(*)"), "row_count").expr_as(sum(self.backend(), Column::PriceMicros), "row_spent");
        let grouped = keys.into_iter().fold(counted, QuerySelect::group_by).into_tuple();
        grouped.all(self.moment).await.map_err(failed("count the clicks"))
    }

    /// What the recount has applied, and what lies in the outbox for it.
    async fn recounted(&self) -> Result<CampaignDays> {
        use campaign_recount::{Column, Entity};
        let applied = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).all(self.moment).await;
        let applied = applied
            .map_err(failed("read the recount"))?
            .into_iter()
            .map(|row| (row.campaign_id, row.day, row.impressions, row.clicks, row.spent_impressions_micros, row.spent_clicks_micros));
        let mut days = by_campaign(applied);
        let mut waiting = CounterSums::new();
        add_to_sums(&mut waiting, &self.waiting_for_recount().await?);
        for ((project_id, campaign_id, day), waiting) in waiting {
            if project_id == self.project_id {
                add(&mut days, campaign_id, day, &waiting);
            }
        }
        Ok(days)
    }

    async fn waiting_for_ledger(&self) -> Result<Vec<Fact>> {
        let position = read_positions(self.moment).await?.of(ledger::CONSUMER);
        Ok(self.rows_after(position).await?.into_iter().flat_map(|row| row.facts).collect())
    }

    async fn waiting_for_recount(&self) -> Result<Vec<Fact>> {
        let positions = read_positions(self.moment).await?;
        let positions: Vec<_> = (0..recount::PARTS).map(|part| positions.of(&recount::consumer(part))).collect();
        let rows = self.rows_after(positions.iter().copied().min().unwrap_or_default()).await?;
        let is_waiting = |id: i64, fact: &Fact| id > positions[usize::from(recount::part_of(fact.campaign_id()))];
        Ok(rows.into_iter().flat_map(|row| row.facts.into_iter().filter(move |fact| is_waiting(row.id, fact))).collect())
    }

    async fn rows_after(&self, position: i64) -> Result<Vec<OutboxRow>> {
        let rows = outbox::Entity::find().filter(outbox::Column::Id.gt(position)).all(self.moment).await;
        rows.map_err(failed("read the outbox"))?.into_iter().map(OutboxRow::try_from).collect()
    }

    fn backend(&self) -> DbBackend {
        self.moment.get_database_backend()
    }
}

fn book_named(name: &str) -> Result<Book> {
    Book::named(name).ok_or_else(|| unreadable("balances", "book"))
}

fn by_campaign(rows: impl IntoIterator<Item = CounterRow>) -> CampaignDays {
    let mut days = CampaignDays::new();
    for (campaign, day, impressions, clicks, spent_impressions, spent_clicks) in rows {
        let counted = counters((impressions, clicks, spent_impressions, spent_clicks));
        add(&mut days, CampaignId(campaign), Day(day), &counted);
    }
    days
}

fn add<Key: Ord>(days: &mut BTreeMap<Key, Days>, key: Key, day: Day, counted: &Counters) {
    days.entry(key).or_default().entry(day).or_default().add(counted);
}
