//! ML scores: set one by one or in bulk. Whatever arrives during a commit becomes the next one.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use barker_domain::{
    AdvertiserId, ClientId, Code, Error, FieldError, ProjectId, Result,
    clock::SharedClock,
    error::unless_faulty,
    score::Score,
    trail::{Action, Entry, Event, Origin},
};
use barker_serving::score_distribution::ScoreDistribution;
use barker_store::Store;
use serde_json::json;
use tokio::sync::oneshot;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Desk, ProjectHandle,
    audience::Audience,
    client::last_of_each,
    lane::{Lane, Limits, Worker},
    running::went_silent,
};

/// Requests that wait, each with up to a bulk of scores, and that are done together.
const LIMITS: Limits = Limits { queue: 1_024, batch: 512 };
/// Scores of one transaction: a bulk, or many single ones.
const MAX_SCORES_PER_COMMIT: usize = 10_000;
/// How often the clients of a commit are looked up before its callers are told to try again.
const MAX_LOOKS: usize = 3;
/// As many scores are set without a look at first: as a rule whoever sends them knows whom they are of, the references of their rows say
/// so otherwise, and the look took a sixth of the time on PostgreSQL. Fewer are looked at, so that no wrong call of one score is a failed
/// transaction.
const SET_UNSEEN: usize = 1_000;

/// Scores that are set together or not at all.
#[derive(Debug)]
pub(crate) struct Pending {
    project: Arc<ProjectHandle>,
    origin: Origin,
    scores: Vec<Score>,
    is_bulk: bool,
    reply: oneshot::Sender<Result<()>>,
}

/// Sets one score.
///
/// # Errors
/// [`Code::InvalidRequest`]; [`Code::ClientNotFound`], [`Code::AdvertiserNotFound`]; [`Code::Busy`].
pub async fn set(desk: &Desk, score: Score) -> Result<()> {
    let score = unless_faulty(score, score.faults())?;
    submit(desk, vec![score], false).await
}

/// Sets many scores, all or none. The last of several for one pair wins. Answers how many pairs were set.
///
/// # Errors
/// As [`set`], with the place of each score at fault.
pub async fn set_all(desk: &Desk, scores: Vec<Score>) -> Result<usize> {
    let faults = scores.iter().enumerate().flat_map(|(place, score)| below(place, score.faults())).collect();
    let scores = unless_faulty(scores, faults)?;
    let pairs = scores.iter().map(|score| (score.client_id, score.advertiser_id)).collect::<HashSet<_>>().len();
    submit(desk, scores, true).await.map(|()| pairs)
}

async fn submit(desk: &Desk, scores: Vec<Score>, is_bulk: bool) -> Result<()> {
    let (reply, answer) = oneshot::channel();
    let (project, origin) = (Arc::clone(&desk.project), desk.origin.clone());
    desk.app.inner.scores.submit(Pending { project, origin, scores, is_bulk, reply })?;
    answer.await.map_err(went_silent)?
}

pub(crate) fn start(
    (store, clock): (Store, SharedClock),
    audience: Arc<Audience>,
    running: (&TaskTracker, &CancellationToken),
) -> Lane<Pending> {
    Lane::start("scores", LIMITS, running, Setter { store, clock, audience, in_doubt: HashMap::new() })
}

struct Setter {
    store: Store,
    clock: SharedClock,
    audience: Arc<Audience>,
    /// Projects with a commit whose outcome is unknown: their distribution of scores is to be counted anew.
    in_doubt: HashMap<ProjectId, Arc<ProjectHandle>>,
}

impl Worker<Pending> for Setter {
    async fn work(&mut self, batch: &mut Vec<Pending>) {
        if let Err(error) = self.resolve_doubts().await {
            return answer_all(std::mem::take(batch), &Err(error));
        }
        let mut together: Vec<Pending> = Vec::new();
        for pending in batch.drain(..) {
            let same_project = together.first().is_none_or(|first| first.project.id() == pending.project.id());
            let waiting: usize = together.iter().map(|pending| pending.scores.len()).sum();
            if !same_project || waiting + pending.scores.len() > MAX_SCORES_PER_COMMIT {
                self.set(std::mem::take(&mut together)).await;
            }
            together.push(pending);
        }
        self.set(together).await;
    }

    fn has_leftovers(&self) -> bool {
        !self.in_doubt.is_empty()
    }
}

impl Setter {
    async fn resolve_doubts(&mut self) -> Result<()> {
        if self.in_doubt.is_empty() {
            return Ok(());
        }
        self.store.settle().await?;
        for project in self.in_doubt.values() {
            let counted = self.store.in_project(project.id()).count_scores_by_value().await?;
            project.engine.replace_scores(ScoreDistribution::from_counts(counted));
        }
        self.in_doubt.clear();
        Ok(())
    }

    async fn set(&mut self, mut requests: Vec<Pending>) {
        if let Some(first) = requests.first()
            && requests.iter().map(|request| request.scores.len()).sum::<usize>() >= SET_UNSEEN
        {
            let project = Arc::clone(&first.project);
            requests = self.commit(&project, requests).await;
        }
        // A client who is erased between the look and the transaction is unknown at the next look.
        for _ in 0..MAX_LOOKS {
            let Some(project) = requests.first().map(|first| Arc::clone(&first.project)) else { return };
            requests = match self.refuse_unknown(&project, requests).await {
                Ok(known) => self.commit(&project, known).await,
                Err((requests, error)) => return answer_all(requests, &Err(error)),
            };
        }
        answer_all(requests, &Err(Error::of(Code::Busy)));
    }

