//! `stagedoor users`.

use std::io::{IsTerminal, Read, stdin};

use domain::UserId;
use event_store::{Clock, SystemClock, check_schema, new_id};
use identity::{Identity, NewUser, Role, Roles, broken_email, broken_name, broken_password};

use crate::{cli::Users, failure::Failure, output, roles::pool, settings::Settings};

/// No password is longer, so no more is read.
const MAX_INPUT: u64 = 4_096;

pub(crate) async fn run(settings: &Settings, json: bool, command: Users) -> Result<(), Failure> {
    match command {
        Users::Create { email, name, roles } => create(settings, json, email, name, &roles).await,
    }
}

async fn create(
    settings: &Settings,
    json: bool,
    email: String,
    name: String,
    roles: &[String],
) -> Result<(), Failure> {
    let roles = parse_roles(roles)?;
    reject(broken_email(&email), "--email")?;
    reject(broken_name(&name), "--name")?;
    let password = read_password()?;
    reject(broken_password(&password), "the password")?;
    let pool = pool(settings.writer()?, 1);
    check_schema(&mut *pool.acquire().await?).await?;
    let user = NewUser { user_id: UserId::from(new_id()), email, password, name };
    let user_id =
        Identity::new(pool).create_user(user, roles, false, SystemClock.now()).await.map_err(failure)?;
    if json {
        return output::json(&serde_json::json!({ "user_id": user_id }));
    }
    output::line(&user_id.to_string())
}

fn parse_roles(names: &[String]) -> Result<Roles, Failure> {
    let parse = |name: &String| {
        name.parse::<Role>()
            .map_err(|_| Failure::usage(format!("there is no role `{name}`"), "organizer, operator, admin"))
    };
    names.iter().map(parse).collect()
}

fn reject(broken: Option<&str>, what: &str) -> Result<(), Failure> {
    match broken {
        None => Ok(()),
        Some(rule) => Err(Failure::usage(format!("{what} {rule}"), "stagedoor users create --help")),
    }
}

/// A line from standard input: never an argument, which others on the machine could read.
fn read_password() -> Result<String, Failure> {
    if stdin().is_terminal() {
        output::note("Password (it will be shown), then Enter and Ctrl-D:");
    }
    let mut text = String::new();
    stdin().take(MAX_INPUT).read_to_string(&mut text).map_err(Failure::other)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn failure(error: identity::Error) -> Failure {
    match error {
        identity::Error::Database(error) => error.into(),
        identity::Error::EmailTaken
        | identity::Error::Invalid(_)
        | identity::Error::WrongCredentials
        | identity::Error::UnknownUser
        | identity::Error::Busy
        | identity::Error::Hash(_) => Failure::other(error),
    }
}
