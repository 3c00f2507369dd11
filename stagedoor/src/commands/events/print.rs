//! Events, for people and for machines.

use event_store::{RecordedEvent, archive::write_event};

use crate::{failure::Failure, output};

/// How much of an event people are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// A line.
    Line,
    /// With payload and metadata.
    Whole,
}

/// With `json`, as it stands in an export: payload and metadata byte for byte.
pub(super) fn print(event: &RecordedEvent, json: bool, detail: Detail) -> Result<(), Failure> {
    if json {
        let mut line = Vec::new();
        write_event(event, &mut line).map_err(|error| Failure::Fault(error.to_string()))?;
        return output::lines(&line);
    }
    let time = event.recorded_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let RecordedEvent { position, stream_id, version, event_type, .. } = event;
    output::line(&format!("{position:>10}  {time}  {event_type:<22} {stream_id} v{version}"))?;
    if detail == Detail::Whole {
        output::line(&format!("            data      {}", event.data))?;
        output::line(&format!("            metadata  {}", event.metadata))?;
    }
    Ok(())
}
