//! Sending e-mails through a mail server.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{self, response::Code},
};
use tokio::{sync::Semaphore, time::timeout};
use url::{Host, Url};

use super::letter::Letter;

/// Messages sent at once; servers don't like to be asked by more.
const AT_ONCE: usize = 8;
/// The time to wait for one of these places. With the conversation, and what is read and noted, less than a step may take.
const TURN: Duration = Duration::from_millis(800);
/// The time that sending one message may take.
const CONVERSATION: Duration = Duration::from_millis(2_500);
/// Of what a server says, this many characters are kept.
const WORDS: usize = 500;

/// Sends e-mails. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    places: Arc<Semaphore>,
}

/// Why no e-mails can be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailerError {
    /// It names no mail server.
    #[error("{0}")]
    Url(String),
    /// Everybody on the way to the server could read the password.
    #[error("its password would be sent in clear")]
    PasswordInClear,
    /// It is no sender.
    #[error("{0}")]
    From(String),
}

/// Why a message was not sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unsent {
    /// Too many are being sent.
    Busy,
    /// The server will never take it.
    Refused(Refusal),
    /// It may be taken later.
    NotNow(Refusal),
}

/// Why a server did not take a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Its words, which may say anything about whom it was for.
    pub(super) words: String,
    /// What may be told to others: its code.
    pub(super) reason: String,
}

impl Refusal {
    /// In words of ours, which say nothing about anybody.
    fn ours(words: &str) -> Self {
        Self { words: words.to_owned(), reason: words.to_owned() }
    }
}

impl Mailer {
    /// Through the server at `url`, such as `smtp://user:password@host:587?tls=required`, `smtps://host` or
    /// `smtp://host:25`; from `from`, such as `Box office <tickets@example.org>`.
    ///
    /// # Errors
    /// One of them can't be read, or a password would travel unprotected.
    pub fn new(url: &str, from: &str) -> Result<Self, MailerError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| MailerError::Url(error.to_string()))?
            .timeout(Some(CONVERSATION))
            .build();
        if shows_password(url) {
            return Err(MailerError::PasswordInClear);
        }
        let from = from.parse().map_err(|error| MailerError::From(format!("{error}")))?;
        Ok(Self { transport, from, places: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// Hands a message to the server. Without an answer it may have been taken nevertheless.
    pub(super) async fn send(&self, letter: &Letter<'_>) -> Result<(), Unsent> {
        let Ok(Ok(_place)) = timeout(TURN, self.places.acquire()).await else { return Err(Unsent::Busy) };
        let message = letter.message(&self.from).map_err(|why| Unsent::Refused(Refusal::ours(why)))?;
        match timeout(CONVERSATION, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(unsent(&error, letter)),
            Err(_) => Err(Unsent::NotNow(Refusal::ours("the mail server takes too long"))),
        }
    }
}

/// Whether a password would leave this machine without TLS. Nor is one protected by TLS that a server merely may offer:
/// whoever stands in the way leaves the offer out.
fn shows_password(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let is_required =
        url.query_pairs().find(|(name, _)| name == "tls").is_some_and(|(_, tls)| tls == "required");
    url.password().is_some() && url.scheme() == "smtp" && !is_required && !is_here(&url)
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn unsent(error: &smtp::Error, letter: &Letter<'_>) -> Unsent {
    let words = letter.without_person(&error.to_string()).chars().take(WORDS).collect();
    let reason = match error.status() {
        Some(code) => format!("the mail server answered {code}; notifications.last_error has its words"),
        None => "the mail server can't be talked to; notifications.last_error says more".to_owned(),
    };
    let refusal = Refusal { words, reason };
    let refused = error.is_client() || error.is_permanent() && !error.status().is_some_and(is_about_us);
    if refused { Unsent::Refused(refusal) } else { Unsent::NotNow(refusal) }
}

/// Credentials that are missing or wrong (RFC 4954): once they are set right, every message can be sent.
fn is_about_us(code: Code) -> bool {
    [530, 534, 535, 538].contains(&u16::from(code))
}

/// Shows no password.
impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_leaves_this_machine_only_where_nobody_can_read_it() {
        let shown =
            |url: &str| Mailer::new(url, "tickets@example.org").err() == Some(MailerError::PasswordInClear);
        for url in [
            "smtp://u:p@mail.example.org",
            "smtp://u:p@mail.example.org:587?tls=opportunistic",
            "smtp://u:p@mail.example.org?tls=opportunistic&tls=required",
            "SMTP://u:p@mail.example.org",
            "smtp://:p@10.0.0.1:25",
            "smtp://u:p@127.0.0.1.example.org",
            "smtp://u:p@localhost.example.org",
            "smtp://u:p@[2001:db8::1]",
        ] {
            assert!(shown(url), "{url}");
        }
        for url in [
            "smtps://u:p@mail.example.org",
            "smtp://u:p@mail.example.org:587?tls=required",
            "smtp://mail.example.org:25",
            "smtp://u@mail.example.org",
            "smtp://u:p@localhost:25",
            "smtp://u:p@127.0.0.1:25",
            "smtp://u:p@127.1.2.3",
            "smtp://u:p@[::1]",
        ] {
            assert!(Mailer::new(url, "tickets@example.org").is_ok(), "{url}");
        }
    }
}
