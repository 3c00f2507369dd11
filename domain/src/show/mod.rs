//! A show: what is played, where and when, its seats and their prices.
//!
//! ```text
//! NotScheduled ── schedule ──▶ Draft ── publish ──▶ OnSale ◀── publish ──┐
//!                                │                    ├────── close ──▶ Closed
//!                                └───── cancel ───────┴──── cancel ──────┴──▶ Cancelled
//! ```

mod draft;
mod layout;
mod revision;
mod selection;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use draft::{
    DEFAULT_HOLD_SECONDS, DraftProblem, MAX_PROBLEMS, MAX_ROWS_PER_SECTION, MAX_SEATS, MAX_SECTIONS,
    MAX_TEXT, RowDraft, Seating, SectionDraft, ShowDraft,
};
pub use layout::{Layout, RowLayout, SectionLayout};
pub use selection::{MAX_SEATS_PER_ORDER, OrderItem, Pick, PickedSeats, Wanted};

use crate::{Decider, UserId, words::words};

words! {
    /// Where a show stands.
    ShowStatus {
        /// Not published yet; only its organizer sees it.
        Draft = "draft",
        /// Orders are taken.
        OnSale = "on_sale",
        /// No new orders; pending ones may finish.
        Closed = "closed",
        /// It does not take place.
        Cancelled = "cancelled",
    }
}

/// Who puts the show on, what they said about it, and the plan of its seats that follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "StoredDetails", into = "StoredDetails")]
pub struct ShowDetails {
    /// Who puts it on.
    pub organizer: UserId,
    /// What was said about it last.
    pub draft: ShowDraft,
    /// The seats, ready to be looked up.
    pub layout: Layout,
}

#[derive(Serialize, Deserialize)]
struct StoredDetails {
    organizer: UserId,
    draft: ShowDraft,
}

impl From<StoredDetails> for ShowDetails {
    fn from(stored: StoredDetails) -> Self {
        Self::new(stored.organizer, stored.draft)
    }
}

impl From<ShowDetails> for StoredDetails {
    fn from(details: ShowDetails) -> Self {
        Self { organizer: details.organizer, draft: details.draft }
    }
}

impl ShowDetails {
    fn new(organizer: UserId, draft: ShowDraft) -> Self {
        let layout = Layout::new(&draft);
        Self { organizer, draft, layout }
    }
}

/// The state of a show.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Show {
    /// Nothing happened yet.
    #[default]
    NotScheduled,
    /// Not published yet.
    Draft(Arc<ShowDetails>),
    /// Orders are taken.
    OnSale(Arc<ShowDetails>),
    /// No new orders.
    Closed(Arc<ShowDetails>),
    /// It does not take place.
    Cancelled(Arc<ShowDetails>),
}

/// What can be asked of a show.
#[derive(Debug, Clone)]
pub enum ShowCommand {
    /// Bring it into being, as a draft.
    Schedule {
        /// Who puts it on.
        organizer: UserId,
        /// All about it.
        draft: ShowDraft,
    },
    /// Replace what was said about it.
    Revise {
        /// All about it.
        draft: ShowDraft,
    },
    /// Put it on sale, or back on sale.
    Publish,
    /// Take no new orders.
    Close,
    /// It does not take place.
    Cancel,
}

/// What can have happened to a show. Stored for ever: a variant or an optional field may be added, never renamed or
/// removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShowEvent {
    /// It was planned.
    ShowScheduled {
        /// Who puts it on.
        organizer: UserId,
        /// All about it.
        #[serde(flatten)]
        draft: ShowDraft,
    },
    /// Something about it changed.
    ShowRevised {
        /// All about it as it is now.
        #[serde(flatten)]
        draft: ShowDraft,
    },
    /// It went on sale, or on sale again.
    ShowPublished {},
    /// It takes no new orders.
    ShowClosed {},
    /// It does not take place.
    ShowCancelled {},
}

/// Why a show says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShowRefusal {
    /// There is no such show.
    NotScheduled,
    /// The draft breaks rules of shape.
    Invalid(Vec<DraftProblem>),
    /// It can't go there from where it is.
    Transition {
        /// Where it is.
        current_status: ShowStatus,
    },
    /// A field that may not change once the show has been published.
    Fixed {
        /// The first of them, as a JSON pointer into the draft.
        pointer: String,
    },
}

impl Decider for Show {
    type Command<'a> = ShowCommand;
    type Event = ShowEvent;
    type Refusal = ShowRefusal;

    fn decide(&self, command: ShowCommand) -> Result<Vec<ShowEvent>, ShowRefusal> {
        match command {
            ShowCommand::Schedule { organizer, draft } => self.schedule(organizer, draft),
            ShowCommand::Revise { draft } => self.revise(draft),
            ShowCommand::Publish => self.publish(),
            ShowCommand::Close => self.close(),
            ShowCommand::Cancel => self.cancel(),
        }
    }

