//! A real mail server.

use engines::testing::{MAIL_SERVER, PythonServer};
use serde_json::Value;

pub(crate) struct MailServer(PythonServer);

impl MailServer {
    /// None where the tests were told to do without.
    pub(crate) async fn start() -> Option<Self> {
        if MAIL_SERVER.is_left_out() { None } else { Some(Self(MAIL_SERVER.start(0).await)) }
    }

    pub(crate) fn settings(&self) -> [(&'static str, String); 2] {
        [
            ("STAGEDOOR_SMTP_URL", format!("smtp://127.0.0.1:{}", self.0.port)),
            ("STAGEDOOR_MAIL_FROM", "Box office <tickets@example.org>".to_owned()),
        ]
    }

    /// Nobody answers any more.
    pub(crate) async fn stop(&mut self) {
        self.0.stop().await.unwrap();
    }

    /// Answers again, where it did, and has forgotten everything.
    pub(crate) async fn restart(&mut self) {
        self.0 = MAIL_SERVER.start(self.0.port).await;
    }

    /// How many messages it took for whom.
    pub(crate) fn taken_for(&self, address: &str) -> usize {
        let taken = self.0.said().into_iter().map(|line| serde_json::from_str::<Value>(&line).unwrap());
        taken.filter(|message| message["to"][0] == address).count()
    }
}
