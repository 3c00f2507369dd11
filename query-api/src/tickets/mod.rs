//! Tickets, for whoever bought them, the show's organizer, and operators.

pub(crate) mod get;
pub(crate) mod qr;

use domain::{StreamId, TicketCode};
use edge::{Problem, extract::Caller};
use projections::{
    Model, Viewer,
    orders::{self, TicketView},
};

use crate::{reading::Reading, viewer::viewer};

/// What answers about tickets are made of.
const MODELS: [Model; 1] = [Model::Orders];

/// The ticket, if it is the caller's business.
async fn visible(reading: &mut Reading, code: TicketCode, caller: &Caller) -> Result<TicketView, Problem> {
    let found = orders::ticket(reading, code, viewer(caller)).await?;
    let hidden = found.is_none() && orders::ticket(reading, code, Viewer::Operator).await?.is_some();
    reading.judge(found, hidden, &[(Model::Orders, StreamId::ticket(code))]).await
}
