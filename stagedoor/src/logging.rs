//! Logs: lines for people on a terminal, JSON for machines elsewhere.

use std::io::{BufWriter, IsTerminal, stderr};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    failure::Failure,
    settings::{LogFormat, Settings},
};

/// Lines that may wait to be written. Beyond them lines are lost: whoever reads the log slowly must not slow down sales.
const WAITING: usize = 100_000;

/// Sends logs to stderr, in the form and to the depth the settings ask for. A thread of their own writes them, many
/// lines at a time; what waits is written when the guard is dropped.
pub(crate) fn start(settings: &Settings) -> Result<WorkerGuard, Failure> {
    let filter = filter(&settings.log)?;
    let pretty = match settings.log_format {
        LogFormat::Auto => stderr().is_terminal(),
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(WAITING)
        .thread_name("log")
        .finish(BufWriter::new(stderr()));
    let registry = tracing_subscriber::registry().with(filter);
    if pretty {
        registry.with(fmt::layer().with_writer(writer).with_target(false)).init();
    } else {
        registry.with(fmt::layer().json().flatten_event(true).with_writer(writer)).init();
    }
    Ok(guard)
}

fn filter(text: &str) -> Result<EnvFilter, Failure> {
    EnvFilter::try_new(text).map_err(|error| {
        Failure::usage(format!("STAGEDOOR_LOG is no filter: {error}"), "for example info, or info,sqlx=warn")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_says_nothing_is_refused_by_name() {
        assert!(filter("info,async_nats=warn,sqlx=warn").is_ok());
        let failure = filter("info,sqlx=loudly").unwrap_err();
        assert!(failure.to_string().contains("STAGEDOOR_LOG"), "{failure}");
        assert_eq!(failure.code(), 2);
    }
}
