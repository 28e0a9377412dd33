//! Viewers: everything a decision must know about many clients, in one query however many they are.
//!
//! Its parts (profiles, scores, what was shown, what was clicked) have one shape, so that the database is asked once: a
//! client who is not in memory waits for it.

use std::collections::HashMap;

use barker_domain::{AdId, AdvertiserId, CampaignId, ClientId, Day, ImpressionId, Result, click::Unbilled, client::Client};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryResult, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, SelectStatement, SimpleExpr, UnionType},
};
use uuid::Uuid;

use crate::{
    bulk::ROWS_PER_STATEMENT,
    entity::{click, client, impression, ml_score},
    error::failed,
    statement::big_integer,
    tenant::InProject,
};

/// A client with what models and history say about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewerRecord {
    /// Who they are.
    pub client: Client,
    /// ML scores by advertiser.
    pub scores: Vec<(AdvertiserId, i32)>,
    /// Counted impressions.
    pub shown: Vec<ShownRow>,
    /// Clicks by campaign: whether the click followed an impression.
    pub clicked: Vec<(CampaignId, bool)>,
    /// What was kept and is no click of theirs.
    pub set_aside: Vec<(CampaignId, Unbilled)>,
}

/// A counted impression, as far as decisions ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownRow {
    /// What was shown.
    pub campaign_id: CampaignId,
    /// The impression.
    pub impression_id: ImpressionId,
    /// Which of the campaign's ads it showed.
    pub ad_id: AdId,
    /// Which counted show to the client it was, from 1.
    pub nth: i32,
    /// The project's day.
    pub day: Day,
    /// Milliseconds UTC.
    pub occurred_at_ms: i64,
}

impl InProject<'_> {
    /// Those of these clients that exist.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_viewers(&self, ids: &[ClientId]) -> Result<HashMap<ClientId, ViewerRecord>> {
        let mut viewers = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            viewers.extend(self.list_some_viewers(ids).await?);
        }
        Ok(viewers)
    }

    async fn list_some_viewers(&self, ids: &[ClientId]) -> Result<HashMap<ClientId, ViewerRecord>> {
        let backend = self.executor.get_database_backend();
        let mut everything = self.profiles(ids);
        for more in [self.scores_of(ids), self.shown_to(ids), self.clicked_by(ids)] {
            everything.union(UnionType::All, more);
        }
        let rows = self.executor.query_all_raw(backend.build(&everything)).await.map_err(failed("read the clients"))?;
        let rows: Vec<Row> = rows.iter().map(Row::read).collect::<Result<_, _>>().map_err(failed("read the clients"))?;
        // Databases may answer the parts in any order.
        let (profiles, rest): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.kind == PROFILE);
        let mut viewers = profiles.into_iter().map(|row| row.into_viewer(self.project_id.0)).collect::<Result<HashMap<_, _>>>()?;
        for row in rest {
            if let Some(viewer) = viewers.get_mut(&row.client_id) {
                row.add_to(viewer);
            }
        }
        Ok(viewers)
    }

    fn profiles(&self, ids: &[ClientId]) -> SelectStatement {
        use client::{Column, Entity};
        let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(self.among(Column::Id, ids.iter().map(|id| id.0)));
        let shape = Shape { kind: PROFILE, ids: [Column::Id; 4], numbers: one_number(Expr::col(Column::Age)) };
        shape.of(self.executor.get_database_backend(), rows, [Column::Login, Column::Location, Column::Gender].map(Expr::col))
    }

    fn scores_of(&self, ids: &[ClientId]) -> SelectStatement {
        use ml_score::Column;
        let rows = self.scores().filter(self.among(Column::ClientId, ids.iter().map(|id| id.0)));
        let shape = Shape {
            kind: SCORE,
            ids: [Column::ClientId, Column::AdvertiserId, Column::AdvertiserId, Column::AdvertiserId],
            numbers: one_number(Expr::col(Column::Score)),
        };
        shape.of(self.executor.get_database_backend(), rows, no_texts())
    }

    fn shown_to(&self, ids: &[ClientId]) -> SelectStatement {
        use impression::{Column, Entity};
        let rows =
            Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(self.among(Column::ClientId, ids.iter().map(|id| id.0)));
        let numbers = [Column::Nth, Column::Day, Column::OccurredAtMs].map(Expr::col);
        let shape = Shape { kind: SHOWN, ids: [Column::ClientId, Column::CampaignId, Column::Id, Column::AdId], numbers };
        shape.of(self.executor.get_database_backend(), rows, no_texts())
    }

    fn clicked_by(&self, ids: &[ClientId]) -> SelectStatement {
        use click::{Column, Entity};
        let rows =
            Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(self.among(Column::ClientId, ids.iter().map(|id| id.0)));
        let has_impression = Expr::case(Column::ImpressionId.is_not_null(), 1).finally(0).into();
        let ids = [Column::ClientId, Column::CampaignId, Column::CampaignId, Column::CampaignId];
        let shape = Shape { kind: CLICKED, ids, numbers: one_number(has_impression) };
        let mut texts = no_texts();
        texts[0] = Expr::col(Column::Outcome);
        shape.of(self.executor.get_database_backend(), rows, texts)
    }
}

