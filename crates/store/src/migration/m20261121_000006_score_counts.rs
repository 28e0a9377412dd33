//! How often each score occurs, in a table of its own instead of an index over all scores.
//!
//! On SQLite the scores lie in their key from now on (`WITHOUT ROWID`): a row is in one tree and not in three.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use super::table::{Dialect, Keys, id, integer, long, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let dialect = Dialect::of(connection).await?;
        // A migration that was interrupted on a database without transactions for tables is done again from its beginning.
        manager.drop_table(Table::drop().table("ml_score_counts").if_exists().take()).await?;
        manager.create_table(dialect.table(ml_score_counts())).await?;
        connection.execute(&counted()).await?;
        if manager.has_index("ml_scores", "ml_scores_by_score").await? {
            manager.drop_index(by_score()).await?;
        }
        if connection.get_database_backend() == DbBackend::Sqlite {
            move_into_key(manager).await?;
        }
        Ok(())
    }
}

fn ml_score_counts() -> TableCreateStatement {
    let columns = [id("project_id"), integer("score"), long("times")];
    table("ml_score_counts", columns).keyed_by(["project_id", "score"]).referring(["project_id"], "projects", ["id"])
}

fn counted() -> InsertStatement {
    let counts = Query::select()
        .columns(["project_id", "score"])
        .expr(Expr::cust("COUNT(*)"))
        .from("ml_scores")
        .group_by_columns(["project_id", "score"])
        .take();
    let mut insert = Query::insert();
    insert.into_table("ml_score_counts").columns(["project_id", "score", "times"]);
    // As many expressions as columns, so this cannot fail.
    let _inserted = insert.select_from(counts);
    insert
}

fn by_score() -> IndexDropStatement {
    Index::drop().name("ml_scores_by_score").table("ml_scores").to_owned()
}

/// Nothing refers to the scores, so the table can be replaced.
async fn move_into_key(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let moved = "ml_scores_moved";
    manager.drop_table(Table::drop().table(moved).if_exists().take()).await?;
    manager.create_table(ml_scores(moved)).await?;
    let columns = ["project_id", "client_id", "advertiser_id", "score"];
    let mut insert = Query::insert();
    insert.into_table(moved).columns(columns);
    let _inserted = insert.select_from(Query::select().columns(columns).from("ml_scores").take());
    manager.get_connection().execute(&insert).await?;
    manager.drop_table(Table::drop().table("ml_scores").take()).await?;
    manager.rename_table(Table::rename().table(moved, "ml_scores").take()).await
}

fn ml_scores(name: &'static str) -> TableCreateStatement {
    let columns = [id("project_id"), id("client_id"), id("advertiser_id"), integer("score")];
    table(name, columns)
        .keyed_by(["project_id", "client_id", "advertiser_id"])
        .referring(["project_id", "client_id"], "clients", ["project_id", "id"])
        .referring(["project_id", "advertiser_id"], "advertisers", ["project_id", "id"])
        .extra("WITHOUT ROWID")
        .take()
}
