//! Orders' stories: whole, and no more than that.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{Account, Category, DomainEvent, OrderEvent, OrderId, State, StreamId, TicketStatus};
use event_store::{Position, RecordedEvent};
use projections::story::{Asked, HistoryEntry, Story, story};
use sqlx::{Connection, PgConnection};

use crate::support::{History, World, expected::log, history::quantity};

fn decoded(event: &RecordedEvent) -> DomainEvent {
    DomainEvent::decode(event.stream().unwrap(), event.stored().unwrap()).unwrap()
}

/// Found by looking at every event: the order's own streams, and whatever names it.
fn belonging(log: &[RecordedEvent], order: OrderId) -> Vec<Position> {
    let mut own = HashSet::from([StreamId::order(order)]);
    for event in log {
        if let DomainEvent::Order(id, what) = decoded(event)
            && id == order
        {
            match what {
                OrderEvent::OrderPlaced(placed) => _ = own.insert(StreamId::payment(placed.payment)),
                OrderEvent::OrderConfirmed { tickets, .. } => {
                    own.extend(tickets.into_iter().map(StreamId::ticket));
                }
                OrderEvent::OrderFailed { .. }
                | OrderEvent::OrderCancelled {}
                | OrderEvent::OrderExpired {}
                | OrderEvent::OrderRefunded {} => {}
            }
        }
    }
    let name = format!("\"order\":\"{order}\"");
    let belongs =
        |event: &&RecordedEvent| own.contains(&event.stream().unwrap()) || event.data.contains(&name);
    log.iter().filter(belongs).map(|event| event.position).collect()
}

async fn told(connection: &mut PgConnection, order: OrderId, until: Position) -> Story {
    story(connection, order, until).await.unwrap().expect("the order was placed")
}

fn positions(story: &Story) -> Vec<Position> {
    story.entries.iter().map(|entry| entry.position).collect()
}

impl World {
    fn command_at(&self, position: Position) -> Option<u128> {
        self.history.commands.get(usize::try_from(position).unwrap() - 1).map(|made| made.command)
    }
}

/// A history with all that can happen to orders, and a show that is called off.
async fn eventful(seed: u64) -> World {
    let mut history = History::with_orders(seed, 160);
    history.pay_late();
    history.let_in();
    history.pay_back();
    history.sell(40);
    history.call_off(history.shows[1], 7);
    history.sell(20);
    World::with(history).await
}

#[tokio::test]
async fn a_story_is_all_that_belongs_to_the_order_and_nothing_else() {
    let world = eventful(61).await;
    let log = log(&world).await;
    let mut connection = world.connection().await;
    let mut unwound = 0;
    for &(order, ..) in &world.history.orders {
        let story = told(&mut connection, order, Position::MAX).await;
        assert_eq!(positions(&story), belonging(&log, order), "{order}");
        unwound += usize::from(story.entries.iter().any(|entry| entry.command == Some(Asked::UnwindShow)));
    }
    assert!(unwound > 10, "some were settled with others: {unwound}");
    let kinds: HashSet<_> = log.iter().map(|event| event.stream().unwrap().category()).collect();
    assert_eq!(kinds.len(), Category::ALL.len());
}

#[tokio::test]
async fn a_story_can_be_told_as_it_was_at_any_position() {
    let world = eventful(62).await;
    let log = log(&world).await;
    let mut connection = world.connection().await;
    for &(order, ..) in world.history.orders.iter().step_by(9) {
        let whole = told(&mut connection, order, Position::MAX).await;
        let first = whole.entries[0].position;
        // Seats are held first: until the next event nobody knows what for.
        assert_eq!(story(&mut connection, order, first).await.unwrap(), None);
        for entry in whole.entries.iter().skip(1) {
            let until = told(&mut connection, order, entry.position).await;
            let wanted = belonging(&log[..usize::try_from(entry.position).unwrap()], order);
            assert_eq!(positions(&until), wanted);
            // In the midst of a command nobody ever saw it.
            if world.command_at(entry.position) != world.command_at(entry.position + 1) {
                assert_eq!(until.entries[..], whole.entries[..wanted.len()], "the past does not change");
            }
        }
    }
}

