//! Logs: lines for people on a terminal, JSON for machines elsewhere.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::settings::{LogFormat, Settings};

/// Sends logs to stderr, in the form and to the depth the settings ask for.
pub(crate) fn start(settings: &Settings) {
    let filter = EnvFilter::new(&settings.log);
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
}
