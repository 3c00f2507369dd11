//! What follows for all aggregates together when money moves: from wallets, by cards, late, and back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod support;

use domain::{
    Account, AccountId, Currency, Order, OrderStatus, Payment, PaymentMethod, PaymentStatus, Refusal,
    ShowStatus, Ticket, TicketCode, TicketStatus,
    operations::{
        Actor, CancelOrder, CancelShow, CheckIn, CompleteRefund, DepositFunds, ExpireHold, OpenAccount,
        OrderSummary, Outcome, PlaceOrder, RefundOrder, SettleEffect, SettlePayment, UnwindShow,
    },
};
use support::{
    customer, draft, minutes, order_id, organizer, payment_id, quantity, seats, show_id, world::World,
};

const CURRENCY: Currency = Currency::GBP;

fn pay(world: &mut World, number: u128, method: PaymentMethod, items: &[domain::OrderItem]) -> OrderSummary {
    let (order, payment) = (order_id(number), payment_id(number));
    let (customer, show, items) = (customer(number), show_id(), items.to_vec());
    world.run(&PlaceOrder { order, payment, customer, show, method, items, takes_cards: true }).unwrap()
}

fn fund(world: &mut World, number: u128, amount: i64) -> AccountId {
    let account = world.run(&OpenAccount { user: customer(number), currency: CURRENCY }).unwrap().account_id;
    let by = Actor { user: customer(number), operator: false };
    world.run(&DepositFunds { account, amount, by }).unwrap();
    account
}

fn balance(world: &World, account: AccountId) -> i64 {
    let Account::Open { balance, .. } = world.state::<Account>(account) else { panic!() };
    balance
}

fn succeeded(number: u128) -> SettlePayment {
    let outcome = Outcome::Succeeded { reference: Some(format!("pi_{number}")) };
    SettlePayment { payment: payment_id(number), outcome }
}

fn failed(number: u128) -> SettlePayment {
    SettlePayment { payment: payment_id(number), outcome: Outcome::Failed { reason: "card_declined".into() } }
}

fn refund(number: u128) -> RefundOrder {
    let by = Actor { user: organizer(), operator: false };
    RefundOrder { order: order_id(number), by, reason: Some("rain".into()) }
}

fn complete(number: u128) -> CompleteRefund {
    CompleteRefund { payment: payment_id(number), reference: None }
}

fn status(world: &World, number: u128) -> (Option<OrderStatus>, Option<PaymentStatus>) {
    (world.order_state(number).status(), world.state::<Payment>(payment_id(number)).status())
}

fn counts(world: &World, section: &str) -> (u32, u32) {
    let counts = world.inventory().counts(section.parse().unwrap());
    (counts.held, counts.sold)
}

fn tickets(world: &World, number: u128) -> Vec<TicketCode> {
    world.order_state(number).tickets().to_vec()
}

fn ticket_status(world: &World, code: TicketCode) -> Option<TicketStatus> {
    world.state::<Ticket>(code).status()
}

#[test]
fn a_wallet_with_enough_pays_at_once() {
    let mut world = World::selling(draft());
    let account = fund(&mut world, 1, 10_000);
    let order = pay(&mut world, 1, PaymentMethod::Wallet, &[quantity("stalls", 2)]);
    assert_eq!(order.status, OrderStatus::Confirmed);
    assert_eq!(balance(&world, account), 10_000 - order.total);
    assert_eq!(counts(&world, "stalls"), (0, 2));
    assert_eq!(tickets(&world, 1).len(), 2);
}

#[test]
fn a_wallet_without_enough_fails_at_once_and_keeps_no_seat() {
    let mut world = World::selling(draft());
    let order = pay(&mut world, 1, PaymentMethod::Wallet, &[quantity("stalls", 2)]);
    assert_eq!((order.status, order.reason.as_deref()), (OrderStatus::Failed, Some("no_account")));
    let account = fund(&mut world, 2, 1);
    let order = pay(&mut world, 2, PaymentMethod::Wallet, &[quantity("stalls", 2)]);
    assert_eq!((order.status, order.reason.as_deref()), (OrderStatus::Failed, Some("insufficient_funds")));
    assert_eq!((counts(&world, "stalls"), balance(&world, account)), ((0, 0), 1));
    let payment: Payment = world.state(payment_id(2));
    assert_eq!(payment.reason(), Some("insufficient_funds"));
}

