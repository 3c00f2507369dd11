//! Identifiers, one type each so that they can't be mistaken for one another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::Currency;

/// A text that is not the identifier it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid identifier")]
pub struct ParseIdError;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The identifier as a plain UUID.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            /// Accepts only the hyphenated form, so that one id has one spelling.
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let id = Uuid::try_parse(text).map_err(|_| ParseIdError)?;
                if text.len() == 36 { Ok(Self(id)) } else { Err(ParseIdError) }
            }
        }
    };
}

uuid_id!(
    /// A person who signs in: customer, organizer, operator or admin.
    UserId
);
uuid_id!(
    /// A show; also names its inventory.
    ShowId
);
uuid_id!(
    /// An order.
    OrderId
);
uuid_id!(
    /// The payment of an order.
    PaymentId
);
uuid_id!(
    /// A customer's money here, in one currency.
    AccountId
);

/// Names accounts among all `UUIDv5`s.
const ACCOUNTS: Uuid = Uuid::from_u128(0x3f0b_52d4_0d0a_4d9c_8b61_1f6a_7e55_20c4);

impl AccountId {
    /// The one account that a user can have in a currency: who knows both has the id, and a second account can't be
    /// opened.
    #[must_use]
    pub fn of(user: UserId, currency: Currency) -> Self {
        Self(Uuid::new_v5(&ACCOUNTS, format!("{user}/{}", currency.code()).as_bytes()))
    }
}

/// A ticket's code: 128 random bits, written as 26 characters of Crockford's base 32.
///
/// The code is the only thing a ticket's holder has to show, so it must not be guessable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TicketCode(u128);

/// <https://www.crockford.com/base32.html>
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl TicketCode {
    /// A code from 128 bits, which the caller drew at random.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The 128 bits.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }
}

impl fmt::Display for TicketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(26);
        for place in (0..26).rev() {
            let digit = usize::try_from((self.0 >> (place * 5)) & 31).unwrap_or_default();
            text.push(char::from(CROCKFORD[digit]));
        }
        f.pad(&text)
    }
}

impl FromStr for TicketCode {
    type Err = ParseIdError;

    /// Reads upper and lower case; a code that does not fit 128 bits is refused.
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        if text.len() != 26 {
            return Err(ParseIdError);
        }
        text.bytes()
            .try_fold(0u128, |bits, byte| {
                let digit =
                    CROCKFORD.iter().position(|&c| c == byte.to_ascii_uppercase()).ok_or(ParseIdError)?;
                let shifted = bits.checked_mul(32).ok_or(ParseIdError)?;
                Ok(shifted | digit as u128)
            })
            .map(Self)
    }
}

impl Serialize for TicketCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TicketCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_code_is_read_as_it_was_written() {
        for bits in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            let code = TicketCode::from_bits(bits);
            assert_eq!(code.to_string().parse(), Ok(code));
            assert_eq!(code.to_string().to_lowercase().parse(), Ok(code));
        }
    }

    #[test]
    fn a_ticket_code_beyond_128_bits_is_refused() {
        assert_eq!("ZZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<TicketCode>(), Err(ParseIdError));
    }

    #[test]
    fn an_id_has_one_spelling() {
        let id = OrderId::from(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.uuid().simple().to_string().parse::<OrderId>(), Err(ParseIdError));
    }
}
