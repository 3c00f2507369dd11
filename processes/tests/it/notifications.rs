//! Customers are told what became of their orders.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::{
    ShowId, UserId,
    operations::{CompleteRefund, OrderSummary, RejectPayment},
};
use event_store::{Clock, new_id};
use identity::{Ground, Identity, NewUser, Roles, erase};
use processes::{HoldExpiry, Notifications, Notifying, Process};
use sqlx::PgPool;

use crate::{
    post::MailServer,
    shop::{HOLD, command, order_of, pay, refund, show_of},
    support::{Running, World, until},
};

/// A row of `notifications`.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
struct Told {
    notification_id: uuid::Uuid,
    kind: String,
    body_text: String,
    sent: bool,
    last_error: Option<String>,
}

fn identity(world: &World) -> Identity {
    Identity::new(PgPool::connect_lazy_with(world.database.clone()))
}

async fn customer(world: &World, email: &str) -> UserId {
    let user = NewUser {
        user_id: UserId::from(new_id()),
        email: email.to_owned(),
        password: "correct horse".into(),
        name: "Ada Lovelace".into(),
    };
    identity(world).create_user(user, Roles::default(), false, world.clock.now()).await.unwrap()
}

/// An order that is paid for.
async fn bought(world: &World, show: ShowId, customer: UserId) -> OrderSummary {
    let placed = order_of(world, show, 1, customer).await.unwrap().answer;
    pay(world, placed.payment_id).await;
    placed
}

fn run(world: &World, server: Option<&MailServer>) -> Running {
    let notifying = Notifying {
        pool: PgPool::connect_lazy_with(world.database.clone()),
        identity: identity(world),
        clock: Arc::clone(&world.clock) as _,
        mailer: server.map(MailServer::mailer),
    };
    world.run_on::<Notifications>(notifying)
}

async fn told(world: &World, customer: UserId) -> Vec<Told> {
    let told = "select notification_id, kind, body_text, sent_at is not null as sent, last_error \
                from notifications where user_id = $1 order by position";
    sqlx::query_as(told).bind(customer.uuid()).fetch_all(&mut world.connect().await).await.unwrap()
}

async fn parked(world: &World) -> Option<String> {
    world.steps(Notifications::NAME).await.into_iter().find_map(|step| step.parked)
}

#[tokio::test]
async fn everybody_is_told_once_in_effect_whatever_the_mail_server_does_to_some() {
    let Some(server) = MailServer::start().await else { return };
    let world = World::new().await;
    let show = show_of(&world, 20).await;
    let addresses = ["refuse@example.org", "delay@example.org", "drop@example.org", "ada@example.org"];
    let mut customers = Vec::new();
    for address in addresses {
        let customer = customer(&world, address).await;
        bought(&world, show, customer).await;
        customers.push(customer);
    }
    let runner = run(&world, Some(&server));
    world.caught_up(Notifications::NAME).await;

    until("all but one are told, and that one is given up", async || {
        world.clock.advance(TimeDelta::seconds(30));
        world.steps(Notifications::NAME).await.len() == 1 && parked(&world).await.is_some()
    })
    .await;

    let taken = addresses.map(|address| server.taken_for(address));
    assert_eq!(taken.each_ref().map(Vec::len), [0, 1, 2, 1], "one answer got lost");
    assert_eq!(taken[2][0]["message_id"], taken[2][1]["message_id"], "it is one message");
    let ada = &told(&world, customers[3]).await[0];
    assert_eq!(taken[3][0]["message_id"], format!("<{}@stagedoor>", ada.notification_id));
    assert_eq!(taken[3][0]["subject"], "Your tickets for A night");
    let text = taken[3][0]["text"].as_str().unwrap().replace("\r\n", "\n");
    assert_eq!(text, format!("Hello Ada Lovelace,\n\n{}\n", ada.body_text));
    assert!(!ada.body_text.contains("Ada"), "what is kept names nobody");
    for customer in &customers[1..] {
        let told = told(&world, *customer).await;
        assert_eq!((told.len(), told[0].sent, &told[0].last_error), (1, true, &None));
    }
    let words = parked(&world).await.unwrap();
    assert_eq!(words, "the mail server answered 550; notifications.last_error has its words");
    let refused = &told(&world, customers[0]).await[0];
    let said = refused.last_error.as_ref().unwrap();
    assert!(!refused.sent && said.contains("nobody of this name lives here"), "{said}");
    assert!(!said.contains("refuse@") && said.contains("<[recipient]>"), "{said}");
    runner.stop().await;
}

