//! Keys of rows as people read them: dates, hours with their offset, names.

use barker_domain::Day;
use barker_warehouse::question::{Dimension, Key};
use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};

use super::dimension::UNATTRIBUTED;

/// What a row is told by in one dimension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// The day, or the first day of the week or month.
    Day(Day),
    /// When the hour begins, and the offset of the project's clock then, in seconds.
    Hour(i64, i32),
    /// A name or an id.
    Text(String),
    /// No value here: not attributed, or not split this finely by its source.
    None,
}

impl Label {
    pub(super) fn of(key: &Key, dimension: &Dimension, time_zone: &TimeZone) -> Self {
        match key {
            Key::None => Self::None,
            Key::Text(text) => Self::Text(text.clone()),
            Key::Number(at_ms) if *dimension == Dimension::Hour => {
                let instant = Timestamp::from_millisecond(*at_ms).unwrap_or_default();
                Self::Hour(*at_ms, time_zone.to_offset(instant).seconds())
            }
            Key::Number(day) => Self::Day(Day(i32::try_from(*day).unwrap_or_default())),
        }
    }

    /// As the API and files write it.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Day(day) => day.date().to_string(),
            Self::Hour(at_ms, offset_seconds) => {
                let offset = Offset::from_seconds(*offset_seconds).unwrap_or(Offset::UTC);
                Timestamp::from_millisecond(*at_ms).unwrap_or_default().display_with_offset(offset).to_string()
            }
            Self::Text(text) => text.clone(),
            Self::None => UNATTRIBUTED.to_owned(),
        }
    }
}
