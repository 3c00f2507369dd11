//! What query-api asks.

use domain::{OrderStatus, UserId};
use projections::{
    Model, Page, PageRequest, Snapshot, Viewer,
    inventory::{self, SeatPlace},
    orders::{self, OrderFilter},
    payments::{self, PaymentFilter},
    shows::{self, ShowFilter},
};
use uuid::Uuid;

use crate::support::{History, World};

async fn projected(seed: u64, orders: usize) -> World {
    let world = World::with(History::with_orders(seed, orders)).await;
    let running = world.start(None);
    world.caught_up().await;
    running.stop().await;
    world
}

fn all(viewer: Viewer) -> OrderFilter {
    OrderFilter { viewer, status: None, show: None, user: None }
}

const FIRST: PageRequest = PageRequest { before: None, limit: 7 };

#[tokio::test]
async fn paging_through_orders_finds_each_once_newest_first() {
    let world = projected(51, 60).await;
    let mut snapshot = Snapshot::begin(&world.pool).await.unwrap();
    assert_eq!(
        snapshot.position(&[Model::Orders, Model::Payments]).await.unwrap(),
        world.head().await.position
    );
    let (mut found, mut request) = (Vec::new(), FIRST);
    loop {
        let page: Page<_> = orders::list(&mut snapshot, all(Viewer::Operator), request).await.unwrap();
        found.extend(page.items.into_iter().map(|order| order.order_id));
        let Some(next) = page.next else { break };
        request.before = Some(next);
    }
    let made: Vec<Uuid> = world.history.orders.iter().rev().map(|(order, ..)| order.uuid()).collect();
    assert_eq!(found, made);
    snapshot.close().await.unwrap();
}

#[tokio::test]
async fn everyone_sees_only_what_is_their_business() {
    let world = projected(52, 60).await;
    let mut snapshot = Snapshot::begin(&world.pool).await.unwrap();
    let (order, payment, customer) = world.history.orders[0];
    let stranger = Viewer::Customer(UserId::from(Uuid::new_v4()));
    let other_organizer = Viewer::Organizer(UserId::from(Uuid::new_v4()));
    let own = [Viewer::Customer(customer), Viewer::Organizer(world.history.organizer), Viewer::Operator];
    for viewer in own {
        assert!(orders::get(&mut snapshot, order, viewer).await.unwrap().is_some());
        assert!(payments::get(&mut snapshot, payment, viewer).await.unwrap().is_some());
    }
    for viewer in [stranger, other_organizer] {
        assert_eq!(orders::get(&mut snapshot, order, viewer).await.unwrap(), None);
        assert_eq!(payments::get(&mut snapshot, payment, viewer).await.unwrap(), None);
        assert!(orders::list(&mut snapshot, all(viewer), FIRST).await.unwrap().items.is_empty());
        let filter = PaymentFilter { viewer, status: None };
        assert!(payments::list(&mut snapshot, filter, FIRST).await.unwrap().items.is_empty());
    }
    let many = PageRequest { before: None, limit: 100 };
    let mine = orders::list(&mut snapshot, all(Viewer::Customer(customer)), many).await.unwrap().items;
    let made = world.history.orders.iter().filter(|(.., whose)| *whose == customer).count();
    assert_eq!(mine.len(), made);
    let organized = all(Viewer::Organizer(world.history.organizer));
    let shown = orders::list(&mut snapshot, organized, many).await.unwrap().items;
    assert_eq!(shown.len(), world.history.orders.len().min(100));
}

#[tokio::test]
async fn filters_hold_all_at_once() {
    let world = projected(53, 240).await;
    let mut snapshot = Snapshot::begin(&world.pool).await.unwrap();
    let (.., customer) = world.history.orders[0];
    let show = world.history.shows[0];
    let filter = OrderFilter {
        viewer: Viewer::Operator,
        status: Some(OrderStatus::Confirmed),
        show: Some(show),
        user: Some(customer),
    };
    let page = PageRequest { before: None, limit: 100 };
    let found = orders::list(&mut snapshot, filter, page).await.unwrap().items;
    let mut every = Vec::new();
    let mut next = Some(page);
    while let Some(page) = next {
        let listed = orders::list(&mut snapshot, all(Viewer::Operator), page).await.unwrap();
        every.extend(listed.items);
        next = listed.next.map(|before| PageRequest { before: Some(before), ..page });
    }
    let expected = every.into_iter().filter(|order| {
        order.status == "confirmed" && order.show_id == show.uuid() && order.user_id == customer.uuid()
    });
    assert_eq!(found, expected.collect::<Vec<_>>());
    assert!(!found.is_empty());
    for order in found {
        assert_eq!(order.tickets.len(), order.lines.len());
        assert_eq!(order.payment.unwrap().status, "succeeded");
        let seats: Vec<_> = order.lines.iter().map(|line| (&line.section, &line.seat)).collect();
        assert_eq!(
            order.tickets.iter().map(|ticket| (&ticket.section, &ticket.seat)).collect::<Vec<_>>(),
            seats
        );
        let code = order.tickets[0].code.parse().unwrap();
        let ticket = orders::ticket(&mut snapshot, code, Viewer::Customer(customer)).await.unwrap().unwrap();
        let expected = if order.refund.is_some() { "void" } else { "issued" };
        assert_eq!((ticket.order_id, ticket.status.as_str()), (order.order_id, expected));
        let stranger = Viewer::Customer(UserId::from(Uuid::new_v4()));
        assert_eq!(orders::ticket(&mut snapshot, code, stranger).await.unwrap(), None);
    }
}

