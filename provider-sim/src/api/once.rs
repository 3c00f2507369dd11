//! What is asked for under a key is done once. <https://docs.stripe.com/api/idempotent_requests>

use axum::{
    Json,
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};

use super::ApiError;
use crate::{
    bank::Bank,
    books::{Answer, Books, Entry, Reply},
    charging::Manner,
    intent::Intent,
};

/// Who asks for what.
pub(super) struct Asked {
    key: Option<String>,
    request: String,
}

/// What was done, and how it is answered.
pub(super) struct Done {
    pub(super) entries: Vec<Entry>,
    pub(super) reply: Reply,
    pub(super) manner: Manner,
    /// The intent it was done to.
    pub(super) intent: String,
}

/// Why nothing was done.
pub(super) struct Undone {
    error: ApiError,
    /// The fault that was played.
    tripped: Option<String>,
    /// Whoever asks again under the same key is told the same. Otherwise they are listened to.
    remembered: bool,
}

impl From<ApiError> for Undone {
    fn from(error: ApiError) -> Self {
        Self { error, tripped: None, remembered: false }
    }
}

impl Undone {
    /// It showed when the request was understood and begun.
    pub(super) fn once_begun(self) -> Self {
        Self { remembered: true, ..self }
    }
}

impl Asked {
    /// `request` is the same for the same path and form.
    pub(super) fn new(headers: &HeaderMap, request: String) -> Self {
        let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
        Self { key: key.map(str::to_owned), request }
    }

    /// Plays a fault the first `times` times that this is asked.
    pub(super) fn trip(&self, books: &Books, times: u32, error: ApiError) -> Result<(), Undone> {
        trip(books, self.key.as_deref().unwrap_or(&self.request), times, error)
    }

    fn known(&self, books: &Books, now: DateTime<Utc>) -> Option<Result<Reply, ApiError>> {
        let answer = books.answer(self.key.as_deref()?, now)?;
        Some(if answer.request != self.request {
            Err(ApiError::key_reused())
        } else if answer.ready_at > now {
            Err(ApiError::key_in_use())
        } else {
            Ok(answer.reply.clone())
        })
    }

    /// Does it, if it was not done before, and answers when it is written.
    pub(super) async fn answer(
        self,
        bank: &Bank,
        work: impl FnOnce(&Books, DateTime<Utc>, &Self) -> Result<Done, Undone>,
    ) -> Response {
        let (decided, written) = bank.decide(|books, now| {
            if let Some(known) = self.known(books, now) {
                return (vec![], known.map(|reply| (reply, Manner::AtOnce, true, String::new())));
            }
            match work(books, now, &self) {
                Ok(Done { mut entries, reply, manner, intent }) => {
                    entries.extend(self.remember(now, &reply, &manner));
                    (entries, Ok((reply, manner, false, intent)))
                }
                Err(Undone { error, tripped, remembered }) => {
                    let reply = Reply::Given { status: error.status.as_u16(), body: error.body() };
                    let answer = self.remember(now, &reply, &Manner::AtOnce).filter(|_| remembered);
                    let tripped = tripped.map(|what| Entry::Tripped { what });
                    (tripped.into_iter().chain(answer).collect(), Err(error))
                }
            }
        });
        // The writer ends before its time only when the books can't be written.
        if written.await.is_err() {
            return cut();
        }
        let (reply, manner, replayed, intent) = match decided {
            Ok(decided) => decided,
            Err(error) => return error.into_response(),
        };
        match manner {
            Manner::AtOnce => {}
            Manner::At(at) => bank.wait_until(at).await,
            Manner::AfterNotice(notice) => bank.wait_until_told(&intent, &notice).await,
            Manner::Cut => return cut(),
        }
        render(bank, reply, replayed)
    }

    fn remember(&self, now: DateTime<Utc>, reply: &Reply, manner: &Manner) -> Option<Entry> {
        let ready_at = match manner {
            Manner::At(at) => *at,
            Manner::AtOnce | Manner::AfterNotice(_) | Manner::Cut => now,
        };
        let (key, request) = (self.key.clone()?, self.request.clone());
        Some(Entry::Answer(Answer { key, request, at: now, ready_at, reply: reply.clone() }))
    }
}

/// Plays a fault the first `times` times.
pub(super) fn trip(books: &Books, what: &str, times: u32, error: ApiError) -> Result<(), Undone> {
    let more = books.tripped(what) < times;
    if more { Err(Undone { tripped: Some(what.to_owned()), ..error.into() }) } else { Ok(()) }
}

/// A charge that was tried: a declined one is an error.
pub(super) fn tried(intent: &Intent) -> Reply {
    if intent.is_declined() {
        let error = ApiError::declined(intent);
        return Reply::Given { status: error.status.as_u16(), body: error.body() };
    }
    Reply::Given { status: 200, body: intent.object() }
}

fn render(bank: &Bank, reply: Reply, replayed: bool) -> Response {
    let reply = match reply {
        Reply::OfIntent { id } => bank.books().intent(&id).map(tried),
        given @ Reply::Given { .. } => Some(given),
    };
    let Some(Reply::Given { status, body }) = reply else { return ApiError::broken().into_response() };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(body)).into_response();
    if replayed {
        response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    response
}

/// An answer whose body breaks before its first byte: the connection ends, and nothing of the answer was sent.
fn cut() -> Response {
    let broken = futures::stream::once(async { Err::<Vec<u8>, _>(std::io::Error::other("cut")) });
    Response::new(Body::from_stream(broken))
}
