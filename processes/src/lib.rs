//! Reactions to events.