#[tokio::test]
async fn how_things_stood_is_what_the_aggregates_make_of_the_whole_log() {
    let world = eventful(63).await;
    let mut connection = world.connection().await;
    let mut stories: BTreeMap<Position, (OrderId, HistoryEntry)> = BTreeMap::new();
    for &(order, ..) in &world.history.orders {
        for entry in told(&mut connection, order, Position::MAX).await.entries {
            stories.insert(entry.position, (order, entry));
        }
    }
    let mut states: HashMap<StreamId, State> = HashMap::new();
    let mut balances = 0;
    for event in log(&world).await {
        let stream = event.stream().unwrap();
        let state = states.entry(stream).or_insert_with(|| State::empty(stream.category()));
        state.evolve(event.stored().unwrap()).unwrap();
        let Some((order, entry)) = stories.get(&event.position) else { continue };
        let state = &entry.state;
        if let Some(State::Order(known)) = states.get(&StreamId::order(*order)) {
            assert_eq!(state.order, known.status().map(domain::OrderStatus::as_str));
            let placed = known.placed().unwrap();
            if let Some(State::Payment(payment)) = states.get(&StreamId::payment(placed.payment)) {
                assert_eq!(state.payment, payment.status().map(domain::PaymentStatus::as_str));
                assert_eq!(state.refund.is_some(), payment.is_being_refunded());
            }
            let Some(State::Inventory(inventory)) = states.get(&StreamId::inventory(placed.show)) else {
                panic!("an order without seats")
            };
            let held = inventory.holding(*order).map_or("free", |holding| holding.state.as_str());
            assert_eq!(state.seats, Some(held), "{entry:?}");
        }
        let of_order = |state: &&State| {
            if let State::Ticket(ticket) = state {
                ticket.issued().is_some_and(|t| t.order == *order)
            } else {
                false
            }
        };
        let counted = |wanted: TicketStatus| {
            let tickets = states.values().filter(of_order);
            tickets
                .filter(|state| if let State::Ticket(t) = state { t.status() == Some(wanted) } else { false })
                .count()
        };
        let tickets = state.tickets.unwrap_or_default();
        assert_eq!(
            [tickets.issued, tickets.checked_in, tickets.void].map(|count| count as usize),
            TicketStatus::ALL.iter().map(|status| counted(*status)).collect::<Vec<_>>()[..]
        );
        if let Some(State::Account(Account::Open { balance, .. })) = states.get(&stream) {
            assert_eq!(state.account.as_ref().map(|account| account.balance), Some(*balance));
            balances += 1;
        }
    }
    assert!(balances > 5, "some were paid from accounts: {balances}");
}

#[tokio::test]
async fn what_was_asked_for_is_read_off_what_came_of_it() {
    let world = eventful(64).await;
    let mut connection = world.connection().await;
    let mut seen: HashSet<&str> = HashSet::new();
    for &(order, ..) in &world.history.orders {
        for entry in told(&mut connection, order, Position::MAX).await.entries {
            let made = world.history.commands[usize::try_from(entry.position).unwrap() - 1];
            assert_eq!(format!("{:?}", entry.command.unwrap()), made.operation, "{entry:?}");
            seen.insert(made.operation);
        }
    }
    assert_eq!(seen.len(), 10, "each of them happened: {seen:?}");
}

#[tokio::test]
async fn an_order_among_thousands_that_one_command_settled_is_found_without_them() {
    let mut history = History::new(65);
    let show = history.schedule(true);
    for customer in 0..300 {
        let customer = domain::UserId::from(uuid::Uuid::from_u128(0x5000 + customer));
        history.order(show, customer, quantity("FLOOR", 1, true)).unwrap();
    }
    history.call_off(show, 100);
    let show = history.schedule(true);
    let customer = domain::UserId::from(uuid::Uuid::from_u128(0x5000));
    let (alone, _) = history.order(show, customer, quantity("FLOOR", 1, true)).unwrap();
    history.deposit(customer, 300);
    let world = World::with(history).await;
    let [first, middle, last] = [0, 150, 299].map(|index| world.history.orders[index].0);
    for (order, events) in [(first, 6), (middle, 6), (last, 6), (alone, 3)] {
        // What a connection has not reported yet is counted over its transactions.
        let mut connection = world.connection().await;
        let mut transaction = connection.begin().await.unwrap();
        assert_eq!(told(&mut transaction, order, Position::MAX).await.entries.len(), events);
        let read = "select pg_stat_get_xact_tuples_fetched(oid) + pg_stat_get_xact_tuples_returned(oid) \
                    from pg_class where relname = 'events'";
        let read: i64 = sqlx::query_scalar(read).fetch_one(&mut *transaction).await.unwrap();
        assert!((1..20).contains(&read), "{read} events were read for {events}");
    }
}

#[tokio::test]
async fn what_can_t_be_read_stays_in_the_story() {
    let world = eventful(66).await;
    let (order, ..) = world.history.orders[0];
    let mut connection = world.connection().await;
    let before = told(&mut connection, order, Position::MAX).await;
    let metadata = format!(
        r#"{{"schema":1,"correlation":"{order}","command_id":"00000000-0000-0000-0000-0000000fffff"}}"#
    );
    let version = 1 + before.entries.iter().filter(|entry| entry.r#type.starts_with("Order")).count();
    let newer = (
        StreamId::order(order).to_string(),
        i64::try_from(version).unwrap(),
        "OrderForgotten".to_owned(),
        "{}".to_owned(),
        metadata,
    );
    let mut beside = newer.clone();
    (beside.0, beside.1, beside.2) = ("tea-1".to_owned(), 1, "TeaDrunk".to_owned());
    let mut of_another = beside.clone();
    (of_another.1, of_another.4) =
        (2, of_another.4.replace(&order.to_string(), &uuid::Uuid::nil().to_string()));
    world.append_raw(vec![newer, of_another, beside]).await;
    let after = told(&mut connection, order, Position::MAX).await;
    let (known, new) = after.entries.split_at(before.entries.len());
    assert_eq!(known, before.entries);
    let told: Vec<_> = new.iter().map(|entry| (entry.r#type.as_str(), entry.command, &entry.state)).collect();
    let state = &before.entries.last().unwrap().state;
    assert_eq!(told, [("OrderForgotten", None, state), ("TeaDrunk", None, state)]);
}

#[tokio::test]
async fn an_order_that_nobody_placed_has_no_story() {
    let world = eventful(67).await;
    let mut connection = world.connection().await;
    let nobody = OrderId::from(uuid::Uuid::from_u128(7));
    assert_eq!(story(&mut connection, nobody, Position::MAX).await.unwrap(), None);
}
