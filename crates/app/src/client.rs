//! Clients: made or changed in bulk, and read.

use std::{collections::HashMap, hash::Hash, sync::Arc, time::Duration};

use barker_domain::{
    ClientId, Code, Error, FieldError, ProjectId, Result,
    client::Client,
    error::unless_faulty,
    membership::Role,
    page::{Listed, Page},
    trail::Action,
};
use barker_serving::score_distribution::ScoreDistribution;
use barker_store::{ClientFilter, ClientSort};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    App, Desk, ProjectHandle,
    job::{self, Job, Place, Shift, Terms},
    secret::Digest,
    serving,
    tag::{refuse_outdated, tag_of_content},
};

/// Makes the clients or changes those that exist, all or none. The last of several with one id wins.
///
/// # Errors
/// [`Code::InvalidRequest`] with every field at fault.
pub async fn upsert(desk: &Desk, clients: Vec<Client>) -> Result<Arc<Vec<Client>>> {
    let whole = desk.clone();
    desk.app.see_through(async move { upsert_whole(&whole, clients).await }).await
}

async fn upsert_whole(desk: &Desk, clients: Vec<Client>) -> Result<Arc<Vec<Client>>> {
    let (app, project) = (&desk.app, &desk.project);
    let faults = clients.iter().enumerate().flat_map(|(place, client)| {
        let prefix = format!("/{place}");
        client.faults().into_iter().map(move |fault| fault.below(&prefix))
    });
    unless_faulty((), faults.collect())?;
    let clients = Arc::new(last_of_each(clients, |client| client.id));
    let entry = desk.entry(desk.event(Action::ClientsStored).to(json!({"clients": clients.len()})));
    let given = (Arc::clone(&clients), project.id(), entry);
    let upsert = app.inner.store.write(given, |transaction, (clients, project_id, entry)| {
        Box::pin(async move {
            transaction.in_project(project_id).upsert_clients(&clients).await?;
            transaction.record(&entry).await
        })
    });
    let upserted = upsert.await;
    // Whatever became of it: what is cached may be what was. When the outcome is open, it may still change.
    let forget = {
        let (project_id, clients) = (project.id(), Arc::clone(&clients));
        move |app: &App| app.inner.audience.forget(project_id, clients.iter().map(|client| client.id))
    };
    forget(app);
    let Err(error) = upserted else { return Ok(clients) };
    Err(app.or_in_doubt(error, None, move |app| {
        forget(&app);
        std::future::ready(Ok(()))
    }))
}

/// A page of a project's clients.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, project: &ProjectHandle, filter: &ClientFilter, sorted: (ClientSort, Page)) -> Result<Listed<Client>> {
    project.rows(app).list_clients_by_page(filter, sorted).await
}

/// Makes a client.
///
/// # Errors
/// [`Code::InvalidRequest`] with every field at fault: its id too, when somebody has it.
pub async fn create(desk: &Desk, client: Client) -> Result<Client> {
    let id = client.id;
    let decide = move |before: Option<&Client>| {
        let mut faults = client.faults();
        if before.is_some() {
            faults.push(FieldError::new("/client_id", "taken", "is another client's"));
        }
        unless_faulty(client.clone(), faults)
    };
    keep(desk, id, Arc::new(decide)).await
}

/// Changes a client by `edit`, which sees them as they are; with a tag, only while they are still what the tag is of.
///
/// # Errors
/// [`Code::ClientNotFound`]; [`Code::VersionConflict`]; [`Code::InvalidRequest`] with every field at fault; whatever `edit` answers.
pub async fn change(
    desk: &Desk,
    (id, tag): (ClientId, Option<String>),
    edit: impl Fn(&Client) -> Result<Client> + Send + Sync + 'static,
) -> Result<Client> {
    let decide = move |before: Option<&Client>| {
        let before = before.ok_or_else(|| Error::of(Code::ClientNotFound))?;
        refuse_outdated(tag.as_deref(), &tag_of(before))?;
        let after = edit(before)?;
        let faults = after.faults();
        unless_faulty(after, faults)
    };
    keep(desk, id, Arc::new(decide)).await
}

/// What a client becomes, after what they are, if they are there.
type Decide = Arc<dyn Fn(Option<&Client>) -> Result<Client> + Send + Sync>;

async fn keep(desk: &Desk, id: ClientId, decide: Decide) -> Result<Client> {
    let whole = desk.clone();
    desk.app.see_through(async move { keep_whole(&whole, id, decide).await }).await
}

