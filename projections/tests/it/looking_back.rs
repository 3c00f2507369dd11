//! Read models as they were: what the live queries said then.

use domain::{DomainEvent, ShowId, StreamId};
use event_store::Position;
use projections::{
    Model, PageRequest, Viewer, accounts,
    as_of::{self, Shown, Then, Whole},
    inventory, ledger,
    orders::{self, OrderFilter},
    payments::{self, PaymentFilter},
    shows::{self},
};
use sqlx::PgConnection;

use crate::support::{History, World, expected::log};

/// Everything that the live queries show, as `as-of` shows it: one model after the other, each by id.
async fn live(world: &World) -> Vec<(Model, Vec<Shown>)> {
    let mut connection = world.connection().await;
    let all = PageRequest { before: None, limit: 100 };
    let viewer = Viewer::Operator;
    let mut told = vec![];
    let mut of_shows = vec![];
    let mut of_inventory = vec![];
    for show in &world.history.shows {
        let found = shows::get(&mut connection, *show, None, true).await.unwrap();
        of_shows.extend(found.map(|show| Shown::Show(Box::new(show))));
        of_inventory.extend(inventory(&mut connection, *show).await);
    }
    told.push((Model::Shows, of_shows));
    told.push((Model::Inventory, of_inventory));
    let (mut of_orders, mut page) = (vec![], all);
    let filter = OrderFilter { viewer, status: None, show: None, user: None };
    loop {
        let found = orders::list(&mut connection, filter, page).await.unwrap();
        of_orders.extend(found.items.into_iter().map(|order| Shown::Order(Box::new(order))));
        let Some(next) = found.next else { break };
        page.before = Some(next);
    }
    told.push((Model::Orders, of_orders));
    let (mut of_payments, mut page) = (vec![], all);
    let filter = PaymentFilter { viewer, status: None };
    loop {
        let found = payments::list(&mut connection, filter, page).await.unwrap();
        of_payments.extend(found.items.into_iter().map(Shown::Payment));
        let Some(next) = found.next else { break };
        page.before = Some(next);
    }
    told.push((Model::Payments, of_payments));
    let found = accounts::list(&mut connection, viewer, all).await.unwrap();
    told.push((Model::Accounts, found.items.into_iter().map(Shown::Account).collect()));
    let found = ledger::balances(&mut connection).await.unwrap();
    told.push((Model::Ledger, found.into_iter().map(Shown::Balance).collect()));
    told.into_iter().map(|(model, shown)| (model, sorted(shown))).collect()
}

async fn inventory(connection: &mut PgConnection, show: ShowId) -> Option<Shown> {
    let inventory = inventory::get(connection, show, None, true).await.unwrap()?;
    let taken: Vec<(String, String, i32, String, uuid::Uuid)> = sqlx::query_as(
        "select section, row_code, number, status, order_id from inventory_seats where show_id = $1
         order by section, row_code, number",
    )
    .bind(show.uuid())
    .fetch_all(connection)
    .await
    .unwrap();
    let taken = taken.into_iter().map(|(section, row, number, status, order_id)| as_of::TakenSeat {
        section,
        seat: format!("{row}-{number}").parse().unwrap(),
        status: status.parse().unwrap(),
        order_id,
    });
    Some(Shown::Inventory(Box::new(as_of::InventoryThen { inventory, taken: taken.collect() })))
}

/// In an order that does not depend on who tells.
fn sorted(mut shown: Vec<Shown>) -> Vec<Shown> {
    shown.sort_by_cached_key(|shown| serde_json::to_string(shown).unwrap());
    shown
}

fn was(then: Vec<Then>) -> Vec<Shown> {
    let shown = then.into_iter().map(|then| match then {
        Then::Was(shown) => shown,
        Then::Halted(halted) => panic!("{halted:?}"),
    });
    shown.collect()
}

async fn whole(connection: &mut PgConnection, model: Model, until: Position) -> Vec<Then> {
    let (mut whole, mut then) = (Whole::new(model, until), vec![]);
    while let Some(page) = whole.next(connection).await.unwrap() {
        then.extend(page);
    }
    then
}

#[tokio::test]
async fn every_read_model_was_what_its_queries_said_then() {
    let mut world = World::new(History::with_orders(71, 60)).await;
    let running = world.start(None);
    let mut said = vec![];
    for step in 0..5 {
        match step {
            0 => {}
            1 => world.history.pay_late(),
            2 => world.history.let_in(),
            3 => world.history.pay_back(),
            _ => world.history.sell(100),
        }
        world.append().await;
        world.caught_up().await;
        said.push((world.head().await.position, live(&world).await));
    }
    running.stop().await;
    let mut connection = world.connection().await;
    let mut seen = 0;
    for (position, models) in said {
        for (model, live) in models {
            let then = was(whole(&mut connection, model, position).await);
            seen += then.len();
            assert_eq!(sorted(then), live, "{model} as of {position}");
        }
    }
    assert!(seen > 500, "{seen}");
}

