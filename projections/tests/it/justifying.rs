//! Why a seat was, or was not, to be had.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use domain::{
    Category, Operation, OrderId, OrderItem, PaymentId, PaymentMethod, Refusal, ShowId, State, States,
    StreamId, UnitOfWork, UserId, Versioned, Wanted,
    operations::{CancelShow, CloseShow, PlaceOrder, PublishShow, ScheduleShow},
};
use event_store::{Moment, Past, Position, RecordedEvent};
use projections::why::{Seat, Why, WhyError, why};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::support::{
    History, World,
    expected::log,
    history::{draft, seat},
};

#[derive(Default)]
struct All(HashMap<StreamId, Versioned>);

impl States for All {
    fn get(&self, stream: StreamId) -> Option<&Versioned> {
        self.0.get(&stream)
    }
}

impl All {
    fn evolve(&mut self, event: &RecordedEvent) {
        let stream = event.stream().unwrap();
        let known = self.0.entry(stream).or_insert_with(|| Versioned::empty(stream.category()));
        known.version += 1;
        known.state.evolve(event.stored().unwrap()).unwrap();
    }

    /// What somebody who orders the seat is told; `None` if it is held for them.
    fn refuse(&self, show: ShowId, name: &str, past: Past) -> Option<Refusal> {
        let order = PlaceOrder {
            order: OrderId::from(Uuid::from_u128(9)),
            payment: PaymentId::from(Uuid::from_u128(9)),
            customer: UserId::from(Uuid::from_u128(9)),
            show,
            method: PaymentMethod::Manual,
            items: vec![OrderItem { section: None, wanted: Wanted::Seats(vec![name.to_owned()]) }],
            takes_cards: true,
        };
        let mut random = || 0;
        order.run(&mut UnitOfWork::new(self, past.at, &mut random)).err()
    }
}

async fn ask(connection: &mut PgConnection, show: ShowId, name: &str, past: Past) -> Why {
    why(connection, show, name.parse().unwrap(), past, &mut |_| {}).await.unwrap()
}

async fn moment(connection: &mut PgConnection, position: Position) -> Past {
    Moment::Position(position).find(connection, chrono::DateTime::UNIX_EPOCH).await.unwrap()
}

#[tokio::test]
async fn whoever_asked_was_told_what_is_told_of_it_later() {
    let mut history = History::with_orders(81, 160);
    history.pay_late();
    history.pay_back();
    history.sell(60);
    let world = World::with(history).await;
    let log = log(&world).await;
    let mut connection = world.connection().await;
    let (mut all, mut taken, mut free) = (All::default(), 0, 0);
    for (index, event) in log.iter().enumerate() {
        all.evolve(event);
        if index % 9 != 0 {
            continue;
        }
        let past = moment(&mut connection, event.position).await;
        let show = world.history.shows[index % 2];
        if !all.0.contains_key(&StreamId::inventory(show)) {
            continue;
        }
        for name in ["B-20", "B-21", "B-3", "A-15"] {
            let told = ask(&mut connection, show, name, past).await.request;
            let wanted = match all.refuse(show, name, past) {
                None => None,
                Some(Refusal::SeatsTaken { .. }) => Some("seats-taken"),
                Some(Refusal::ShowNotOnSale) => Some("show-not-on-sale"),
                Some(other) => panic!("{other}"),
            };
            assert_eq!((told.accepted, told.problem), (wanted.is_none(), wanted), "{name} {past:?}");
            let State::Inventory(inventory) = &all.0[&StreamId::inventory(show)].state else { panic!() };
            let holder = told.order_id.map(OrderId::from);
            if wanted == Some("seats-taken") {
                let holding = inventory.holding(holder.unwrap()).unwrap();
                assert!(holding.seats.iter().any(|seat| seat.seat == Some(name.parse().unwrap())));
                assert!(told.because.to_lowercase().starts_with(holding.state.as_str()), "{}", told.because);
                assert_eq!(told.held_until.is_some(), holding.state == domain::SeatState::Held);
                taken += 1;
            } else {
                assert_eq!(holder, None);
                free += 1;
            }
        }
    }
    assert!(taken > 50 && free > 50, "{taken} {free}");
}

