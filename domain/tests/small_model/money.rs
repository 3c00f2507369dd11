//! What holds of money in every state.

use domain::{OrderStatus, PaymentMethod};

use super::{
    ask::ORDERS,
    laws::law,
    scene::Scene,
    view::{Money, OrderView, View},
};

pub(crate) fn hold(view: &View, scene: &Scene) -> Result<(), String> {
    for number in ORDERS {
        it_moves_once(&view.orders[number], scene.methods[number])?;
    }
    accounts_have_what_went_in_and_not_out(view)?;
    what_came_is_somewhere(view, scene)
}

/// Taken at most once, given back at most once and only when it was asked for; and the payment says the same.
fn it_moves_once(order: &OrderView, method: PaymentMethod) -> Result<(), String> {
    let booked = order.booked;
    let moved = (booked.taken, booked.asked_back, booked.given_back);
    let expected = match order.money {
        None | Some(Money::Awaited | Money::Failed | Money::Cancelled) => (0, 0, 0),
        Some(Money::Taken) => (1, 0, 0),
        Some(Money::Returning) => (1, 1, 0),
        Some(Money::Returned) => (1, 1, 1),
    };
    law!(moved == expected, "taken, asked back and given back {moved:?} times: {order:?}");
    law!(order.money.is_none() || booked.amount == order.total, "asked for {}: {order:?}", booked.amount);
    let by_account = |times: usize| match method {
        PaymentMethod::Wallet => order.total * i64::try_from(times).unwrap(),
        PaymentMethod::Manual | PaymentMethod::Card => 0,
    };
    let through = (by_account(booked.taken), by_account(booked.given_back));
    law!((booked.debited, booked.credited) == through, "the account sees it differently: {order:?}");
    Ok(())
}

fn accounts_have_what_went_in_and_not_out(view: &View) -> Result<(), String> {
    for account in &view.accounts {
        let passed = account.passed;
        let left = passed.deposited + passed.credited - passed.debited;
        law!(left >= 0, "more went out than there was: {account:?}");
        law!(account.balance.unwrap_or(0) == left, "its balance is wrong: {account:?}");
    }
    Ok(())
}

/// What came from outside is in an account, has bought seats, is on its way back, or went back.
fn what_came_is_somewhere(view: &View, scene: &Scene) -> Result<(), String> {
    let total = |is: &dyn Fn(&OrderView) -> bool| -> i64 {
        view.orders.iter().filter(|order| is(order)).map(|order| order.total).sum()
    };
    let bought =
        total(&|order| order.status == Some(OrderStatus::Confirmed) && order.money == Some(Money::Taken));
    let returning = total(&|order| order.money == Some(Money::Returning));
    let outside = |times: &dyn Fn(&OrderView) -> usize| -> i64 {
        let paid = ORDERS.into_iter().filter(|number| scene.methods[*number] != PaymentMethod::Wallet);
        let paid = paid.map(|number| &view.orders[number]);
        paid.map(|order| order.booked.amount * i64::try_from(times(order)).unwrap()).sum()
    };
    let accounts = if scene.buyers[0] == scene.buyers[1] { &view.accounts[..1] } else { &view.accounts[..] };
    let deposited: i64 = accounts.iter().map(|account| account.passed.deposited).sum();
    let kept: i64 = accounts.iter().filter_map(|account| account.balance).sum();
    let came = deposited + outside(&|order| order.booked.taken);
    let went = outside(&|order| order.booked.given_back);
    law!(
        came - went == kept + bought + returning,
        "{came} came, {went} went, {kept} is kept, {bought} has bought seats, {returning} is on its way back"
    );
    Ok(())
}
