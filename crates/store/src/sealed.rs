//! Sealed columns: which there are, and how their values are found and exchanged. Sealing itself is the application's.

use barker_domain::Result;
use sea_orm::{
    ConnectionTrait, ExprTrait, QueryResult,
    sea_query::{Alias, Cond, Expr, Query, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use crate::{Store, Transaction, error::failed};

/// A column whose values are sealed.
#[derive(Debug, PartialEq, Eq)]
pub struct SealedColumn {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// What tells the rows apart: their primary key, all uuids.
    key: &'static [&'static str],
}

/// Every column whose values are sealed. One more is a line here.
pub const SEALED_COLUMNS: &[SealedColumn] = &[SIGNING_KEYS, WEBHOOKS, LINK_KEYS];
/// What signs access tokens.
pub const SIGNING_KEYS: SealedColumn = SealedColumn { table: "signing_keys", column: "secret", key: &["id"] };
/// What messages to webhooks are signed with.
pub const WEBHOOKS: SealedColumn = SealedColumn { table: "webhooks", column: "secret", key: &["project_id", "id"] };

/// What links of ads are signed with.
pub const LINK_KEYS: SealedColumn = SealedColumn { table: "link_keys", column: "secret", key: &["id"] };

/// A value as it is stored.
#[derive(Clone)]
pub struct SealedValue {
    /// The key of its row.
    pub row: Vec<Uuid>,
    /// What stands there.
    pub text: String,
}

/// The text may not be sealed yet.
impl std::fmt::Debug for SealedValue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SealedValue").field("row", &self.row).finish_non_exhaustive()
    }
}

impl SealedColumn {
    fn rows(&self) -> SelectStatement {
        Query::select().from(Alias::new(self.table)).take()
    }

    fn value(&self) -> Expr {
        Expr::col(Alias::new(self.column))
    }

    fn is(&self, row: &[Uuid]) -> SimpleExpr {
        let parts = self.key.iter().zip(row).map(|(column, id)| Expr::col(Alias::new(*column)).eq(*id));
        parts.reduce(ExprTrait::and).unwrap_or_else(|| Expr::val(false))
    }

    fn read(&self, row: &QueryResult) -> Result<SealedValue, sea_orm::DbErr> {
        let key = self.key.iter().map(|column| row.try_get("", column)).collect::<Result<_, _>>()?;
        Ok(SealedValue { row: key, text: row.try_get("", self.column)? })
    }
}

impl Store {
    /// Some values that begin with none of these.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_sealed_but(&self, column: &SealedColumn, beginnings: &[String], limit: u64) -> Result<Vec<SealedValue>> {
        let others = beginnings.iter().fold(Cond::all().add(column.value().is_not_null()), |others, beginning| {
            others.add(column.value().not_like(format!("{beginning}%")))
        });
        let names = column.key.iter().chain([&column.column]).map(|name| Alias::new(*name));
        let wanted = column.rows().columns(names).cond_where(others).limit(limit).take();
        let rows = self.reader.query_all(&wanted).await.map_err(failed("read sealed values"))?;
        rows.iter().map(|row| column.read(row)).collect::<Result<_, _>>().map_err(failed("read sealed values"))
    }

    /// How many values begin with that.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_sealed_with(&self, column: &SealedColumn, beginning: &str) -> Result<u64> {
        let count = column.rows().expr_as(Expr::cust("COUNT(*)"), "value_count").take();
        let count = count.clone().and_where(column.value().like(format!("{beginning}%"))).take();
        let row = self.reader.query_one(&count).await.map_err(failed("count sealed values"))?;
        let count = row.map(|row| row.try_get::<i64>("", "value_count")).transpose().map_err(failed("count sealed values"))?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
    }
}

impl Transaction {
    /// Puts another text in the place of one, if it is still there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn replace_sealed(&self, column: &SealedColumn, former: &SealedValue, text: &str) -> Result<()> {
        let mut update = Query::update();
        update.table(Alias::new(column.table)).value(Alias::new(column.column), text);
        update.and_where(column.is(&former.row)).and_where(column.value().eq(former.text.as_str()));
        self.inner.execute(&update).await.map(drop).map_err(failed("exchange a sealed value"))
    }

    /// Gives a row up whose value nobody can open.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_sealed(&self, column: &SealedColumn, lost: &SealedValue) -> Result<()> {
        let mut delete = Query::delete();
        delete.from_table(Alias::new(column.table)).and_where(column.is(&lost.row));
        self.inner.execute(&delete).await.map(drop).map_err(failed("give a sealed value up"))
    }
}
