//! The service's description of itself.

use utoipa::{
    Modify, OpenApi, PartialSchema,
    openapi::{
        RefOr,
        header::Header,
        path::{Operation, PathItem},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::router;

/// What is said of the service as a whole; the router adds the paths.
#[derive(OpenApi)]
#[openapi(
    info(title = "Stagedoor queries", description = "What the box office knows, as of a position in its log."),
    servers((url = "/")),
    components(schemas(edge::ProblemBody)),
    tags(
        (name = "shows", description = "What is played, and which seats are left."),
        (name = "orders", description = "Who bought what."),
        (name = "payments", description = "What is owed and what was paid."),
        (name = "accounts", description = "What customers have here."),
        (name = "operations", description = "How the box office is doing."),
        (name = "users", description = "Who is asking."),
    ),
    modifiers(&Bearer)
)]
pub(crate) struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The `token` of `POST /v1/sessions`, the same for both services."))
            .build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The description of every route, as `/openapi.json` serves it.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut openapi = router::routes().into_openapi();
    for operation in openapi.paths.paths.values_mut().filter_map(operation) {
        add_headers(operation);
    }
    openapi
}

/// Nothing is done here but reading.
fn operation(item: &mut PathItem) -> Option<&mut Operation> {
    item.get.as_mut()
}

fn add_headers(operation: &mut Operation) {
    let names = "Names the request. The log of the service has it too: a UUID or a trace's id as it is, others hashed.";
    let request_id = header(String::schema(), names);
    let position = header(i64::schema(), "How far the read models behind this answer had come.");
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        response.headers.insert("X-Request-Id".into(), request_id.clone().into());
        if status == "200" {
            response.headers.insert("X-Position".into(), position.clone().into());
        }
    }
}

fn header(schema: RefOr<utoipa::openapi::Schema>, description: &str) -> Header {
    let mut header = Header::new(schema);
    header.description = Some(description.into());
    header
}
