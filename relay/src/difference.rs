//! Where stream and log part ways.

use async_nats::jetstream::{self, Context};
use event_store::{LogReader, Position};

use crate::{
    error::{Asked, RelayError},
    identity::{Named, as_position},
    nats::Link,
    options::RelayOptions,
    stream,
};

/// The first position that differs, as far as the stream goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub position: Position,
    /// Whether the one before is the same: otherwise the stream holds no older message that was to be compared.
    pub exact: bool,
}

/// The first position among these at which the stream's message is not the log's event; `None` if there is none, or
/// nothing to compare. Each hash stands for all events before it, so it is searched for by halves: from where two
/// histories part, all that follows differs.
///
/// # Errors
/// Postgres or NATS can't be reached.
pub async fn first_difference(
    options: &RelayOptions,
    from: Position,
    to: Position,
) -> Result<Option<Difference>, RelayError> {
    let link = Link::open(&options.nats, 1).await?;
    let context = jetstream::new(link.client.clone());
    let Some(info) = stream::look_up(&context, &options.stream).await? else { return Ok(None) };
    let oldest = from.max(as_position(info.state.first_sequence));
    let mut log = LogReader::new(options.database.clone(), "comparison with the stream");
    let (mut same, mut different) = (oldest - 1, to.min(as_position(info.state.last_sequence)) + 1);
    let beyond = different;
    while different - same > 1 {
        let position = same + (different - same) / 2;
        if is_same(&context, options, &mut log, position).await? {
            same = position;
        } else {
            different = position;
        }
    }
    let found = Difference { position: different, exact: different > oldest || different == 1 };
    Ok((different < beyond).then_some(found))
}

async fn is_same(
    context: &Context,
    options: &RelayOptions,
    log: &mut LogReader,
    position: Position,
) -> Result<bool, RelayError> {
    let stream = context.get_stream_no_info(&options.stream).await.asked("show a message")?;
    let sequence = u64::try_from(position).unwrap_or_default();
    let message = stream.direct_get(sequence).await.asked("show a message")?;
    let event = log.at(position).await?;
    let named = Named::read(&message.headers);
    Ok(event.zip(named).is_some_and(|(event, named)| named.is(&event)))
}
