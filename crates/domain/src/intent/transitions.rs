//! Which ways an intent goes by the provider's own rules, and how long it lives.
//!
//! Source: the state tables of the four generations, joined. A statement may skip states that nobody told us, so a
//! way is listed when it can be walked in any number of steps. Everything else is applied all the same and marked
//! as outside the rules. From row to column; `.` stays, `yes` is listed, `out` is outside:
//!
//! ```text
//! from \ to             | requested | open | at_terminal | processing | awaiting_action | processed | abandoned | expired | failed | canceled | confirmation_required | finished
//! requested             | .         | yes  | yes         | yes        | yes             | yes       | yes       | yes     | yes    | yes      | yes                   | yes
//! open                  | out       | .    | yes         | yes        | yes             | yes       | yes       | yes     | yes    | yes      | yes                   | yes
//! at_terminal           | out       | out  | .           | yes        | out             | yes       | yes       | yes     | yes    | yes      | yes                   | yes
//! processing            | out       | out  | out         | .          | yes             | yes       | yes       | yes     | yes    | yes      | yes                   | yes
//! awaiting_action       | out       | out  | out         | yes        | .               | yes       | yes       | yes     | yes    | yes      | yes                   | yes
//! processed             | out       | out  | out         | out        | out             | .         | yes       | out     | yes    | yes      | yes                   | yes
//! abandoned             | out       | out  | out         | out        | out             | out       | .         | out     | out    | out      | out                   | out
//! expired               | out       | out  | out         | out        | out             | out       | out       | .       | out    | out      | out                   | out
//! failed                | out       | out  | out         | out        | out             | out       | out       | out     | .      | out      | out                   | out
//! canceled              | out       | out  | out         | out        | out             | out       | out       | out     | out    | .        | out                   | out
//! confirmation_required | out       | out  | out         | out        | out             | out       | out       | out     | out    | out      | .                     | out
//! finished              | out       | out  | out         | out        | out             | out       | out       | out     | out    | out      | out                   | .
//! ```

use chrono::TimeDelta;

use super::{Channel, Generation, Presumption, Progress, Standing};

impl Progress {
    /// Every progress, in the order of the rank.
    pub const ALL: [Self; 12] = [
        Self::Requested,
        Self::Open,
        Self::AtTerminal,
        Self::Processing,
        Self::AwaitingAction,
        Self::Processed,
        Self::Abandoned,
        Self::Expired,
        Self::Failed,
        Self::Canceled,
        Self::ConfirmationRequired,
        Self::Finished,
    ];

    /// Its name in reports, errors and the matrix above.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Open => "open",
            Self::AtTerminal => "at_terminal",
            Self::Processing => "processing",
            Self::AwaitingAction => "awaiting_action",
            Self::Processed => "processed",
            Self::Abandoned => "abandoned",
            Self::Expired => "expired",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::ConfirmationRequired => "confirmation_required",
            Self::Finished => "finished",
        }
    }

    /// Whether the provider's rules list the way from here to there. Any progress may be the first one heard of.
    #[must_use]
    pub fn leads_to(self, to: Self) -> bool {
        match self {
            Self::Requested => to != Self::Requested,
            Self::Open => to > Self::Open,
            Self::AtTerminal => to > Self::AtTerminal && to != Self::AwaitingAction,
            Self::Processing => to > Self::Processing,
            Self::AwaitingAction => to >= Self::Processing && to != Self::AwaitingAction,
            Self::Processed => to > Self::Processed && to != Self::Expired,
            Self::Abandoned
            | Self::Expired
            | Self::Failed
            | Self::Canceled
            | Self::ConfirmationRequired
            | Self::Finished => false,
        }
    }

    /// Whether the provider's rules list no way out of here.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Abandoned
            | Self::Expired
            | Self::Failed
            | Self::Canceled
            | Self::ConfirmationRequired
            | Self::Finished => true,
            Self::Requested
            | Self::Open
            | Self::AtTerminal
            | Self::Processing
            | Self::AwaitingAction
            | Self::Processed => false,
        }
    }

    /// Whether the provider takes a request to cancel: nothing has begun. On a terminal it is canceled on the
    /// terminal.
    #[must_use]
    pub fn is_cancelable(self, channel: Option<Channel>) -> bool {
        match self {
            Self::Requested | Self::Open => true,
            // Orders of a web shop are cancelable while they wait (Orders API, cancel).
            Self::AwaitingAction => channel == Some(Channel::Online),
            Self::AtTerminal
            | Self::Processing
            | Self::Processed
            | Self::Abandoned
            | Self::Expired
            | Self::Failed
            | Self::Canceled
            | Self::ConfirmationRequired
            | Self::Finished => false,
        }
    }
}

impl Standing {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Told(progress) => progress.name(),
            Self::Presumed(Presumption::Expired) => "presumed_expired",
            Self::Presumed(Presumption::Abandoned) => "presumed_abandoned",
            Self::Resolved(_) => "resolved",
        }
    }
}

impl Generation {
    /// How long an intent lives that tells no end of its own; `None` where nothing is documented.
    ///
    /// B tells no duration anywhere, so the hour of C stands in for it and is meant to be configured. C: one hour on a
    /// terminal, three months on a QR code (in-store intents, states). D: 15 minutes in person (Orders API,
    /// `expiration_time`); a web shop's orders live as long as their payment method.
    #[must_use]
    pub fn life(self, channel: Option<Channel>) -> Option<TimeDelta> {
        match (self, channel) {
            (Self::A, _) | (Self::D, Some(Channel::Online)) => None,
            // The longest three months there are.
            (Self::C, Some(Channel::Qr)) => Some(TimeDelta::days(92)),
            (Self::B | Self::C, _) => Some(TimeDelta::hours(1)),
            (Self::D, _) => Some(TimeDelta::minutes(15)),
        }
    }

    /// The word with which it ends an intent that outlived its life.
    #[must_use]
    pub fn presumes(self) -> Presumption {
        match self {
            Self::A | Self::B => Presumption::Abandoned,
            Self::C | Self::D => Presumption::Expired,
        }
    }
}
