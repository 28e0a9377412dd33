//! Jobs: work that is done in the background, again after a failure, and seen by whoever waits for it.

use uuid::Uuid;

use crate::{Code, Error, FieldError, JobId, ProjectId, Result, UserId};

/// The longest input of a job: what is larger belongs into the object storage.
pub const MAX_PAYLOAD_BYTES: usize = 64 * 1024;
/// The longest key. With the name of its kind it fits a column.
pub const MAX_KEY_CHARS: usize = 200;
/// What is kept of an error.
pub const MAX_ERROR_CHARS: usize = 2_000;
/// What is kept of what a job says about its progress.
pub const MAX_MESSAGE_CHARS: usize = 255;

/// The pause after the first failure; it doubles with each further one.
const FIRST_PAUSE_MS: i64 = 5_000;
/// The longest pause.
const LONGEST_PAUSE_MS: i64 = 60 * 60 * 1_000;

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It will run when it is due.
    Waiting,
    /// A worker has it.
    Running,
    /// It has done what it was for.
    Done,
    /// It has failed for good. These are the dead letters.
    Dead,
    /// Somebody did not want it any more.
    Cancelled,
}

impl State {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Running, Self::Done, Self::Dead, Self::Cancelled];

    /// The state as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether it will still do something.
    #[must_use]
    pub fn is_active(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// How much is done, in whatever the job counts.
    pub done: i64,
    /// Of how much; `None`: it does not know.
    pub total: Option<i64>,
    /// In words; may be empty.
    pub message: String,
}

impl Progress {
    /// The same with numbers that are not negative and a message that fits its column.
    #[must_use]
    pub fn bounded(self) -> Self {
        Self {
            done: self.done.max(0),
            total: self.total.map(|total| total.max(0)),
            message: self.message.chars().filter(|character| !character.is_control()).take(MAX_MESSAGE_CHARS).collect(),
        }
    }
}

/// A job that is to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// What it does.
    pub kind: &'static str,
    /// For which project; `None`: for none.
    pub project_id: Option<ProjectId>,
    /// One job of its kind at a time has this key; `None`: any number.
    pub key: Option<String>,
    /// What it is given: JSON.
    pub payload: String,
    /// Who asked for it; `None`: Barker itself.
    pub user_id: Option<UserId>,
    /// How often it is tried in all.
    pub max_attempts: i32,
    /// From when on it may run, in milliseconds UTC; `None`: at once.
    pub due_at_ms: Option<i64>,
}

impl NewJob {
    /// The same job, for a project.
    #[must_use]
    pub fn in_project(self, project_id: ProjectId) -> Self {
        Self { project_id: Some(project_id), ..self }
    }

    /// The same job, of which one at a time exists with this key.
    #[must_use]
    pub fn keyed_by(self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self }
    }

    /// The same job, which somebody asked for.
    #[must_use]
    pub fn asked_by(self, user_id: UserId) -> Self {
        Self { user_id: Some(user_id), ..self }
    }

    /// The same job, not before that.
    #[must_use]
    pub fn due_at(self, due_at_ms: i64) -> Self {
        Self { due_at_ms: Some(due_at_ms), ..self }
    }

    /// The job, if it keeps its limits.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] naming `/payload` or `/key`.
    pub fn checked(self) -> Result<Self> {
        let mut faults = Vec::new();
        if self.payload.len() > MAX_PAYLOAD_BYTES {
            faults.push(FieldError::new("/payload", "length", format!("must be at most {MAX_PAYLOAD_BYTES} bytes")));
        }
        if self.key.as_ref().is_some_and(|key| key.is_empty() || key.chars().count() > MAX_KEY_CHARS) {
            faults.push(FieldError::new("/key", "length", format!("must be 1 to {MAX_KEY_CHARS} characters")));
        }
        crate::error::unless_faulty(self, faults)
    }
}

