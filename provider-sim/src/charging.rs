//! What becomes of a charge: when it is confirmed, and when the bank has decided.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    behaviour::{Behaviour, Decline, SILENCE, Settling},
    intent::{Intent, Settles, Status},
    notice::{AFTER, Notice},
};

/// How much older than the news a stale notice is.
const STALE: TimeDelta = TimeDelta::seconds(60);

/// How the caller is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Manner {
    AtOnce,
    /// Not before, and then with what has become of it.
    At(DateTime<Utc>),
    /// When this notice was told.
    AfterNotice(String),
    /// Not at all: the connection is cut. Whoever asks again is answered.
    Cut,
}

/// A charge after it was confirmed, what is told of it, and how its caller is answered.
pub(crate) struct Confirmed {
    pub(crate) intent: Intent,
    pub(crate) notices: Vec<Notice>,
    pub(crate) manner: Manner,
}

/// Gives a charge to the bank.
pub(crate) fn confirm(mut intent: Intent, now: DateTime<Utc>) -> Confirmed {
    let behaviour = Behaviour::of(intent.amount);
    match behaviour {
        Behaviour::Decline(why) => intent.decline(why),
        Behaviour::Silent(settling) | Behaviour::SaysFailedFirst(settling) | Behaviour::Pending(settling) => {
            wait(&mut intent, settling, now);
        }
        Behaviour::PendingForEver => {
            (intent.status, intent.error) = (Status::RequiresAction, None);
        }
        Behaviour::Approve
        | Behaviour::NoticeThrice
        | Behaviour::StaleNotice
        | Behaviour::NoticeFirst
        | Behaviour::SaysFailedAfter
        | Behaviour::BusyThrice
        | Behaviour::RefundFailsTwice
        | Behaviour::RefundWaits(_)
        | Behaviour::RefundFailsOnce(_)
        | Behaviour::TooFastOnce
        | Behaviour::CutOnce => intent.succeed(now),
    }
    let notices = notices(&intent, behaviour, now);
    let manner = match (behaviour, notices.first()) {
        (Behaviour::Silent(_), _) => Manner::At(now + SILENCE),
        (Behaviour::NoticeFirst, Some(notice)) => Manner::AfterNotice(notice.id.clone()),
        (Behaviour::CutOnce, _) => Manner::Cut,
        _ => Manner::AtOnce,
    };
    Confirmed { intent, notices, manner }
}

fn wait(intent: &mut Intent, settling: Settling, now: DateTime<Utc>) {
    (intent.status, intent.error) = (Status::Processing, None);
    intent.settles = Some(Settles { at: now + settling.after, succeeds: settling.succeeds });
}

fn notices(intent: &Intent, behaviour: Behaviour, now: DateTime<Utc>) -> Vec<Notice> {
    let later = now + AFTER;
    let news = Notice::of(intent, now);
    let wrong = |created| Notice::wrong(intent, created).map(|notice| notice.due(later));
    let told: [Option<Notice>; 2] = match behaviour {
        Behaviour::NoticeThrice => [news.map(|news| news.due(later).copies(3)), None],
        Behaviour::StaleNotice => [news.map(|news| news.due(later)), wrong(now - STALE)],
        Behaviour::NoticeFirst => [news, None],
        Behaviour::SaysFailedFirst(_) => [wrong(now), None],
        Behaviour::SaysFailedAfter => [news.map(|news| news.due(later)), wrong(now)],
        Behaviour::Approve
        | Behaviour::Decline(_)
        | Behaviour::Silent(_)
        | Behaviour::Pending(_)
        | Behaviour::PendingForEver
        | Behaviour::BusyThrice
        | Behaviour::RefundFailsTwice
        | Behaviour::RefundWaits(_)
        | Behaviour::RefundFailsOnce(_)
        | Behaviour::TooFastOnce
        | Behaviour::CutOnce => [news.map(|news| news.due(later)), None],
    };
    told.into_iter().flatten().collect()
}

/// What the bank has decided, if it is time; and what is told of it.
pub(crate) fn settle(mut intent: Intent, now: DateTime<Utc>) -> Option<(Intent, Option<Notice>)> {
    let settles = intent.settles.filter(|settles| settles.at <= now)?;
    if settles.succeeds {
        intent.succeed(now);
    } else {
        intent.decline(Decline::CardDeclined);
    }
    let notice = Notice::of(&intent, now);
    Some((intent, notice))
}

/// Calls a charge off; `None` where it is too late, or the bank has it in hand.
pub(crate) fn cancel(mut intent: Intent, now: DateTime<Utc>) -> Option<(Intent, Option<Notice>)> {
    let firm = Behaviour::of(intent.amount).is_firm();
    match intent.status {
        Status::Succeeded | Status::Canceled => return None,
        Status::Processing if firm => return None,
        Status::RequiresPaymentMethod
        | Status::RequiresConfirmation
        | Status::RequiresAction
        | Status::Processing => {}
    }
    (intent.status, intent.settles) = (Status::Canceled, None);
    let notice = Notice::of(&intent, now).map(|notice| notice.due(now + AFTER));
    Some((intent, notice))
}
