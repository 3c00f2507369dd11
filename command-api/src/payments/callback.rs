use axum::extract::State;
use domain::{PaymentId, operations::Outcome, show::MAX_TEXT};
use edge::{
    Answered, FieldError, Problem,
    extract::{RawBody, Shape, SignedBody},
};
use http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{told, view::PaymentView};
use crate::App;

/// The longest id of a message.
const LONGEST_ID: usize = 255;

/// How a payment went.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Callback {
    #[schema(value_type = uuid::Uuid)]
    payment_id: PaymentId,
    /// How the provider calls it. Kept in the log for ever: never personal data.
    #[schema(min_length = 1, max_length = 200)]
    provider_reference: String,
    status: Status,
    /// Why it failed. Kept in the log for ever and told to the customer: never personal data.
    #[schema(min_length = 1, max_length = 200)]
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    Succeeded,
    Failed,
}

impl Shape for Callback {
    fn validate(&self) -> Vec<FieldError> {
        let texts =
            [("/provider_reference", Some(&self.provider_reference)), ("/reason", self.reason.as_ref())];
        let given = texts.into_iter().filter_map(|(pointer, text)| Some((pointer, text?)));
        given.filter(|(_, text)| !is_a_text(text)).map(|(pointer, _)| wrong(pointer)).collect()
    }
}

fn is_a_text(text: &str) -> bool {
    let length = text.chars().count();
    (1..=MAX_TEXT).contains(&length) && !text.trim().is_empty() && !text.chars().any(char::is_control)
}

fn wrong(pointer: &str) -> FieldError {
    FieldError::new(pointer, format!("must have 1 to {MAX_TEXT} characters, none of them control characters"))
}

impl Callback {
    fn outcome(self) -> Outcome {
        match self.status {
            Status::Succeeded => Outcome::Succeeded { reference: Some(self.provider_reference) },
            Status::Failed => {
                Outcome::Failed { reason: self.reason.unwrap_or_else(|| "declined".to_owned()) }
            }
        }
    }
}

/// A provider says how a payment went. Signed as Standard Webhooks has it: `webhook-id`, `webhook-timestamp` (at most
/// 300 s from now) and `webhook-signature` over the body's exact bytes. What was told before, under the same id, changes
/// nothing; nor does a failure after a success.
#[utoipa::path(
    post, path = "/v1/payments/callback", operation_id = "paymentCallback", tag = "Payments",
    params(
        ("webhook-id" = String, Header, description = "The same however often the message is sent"),
        ("webhook-timestamp" = i64, Header, description = "Seconds since 1970"),
        ("webhook-signature" = String, Header, description = "`v1,` and the signature in base64; several by blanks"),
    ),
    request_body(content = Callback, example = json!({
        "payment_id": "0199aa00-0000-7000-8000-000000000002", "provider_reference": "pi_3V5", "status": "succeeded"
    })),
    responses(
        (status = 200, description = "Recorded, now or before", body = PaymentView),
        (status = 401, description = "`unauthenticated`: signature or time is wrong; which, nobody is told"),
        (status = 404, description = "`not-found`: no such payment"),
        (status = 409, description = "`payment-method-unavailable`: it is made from an account here"),
    ),
)]
pub(crate) async fn callback(
    State(app): State<App>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Answered<PaymentView>, Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let named = text("webhook-id").zip(text("webhook-timestamp")).zip(text("webhook-signature"));
    let ((id, timestamp), signatures) = named.ok_or_else(Problem::unauthenticated)?;
    let secrets = app.payments.callback_secrets.as_ref().ok_or_else(Problem::unauthenticated)?;
    let checked = secrets.check_standard((id, timestamp, signatures), &body, app.edge.now());
    checked.map_err(|_| Problem::unauthenticated())?;
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err(Problem::unauthenticated());
    }
    let SignedBody(callback) = SignedBody::<Callback>::read(&headers, &body)?;
    let payment = callback.payment_id;
    let settled = told::record(&app, &format!("callback/{id}"), payment, callback.outcome()).await?;
    Ok(PaymentView::settled(settled))
}
