//! The service's description of itself.

use std::collections::BTreeSet;

use serde_json::Value;

const PATHS: [&str; 19] = [
    "/v1/accounts",
    "/v1/accounts/{account_id}",
    "/v1/accounts/{account_id}/entries",
    "/v1/inventory",
    "/v1/inventory/{show_id}",
    "/v1/notifications",
    "/v1/orders",
    "/v1/orders/{order_id}",
    "/v1/orders/{order_id}/history",
    "/v1/payments",
    "/v1/payments/{payment_id}",
    "/v1/projections",
    "/v1/shows",
    "/v1/shows/{show_id}",
    "/v1/shows/{show_id}/seats",
    "/v1/stats",
    "/v1/tickets/{code}",
    "/v1/tickets/{code}/qr.svg",
    "/v1/users/me",
];

fn description() -> Value {
    serde_json::to_value(query_api::openapi()).unwrap()
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                found.insert(reference.to_owned());
            }
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| references(entry, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let description = description();
    assert_eq!(description["openapi"], "3.1.0");
    assert_eq!(description["servers"][0]["url"], "/");
    let paths: BTreeSet<_> = description["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(paths, BTreeSet::from(PATHS));
}

#[test]
fn every_operation_has_a_name_of_its_own_and_tells_its_problems() {
    let description = description();
    let mut names = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        let get = &item["get"];
        assert!(names.insert(get["operationId"].as_str().unwrap().to_owned()), "{path}");
        assert!(get["responses"]["200"]["headers"]["X-Position"].is_object(), "{path}");
        let media = if path.contains("/qr.svg") { "image/svg+xml" } else { "application/json" };
        assert!(get["responses"]["200"]["content"][media]["schema"].is_object(), "{path}");
        for status in ["401", "409", "422", "503"] {
            let problem = &get["responses"][status]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(problem, "#/components/schemas/Problem", "{path} {status}");
        }
        assert_eq!(get["responses"]["404"].is_object(), path.contains('{'), "{path}");
        let public = path.starts_with("/v1/shows") || path.starts_with("/v1/inventory");
        let optional =
            get["security"].as_array().unwrap().iter().any(|one| one.as_object().unwrap().is_empty());
        assert_eq!(optional, public, "{path}");
        let parameters: Vec<_> = get["parameters"].as_array().unwrap().iter().collect();
        assert!(parameters.iter().any(|one| one["name"] == "min_position"), "{path}");
        assert!(parameters.iter().all(|one| one["required"] == (one["in"] == "path")), "{path}");
    }
}

#[test]
fn lists_describe_their_filters_and_pages() {
    let description = description();
    for (path, expected) in [
        ("/v1/shows", vec!["mine", "limit", "cursor", "min_position"]),
        ("/v1/shows/{show_id}/seats", vec!["show_id", "section", "limit", "cursor", "min_position"]),
        ("/v1/inventory", vec!["limit", "cursor", "min_position"]),
        ("/v1/orders", vec!["status", "show_id", "user_id", "limit", "cursor", "min_position"]),
        ("/v1/orders/{order_id}/history", vec!["order_id", "limit", "cursor", "min_position"]),
        ("/v1/payments", vec!["status", "limit", "cursor", "min_position"]),
    ] {
        let parameters = description["paths"][path]["get"]["parameters"].as_array().unwrap();
        let names: Vec<_> = parameters.iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names, expected, "{path}");
    }
}

#[test]
fn nothing_is_referred_to_that_is_not_described() {
    let description = description();
    let mut found = BTreeSet::new();
    references(&description, &mut found);
    assert!(found.len() > 10);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
}
