//! Every state there is, nearest first. (Own code: `stateright` would bring an HTTP server along for the same fifty
//! lines.)

use std::{collections::HashSet, iter::successors};

use super::{
    ask::Ask,
    books::Books,
    expected::{Expected, adds_nothing},
    laws,
    rules::Before,
    scene::Scene,
    view::View,
};

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
    let open = Books::open(scene);
    search.arrive(View::of(&open, scene), open, None);
    let (mut moves, mut changes) = (0, 0);
    let mut here = 0;
    while here < search.places.len() {
        for ask in &asks {
            if ask.is_too_much(&search.places[here].books, scene) {
                continue;
            }
            moves += 1;
            changes += usize::from(search.take(here, *ask));
        }
        search.is_untouched(here);
        here += 1;
    }
    Walked { states: search.places.len(), moves, changes }
}

impl Search<'_> {
    /// Asks, compares the answer, and says whether anything has changed.
    fn take(&mut self, here: usize, ask: Ask) -> bool {
        let place = &self.places[here];
        let (after, outcome) = ask.put_to(&place.books, self.scene);
        let view = after.as_ref().map(|after| View::of(after, self.scene));
        let (before, seen) = (&place.view, view.as_ref().unwrap_or(&place.view));
        let all_before = Before { books: &place.books, view: before, scene: self.scene };
        let expected = Expected::of(ask, &all_before);
        self.insist(expected.met(&outcome, before, seen), here, ask);
        let Some((after, view)) = after.zip(view).filter(|(_, view)| view != before) else { return false };
        if !ask.goes_on() {
            let (twice, again) = ask.put_to(&after, self.scene);
            let twice = twice.map(|twice| View::of(&twice, self.scene));
            self.insist(adds_nothing(&again, &view, twice.as_ref().unwrap_or(&view)), here, ask);
        }
        self.arrive(view, after, Some((here, ask)));
        true
    }

    /// Had nothing been committed, nothing would have happened: what was decided on is as it was.
    fn is_untouched(&self, here: usize) {
        let place = &self.places[here];
        let untouched = View::of(&place.books, self.scene) == place.view;
        assert!(untouched, "what was thrown away has left a trace\n{}", self.way(here, None));
    }

    fn insist(&self, holds: Result<(), String>, here: usize, ask: Ask) {
        if let Err(wrong) = holds {
            panic!("{wrong}\n{}", self.way(here, Some(ask)));
        }
    }

    fn arrive(&mut self, view: View, books: Books, from: Option<(usize, Ask)>) {
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
