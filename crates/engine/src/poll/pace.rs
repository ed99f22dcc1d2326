//! One read after the other: the provider allows about one read of a charge request a second.

use std::time::Duration;

use tokio::time::Instant;

/// When the next read may begin.
#[derive(Default, Debug)]
pub(super) struct Pace {
    next: Option<Instant>,
}

impl Pace {
    /// Takes the next turn: not before now, and no sooner than a pause after the turn before.
    pub(super) fn turn(&mut self, now: Instant, pause: Duration) -> Instant {
        let turn = self.next.map_or(now, |next| next.max(now));
        self.next = Some(turn + pause);
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_a_pause_apart_and_an_idle_time_is_not_saved_up() {
        let (now, second) = (Instant::now(), Duration::from_secs(1));
        let mut pace = Pace::default();
        assert_eq!(pace.turn(now, second), now);
        assert_eq!(pace.turn(now, second), now + second);
        assert_eq!(pace.turn(now + second / 2, second), now + 2 * second);
        let later = now + 60 * second;
        assert_eq!(pace.turn(later, second), later);
        assert_eq!(pace.turn(later, second), later + second);
    }
}
