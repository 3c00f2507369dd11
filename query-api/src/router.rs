//! Every route.

use axum::Router;
use edge::{Check, Options};
use projections::{Model, Snapshot};
use sqlx::PgPool;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    accounts,
    app::App,
    inventory, me, notifications,
    openapi::{Description, openapi},
    orders, payments, projections_list, shows, stats, tickets,
};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(shows::list::list_shows))
        .routes(routes!(shows::get::get_show))
        .routes(routes!(shows::seats::list_seats))
        .routes(routes!(inventory::list::list_inventory))
        .routes(routes!(inventory::get::get_inventory))
        .routes(routes!(orders::list::list_orders))
        .routes(routes!(orders::get::get_order))
        .routes(routes!(orders::history::get_order_history))
        .routes(routes!(payments::list::list_payments))
        .routes(routes!(payments::get::get_payment))
        .routes(routes!(accounts::list::list_accounts))
        .routes(routes!(accounts::get::get_account))
        .routes(routes!(accounts::entries::list_account_entries))
        .routes(routes!(tickets::get::get_ticket))
        .routes(routes!(tickets::qr::get_ticket_qr))
        .routes(routes!(stats::get_stats))
        .routes(routes!(notifications::list_notifications))
        .routes(routes!(me::get_me))
        .routes(routes!(projections_list::list_projections))
}

/// The whole service, with health, metrics and documentation.
pub fn service(app: App) -> Router {
    let (context, pool) = (app.edge.clone(), app.pool.clone());
    let ready = Check::new("read_models", move || can_read(pool.clone()));
    let routes = Router::from(routes().with_state(app));
    edge::service(routes, Options::new("query-api", context, openapi()).check(ready))
}

/// Ready is whoever can answer. How current the answers are is told by each of them.
async fn can_read(pool: PgPool) -> Result<(), String> {
    let read = async {
        let mut snapshot = Snapshot::begin(&pool).await?;
        snapshot.position(&Model::ALL).await?;
        snapshot.close().await
    };
    read.await.map_err(|error| {
        tracing::warn!(%error, "the read models can't be read");
        "the read models can't be read".to_owned()
    })
}
