//! What PostgreSQL's planner knows about the tables, brought up to date within seconds of a bulk. The other databases see
//! to it themselves, or do not need it.
//!
//! Without it the planner takes a list of ids for a filter over all rows of a project. The server's own autovacuum looks
//! once a minute; until then reading clients takes ten times as long.

use barker_domain::Result;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::{Store, error::failed};

/// The tables of this schema of which as many rows as they had have changed since they were looked at, and a thousand more.
/// A bulk does that; traffic seldom does, and what it changes is left to autovacuum, because looking takes processor time.
const OUTDATED: &str = "\
    SELECT stat.relname AS name FROM pg_stat_user_tables stat JOIN pg_class class ON class.oid = stat.relid \
    WHERE stat.schemaname = current_schema() AND stat.n_mod_since_analyze > 1000 + GREATEST(class.reltuples, 0) \
    ORDER BY stat.relname";

/// Reads three thousand rows instead of thirty thousand, which took a core for an eighth of a second beside commits. How many rows there are and
/// how many differ is what the plans are made from here, and both are told as well by fewer.
const BRIEFLY: &str = "SET LOCAL default_statistics_target = 10";

impl Store {
    /// Has PostgreSQL look at the tables that have changed much since it last did. Answers which those were.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn refresh_planner(&self) -> Result<Vec<String>> {
        if self.reader.get_database_backend() != DbBackend::Postgres {
            return Ok(Vec::new());
        }
        self.analyze_outdated().await.map_err(failed("look at the tables"))
    }

    async fn analyze_outdated(&self) -> Result<Vec<String>, DbErr> {
        let rows = self.reader.query_all_raw(Statement::from_string(DbBackend::Postgres, OUTDATED)).await?;
        let tables = rows.iter().map(|row| row.try_get("", "name")).collect::<Result<Vec<String>, _>>()?;
        for table in &tables {
            // Names of tables of ours, as the database told them. Several statements of one text are one transaction.
            self.reader.execute_unprepared(&format!("{BRIEFLY}; ANALYZE \"{table}\"")).await?;
        }
        Ok(tables)
    }
}
