//! What is on sale, and what the two orders may want of it.

use domain::{OrderItem, Seating, ShowDraft};

use super::support::{apart, draft_of, quantity, rows, seats, section};

/// What an order asks for, as the domain and as `expected.rs` understand it.
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

pub(crate) struct Scene {
    pub(crate) name: &'static str,
    pub(crate) draft: ShowDraft,
    pub(crate) wishes: Vec<Wish>,
    /// Who buys, by order.
    pub(crate) buyers: [u128; 2],
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
        Self { name: "numbered", draft, wishes, buyers: [1, 2] }
    }

    pub(crate) fn standing() -> Self {
        let draft = draft_of(vec![section("floor", 1_000, Seating::Quantity { capacity: 2 })]);
        let wishes = vec![any(quantity("floor", 1), 1), any(quantity("floor", 2), 2)];
        Self { name: "standing", draft, wishes, buyers: [1, 2] }
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
}

fn named(names: &[&str], numbers: &'static [u32]) -> Wish {
    Wish { items: vec![seats(Some("stalls"), names)], wanted: Wanted::Seats(numbers) }
}

fn any(item: OrderItem, count: u32) -> Wish {
    Wish { items: vec![item], wanted: Wanted::Any(count) }
}
