use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{self, Context, stream};
use async_nats::{Client, ServerAddr};
use futures::StreamExt;

use super::{Nats, connect_options};
use crate::EngineError;
use crate::testing;

#[tokio::test]
async fn the_reader_may_consume_but_not_publish_purge_or_delete() {
    let own = testing::private_nats().await.unwrap();
    filled(&client(&own.nats.relay_url()).await).await;

    let reader = jetstream::new(client(&own.nats.reader_url()).await);
    let stream = reader.get_stream("ORDERS").await.unwrap();
    let consumer: PullConsumer = stream.create_consumer(pull::Config::default()).await.unwrap();
    let message = consumer.fetch().max_messages(1).messages().await.unwrap().next().await.unwrap().unwrap();
    assert_eq!(message.payload.as_ref(), b"one");

    assert!(refused(&reader, "stagedoor.order.1", b"two").await);
    assert!(refused(&reader, "$JS.API.STREAM.PURGE.ORDERS", b"").await);
    assert!(refused(&reader, "$JS.API.STREAM.DELETE.ORDERS", b"").await);
    assert!(refused(&reader, "$JS.API.STREAM.MSG.DELETE.ORDERS", br#"{"seq":1}"#).await);
    let state = reader.get_stream("ORDERS").await.unwrap().cached_info().state.clone();
    assert_eq!((state.messages, state.last_sequence), (1, 1));
}

#[tokio::test]
async fn a_stream_survives_kill_9_but_not_a_wipe() {
    let own = testing::private_nats().await.unwrap();
    filled(&client(&own.nats.relay_url()).await).await;
    own.nats.kill9().unwrap();
    own.nats.restart().await.unwrap();
    let stream = jetstream::new(client(&own.nats.relay_url()).await).get_stream("ORDERS").await.unwrap();
    assert_eq!(stream.cached_info().state.messages, 1);

    own.nats.wipe().unwrap();
    assert_eq!(own.nats.pid(), None);
    own.nats.restart().await.unwrap();
    let context = jetstream::new(client(&own.nats.relay_url()).await);
    assert!(context.get_stream("ORDERS").await.is_err());
}

#[tokio::test]
async fn a_stranger_is_not_let_in() {
    let own = testing::private_nats().await.unwrap();
    let url = format!("nats://127.0.0.1:{}", own.nats.port());
    assert!(async_nats::connect(url).await.is_err());
}

#[tokio::test]
async fn what_a_killed_process_left_running_is_ended_and_its_store_found_again() {
    let directory = tempfile::tempdir().unwrap();
    let options = testing::nats_options(directory.path()).unwrap();
    let first = Nats::start(options.clone()).await.unwrap();
    filled(&client(&first.relay_url()).await).await;
    let second = Nats::start(options.clone()).await;
    assert!(matches!(second, Err(EngineError::InUse { .. })), "{second:?}");
    let (url, pid) = (first.relay_url(), first.pid().unwrap());
    let daemon = first.daemon().take();
    drop(first);
    std::thread::spawn(move || daemon.map(|mut daemon| daemon.wait()));

    let second = Nats::start(options).await.unwrap();
    assert_eq!(second.relay_url(), url);
    assert_ne!(second.pid(), Some(pid));
    let stream = jetstream::new(client(&url).await).get_stream("ORDERS").await.unwrap();
    assert_eq!(stream.cached_info().state.messages, 1);
}

async fn client(url: &str) -> Client {
    let url: ServerAddr = url.parse().unwrap();
    connect_options(&url).connect(url).await.unwrap()
}

/// A stream with one message.
async fn filled(client: &Client) {
    let context = jetstream::new(client.clone());
    let subjects = vec!["stagedoor.>".to_owned()];
    let config = stream::Config { name: "ORDERS".to_owned(), subjects, ..stream::Config::default() };
    context.create_stream(config).await.unwrap();
    context.publish("stagedoor.order.1", "one".into()).await.unwrap().await.unwrap();
}

/// Whether the server gave no answer, as it does when a publication is not permitted.
async fn refused(reader: &Context, subject: &'static str, payload: &'static [u8]) -> bool {
    let client = reader.client();
    let ask = client.request(subject, payload.into());
    tokio::time::timeout(std::time::Duration::from_millis(500), ask).await.is_err()
}
