//! `stagedoor privacy`: what is held of a person.

mod document;
mod erase;
mod export;
mod theirs;

use domain::UserId;
use identity::{Profile, profile, user_with_email};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{cli::Privacy, failure::Failure, settings::Settings};

pub(crate) async fn run(settings: &Settings, json: bool, command: Privacy) -> Result<(), Failure> {
    match command {
        Privacy::Export { user, out } => export::run(settings, &user, out.as_deref()).await,
        Privacy::Erase { user, why, case, yes } => {
            let asked = erase::Asked { user: &user, ground: why, case: case.as_ref(), yes };
            erase::run(settings, json, asked).await
        }
    }
}

/// Who is meant: by id, also if they were erased, or by e-mail address.
async fn find(connection: &mut PgConnection, text: &str) -> Result<(UserId, Profile), Failure> {
    let user = match text.parse::<Uuid>() {
        Ok(id) => Some(UserId::from(id)),
        Err(_) => user_with_email(connection, text).await?,
    };
    let unknown = || Failure::Fault("there is no such user".to_owned());
    let user = user.ok_or_else(unknown)?;
    let profile = profile(connection, user).await?.ok_or_else(unknown)?;
    Ok((user, profile))
}
