//! Reads of JPEG and PNG what they are and how large, and walks to their ends: a file that broke off is noticed.
//!
//! Pixels are not decoded. Formats: <https://www.w3.org/TR/png-3/> and <https://www.w3.org/Graphics/JPEG/itu-t81.pdf>, annex B.

use super::{ImageKind, MAX_BYTES, MAX_SIDE};
use crate::FieldError;

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Start of image, and the first byte of the marker that follows.
const JPEG_SIGNATURE: &[u8] = b"\xff\xd8\xff";

/// What an image is, without its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Image {
    /// How it is written.
    pub kind: ImageKind,
    /// Pixels from left to right, 1 to [`MAX_SIDE`].
    pub width: i32,
    /// Pixels from top to bottom, 1 to [`MAX_SIDE`].
    pub height: i32,
}

/// Why some bytes are no image that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There are none.
    Empty,
    /// There are more than [`MAX_BYTES`].
    TooLong,
    /// Neither of the two.
    Unknown,
    /// It begins well and its end is missing.
    CutOff,
    /// What stands in the middle cannot be.
    Damaged,
    /// A way of writing JPEG that browsers do not show.
    UnusualJpeg,
    /// It has so many pixels, width and height.
    Size(u32, u32),
}

impl Fault {
    /// The fault as it is told about a field.
    #[must_use]
    pub fn about(self, pointer: &str) -> FieldError {
        let (code, message) = match self {
            Self::Empty => ("required", "is empty; send the image as the body".to_owned()),
            Self::TooLong => ("length", format!("must be at most {MAX_BYTES} bytes long")),
            Self::Unknown => ("format", "must be a JPEG or a PNG image, sent as the body".to_owned()),
            Self::CutOff => ("format", "is cut off: the end of the image is missing".to_owned()),
            Self::Damaged => ("format", "is damaged: it begins like an image and cannot be one".to_owned()),
            Self::UnusualJpeg => ("format", "must be a baseline or progressive JPEG, which browsers show".to_owned()),
            Self::Size(width, height) => ("range", format!("must have 1 x 1 to {MAX_SIDE} x {MAX_SIDE} pixels; it has {width} x {height}")),
        };
        FieldError::new(pointer, code, message)
    }
}

/// Reads an image from its first byte to its end.
///
/// # Errors
/// The first [`Fault`] that is found.
pub fn read_image(bytes: &[u8]) -> Result<Image, Fault> {
    if bytes.is_empty() {
        return Err(Fault::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(Fault::TooLong);
    }
    let (kind, (width, height)) = if let Some(chunks) = bytes.strip_prefix(PNG_SIGNATURE) {
        (ImageKind::Png, read_png(chunks)?)
    } else if bytes.starts_with(JPEG_SIGNATURE) {
        (ImageKind::Jpeg, read_jpeg(Reader(&bytes[2..]))?)
    } else if [PNG_SIGNATURE, JPEG_SIGNATURE].iter().any(|signature| signature.starts_with(bytes)) {
        return Err(Fault::CutOff);
    } else {
        return Err(Fault::Unknown);
    };
    let side = |pixels: u32| i32::try_from(pixels).ok().filter(|pixels| (1..=MAX_SIDE).contains(pixels));
    let sides = side(width).zip(side(height)).ok_or(Fault::Size(width, height))?;
    Ok(Image { kind, width: sides.0, height: sides.1 })
}

/// What is left to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Fault::CutOff)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A whole number of so many bytes, the highest first.
    fn number(&mut self, count: usize) -> Result<u32, Fault> {
        Ok(self.take(count)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        self.take(1).map(|taken| taken[0])
    }
}

/// Chunks: the header first, the pixels in one or several, the end.
fn read_png(chunks: &[u8]) -> Result<(u32, u32), Fault> {
    let mut rest = Reader(chunks);
    let (mut size, mut has_pixels) = (None, false);
    loop {
        let length = usize::try_from(rest.number(4)?).map_err(|_| Fault::Damaged)?;
        let kind = rest.take(4)?;
        let mut content = Reader(rest.take(length)?);
        let _checksum = rest.take(4)?;
        match (kind, size) {
            (b"IHDR", None) if length == 13 => size = Some((content.number(4)?, content.number(4)?)),
            (b"IHDR", _) | (_, None) => return Err(Fault::Damaged),
            (b"IDAT", _) => has_pixels = true,
            (b"IEND", Some(size)) => return if has_pixels { Ok(size) } else { Err(Fault::Damaged) },
            _ => (),
        }
    }
}

/// Segments between markers: a frame's header, scans of pixels, the end.
fn read_jpeg(mut rest: Reader<'_>) -> Result<(u32, u32), Fault> {
    let (mut size, mut has_pixels) = (None, false);
    loop {
        match marker(&mut rest)? {
            END => return size.filter(|_| has_pixels).ok_or(Fault::Damaged),
            0x00 | START => return Err(Fault::Damaged),
            // Alone, without a segment.
            0x01 | 0xd0..=0xd7 => (),
            BASELINE..=PROGRESSIVE if size.is_some() => return Err(Fault::Damaged),
            BASELINE..=PROGRESSIVE => size = Some(frame(segment(&mut rest)?).map_err(|_| Fault::Damaged)?),
            // Other frames (lossless, arithmetic); between them stand tables.
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return Err(Fault::UnusualJpeg),
            SCAN => {
                segment(&mut rest)?;
                skip_pixels(&mut rest)?;
                has_pixels = true;
            }
            _ => segment(&mut rest).map(|_skipped| ())?,
        }
    }
}

/// Width and height of the header of a frame.
fn frame(mut header: Reader<'_>) -> Result<(u32, u32), Fault> {
    let _bits = header.number(1)?;
    let height = header.number(2)?;
    Ok((header.number(2)?, height))
}

const BASELINE: u8 = 0xc0;
const PROGRESSIVE: u8 = 0xc2;
const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;

/// The code of the marker that stands here, behind any number of fill bytes.
fn marker(rest: &mut Reader<'_>) -> Result<u8, Fault> {
    if rest.byte()? != 0xff {
        return Err(Fault::Damaged);
    }
    loop {
        match rest.byte()? {
            0xff => (),
            code => return Ok(code),
        }
    }
}

fn segment<'a>(rest: &mut Reader<'a>) -> Result<Reader<'a>, Fault> {
    let length = rest.number(2)? as usize;
    rest.take(length.checked_sub(2).ok_or(Fault::Damaged)?).map(Reader)
}