/// A job as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Made by Barker; grows with time.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// For which project; `None`: for none.
    pub project_id: Option<ProjectId>,
    /// One active job of its kind at a time has this key.
    pub key: Option<String>,
    /// Who asked for it; `None`: Barker itself.
    pub user_id: Option<UserId>,
    /// Where it is in its life.
    pub state: State,
    /// How often it was begun.
    pub attempts: i32,
    /// How often it is tried in all.
    pub max_attempts: i32,
    /// What it is given: JSON. Never shown.
    pub payload: String,
    /// What went wrong last.
    pub error: Option<String>,
    /// How far it is.
    pub progress: Progress,
    /// Whether somebody wants it to end.
    pub is_cancel_asked: bool,
    /// When it was asked for.
    pub created_at_ms: i64,
    /// From when on it may run.
    pub due_at_ms: i64,
    /// When it was last begun.
    pub started_at_ms: Option<i64>,
    /// When it was over.
    pub finished_at_ms: Option<i64>,
    /// Who has it: a name that no worker had before.
    pub worker: Option<Uuid>,
}

impl Job {
    /// Whether a failure is followed by another attempt.
    #[must_use]
    pub fn is_tried_again_after(&self, error: &Error) -> bool {
        self.attempts < self.max_attempts && !is_final(error.code)
    }
}

/// Whether another attempt would end in the same way.
fn is_final(code: Code) -> bool {
    matches!(code, Code::MailRefused | Code::InvalidRequest)
}

/// How long a job waits after that many attempts: doubling up to an hour, less up to a fifth, so that what failed together
/// does not come back together. `chance` is 0 to 1.
#[must_use]
pub fn pause_ms(attempts: i32, chance: f64) -> i64 {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(20);
    let whole = (FIRST_PAUSE_MS << doublings).min(LONGEST_PAUSE_MS);
    let percent_less = if chance > 0.0 { (chance.min(1.0) * 20.0).floor() } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, reason = "0 to 20")]
    let less = whole / 100 * percent_less as i64;
    whole - less
}

/// What is kept of an error: its text and its causes, as long as they may be.
#[must_use]
pub fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text.chars().take(MAX_ERROR_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> NewJob {
        let payload = "{}".to_owned();
        NewJob { kind: "test", project_id: None, key: None, payload, user_id: None, max_attempts: 3, due_at_ms: None }
    }

    #[test]
    fn pauses_double_up_to_an_hour_and_are_shortened_by_a_fifth_at_most() {
        let pauses = |chance| [1, 2, 3, 4, 10, 11, 12, i32::MAX].map(|attempts| pause_ms(attempts, chance));
        assert_eq!(pauses(0.0), [5_000, 10_000, 20_000, 40_000, 2_560_000, 3_600_000, 3_600_000, 3_600_000]);
        assert_eq!(pauses(1.0), [4_000, 8_000, 16_000, 32_000, 2_048_000, 2_880_000, 2_880_000, 2_880_000]);
        assert_eq!((pause_ms(0, f64::NAN), pause_ms(i32::MIN, 0.5)), (5_000, 4_500));
    }

    #[test]
    fn what_is_too_long_is_named() {
        assert!(job().keyed_by("k".repeat(MAX_KEY_CHARS)).checked().is_ok());
        let long = NewJob { payload: "x".repeat(MAX_PAYLOAD_BYTES + 1), ..job() }.keyed_by("");
        let fields: Vec<_> = long.checked().unwrap_err().fields.into_iter().map(|field| field.pointer).collect();
        assert_eq!(fields, ["/payload", "/key"]);
    }

    #[test]
    fn an_error_is_kept_with_its_causes_and_cut() {
        let error = Error::new(Code::Internal, "could not write").caused_by("the disk is full");
        assert_eq!(told(&error), "internal: could not write: the disk is full");
        assert_eq!(told(&Error::new(Code::Internal, "ы".repeat(5_000))).chars().count(), MAX_ERROR_CHARS);
    }

    #[test]
    fn a_message_stays_on_one_line_and_in_its_column() {
        let progress = Progress { done: -1, total: Some(-2), message: "a\nb".repeat(200) }.bounded();
        assert_eq!((progress.done, progress.total, progress.message.chars().count()), (0, Some(0), MAX_MESSAGE_CHARS));
        assert!(!progress.message.contains('\n'));
    }
}
