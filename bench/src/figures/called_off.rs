//! A show with 10,000 confirmed orders is called off: each is paid back, while orders go on at another show.

use domain::{
    AccountId, Currency, PaymentMethod, ShowId,
    operations::{CancelShow, DepositFunds, OpenAccount, PlaceOrder},
};
use event_store::{Command, Sequencer};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::time::Instant;

use super::{Bench, meanwhile, until};
use crate::{
    fallible::Fallible,
    house::{Hall, House, Person, Role, Running, log::order, shows::context},
    load::{Choice, Orders},
};

const NAME: &str = "called_off";
const ORDERS: i64 = 10_000;
/// More than anybody spends.
const FUNDS: i64 = 1_000_000_000;
const IN_FLIGHT: usize = 1_024;
const LEFT: &str = "select (select count(*) from process_steps where process in ('cancellations', 'refunds'))
    + (select count(*) from orders where status = 'confirmed')";
const REFUNDED: &str = "select count(*) from orders where status = 'refunded'";

/// A house of its own each turn.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let orders = bench.args.events(ORDERS);
    for turn in 1..=bench.args.turns() {
        let house = bench.site.house().await?;
        let other = house.publish(Hall::ARENA, 1).await?;
        let show = house.publish(Hall::ARENA, 1).await?[0];
        let (sequencer, task) = house.sequencer()?;
        sell(&house, &sequencer, show, u64::try_from(orders)?).await?;
        let program = Running::serve(&house, Role::All).await?;
        house.caught_up().await?;
        let mut connection = house.superuser().await?;
        let begun = Instant::now();
        let organizer = bench.site.people()[0].user_id;
        let cancel = CancelShow { show, organizer };
        sequencer.execute(Command { operation: cancel, context: context(organizer) }).await?;
        let mut at_another = Orders::new(bench.site.people(), Hall::ARENA, Choice::Hot, other);
        let paid_back = async { Ok(until::none(&mut connection, LEFT).await? - begun) };
        let (paid_back, busy) =
            tokio::try_join!(paid_back, meanwhile::orders(&mut at_another, program.ports.command, begun))?;
        let refunded: i64 = sqlx::query_scalar(REFUNDED).fetch_one(&mut connection).await?;
        bench.journal.audit(
            NAME,
            refunded == orders,
            format!("{refunded} of {orders} orders were paid back"),
        )?;
        let values = [("seconds", paid_back.as_secs_f64()), ("orders_p99_ms", busy.quantile(0.99))];
        bench.journal.turn(NAME, turn, values)?;
        drop(sequencer);
        task.await?;
        program.stop().await?;
        house.demolish().await?;
    }
    bench.journal.figure(NAME, "seconds", "s", None)?;
    bench.journal.figure(NAME, "orders_p99_ms", "ms", None)
}

/// So many orders, paid from wallets.
async fn sell(house: &House<'_>, sequencer: &Sequencer, show: ShowId, orders: u64) -> Fallible<()> {
    let people = house.site().people();
    for person in people {
        endow(sequencer, person).await?;
    }
    let place = async |pair: u64| {
        let person = &people[usize::try_from(pair).unwrap_or(0) % people.len()];
        let Command { operation, context } = order(person, show, pair);
        let operation = PlaceOrder { method: PaymentMethod::Wallet, ..operation };
        sequencer.execute(Command { operation, context }).await.map(drop)
    };
    stream::iter(0..orders).map(place).buffer_unordered(IN_FLIGHT).try_collect::<()>().await?;
    Ok(())
}

async fn endow(sequencer: &Sequencer, person: &Person) -> Fallible<()> {
    let (user, currency) = (person.user_id, Currency::EUR);
    let open = OpenAccount { user, currency };
    sequencer.execute(Command { operation: open, context: context(user) }).await?;
    let by = domain::operations::Actor { user, operator: true };
    let deposit = DepositFunds { account: AccountId::of(user, currency), by, amount: FUNDS };
    sequencer.execute(Command { operation: deposit, context: context(user) }).await?;
    Ok(())
}