#[tokio::test]
async fn one_entity_is_what_it_is_among_all() {
    let mut history = History::with_orders(72, 150);
    history.pay_back();
    let world = World::with(history).await;
    let head = world.head().await.position;
    let mut connection = world.connection().await;
    for until in [head / 3, head] {
        for model in [Model::Shows, Model::Inventory, Model::Orders, Model::Payments, Model::Accounts] {
            let all = was(whole(&mut connection, model, until).await);
            for (shown, id) in all.iter().map(|shown| (shown, id(shown))).step_by(7) {
                let [entity] = as_of::subjects(model, &id).unwrap()[..] else { panic!("{model} {id}") };
                let one = was(as_of::entity(&mut connection, model, entity, until).await.unwrap());
                assert_eq!([shown], one.iter().collect::<Vec<_>>()[..]);
            }
        }
    }
    let (order, ..) = *world.history.orders.last().unwrap();
    let placed = as_of::entity(&mut connection, Model::Orders, StreamId::order(order), 5).await.unwrap();
    assert_eq!(placed, [], "it had not been placed");
    let paid = world.history.orders.iter().map(|(_, payment, _)| StreamId::payment(*payment));
    let mut booked = 0;
    for payment in paid {
        let balances = was(as_of::entity(&mut connection, Model::Ledger, payment, head).await.unwrap());
        let amounts = balances.iter().map(|shown| if let Shown::Balance(b) = shown { b.amount } else { 0 });
        assert_eq!(amounts.sum::<i64>(), 0);
        booked += balances.len();
    }
    assert!(booked > 10, "{booked}");
}

fn id(shown: &Shown) -> String {
    let shown = serde_json::to_value(shown).unwrap();
    let names = ["order_id", "payment_id", "account_id", "show_id"];
    // A payment names its order, an order its payment.
    let names = if shown.get("method").is_some() { ["payment_id"; 4] } else { names };
    let id = names.iter().find_map(|name| shown[*name].as_str());
    id.unwrap_or_else(|| panic!("{shown}")).to_owned()
}

#[tokio::test]
async fn a_ticket_was_good_until_it_was_used() {
    let mut history = History::with_orders(73, 40);
    history.let_in();
    let world = World::with(history).await;
    let log = log(&world).await;
    let used = log.iter().find(|event| event.event_type == "TicketCheckedIn").unwrap();
    let ticket = used.stream().unwrap();
    let DomainEvent::Ticket(code, _) = DomainEvent::decode(ticket, used.stored().unwrap()).unwrap() else {
        panic!("a ticket is checked in")
    };
    assert_eq!(as_of::subjects(Model::Orders, &code.to_string()), Ok(vec![ticket]));
    let mut connection = world.connection().await;
    for (until, status) in [(used.position - 1, "issued"), (used.position, "checked_in")] {
        let [Then::Was(Shown::Ticket(then))] =
            &as_of::entity(&mut connection, Model::Orders, ticket, until).await.unwrap()[..]
        else {
            panic!("one ticket")
        };
        assert_eq!((then.status.as_str(), &then.code), (status, &code.to_string()));
    }
}

#[tokio::test]
async fn what_can_t_be_applied_is_not_told_and_the_rest_is() {
    let world = World::with(History::with_orders(74, 20)).await;
    let (order, payment, _) = world.history.orders[3];
    let mut connection = world.connection().await;
    let before = world.head().await.position;
    let whole_before = was(whole(&mut connection, Model::Orders, before).await);
    let version =
        log(&world).await.iter().filter(|e| e.stream_id == format!("payment-{payment}")).count() + 1;
    let metadata = format!(r#"{{"schema":1,"correlation":"{order}","command_id":"{order}"}}"#);
    let damaged = (
        format!("payment-{payment}"),
        i64::try_from(version).unwrap(),
        "PaymentFailed".to_owned(),
        "{}".to_owned(),
        metadata,
    );
    world.append_raw(vec![damaged]).await;
    let after = whole(&mut connection, Model::Orders, before + 1).await;
    let (halted, told): (Vec<Then>, Vec<Then>) =
        after.into_iter().partition(|then| matches!(then, Then::Halted(_)));
    let [Then::Halted(halted)] = &halted[..] else { panic!("one: {halted:?}") };
    assert_eq!((halted.entity.as_str(), halted.position), (&*format!("payment-{payment}"), before + 1));
    let untouched = whole_before.iter().filter(|shown| id(shown) != order.to_string());
    assert!(was(told).iter().eq(untouched));
    assert_eq!(
        was(whole(&mut connection, Model::Orders, before).await),
        whole_before,
        "the past is as it was"
    );
}
