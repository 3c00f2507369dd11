//! Every state there is, nearest first. (Own code: `stateright` would bring an HTTP server along for the same fifty
//! lines.)

use std::{collections::HashSet, iter::successors};

use super::{ask::Ask, books::Books, expected::Expected, laws, scene::Scene, view::View};

#[derive(Debug)]
pub(crate) struct Walked {
    pub(crate) states: usize,
    pub(crate) moves: usize,
    /// Moves that led somewhere else.
    pub(crate) changes: usize,
}

struct Place {
    books: Books,
    view: View,
    /// How it was reached.
    from: Option<(usize, Ask)>,
}

struct Search<'a> {
    scene: &'a Scene,
    places: Vec<Place>,
    known: HashSet<String>,
}

pub(crate) fn explore(scene: &Scene) -> Walked {
    let asks = Ask::all(scene);
    let mut search = Search { scene, places: vec![], known: HashSet::new() };
    search.arrive(Books::open(scene), None);
    let (mut moves, mut changes) = (0, 0);
    let mut here = 0;
    while here < search.places.len() {
        for ask in &asks {
            moves += 1;
            changes += usize::from(search.take(here, *ask));
        }
        here += 1;
    }
    Walked { states: search.places.len(), moves, changes }
}

impl Search<'_> {
    /// Asks, compares the answer, and says whether anything has changed.
    fn take(&mut self, here: usize, ask: Ask) -> bool {
        let place = &self.places[here];
        let (after, outcome) = ask.put_to(&place.books, self.scene);
        let view = View::of(&after, self.scene);
        let expected = Expected::of(ask, &place.view, self.scene);
        if let Err(wrong) = expected.met(&outcome, &place.view, &view) {
            panic!("{wrong}\n{}", self.way(here, Some(ask)));
        }
        // Had it not been committed, nothing would have happened: what was decided on is as it was.
        let untouched = View::of(&place.books, self.scene) == place.view;
        assert!(untouched, "what was thrown away has left a trace\n{}", self.way(here, Some(ask)));
        let changed = view != place.view;
        self.arrive(after, Some((here, ask)));
        changed
    }

    fn arrive(&mut self, books: Books, from: Option<(usize, Ask)>) {
        let view = View::of(&books, self.scene);
        if !self.known.insert(view.key()) {
            return;
        }
        let broken = laws::hold(&books, &view, self.scene);
        self.places.push(Place { books, view, from });
        if let Err(law) = broken {
            panic!("{law}\n{}", self.way(self.places.len() - 1, None));
        }
    }

    /// The shortest way there, to be read by whoever has to find out what went wrong.
    fn way(&self, there: usize, last: Option<Ask>) -> String {
        let back = |from: &(usize, Ask)| self.places[from.0].from;
        let mut asked: Vec<Ask> = successors(self.places[there].from, back).map(|(_, ask)| ask).collect();
        asked.reverse();
        asked.extend(last);
        format!("after {asked:?}")
    }
}