#[tokio::test]
async fn whoever_was_told_is_not_told_again_when_all_steps_are_forgotten() {
    let Some(server) = MailServer::start().await else { return };
    let world = World::new().await;
    let ada = customer(&world, "ada@example.org").await;
    bought(&world, show_of(&world, 20).await, ada).await;
    for _ in 0..2 {
        let runner = run(&world, Some(&server));
        world.caught_up(Notifications::NAME).await;
        until("it is done", async || world.steps(Notifications::NAME).await.is_empty()).await;
        runner.stop().await;
        let forget = "delete from process_checkpoints where process = 'notifications'";
        sqlx::query(forget).execute(&mut world.connect().await).await.unwrap();
    }
    assert_eq!(server.taken_for("ada@example.org").len(), 1);
}

#[tokio::test]
async fn who_is_erased_is_told_nothing_more_and_what_they_were_told_is_gone() {
    let Some(server) = MailServer::start().await else { return };
    let world = World::new().await;
    let show = show_of(&world, 20).await;
    let (eve, bob) =
        (customer(&world, "refuse@example.org").await, customer(&world, "bob@example.org").await);
    bought(&world, show, eve).await;
    let runner = run(&world, Some(&server));
    until("it was refused", async || {
        told(&world, eve).await.iter().any(|told| told.last_error.is_some())
            && world.steps(Notifications::NAME).await.len() == 1
    })
    .await;

    let mut connection = world.connect().await;
    erase(&mut connection, eve, Ground::Requested, None, world.clock.now()).await.unwrap();
    assert_eq!(Notifications::forget(&mut connection, eve).await.unwrap(), 1);
    assert_eq!(Notifications::forget(&mut connection, eve).await.unwrap(), 0);
    let refunded = bought(&world, show, eve).await;
    refund(&world, refunded.order_id).await;
    let paid_back = CompleteRefund { payment: refunded.payment_id, reference: None };
    world.sequencer.execute(command(paid_back)).await.unwrap();
    bought(&world, show, bob).await;

    until("whoever comes after is told", async || told(&world, bob).await.iter().any(|told| told.sent)).await;
    until("nothing is left to do", async || world.steps(Notifications::NAME).await.is_empty()).await;
    assert_eq!(told(&world, eve).await, []);
    let held = Notifications::held(&mut connection, bob, None, 10).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(Notifications::held(&mut connection, bob, Some(held[0].position), 10).await.unwrap(), []);
    runner.stop().await;
}

#[tokio::test]
async fn what_happened_long_ago_is_kept_but_not_sent() {
    let Some(server) = MailServer::start().await else { return };
    let world = World::new().await;
    let ada = customer(&world, "ada@example.org").await;
    bought(&world, show_of(&world, 20).await, ada).await;
    world.clock.advance(TimeDelta::days(6));
    let runner = run(&world, Some(&server));
    until("it is kept", async || told(&world, ada).await.iter().any(|told| told.last_error.is_some())).await;
    until("it is done", async || world.steps(Notifications::NAME).await.is_empty()).await;
    let told = told(&world, ada).await;
    assert_eq!((told.len(), told[0].sent), (1, false));
    assert_eq!(server.taken_for("ada@example.org").len(), 0);
    runner.stop().await;
}

#[tokio::test]
async fn without_a_mail_server_everything_is_kept_for_the_customer_to_look_up() {
    let world = World::new().await;
    let (show, ada) = (show_of(&world, 20).await, UserId::from(new_id()));
    let refunded = bought(&world, show, ada).await;
    refund(&world, refunded.order_id).await;
    let paid_back = CompleteRefund { payment: refunded.payment_id, reference: None };
    world.sequencer.execute(command(paid_back)).await.unwrap();
    let rejected = order_of(&world, show, 1, ada).await.unwrap().answer;
    let reject = RejectPayment { payment: rejected.payment_id, reason: Some("no funds".into()) };
    world.sequencer.execute(command(reject)).await.unwrap();
    order_of(&world, show, 1, ada).await.unwrap();
    let expiry = world.run::<HoldExpiry>();
    world.caught_up(HoldExpiry::NAME).await;
    world.clock.advance(HOLD);
    until("it expires", async || world.count("OrderExpired").await == 1).await;
    expiry.stop().await;

    let runner = run(&world, None);
    until("all is told", async || told(&world, ada).await.len() == 4).await;
    until("it is done", async || world.steps(Notifications::NAME).await.is_empty()).await;

    let told = told(&world, ada).await;
    let kinds: Vec<_> = told.iter().map(|told| told.kind.as_str()).collect();
    assert_eq!(kinds, ["order_confirmed", "order_refunded", "order_failed", "order_expired"]);
    assert!(told.iter().all(|told| !told.sent && told.last_error.is_none()));
    assert!(told[0].body_text.contains(": FLOOR"), "its tickets, although they are void by now");
    assert!(told[2].body_text.contains("no funds"));
    runner.stop().await;
}
