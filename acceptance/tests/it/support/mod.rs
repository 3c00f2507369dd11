//! What the tests have in common: a world of their own, people in it, and an auditor.

pub(crate) mod audit;
mod backup;
mod document;
mod home;
mod house;
mod http;
mod load;
mod localstripe;
mod mail_server;
mod ports;
mod process;
mod program;
mod signing;
mod world;

pub(crate) use document::{Document, alike};
pub(crate) use home::{As, Home};
pub(crate) use house::{House, hasty_show, quantity, show, standing};
pub(crate) use http::{Api, Caller, Reply, new_key};
pub(crate) use load::{Load, Outcome, until_answered};
pub(crate) use localstripe::{Localstripe, SECRET_KEY};
pub(crate) use mail_server::MailServer;
pub(crate) use ports::Ports;
pub(crate) use process::Process;
pub(crate) use program::{Ran, command, program, run, run_with_input};
pub(crate) use signing::Signing;
pub(crate) use world::{PASSWORD, Role, World};

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep};

/// Waits until something is so; what is waited for is part of the message when it never comes.
pub(crate) async fn eventually<T, F>(what: &str, within: Duration, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < within, "not within {within:?}: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}
