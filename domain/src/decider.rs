//! The shape every aggregate has.

/// An aggregate's state; `Default` is its state before anything happened.
///
/// Deliberately synchronous and without access to anything: time, ids and prices arrive in the command, so the same
/// history and command always give the same answer. (After Jérémie Chassaing's "functional event sourcing decider".)
pub trait Decider: Default {
    /// What can be asked of the aggregate.
    type Command<'a>;
    /// What can have happened to it.
    type Event;
    /// Why it says no.
    type Refusal;

    /// Brings up to date what the state keeps only to be quick, such as an index over what the command brings along.
    /// Never changes what is decided.
    fn prepare(&mut self, _command: &Self::Command<'_>) {}

    /// What follows from `command` in this state. No events means "already so": what callbacks and processes repeat
    /// adds nothing.
    fn decide(&self, command: Self::Command<'_>) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// Applies what happened. Never fails: history cannot be refused.
    fn evolve(&mut self, event: &Self::Event);
}
