//! `stagedoor events`.

use domain::StreamId;
use event_store::{LogReader, Position, RecordedEvent, watch_head};
use serde_json::{Value, json, value::RawValue};

use crate::{cli::Events, failure::Failure, output, roles::signal, settings::Settings};

/// Events read at once.
const PAGE: i64 = 1_000;

pub(crate) async fn run(settings: &Settings, json: bool, command: Events) -> Result<(), Failure> {
    let mut log = LogReader::new(settings.reader()?, "cli");
    match command {
        Events::Show { what } => show(&mut log, json, &what).await,
        Events::Tail { lines, follow } => tail(settings, &mut log, json, lines, follow).await,
    }
}

async fn show(log: &mut LogReader, json: bool, what: &str) -> Result<(), Failure> {
    if let Ok(position) = what.parse::<Position>() {
        let event = log.at(position).await?;
        let event =
            event.ok_or_else(|| Failure::Fault(format!("the log has no event at position {position}")))?;
        return print(&event, json, true);
    }
    let stream: StreamId = what
        .parse()
        .map_err(|error| Failure::usage(error, "a position such as 42, or a stream such as order-<id>"))?;
    let mut version = 0;
    loop {
        let events = log.stream(stream, version, PAGE).await?;
        let Some(last) = events.last() else { break };
        version = last.version;
        events.iter().try_for_each(|event| print(event, json, true))?;
    }
    if version == 0 { Err(Failure::Fault(format!("the log has no stream {stream}"))) } else { Ok(()) }
}

async fn tail(
    settings: &Settings,
    log: &mut LogReader,
    json: bool,
    lines: u32,
    follow: bool,
) -> Result<(), Failure> {
    let mut position = (log.head().await?.position - i64::from(lines)).max(0);
    position = print_after(log, json, position).await?;
    if !follow {
        return Ok(());
    }
    let cancel = signal::token();
    let mut head = watch_head(settings.reader()?, cancel.clone());
    let followed = async {
        while head.wait_for(|head| *head > position).await.is_ok() {
            position = print_after(log, json, position).await?;
        }
        Ok(())
    };
    cancel.run_until_cancelled(followed).await.unwrap_or(Ok(()))
}

async fn print_after(log: &mut LogReader, json: bool, mut position: Position) -> Result<Position, Failure> {
    loop {
        let events = log.after(position, PAGE).await?;
        let Some(last) = events.last() else { return Ok(position) };
        position = last.position;
        events.iter().try_for_each(|event| print(event, json, false))?;
    }
}

fn print(event: &RecordedEvent, json: bool, whole: bool) -> Result<(), Failure> {
    if json {
        return output::json(&as_json(event)?);
    }
    let time = event.recorded_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let RecordedEvent { position, stream_id, version, event_type, .. } = event;
    output::line(&format!("{position:>10}  {time}  {event_type:<22} {stream_id} v{version}"))?;
    if whole {
        output::line(&format!("            data      {}", event.data))?;
        output::line(&format!("            metadata  {}", event.metadata))?;
    }
    Ok(())
}

fn as_json(event: &RecordedEvent) -> Result<Value, Failure> {
    let raw = |text: &str| RawValue::from_string(text.to_owned()).map_err(Failure::other);
    Ok(json!({
        "position": event.position,
        "stream_id": event.stream_id,
        "version": event.version,
        "event_id": event.event_id,
        "type": event.event_type,
        "data": raw(&event.data)?,
        "metadata": raw(&event.metadata)?,
        "recorded_at": event.recorded_at,
        "hash": hex(&event.hash.0),
    }))
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
