//! Everything that can be asked, or happen by itself.

use std::iter::once;

use domain::{
    PaymentMethod,
    operations::{
        Actor, ApprovePayment, CancelOrder, CloseShow, ExpireHold, PlaceOrder, PublishShow, RejectPayment,
    },
};

use super::{
    books::{Books, Cache, Outcome, TICK},
    scene::Scene,
    support::{customer, order_id, organizer, payment_id, show_id},
};

/// One of the two orders.
pub(crate) type Number = usize;

pub(crate) const ORDERS: [Number; 2] = [0, 1];

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
    Close,
    Publish,
    /// Half a hold passes.
    Wait,
}

impl Ask {
    pub(crate) fn all(scene: &Scene) -> Vec<Self> {
        let placing = |number| {
            let wishes = 0..scene.wishes.len();
            wishes.flat_map(move |wish| {
                [Cache::Warm, Cache::Cold].map(|cache| Self::Place(number, wish, cache))
            })
        };
        let about = |number| {
            let ends = [Self::Approve(number), Self::Reject(number), Self::Cancel(number)];
            let others = [Self::CancelByStranger(number), Self::Expire(number)];
            placing(number).chain(ends).chain(others)
        };
        ORDERS
            .into_iter()
            .flat_map(about)
            .chain([Self::Close, Self::Publish])
            .chain(once(Self::Wait))
            .collect()
    }

    /// The books after it.
    pub(crate) fn put_to(self, books: &Books, scene: &Scene) -> (Books, Outcome) {
        let (show, organizer) = (show_id(), organizer());
        match self {
            Self::Place(number, wish, cache) => books.run(&place(scene, number, wish), cache),
            Self::Approve(number) => books.run(&ApprovePayment { payment: payment(number) }, Cache::Warm),
            Self::Reject(number) => {
                books.run(&RejectPayment { payment: payment(number), reason: None }, Cache::Warm)
            }
            Self::Cancel(number) => books.run(&cancel(number, scene.buyers[number]), Cache::Warm),
            Self::CancelByStranger(number) => books.run(&cancel(number, 99), Cache::Cold),
            Self::Expire(number) => books.run(&ExpireHold { order: order(number) }, Cache::Cold),
            Self::Close => books.run(&CloseShow { show, organizer }, Cache::Warm),
            Self::Publish => books.run(&PublishShow { show, organizer }, Cache::Warm),
            Self::Wait => {
                let mut later = books.clone();
                later.now += TICK;
                (later, Outcome::Done(0))
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
        method: PaymentMethod::Manual,
        takes_cards: false,
        items: scene.wishes[wish].items.clone(),
    }
}

fn cancel(number: Number, user: u128) -> CancelOrder {
    CancelOrder { order: order(number), by: Actor { user: customer(user), operator: false } }
}

pub(crate) fn order(number: Number) -> domain::OrderId {
    order_id(number as u128)
}

pub(crate) fn payment(number: Number) -> domain::PaymentId {
    payment_id(number as u128)
}