/// Goes on to the marker that ends a scan: the next one that is neither a stuffed byte nor a restart.
fn skip_pixels(rest: &mut Reader<'_>) -> Result<(), Fault> {
    let ends = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7);
    let length = rest.0.windows(2).position(ends).ok_or(Fault::CutOff)?;
    rest.take(length).map(drop)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chunk(kind: &[u8], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        // Checksums are the viewer's business.
        [&length[..], kind, content, b"\0\0\0\0"].concat()
    }

    pub(in crate::file) fn png(width: u32, height: u32) -> Vec<u8> {
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
        [PNG_SIGNATURE, &chunk(b"IHDR", &header), &chunk(b"tEXt", b"IEND"), &chunk(b"IDAT", b"\x78\x9c\0"), &chunk(b"IEND", b"")].concat()
    }

    fn part(code: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, code], &length[..], content].concat()
    }

    /// With a small picture inside its notes, whose end is not the end.
    pub(in crate::file) fn jpeg(width: u16, height: u16) -> Vec<u8> {
        jpeg_of(PROGRESSIVE, width, height)
    }

    fn jpeg_of(frame: u8, width: u16, height: u16) -> Vec<u8> {
        let header = [&[8], &height.to_be_bytes()[..], &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat();
        let notes = part(0xe1, b"Exif\0\0\xff\xd8\xff\xda\xff\xd9");
        let scan = [part(SCAN, &[1, 1, 0, 0, 63, 0]), b"\x12\xff\0\xff\xd3\x34".to_vec()].concat();
        let tables = part(0xc4, b"\xff\xd9");
        [&b"\xff\xd8"[..], &notes, b"\xff\xff", &part(frame, &header)[1..], &scan, &tables, &scan, b"\xff\xd9"].concat()
    }

    #[test]
    fn kind_and_size_are_read() {
        assert_eq!(read_image(&png(4_096, 1)), Ok(Image { kind: ImageKind::Png, width: 4_096, height: 1 }));
        for frame in [0xc0, 0xc1, 0xc2] {
            assert_eq!(read_image(&jpeg_of(frame, 640, 480)), Ok(Image { kind: ImageKind::Jpeg, width: 640, height: 480 }));
        }
        // Cameras append what they like.
        assert!(read_image(&[jpeg(2, 3), b"a film".to_vec()].concat()).is_ok());
    }

    #[test]
    fn what_is_no_image_or_too_large_is_told_apart() {
        for (bytes, fault) in [
            (Vec::new(), Fault::Empty),
            (vec![0xff; MAX_BYTES + 1], Fault::TooLong),
            (b"GIF89a".to_vec(), Fault::Unknown),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), Fault::Unknown),
            (b"--boundary\r\nContent-Disposition: form-data".to_vec(), Fault::Unknown),
            (png(4_097, 1), Fault::Size(4_097, 1)),
            (png(0, 1), Fault::Size(0, 1)),
            (png(u32::MAX, 1), Fault::Size(u32::MAX, 1)),
            (jpeg(1, 5_000), Fault::Size(1, 5_000)),
            (jpeg(1, 0), Fault::Size(1, 0)),
            (jpeg_of(0xc9, 2, 3), Fault::UnusualJpeg),
            ([PNG_SIGNATURE, &chunk(b"IDAT", b"")].concat(), Fault::Damaged),
            ([PNG_SIGNATURE, &png(1, 1)[8..33], &chunk(b"IEND", b"")].concat(), Fault::Damaged),
            (b"\xff\xd8\xff\xd9".to_vec(), Fault::Damaged),
            (b"\xff\xd8\xff\xe1\0\x01".to_vec(), Fault::Damaged),
        ] {
            assert_eq!(read_image(&bytes), Err(fault), "{:?}", bytes.get(..20));
        }
    }

    #[test]
    fn an_image_that_broke_off_anywhere_is_refused() {
        for whole in [png(20, 30), jpeg(20, 30)] {
            for length in 1..whole.len() {
                assert_eq!(read_image(&whole[..length]), Err(Fault::CutOff), "{length} of {}", whole.len());
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_whatever_are_more_than_refused(noise in prop::collection::vec(any::<u8>(), 0..300), place in 0_usize..200, of in 0_usize..3) {
            let begun = [Vec::<u8>::new(), png(20, 30), jpeg(20, 30)][of].clone();
            let bytes = [&begun[..place.min(begun.len())], &noise].concat();
            if let Ok(image) = read_image(&bytes) {
                prop_assert!((1..=MAX_SIDE).contains(&image.width) && (1..=MAX_SIDE).contains(&image.height));
            }
        }
    }
}
