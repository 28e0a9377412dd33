//! Clients: made or changed in bulk, read by id or by page.

use barker_domain::{
    ClientId, Result,
    client::{Client, Gender},
    page::{Listed, Page},
    targeting::Targeting,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::OnConflict,
};

use crate::{
    bulk::{ROWS_PER_STATEMENT, insert_all},
    entity::client::{ActiveModel, Column, Entity, Model},
    error::{failed, unreadable},
    tenant::{InProject, InProjectMut},
};

impl InProject<'_> {
    /// The client with that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_client(&self, id: ClientId) -> Result<Option<Client>> {
        Ok(self.list_clients(&[id]).await?.pop())
    }

    /// Those of these clients that exist, in no particular order. At most [`ROWS_PER_STATEMENT`] ids.
    pub(crate) async fn list_clients(&self, ids: &[ClientId]) -> Result<Vec<Client>> {
        let matching = self.clients().filter(self.among(Column::Id, ids.iter().map(|id| id.0)));
        let rows = matching.all(&self.executor).await.map_err(failed("find the clients"))?;
        rows.into_iter().map(Client::try_from).collect()
    }

    /// A page of clients, in the order of their ids.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_clients_by_page(&self, page: Page) -> Result<Listed<Client>> {
        let total = self.clients().count(&self.executor).await.map_err(failed("count the clients"))?;
        let rows = self.clients().order_by_asc(Column::Id).offset(page.offset()).limit(page.size).all(&self.executor).await;
        let rows = rows.map_err(failed("list the clients"))?;
        Ok(Listed { rows: rows.into_iter().map(Client::try_from).collect::<Result<_>>()?, total })
    }

    /// Whether there is a client whom a campaign may be shown to.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_client_that_fits(&self, targeting: &Targeting) -> Result<bool> {
        let mut fitting = self.clients();
        if let Some(gender) = targeting.only_gender() {
            fitting = fitting.filter(Column::Gender.eq(gender_word(gender)));
        }
        if let Some(location) = &targeting.location {
            fitting = fitting.filter(Column::Location.eq(location.as_str()));
        }
        if let Some(from) = targeting.age_from {
            fitting = fitting.filter(Column::Age.gte(from));
        }
        if let Some(to) = targeting.age_to {
            fitting = fitting.filter(Column::Age.lte(to));
        }
        Ok(fitting.limit(1).one(&self.executor).await.map_err(failed("look for a client"))?.is_some())
    }

    /// The next clients in the order of their ids: of all of them, or of those that come after one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_client_ids_after(&self, last_id: Option<ClientId>, limit: u64) -> Result<Vec<ClientId>> {
        let rest = last_id.map(|last_id| Column::Id.gt(last_id.0));
        let rows = self.clients().filter(Condition::all().add_option(rest)).order_by_asc(Column::Id).limit(limit);
        let ids = rows.select_only().column(Column::Id).into_tuple::<uuid::Uuid>().all(&self.executor).await;
        Ok(ids.map_err(failed("list the clients"))?.into_iter().map(ClientId).collect())
    }

    /// Which of these clients exist.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_known_clients(&self, ids: &[ClientId]) -> Result<std::collections::HashSet<ClientId>> {
        let mut known = std::collections::HashSet::new();
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let matching = self.clients().filter(self.among(Column::Id, ids.iter().map(|id| id.0)));
            let rows = matching.select_only().column(Column::Id).into_tuple::<uuid::Uuid>();
            known.extend(rows.all(&self.executor).await.map_err(failed("look up the clients"))?.into_iter().map(ClientId));
        }
        Ok(known)
    }

    fn clients(&self) -> Select<Entity> {
        Entity::find().filter(Column::ProjectId.eq(self.project_id.0))
    }
}

impl InProjectMut<'_> {
    /// Makes the clients, or changes those that exist. No id may stand twice.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn upsert_clients(&self, clients: &[Client]) -> Result<()> {
        let rows = clients.iter().map(|client| ActiveModel {
            project_id: Set(self.project_id.0),
            id: Set(client.id.0),
            login: Set(client.login.clone()),
            age: Set(client.age),
            location: Set(client.location.clone()),
            gender: Set(gender_word(client.gender).to_owned()),
        });
        let changed = OnConflict::columns([Column::ProjectId, Column::Id])
            .update_columns([Column::Login, Column::Age, Column::Location, Column::Gender])
            .to_owned();
        insert_all(&self.executor, &rows.collect::<Vec<_>>(), Some(&changed)).await.map_err(failed("store the clients"))
    }
}

fn gender_word(gender: Gender) -> &'static str {
    match gender {
        Gender::Male => "MALE",
        Gender::Female => "FEMALE",
    }
}

impl TryFrom<Model> for Client {
    type Error = barker_domain::Error;

    fn try_from(row: Model) -> Result<Self> {
        let gender = Gender::ALL.into_iter().find(|gender| gender_word(*gender) == row.gender);
        Ok(Self {
            id: ClientId(row.id),
            login: row.login,
            age: row.age,
            location: row.location,
            gender: gender.ok_or_else(|| unreadable("clients", "gender"))?,
        })
    }
}
