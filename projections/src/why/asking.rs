//! What whoever asks for a seat is told, and why: decided by the very operation that decides it when people ask.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    Inventory, Operation, OrderId, OrderItem, PaymentId, PaymentMethod, Refusal, SeatRef, SeatState, Show,
    ShowId, ShowStatus, State, States, StreamId, UnitOfWork, UserId, Versioned, Wanted,
    operations::PlaceOrder,
};
use event_store::{Past, Position};
use serde::Serialize;
use uuid::Uuid;

use super::Turn;

/// What a request for a seat would have come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// When it is asked.
    pub at: DateTime<Utc>,
    /// After which event.
    pub position: Position,
    /// Whether the seat would have been held for whoever asked; for whom a show limits seats a customer, it might not.
    pub accepted: bool,
    /// The problem that the request would have met, such as `seats-taken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<&'static str>,
    /// Why, in words that are for people and may change.
    pub because: String,
    /// The order that had the seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Uuid>,
    /// Until when that order held it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<DateTime<Utc>>,
}

/// Somebody asks for a seat, and nothing else.
pub(super) struct Asking<'a> {
    pub(super) show: ShowId,
    pub(super) place: SeatRef,
    pub(super) past: Past,
    pub(super) stand: &'a Show,
    pub(super) inventory: &'a Inventory,
    pub(super) turns: &'a [Turn],
}

/// What the operation looks at.
struct Moment {
    states: [(StreamId, Versioned); 2],
}

impl States for Moment {
    fn get(&self, stream: StreamId) -> Option<&Versioned> {
        self.states.iter().find(|(known, _)| *known == stream).map(|(_, state)| state)
    }
}

impl Asking<'_> {
    pub(super) fn answer(&self) -> Answer {
        let (problem, because) = match self.decide() {
            Ok(()) => (None, "The seat was free, and the show on sale.".to_owned()),
            Err(refusal) => self.refused(&refusal),
        };
        let taken = if problem == Some(TAKEN) { self.taken_by() } else { None };
        Answer {
            at: self.past.at,
            position: self.past.position,
            accepted: problem.is_none(),
            problem,
            because,
            order_id: taken.and_then(|turn| turn.order_id),
            held_until: taken.and_then(|turn| turn.until),
        }
    }

    /// An order for this seat at this moment; what it would have brought about is thrown away.
    fn decide(&self) -> Result<(), Refusal> {
        let state = |state| Versioned { version: 1, state };
        let moment = Moment {
            states: [
                (StreamId::show(self.show), state(State::Show(self.stand.clone()))),
                (StreamId::inventory(self.show), state(State::Inventory(self.inventory.clone()))),
            ],
        };
        let nobody = Uuid::nil();
        let order = PlaceOrder {
            order: OrderId::from(nobody),
            payment: PaymentId::from(nobody),
            customer: UserId::from(nobody),
            show: self.show,
            method: PaymentMethod::Manual,
            items: vec![OrderItem {
                section: Some(self.place.section.into()),
                wanted: Wanted::Seats(self.place.seat.iter().map(ToString::to_string).collect()),
            }],
            takes_cards: false,
        };
        let mut no_chance = || 0;
        order.run(&mut UnitOfWork::new(&moment, self.past.at, &mut no_chance)).map(drop)
    }

    fn refused(&self, refusal: &Refusal) -> (Option<&'static str>, String) {
        match refusal {
            Refusal::NotFound => {
                (Some("not-found"), "The show was a draft: for those who buy there is none.".to_owned())
            }
            Refusal::ShowNotOnSale => (Some("show-not-on-sale"), self.not_on_sale()),
            Refusal::SeatsTaken { .. } => (Some(TAKEN), self.taken()),
            Refusal::CustomerLimit { .. } => (Some("customer-limit"), refusal.to_string()),
            Refusal::Invalid { .. } | Refusal::EventTooLarge => (Some("invalid"), refusal.to_string()),
            // Not of those who place an order for a named seat.
            Refusal::NotEnoughAvailable { .. }
            | Refusal::NoAdjacentSeats { .. }
            | Refusal::OrderNotPending { .. }
            | Refusal::PaymentNotPending { .. }
            | Refusal::OrderNotRefundable { .. }
            | Refusal::AccountExists
            | Refusal::AlreadyCheckedIn
            | Refusal::TicketVoid
            | Refusal::PaymentMethodUnavailable
            | Refusal::VersionMismatch { .. }
            | Refusal::ShowTransition { .. }
            | Refusal::ShowFieldFixed { .. }
            | Refusal::HoldNotEnded { .. }
            | Refusal::StreamNotLoaded(_) => (Some("internal"), refusal.to_string()),
        }
    }

    fn not_on_sale(&self) -> String {
        let since = |name: &str| {
            let turn = self.turns.iter().rev().find(|turn| turn.r#type == name);
            turn.map_or(String::new(), |turn| {
                format!(" on {} (position {})", time(turn.recorded_at), turn.position)
            })
        };
        match self.stand.status() {
            Some(ShowStatus::Closed) => format!("The show was closed{}.", since("ShowClosed")),
            Some(ShowStatus::Cancelled) => format!("The show was cancelled{}.", since("ShowCancelled")),
            Some(ShowStatus::OnSale) => self.outside_sales(),
            Some(ShowStatus::Draft) | None => "The show was not published.".to_owned(),
        }
    }

    fn outside_sales(&self) -> String {
        let draft = self.stand.details().map(|details| &details.draft);
        let start = draft.and_then(|draft| draft.sales_start_at).filter(|start| *start > self.past.at);
        let end = draft.and_then(|draft| draft.sales_end_at);
        match (start, end) {
            (Some(start), _) => format!("Sales had not begun: they were to begin on {}.", time(start)),
            (None, Some(end)) => format!("Sales had ended on {}.", time(end)),
            (None, None) => "The show was not on sale.".to_owned(),
        }
    }

    /// How the order that has the seat came by it.
    fn taken_by(&self) -> Option<&Turn> {
        self.turns.iter().rev().find(|turn| turn.order_id.is_some())
    }

    fn taken(&self) -> String {
        let Some(turn) = self.taken_by() else { return "Taken.".to_owned() };
        let order = turn.order_id.unwrap_or_default();
        let holding = self.inventory.holding(OrderId::from(order));
        match (holding.map(|holding| holding.state), turn.until) {
            (Some(SeatState::Held), Some(until)) if until <= self.past.at => format!(
                "Held for order {order} until {}; that was over, but the seat had not been given back yet.",
                time(until)
            ),
            (Some(SeatState::Held), Some(until)) => format!("Held for order {order} until {}.", time(until)),
            (Some(SeatState::Sold), _) => {
                format!("Sold to order {order} on {} (position {}).", time(turn.recorded_at), turn.position)
            }
            (Some(SeatState::Held), None) | (None, _) => format!("Order {order} had it."),
        }
    }
}

const TAKEN: &str = "seats-taken";

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
