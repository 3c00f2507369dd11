//! Every kind of fault equally often, in an order that only the seed knows.

use rand::{rngs::StdRng, seq::SliceRandom};

/// Dealt out card by card, and shuffled anew when it is empty.
pub(crate) struct Deck<T> {
    all: Vec<T>,
    left: Vec<T>,
}

impl<T: Copy> Deck<T> {
    pub(crate) fn of(all: Vec<T>) -> Self {
        Self { all, left: Vec::new() }
    }

    pub(crate) fn draw(&mut self, rng: &mut StdRng) -> T {
        if self.left.is_empty() {
            self.left.clone_from(&self.all);
            self.left.shuffle(rng);
        }
        self.left.pop().expect("a deck has cards")
    }
}
