//! Clients: made or changed in bulk, read by id or by page.

use barker_domain::{
    ClientId, Result,
    client::{Client, Gender},
    page::{Listed, Page},
    targeting::Targeting,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::OnConflict,
};

use crate::{
    bulk::{ROWS_PER_STATEMENT, insert_all},
    entity::client::{ActiveModel, Column, Entity, Model},
    error::{failed, unreadable},
    search::{by_letters, contains_exactly},
    tenant::{InProject, InProjectMut},
};

/// Which clients are wanted; what is `None` restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientFilter {
    /// Only those of this gender.
    pub gender: Option<Gender>,
    /// Only those who are there, to the letter.
    pub location: Option<String>,
    /// Only those of this age and older.
    pub age_from: Option<i32>,
    /// Only those of this age and younger.
    pub age_to: Option<i32>,
    /// Only those whose login contains this, to the letter.
    pub search: Option<String>,
}

/// In which order; what is equal comes in the order of ids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ClientSort {
    /// By id.
    #[default]
    Id,
    /// By login, letter by letter.
    Login,
    /// The youngest first.
    Age,
}

impl ClientSort {
    /// Every order there is.
    pub const ALL: [Self; 3] = [Self::Id, Self::Login, Self::Age];

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Login => "login",
            Self::Age => "age",
        }
    }
}

impl ClientFilter {
    fn condition(&self, backend: DbBackend) -> Condition {
        Condition::all()
            .add_option(self.gender.map(|gender| Column::Gender.eq(gender_word(gender))))
            .add_option(self.location.as_ref().map(|location| Column::Location.eq(location.as_str())))
            .add_option(self.age_from.map(|age| Column::Age.gte(age)))
            .add_option(self.age_to.map(|age| Column::Age.lte(age)))
            .add_option(self.search.as_ref().map(|search| contains_exactly(backend, Column::Login, search)))
    }
}

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

    /// A page of clients.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_clients_by_page(&self, filter: &ClientFilter, (sort, page): (ClientSort, Page)) -> Result<Listed<Client>> {
        let backend = self.executor.get_database_backend();
        let matching = self.clients().filter(filter.condition(backend));
        let total = matching.clone().count(&self.executor).await.map_err(failed("count the clients"))?;
        let sorted = match sort {
            ClientSort::Id => matching,
            ClientSort::Login => matching.order_by_asc(by_letters(backend, "login")),
            ClientSort::Age => matching.order_by_asc(Column::Age),
        };
        let rows = sorted.order_by_asc(Column::Id).offset(page.offset()).limit(page.size).all(&self.executor).await;
        let rows = rows.map_err(failed("list the clients"))?;
        Ok(Listed { rows: rows.into_iter().map(Client::try_from).collect::<Result<_>>()?, total })
    }

    /// Whether there is a client whom a campaign may be shown to.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_client_that_fits(&self, targeting: &Targeting) -> Result<bool> {
        let Targeting { age_from, age_to, ref location, .. } = *targeting;
        let fitting = ClientFilter { gender: targeting.only_gender(), location: location.clone(), age_from, age_to, search: None };
        let fitting = self.clients().filter(fitting.condition(self.executor.get_database_backend()));
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
