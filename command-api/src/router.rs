//! Every route on one screen.

use axum::Router;
use edge::{Options, ProblemBody};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{App, accounts, describe, orders, payments, ready, sessions, shows, tickets, users};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Base::openapi())
        .routes(routes!(users::create::create))
        .routes(routes!(users::set_roles::set_roles))
        .routes(routes!(sessions::create::create))
        .routes(routes!(sessions::end::end))
        .routes(routes!(shows::create::create))
        .routes(routes!(shows::replace::replace))
        .routes(routes!(shows::publish::publish))
        .routes(routes!(shows::close::close))
        .routes(routes!(shows::cancel::cancel))
        .routes(routes!(orders::place::place))
        .routes(routes!(orders::cancel::cancel))
        .routes(routes!(orders::refund::refund))
        .routes(routes!(payments::approve::approve))
        .routes(routes!(payments::reject::reject))
        .routes(routes!(payments::callback::callback))
        .routes(routes!(payments::stripe::webhook))
        .routes(routes!(accounts::open::open))
        .routes(routes!(accounts::deposit::deposit))
        .routes(routes!(tickets::check_in::check_in))
}

/// The whole service, ready to be served.
pub fn service(app: App) -> Router {
    let options = Options::new("command-api", app.edge.clone(), openapi()).check(ready::can_append(&app));
    let (routes, _) = router().with_state(app).split_for_parts();
    edge::service(routes, options)
}

/// The description of the routes, as `/openapi.json` serves it.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    describe::complete(router().into_openapi())
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stagedoor: commands",
        description = "Everything that changes something. A 2xx means: what happened is committed. Reads are served by \
            the query API, which takes an answer's `X-Position` as `min_position`.\n\n\
            Every authenticated POST needs an `Idempotency-Key`: repeated with the same key, a request is carried out \
            once and answered alike. Errors are RFC 9457 problem details.",
    ),
    servers((url = "/")),
    tags(
        (name = "Users", description = "Who may do what."),
        (name = "Sessions", description = "Signing in and out."),
        (name = "Shows", description = "What organizers sell."),
        (name = "Orders", description = "What customers buy."),
        (name = "Payments", description = "What operators and providers see come in."),
        (name = "Accounts", description = "What customers have here."),
        (name = "Tickets", description = "What lets customers in."),
    ),
    components(schemas(ProblemBody)),
    modifiers(&Bearer),
)]
struct Base;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let mut http = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        http = http.description(Some("The `token` of `POST /v1/sessions`."));
        let components = openapi.components.get_or_insert_default();
        components.security_schemes.insert("bearer".to_owned(), SecurityScheme::Http(http.build()).into());
    }
}
