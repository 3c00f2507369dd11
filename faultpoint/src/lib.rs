//! Places where tests make the program fail, and guards that they switch off.
//!
//! Without the feature `armed` every function here is a constant that the compiler removes: a program that is shipped
//! can be neither killed nor sabotaged this way. Test crates turn the feature on as a *dev*-dependency, so that a
//! program which is built beside tests has it, and `cargo build --bin stagedoor` has not.
//!
//! An armed program does nothing by itself either. It obeys three variables of its environment:
//!
//! - [`POINTS`]: rules by semicolon, each `point=action`, `point=action@trigger`. Actions are `kill` (`SIGKILL` to
//!   itself), `stop` (`SIGSTOP` to itself), `pause:MILLISECONDS`, `hold:/FILE` (waits while the file exists), `panic`,
//!   and, where the program can be told of it, `fail`. Triggers are `17` (the 17th time only), `1/50#7` (one time in
//!   50, by seed 7), `/FILE` (while the file exists; whoever comes by writes its process id into it); without one, every
//!   time.
//!   `sequencer/before-commit=kill@17;relay/acked=pause:200@1/50#3`
//! - [`SABOTAGES`]: sabotages by comma, each with or without a trigger: `skip-lock,positions-go-back@1/2#1`
//! - [`CLOCK`]: a file that holds by how many milliseconds the program's clock is wrong.
//!
//! What can't be understood ends the program at its first point, with exit code 2 and the reason.

mod names;
mod point;
mod sabotage;

#[cfg(feature = "armed")]
mod armed;
#[cfg(feature = "armed")]
pub mod control;
#[cfg(feature = "armed")]
mod plan;
#[cfg(feature = "armed")]
mod trigger;
#[cfg(not(feature = "armed"))]
mod unarmed;

#[cfg(feature = "armed")]
pub use armed::{clock_skew_milliseconds, pass, reach, sabotaged};
pub use point::Point;
pub use sabotage::Sabotage;
#[cfg(not(feature = "armed"))]
pub use unarmed::{clock_skew_milliseconds, pass, reach, sabotaged};

/// Whether points and sabotages are real in this build.
pub const ARMED: bool = cfg!(feature = "armed");
/// The variable that says what happens at which point.
pub const POINTS: &str = "STAGEDOOR_FAULTPOINTS";
/// The variable that says which guards are off.
pub const SABOTAGES: &str = "STAGEDOOR_SABOTAGE";
/// The variable that names the file which makes the clock wrong.
pub const CLOCK: &str = "STAGEDOOR_CLOCK_SKEW";
