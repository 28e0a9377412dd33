//! What is worked out once for many questions, in a database in memory beside the file: gone with the process, and there again after the
//! first sweep.

use std::cell::Cell;

use barker_domain::{ProjectId, Result};
use duckdb::{Connection, params, params_from_iter};

use super::{
    dialect::DIALECT,
    error::failed,
    standings::{Rows, Seen, Told},
};
use crate::sql::{
    Standing, Swept,
    derived::{self, Filling, TOUCHED},
};

/// Visitors that are kept at most for each megabyte that DuckDB may use: a fifth of it, by some hundred bytes each.
const VISITORS_PER_MEGABYTE: u64 = 2_000;
/// Rows that were replaced stay in memory. After so many, tables are made anew.
const MOST_REPLACED: usize = 500_000;
/// What tells who visitors are.
const TELLING: [Told; 3] = [Told::Orders, Told::Deals, Told::Identities];

/// Everybody of whom any version of what has come since speaks. The project is bound first, then that `seq`.
const TOUCHING: &str = "
    SELECT client_id FROM orders WHERE project_id = CAST(?1 AS UUID) AND (source, order_id) IN (
        SELECT source, order_id FROM orders WHERE project_id = CAST(?1 AS UUID) AND seq > ?2)
    UNION SELECT client_id FROM deals WHERE project_id = CAST(?1 AS UUID) AND (source, deal_id) IN (
        SELECT source, deal_id FROM deals WHERE project_id = CAST(?1 AS UUID) AND seq > ?2)
    UNION SELECT client_id FROM identities WHERE project_id = CAST(?1 AS UUID) AND seq > ?2";
/// Visitors of a project at most, and those of all projects that are kept.
const VISITORS: &str = "SELECT
    (SELECT count(*) FROM identities WHERE project_id = CAST(?1 AS UUID)) + (SELECT count(*) FROM orders WHERE project_id = CAST(?1 AS UUID))
        + (SELECT count(*) FROM deals WHERE project_id = CAST(?1 AS UUID))
        + (SELECT count(*) FROM derived.people WHERE project_id <> CAST(?1 AS UUID))";

/// Of all projects.
#[derive(Debug)]
pub(super) struct Deriving {
    visitors_at_most: u64,
    /// Rows since tables were made.
    replaced: Cell<usize>,
}

/// Makes the tables, before the file is shut to statements.
pub(super) fn attach(connection: &Connection) -> duckdb::Result<()> {
    connection.execute_batch("ATTACH ':memory:' AS derived")?;
    derived::TABLES.iter().try_for_each(|(table, columns)| connection.execute_batch(&format!("CREATE TABLE derived.{table} ({columns})")))
}

/// What the moment of the connection shows of a project's marks; fixes it, both in the file and beside it.
pub(super) fn seen(connection: &Connection, project_id: ProjectId) -> Result<Seen> {
    let text = "SELECT coalesce((SELECT max(seq) FROM rollups WHERE project_id = CAST(?1 AS UUID)), 0),
        coalesce((SELECT max(seq) FROM derived.marks WHERE project_id = CAST(?1 AS UUID)), 0)";
    connection
        .query_row(text, params![project_id.0], |row| Ok(Seen { rolled_through: row.get(0)?, derived_through: row.get(1)? }))
        .map_err(failed)
}

/// Remembers of whom something has come since the last sweep, before versions that were replaced go, which may speak of others.
pub(super) fn touch(connection: &Connection, project_id: ProjectId, rows: &Rows) -> duckdb::Result<()> {
    connection.execute_batch(&format!("CREATE OR REPLACE TEMP TABLE {TOUCHED} (visitor VARCHAR)"))?;
    if rows.swept().is_some() && rows.has_come(&TELLING) {
        connection.execute(&format!("INSERT INTO {TOUCHED} {TOUCHING}"), params![project_id.0, rows.swept_through()])?;
    }
    Ok(())
}

impl Deriving {
    pub(super) fn new(memory_megabytes: u32) -> Self {
        Self { visitors_at_most: u64::from(memory_megabytes) * VISITORS_PER_MEGABYTE, replaced: Cell::new(0) }
    }

    /// Within a transaction that writes nothing else, after replaced rows went: works out anew what depends on what has come since, as of
    /// `through`. Whether people are among what is kept is said in `swept`.
    pub(super) fn derive(
        &self,
        connection: &Connection,
        (project_id, rows, through): (ProjectId, &Rows, i64),
        swept: Swept,
    ) -> duckdb::Result<Swept> {
        let has_people = !swept.lacks_visitors && self.fits(connection, project_id)?;
        let swept = Swept { keeps_people: has_people, ..swept };
        let standing = Standing { has_deals: rows.last(Told::Deals) > 0, swept: Some(swept.clone().into()), ..Standing::unknown(0) };
        let had_people = rows.swept().map(|before| before.keeps_people);
        if had_people != Some(has_people) || rows.has_come(&TELLING) {
            self.derive_people(connection, (project_id, rows), &standing)?;
        }
        if rows.swept().is_none() || rows.has_come(&[Told::Loads]) {
            self.derive_directories(connection, project_id, &standing)?;
        }
        self.forget(connection, "marks", project_id)?;
        connection.execute("INSERT INTO derived.marks VALUES (CAST(? AS UUID), ?)", params![project_id.0, through])?;
        Ok(swept)
    }

