//! How far a long command is: a bar on standard error with its rate and the time left, hidden when that is no terminal.

use std::sync::{Arc, Mutex, PoisonError};

use barker_app::backup::{Progress, Step, Told};
use indicatif::{ProgressBar, ProgressStyle};

/// Whoever works is given the first; the second is the bar that shows it.
pub(super) fn told() -> (Told, ProgressBar) {
    let bar = ProgressBar::no_length();
    let (shown, present) = (bar.clone(), Mutex::new(None));
    let told = move |Progress { step, done, total }: Progress| {
        let mut present = present.lock().unwrap_or_else(PoisonError::into_inner);
        if *present != Some(step) {
            *present = Some(step);
            shown.reset();
            shown.set_style(style(step));
        }
        shown.set_length(total);
        shown.set_position(done);
    };
    (Arc::new(told), bar)
}

fn style(step: Step) -> ProgressStyle {
    let template = match step {
        Step::Rows => "rows   {wide_bar} {human_pos}/{human_len}  {per_sec}  {eta}",
        Step::Files => "files  {wide_bar} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}",
        Step::Check => "check  {wide_bar} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}",
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
