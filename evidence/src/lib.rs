//! That the log is what it was.
//!
//! A hash chain shows whoever changed an event without changing all that follow. It does not show a tail that was cut
//! off, nor a chain that was computed anew from some point by somebody who owns the database. Signed checkpoints do,
//! kept where the database's owner can't change them: each says how the log looked up to a position, and holds the root
//! of a Merkle tree, so that a single event can be proven without the log.
//!
//! [`merkle`], [`checkpoint`], [`proof`] and [`key`] are pure: what they say follows from bytes.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod checkpoint;
mod fault;
mod hexadecimal;
pub mod issue;
pub mod key;
pub mod merkle;
mod noted;
pub mod proof;
mod prove;
mod run;
mod succession;
pub mod target;
mod verify;
mod versions;
mod walk;
mod witnesses;

pub use checkpoint::{Checkpoint, Signed};
pub use fault::{Fault, VerifyError};
pub use issue::{IssueError, Issuer, IssuerOptions};
pub use key::{KeyError, PublicKey, SigningKey, TrustedKeys};
pub use proof::{Proof, ProofFault, Proven};
pub use prove::{ProveError, prove};
pub use run::{IssuerStatus, LEASE, run};
pub use succession::Distrust;
pub use target::{Target, TargetError};
pub use verify::{Checkpoints, Report, Scope, head_behind, verify};