#[test]
fn nobody_else_says_whether_a_wallet_has_paid() {
    let mut world = World::selling(draft());
    let account = fund(&mut world, 1, 1);
    pay(&mut world, 1, PaymentMethod::Wallet, &[quantity("stalls", 2)]);
    assert_eq!(world.run(&succeeded(1)), Err(Refusal::PaymentMethodUnavailable));
    assert_eq!(world.run(&failed(1)), Err(Refusal::PaymentMethodUnavailable));
    assert_eq!(status(&world, 1), (Some(OrderStatus::Failed), Some(PaymentStatus::Failed)));
    assert_eq!(balance(&world, account), 1, "no money comes from nowhere");
}

#[test]
fn only_its_owner_and_operators_put_money_into_an_account() {
    let mut world = World::selling(draft());
    let account = fund(&mut world, 1, 100);
    let deposit = |user, operator| DepositFunds { account, amount: 5, by: Actor { user, operator } };
    assert_eq!(world.run(&deposit(customer(2), false)), Err(Refusal::NotFound));
    assert_eq!(world.run(&deposit(customer(2), true)).unwrap().balance, 105);
    let nowhere = AccountId::of(customer(9), CURRENCY);
    let deposit =
        DepositFunds { account: nowhere, amount: 5, by: Actor { user: customer(9), operator: true } };
    assert_eq!(world.run(&deposit), Err(Refusal::NotFound));
}

#[test]
fn the_first_outcome_of_a_card_counts_and_a_failure_after_success_changes_nothing() {
    let mut world = World::selling(draft());
    pay(&mut world, 1, PaymentMethod::Card, &[quantity("floor", 1)]);
    assert_eq!(world.run(&succeeded(1)).unwrap().effect, SettleEffect::Confirmed);
    let before = world.log.len();
    assert_eq!(world.run(&succeeded(1)).unwrap().effect, SettleEffect::Nothing);
    assert_eq!(world.run(&failed(1)).unwrap().effect, SettleEffect::Nothing);
    assert_eq!(world.log.len(), before);
    pay(&mut world, 2, PaymentMethod::Card, &[quantity("floor", 1)]);
    assert_eq!(world.run(&failed(2)).unwrap().effect, SettleEffect::Failed);
    assert_eq!(status(&world, 2), (Some(OrderStatus::Failed), Some(PaymentStatus::Failed)));
    assert_eq!(counts(&world, "floor"), (0, 1));
    assert_eq!(world.run(&succeeded(9)), Err(Refusal::NotFound));
}

#[test]
fn a_success_after_a_failure_is_paid_back() {
    let mut world = World::selling(draft());
    pay(&mut world, 1, PaymentMethod::Card, &[quantity("floor", 1)]);
    world.run(&failed(1)).unwrap();
    assert_eq!(world.run(&succeeded(1)).unwrap().effect, SettleEffect::Refunded);
    assert!(world.state::<Payment>(payment_id(1)).is_being_refunded());
    world.run(&complete(1)).unwrap();
    assert_eq!(status(&world, 1), (Some(OrderStatus::Failed), Some(PaymentStatus::Refunded)));
}

#[test]
fn a_late_success_takes_the_same_seats_if_all_are_free() {
    let mut world = World::selling(draft());
    let wish = [seats(Some("stalls"), &["A-1", "A-2"]), quantity("floor", 2)];
    pay(&mut world, 1, PaymentMethod::Card, &wish);
    let wanted = world.order_state(1).placed().unwrap().lines.clone();
    world.now += minutes(15);
    world.run(&ExpireHold { order: order_id(1) }).unwrap();
    assert_eq!(world.run(&succeeded(1)).unwrap().effect, SettleEffect::ConfirmedLate);
    assert_eq!(status(&world, 1), (Some(OrderStatus::Confirmed), Some(PaymentStatus::Succeeded)));
    let inventory = world.inventory();
    let had: Vec<_> = inventory.holding(order_id(1)).unwrap().seats.to_vec();
    assert_eq!(had.len(), wanted.len());
    assert!(
        wanted
            .iter()
            .all(|line| had.iter().any(|seat| (seat.section, seat.seat) == (line.section, line.seat)))
    );
    assert_eq!(tickets(&world, 1).len(), 4);
    assert_eq!(world.run(&succeeded(1)).unwrap().effect, SettleEffect::Nothing);
}

