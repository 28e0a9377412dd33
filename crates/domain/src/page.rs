//! A page of a list: which part of it a caller asks for, and what came back.

/// Rows on a page when the caller does not say.
pub const DEFAULT_SIZE: u64 = 50;
/// Most rows on one page.
pub const MAX_SIZE: u64 = 1_000;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Rows on a page, 1 to [`MAX_SIZE`].
    pub size: u64,
    /// Which page, from 1.
    pub number: u64,
}

impl Default for Page {
    fn default() -> Self {
        Self { size: DEFAULT_SIZE, number: 1 }
    }
}

impl Page {
    /// Rows before this page.
    #[must_use]
    pub fn offset(self) -> u64 {
        self.number.saturating_sub(1).saturating_mul(self.size)
    }

    /// The last page of a list of `total` rows; 1 for an empty one.
    #[must_use]
    pub fn last_number(self, total: u64) -> u64 {
        total.div_ceil(self.size).max(1)
    }
}

/// One page of a list, and how long the whole list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// Rows in the whole list.
    pub total: u64,
}
