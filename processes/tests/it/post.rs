//! A real mail server.

use engines::testing::{MAIL_SERVER, PythonServer};
use processes::Mailer;
use serde_json::Value;

pub(crate) struct MailServer(PythonServer);

impl MailServer {
    /// None where the tests were told to do without.
    pub(crate) async fn start() -> Option<Self> {
        if MAIL_SERVER.is_left_out() { None } else { Some(Self(MAIL_SERVER.start(0).await)) }
    }

    pub(crate) fn mailer(&self) -> Mailer {
        let url = format!("smtp://127.0.0.1:{}", self.0.port);
        Mailer::new(&url, "Box office <tickets@example.org>").unwrap()
    }

    /// The messages that it took for an address.
    pub(crate) fn taken_for(&self, address: &str) -> Vec<Value> {
        let taken = self.0.said().into_iter().map(|line| serde_json::from_str::<Value>(&line).unwrap());
        taken.filter(|message| message["to"][0] == address).collect()
    }
}
