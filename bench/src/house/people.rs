//! People who are signed in before anything is timed.

use domain::UserId;
use event_store::{Clock, SystemClock, new_id};
use futures::{StreamExt, TryStreamExt, stream};
use identity::{Identity, NewUser, Role, Roles};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::fallible::Fallible;

const PEOPLE: usize = 256;
const PASSWORD: &str = "correct horse battery";

/// Somebody who is signed in.
pub(crate) struct Person {
    /// What the log calls them.
    pub(crate) user_id: UserId,
    /// What they send.
    pub(crate) token: String,
}

/// Makes 256 customers, the first of them an organizer and operator as well, and signs them in.
pub(crate) async fn sign_in(database: PgConnectOptions) -> Fallible<Vec<Person>> {
    let pool = PgPoolOptions::new().max_connections(4).connect_with(database).await?;
    let identity = Identity::new(pool.clone());
    let people =
        stream::iter(0..PEOPLE).map(|number| person(&identity, number)).buffered(8).try_collect().await;
    // A database that somebody is connected to can't be copied.
    pool.close().await;
    people
}

async fn person(identity: &Identity, number: usize) -> Fallible<Person> {
    let email = format!("{number}@bench.example.org");
    let user = NewUser {
        user_id: new_id().into(),
        email: email.clone(),
        password: PASSWORD.into(),
        name: "Casey".into(),
    };
    let roles = if number == 0 {
        Roles::default().with(Role::Organizer).with(Role::Operator)
    } else {
        Roles::default()
    };
    let user_id = identity.create_user(user, roles, false, SystemClock.now()).await?;
    let session = identity.sign_in(&email, PASSWORD, SystemClock.now()).await?;
    Ok(Person { user_id, token: session.token.reveal().to_owned() })
}
