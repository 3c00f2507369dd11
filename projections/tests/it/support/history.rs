//! A history that the domain itself decided, from a seed.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use domain::{
    AccountId, Currency, NewEvent, Operation, OrderId, PaymentId, PaymentMethod, RowDraft, Seating,
    SectionDraft, ShowDraft, ShowId, States, StreamId, TicketCode, UnitOfWork, UserId, Versioned,
    operations::{
        Actor, ApprovePayment, CancelOrder, CancelShow, CheckIn, CloseShow, CompleteRefund, DepositFunds,
        ExpireHold, OpenAccount, OrderItem, Outcome, PlaceOrder, PublishShow, RefundOrder, RejectPayment,
        ReviseShow, ScheduleShow, SettlePayment, UnwindShow, Wanted,
    },
};
use uuid::Uuid;

fn succeeded(payment: PaymentId) -> SettlePayment {
    SettlePayment { payment, outcome: Outcome::Succeeded { reference: Some("pi_1".to_owned()) } }
}

#[derive(Default)]
struct Known(HashMap<StreamId, Versioned>);

impl States for Known {
    fn get(&self, stream: StreamId) -> Option<&Versioned> {
        self.0.get(&stream)
    }
}

/// What made an event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    /// The number of the command.
    pub(crate) command: u128,
    /// The operation's name, such as `PlaceOrder`.
    pub(crate) operation: &'static str,
}

impl Made {
    /// Whether people ask for such things, rather than processes and providers.
    pub(crate) fn by_somebody(self) -> bool {
        !["ExpireHold", "UnwindShow", "SettlePayment", "CompleteRefund"].contains(&self.operation)
    }
}

pub(crate) struct History {
    known: Known,
    pub(crate) events: Vec<NewEvent>,
    /// For each event what made it.
    pub(crate) commands: Vec<Made>,
    /// Where the next commands have the number of this one.
    repeated: Option<u128>,
    pub(crate) now: DateTime<Utc>,
    random: u64,
    pub(crate) organizer: UserId,
    pub(crate) shows: Vec<ShowId>,
    pub(crate) orders: Vec<(OrderId, PaymentId, UserId)>,
}

impl History {
    pub(crate) fn new(seed: u64) -> Self {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let organizer = UserId::from(Uuid::from_u128(0xabc));
        Self {
            known: Known::default(),
            events: Vec::new(),
            commands: Vec::new(),
            repeated: None,
            now,
            random: seed,
            organizer,
            shows: Vec::new(),
            orders: Vec::new(),
        }
    }

    /// Two shows on sale and a draft, and so many orders in every state an order can come to.
    pub(crate) fn with_orders(seed: u64, orders: usize) -> Self {
        let mut history = Self::new(seed);
        history.schedule(true);
        history.schedule(true);
        history.schedule(false);
        history.sell(orders / 2);
        history.grow(history.shows[0]);
        history.sell(orders - orders / 2);
        history
    }

    /// A hundred more places, and a break in the sales.
    fn grow(&mut self, show: ShowId) {
        let organizer = self.organizer;
        let mut draft = draft(self.now);
        draft.sections[0].seating = Seating::Quantity { capacity: 400 };
        assert!(self.run(&ReviseShow { show, organizer, expected_version: 2, draft }));
        assert!(self.run(&CloseShow { show, organizer }));
        assert!(self.run(&PublishShow { show, organizer }));
    }

    /// More orders and payments, as chance has it. What is refused leaves no events.
    pub(crate) fn sell(&mut self, orders: usize) {
        for _ in 0..orders {
            let chosen = self.below(2);
            let show = self.shows[chosen];
            let item = match self.below(3) {
                0 => quantity("FLOOR", 1 + self.below(4), true),
                1 => quantity("SEATS", 1 + self.below(4), self.below(2) == 0),
                _ => OrderItem {
                    section: Some("SEATS".to_owned()),
                    wanted: Wanted::Seats(vec![format!("B-{}", 1 + self.below(40))]),
                },
            };
            let customer = UserId::from(Uuid::from_u128(0x1000 + self.below(5) as u128));
            let method = PaymentMethod::ALL[self.below(PaymentMethod::ALL.len())];
            self.order_by(method, show, customer, item);
            if !self.orders.is_empty() {
                self.settle_one();
            }
        }
    }

    /// A show is cancelled, and its orders are settled as a process does it: some at a time, by commands of one id.
    pub(crate) fn call_off(&mut self, show: ShowId, at_once: usize) {
        let organizer = self.organizer;
        assert!(self.run(&CancelShow { show, organizer }));
        self.repeated = Some(self.next_command());
        let mut before = 0;
        while before < self.events.len() {
            before = self.events.len();
            assert!(self.run(&UnwindShow { show, limit: at_once }));
        }
        self.repeated = None;
    }

    /// Some orders are paid back, as far as they were paid for.
    pub(crate) fn pay_back(&mut self) {
        let by = Actor { user: self.organizer, operator: false };
        for (order, payment, _) in self.orders.clone().into_iter().step_by(4) {
            self.run(&RefundOrder { order, by, reason: None });
            self.run(&CompleteRefund { payment, reference: None });
        }
    }

    /// Some payments come when their orders' holds have just ended.
    pub(crate) fn pay_late(&mut self) {
        let now = self.now;
        self.now += Duration::hours(1);
        for (_, payment, _) in self.orders.clone().into_iter().step_by(5) {
            self.run(&succeeded(payment));
        }
        self.now = now;
    }

    /// Money comes into an account, in so many parts.
    pub(crate) fn deposit(&mut self, user: UserId, times: usize) {
        self.run(&OpenAccount { user, currency: Currency::EUR });
        let (account, by) = (AccountId::of(user, Currency::EUR), Actor { user, operator: false });
        for _ in 0..times {
            assert!(self.run(&DepositFunds { account, amount: 1, by }));
        }
    }

