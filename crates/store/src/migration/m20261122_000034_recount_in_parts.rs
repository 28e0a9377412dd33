//! The recount has a position for each of its parts; every part is where the whole of it was.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

/// As many as there were when this was written.
const PARTS: u8 = 32;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        // Where an interrupted migration begins again, some parts are there.
        for part in 0..PARTS {
            let split = format!(
                "INSERT INTO outbox_positions (consumer, last_id) SELECT 'recount/{part}', whole.last_id FROM outbox_positions whole
                WHERE whole.consumer = 'recount'
                AND NOT EXISTS (SELECT 1 FROM outbox_positions part WHERE part.consumer = 'recount/{part}')"
            );
            connection.execute_unprepared(&split).await?;
        }
        connection.execute_unprepared("DELETE FROM outbox_positions WHERE consumer = 'recount'").await.map(drop)
    }
}
