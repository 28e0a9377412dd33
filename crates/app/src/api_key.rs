//! API keys: made, shown once, revoked; and recognised in memory, on every request of the ad API.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use arc_swap::ArcSwap;
use barker_domain::{
    ApiKeyId, Code, Error, ProjectId, Result,
    api_key::{ApiKey, MAX_PER_PROJECT, NewApiKey, Scope, Scopes},
    error::unless_faulty,
    page::{Listed, Page},
    trail::{Action, Entry, Event, Origin},
};
use barker_store::WorkingKey;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    App, ProjectHandle,
    secret::{Digest, new_secret},
};

/// How every key begins, so that people and scanners of source code know one when they see it.
const BEGINNING: &str = "barker_";
/// Characters of a key that are kept to tell it by.
const PREFIX_CHARS: usize = BEGINNING.len() + 6;

/// A key that works, in memory.
#[derive(Debug)]
pub struct Grant {
    /// The key.
    pub key_id: ApiKeyId,
    /// Where it works.
    pub project: Arc<ProjectHandle>,
    scopes: Scopes,
    expires_at_ms: Option<i64>,
    last_used_at_ms: AtomicI64,
    /// How much of that is written down.
    noted_at_ms: AtomicI64,
}

impl Grant {
    /// Whether the key has that scope.
    #[must_use]
    pub fn includes(&self, scope: Scope) -> bool {
        self.scopes.include(scope)
    }

    fn new(key: &ApiKey, project: Arc<ProjectHandle>) -> Self {
        let last_used_at_ms = key.last_used_at_ms.unwrap_or_default();
        Self {
            key_id: key.id,
            project,
            scopes: key.terms.scopes,
            expires_at_ms: key.terms.expires_at_ms,
            last_used_at_ms: AtomicI64::new(last_used_at_ms),
            noted_at_ms: AtomicI64::new(last_used_at_ms),
        }
    }

    fn works(&self, now_ms: i64) -> bool {
        self.expires_at_ms.is_none_or(|expires_at_ms| now_ms < expires_at_ms)
    }
}

/// Every key that works. Requests load a pointer and never wait.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    /// Keys are made, revoked and read one at a time: store and memory move together.
    changes: Mutex<()>,
    by_digest: ArcSwap<HashMap<Digest, Arc<Grant>>>,
}

impl Grants {
    /// Adds those that are not there yet.
    fn add(&self, added: &[(Digest, Arc<Grant>)]) {
        self.by_digest.rcu(|grants| {
            let mut grants = HashMap::clone(grants);
            for (digest, grant) in added {
                grants.entry(*digest).or_insert_with(|| Arc::clone(grant));
            }
            grants
        });
    }

    fn retain(&self, keep: impl Fn(&Grant) -> bool) {
        self.by_digest.rcu(|grants| {
            grants.iter().filter(|(_, grant)| keep(grant)).map(|(digest, grant)| (*digest, Arc::clone(grant))).collect::<HashMap<_, _>>()
        });
    }
}

/// Whether a token is meant to be a key, working or not.
#[must_use]
pub fn looks_like_one(token: &str) -> bool {
    token.starts_with(BEGINNING)
}

/// The grant of a key that somebody presents.
///
/// # Errors
/// [`Code::Unauthorized`] when it does not work.
pub fn authenticate(app: &App, key: &str) -> Result<Arc<Grant>> {
    let now_ms = app.now_ms();
    let grants = app.inner.grants.by_digest.load();
    let grant = grants.get(&Digest::of(key.as_bytes())).filter(|grant| grant.works(now_ms));
    let grant = grant.ok_or_else(|| Error::new(Code::Unauthorized, "the key is unknown, revoked or expired"))?;
    if grant.project.is_archived() {
        return Err(Error::new(Code::Unauthorized, "the key's project is archived"));
    }
    grant.last_used_at_ms.store(now_ms, Ordering::Relaxed);
    Ok(Arc::clone(grant))
}

/// Makes a key. Answers it with its secret, which nobody can find out again.
///
/// # Errors
/// [`Code::InvalidRequest`] with every field at fault; [`Code::TooMany`]; [`Code::ProjectArchived`].
pub async fn create(app: &App, project_id: ProjectId, new: NewApiKey, origin: Origin) -> Result<(ApiKey, String)> {
    let faults = new.faults(app.now_ms());
    let terms = unless_faulty(new, faults)?;
    let project = app.get_open_project(project_id).await?;
    let whole = app.clone();
    app.see_through(async move { create_whole(&whole, project, terms, origin).await }).await
}