    /// The tickets of some orders are shown at the door.
    pub(crate) fn let_in(&mut self) {
        let issued =
            |event: &NewEvent| (event.event_type == "TicketIssued").then_some(event.stream.uuid().as_u128());
        let codes: Vec<_> =
            self.events.iter().filter_map(issued).step_by(3).map(TicketCode::from_bits).collect();
        for code in codes {
            self.run(&CheckIn { code, organizer: self.organizer });
        }
    }

    fn next_command(&self) -> u128 {
        self.repeated
            .unwrap_or_else(|| self.commands.iter().map(|made| made.command).max().map_or(1, |last| last + 1))
    }

    pub(crate) fn schedule(&mut self, published: bool) -> ShowId {
        let show = ShowId::from(self.id());
        let organizer = self.organizer;
        self.run(&ScheduleShow { show, organizer, draft: draft(self.now) });
        if published {
            self.run(&PublishShow { show, organizer });
        }
        self.shows.push(show);
        show
    }

    pub(crate) fn order(
        &mut self,
        show: ShowId,
        customer: UserId,
        item: OrderItem,
    ) -> Option<(OrderId, PaymentId)> {
        self.order_by(PaymentMethod::Manual, show, customer, item)
    }

    fn order_by(
        &mut self,
        method: PaymentMethod,
        show: ShowId,
        customer: UserId,
        item: OrderItem,
    ) -> Option<(OrderId, PaymentId)> {
        let (order, payment) = (OrderId::from(self.id()), PaymentId::from(self.id()));
        let placed = self.run(&PlaceOrder {
            order,
            payment,
            customer,
            show,
            method,
            takes_cards: true,
            items: vec![item],
        });
        placed.then(|| {
            self.orders.push((order, payment, customer));
            (order, payment)
        })
    }

    fn settle_one(&mut self) {
        let chosen = self.below(self.orders.len());
        let (order, payment, customer) = self.orders[chosen];
        match self.below(10) {
            0 | 1 => self.run(&ApprovePayment { payment }),
            4 => self.run(&succeeded(payment)),
            5 => self.run(&RefundOrder { order, by: Actor { user: customer, operator: true }, reason: None }),
            6 => self.run(&CompleteRefund { payment, reference: Some("re_1".to_owned()) }),
            7 => self.run(&OpenAccount { user: customer, currency: Currency::EUR }),
            8 => {
                let account = AccountId::of(customer, Currency::EUR);
                let by = Actor { user: customer, operator: false };
                self.run(&DepositFunds { account, amount: 20_000, by })
            }
            2 => self.run(&RejectPayment { payment, reason: Some("no money".to_owned()) }),
            3 => self.run(&CancelOrder { order, by: Actor { user: customer, operator: false } }),
            _ => {
                let now = self.now;
                self.now += Duration::hours(1);
                let expired = self.run(&ExpireHold { order });
                self.now = now;
                expired
            }
        };
    }

    /// Whether the operation was carried out.
    pub(crate) fn run<O: Operation>(&mut self, operation: &O) -> bool {
        loop {
            let missing: Vec<StreamId> = operation
                .streams(&self.known)
                .into_iter()
                .filter(|stream| !self.known.0.contains_key(stream))
                .collect();
            if missing.is_empty() {
                break;
            }
            for stream in missing {
                self.known.0.insert(stream, Versioned::empty(stream.category()));
            }
        }
        let mut seed = self.random;
        let mut random = || u128::from(next(&mut seed)) << 64 | u128::from(next(&mut seed));
        let mut work = UnitOfWork::new(&self.known, self.now, &mut random);
        let done = operation.run(&mut work).is_ok();
        let decided = work.finish();
        self.random = seed;
        if done {
            let operation = std::any::type_name::<O>().rsplit(':').next().unwrap();
            let made = Made { command: self.next_command(), operation };
            self.commands.extend(decided.events.iter().map(|_| made));
            self.known.0.extend(decided.states);
            self.events.extend(decided.events);
        }
        done
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(next(&mut self.random) % limit as u64).unwrap()
    }

    fn id(&mut self) -> Uuid {
        Uuid::from_u64_pair(next(&mut self.random), next(&mut self.random))
    }
}

/// `SplitMix64`.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

pub(crate) fn quantity(section: &str, quantity: usize, adjacent: bool) -> OrderItem {
    let quantity = u32::try_from(quantity).unwrap();
    OrderItem { section: Some(section.to_owned()), wanted: Wanted::Quantity { quantity, adjacent } }
}

pub(crate) fn draft(now: DateTime<Utc>) -> ShowDraft {
    let section = |code: &str, seating| SectionDraft {
        code: code.to_owned(),
        name: format!("The {code}"),
        price: 1_250,
        seating,
    };
    let row = |row: &str, seats| RowDraft { row: row.to_owned(), seats };
    ShowDraft {
        title: "The Seagull".to_owned(),
        venue: "Moscow Art Theatre".to_owned(),
        starts_at: now + Duration::days(30),
        time_zone: "Europe/Moscow".to_owned(),
        currency: Currency::EUR,
        tax_basis_points: 700,
        hold_seconds: 900,
        sales_start_at: None,
        sales_end_at: None,
        max_per_customer: None,
        sections: vec![
            section("FLOOR", Seating::Quantity { capacity: 300 }),
            section("SEATS", Seating::Rows(vec![row("B", 40), row("A", 30)])),
        ],
    }
}

pub(crate) fn seat(section: &str, name: &str) -> OrderItem {
    OrderItem { section: Some(section.to_owned()), wanted: Wanted::Seats(vec![name.to_owned()]) }
}
