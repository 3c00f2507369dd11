//! The rules of the box office: no I/O, no clock, no randomness.
