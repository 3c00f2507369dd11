//! An order as it was.

use domain::{OrderId, StreamId};
use edge::{Answered, Problem, QueryError, extract::Caller};
use event_store::{Moment, MomentError};
use identity::Role;
use projections::{
    Model,
    as_of::{self, Shown, Then},
    orders::OrderView,
};

use crate::{app::App, params::At, reading::Reading};

/// The order at a moment, for operators; `X-Position` says which position that was.
pub(super) async fn order_as_of(
    app: &App,
    caller: Caller,
    order: OrderId,
    moment: &str,
    at: At,
) -> Result<Answered<OrderView>, Problem> {
    if !caller.roles.has(Role::Operator) {
        return Err(Problem::forbidden(&[Role::Operator]));
    }
    let moment: Moment = moment.parse().map_err(|_| wrong())?;
    let mut reading = Reading::begin(app, &[], at.min_position).await?;
    let past = moment.find(&mut reading, app.edge.now()).await.map_err(unknown)?;
    let then = as_of::entity(&mut reading, Model::Orders, StreamId::order(order), past.position).await?;
    reading.close().await?;
    match then.into_iter().next() {
        Some(Then::Was(Shown::Order(order))) => Ok(Answered::ok(*order).at(past.position)),
        Some(Then::Halted(_)) => Err(Problem::projection_parked()),
        Some(Then::Was(
            Shown::Show(_)
            | Shown::Inventory(_)
            | Shown::Ticket(_)
            | Shown::Payment(_)
            | Shown::Account(_)
            | Shown::Balance(_),
        ))
        | None => Err(Problem::not_found()),
    }
}

fn wrong() -> Problem {
    let detail = "must be a position such as 42, or a time such as 2026-11-05T19:30:00Z";
    Problem::invalid_query(&[QueryError { parameter: "as_of".into(), detail: detail.into() }])
}

fn unknown(error: MomentError) -> Problem {
    match error {
        MomentError::Beyond { head } => Problem::position_unknown(head),
        MomentError::Database(error) => error.into(),
    }
}
