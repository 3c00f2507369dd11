//! The demonstration shows and users that `up` makes.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Currency, RowDraft, Seating, SectionDraft, ShowDraft, ShowId, UserId,
    operations::{PublishShow, ScheduleShow},
};
use event_store::{Clock, Command, Context, ExecuteError, Sequencer, SequencerOptions, SystemClock, new_id};
use identity::{Identity, NewUser, Role};
use uuid::Uuid;

use crate::{failure::Failure, roles::pool, settings::Settings};

/// Every demonstration user's password.
pub(crate) const PASSWORD: &str = "stagedoor-demo";

/// Who can sign in, and as what.
pub(crate) const USERS: [(&str, &str, &[Role]); 4] = [
    ("customer@stagedoor.test", "Casey Customer", &[]),
    ("organizer@stagedoor.test", "Oli Organizer", &[Role::Organizer]),
    ("operator@stagedoor.test", "Opal Operator", &[Role::Operator]),
    ("admin@stagedoor.test", "Ada Admin", &[Role::Admin]),
];

/// Names what is seeded: the same at every start, so that a second seeding adds nothing.
const SEEDS: Uuid = Uuid::from_u128(0x2f61_7c09_8a35_4e0e_9d44_7d0b_51a9_e6c3);

/// Whose database is seeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    /// Made by `up`, and seeded before anybody could sign up: once in use, it is left as it is.
    Own,
    /// Given by `DATABASE_URL`: refused once it is in use.
    Given,
}

/// Makes what is missing, in a database that nobody uses yet.
pub(crate) async fn run(settings: &Settings, ground: Ground) -> Result<(), Failure> {
    let identity = Identity::new(pool(settings.writer()?, 2));
    if identity.has_unseeded_users().await.map_err(Failure::other)? {
        return match ground {
            Ground::Own => Ok(()),
            Ground::Given => Err(Failure::usage(
                "this database has users that were not seeded: it is in use",
                "leave out --seed, or give an empty database",
            )),
        };
    }
    let now = SystemClock.now();
    for (email, name, roles) in USERS {
        let user = NewUser {
            user_id: user_id(email),
            email: email.into(),
            password: PASSWORD.into(),
            name: name.into(),
        };
        match identity.create_user(user, roles.iter().copied().collect(), true, now).await {
            Ok(_) | Err(identity::Error::EmailTaken) => {}
            Err(error) => return Err(Failure::other(error)),
        }
    }
    let (sequencer, task) =
        Sequencer::start(SequencerOptions::new(settings.writer()?, Arc::new(SystemClock)));
    for draft in shows(now) {
        publish(&sequencer, draft).await.map_err(Failure::other)?;
    }
    drop(sequencer);
    task.await.map_err(Failure::other)
}

fn user_id(email: &str) -> UserId {
    UserId::from(Uuid::new_v5(&SEEDS, email.as_bytes()))
}

async fn publish(sequencer: &Sequencer, draft: ShowDraft) -> Result<(), ExecuteError> {
    let organizer = user_id("organizer@stagedoor.test");
    let title = draft.title.clone();
    let schedule = ScheduleShow { show: ShowId::from(new_id()), organizer, draft };
    let command = |step: &str| context(organizer, &format!("{step}: {title}"));
    let show = sequencer
        .execute(Command { operation: schedule, context: command("schedule") })
        .await?
        .answer
        .show_id;
    sequencer
        .execute(Command { operation: PublishShow { show, organizer }, context: command("publish") })
        .await?;
    Ok(())
}

fn context(organizer: UserId, name: &str) -> Context {
    Context {
        command_id: Uuid::new_v5(&SEEDS, name.as_bytes()),
        fingerprint: Some([0; 32]),
        actor: Some(organizer.uuid()),
        correlation: new_id(),
        causation: None,
        traceparent: None,
    }
}

fn shows(now: DateTime<Utc>) -> [ShowDraft; 3] {
    let quantity =
        |code: &str, name: &str, price, capacity| section(code, name, price, Seating::Quantity { capacity });
    let rows = ('A'..='J').map(|row| RowDraft { row: row.to_string(), seats: 12 }).collect();
    [
        show(
            "Midsummer Open Air",
            "Riverside Meadow",
            now + TimeDelta::days(30),
            vec![quantity("FIELD", "Standing", 4_500, 5_000)],
        ),
        show(
            "The Tempest",
            "City Theatre",
            now + TimeDelta::days(45),
            vec![quantity("STALLS", "Stalls", 3_800, 500), quantity("BALCONY", "Balcony", 2_400, 300)],
        ),
        show(
            "String Quartets",
            "Chamber Hall",
            now + TimeDelta::days(60),
            vec![section("HALL", "Hall", 2_900, Seating::Rows(rows))],
        ),
    ]
}

fn section(code: &str, name: &str, price: i64, seating: Seating) -> SectionDraft {
    SectionDraft { code: code.into(), name: name.into(), price, seating }
}

fn show(title: &str, venue: &str, starts_at: DateTime<Utc>, sections: Vec<SectionDraft>) -> ShowDraft {
    ShowDraft {
        title: title.into(),
        venue: venue.into(),
        starts_at,
        time_zone: "Europe/Berlin".into(),
        currency: Currency::EUR,
        tax_basis_points: 700,
        hold_seconds: 900,
        sales_start_at: None,
        sales_end_at: None,
        max_per_customer: None,
        sections,
    }
}
