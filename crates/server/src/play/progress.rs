//! Progress bars on standard error; they hide themselves when that is no terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of so many steps.
pub(super) fn bar(steps: usize, title: impl Into<String>) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:16} {wide_bar} {pos}/{len} {per_sec} {eta}");
    ProgressBar::new(steps as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())).with_message(title.into())
}
