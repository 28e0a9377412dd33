//! Query parameters, read by name.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Query as AxumQuery},
    http::request::Parts,
};
use barker_domain::{Code, Day, Error, FieldError, Result, error::unless_faulty};
use uuid::Uuid;

use crate::problem::Problem;

/// The query parameters, read by name.
#[derive(Debug, Clone)]
pub struct Query(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = |_| Error::new(Code::InvalidRequest, "the query is not well-formed");
        let AxumQuery(pairs) = AxumQuery::<Vec<(String, String)>>::from_request_parts(parts, state).await.map_err(malformed)?;
        Ok(Self(pairs))
    }
}

impl Query {
    /// The parameter's text, `None` when it is absent. Of several, the last counts.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What is searched for; `None` when nothing is.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] when no text contains it, and databases choke on it.
    pub fn search(&self) -> Result<Option<String>> {
        Ok(self.exactly("search")?.filter(|search| !search.is_empty()))
    }

    /// A text that is compared to the letter; `None` when it is absent.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] naming it, as for [`Query::search`].
    pub fn exactly(&self, name: &str) -> Result<Option<String>> {
        let text = self.text(name);
        if text.is_some_and(|text| text.contains('\0')) {
            return Err(Error::invalid(vec![FieldError::new(format!("/{name}"), "format", "must not contain U+0000")]));
        }
        Ok(text.map(str::to_owned))
    }

    /// Every parameter, in the order of the query.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Refuses what is no parameter here: a name that is misspelt would be answered as if it were not there.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] naming each, with those that there are.
    pub fn refuse_others(&self, known: &[&str]) -> Result<()> {
        let mut others: Vec<_> = self.pairs().map(|(name, _)| name).filter(|name| !known.contains(name)).collect();
        others.sort_unstable();
        others.dedup();
        let message = if known.is_empty() { "there are no parameters".to_owned() } else { format!("is none of {}", known.join(", ")) };
        let faults = others.into_iter().map(|name| FieldError::new(format!("/{name}"), "unknown", message.clone()));
        unless_faulty((), faults.collect())
    }

    /// A parameter that is read by its type.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] naming it when it is not `expected`.
    pub fn parsed<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>> {
        let refuse = |_| Error::invalid(vec![FieldError::new(format!("/{name}"), "type", format!("must be {expected}"))]);
        self.text(name).map(|text| text.parse().map_err(refuse)).transpose()
    }

    /// One of some words, each with what it means.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] naming it and the words.
    pub fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let known = choices.iter().find(|(word, _)| *word == text).map(|(_, meaning)| Some(*meaning));
        known.ok_or_else(|| {
            let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
            Error::invalid(vec![FieldError::new(format!("/{name}"), "enum", format!("must be one of {}", words.join(", ")))])
        })
    }

    /// An instant as RFC 3339 writes it, in milliseconds UTC.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] naming it.
    pub fn instant(&self, name: &str) -> Result<Option<i64>> {
        let instant = self.parsed::<jiff::Timestamp>(name, "an instant like 2026-12-31T23:59:59Z")?;
        Ok(instant.map(jiff::Timestamp::as_millisecond))
    }

    /// A date like `2026-12-31`.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] naming it.
    pub fn day(&self, name: &str) -> Result<Option<Day>> {
        let refuse = || Error::invalid(vec![FieldError::new(format!("/{name}"), "format", "must be a day like 2026-12-31")]);
        self.text(name).map(|text| Day::parse(text).ok_or_else(refuse)).transpose()
    }

    /// An id that must be there.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] naming it.
    pub fn required_id<T: From<Uuid>>(&self, name: &str) -> Result<T> {
        let missing = || Error::invalid(vec![FieldError::new(format!("/{name}"), "required", "is required")]);
        self.parsed::<Uuid>(name, "a UUID")?.map(T::from).ok_or_else(missing)
    }
}
