//! Given these events, when this is asked, then that follows.

use std::fmt::Debug;

use domain::Decider;

pub struct Given<D>(D);

pub struct Then<D: Decider> {
    before: D,
    answer: Result<Vec<D::Event>, D::Refusal>,
}

pub fn given<D: Decider>(events: impl IntoIterator<Item = D::Event>) -> Given<D> {
    let mut state = D::default();
    for event in events {
        state.evolve(&event);
    }
    Given(state)
}

impl<D: Decider> Given<D> {
    pub fn when(self, command: D::Command<'_>) -> Then<D> {
        let answer = self.0.decide(command);
        Then { before: self.0, answer }
    }

    pub fn state(self) -> D {
        self.0
    }
}

impl<D: Decider> Then<D>
where
    D::Event: Debug + PartialEq,
    D::Refusal: Debug + PartialEq,
{
    #[track_caller]
    pub fn then(self, events: impl IntoIterator<Item = D::Event>) {
        assert_eq!(self.answer, Ok(events.into_iter().collect()));
    }

    #[track_caller]
    pub fn then_nothing(self) {
        assert_eq!(self.answer, Ok(vec![]));
    }

    #[track_caller]
    pub fn then_refused(self, refusal: D::Refusal) {
        assert_eq!(self.answer, Err(refusal));
    }

    /// The state that follows; refused, it is the one before.
    pub fn state(self) -> D {
        let mut state = self.before;
        self.answer.into_iter().flatten().for_each(|event| state.evolve(&event));
        state
    }
}

/// Whatever `command` does the first time, the second time it adds nothing or is refused.
#[track_caller]
pub fn twice_adds_nothing<'a, D>(mut state: D, command: impl Fn() -> D::Command<'a>)
where
    D: Decider,
    D::Event: Debug,
{
    for event in state.decide(command()).into_iter().flatten() {
        state.evolve(&event);
    }
    if let Ok(events) = state.decide(command()) {
        assert!(events.is_empty(), "the second time added {events:?}");
    }
}
