//! Which events are about a user.

use std::collections::HashSet;

use domain::{Category, StreamId, UserId};
use event_store::RecordedEvent;

/// Streams of one user that are remembered; a person has some hundreds at most.
const MOST_STREAMS: usize = 1_000_000;

/// Looks at the log from its beginning, event by event.
pub(super) struct Theirs {
    id: String,
    streams: HashSet<StreamId>,
    most: usize,
    /// Whether there were more of the user's streams than are remembered; what happened to those is missing.
    pub(super) overflown: bool,
}

impl Theirs {
    pub(super) fn of(user: UserId) -> Self {
        Self { id: user.uuid().to_string(), streams: HashSet::new(), most: MOST_STREAMS, overflown: false }
    }

    /// Whether an event names the user, or happened to what is theirs. Who checked in a ticket does not name its holder.
    pub(super) fn are_told_by(&mut self, event: &RecordedEvent) -> bool {
        let stream = event.stream().ok();
        if event.data.contains(&self.id) {
            if let Some(stream) = stream.filter(|stream| belongs_to_whom_it_names(*stream)) {
                self.remember(stream);
            }
            return true;
        }
        event.metadata.contains(&self.id) || stream.is_some_and(|stream| self.streams.contains(&stream))
    }

    fn remember(&mut self, stream: StreamId) {
        if self.streams.len() < self.most {
            self.streams.insert(stream);
        } else if !self.streams.contains(&stream) {
            self.overflown = true;
        }
    }
}

/// A show and its inventory are everybody's.
fn belongs_to_whom_it_names(stream: StreamId) -> bool {
    match stream.category() {
        Category::Order | Category::Payment | Category::Ticket | Category::Account => true,
        Category::Show | Category::Inventory => false,
    }
}

#[cfg(test)]
mod tests {
    use event_store::HashColumn;
    use uuid::Uuid;

    use super::*;

    const ADA: Uuid = Uuid::from_u128(7);

    fn event(stream: StreamId, data: &str, actor: &str) -> RecordedEvent {
        RecordedEvent {
            position: 1,
            stream_id: stream.to_string(),
            version: 1,
            event_id: Uuid::nil(),
            event_type: "Something".to_owned(),
            data: data.to_owned(),
            metadata: format!(r#"{{"actor":"{actor}"}}"#),
            recorded_at: chrono::DateTime::UNIX_EPOCH,
            hash: HashColumn([0; 32]),
        }
    }

    fn order(number: u128) -> StreamId {
        StreamId::order(Uuid::from_u128(number).into())
    }

    #[test]
    fn what_names_a_user_and_what_happens_to_theirs_is_told_and_nothing_else() {
        let mut theirs = Theirs::of(ADA.into());
        let names = format!(r#"{{"customer":"{ADA}"}}"#);
        let show = StreamId::inventory(Uuid::from_u128(9).into());
        assert!(!theirs.are_told_by(&event(order(1), "{}", "somebody")), "before it was theirs");
        assert!(theirs.are_told_by(&event(order(1), &names, "somebody")));
        assert!(theirs.are_told_by(&event(order(1), "{}", "somebody")));
        assert!(theirs.are_told_by(&event(show, &names, "somebody")));
        assert!(!theirs.are_told_by(&event(show, "{}", "somebody")), "a show is everybody's");
        assert!(theirs.are_told_by(&event(order(2), "{}", &ADA.to_string())), "what they did to others'");
        assert!(!theirs.are_told_by(&event(order(2), "{}", "somebody")));
    }

    #[test]
    fn what_is_not_remembered_is_admitted() {
        let mut theirs = Theirs { most: 1, ..Theirs::of(ADA.into()) };
        let names = format!(r#"{{"customer":"{ADA}"}}"#);
        for _ in 0..2 {
            assert!(theirs.are_told_by(&event(order(1), &names, "")));
        }
        assert!(!theirs.overflown);
        assert!(theirs.are_told_by(&event(order(2), &names, "")));
        assert!(theirs.overflown && !theirs.are_told_by(&event(order(2), "{}", "")));
    }
}
