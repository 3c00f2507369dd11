use chrono::DateTime;
use event_store::HashColumn;

use super::*;

fn event() -> RecordedEvent {
    RecordedEvent {
        position: 7,
        stream_id: "order-0199f3c1-0000-7000-8000-000000000001".to_owned(),
        version: 2,
        event_id: Uuid::from_u128(1),
        event_type: "OrderConfirmed".to_owned(),
        data: "{ \"total\":1.50,\n \"total\":2 }".to_owned(),
        metadata: "{\"schema\":1}".to_owned(),
        recorded_at: DateTime::from_timestamp_micros(1_800_000_000_000_001).unwrap(),
        hash: HashColumn([0xab; 32]),
    }
}

fn encoder(max_payload: usize) -> Encoder {
    Encoder::new("STREAM", "stagedoor", Uuid::nil(), max_payload)
}

fn value<'a>(message: &'a Outgoing, name: &str) -> &'a str {
    message.headers.get(name).unwrap().as_str()
}

#[test]
fn the_subject_names_category_id_and_type() {
    let message = encoder(1 << 20).encode(&event()).unwrap();
    let subject = "stagedoor.order.0199f3c1-0000-7000-8000-000000000001.OrderConfirmed";
    assert_eq!(message.subject.as_str(), subject);
}

#[test]
fn payload_and_metadata_keep_their_exact_bytes() {
    let message = encoder(1 << 20).encode(&event()).unwrap();
    let body = std::str::from_utf8(&message.payload).unwrap();
    assert_eq!(
        body,
        "{\"position\":7,\"stream_id\":\"order-0199f3c1-0000-7000-8000-000000000001\",\"version\":2,\
         \"event_id\":\"00000000-0000-0000-0000-000000000001\",\"type\":\"OrderConfirmed\",\
         \"data\":{ \"total\":1.50,\n \"total\":2 },\"metadata\":{\"schema\":1},\
         \"recorded_at\":\"2027-01-15T08:00:00.000001Z\"}"
    );
}

#[test]
fn every_message_expects_the_one_before_it_to_be_the_last() {
    let message = encoder(1 << 20).encode(&event()).unwrap();
    assert_eq!(value(&message, "Nats-Expected-Last-Sequence"), "6");
    assert_eq!(value(&message, "Nats-Expected-Stream"), "STREAM");
    assert!(message.headers.get("Nats-Msg-Id").is_none());
}

#[test]
fn the_headers_are_a_cloud_event_and_name_log_and_hash() {
    let message = encoder(1 << 20).encode(&event()).unwrap();
    let expected = [
        ("ce-id", "00000000-0000-0000-0000-000000000001"),
        ("ce-type", "OrderConfirmed"),
        ("ce-source", "urn:stagedoor:log:00000000-0000-0000-0000-000000000000"),
        ("ce-specversion", "1.0"),
        ("ce-time", "2027-01-15T08:00:00.000001Z"),
        ("ce-subject", "order-0199f3c1-0000-7000-8000-000000000001"),
        ("content-type", "application/json"),
        ("Stagedoor-Log-Id", "00000000-0000-0000-0000-000000000000"),
        ("Stagedoor-Hash", &"ab".repeat(32)),
    ];
    for (name, text) in expected {
        assert_eq!(value(&message, name), text, "{name}");
    }
    assert!(message.headers.get("Stagedoor-Stub").is_none());
}

#[test]
fn headers_stay_within_what_is_set_aside_for_them() {
    let message = encoder(1 << 20).encode(&event()).unwrap();
    let length = |(name, values): (&HeaderName, &Vec<HeaderValue>)| {
        name.to_string().len() + values[0].as_str().len() + 4
    };
    let size: usize = message.headers.iter().map(length).sum();
    assert!(size < HEADERS_AT_MOST / 2, "{size}");
}

#[test]
fn what_the_server_would_not_take_goes_out_without_its_payload() {
    let large = RecordedEvent { data: format!("\"{}\"", "x".repeat(5_000)), ..event() };
    let message = encoder(5_000).encode(&large).unwrap();
    assert_eq!(value(&message, "Stagedoor-Stub"), "true");
    let body: serde_json::Value = serde_json::from_slice(&message.payload).unwrap();
    assert_eq!(body["position"], 7);
    assert!(body.get("data").is_none());
}

#[test]
fn a_name_that_would_break_out_of_its_place_is_refused() {
    for name in ["Order.Placed", "Order Placed", "Order\r\nNats-Rollup: all", "", ">"] {
        let event = RecordedEvent { event_type: name.to_owned(), ..event() };
        assert!(encoder(1 << 20).encode(&event).is_err(), "{name:?}");
    }
}
