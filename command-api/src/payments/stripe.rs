use axum::extract::State;
use domain::operations::Outcome;
use edge::{Answered, Problem, extract::RawBody};
use http::HeaderMap;
use providers::{ChargeState, stripe};
use serde::Serialize;
use utoipa::ToSchema;

use super::told;
use crate::App;

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Received {
    /// Always; whatever is sent again changes nothing.
    received: bool,
}

/// Stripe says how a charge went. Signed as Stripe does: `Stripe-Signature` over the body's exact bytes. What is about
/// something else is taken and passed over.
#[utoipa::path(
    post, path = "/v1/payments/stripe/webhook", operation_id = "stripeWebhook", tag = "Payments",
    params(("Stripe-Signature" = String, Header, description = "`t=…,v1=…`; several `v1` while a secret is replaced")),
    request_body(content = Object, description = "One of Stripe's events", example = json!({
        "id": "evt_3V5", "type": "payment_intent.succeeded", "data": {"object": {
            "id": "pi_3V5", "status": "succeeded", "amount": 2140, "currency": "eur",
            "metadata": {"payment_id": "0199aa00-0000-7000-8000-000000000002"}
        }}
    })),
    responses(
        (status = 200, description = "Recorded, now or before", body = Received),
        (status = 401, description = "`unauthenticated`: signature or time is wrong; which, nobody is told"),
        (status = 404, description = "`not-found`: a charge for no payment of ours"),
    ),
)]
pub(crate) async fn webhook(
    State(app): State<App>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Answered<Received>, Problem> {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    let secrets = app.payments.stripe_secrets.as_ref();
    let (signature, secrets) = signature.zip(secrets).ok_or_else(Problem::unauthenticated)?;
    secrets.check_stripe(signature, &body, app.edge.now()).map_err(|_| Problem::unauthenticated())?;
    let notice = stripe::notice(&body).map_err(Problem::malformed_json)?;
    let outcome = notice.state.and_then(outcome);
    if let Some((payment, outcome)) = notice.payment.zip(outcome) {
        told::record(&app, &format!("stripe/{}", notice.id), payment, outcome).await?;
    }
    Ok(Answered::ok(Received { received: true }))
}

/// What is pending has no outcome yet.
fn outcome(state: ChargeState) -> Option<Outcome> {
    match state {
        ChargeState::Pending { .. } => None,
        ChargeState::Succeeded { reference } => Some(Outcome::Succeeded { reference: Some(reference) }),
        ChargeState::Failed { reason, .. } => Some(Outcome::Failed { reason }),
    }
}
