//! Connecting with what a URL says.

use async_nats::{ConnectOptions, ServerAddr};

/// Options that sign in as the URL's user: the client library leaves user and password in a URL unused.
/// Without a user in the URL it signs in as nobody.
#[must_use]
pub fn connect_options(url: &ServerAddr) -> ConnectOptions {
    match (url.username(), url.password()) {
        (Some(user), Some(password)) => {
            ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned())
        }
        (_, _) => ConnectOptions::new(),
    }
}
