//! Where time comes from. The clock is handed in everywhere, so that tests decide what time it is.

use std::sync::Arc;

/// A source of the present, in milliseconds UTC since 1970-01-01.
pub trait Clock: std::fmt::Debug + Send + Sync + 'static {
    /// Now, in milliseconds UTC.
    fn now_ms(&self) -> i64;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where time enters")]
    fn now_ms(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond()
    }
}

/// A clock that anyone may hold.
pub type SharedClock = Arc<dyn Clock>;
