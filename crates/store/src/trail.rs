//! The trail: lines are added, in the transaction of what they tell about, and listed. Nothing here changes or deletes one.

use std::net::IpAddr;

use barker_domain::{
    ApiKeyId, ProjectId, Result, TrailEntryId, UserId,
    page::{Listed, Page},
    trail::{Action, Actor, Entry, Event, Origin},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Store, Transaction,
    entity::trail::{ActiveModel, Column, Entity, Model},
    error::{failed, unreadable},
};

/// Which lines are asked for; what is `None` restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrailFilter {
    /// Only those of this project.
    pub project_id: Option<ProjectId>,
    /// Only those of this user's doing.
    pub user_id: Option<UserId>,
    /// Only those of this key's doing.
    pub key_id: Option<ApiKeyId>,
    /// Only those of this action, or of every action on this noun (`campaign`).
    pub action: Option<String>,
    /// Only those about this.
    pub subject_id: Option<Uuid>,
    /// Only those from this instant on, in milliseconds UTC.
    pub from_ms: Option<i64>,
    /// Only those before this instant.
    pub before_ms: Option<i64>,
}

impl Store {
    /// A page of the trail, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_trail(&self, filter: &TrailFilter, page: Page) -> Result<Listed<Entry>> {
        let total = matching(filter).count(&self.reader).await.map_err(failed("count the trail"))?;
        let page = newest_first(matching(filter)).offset(page.offset()).limit(page.size);
        let rows = page.all(&self.reader).await.map_err(failed("list the trail"))?;
        Ok(Listed { rows: rows.into_iter().map(Entry::try_from).collect::<Result<_>>()?, total })
    }

    /// The next lines below one, newest first: how a long trail is read without losing or repeating a line.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_trail_below(&self, filter: &TrailFilter, last: Option<&Entry>, limit: u64) -> Result<Vec<Entry>> {
        let mut below = matching(filter);
        if let Some(last) = last {
            let same_moment = Expr::col(Column::OccurredAtMs).eq(last.occurred_at_ms).and(Expr::col(Column::Id).lt(last.id.0));
            below = below.filter(Expr::col(Column::OccurredAtMs).lt(last.occurred_at_ms).or(same_moment));
        }
        let rows = newest_first(below).limit(limit).all(&self.reader).await.map_err(failed("list the trail"))?;
        rows.into_iter().map(Entry::try_from).collect()
    }
}

impl Transaction {
    /// Adds a line, which is there if and only if what this transaction does takes place.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn record(&self, entry: &Entry) -> Result<()> {
        let row = ActiveModel::from(entry);
        Entity::insert(row).exec_without_returning(&self.inner).await.map(drop).map_err(failed("write the trail"))
    }
}

fn matching(filter: &TrailFilter) -> Select<Entity> {
    let equal = [
        (Column::ProjectId, filter.project_id.map(Uuid::from)),
        (Column::UserId, filter.user_id.map(Uuid::from)),
        (Column::KeyId, filter.key_id.map(Uuid::from)),
        (Column::SubjectId, filter.subject_id),
    ];
    let mut wanted = Condition::all();
    for (column, id) in equal {
        wanted = wanted.add_option(id.map(|id| column.eq(id)));
    }
    let action = filter.action.as_ref().map(|action| {
        let actions = Action::ALL.iter().filter(|known| known.as_str() == action || known.noun() == action);
        Column::Action.is_in(actions.map(|action| action.as_str()))
    });
    wanted = wanted.add_option(action);
    wanted = wanted.add_option(filter.from_ms.map(|from_ms| Column::OccurredAtMs.gte(from_ms)));
    wanted = wanted.add_option(filter.before_ms.map(|before_ms| Column::OccurredAtMs.lt(before_ms)));
    Entity::find().filter(wanted)
}

fn newest_first(lines: Select<Entity>) -> Select<Entity> {
    lines.order_by_desc(Column::OccurredAtMs).order_by_desc(Column::Id)
}

impl From<&Entry> for ActiveModel {
    fn from(entry: &Entry) -> Self {
        let (user_id, key_id) = match entry.origin.actor {
            Actor::User(id) => (Some(id.0), None),
            Actor::Key(id) => (None, Some(id.0)),
            Actor::Anonymous | Actor::System => (None, None),
        };
        Self {
            id: Set(entry.id.0),
            occurred_at_ms: Set(entry.occurred_at_ms),
            project_id: Set(entry.event.project_id.map(Uuid::from)),
            actor: Set(entry.origin.actor.kind().to_owned()),
            user_id: Set(user_id),
            key_id: Set(key_id),
            action: Set(entry.event.action.as_str().to_owned()),
            subject_id: Set(entry.event.subject_id),
            before_json: Set(entry.event.before.as_ref().map(Value::to_string)),
            after_json: Set(entry.event.after.as_ref().map(Value::to_string)),
            address: Set(entry.origin.address.map(|address| address.to_string())),
            request_id: Set(entry.origin.request_id.clone()),
        }
    }
}

impl TryFrom<Model> for Entry {
    type Error = barker_domain::Error;

    fn try_from(row: Model) -> Result<Self> {
        let json = |text: Option<String>, column| {
            let parse = |text: String| serde_json::from_str::<Value>(&text).map_err(|_| unreadable("trail", column));
            text.map(parse).transpose()
        };
        let actor = match (row.actor.as_str(), row.user_id, row.key_id) {
            ("user", Some(id), None) => Actor::User(UserId(id)),
            ("key", None, Some(id)) => Actor::Key(ApiKeyId(id)),
            ("system", None, None) => Actor::System,
            ("anonymous", None, None) => Actor::Anonymous,
            _ => return Err(unreadable("trail", "actor")),
        };
        let address = row.address.map(|text| text.parse::<IpAddr>().map_err(|_| unreadable("trail", "address")));
        let event = Event {
            project_id: row.project_id.map(ProjectId),
            action: Action::named(&row.action).ok_or_else(|| unreadable("trail", "action"))?,
            subject_id: row.subject_id,
            before: json(row.before_json, "before_json")?,
            after: json(row.after_json, "after_json")?,
        };
        let origin = Origin { actor, address: address.transpose()?, request_id: row.request_id };
        Ok(Self { id: TrailEntryId(row.id), event, origin, occurred_at_ms: row.occurred_at_ms })
    }
}
