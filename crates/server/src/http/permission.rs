//! Permission: extractors that a handler asks for what it needs with. There is no other way to the application, so no
//! handler can forget to ask; and what it names is what the role table is tested against.

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::{FromRequestParts, MatchedPath},
    http::{header, request::Parts},
};
use barker_app::{
    App, Desk, ProjectHandle,
    api_key::{self, Grant},
    session::{self, SignedIn},
    trail,
};
use barker_domain::{
    Code, Error, ProjectId, Result,
    api_key::Scope,
    membership::Role,
    trail::{Action, Actor, Event, Origin},
};
use serde_json::json;

use super::{
    ServerState,
    input::InPath,
    origin::{address_of, origin_of},
    problem::Problem,
    rate_limit::Sender,
};

/// Asks for the scope `serve` of a key.
#[derive(Debug, Clone, Copy)]
pub struct Serve;
/// Asks for the scope `read` of a key.
#[derive(Debug, Clone, Copy)]
pub struct Read;
/// Asks for a member who sees.
#[derive(Debug, Clone, Copy)]
pub struct Viewer;
/// Asks for a member who works.
#[derive(Debug, Clone, Copy)]
pub struct Marketer;
/// Asks for a member who decides.
#[derive(Debug, Clone, Copy)]
pub struct Owner;

/// A scope that an extractor asks for.
pub trait AskedScope {
    /// The scope.
    const SCOPE: Scope;
}

/// A role that an extractor asks for.
pub trait AskedRole {
    /// The role.
    const ROLE: Role;
}

impl AskedScope for Serve {
    const SCOPE: Scope = Scope::Serve;
}

impl AskedScope for Read {
    const SCOPE: Scope = Scope::Read;
}

impl AskedRole for Viewer {
    const ROLE: Role = Role::Viewer;
}

impl AskedRole for Marketer {
    const ROLE: Role = Role::Marketer;
}

impl AskedRole for Owner {
    const ROLE: Role = Role::Owner;
}

/// The ad API in the project of the request's key, or in the open one when it brings no key. Changes are made at
/// [`ManagedSite`].
pub struct Site<S> {
    /// The application.
    pub app: App,
    /// The project.
    pub project: Arc<ProjectHandle>,
    asked: PhantomData<S>,
}

/// The same, for whoever may change what is there.
pub struct ManagedSite(pub Desk);

impl<S: AskedScope + Send> FromRequestParts<ServerState> for Site<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Problem> {
        let (project, _actor) = site(parts, state, S::SCOPE).await?;
        Ok(Self { app: state.app.clone(), project, asked: PhantomData })
    }
}

impl FromRequestParts<ServerState> for ManagedSite {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Problem> {
        let (project, actor) = site(parts, state, Scope::Manage).await?;
        Ok(Self(Desk { app: state.app.clone(), project, origin: origin_of(parts, state, actor) }))
    }
}

async fn site(parts: &Parts, state: &ServerState, scope: Scope) -> Result<(Arc<ProjectHandle>, Actor)> {
    let open = state.settings.open_project.as_ref().filter(|project| !project.is_archived());
    let grant = match (bearer(parts), open) {
        (Ok(None), Some(project)) => {
            count(parts, state, Sender::Sandbox(address_of(parts, state))).await?;
            return Ok((Arc::clone(project), Actor::Anonymous));
        }
        (Ok(None), None) => Err(Error::new(Code::Unauthorized, "send a key: no project is open to requests without one")),
        (Ok(Some(key)), _) => api_key::authenticate(&state.app, key),
        (Err(error), _) => Err(error),
    };
    let grant = counted(grant, parts, state).await?;
    if !grant.includes(scope) {
        let error = Error::new(Code::Forbidden, format!("the key has not the scope {}", scope.as_str()));
        return Err(refuse_key(parts, state, &grant, error).await);
    }
    Ok((Arc::clone(&grant.project), Actor::Key(grant.key_id)))
}

/// What a key grants, once the request is counted for it.
async fn counted(grant: Result<Arc<Grant>>, parts: &Parts, state: &ServerState) -> Result<Arc<Grant>> {
    let grant = known(grant, parts, state).await?;
    count(parts, state, Sender::Key(grant.key_id)).await?;
    Ok(grant)
}

async fn refuse_key(parts: &Parts, state: &ServerState, grant: &Grant, error: Error) -> Error {
    let origin = origin_of(parts, state, Actor::Key(grant.key_id));
    refuse(&state.app, parts, (origin, Some(grant.project.id())), error).await
}

/// Anybody, logged in or not.
pub struct Visitor {
    /// The application.
    pub app: App,
    /// Where they come from.
    pub origin: Origin,
}

impl FromRequestParts<ServerState> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Problem> {
        let origin = origin_of(parts, state, Actor::Anonymous);
        count(parts, state, Sender::Address(origin.address)).await?;
        Ok(Self { app: state.app.clone(), origin })
    }
}

/// Somebody who is logged in.
pub struct Person {
    /// The application.
    pub app: App,
    /// Who they are.
    pub signed_in: SignedIn,
    /// Where they come from.
    pub origin: Origin,
}