async fn create_whole(app: &App, project: Arc<ProjectHandle>, terms: NewApiKey, origin: Origin) -> Result<(ApiKey, String)> {
    let _turn = app.inner.grants.changes.lock().await;
    let secret = format!("{BEGINNING}{}", new_secret()?);
    let key = ApiKey {
        id: ApiKeyId::generate(),
        terms,
        prefix: secret.chars().take(PREFIX_CHARS).collect(),
        created_by: origin.user(),
        created_at_ms: app.now_ms(),
        last_used_at_ms: None,
        revoked_at_ms: None,
    };
    let (project_id, digest) = (project.id(), Digest::of(secret.as_bytes()));
    let entry = app.entry(Event::in_project(project_id, Action::KeyCreated).about(key.id).to(json_of(&key)), &origin);
    let insert = app.inner.store.write((project_id, key.clone(), digest, entry), |transaction, (project_id, key, digest, entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            if rows.count_working_keys(key.created_at_ms).await? >= MAX_PER_PROJECT {
                return Err(Error::new(Code::TooMany, format!("a project has at most {MAX_PER_PROJECT} working keys")));
            }
            rows.insert_api_key(&key, digest.to_hex()).await?;
            transaction.record(&entry).await
        })
    });
    insert.await?;
    app.inner.grants.add(&[(digest, Arc::new(Grant::new(&key, project)))]);
    Ok((key, secret))
}

/// A page of a project's keys, newest first, the revoked ones too.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, project_id: ProjectId, page: Page) -> Result<Listed<ApiKey>> {
    let mut listed = app.inner.store.in_project(project_id).list_api_keys(page).await?;
    let grants = app.inner.grants.by_digest.load();
    let uses: HashMap<_, _> = grants.values().map(|grant| (grant.key_id, grant.last_used_at_ms.load(Ordering::Relaxed))).collect();
    for key in &mut listed.rows {
        let used = uses.get(&key.id).copied().filter(|used_at_ms| *used_at_ms > 0);
        key.last_used_at_ms = used.max(key.last_used_at_ms);
    }
    Ok(listed)
}

/// Revokes a key, from the next request on and for good.
///
/// # Errors
/// [`Code::KeyNotFound`], also when it is revoked already.
pub async fn revoke(app: &App, project_id: ProjectId, id: ApiKeyId, origin: &Origin) -> Result<()> {
    let entry = app.entry(Event::in_project(project_id, Action::KeyRevoked).about(id), origin);
    let whole = app.clone();
    app.see_through(async move { revoke_whole(&whole, project_id, id, entry).await }).await
}

async fn revoke_whole(app: &App, project_id: ProjectId, id: ApiKeyId, entry: Entry) -> Result<()> {
    let _turn = app.inner.grants.changes.lock().await;
    let revoke = app.inner.store.write((project_id, id, entry), |transaction, (project_id, id, mut entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            let found = rows.find_api_key(id).await?.filter(|key| key.revoked_at_ms.is_none());
            let key = found.ok_or_else(|| Error::of(Code::KeyNotFound))?;
            rows.revoke_api_key(id, entry.occurred_at_ms).await?;
            entry.event.before = Some(json_of(&key));
            transaction.record(&entry).await
        })
    });
    let revoked = revoke.await;
    // When the outcome is open, nobody gets in with it until the database has been asked again.
    let may_be_revoked = revoked.as_ref().err().is_none_or(Error::is_temporary);
    if may_be_revoked {
        app.inner.grants.retain(|grant| grant.key_id != id || grant.project.id() != project_id);
    }
    revoked
}

/// A key as the trail shows it.
fn json_of(key: &ApiKey) -> Value {
    let scopes: Vec<_> = key.terms.scopes.iter().map(Scope::as_str).collect();
    json!({"name": key.terms.name, "prefix": key.prefix, "scopes": scopes, "expires_at_ms": key.terms.expires_at_ms})
}

impl App {
    /// Reads every key that works in an open project into memory, as far as it is not there.
    pub(crate) async fn open_keys(&self) -> Result<()> {
        let _turn = self.inner.grants.changes.lock().await;
        let mut added = Vec::new();
        for WorkingKey { project_id, key, key_hash } in self.inner.store.list_working_keys(self.now_ms()).await? {
            let project = self.find_project(project_id).await;
            if let (Some(project), Some(digest)) = (project, Digest::from_hex(&key_hash)) {
                added.push((digest, Arc::new(Grant::new(&key, project))));
            }
        }
        self.inner.grants.add(&added);
        Ok(())
    }

    /// Writes down when keys were last used, and forgets those that have expired.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn note_key_uses(&self) -> Result<()> {
        let now_ms = self.now_ms();
        self.inner.grants.retain(|grant| grant.works(now_ms));
        let grants = self.inner.grants.by_digest.load_full();
        let used = |grant: &&Arc<Grant>| grant.last_used_at_ms.load(Ordering::Relaxed) > grant.noted_at_ms.load(Ordering::Relaxed);
        let used: Vec<_> = grants.values().filter(used).map(|grant| (grant, grant.last_used_at_ms.load(Ordering::Relaxed))).collect();
        if used.is_empty() {
            return Ok(());
        }
        let uses: Vec<_> = used.iter().map(|(grant, used_at_ms)| (grant.project.id(), grant.key_id, *used_at_ms)).collect();
        let write = self.inner.store.write(uses, |transaction, uses| Box::pin(async move { transaction.update_last_uses(&uses).await }));
        write.await?;
        for (grant, used_at_ms) in used {
            grant.noted_at_ms.store(used_at_ms, Ordering::Relaxed);
        }
        Ok(())
    }
}
