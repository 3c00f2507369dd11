//! Everything that can be asked, or happen by itself.

use domain::{
    PaymentMethod, TicketCode, UserId,
    operations::{
        Actor, ApprovePayment, CancelOrder, CancelShow, CheckIn, CloseShow, CompleteRefund, DepositFunds,
        ExpireHold, OpenAccount, Outcome as Went, PlaceOrder, PublishShow, RefundOrder, RejectPayment,
        SettlePayment, UnwindShow,
    },
};

use super::{
    books::{Books, Cache, Outcome, TICK},
    scene::{Afterwards, Scene},
    support::{customer, order_id, organizer, payment_id, show_id},
    view::{account, tickets_of},
};

/// One of the two orders.
pub(crate) type Number = usize;

pub(crate) const ORDERS: [Number; 2] = [0, 1];

/// Somebody who has nothing to do with any of it.
const STRANGER: u128 = 99;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Ask {
    /// Place the order with the wish of that index. Nothing but its place in the log keeps it from being placed twice:
    /// here the command's id, by which the sequencer knows it again, is another every time.
    Place(Number, usize, Cache),
    Approve(Number),
    Reject(Number),
    Cancel(Number),
    /// By somebody whose order it is not.
    CancelByStranger(Number),
    Expire(Number),
    /// Whoever takes the money says that it came: for the first time, again, too late, or after saying that it would
    /// not. A callback and a provider's answer are the same here.
    Succeeds(Number),
    /// … that it will not come.
    Fails(Number),
    Refund(Number),
    /// By the customer, whose business it is not.
    RefundByCustomer(Number),
    /// The money has gone back, or goes back by this.
    Complete(Number),
    /// The holder of the order's first ticket is at the door.
    CheckIn(Number),
    /// Of another show's.
    CheckInByStranger(Number),
    /// The order's buyer opens an account.
    Open(Number),
    /// Money comes into it, one seat's price.
    Deposit(Number),
    DepositByStranger(Number),
    Close,
    Publish,
    CallOff,
    /// So many orders of the show that was called off are settled.
    Unwind(usize),
    /// Half a hold passes.
    Wait,
}

impl Ask {
    pub(crate) fn all(scene: &Scene) -> Vec<Self> {
        let wishes = 0..scene.wishes.len();
        let placed = move |number| {
            let both = move |wish| [Cache::Warm, Cache::Cold].map(|cache| Self::Place(number, wish, cache));
            wishes.clone().flat_map(both)
        };
        let mut asks: Vec<Self> = ORDERS.into_iter().flat_map(placed).collect();
        asks.extend(ORDERS.into_iter().flat_map(Self::before));
        asks.extend([Self::Close, Self::Publish, Self::Wait]);
        match scene.afterwards {
            Afterwards::Nothing => {}
            Afterwards::Everything { .. } => {
                asks.extend(ORDERS.into_iter().flat_map(Self::after));
                let by_wallet = |number: &Number| scene.methods[*number] == PaymentMethod::Wallet;
                asks.extend(ORDERS.into_iter().filter(by_wallet).flat_map(Self::account));
                asks.extend([Self::CallOff, Self::Unwind(1), Self::Unwind(2)]);
            }
        }
        asks
    }

    fn before(number: Number) -> [Self; 5] {
        let ends = [Self::Approve, Self::Reject, Self::Cancel, Self::CancelByStranger, Self::Expire];
        ends.map(|ask| ask(number))
    }

    fn after(number: Number) -> [Self; 7] {
        let asks = [
            Self::Succeeds,
            Self::Fails,
            Self::Refund,
            Self::RefundByCustomer,
            Self::Complete,
            Self::CheckIn,
            Self::CheckInByStranger,
        ];
        asks.map(|ask| ask(number))
    }

    fn account(number: Number) -> [Self; 3] {
        [Self::Open, Self::Deposit, Self::DepositByStranger].map(|ask| ask(number))
    }

    /// What would never end: an account that has got all its deposits.
    pub(crate) fn is_too_much(self, books: &Books, scene: &Scene) -> bool {
        let Self::Deposit(number) = self else { return false };
        let most = match scene.afterwards {
            Afterwards::Nothing => 0,
            Afterwards::Everything { deposits } => deposits * scene.deposit(),
        };
        books.ledger.through(account(scene, scene.buyers[number])).deposited >= most
    }