    fn evolve(&mut self, event: &ShowEvent) {
        if let ShowEvent::ShowScheduled { organizer, draft } = event {
            *self = Self::Draft(Arc::new(ShowDetails::new(*organizer, draft.clone())));
            return;
        }
        let Some(details) = self.details().cloned() else { return };
        match event {
            ShowEvent::ShowScheduled { .. } => {}
            ShowEvent::ShowRevised { draft } => self.replace_details(details.organizer, draft),
            ShowEvent::ShowPublished {} => *self = Self::OnSale(details),
            ShowEvent::ShowClosed {} => *self = Self::Closed(details),
            ShowEvent::ShowCancelled {} => *self = Self::Cancelled(details),
        }
    }
}

impl Show {
    /// See [`crate::State::snapshot_schema`].
    pub const SNAPSHOT_SCHEMA: i16 = 1;

    fn schedule(&self, organizer: UserId, draft: ShowDraft) -> Result<Vec<ShowEvent>, ShowRefusal> {
        if self.details().is_some() {
            return Ok(vec![]);
        }
        sound(&draft)?;
        Ok(vec![ShowEvent::ShowScheduled { organizer, draft }])
    }

    fn revise(&self, draft: ShowDraft) -> Result<Vec<ShowEvent>, ShowRefusal> {
        match self {
            Self::NotScheduled => return Err(ShowRefusal::NotScheduled),
            Self::Cancelled(_) => {
                return Err(ShowRefusal::Transition { current_status: ShowStatus::Cancelled });
            }
            Self::Draft(details) | Self::OnSale(details) | Self::Closed(details)
                if details.draft == draft =>
            {
                return Ok(vec![]);
            }
            Self::Draft(_) => sound(&draft)?,
            Self::OnSale(details) | Self::Closed(details) => {
                sound(&draft)?;
                revision::only_what_may_change(&details.draft, &draft)
                    .map_err(|pointer| ShowRefusal::Fixed { pointer })?;
            }
        }
        Ok(vec![ShowEvent::ShowRevised { draft }])
    }

    fn publish(&self) -> Result<Vec<ShowEvent>, ShowRefusal> {
        match self {
            Self::Draft(_) | Self::Closed(_) => Ok(vec![ShowEvent::ShowPublished {}]),
            Self::NotScheduled | Self::OnSale(_) | Self::Cancelled(_) => Err(self.transition()),
        }
    }

    fn close(&self) -> Result<Vec<ShowEvent>, ShowRefusal> {
        match self {
            Self::OnSale(_) => Ok(vec![ShowEvent::ShowClosed {}]),
            Self::NotScheduled | Self::Draft(_) | Self::Closed(_) | Self::Cancelled(_) => {
                Err(self.transition())
            }
        }
    }

    fn cancel(&self) -> Result<Vec<ShowEvent>, ShowRefusal> {
        match self {
            Self::Draft(_) | Self::OnSale(_) | Self::Closed(_) => Ok(vec![ShowEvent::ShowCancelled {}]),
            Self::NotScheduled | Self::Cancelled(_) => Err(self.transition()),
        }
    }

    /// What is known about it, if it was scheduled.
    #[must_use]
    pub fn details(&self) -> Option<&Arc<ShowDetails>> {
        match self {
            Self::NotScheduled => None,
            Self::Draft(details)
            | Self::OnSale(details)
            | Self::Closed(details)
            | Self::Cancelled(details) => Some(details),
        }
    }

    /// Where it stands, if it was scheduled.
    #[must_use]
    pub fn status(&self) -> Option<ShowStatus> {
        match self {
            Self::NotScheduled => None,
            Self::Draft(_) => Some(ShowStatus::Draft),
            Self::OnSale(_) => Some(ShowStatus::OnSale),
            Self::Closed(_) => Some(ShowStatus::Closed),
            Self::Cancelled(_) => Some(ShowStatus::Cancelled),
        }
    }

    /// Whether orders are taken at `now`. Without an end of sales, selling goes on until the show is closed.
    #[must_use]
    pub fn sells_at(&self, now: DateTime<Utc>) -> bool {
        match self {
            Self::OnSale(details) => {
                let begun = details.draft.sales_start_at.is_none_or(|start| start <= now);
                begun && details.draft.sales_end_at.is_none_or(|end| now < end)
            }
            Self::NotScheduled | Self::Draft(_) | Self::Closed(_) | Self::Cancelled(_) => false,
        }
    }

    /// See [`crate::Aggregate::weight`].
    #[must_use]
    pub fn approximate_bytes(&self) -> usize {
        size_of::<Self>() + self.details().map_or(0, |details| details.layout.approximate_bytes())
    }

    fn replace_details(&mut self, organizer: UserId, draft: &ShowDraft) {
        let replaced = || Arc::new(ShowDetails::new(organizer, draft.clone()));
        match self {
            Self::NotScheduled => {}
            Self::Draft(details)
            | Self::OnSale(details)
            | Self::Closed(details)
            | Self::Cancelled(details) => {
                *details = replaced();
            }
        }
    }

    fn transition(&self) -> ShowRefusal {
        match self.status() {
            Some(current_status) => ShowRefusal::Transition { current_status },
            None => ShowRefusal::NotScheduled,
        }
    }
}

fn sound(draft: &ShowDraft) -> Result<(), ShowRefusal> {
    let problems = draft.problems();
    if problems.is_empty() { Ok(()) } else { Err(ShowRefusal::Invalid(problems)) }
}