#[test]
fn a_late_success_is_paid_back_if_one_of_its_seats_is_gone() {
    let mut world = World::selling(draft());
    pay(&mut world, 1, PaymentMethod::Card, &[seats(Some("stalls"), &["A-1", "A-2"])]);
    world.now += minutes(15);
    world.run(&ExpireHold { order: order_id(1) }).unwrap();
    pay(&mut world, 2, PaymentMethod::Card, &[seats(Some("stalls"), &["A-2"])]);
    assert_eq!(world.run(&succeeded(1)).unwrap().effect, SettleEffect::Refunded);
    assert_eq!(status(&world, 1), (Some(OrderStatus::Expired), Some(PaymentStatus::Succeeded)));
    world.run(&complete(1)).unwrap();
    assert_eq!(status(&world, 1), (Some(OrderStatus::Expired), Some(PaymentStatus::Refunded)));
    assert_eq!(counts(&world, "stalls"), (1, 0));
}

#[test]
fn what_comes_of_a_late_success_does_not_depend_on_who_is_quicker() {
    let after = |expired_first| {
        let mut world = World::selling(draft());
        pay(&mut world, 1, PaymentMethod::Card, &[quantity("floor", 1)]);
        world.now += minutes(15);
        if expired_first {
            world.run(&ExpireHold { order: order_id(1) }).unwrap();
        }
        let effect = world.run(&succeeded(1)).unwrap().effect;
        (effect, status(&world, 1), counts(&world, "floor"))
    };
    assert_eq!(after(true), after(false));
    assert_eq!(after(true).0, SettleEffect::ConfirmedLate);
}

#[test]
fn money_for_a_cancelled_order_goes_back() {
    let mut world = World::selling(draft());
    pay(&mut world, 1, PaymentMethod::Card, &[quantity("floor", 1)]);
    let by = Actor { user: customer(1), operator: false };
    world.run(&CancelOrder { order: order_id(1), by }).unwrap();
    assert_eq!(world.run(&succeeded(1)).unwrap().effect, SettleEffect::Refunded);
    assert_eq!(counts(&world, "floor"), (0, 0));
    world.run(&complete(1)).unwrap();
    assert_eq!(status(&world, 1), (Some(OrderStatus::Cancelled), Some(PaymentStatus::Refunded)));
}

#[test]
fn a_refund_frees_seats_and_voids_tickets_at_once_and_the_money_follows() {
    let mut world = World::selling(draft());
    let account = fund(&mut world, 1, 10_000);
    pay(&mut world, 1, PaymentMethod::Wallet, &[quantity("stalls", 2)]);
    let codes = tickets(&world, 1);
    let order = world.run(&refund(1)).unwrap();
    assert_eq!((order.status, counts(&world, "stalls")), (OrderStatus::Confirmed, (0, 0)));
    assert!(codes.iter().all(|code| ticket_status(&world, *code) == Some(TicketStatus::Void)));
    assert!(balance(&world, account) < 10_000, "the money is on its way");
    world.run(&complete(1)).unwrap();
    assert_eq!(balance(&world, account), 10_000);
    assert_eq!(status(&world, 1), (Some(OrderStatus::Refunded), Some(PaymentStatus::Refunded)));
    let before = world.log.len();
    world.run(&complete(1)).unwrap();
    assert_eq!((world.log.len(), balance(&world, account)), (before, 10_000));
}