    /// Whether asking for it again asks for something else: more money, the next orders, later.
    pub(crate) const fn goes_on(self) -> bool {
        matches!(self, Self::Deposit(_) | Self::Unwind(_) | Self::Wait)
    }

    /// The books after it, if anything was committed.
    pub(crate) fn put_to(self, books: &Books, scene: &Scene) -> (Option<Books>, Outcome) {
        let (show, organizer) = (show_id(), organizer());
        match self {
            Self::Place(number, wish, cache) => books.run(&place(scene, number, wish), cache),
            Self::Approve(number) => books.run(&ApprovePayment { payment: payment(number) }, Cache::Warm),
            Self::Reject(number) => {
                books.run(&RejectPayment { payment: payment(number), reason: None }, Cache::Warm)
            }
            Self::Cancel(number) => books.run(&cancel(number, scene.buyers[number]), Cache::Warm),
            Self::CancelByStranger(number) => books.run(&cancel(number, STRANGER), Cache::Cold),
            Self::Expire(number) => books.run(&ExpireHold { order: order(number) }, Cache::Cold),
            Self::Succeeds(number) => {
                let outcome = Went::Succeeded { reference: Some("pi_1".into()) };
                books.run(&SettlePayment { payment: payment(number), outcome }, Cache::Cold)
            }
            Self::Fails(number) => {
                let outcome = Went::Failed { reason: "declined".into() };
                books.run(&SettlePayment { payment: payment(number), outcome }, Cache::Warm)
            }
            Self::Refund(number) => books.run(&refund(number, actor(organizer)), Cache::Cold),
            Self::RefundByCustomer(number) => {
                books.run(&refund(number, actor(customer(scene.buyers[number]))), Cache::Warm)
            }
            Self::Complete(number) => {
                books.run(&CompleteRefund { payment: payment(number), reference: None }, Cache::Cold)
            }
            Self::CheckIn(number) => books.run(&check_in(books, number, organizer), Cache::Cold),
            Self::CheckInByStranger(number) => {
                books.run(&check_in(books, number, customer(STRANGER)), Cache::Warm)
            }
            Self::Open(number) => {
                let (user, currency) = (customer(scene.buyers[number]), scene.draft.currency);
                books.run(&OpenAccount { user, currency }, Cache::Cold)
            }
            Self::Deposit(number) => books.run(&deposit(scene, number, scene.buyers[number]), Cache::Cold),
            Self::DepositByStranger(number) => books.run(&deposit(scene, number, STRANGER), Cache::Warm),
            Self::Close => books.run(&CloseShow { show, organizer }, Cache::Warm),
            Self::Publish => books.run(&PublishShow { show, organizer }, Cache::Warm),
            Self::CallOff => books.run(&CancelShow { show, organizer }, Cache::Warm),
            Self::Unwind(limit) => books.run(&UnwindShow { show, limit }, Cache::Cold),
            Self::Wait => {
                let mut later = books.clone();
                later.now += TICK;
                (Some(later), Outcome::Done(0))
            }
        }
    }
}

fn place(scene: &Scene, number: Number, wish: usize) -> PlaceOrder {
    PlaceOrder {
        order: order(number),
        payment: payment(number),
        customer: customer(scene.buyers[number]),
        show: show_id(),
        method: scene.methods[number],
        takes_cards: true,
        items: scene.wishes[wish].items.clone(),
    }
}

fn cancel(number: Number, user: u128) -> CancelOrder {
    CancelOrder { order: order(number), by: actor(customer(user)) }
}

fn refund(number: Number, by: Actor) -> RefundOrder {
    RefundOrder { order: order(number), by, reason: None }
}

fn check_in(books: &Books, number: Number, organizer: UserId) -> CheckIn {
    let issued = tickets_of(books, order(number));
    let code = issued.first().map_or(TicketCode::from_bits(u128::MAX), |(code, _)| *code);
    CheckIn { code, organizer }
}

fn deposit(scene: &Scene, number: Number, by: u128) -> DepositFunds {
    let account = account(scene, scene.buyers[number]);
    DepositFunds { account, amount: scene.deposit(), by: actor(customer(by)) }
}

fn actor(user: UserId) -> Actor {
    Actor { user, operator: false }
}

pub(crate) fn order(number: Number) -> domain::OrderId {
    order_id(number as u128)
}

pub(crate) fn payment(number: Number) -> domain::PaymentId {
    payment_id(number as u128)
}
