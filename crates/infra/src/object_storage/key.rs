//! Keys of objects: `images/01a2/plush-bear.png`. Folders, and a file whose ending says what is in it.
//!
//! A folder has no dot and a file has one. So no key is a folder of another, nothing climbs out of its place, and every
//! key is a path on every file system. The content type follows from the ending and is kept nowhere else.

use object_store::path::Path;

/// Longest key; S3 takes 1,024 bytes.
const MAX_KEY_BYTES: usize = 800;
/// Longest part of it; file systems take 255, and a name of a file in the making is longer.
const MAX_PART_BYTES: usize = 200;

/// What an ending means (IANA media types). Any other is bytes.
const CONTENT_TYPES: &[(&str, &str)] = &[
    ("csv", "text/csv; charset=utf-8"),
    ("gif", "image/gif"),
    ("gz", "application/gzip"),
    ("html", "text/html; charset=utf-8"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("jsonl", "application/jsonl"),
    ("mp4", "video/mp4"),
    ("parquet", "application/vnd.apache.parquet"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("txt", "text/plain; charset=utf-8"),
    ("webp", "image/webp"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
    ("zst", "application/zstd"),
];

/// Where an object is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

/// Where some objects are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Folder(String);

impl Key {
    /// A key from its text, `None` if it is none: parts of ASCII letters, digits, `-`, `_` and `=` with `/` between them,
    /// of which the last one has dots within.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (folder, file) = text.rsplit_once('/').unwrap_or(("", text));
        let is_folder = folder.is_empty() && !text.starts_with('/') || is_folder(folder);
        let is_file = file.contains('.') && file.split('.').all(is_word) && file.len() <= MAX_PART_BYTES;
        (is_folder && is_file && text.len() <= MAX_KEY_BYTES).then(|| Self(text.to_owned()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the bytes are, for the header `Content-Type`.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        let ending = self.0.rsplit('.').next().unwrap_or_default();
        let known = CONTENT_TYPES.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known));
        known.map_or("application/octet-stream", |(_, content_type)| content_type)
    }

    pub(super) fn path(&self) -> Path {
        Path::from(self.as_str())
    }
}

impl Folder {
    /// The folder that holds everything.
    #[must_use]
    pub fn root() -> Self {
        Self(String::new())
    }

    /// A folder from its text, `None` if it is none: parts of ASCII letters, digits, `-`, `_` and `=` with `/` between.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (is_folder(text) && text.len() <= MAX_KEY_BYTES).then(|| Self(text.to_owned()))
    }

    pub(super) fn path(&self) -> Path {
        Path::from(self.0.as_str())
    }
}

fn is_folder(text: &str) -> bool {
    text.split('/').all(|part| is_word(part) && part.len() <= MAX_PART_BYTES)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_folders_and_a_file_with_an_ending() {
        for text in ["a.png", "images/01a2-b/Plush_Bear.PNG", "day=2026-11-20/part-0.json.gz"] {
            assert_eq!(Key::parse(text).map(|key| key.as_str().to_owned()).as_deref(), Some(text));
            assert_eq!(Key::parse(text).map(|key| key.path().to_string()).as_deref(), Some(text), "nothing is encoded");
        }
        for text in ["images", "images/01a2"] {
            assert!(Folder::parse(text).is_some() && Key::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn nothing_climbs_out_or_means_something_to_a_file_system() {
        let strange = [
            "",
            ".",
            "..",
            "/",
            "../a.png",
            "a/../b.png",
            "/etc/passwd.txt",
            "a//b.png",
            "a.b/c.png",
            ".hidden",
            "a.",
            "a..png",
            "a/.png",
            "a b.png",
            "a\\b.png",
            "a\0.png",
            "a\n.png",
            "%2e%2e/a.png",
            "a#1.png",
            "a?.png",
            "a*.png",
            "C:/a.png",
            "фото.png",
            "~/a.png",
        ];
        for text in strange {
            assert_eq!(Key::parse(text), None, "{text:?}");
            assert_eq!(Folder::parse(text), None, "{text:?}");
        }
        assert_eq!(Key::parse(&format!("{}.png", "a".repeat(MAX_PART_BYTES))), None);
        assert_eq!(Key::parse(&format!("{}/a.png", "a".repeat(MAX_PART_BYTES + 1))), None);
        assert_eq!(Key::parse(&format!("{}a.png", "abc/".repeat(200))), None);
    }

    #[test]
    fn the_ending_says_what_is_in_it() {
        let content_type = |text| Key::parse(text).unwrap().content_type();
        assert_eq!(content_type("a.JPG"), "image/jpeg");
        assert_eq!(content_type("a.json.gz"), "application/gzip");
        assert_eq!(content_type("a.tar"), "application/octet-stream");
    }
}
