//! Publishes in order, many at a time.

use std::time::Duration;

use async_nats::{
    Message, StatusCode, Subject, Subscriber,
    jetstream::{self, Context, ErrorCode, publish::PublishAck, response::Response},
};
use event_store::Position;
use faultpoint::Point;
use futures::{FutureExt, StreamExt};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};

use crate::{
    encode::Outgoing,
    error::{Asked, RelayError},
    feed::Page,
    identity::as_position,
    nats::Link,
    options::RelayOptions,
    status::StatusSender,
    stream,
};

/// How often a stream to which nothing is published is looked at: it may be deleted, or written to by others.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long the oldest message in flight may wait for its acknowledgement.
const ACK_WITHIN: Duration = Duration::from_secs(5);

/// Publishes on one connection, from one position on.
///
/// All acknowledgements come to one inbox, in the order of publishing. So each must bear exactly the position after
/// the one before, and two numbers are all that has to be remembered of a window of thousands.
pub(crate) struct Pump<'a> {
    link: &'a Link,
    context: &'a Context,
    stream: &'a str,
    status: &'a StatusSender,
    inbox: Subject,
    acks: Subscriber,
    window: Position,
    sent: Position,
    acked: Position,
}

impl<'a> Pump<'a> {
    /// `last` is the last position that is in the stream.
    pub(crate) async fn new(
        link: &'a Link,
        context: &'a Context,
        options: &'a RelayOptions,
        status: &'a StatusSender,
        last: Position,
    ) -> Result<Self, RelayError> {
        let inbox = Subject::from(link.client.new_inbox());
        let acks = link.client.subscribe(inbox.clone()).await.asked("open an inbox")?;
        let window = Position::from(options.window.max(1));
        let stream = &options.stream;
        Ok(Self { link, context, stream, status, inbox, acks, window, sent: last, acked: last })
    }

    /// Publishes page after page until something fails.
    pub(crate) async fn run(mut self, pages: &mut mpsc::Receiver<Page>) -> RelayError {
        loop {
            if let Err(error) = self.turn(pages).await {
                return error;
            }
        }
    }

    async fn turn(&mut self, pages: &mut mpsc::Receiver<Page>) -> Result<(), RelayError> {
        let link = self.link;
        tokio::select! {
            page = pages.recv() => {
                faultpoint::pass(Point::RelayRead).await.asked("take a page")?;
                for message in page.unwrap_or(Err(RelayError::LogChanged(self.sent)))? {
                    self.publish(message).await?;
                }
                Ok(())
            }
            settled = self.settle(), if self.acked < self.sent => settled,
            () = sleep(LOOK_EVERY), if self.acked == self.sent => self.look().await,
            () = link.lost.cancelled() => Err(self.doubt("the connection was lost")),
        }
    }

    async fn look(&self) -> Result<(), RelayError> {
        let info = stream::look_up(self.context, self.stream).await?;
        match info.map(|info| as_position(info.state.last_sequence)) {
            Some(last) if last == self.acked => Ok(()),
            Some(last) => Err(self.doubt(&format!("the stream ends at {last}"))),
            None => Err(self.doubt("the stream is gone")),
        }
    }

    async fn publish(&mut self, message: Outgoing) -> Result<(), RelayError> {
        while self.sent - self.acked >= self.window {
            self.settle().await?;
        }
        let Outgoing { position, subject, headers, payload } = message;
        let client = &self.link.client;
        let publish = client.publish_with_reply_and_headers(subject, self.inbox.clone(), headers, payload);
        publish.await.asked("take a message")?;
        self.sent = position;
        faultpoint::reach(Point::RelayPublished).await;
        Ok(())
    }

    /// Waits for one acknowledgement and takes all that came with it.
    async fn settle(&mut self) -> Result<(), RelayError> {
        let answer = tokio::select! {
            answer = timeout(ACK_WITHIN, self.acks.next()) => answer,
            () = self.link.lost.cancelled() => return Err(self.doubt("the connection was lost")),
        };
        let answer = answer.map_err(|_| self.doubt("nothing, for 5 s"))?;
        self.acknowledge(&answer.ok_or_else(|| self.doubt("the connection was closed"))?)?;
        while let Some(Some(answer)) = self.acks.next().now_or_never() {
            self.acknowledge(&answer)?;
        }
        faultpoint::pass(Point::RelayAcked).await.map_err(|error| self.doubt(&error.to_string()))?;
        self.status.relayed(self.acked);
        faultpoint::reach(Point::RelayTold).await;
        Ok(())
    }

    fn acknowledge(&mut self, answer: &Message) -> Result<(), RelayError> {
        if answer.status == Some(StatusCode::NO_RESPONDERS) {
            return Err(self.doubt("no stream listens"));
        }
        let ack: Response<PublishAck> =
            serde_json::from_slice(&answer.payload).map_err(|error| self.doubt(&error.to_string()))?;
        match ack {
            Response::Ok(ack) if self.is_next(&ack) => {
                self.acked += 1;
                Ok(())
            }
            Response::Ok(ack) => {
                Err(self.doubt(&format!("sequence {} of stream {}", ack.sequence, ack.stream)))
            }
            Response::Err { error } => Err(self.refused(&error)),
        }
    }

    fn is_next(&self, ack: &PublishAck) -> bool {
        Position::try_from(ack.sequence) == Ok(self.acked + 1) && ack.stream == self.stream && !ack.duplicate
    }

    fn refused(&self, error: &jetstream::Error) -> RelayError {
        let position = self.acked + 1;
        let last = (error.error_code() == ErrorCode::STREAM_WRONG_LAST_SEQUENCE).then(|| {
            error.to_string().split_once("wrong last sequence: ")?.1.split(' ').next()?.parse().ok()
        });
        match last.flatten() {
            // What was refused before it was not answered, where it ends at the right place.
            Some(last) if as_position(last) != self.acked => RelayError::OutOfStep { position, last },
            Some(_) | None => self.doubt(&error.to_string()),
        }
    }

    fn doubt(&self, reason: &str) -> RelayError {
        RelayError::Doubt { position: self.acked + 1, reason: reason.to_owned() }
    }
}