    /// Refuses requests that name somebody unknown.
    async fn refuse_unknown(&self, project: &ProjectHandle, requests: Vec<Pending>) -> Result<Vec<Pending>, (Vec<Pending>, Error)> {
        let scores = || requests.iter().flat_map(|request| &request.scores);
        let rows = self.store.in_project(project.id());
        let clients = distinct(scores().map(|score| score.client_id));
        let advertisers = distinct(scores().map(|score| score.advertiser_id));
        let known = match futures::try_join!(rows.list_known_clients(&clients), rows.list_known_advertisers(&advertisers)) {
            Ok((clients, advertisers)) => Known { clients, advertisers },
            Err(error) => return Err((requests, error)),
        };
        let (accepted, refused): (Vec<_>, Vec<_>) = requests.into_iter().partition(|request| known.refusal(request).is_none());
        for request in refused {
            let refusal = known.refusal(&request).map_or(Ok(()), Err);
            drop(request.reply.send(refusal));
        }
        Ok(accepted)
    }

    /// Answers the requests, but for those that it hands back because a client of theirs is not there any more.
    async fn commit(&mut self, project: &Arc<ProjectHandle>, requests: Vec<Pending>) -> Vec<Pending> {
        let all = requests.iter().flat_map(|request| request.scores.iter().copied()).collect();
        let scores = Arc::new(last_of_each(all, |score: &Score| (score.client_id, score.advertiser_id)));
        let project_id = project.id();
        let lines = lines(project_id, &requests, self.clock.now_ms());
        let upsert = self.store.write((Arc::clone(&scores), project_id, lines), |transaction, (scores, project_id, lines)| {
            Box::pin(async move {
                let rows = transaction.in_project(project_id);
                let former = rows.upsert_scores(&scores).await?;
                for line in &lines {
                    transaction.record(line).await?;
                }
                Ok(former)
            })
        });
        let former = upsert.await;
        // Whatever became of it: what is cached may be what was.
        self.audience.forget(project_id, scores.iter().map(|score| score.client_id));
        match former {
            Ok(former) => {
                let change = |score: &Score| (former.get(&(score.client_id, score.advertiser_id)).copied(), score.value);
                project.engine.rescore(scores.iter().map(change));
                answer_all(requests, &Ok(()));
            }
            Err(error) if error.code == Code::ClientNotFound => return requests,
            Err(error) => {
                if error.is_temporary() {
                    self.in_doubt.insert(project_id, Arc::clone(project));
                }
                answer_all(requests, &Err(error));
            }
        }
        Vec::new()
    }
}

/// What was set together leaves one line for each who set it, with the first of their requests.
fn lines(project_id: ProjectId, requests: &[Pending], now_ms: i64) -> Vec<Entry> {
    let mut counts: Vec<(&Origin, usize)> = Vec::new();
    for request in requests {
        let (origin, count) = (&request.origin, request.scores.len());
        match counts.iter_mut().find(|(known, _)| (known.actor, known.address) == (origin.actor, origin.address)) {
            Some((_, sum)) => *sum += count,
            None => counts.push((origin, count)),
        }
    }
    let line = |(origin, count): (&Origin, usize)| {
        let event = Event::in_project(project_id, Action::ScoresStored).to(json!({"scores": count}));
        Entry::now(event, origin.clone(), now_ms)
    };
    counts.into_iter().map(line).collect()
}

struct Known {
    clients: HashSet<ClientId>,
    advertisers: HashSet<AdvertiserId>,
}

impl Known {
    /// Why the request cannot be done, if it names someone who does not exist.
    fn refusal(&self, request: &Pending) -> Option<Error> {
        let mut refusal: Option<Error> = None;
        for (place, score) in request.scores.iter().enumerate() {
            let unknown_client = (!self.clients.contains(&score.client_id)).then_some((Code::ClientNotFound, "/client_id"));
            let unknown_advertiser =
                (!self.advertisers.contains(&score.advertiser_id)).then_some((Code::AdvertiserNotFound, "/advertiser_id"));
            for (code, pointer) in unknown_client.into_iter().chain(unknown_advertiser) {
                let fault = FieldError::new(pointer, "unknown", code.meaning());
                let fault = if request.is_bulk { fault.below(&format!("/{place}")) } else { fault };
                refusal.get_or_insert_with(|| Error::of(code)).fields.push(fault);
            }
        }
        refusal
    }
}

fn answer_all(requests: Vec<Pending>, answer: &Result<()>) {
    for request in requests {
        let again = |error: &Error| Err(Error::new(error.code, error.detail.clone()));
        drop(request.reply.send(answer.as_ref().map_or_else(again, |()| Ok(()))));
    }
}

fn below(place: usize, faults: Vec<FieldError>) -> impl Iterator<Item = FieldError> {
    let prefix = format!("/{place}");
    faults.into_iter().map(move |fault| fault.below(&prefix))
}

fn distinct<T: Eq + std::hash::Hash>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.collect::<HashSet<_>>().into_iter().collect()
}
