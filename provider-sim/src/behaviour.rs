//! What a charge's amount asks the provider to do. The table is in the crate's documentation.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How the amount chooses: its last two digits, in minor units.
const ROWS: i64 = 100;
/// The longest that row 90 can choose, in seconds.
const LONGEST_CHOICE: i64 = 1_000;
/// How long the rows that are pending for a moment are.
const MOMENT: TimeDelta = TimeDelta::seconds(2);
/// How long nobody is answered, and when, in the middle of it, the bank decides: later than a client waits.
pub(crate) const SILENCE: TimeDelta = TimeDelta::seconds(10);
const DECIDED_IN_SILENCE: TimeDelta = TimeDelta::seconds(5);

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Approve,
    Decline(Decline),
    /// Nobody is answered while the bank decides.
    Silent(Settling),
    NoticeThrice,
    StaleNotice,
    NoticeFirst,
    /// A wrong word first, then the right one.
    SaysFailedFirst(Settling),
    SaysFailedAfter,
    Pending(Settling),
    PendingForEver,
    BusyThrice,
    RefundFailsTwice,
    RefundWaits(TimeDelta),
    RefundFailsOnce(TimeDelta),
    TooFastOnce,
    CutOnce,
}

/// Why the bank does not pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decline {
    InsufficientFunds,
    CardDeclined,
}

/// How and when the bank decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settling {
    pub(crate) after: TimeDelta,
    pub(crate) succeeds: bool,
}

impl Behaviour {
    /// The row of an amount in minor units.
    pub(crate) fn of(amount: i64) -> Self {
        let settling = |after, succeeds| Settling { after, succeeds };
        match amount.rem_euclid(ROWS) {
            80 => Self::Decline(Decline::InsufficientFunds),
            81 => Self::Decline(Decline::CardDeclined),
            82 => Self::Silent(settling(DECIDED_IN_SILENCE, true)),
            83 => Self::Silent(settling(DECIDED_IN_SILENCE, false)),
            84 => Self::NoticeThrice,
            85 => Self::StaleNotice,
            86 => Self::NoticeFirst,
            87 => Self::SaysFailedFirst(settling(MOMENT, true)),
            88 => Self::SaysFailedAfter,
            89 => Self::Pending(settling(MOMENT, true)),
            90 => {
                let seconds = (amount / ROWS).rem_euclid(LONGEST_CHOICE);
                Self::Pending(settling(TimeDelta::seconds(seconds), true))
            }
            91 => Self::Pending(settling(MOMENT, false)),
            92 => Self::PendingForEver,
            93 => Self::BusyThrice,
            94 => Self::RefundFailsTwice,
            95 => Self::RefundWaits(MOMENT),
            96 => Self::TooFastOnce,
            97 => Self::CutOnce,
            98 => Self::RefundFailsOnce(MOMENT),
            _ => Self::Approve,
        }
    }

    /// Whether the bank has it in hand while it is pending, so that nobody can call it off.
    pub(crate) fn is_firm(self) -> bool {
        matches!(self, Self::Silent(_) | Self::SaysFailedFirst(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_digits_choose_and_row_90_reads_the_rest() {
        for amount in [1, 100, 1_279, 99, 4_499] {
            assert_eq!(Behaviour::of(amount), Behaviour::Approve, "{amount}");
        }
        assert_eq!(Behaviour::of(2_480), Behaviour::Decline(Decline::InsufficientFunds));
        let after =
            |seconds| Behaviour::Pending(Settling { after: TimeDelta::seconds(seconds), succeeds: true });
        assert_eq!(Behaviour::of(30_090), after(300));
        assert_eq!(Behaviour::of(100_590), after(5));
    }
}
