//! Amounts of money: whole minor units beside a currency, never a fraction, never a silent overflow.

use std::fmt;

pub use iso_currency::Currency;
use serde::{Deserialize, Serialize};

/// The highest tax, in basis points: 100 %.
pub const MAX_TAX_BASIS_POINTS: u16 = 10_000;

/// An amount in a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// The amount in the currency's minor unit: cents, pence; whole yen.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// So many minor units of a currency.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The sum, unless it lies beyond what an amount can hold or the currencies differ.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let minor = self.minor.checked_add(other.minor)?;
        (self.currency == other.currency).then_some(Self { minor, ..self })
    }

    /// The tax on this amount: basis points are hundredths of a percent. Rounded up to the minor unit, once per
    /// order, so that an order of many lines is not taxed by many roundings.
    #[must_use]
    pub fn tax(self, basis_points: u16) -> Option<Self> {
        let hundredths = i128::from(self.minor) * i128::from(basis_points);
        // Prices are never negative, so adding one less than the divisor rounds up.
        let minor = i64::try_from((hundredths + 9_999).div_euclid(10_000)).ok()?;
        Some(Self { minor, ..self })
    }
}

/// As people write it: `21.40 EUR`, `500 JPY`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.currency.code();
        let places = self.currency.exponent().unwrap_or_default();
        let unit = 10_u64.saturating_pow(u32::from(places));
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        let (whole, part) = (minor / unit, minor % unit);
        match places {
            0 => write!(f, "{sign}{whole} {code}"),
            1.. => write!(f, "{sign}{whole}.{part:0width$} {code}", width = usize::from(places)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euro(minor: i64) -> Money {
        Money { minor, currency: Currency::EUR }
    }

    #[test]
    fn tax_is_rounded_up_to_the_minor_unit() {
        assert_eq!(euro(100).tax(1_900), Some(euro(19)));
        assert_eq!(euro(101).tax(1_900), Some(euro(20)));
        assert_eq!(euro(1).tax(1), Some(euro(1)));
        assert_eq!(euro(0).tax(10_000), Some(euro(0)));
        assert_eq!(euro(i64::MAX).tax(10_000), Some(euro(i64::MAX)));
    }

    #[test]
    fn a_sum_beyond_i64_is_no_sum() {
        assert_eq!(euro(i64::MAX).checked_add(euro(1)), None);
    }

    #[test]
    fn an_amount_has_as_many_places_as_its_currency() {
        let written = |minor, currency| Money::new(minor, currency).to_string();
        assert_eq!(written(2_140, Currency::EUR), "21.40 EUR");
        assert_eq!(written(5, Currency::EUR), "0.05 EUR");
        assert_eq!(written(-5, Currency::EUR), "-0.05 EUR");
        assert_eq!(written(-250, Currency::USD), "-2.50 USD");
        assert_eq!(written(500, Currency::JPY), "500 JPY");
        assert_eq!(written(1_234_567, Currency::KWD), "1234.567 KWD");
        assert_eq!(written(i64::MAX, Currency::EUR), "92233720368547758.07 EUR");
        assert_eq!(written(i64::MIN, Currency::EUR), "-92233720368547758.08 EUR");
    }

    #[test]
    fn currencies_do_not_mix() {
        assert_eq!(euro(1).checked_add(Money { minor: 1, currency: Currency::USD }), None);
    }
}
