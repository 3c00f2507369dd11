//! Times as callers write them.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Deserializer, de::Error};

/// A time in RFC 3339, with its offset, to the microsecond: what the database can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time(pub(super) DateTime<Utc>);

/// Nanoseconds from which on chrono means a leap second, which no database can tell from the next second.
const LEAP: u32 = 1_000_000_000;

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = DateTime::parse_from_rfc3339(&text).ok().map(|time| time.to_utc().trunc_subsecs(6));
        let known = time.filter(|time| time.timestamp_subsec_nanos() < LEAP);
        known.map(Self).ok_or_else(|| D::Error::custom("must be a time such as 2027-05-01T18:00:00Z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let time: Option<Time> = serde_json::from_value(text.into()).ok();
        time.map(|time| time.0.to_rfc3339())
    }

    #[test]
    fn a_time_is_kept_in_utc_to_the_microsecond() {
        let kept = read("2027-05-01T20:00:00.123456789+02:00");
        assert_eq!(kept.as_deref(), Some("2027-05-01T18:00:00.123456+00:00"));
    }

    #[test]
    fn a_time_without_offset_and_a_leap_second_are_refused() {
        for text in ["2027-05-01", "2027-05-01T20:00:00", "2016-12-31T23:59:60Z", "tomorrow", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