/// Decides inside the transaction that writes: of two who make the same client, one is told.
async fn keep_whole(desk: &Desk, id: ClientId, decide: Decide) -> Result<Client> {
    let (app, project_id) = (&desk.app, desk.project.id());
    let entry = desk.entry(desk.event(Action::ClientsStored).to(json!({"clients": 1})));
    let write = app.inner.store.write((project_id, id, decide, entry), |transaction, (project_id, id, decide, entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            let before = rows.find_client(id).await?;
            let after = decide(before.as_ref())?;
            if before.as_ref() != Some(&after) {
                rows.upsert_clients(std::slice::from_ref(&after)).await?;
                transaction.record(&entry).await?;
            }
            Ok(after)
        })
    });
    let kept = write.await;
    // Whatever became of it, as in bulk.
    app.inner.audience.forget(project_id, [id]);
    kept.map_err(|error| {
        app.or_in_doubt(error, None, move |app| {
            app.inner.audience.forget(project_id, [id]);
            std::future::ready(Ok(()))
        })
    })
}

/// The tag of a client: it is another one when what is told of them is.
#[must_use]
pub fn tag_of(client: &Client) -> String {
    tag_of_content(&json!([client.login, client.age, client.location, client.gender]))
}

/// Erases a client: their profile, scores, impressions and clicks, and a moment later who they were in the warehouse. What they
/// counted stays, without them.
///
/// # Errors
/// [`Code::ClientNotFound`], also when they were erased before; [`Code::Busy`] when somebody is with them for long.
pub async fn erase(desk: &Desk, id: ClientId) -> Result<()> {
    let whole = desk.clone();
    desk.app.see_through(async move { erase_whole(&whole, id).await }).await
}

async fn erase_whole(desk: &Desk, id: ClientId) -> Result<()> {
    let (app, project) = (&desk.app, &desk.project);
    // What is under way with this client ends first, and nobody begins anything before this has ended.
    let turn = serving::check_out(app, project, id).await?;
    let line = desk.entry(desk.event(Action::ClientErased));
    let forget = ForgetVisitor { project_id: project.id(), client_id: id };
    let forget = job::new(&forget)?.in_project(project.id()).keyed_by(id.0.to_string());
    let erase = app.inner.store.write((project.id(), id, forget, line), |transaction, (project_id, id, forget, mut line)| {
        Box::pin(async move {
            let erased = transaction.in_project(project_id).erase_client(id).await?;
            let erased = erased.ok_or_else(|| Error::of(Code::ClientNotFound))?;
            let rows = json!({"client_digest": digest_of(project_id, id), "impressions": erased.impressions, "clicks": erased.clicks});
            line.event = line.event.to(rows);
            transaction.enqueue_job(forget, line.occurred_at_ms).await?;
            transaction.record(&line).await?;
            Ok(erased)
        })
    });
    let erased = erase.await;
    app.inner.audience.dismiss(project.id(), id, turn);
    match erased {
        Ok(erased) => {
            // Where this fails, the job that was just asked for does it.
            drop(app.intake().note_erasure(&app.inner.store).await);
            app.workshop().wake();
            project.engine.unscore(erased.scores);
            Ok(())
        }
        Err(error) => {
            let project = Arc::clone(project);
            Err(app.or_in_doubt(error, None, move |app| {
                let project = Arc::clone(&project);
                async move {
                    app.inner.audience.forget(project.id(), [id]);
                    let counted = project.rows(&app).count_scores_by_value().await?;
                    project.engine.replace_scores(ScoreDistribution::from_counts(counted));
                    Ok(())
                }
            }))
        }
    }
}

/// Takes a client who was erased out of the warehouse. What has been told of them by then is in it: it is their turn, or that of
/// whoever tells it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ForgetVisitor {
    project_id: ProjectId,
    client_id: ClientId,
}

impl Job for ForgetVisitor {
    const TERMS: Terms =
        Terms { name: "client.forget", place: Place::Owner, max_attempts: 20, timeout: Duration::from_mins(10), role: Role::Owner };

    async fn run(self, shift: Shift) -> Result<()> {
        let app = shift.app()?;
        app.intake().forget(app.store(), self.project_id, self.client_id.0.to_string()).await
    }
}

/// What the trail names a client by who is gone: whoever has the id can make it, nobody can make the id of it.
fn digest_of(project_id: ProjectId, id: ClientId) -> String {
    Digest::of(&[project_id.0.as_bytes().as_slice(), id.0.as_bytes()].concat()).to_hex()
}

/// The client with that id.
///
/// # Errors
/// [`Code::ClientNotFound`].
pub async fn get(app: &App, project: &ProjectHandle, id: ClientId) -> Result<Client> {
    project.rows(app).find_client(id).await?.ok_or_else(|| Error::of(Code::ClientNotFound))
}

/// Each key once, where it stood first, with the value it had last.
pub(crate) fn last_of_each<T, K: Eq + Hash>(items: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut places = HashMap::with_capacity(items.len());
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    for item in items {
        match places.entry(key(&item)) {
            std::collections::hash_map::Entry::Occupied(place) => kept[*place.get()] = item,
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(kept.len());
                kept.push(item);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_several_wins_and_stands_once() {
        let items = vec![("a", 1), ("b", 2), ("a", 3)];
        assert_eq!(last_of_each(items, |item| item.0), [("a", 3), ("b", 2)]);
    }
}
