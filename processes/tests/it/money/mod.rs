//! Money, moved by the processes that move it: with a real sequencer, the provider to practise with, and command-api, to
//! which it tells what happened.

mod bank;
mod cancellations;
mod charging;
mod controls;
mod gate;
mod late;
mod names;
mod office;
mod parked;
mod refunds;
mod takeover;
