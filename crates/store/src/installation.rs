//! What administrators have decided about the installation: a row for each setting that is not as it is configured.

use barker_domain::{
    Result,
    installation::{Decisions, Registration},
    project::Ranking,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use crate::{
    Store, Transaction,
    entity::installation_setting::{ActiveModel, Column, Entity, Model},
    error::{failed, unreadable},
};

const TABLE: &str = "installation_settings";

impl Store {
    /// What administrators have decided.
    ///
    /// # Errors
    /// When the database does not answer; when a setting has a value that this version does not know.
    pub async fn get_decisions(&self) -> Result<Decisions> {
        decisions(&self.reader).await
    }
}

impl Transaction {
    /// What administrators have decided.
    ///
    /// # Errors
    /// When the database does not answer; when a setting has a value that this version does not know.
    pub async fn get_decisions(&self) -> Result<Decisions> {
        decisions(&self.inner).await
    }

    /// Writes down what they decide now, and forgets what they decide no more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_decisions(&self, before: &Decisions, after: &Decisions, now_ms: i64) -> Result<()> {
        for ((name, before), (_, after)) in texts(before).into_iter().zip(texts(after)) {
            match after {
                after if after == before => (),
                Some(setting) => self.upsert_setting(name, setting, now_ms).await?,
                None => self.delete_setting(name).await?,
            }
        }
        Ok(())
    }

    async fn upsert_setting(&self, name: &str, setting: String, now_ms: i64) -> Result<()> {
        let row = ActiveModel { name: Set(name.to_owned()), setting: Set(setting), decided_at_ms: Set(now_ms) };
        let set = OnConflict::column(Column::Name).update_columns([Column::Setting, Column::DecidedAtMs]).to_owned();
        let upsert = Entity::insert(row).on_conflict(set).exec_without_returning(&self.inner);
        upsert.await.map(drop).map_err(failed("store a setting"))
    }

    async fn delete_setting(&self, name: &str) -> Result<()> {
        let delete = Entity::delete_many().filter(Column::Name.eq(name)).exec(&self.inner);
        delete.await.map(drop).map_err(failed("forget a setting"))
    }
}

async fn decisions(executor: &impl ConnectionTrait) -> Result<Decisions> {
    let rows = Entity::find().all(executor).await.map_err(failed("read the settings"))?;
    let mut decisions = Decisions::default();
    for Model { name, setting, .. } in rows {
        let unknown = || unreadable(TABLE, "setting");
        match name.as_str() {
            "registration" => decisions.registration = Some(Registration::named(&setting).ok_or_else(unknown)?),
            "default_ranking" => decisions.default_ranking = Some(Ranking::named(&setting).ok_or_else(unknown)?),
            "default_currency" => decisions.default_currency = Some(setting),
            _ => return Err(unreadable(TABLE, "name")),
        }
    }
    Ok(decisions)
}

/// Every setting by its name, as it is stored.
fn texts(decisions: &Decisions) -> [(&'static str, Option<String>); 3] {
    [
        ("registration", decisions.registration.map(|registration| registration.as_str().to_owned())),
        ("default_ranking", decisions.default_ranking.map(|ranking| ranking.as_str().to_owned())),
        ("default_currency", decisions.default_currency.clone()),
    ]
}