#[test]
fn an_order_is_refunded_once_by_those_whose_business_it_is() {
    let mut world = World::selling(draft());
    pay(&mut world, 1, PaymentMethod::Card, &[quantity("floor", 1)]);
    let no = |current_status, refund_requested| {
        Err(Refusal::OrderNotRefundable { current_status, refund_requested })
    };
    assert_eq!(world.run(&refund(1)), no(OrderStatus::Pending, false));
    world.run(&succeeded(1)).unwrap();
    let customers = RefundOrder { by: Actor { user: customer(1), operator: false }, ..refund(1) };
    assert_eq!(world.run(&customers), Err(Refusal::NotFound));
    world.run(&refund(1)).unwrap();
    assert_eq!(world.run(&refund(1)), no(OrderStatus::Confirmed, true));
    world.run(&complete(1)).unwrap();
    assert_eq!(world.run(&refund(1)), no(OrderStatus::Refunded, false));
    assert_eq!(world.run(&complete(2)), Err(Refusal::NotFound));
}

#[test]
fn a_ticket_lets_in_once_and_a_void_one_never() {
    let mut world = World::selling(draft());
    pay(&mut world, 1, PaymentMethod::Card, &[quantity("floor", 2)]);
    world.run(&succeeded(1)).unwrap();
    let codes = tickets(&world, 1);
    let check_in = |code, organizer| CheckIn { code, organizer };
    assert_eq!(world.run(&check_in(codes[0], customer(1))), Err(Refusal::NotFound));
    assert_eq!(world.run(&check_in(codes[0], organizer())).unwrap().status, TicketStatus::CheckedIn);
    assert_eq!(world.run(&check_in(codes[0], organizer())), Err(Refusal::AlreadyCheckedIn));
    world.run(&refund(1)).unwrap();
    for code in codes {
        assert_eq!(world.run(&check_in(code, organizer())), Err(Refusal::TicketVoid));
    }
    let unknown = TicketCode::from_bits(u128::MAX);
    assert_eq!(world.run(&check_in(unknown, organizer())), Err(Refusal::NotFound));
}

#[test]
fn a_cancelled_show_is_unwound_some_orders_at_a_time() {
    let mut world = World::selling(draft());
    for number in 1..=5 {
        pay(&mut world, number, PaymentMethod::Card, &[quantity("floor", 1)]);
    }
    for number in [2, 4] {
        world.run(&succeeded(number)).unwrap();
    }
    let unwind = UnwindShow { show: show_id(), limit: 2 };
    assert_eq!(world.run(&unwind), Err(Refusal::NotFound), "it is still on sale");
    let show = world.run(&CancelShow { show: show_id(), organizer: organizer() }).unwrap();
    assert_eq!(show.status, ShowStatus::Cancelled);
    let mut steps = Vec::new();
    loop {
        let unwound = world.run(&unwind).unwrap();
        steps.push((unwound.settled, unwound.remaining));
        if unwound.remaining == 0 {
            break;
        }
    }
    assert_eq!(steps, [(2, 3), (2, 1), (1, 0)]);
    for number in 1..=5 {
        let paid = number % 2 == 0;
        let expected = if paid { OrderStatus::Confirmed } else { OrderStatus::Cancelled };
        assert_eq!(world.order_state(number).status(), Some(expected));
        assert_eq!(world.state::<Payment>(payment_id(number)).is_being_refunded(), paid);
    }
    assert_eq!(counts(&world, "floor"), (0, 0));
    assert_eq!(world.run(&succeeded(1)).unwrap().effect, SettleEffect::Refunded);
    let expired: Order = world.order_state(1);
    assert_eq!(expired.status(), Some(OrderStatus::Cancelled));
}

#[test]
fn a_late_success_is_not_kept_for_a_show_that_does_not_take_place() {
    let mut world = World::selling(draft());
    pay(&mut world, 1, PaymentMethod::Card, &[quantity("floor", 1)]);
    world.now += minutes(15);
    world.run(&ExpireHold { order: order_id(1) }).unwrap();
    world.run(&CancelShow { show: show_id(), organizer: organizer() }).unwrap();
    assert_eq!(world.run(&succeeded(1)).unwrap().effect, SettleEffect::Refunded);
}