impl FromRequestParts<ServerState> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Problem> {
        if let Some(key) = key_of(parts) {
            let grant = counted(api_key::authenticate(&state.app, key), parts, state).await?;
            let error = Error::new(Code::Forbidden, "a key does not open this operation: it is for people who log in");
            return Err(refuse_key(parts, state, &grant, error).await.into());
        }
        let signed_in = known(signed_in(parts, state).await, parts, state).await?;
        let user_id = signed_in.standing.user.id;
        count(parts, state, Sender::User(user_id)).await?;
        let origin = origin_of(parts, state, Actor::User(user_id));
        Ok(Self { app: state.app.clone(), signed_in, origin })
    }
}

async fn signed_in(parts: &Parts, state: &ServerState) -> Result<SignedIn> {
    let missing = || Error::new(Code::Unauthorized, "log in first: send the access token as Authorization: Bearer ...");
    let token = bearer(parts)?.ok_or_else(missing)?;
    session::authenticate(&state.app, token).await
}

/// Somebody who runs the installation.
pub struct Administrator(pub Person);

impl FromRequestParts<ServerState> for Administrator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Problem> {
        let person = Person::from_request_parts(parts, state).await?;
        if !person.signed_in.standing.user.is_administrator {
            let error = Error::new(Code::Forbidden, "only an administrator may do that");
            return Err(refuse(&state.app, parts, (person.origin, None), error).await.into());
        }
        Ok(Self(person))
    }
}

/// A member of the project in the path with at least the role `R`, or an administrator.
pub struct Member<R> {
    /// Who it is.
    pub person: Person,
    /// The project.
    pub project_id: ProjectId,
    asked: PhantomData<R>,
}

impl<R: AskedRole + Send> FromRequestParts<ServerState> for Member<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Problem> {
        // Who is not logged in learns nothing, not even which ids are well-formed.
        let person = Person::from_request_parts(parts, state).await?;
        let InPath(project_id) = InPath::<ProjectId>::from_request_parts(parts, state).await?;
        match person.signed_in.standing.role_in(project_id) {
            Some(role) if role >= R::ROLE => Ok(Self { person, project_id, asked: PhantomData }),
            role => {
                // A project that is not there is refused like one of others.
                let detail = role.map_or("you are not a member of this project", |_| "your role in this project is not enough");
                // The line belongs to the refused, not to a project that they may have made up.
                let where_from = (person.origin, role.map(|_| project_id));
                Err(refuse(&state.app, parts, where_from, Error::new(Code::Forbidden, detail)).await.into())
            }
        }
    }
}

/// Whoever asks of the project in the path: a member with at least the role `R`, an administrator, or a program with a key of
/// that very project that has the scope `S`.
pub struct Caller<R, S> {
    /// The application.
    pub app: App,
    /// The project.
    pub project_id: ProjectId,
    asked: PhantomData<(R, S)>,
}

impl<R: AskedRole + Send, S: AskedScope + Send> FromRequestParts<ServerState> for Caller<R, S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Problem> {
        let app = state.app.clone();
        if key_of(parts).is_none() {
            let member = Member::<R>::from_request_parts(parts, state).await?;
            return Ok(Self { app, project_id: member.project_id, asked: PhantomData });
        }
        let (project, actor) = site(parts, state, S::SCOPE).await?;
        let InPath(project_id) = InPath::<ProjectId>::from_request_parts(parts, state).await?;
        if project.id() != project_id {
            let error = Error::new(Code::Forbidden, "the key is of another project");
            return Err(refuse(&app, parts, (origin_of(parts, state, actor), Some(project.id())), error).await.into());
        }
        Ok(Self { app, project_id, asked: PhantomData })
    }
}

/// Counts the request for whoever sends it.
async fn count(parts: &Parts, state: &ServerState, sender: Sender) -> Result<()> {
    state.settings.limits.count(&state.app, parts, sender).await
}

/// Who the sender is. When they are not known the request counts for their address: nobody tries keys without end.
async fn known<T>(sender: Result<T>, parts: &Parts, state: &ServerState) -> Result<T> {
    if sender.is_err() {
        count(parts, state, Sender::Address(address_of(parts, state))).await?;
    }
    sender
}

/// What a request says about its sender: the text after `Bearer`; `None` when it says nothing.
fn bearer(parts: &Parts) -> Result<Option<&str>> {
    let Some(authorization) = parts.headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let text = authorization.to_str().unwrap_or_default();
    let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    token.map(Some).ok_or_else(|| Error::new(Code::Unauthorized, "Authorization must be Bearer and a key or an access token"))
}

/// The key that the request brings, working or not.
fn key_of(parts: &Parts) -> Option<&str> {
    bearer(parts).ok().flatten().filter(|token| api_key::looks_like_one(token))
}

/// The refusal, once it is in the trail.
async fn refuse(app: &App, parts: &Parts, (origin, project_id): (Origin, Option<ProjectId>), error: Error) -> Error {
    let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let event = Event { project_id, ..Event::new(Action::RequestRefused) };
    let event = event.to(json!({"operation": format!("{} {route}", parts.method), "reason": error.detail}));
    match trail::note(app, event, &origin).await {
        Ok(()) => error,
        Err(failed) => failed,
    }
}
