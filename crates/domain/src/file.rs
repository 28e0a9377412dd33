//! Files of a project: images that its ads show. What may be kept, and what it is called.

mod image;

use uuid::Uuid;

use crate::{FieldError, FileId, UserId};

pub use image::{Fault, Image, read_image};

/// Longest file, in bytes.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;
/// Most pixels of a side.
pub const MAX_SIDE: i32 = 4_096;
/// Most files of a project.
pub const MAX_PER_PROJECT: u64 = 5_000;

/// What a file holds: told by its first bytes, never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImageKind {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG, animated or not.
    Png,
}

impl ImageKind {
    /// Every kind there is.
    pub const ALL: [Self; 2] = [Self::Jpeg, Self::Png];

    /// Its media type (IANA), as it is stored and sent.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// What names of such files end with, without the dot.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// The kind of that media type.
    #[must_use]
    pub fn of_content_type(content_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.content_type() == content_type)
    }
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Made by Barker, never used again: whoever knows it may load the file.
    pub id: FileId,
    /// What it shows.
    pub image: Image,
    /// How long it is, in bytes.
    pub bytes: i32,
    /// SHA-256 of its bytes in hexadecimal; a project keeps the same bytes once.
    pub sha256: String,
    /// Who brought it.
    pub created_by: Option<UserId>,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
}

impl File {
    /// What it is called in addresses.
    #[must_use]
    pub fn name(&self) -> FileName {
        FileName { id: self.id, kind: self.image.kind }
    }
}

/// What a file is called: its id and an ending that says what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileName {
    /// Which file.
    pub id: FileId,
    /// What is in it.
    pub kind: ImageKind,
}

impl FileName {
    /// Reads a name as [`std::fmt::Display`] writes it, and no other way of writing it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, ending) = text.split_once('.')?;
        let kind = ImageKind::ALL.into_iter().find(|kind| kind.ending() == ending)?;
        let name = Self { id: FileId(Uuid::parse_str(id).ok()?), kind };
        (name.to_string() == text).then_some(name)
    }
}

impl std::fmt::Display for FileName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.id, self.kind.ending())
    }
}

/// Looks at what was sent, and at what its sender calls it.
///
/// # Errors
/// What is wrong with it, naming `/file` or `/Content-Type`.
pub fn examine(bytes: &[u8], content_type: Option<&str>) -> Result<Image, FieldError> {
    let image = read_image(bytes).map_err(|fault| fault.about("/file"))?;
    let declared = content_type.map(|text| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    match declared.as_deref() {
        // What many programs say of JPEG, though no list of types knows it.
        Some("image/jpg") if image.kind == ImageKind::Jpeg => Ok(image),
        Some(declared) if declared.starts_with("image/") && declared != image.kind.content_type() => {
            let message = format!("says {declared}, and the file is {}", image.kind.content_type());
            Err(FieldError::new("/Content-Type", "format", message))
        }
        _ => Ok(image),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::tests::{jpeg, png};

    #[test]
    fn a_name_is_written_in_one_way_only() {
        let name = FileName { id: FileId(Uuid::from_u128(0xa5)), kind: ImageKind::Png };
        assert_eq!(name.to_string(), "00000000-0000-0000-0000-0000000000a5.png");
        assert_eq!(FileName::parse(&name.to_string()), Some(name));
        for other in [
            "00000000-0000-0000-0000-0000000000A5.png",
            "000000000000000000000000000000a5.png",
            "{00000000-0000-0000-0000-0000000000a5}.png",
            "00000000-0000-0000-0000-0000000000a5.jpeg",
            "00000000-0000-0000-0000-0000000000a5",
            "../00000000-0000-0000-0000-0000000000a5.png",
            ".png",
            "",
        ] {
            assert_eq!(FileName::parse(other), None, "{other}");
        }
    }

    #[test]
    fn what_the_sender_calls_it_must_not_contradict_what_it_is() {
        let pointer = |bytes: &[u8], declared| examine(bytes, declared).map_err(|fault| fault.pointer);
        for declared in [None, Some("application/octet-stream"), Some("image/png"), Some("Image/PNG; charset=binary")] {
            assert_eq!(pointer(&png(2, 3), declared).map(|image| (image.width, image.height)), Ok((2, 3)), "{declared:?}");
        }
        assert!(pointer(&jpeg(2, 3), Some("image/jpg")).is_ok());
        for (bytes, declared) in [(png(2, 3), "image/jpeg"), (png(2, 3), "image/jpg"), (jpeg(2, 3), "image/png"), (jpeg(2, 3), "image/gif")]
        {
            assert_eq!(pointer(&bytes, Some(declared)), Err("/Content-Type".to_owned()), "{declared}");
        }
        assert_eq!(pointer(b"GIF89a", Some("image/gif")), Err("/file".to_owned()));
    }
}
