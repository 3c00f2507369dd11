//! Logs: lines for people on a terminal, JSON for machines elsewhere.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    failure::Failure,
    settings::{LogFormat, Settings},
};

/// Sends logs to stderr, in the form and to the depth the settings ask for.
pub(crate) fn start(settings: &Settings) -> Result<(), Failure> {
    let filter = filter(&settings.log)?;
    let pretty = match settings.log_format {
        LogFormat::Auto => stderr().is_terminal(),
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let registry = tracing_subscriber::registry().with(filter);
    if pretty {
        registry.with(fmt::layer().with_writer(stderr).with_target(false)).init();
    } else {
        registry.with(fmt::layer().json().flatten_event(true).with_writer(stderr)).init();
    }
    Ok(())
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