#[tokio::test]
async fn a_seat_s_history_is_every_event_that_names_it() {
    let mut history = History::with_orders(82, 120);
    history.pay_back();
    let world = World::with(history).await;
    let log = log(&world).await;
    let mut connection = world.connection().await;
    let past = moment(&mut connection, world.head().await.position).await;
    let mut kinds = HashSet::new();
    for name in ["B-20", "B-21", "B-1", "A-30"] {
        let show = world.history.shows[0];
        let told = ask(&mut connection, show, name, past).await;
        let named = format!("\"seat\":\"{name}\"");
        let belongs = |event: &&RecordedEvent| {
            let stream = event.stream().unwrap();
            stream.uuid() == show.uuid()
                && (stream.category() == Category::Show || event.data.contains(&named))
        };
        let wanted: Vec<Position> = log.iter().filter(belongs).map(|event| event.position).collect();
        assert_eq!(told.events.iter().map(|turn| turn.position).collect::<Vec<_>>(), wanted, "{name}");
        for turn in told.events {
            let holds = turn.r#type == "SeatsReserved";
            assert_eq!(
                (turn.until.is_some(), turn.order_id.is_some()),
                (holds, turn.r#type.starts_with("Seats"))
            );
            kinds.insert(turn.description);
        }
    }
    assert!(kinds.len() >= 6, "{kinds:?}");
}

#[tokio::test]
async fn a_show_that_sells_nothing_says_why() {
    let mut history = History::new(83);
    let organizer = history.organizer;
    let (start, end) = (history.now + TimeDelta::days(1), history.now + TimeDelta::days(2));
    let show = ShowId::from(Uuid::from_u128(77));
    let planned =
        domain::ShowDraft { sales_start_at: Some(start), sales_end_at: Some(end), ..draft(history.now) };
    assert!(history.run(&ScheduleShow { show, organizer, draft: planned }));
    assert!(history.run(&PublishShow { show, organizer }));
    assert!(history.run(&CloseShow { show, organizer }));
    assert!(history.run(&PublishShow { show, organizer }));
    assert!(history.run(&CancelShow { show, organizer }));
    let world = World::with(history).await;
    let mut connection = world.connection().await;
    let minute = TimeDelta::minutes(1);
    for (position, at, problem, because) in [
        (1, start, Some("not-found"), "was a draft"),
        (
            2,
            start - minute,
            Some("show-not-on-sale"),
            "Sales had not begun: they were to begin on 2027-01-16T08:00:00Z.",
        ),
        (2, start, None, "was free, and the show on sale"),
        (2, end - minute, None, "was free, and the show on sale"),
        (2, end, Some("show-not-on-sale"), "Sales had ended on 2027-01-17T08:00:00Z."),
        (3, start, Some("show-not-on-sale"), "was closed on 2027-01-15T08:00:00Z (position 3)"),
        (4, start, None, "was free, and the show on sale"),
        (5, start, Some("show-not-on-sale"), "was cancelled on 2027-01-15T08:00:00Z (position 5)"),
    ] {
        let told = ask(&mut connection, show, "SEATS/A-1", Past { position, at }).await.request;
        assert_eq!((told.problem, told.accepted), (problem, problem.is_none()), "{position} {at}");
        assert!(told.because.contains(because), "{}", told.because);
    }
    let past = Past { position: 5, at: start };
    let refused = async |connection: &mut PgConnection, show, seat: &str, past| {
        why(connection, show, seat.parse::<Seat>().unwrap(), past, &mut |_| {}).await.unwrap_err()
    };
    for (seat, because) in [
        ("A-31", "no seat A-31"),
        ("C-1", "no seat C-1"),
        ("BALCONY/A-1", "no seat A-1"),
        ("FLOOR/A-1", "section FLOOR sells by quantity"),
    ] {
        let error = refused(&mut connection, show, seat, past).await;
        assert!(matches!(&error, WhyError::Seat(error) if error.to_string().contains(because)), "{error}");
    }
    let unborn = refused(&mut connection, show, "A-1", Past { position: 0, at: start }).await;
    assert!(matches!(unborn, WhyError::NoShow { position: 0, .. }));
}

#[tokio::test]
async fn a_hold_that_has_ended_keeps_the_seat_until_it_is_given_back() {
    let mut history = History::new(84);
    let show = history.schedule(true);
    let customer = UserId::from(Uuid::from_u128(5));
    let (order, _) = history.order(show, customer, seat("SEATS", "A-1")).unwrap();
    let until = history.now + TimeDelta::seconds(900);
    let world = World::with(history).await;
    let mut connection = world.connection().await;
    let position = world.head().await.position;
    let second = TimeDelta::seconds(1);
    for (at, because) in [
        (until - second, format!("Held for order {order} until 2027-01-15T08:15:00Z.")),
        (
            until,
            format!(
                "Held for order {order} until 2027-01-15T08:15:00Z; that was over, but the seat had not been given back yet."
            ),
        ),
    ] {
        let told = ask(&mut connection, show, "A-1", Past { position, at }).await;
        assert_eq!((told.request.because, told.request.held_until), (because, Some(until)));
        let held = told.events.last().unwrap();
        assert_eq!((held.user_id, held.order_id), (Some(customer.uuid()), Some(order.uuid())));
    }
    assert!(ask(&mut connection, show, "A-2", Past { position, at: until }).await.request.accepted);
}
