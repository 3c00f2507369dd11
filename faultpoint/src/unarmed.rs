//! What a program that is shipped has: nothing.

use std::{
    future::{Ready, ready},
    io,
};

use crate::{Point, Sabotage};

/// Nothing happens.
#[inline]
pub fn reach(_: Point) -> Ready<()> {
    ready(())
}

/// Nothing happens.
///
/// # Errors
/// None.
#[inline]
pub fn pass(_: Point) -> Ready<io::Result<()>> {
    ready(Ok(()))
}

/// No guard is off.
#[inline]
#[must_use]
pub const fn sabotaged(_: Sabotage) -> bool {
    false
}

/// The clock is right.
#[inline]
#[must_use]
pub const fn clock_skew_milliseconds() -> i64 {
    0
}
