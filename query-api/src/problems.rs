//! The problems of the queries, as OpenAPI describes them.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, PartialSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder, header::Header},
};

/// What any query may be answered instead.
pub(crate) struct Refusals;

/// Of queries for one thing.
pub(crate) struct NotFound;

/// Of queries that need a role.
pub(crate) struct Forbidden;

type Responses = BTreeMap<String, RefOr<Response>>;

impl IntoResponses for Refusals {
    fn responses() -> Responses {
        let away = "`projection-lagging`: the read models did not come to `min_position` within 2 s. \
                    `projection-parked`: an event could not be applied; an operator has to look. \
                    `engine-away`, `queue-full`, `timeout`: come back after `Retry-After`.";
        BTreeMap::from([
            problem("401", "Credentials are missing or not valid."),
            problem("409", "`position-unknown`: the log does not go as far as `min_position`."),
            problem("422", "A query parameter is wrong or unknown; `errors` names each one."),
            late("503", away),
        ])
    }
}

impl IntoResponses for NotFound {
    fn responses() -> Responses {
        BTreeMap::from([problem("404", "Unknown, another's, or no id at all.")])
    }
}

impl IntoResponses for Forbidden {
    fn responses() -> Responses {
        BTreeMap::from([problem("403", "A role is missing; `roles` names those that would do.")])
    }
}

fn problem(status: &str, description: &str) -> (String, RefOr<Response>) {
    (status.to_owned(), described(description).build().into())
}

fn late(status: &str, description: &str) -> (String, RefOr<Response>) {
    let mut after = Header::new(u64::schema());
    after.description = Some("Seconds after which to try again.".into());
    (status.to_owned(), described(description).header("Retry-After", after).build().into())
}

fn described(description: &str) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content)
}