#[tokio::test]
async fn drafts_are_their_organizers_business() {
    let world = projected(54, 5).await;
    let mut snapshot = Snapshot::begin(&world.pool).await.unwrap();
    let organizer = world.history.organizer;
    let draft = world.history.shows[2];
    let published = shows::list(&mut snapshot, ShowFilter::Published, FIRST).await.unwrap();
    let ids: Vec<_> = published.items.iter().map(|show| show.show_id).collect();
    assert_eq!(ids, [world.history.shows[1].uuid(), world.history.shows[0].uuid()]);
    assert_eq!(shows::list(&mut snapshot, ShowFilter::Of(organizer), FIRST).await.unwrap().items.len(), 3);
    assert_eq!(shows::get(&mut snapshot, draft, None, false).await.unwrap(), None);
    assert_eq!(inventory::get(&mut snapshot, draft, None, false).await.unwrap(), None);
    let own = shows::get(&mut snapshot, draft, Some(organizer), false).await.unwrap().unwrap();
    assert_eq!((own.status.as_str(), own.version), ("draft", 1));
    let json = serde_json::to_value(&published.items[0]).unwrap();
    assert_eq!((&json["status"], &json["version"]), (&"on_sale".into(), &2.into()));
    assert_eq!(json["sections"][1]["rows"][0], serde_json::json!({"row": "B", "seats": 40}));
    assert_eq!(inventory::list(&mut snapshot, FIRST).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn the_plan_of_seats_is_in_the_order_of_the_layout_across_pages() {
    let world = projected(55, 60).await;
    let mut snapshot = Snapshot::begin(&world.pool).await.unwrap();
    let show = world.history.shows[0];
    let (mut seats, mut after): (Vec<_>, Option<SeatPlace>) = (Vec::new(), None);
    loop {
        let page = inventory::seats(&mut snapshot, show, None, after.as_ref(), 16).await.unwrap().unwrap();
        assert!(page.seats.len() <= 16);
        seats.extend(page.seats);
        let Some(next) = page.next else { break };
        after = Some(next.to_string().parse().unwrap());
    }
    let names: Vec<_> = seats.iter().map(|seat| seat.seat.clone()).collect();
    let layout = (1..=40).map(|n| format!("B-{n}")).chain((1..=30).map(|n| format!("A-{n}")));
    assert_eq!(names, layout.collect::<Vec<_>>());
    let inventory = inventory::get(&mut snapshot, show, None, false).await.unwrap().unwrap();
    let section = inventory.sections.iter().find(|section| section.section == "SEATS").unwrap();
    let count = |status: &str| seats.iter().filter(|seat| seat.status == status).count() as u64;
    assert_eq!(
        (count("held"), count("sold"), count("available")),
        (section.held, section.sold, section.available)
    );
    assert_eq!(inventory.capacity, inventory.held + inventory.sold + inventory.available);
    let floor = inventory::seats(&mut snapshot, show, Some("FLOOR".parse().unwrap()), None, 5_000)
        .await
        .unwrap()
        .unwrap();
    assert!(floor.seats.is_empty() && floor.next.is_none());
}

#[tokio::test]
async fn the_figures_add_up() {
    let world = projected(56, 80).await;
    let mut snapshot = Snapshot::begin(&world.pool).await.unwrap();
    let all = projections::stats(&mut snapshot, None).await.unwrap();
    let organizers = projections::stats(&mut snapshot, Some(world.history.organizer)).await.unwrap();
    assert_eq!(all, organizers);
    assert_eq!(all.orders.total, i64::try_from(world.history.orders.len()).unwrap());
    assert_eq!((all.payments.total, all.orders.without_payment), (all.orders.total, 0));
    let succeeded = world.number("select count(*) from payments where status = 'succeeded'").await;
    assert_eq!(all.payments.by_status["succeeded"], succeeded);
    assert!(all.orders.by_status["confirmed"] <= succeeded, "money for orders that ended is on its way back");
    assert_eq!((all.shows.total, all.shows.capacity), (3, 3 * 370 + 100));
    assert_eq!(all.shows.available, all.shows.capacity - all.shows.held - all.shows.sold);
    let paid = world.number("select sum(amount)::bigint from payments where status = 'succeeded'").await;
    assert_eq!((all.revenue[0].currency.as_str(), all.revenue[0].amount), ("EUR", paid));
    let nobody = projections::stats(&mut snapshot, Some(UserId::from(Uuid::new_v4()))).await.unwrap();
    assert_eq!((nobody.orders.total, nobody.shows.total, nobody.revenue.len()), (0, 0, 0));
}
