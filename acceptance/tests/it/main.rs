#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod auditor;
mod campaign;
mod cards;
mod cli;
mod controls;
mod doctor;
mod evidence;
mod explained;
mod faults;
mod invariants;
mod life;
mod moving;
mod older_programs;
mod privacy;
mod readme;
mod rebuilds;
mod roles;
mod support;
mod up;
