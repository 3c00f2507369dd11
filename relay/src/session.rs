//! One attempt: connect, look, publish until something is in doubt. Every doubt ends here and starts a new attempt,
//! so that there is one way to find out where to go on, and it is always taken.

use async_nats::jetstream::{self, Context};
use event_store::{LogReader, Position};
use faultpoint::Point;
use tokio::sync::watch;

use crate::{
    encode::Encoder,
    error::{Asked, RelayError},
    feed::Feed,
    first_sequence::first_sequence,
    identity::{self, Examined, Place, as_position},
    nats::Link,
    options::RelayOptions,
    pump::Pump,
    status::StatusSender,
    stream,
};

/// Publishes until something fails, and says what.
pub(crate) async fn session(
    options: &RelayOptions,
    head: &watch::Receiver<Position>,
    status: &StatusSender,
) -> RelayError {
    match attempt(options, head, status).await {
        Ok(error) | Err(error) => error,
    }
}

async fn attempt(
    options: &RelayOptions,
    head: &watch::Receiver<Position>,
    status: &StatusSender,
) -> Result<RelayError, RelayError> {
    let link = Link::open(&options.nats, usize::from(options.window)).await?;
    let context = jetstream::new(link.client.clone());
    let mut log = LogReader::new(options.database.clone(), "relay");
    let (examined, after) = prepare(&context, &mut log, options).await?;
    status.relaying(&examined.head, after.position);
    let log_id = examined.head.log_id;
    let encoder = Encoder::new(&options.stream, &options.subject_prefix, log_id, link.client.max_payload());
    let own = options.own.clone();
    let feed = Feed { log, own, log_id, head: head.clone(), encoder, after };
    let (mut pages, reading) = feed.open();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(reading);
    let pump = Pump::new(&link, &context, options, status, after.position).await?;
    Ok(pump.run(&mut pages).await)
}

/// Makes sure that the stream is there and tells the log's story, and finds the place after which to publish.
pub(crate) async fn prepare(
    context: &Context,
    log: &mut LogReader,
    options: &RelayOptions,
) -> Result<(Examined, Place), RelayError> {
    let examined = identity::examine(context, log, options).await?;
    let last = if let Some(info) = &examined.stream {
        stream::adjust(context, options, &info.config).await?;
        as_position(info.state.last_sequence)
    } else {
        let first = first_sequence(options, log, &examined.head).await?;
        faultpoint::pass(Point::RelayBeforeCreate).await.asked("create the stream")?;
        stream::create(context, options, examined.head.log_id, first).await?;
        first - 1
    };
    Ok((examined, identity::place(log, last).await?))
}
