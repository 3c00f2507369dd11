//! `stagedoor privacy erase`: a person is forgotten.

use std::io::{IsTerminal, stdin};

use chrono::TimeDelta;
use event_store::{Clock, SystemClock, check_schema, connect};
use identity::{CaseReference, EraseError, Erased, Erasure, Ground, Profile, erase};
use processes::Notifications;
use projections::shows;
use serde::Serialize;

use super::find;
use crate::{failure::Failure, output, settings::Settings};

/// A show that began longer ago lets nobody in any more.
const DOORS_ARE_OPEN_FOR: TimeDelta = TimeDelta::hours(12);

/// What was typed.
pub(super) struct Asked<'a> {
    pub(super) user: &'a str,
    pub(super) ground: Ground,
    pub(super) case: Option<&'a CaseReference>,
    pub(super) yes: bool,
}

/// What is said of it. Nothing personal: it may be kept, to do it again after a restore.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    erasure: &'a Erasure,
    already_erased: bool,
    sessions: u64,
    #[serde(flatten)]
    rest: Rest,
}

/// What was done beside, and what was not.
#[derive(Clone, Copy, Serialize)]
struct Rest {
    notifications: i64,
    shows_left: i64,
}

pub(super) async fn run(settings: &Settings, json: bool, asked: Asked<'_>) -> Result<(), Failure> {
    let mut connection = connect(&settings.writer()?, "privacy").await?;
    check_schema(&mut connection).await?;
    let (user, profile) = find(&mut connection, asked.user).await?;
    let now = SystemClock.now();
    let shows_left = shows::to_come(&mut connection, user, now - DOORS_ARE_OPEN_FOR).await?;
    // Whoever was erased has no address. What was left by an erasure that broke off is done without asking again.
    if profile.email.is_some() {
        confirm(asked.yes, &profile, shows_left)?;
    }
    let erased = erase(&mut connection, user, asked.ground, asked.case, now).await;
    let erased = erased.map_err(failure)?;
    // Second, so that nothing is added any more.
    let notifications = Notifications::forget(&mut connection, user).await?;
    print(&erased, Rest { notifications, shows_left }, json)
}

fn confirm(yes: bool, profile: &Profile, shows_left: i64) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    let user = profile.user_id.to_string();
    let hint = "it can't be taken back; orders stay, under the id: add --yes";
    if !stdin().is_terminal() {
        return Err(Failure::usage(format!("this forgets the user {user}"), hint));
    }
    if shows_left > 0 {
        output::note(&without_organizer(shows_left));
    }
    let (roles, since) = (profile.roles.join(", "), profile.created_at.date_naive());
    output::note(&format!(
        "This forgets who {user} is ({roles}, since {since}), for ever. Type the id to go on:"
    ));
    let mut typed = String::new();
    stdin().read_line(&mut typed).map_err(Failure::other)?;
    if typed.trim() == user { Ok(()) } else { Err(Failure::usage("nothing was forgotten", hint)) }
}

fn print(erased: &Erased, rest: Rest, json: bool) -> Result<(), Failure> {
    let Erased { erasure, before, sessions } = erased;
    if json {
        return output::json(&Told { erasure, already_erased: *before, sessions: *sessions, rest });
    }
    let user = erasure.user_id;
    let what = format!("sessions ended: {sessions}, notifications forgotten: {}", rest.notifications);
    if rest.shows_left > 0 {
        output::note(&without_organizer(rest.shows_left));
    }
    if *before {
        let at = erasure.erased_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        return output::line(&format!("{user} was erased already, at {at}; {what}"));
    }
    output::line(&format!("{user} is erased; {what}"))?;
    output::note("What is left, in dead rows, WAL, backups and elsewhere: docs/privacy.md");
    Ok(())
}

fn without_organizer(shows: i64) -> String {
    format!("Shows still to come without an organizer, whose tickets nobody can check in: {shows}")
}

fn failure(error: EraseError) -> Failure {
    match error {
        EraseError::UnknownUser => Failure::Fault("there is no such user".to_owned()),
        EraseError::CaseNamesUser => {
            Failure::usage(error, "the record of an erasure must not tell whom it is about")
        }
        EraseError::Database(error) => error.into(),
    }
}
