//! The description says what the service does.

use std::collections::HashSet;

use http::Method;
use serde_json::Value;

use crate::support::BoxOffice;

fn described() -> Value {
    serde_json::to_value(command_api::openapi()).unwrap()
}

/// Method, path and description of every call.
fn operations(openapi: &Value) -> Vec<(String, String, Value)> {
    let paths = openapi["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let of_method =
            |(method, operation): (&String, &Value)| (method.clone(), path.clone(), operation.clone());
        item.as_object().unwrap().iter().map(of_method).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn every_call_has_a_name_of_its_own_a_tag_and_its_problems() {
    let openapi = described();
    assert!(openapi["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(openapi["servers"][0]["url"], "/");
    let mut names = HashSet::new();
    let operations = operations(&openapi);
    assert_eq!(operations.len(), 19);
    for (method, path, operation) in operations {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{name} occurs twice");
        assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{name}");
        let responses = operation["responses"].as_object().unwrap();
        for (status, response) in responses.iter().filter(|(status, _)| !status.starts_with('2')) {
            let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{name} {status}");
        }
        let secured = operation["security"][0]["bearer"].is_array();
        assert_eq!(responses.contains_key("403"), secured, "{name}");
        let parameters = operation["parameters"].to_string();
        assert_eq!(parameters.contains("Idempotency-Key"), method == "post" && secured, "{method} {path}");
        assert_eq!(
            responses.contains_key("404"),
            path.contains('{') || ["placeOrder", "paymentCallback", "stripeWebhook"].contains(&name),
            "{name}"
        );
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_body_has_an_example() {
    let openapi = described();
    let text = openapi.to_string();
    for reference in text.split("\"#/components/").skip(1) {
        let pointer = format!("/components/{}", reference.split('"').next().unwrap());
        assert!(openapi.pointer(&pointer).is_some(), "{pointer}");
    }
    for (_, path, operation) in operations(&openapi) {
        if let Some(body) = operation.get("requestBody") {
            assert!(body["content"]["application/json"]["example"].is_object(), "{path}: {body}");
        }
    }
    assert_eq!(openapi["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_serves_its_description_and_every_described_call_is_there() {
    let office = BoxOffice::open().await;
    let stranger = office.stranger();
    let served = stranger.send(Method::GET, "/openapi.json", &[], String::new()).await.ok(200);
    assert_eq!(served.body, described());
    for (method, path, operation) in operations(&served.body) {
        let method: Method = method.to_uppercase().parse().unwrap();
        let reply = stranger.send(method, &path.replace(['{', '}'], ""), &[], String::new()).await;
        let signed = operation["responses"]["401"]["description"]
            .as_str()
            .is_some_and(|text| text.contains("signature"));
        let expected = if operation["security"].is_array() || signed { 401 } else { 415 };
        assert_eq!(reply.status, expected, "{path}: {reply:?}");
    }
}
