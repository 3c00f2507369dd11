//! What holds for every call of its kind is said once, here, and added to each call's description.

use edge::ProblemBody;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ContentBuilder, Header, Object, ObjectBuilder, OpenApi, Ref, RefOr, Required, Response,
        path::{Operation, ParameterBuilder, ParameterIn, PathItem},
        schema::Type,
    },
};

const PROBLEM: &str = "application/problem+json";

/// What a call with credentials may be refused for.
const OF_CALLERS: &[(&str, &str)] =
    &[("401", "`unauthenticated`"), ("403", "`forbidden`: a role is missing (`roles`)")];

/// What a call with a body may be refused for.
const OF_BODIES: &[(&str, &str)] = &[
    ("400", "`malformed-json`"),
    ("408", "`body-timeout`: the body did not arrive in time"),
    ("413", "`body-too-large`"),
    ("415", "`unsupported-media-type`"),
    ("422", "`invalid`: broken rules of shape (`errors`)"),
];

/// The same, where an idempotency key is needed.
const OF_COMMANDS: &[(&str, &str)] = &[
    ("400", "`malformed-json`, `idempotency-key-missing`"),
    ("408", "`body-timeout`: the body did not arrive in time"),
    ("413", "`body-too-large`"),
    ("415", "`unsupported-media-type`"),
    ("422", "`invalid`: broken rules of shape (`errors`); `idempotency-key-reused`"),
];

const OF_IDS: &[(&str, &str)] = &[("404", "`not-found`: unknown, another's, or no id at all")];

const OF_ALL: &[(&str, &str)] = &[
    ("500", "`internal`"),
    ("503", "`engine-away`, `queue-full`, `timeout`: try again after `Retry-After`, with the same key"),
];

/// The description with everything that its calls have in common.
pub(crate) fn complete(mut openapi: OpenApi) -> OpenApi {
    for (path, item) in &mut openapi.paths.paths {
        let PathItem { post, put, delete, .. } = item;
        if let Some(operation) = post {
            let keyed = operation.security.is_some();
            with_body(path, operation, if keyed { OF_COMMANDS } else { OF_BODIES });
            if keyed {
                add_key(operation);
            }
        }
        if let Some(operation) = put {
            with_body(path, operation, OF_BODIES);
        }
        if let Some(operation) = delete {
            finish(path, operation);
        }
    }
    openapi
}

fn with_body(path: &str, operation: &mut Operation, problems: &[(&str, &str)]) {
    add(operation, problems);
    finish(path, operation);
}

fn finish(path: &str, operation: &mut Operation) {
    if operation.security.is_some() {
        add(operation, OF_CALLERS);
    }
    if path.contains('{') {
        add(operation, OF_IDS);
    }
    add(operation, OF_ALL);
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            complete_response(path, status, response);
        }
    }
}

fn add(operation: &mut Operation, problems: &[(&str, &str)]) {
    for &(status, description) in problems {
        let known = operation.responses.responses.entry(status.to_owned());
        known.or_insert_with(|| RefOr::T(Response::new(description)));
    }
}

fn complete_response(path: &str, status: &str, response: &mut Response) {
    let mut header = |name: &str, header: Header| response.headers.insert(name.to_owned(), RefOr::T(header));
    header("X-Request-Id", text("Name it when you ask for help."));
    if !status.starts_with('2') {
        if matches!(status, "429" | "503") {
            header("Retry-After", number("Seconds."));
        }
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemBody::name())));
        response.content.insert(PROBLEM.to_owned(), RefOr::T(problem.build()));
    } else if ["/v1/shows", "/v1/orders", "/v1/payments"].iter().any(|prefix| path.starts_with(prefix)) {
        header("X-Position", number("The log position of the last event."));
        header("Idempotency-Replayed", text("`true` where this is the first answer once more."));
        if path.starts_with("/v1/shows") {
            header("ETag", text("The show's version, for `If-Match`."));
        }
    }
}

fn add_key(operation: &mut Operation) {
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(
            "New for each new request, the same for its repetitions. It belongs to the caller.",
        ))
        .schema(Some(schema.build()))
        .example(Some("8e03978e-40d5-43dd-bc93-6894a57f9324".into()));
    operation.parameters.get_or_insert_default().push(RefOr::T(key.build()));
}

fn text(description: &str) -> Header {
    described(String::schema(), description)
}

fn number(description: &str) -> Header {
    described(RefOr::T(Object::with_type(Type::Integer).into()), description)
}

fn described(schema: RefOr<utoipa::openapi::Schema>, description: &str) -> Header {
    let mut header = Header::new(schema);
    header.description = Some(description.to_owned());
    header
}
