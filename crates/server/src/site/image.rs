//! Images of ads: kept by browsers for ever, because a name never means other bytes; in parts to whoever asks for a part.
//!
//! Conditions and ranges as RFC 9110 has them (sections 13 and 14): of several ranges none is looked at, and all bytes are sent.

use std::ops::Range;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use barker_app::{App, file};
use barker_domain::{Code, Error, Result, file::FileName};
use barker_infra::object_storage::Object;

use crate::http::{
    input::FileNameInPath,
    permission::Visitor,
    problem::{Problem, ProblemDocument, Refusals},
};

/// A year, and no question in between.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Sites that isolate themselves show only what says that it may be shown anywhere.
const CROSS_ORIGIN: HeaderValue = HeaderValue::from_static("cross-origin");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Load an image
///
/// For anybody who knows its name. It may be kept for ever: what a name means never changes. Parts of it are sent to whoever
/// asks with `Range`.
#[utoipa::path(get, path = "/files/{name}", operation_id = "loadFile", tag = "Files",
    params(
        ("name" = String, Path, description = "What it is called: the end of its `image_url`.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d.png"),
        ("Range" = Option<String>, Header, description = "One range of bytes.", example = "bytes=0-1023"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of what one has.", example = "\"0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d\""),
    ),
    responses(
        (status = 200, description = "The image.",
            content((Vec<u8> = "image/png", example = json!("(bytes)")), (Vec<u8> = "image/jpeg", example = json!("(bytes)")))),
        (status = 206, description = "The part of it that `Content-Range` names.",
            content((Vec<u8> = "image/png", example = json!("(bytes)")), (Vec<u8> = "image/jpeg", example = json!("(bytes)")))),
        (status = 304, description = "It is the one that `If-None-Match` names."),
        (status = 416, body = ProblemDocument, content_type = "application/problem+json", description = "It ends before the range begins; `Content-Range` tells its length."),
        Refusals))]
pub(super) async fn load(visitor: Visitor, FileNameInPath(name): FileNameInPath, headers: HeaderMap) -> Result<Response, Problem> {
    let tag = format!("\"{}\"", name.id);
    if is_known(&headers, &tag) {
        file::get_length(&visitor.app, name).await?;
        return Ok((StatusCode::NOT_MODIFIED, described(name, &tag)?).into_response());
    }
    match asked_range(&headers, &tag) {
        Some(range) => load_part(&visitor.app, name, (range, &tag)).await,
        None => whole(file::open(&visitor.app, name, None).await?, (name, &tag)),
    }
}

async fn load_part(app: &App, name: FileName, (range, tag): (&str, &str)) -> Result<Response, Problem> {
    let length = file::get_length(app, name).await?;
    match Part::of(range, length) {
        Part::Whole => whole(file::open(app, name, None).await?, (name, tag)),
        Part::Bytes(range) => part(file::open(app, name, Some(range)).await?, (name, tag)),
        Part::Nothing => {
            let mut refusal = Problem(Error::of(Code::RangeNotSatisfiable)).into_response();
            refusal.headers_mut().insert(header::CONTENT_RANGE, text(format!("bytes */{length}"))?);
            Ok(refusal)
        }
    }
}

fn whole(object: Object, (name, tag): (FileName, &str)) -> Result<Response, Problem> {
    let mut headers = described(name, tag)?;
    headers.insert(header::CONTENT_LENGTH, object.head.size_bytes.into());
    Ok((headers, Body::from_stream(object.into_stream())).into_response())
}

fn part(object: Object, (name, tag): (FileName, &str)) -> Result<Response, Problem> {
    let (Range { start, end }, length) = (object.range.clone(), object.head.size_bytes);
    let mut headers = described(name, tag)?;
    headers.insert(header::CONTENT_LENGTH, (end - start).into());
    headers.insert(header::CONTENT_RANGE, text(format!("bytes {start}-{}/{length}", end - 1))?);
    Ok((StatusCode::PARTIAL_CONTENT, headers, Body::from_stream(object.into_stream())).into_response())
}

/// What every answer says of the image.
fn described(name: FileName, tag: &str) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(name.kind.content_type()));
    headers.insert(header::CACHE_CONTROL, FOR_EVER);
    headers.insert(header::ETAG, text(tag.to_owned())?);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(RESOURCE_POLICY, CROSS_ORIGIN);
    Ok(headers)
}

fn text(text: String) -> Result<HeaderValue> {
    HeaderValue::try_from(text).map_err(|error| Error::new(Code::Internal, "a header of a file cannot be written").caused_by(error))
}

/// Whether the caller has it already.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// The range that is asked for, unless it is of something else than there is.
fn asked_range<'a>(headers: &'a HeaderMap, tag: &str) -> Option<&'a str> {
    let is_of_this = headers.get(header::IF_RANGE).is_none_or(|of| of == tag);
    headers.get(header::RANGE).filter(|_| is_of_this)?.to_str().ok()
}

/// What a `Range` asks for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// Everything: it is not understood, or names several.
    Whole,
    /// At least one byte.
    Bytes(Range<u64>),
    /// None that there is.
    Nothing,
}

impl Part {
    fn of(range: &str, length: u64) -> Self {
        let bounds = range.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-'));
        let is_number = |bound: &str| bound.bytes().all(|byte| byte.is_ascii_digit());
        let Some((first, last)) = bounds.filter(|(first, last)| is_number(first) && is_number(last)) else { return Self::Whole };
        // More digits than a number has lead beyond every end.
        let [from, to] = [first, last].map(|bound| bound.parse().unwrap_or(u64::MAX));
        let bytes = match (first.is_empty(), last.is_empty()) {
            (true, true) => return Self::Whole,
            (true, false) => length.saturating_sub(to)..length,
            (false, true) => from..length,
            (false, false) if to < from => return Self::Whole,
            (false, false) => from..to.saturating_add(1).min(length),
        };
        if bytes.is_empty() { Self::Nothing } else { Self::Bytes(bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        let cases = [
            ("bytes=0-0", Part::Bytes(0..1)),
            ("bytes=2-4", Part::Bytes(2..5)),
            ("bytes=2-", Part::Bytes(2..10)),
            ("bytes=-3", Part::Bytes(7..10)),
            ("bytes=-30", Part::Bytes(0..10)),
            ("bytes=9-99999999999999999999", Part::Bytes(9..10)),
            ("bytes=10-", Part::Nothing),
            ("bytes=99999999999999999999-", Part::Nothing),
            ("bytes=-0", Part::Nothing),
            ("bytes=4-2", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=0-1,4-5", Part::Whole),
            ("bytes", Part::Whole),
            ("items=0-1", Part::Whole),
            ("", Part::Whole),
        ];
        for (range, part) in cases {
            assert_eq!(Part::of(range, 10), part, "{range}");
        }
        assert_eq!(Part::of("bytes=-1", 0), Part::Nothing);
    }

    #[test]
    fn whoever_has_it_says_so_in_any_of_several_ways() {
        let known = |tags: &str| {
            let headers = [(header::IF_NONE_MATCH, HeaderValue::try_from(tags).unwrap())].into_iter().collect();
            is_known(&headers, "\"a\"")
        };
        assert!(["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"].into_iter().all(known));
        assert!(!["\"b\"", "a", ""].into_iter().any(known));
    }
}
