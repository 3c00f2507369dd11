//! What people call a seat.

use std::str::FromStr;

use domain::{Code, SeatName, SeatRef, show::Layout};

/// A seat as it is named: `A-1`, or `STALLS/A-1` where several sections have such a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    section: Option<Code>,
    name: SeatName,
}

/// A text that names no seat.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no seat")]
pub struct ParseSeatError(String);

/// A seat that is not to be found in a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownSeat {
    /// There is none.
    #[error("the show had no seat {0}")]
    None(SeatName),
    /// There are several.
    #[error("several sections have a row {0}")]
    Several(Code),
    /// The section has no numbered seats, so no place in it can be told from another.
    #[error("section {0} sells by quantity: its places have no names")]
    Nameless(Code),
}

impl FromStr for Seat {
    type Err = ParseSeatError;

    fn from_str(text: &str) -> Result<Self, ParseSeatError> {
        let wrong = || ParseSeatError(text.to_owned());
        let (section, name) = match text.split_once('/') {
            Some((section, name)) => (Some(section.parse().map_err(|_| wrong())?), name),
            None => (None, text),
        };
        Ok(Self { section, name: name.parse().map_err(|_| wrong())? })
    }
}

impl Seat {
    /// The seat in a plan.
    pub(super) fn find(self, layout: &Layout) -> Result<SeatRef, UnknownSeat> {
        let unknown = UnknownSeat::None(self.name);
        let section = if let Some(code) = self.section {
            layout.section(code).ok_or(unknown.clone())?
        } else {
            let of_row = layout.section_of_row(self.name.row).ok_or(unknown.clone())?;
            of_row.ok_or(UnknownSeat::Several(self.name.row))?
        };
        if !section.is_numbered() {
            return Err(UnknownSeat::Nameless(section.code));
        }
        if section.has(self.name) {
            Ok(SeatRef { section: section.code, seat: Some(self.name) })
        } else {
            Err(unknown)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_named_with_its_section_or_without() {
        let name = "A-1".parse().unwrap();
        assert_eq!("A-1".parse(), Ok(Seat { section: None, name }));
        let section = Some("STALLS".parse().unwrap());
        assert_eq!("STALLS/A-1".parse(), Ok(Seat { section, name }));
        for wrong in ["", "A", "A-0", "A-01", "/A-1", "STALLS/", "STALLS A-1", "X/STALLS/A-1"] {
            assert!(wrong.parse::<Seat>().is_err(), "{wrong}");
        }
    }
}
