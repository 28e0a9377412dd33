//! Answers that come step by step: a JSON document on each line.

use barker_domain::{Code, Error, Result};
use futures::{Stream, stream};
use serde::de::DeserializeOwned;

use super::silent;

/// The lines of an answer, as they come.
pub(super) fn read_lines<T: DeserializeOwned>(answer: reqwest::Response) -> impl Stream<Item = Result<T>> {
    stream::try_unfold((answer, Vec::new()), |(mut answer, mut text): (_, Vec<u8>)| async move {
        loop {
            if let Some(end) = text.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = text.drain(..=end).collect();
                let other = |error| Error::new(Code::Internal, "the running server speaks another version").caused_by(error);
                return Ok(Some((serde_json::from_slice(&line).map_err(other)?, (answer, text))));
            }
            match answer.chunk().await.map_err(silent)? {
                Some(more) => text.extend_from_slice(&more),
                None => return Ok(None),
            }
        }
    })
}