/// What a row is about, and so what its columns mean.
const PROFILE: &str = "profile";
const SCORE: &str = "score";
const SHOWN: &str = "shown";
const CLICKED: &str = "clicked";

/// How a part of the one query brings its columns into the shape of all parts.
struct Shape<C> {
    kind: &'static str,
    ids: [C; 4],
    numbers: [SimpleExpr; 3],
}

impl<C: ColumnTrait> Shape<C> {
    fn of<E: EntityTrait>(self, backend: DbBackend, rows: Select<E>, texts: [SimpleExpr; 3]) -> SelectStatement {
        let kind = Expr::cust(format!("'{}'", self.kind));
        let mut select = rows.select_only().expr(kind).columns(self.ids);
        for number in self.numbers {
            select = select.expr(big_integer(backend, number));
        }
        for text in texts {
            select = select.expr(text);
        }
        select.into_query()
    }
}

fn one_number(number: SimpleExpr) -> [SimpleExpr; 3] {
    [number, Expr::cust("0"), Expr::cust("0")]
}

fn no_texts() -> [SimpleExpr; 3] {
    [(); 3].map(|()| Expr::cust("''"))
}

/// A row of any part.
struct Row {
    kind: String,
    client_id: ClientId,
    ids: (Uuid, Uuid, Uuid),
    numbers: [i64; 3],
    texts: [String; 3],
}

impl Row {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let (kind, client_id, first, second, third, one, two, three, login, location, gender) = row.try_get_many_by_index()?;
        Ok(Self {
            kind,
            client_id: ClientId(client_id),
            ids: (first, second, third),
            numbers: [one, two, three],
            texts: [login, location, gender],
        })
    }

    /// Of a profile.
    fn into_viewer(self, project_id: Uuid) -> Result<(ClientId, ViewerRecord)> {
        let [login, location, gender] = self.texts;
        let client = client::Model { project_id, id: self.client_id.0, login, age: small(self.numbers[0]), location, gender };
        let client = client.try_into()?;
        let record = ViewerRecord { client, scores: Vec::new(), shown: Vec::new(), clicked: Vec::new(), set_aside: Vec::new() };
        Ok((self.client_id, record))
    }

    /// Of anything else.
    fn add_to(self, viewer: &mut ViewerRecord) {
        let ((first, second, third), [number, day, occurred_at_ms]) = (self.ids, self.numbers);
        match self.kind.as_str() {
            SCORE => viewer.scores.push((AdvertiserId(first), small(number))),
            SHOWN => viewer.shown.push(ShownRow {
                campaign_id: CampaignId(first),
                impression_id: ImpressionId(second),
                ad_id: AdId(third),
                nth: small(number),
                day: Day(small(day)),
                occurred_at_ms,
            }),
            _ => match Unbilled::named(&self.texts[0]).filter(|reason| reason.is_no_click()) {
                Some(reason) => viewer.set_aside.push((CampaignId(first), reason)),
                None => viewer.clicked.push((CampaignId(first), number != 0)),
            },
        }
    }
}

/// A column of 32 bits that was widened for the shape.
fn small(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