    fn fits(&self, connection: &Connection, project_id: ProjectId) -> duckdb::Result<bool> {
        let visitors: u64 = connection.query_row(VISITORS, params![project_id.0], |row| row.get(0))?;
        Ok(visitors <= self.visitors_at_most)
    }

    fn derive_people(&self, connection: &Connection, (project_id, rows): (ProjectId, &Rows), standing: &Standing) -> duckdb::Result<()> {
        let has_people = standing.swept.as_ref().is_some_and(|swept| swept.keeps_people);
        let is_whole = !rows.swept().is_some_and(|before| before.keeps_people);
        if is_whole || !has_people {
            self.forget(connection, "people", project_id)?;
        } else {
            let touched =
                format!("DELETE FROM derived.people WHERE project_id = CAST(? AS UUID) AND visitor IN (SELECT visitor FROM {TOUCHED})");
            self.count(connection.execute(&touched, params![project_id.0])?);
        }
        if has_people {
            fill(connection, &derived::people(project_id.0, (standing, is_whole), DIALECT))?;
        }
        Ok(())
    }

    fn derive_directories(&self, connection: &Connection, project_id: ProjectId, standing: &Standing) -> duckdb::Result<()> {
        let (spent, columns) = derived::SPENT;
        connection.execute_batch(&format!("CREATE OR REPLACE TEMP TABLE {spent} ({columns})"))?;
        fill(connection, &derived::spent(project_id.0, standing, DIALECT))?;
        for directory in derived::DIRECTORIES {
            self.forget(connection, directory.0, project_id)?;
            fill(connection, &derived::directory(project_id.0, directory, DIALECT))?;
        }
        connection.execute_batch(&format!("DROP TABLE temp.{spent}"))
    }

    fn forget(&self, connection: &Connection, table: &str, project_id: ProjectId) -> duckdb::Result<()> {
        let text = format!("DELETE FROM derived.{table} WHERE project_id = CAST(? AS UUID)");
        self.count(connection.execute(&text, params![project_id.0])?);
        Ok(())
    }

    fn count(&self, replaced: usize) {
        self.replaced.set(self.replaced.get() + replaced);
    }

    /// Lets go of what replaced rows take in memory, once it is much.
    pub(super) fn make_room(&self, connection: &Connection) -> duckdb::Result<()> {
        if self.replaced.get() < MOST_REPLACED {
            return Ok(());
        }
        for (table, _) in derived::TABLES {
            connection.execute_batch(&format!("CREATE OR REPLACE TABLE derived.{table} AS SELECT * FROM derived.{table}"))?;
        }
        self.replaced.set(0);
        Ok(())
    }
}

fn fill(connection: &Connection, (text, cells): &Filling) -> duckdb::Result<()> {
    connection.execute(text, params_from_iter(cells)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        DuckDbSettings,
        duck::{connect, migrate, standings::Standings, sweep},
        fact::{Facts, Identity},
    };

    const PEOPLE: &str = "SELECT count(*) FROM derived.people";

    /// A project is swept as the thread that writes does it.
    fn derive(deriving: &Deriving, connection: &Connection, (project_id, standings): (ProjectId, &Standings)) -> (bool, u64) {
        let rows = standings.of(project_id);
        touch(connection, project_id, &rows).unwrap();
        let swept = deriving.derive(connection, (project_id, &rows, 2), sweep::swept(connection, project_id).unwrap()).unwrap();
        let keeps_people = swept.keeps_people;
        standings.swept(project_id, 2, swept);
        (keeps_people, connection.query_row(PEOPLE, [], |row| row.get(0)).unwrap())
    }

    #[test]
    fn people_are_kept_where_there_is_room_for_them_and_worked_out_where_there_came_to_be() {
        let directory = tempfile::tempdir().unwrap();
        let settings = DuckDbSettings::small(directory.path().join("warehouse.duckdb"));
        let connection = connect(&settings, directory.path()).unwrap();
        migrate::up(&connection).unwrap();
        let project_id = ProjectId::generate();
        for (seq, visitor) in [(1, "phone"), (2, "laptop")] {
            let row = params![project_id.0, visitor, "anna", 0, seq];
            connection.execute("INSERT INTO identities VALUES (CAST(? AS UUID), ?, ?, ?, ?)", row).unwrap();
        }
        let standings = Standings::read(&connection).unwrap();
        let (narrow, wide) = (Deriving { visitors_at_most: 1, replaced: Cell::new(0) }, Deriving::new(1));
        assert_eq!(derive(&narrow, &connection, (project_id, &standings)), (false, 0));
        assert_eq!(derive(&wide, &connection, (project_id, &standings)), (true, 2), "nothing has come, but there is room");
        let identity = Identity { client_id: "phone".to_owned(), user_key: "boris".to_owned(), seen_at_ms: 1 };
        standings.come(project_id, &Facts::Identities(vec![identity]), 3);
        assert_eq!(derive(&narrow, &connection, (project_id, &standings)), (false, 0), "there is none any more");
    }
}
