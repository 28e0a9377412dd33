//! Whether and when a request is sent again. Pure: the waiting is done by `wire`.

use std::time::Duration;

/// Attempts per request, first one included: with the pauses below some ten seconds, enough for a server to restart.
const MAX_ATTEMPTS: u32 = 9;
/// The pause before the second attempt; it doubles from attempt to attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause that doubling leads to: a server that is back should not be kept waiting.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The longest pause that a server may ask for with Retry-After: more would look like a hanging run.
const LONGEST_REQUESTED_PAUSE: Duration = Duration::from_secs(15);

/// Whether the same request may be handled twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Twice is the same as once.
    Safe,
    /// Twice is not once: asking for an ad counts an impression, creating makes another campaign.
    OnlyIfUnhandled,
}

/// Why an attempt came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setback {
    /// 503 or 429 with Retry-After: the server has not handled it.
    Busy {
        /// What it asked for.
        retry_after: Duration,
    },
    /// No connection: the server has not seen it.
    NotConnected,
    /// Sent, at least in part, and not answered: the server may have handled it.
    Lost,
}

/// How long to wait before the next attempt; nothing when there must be none.
pub(super) fn pause(setback: Setback, repeat: Repeat, attempts_made: u32) -> Option<Duration> {
    if attempts_made >= MAX_ATTEMPTS {
        return None;
    }
    match (setback, repeat) {
        (Setback::Busy { retry_after }, _) => Some(retry_after.min(LONGEST_REQUESTED_PAUSE)),
        (Setback::NotConnected, _) | (Setback::Lost, Repeat::Safe) => Some(back_off(attempts_made)),
        (Setback::Lost, Repeat::OnlyIfUnhandled) => None,
    }
}

fn back_off(attempts_made: u32) -> Duration {
    let doublings = attempts_made.saturating_sub(1);
    FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_double_up_to_a_limit() {
        let pauses: Vec<u128> =
            (1..=7).filter_map(|made| pause(Setback::NotConnected, Repeat::Safe, made)).map(|pause| pause.as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1_600, 2_000, 2_000]);
    }

    #[test]
    fn a_request_that_may_have_been_handled_is_sent_again_only_when_that_is_safe() {
        assert_eq!(pause(Setback::Lost, Repeat::OnlyIfUnhandled, 1), None);
        assert!(pause(Setback::Lost, Repeat::Safe, 1).is_some());
        assert!(pause(Setback::NotConnected, Repeat::OnlyIfUnhandled, 1).is_some());
    }

    #[test]
    fn a_busy_server_gets_the_time_it_asks_for_within_reason() {
        let asked = |retry_after| pause(Setback::Busy { retry_after }, Repeat::OnlyIfUnhandled, 1);
        assert_eq!(asked(SECOND), Some(SECOND));
        assert_eq!(asked(SECOND * 3_600), Some(LONGEST_REQUESTED_PAUSE));
    }

    #[test]
    fn patience_ends() {
        for setback in [Setback::Busy { retry_after: SECOND }, Setback::NotConnected, Setback::Lost] {
            assert_eq!(pause(setback, Repeat::Safe, MAX_ATTEMPTS), None);
        }
    }
}
