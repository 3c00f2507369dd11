//! Requests that change something, checked in the order that the public contract fixes.

use axum::extract::{FromRef, FromRequest, Request};
use http::request::Parts;

use super::{
    Credential, Customer, Fingerprint, FromPath, IdempotencyKey, IfMatch, NoPath, Shape, body, caller, path,
    shape,
};
use crate::{Context, Problem, RequestId, TraceParent};

/// An authenticated POST: `T` its body, `R` who may send it, `P` the id in its path.
///
/// Too large 413, no credentials 401, no role 403, not JSON 415 or 400, broken rules 422, no idempotency key 400, no id
/// 404: the first of these that applies is the answer, and the handler never runs.
#[derive(Debug, Clone)]
pub struct Command<T, R = Customer, P = NoPath> {
    /// Who sends it.
    pub caller: R,
    /// What they send.
    pub body: T,
    /// The id in the path.
    pub path: P,
    /// The caller's key for this request.
    pub idempotency_key: IdempotencyKey,
    /// What the key stands for.
    pub fingerprint: Fingerprint,
    /// The request's names, for the metadata of events.
    pub origin: Origin,
}

/// An authenticated PUT, checked like a [`Command`] but for the key, which it needs not: it is idempotent by itself.
#[derive(Debug, Clone)]
pub struct Replacement<T, R = Customer, P = NoPath> {
    /// Who sends it.
    pub caller: R,
    /// What they send.
    pub body: T,
    /// The id in the path.
    pub path: P,
    /// The version that it rests on; to be checked once the resource is found.
    pub if_match: IfMatch,
    /// The request's names, for the metadata of events.
    pub origin: Origin,
}

/// The names of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `X-Request-Id`.
    pub request_id: RequestId,
    /// `traceparent`, or the start of a trace of our own.
    pub trace: TraceParent,
    /// Whether the client sent it. A trace of our own says nothing that the command's id does not.
    pub traced: bool,
}

impl Origin {
    /// As the layers around the service named the request.
    pub(crate) fn of(extensions: &http::Extensions, context: &Context) -> Self {
        let known = extensions.get::<Self>().cloned();
        known.unwrap_or_else(|| Self {
            request_id: RequestId::new(context.id()),
            trace: TraceParent::start(context.id(), context.id()),
            traced: false,
        })
    }
}

/// What both have in common: everything up to the shape.
struct Checked<T, R> {
    parts: Parts,
    caller: R,
    value: serde_json::Value,
    body: T,
    origin: Origin,
}

async fn checked<T: Shape, R: Credential>(
    request: Request,
    context: &Context,
) -> Result<Checked<T, R>, Problem> {
    let (parts, body) = request.into_parts();
    let bytes = body::read(&parts.headers, body).await?;
    let caller = caller::require(&parts.headers, context).await?;
    let value = body::parse::<T>(&parts.headers, &bytes)?;
    let body = shape::check(&value)?;
    let origin = Origin::of(&parts.extensions, context);
    Ok(Checked { parts, caller, value, body, origin })
}

impl<S, T, R, P> FromRequest<S> for Command<T, R, P>
where
    Context: FromRef<S>,
    S: Send + Sync,
    T: Shape,
    R: Credential,
    P: FromPath,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Checked { mut parts, caller, value, body, origin } =
            checked(request, &Context::from_ref(state)).await?;
        let idempotency_key = IdempotencyKey::required(&parts.headers)?;
        let path = path::read(&mut parts).await?;
        let fingerprint = Fingerprint::of(&parts.method, &parts.uri, &value);
        Ok(Self { caller, body, path, idempotency_key, fingerprint, origin })
    }
}

impl<S, T, R, P> FromRequest<S> for Replacement<T, R, P>
where
    Context: FromRef<S>,
    S: Send + Sync,
    T: Shape,
    R: Credential,
    P: FromPath,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Checked { mut parts, caller, body, origin, .. } =
            checked(request, &Context::from_ref(state)).await?;
        let path = path::read(&mut parts).await?;
        Ok(Self { caller, body, path, if_match: IfMatch::read(&parts.headers), origin })
    }
}
