//! What is on sale, what the two orders may want of it, and how they pay.

use domain::{OrderItem, PaymentMethod, Seating, ShowDraft};

use super::support::{apart, draft_of, quantity, rows, seats, section};

/// What an order asks for, as the domain and as `rules/` understand it.
pub(crate) struct Wish {
    pub(crate) items: Vec<OrderItem>,
    pub(crate) wanted: Wanted,
}

pub(crate) enum Wanted {
    /// These seats and no others.
    Seats(&'static [u32]),
    /// So many, whichever.
    Any(u32),
}

/// What may happen besides orders that are placed, paid, given up and expire.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Afterwards {
    /// Nothing: the scene is about seats, and has many wishes.
    Nothing,
    /// Callbacks, refunds, the door, and a show that is called off; with so many deposits into each account.
    Everything { deposits: i64 },
}

pub(crate) struct Scene {
    pub(crate) name: &'static str,
    pub(crate) draft: ShowDraft,
    pub(crate) wishes: Vec<Wish>,
    /// Who buys, by order.
    pub(crate) buyers: [u128; 2],
    /// How they pay.
    pub(crate) methods: [PaymentMethod; 2],
    pub(crate) afterwards: Afterwards,
}

impl Scene {
    pub(crate) fn numbered() -> Self {
        let wishes = vec![
            named(&["A-1"], &[1]),
            named(&["A-2"], &[2]),
            named(&["A-1", "A-2"], &[1, 2]),
            any(quantity("stalls", 1), 1),
            any(quantity("stalls", 2), 2),
            any(apart("stalls", 2), 2),
        ];
        let draft = draft_of(vec![section("stalls", 2_550, rows(&[("A", 2)]))]);
        let methods = [PaymentMethod::Manual; 2];
        Self { name: "numbered", draft, wishes, buyers: [1, 2], methods, afterwards: Afterwards::Nothing }
    }

    pub(crate) fn standing() -> Self {
        let draft = draft_of(vec![section("floor", 1_000, Seating::Quantity { capacity: 2 })]);
        let wishes = vec![any(quantity("floor", 1), 1), any(quantity("floor", 2), 2)];
        Self { name: "standing", draft, wishes, ..Self::numbered() }
    }

    pub(crate) fn limited() -> Self {
        let mut scene = Self { name: "limited", buyers: [1, 1], ..Self::numbered() };
        scene.draft.max_per_customer = Some(1);
        scene
    }

    pub(crate) fn free() -> Self {
        let mut scene = Self { name: "free", ..Self::numbered() };
        scene.draft.sections[0].price = 0;
        scene
    }

    /// Two cards for the same seat, or for both.
    pub(crate) fn cards() -> Self {
        let wishes = vec![named(&["A-1"], &[1]), named(&["A-1", "A-2"], &[1, 2])];
        let methods = [PaymentMethod::Card; 2];
        Self { name: "cards", wishes, methods, ..Self::numbered() }.with_deposits(0)
    }

    /// Two orders from one account, which has enough for neither, one or both.
    pub(crate) fn one_wallet() -> Self {
        let methods = [PaymentMethod::Wallet; 2];
        let scene = Self { name: "one wallet", buyers: [1, 1], methods, ..Self::standing() };
        scene.with_deposits(2)
    }

    /// A wallet and a card that are after the same places.
    pub(crate) fn wallet_and_card() -> Self {
        let methods = [PaymentMethod::Wallet, PaymentMethod::Card];
        Self { name: "wallet and card", methods, ..Self::standing() }.with_deposits(2)
    }

    /// Money that an operator sees come, and a card; of one customer, who may have one seat.
    pub(crate) fn by_hand_and_card() -> Self {
        let wishes = vec![named(&["A-1"], &[1]), named(&["A-2"], &[2])];
        let methods = [PaymentMethod::Manual, PaymentMethod::Card];
        Self { name: "by hand and card", wishes, methods, ..Self::limited() }.with_deposits(0)
    }

    /// Nothing to pay, nothing to pay back.
    pub(crate) fn free_afterwards() -> Self {
        let wishes = vec![any(quantity("stalls", 1), 1)];
        let methods = [PaymentMethod::Wallet, PaymentMethod::Card];
        Self { name: "free, afterwards", wishes, methods, ..Self::free() }.with_deposits(0)
    }

    fn with_deposits(self, deposits: i64) -> Self {
        Self { afterwards: Afterwards::Everything { deposits }, ..self }
    }

    /// What so many seats cost, tax included: it is rounded up.
    pub(crate) fn total(&self, seats: usize) -> i64 {
        let subtotal = self.draft.sections[0].price * i64::try_from(seats).unwrap();
        let tax = subtotal * i64::from(self.draft.tax_basis_points);
        subtotal + (tax + 9_999) / 10_000
    }

    /// What is put into an account at once: one seat's price.
    pub(crate) fn deposit(&self) -> i64 {
        self.total(1)
    }
}

fn named(names: &[&str], numbers: &'static [u32]) -> Wish {
    Wish { items: vec![seats(Some("stalls"), names)], wanted: Wanted::Seats(numbers) }
}

fn any(item: OrderItem, count: u32) -> Wish {
    Wish { items: vec![item], wanted: Wanted::Any(count) }
}
