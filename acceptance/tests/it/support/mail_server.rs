//! A real mail server; `mail_server.py` says for whom it takes messages.

use std::{
    env,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// Set to leave out what takes a mail server, where none can be had.
const WITHOUT: &str = "STAGEDOOR_TEST_WITHOUT_MAIL";

pub(crate) struct MailServer {
    port: u16,
    taken: Arc<Mutex<Vec<Value>>>,
    child: Child,
}

impl MailServer {
    /// None where the tests were told to do without.
    pub(crate) async fn start() -> Option<Self> {
        if env::var_os(WITHOUT).is_some() {
            return None;
        }
        Some(Self::start_on(0).await)
    }

    async fn start_on(port: u16) -> Self {
        let processes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../processes/tests/mail_server.py");
        let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.stagedoor/bin/mail-server");
        let advice =
            format!("run ./bootstrap, which takes Python 3 with pip; or set {WITHOUT}=1 to leave this out");
        let there = library.join("aiosmtpd").is_dir();
        assert!(there, "there is no mail server in {}: {advice}", library.display());
        let started = Command::new("python3")
            .arg(processes)
            .arg(port.to_string())
            .env("PYTHONPATH", library)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = started.unwrap_or_else(|error| panic!("python3 can't be run ({error}): {advice}"));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().unwrap_or_else(|| panic!("it did not start: {advice}"));
        let taken = Arc::default();
        tokio::spawn(listen(lines, Arc::clone(&taken)));
        Self { port: port.parse().unwrap(), taken, child }
    }

    pub(crate) fn settings(&self) -> [(&'static str, String); 2] {
        [
            ("STAGEDOOR_SMTP_URL", format!("smtp://127.0.0.1:{}", self.port)),
            ("STAGEDOOR_MAIL_FROM", "Box office <tickets@example.org>".to_owned()),
        ]
    }

    /// Nobody answers any more.
    pub(crate) async fn stop(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Answers again, where it did, and has forgotten everything.
    pub(crate) async fn restart(&mut self) {
        *self = Self::start_on(self.port).await;
    }

    /// How many messages it took for whom.
    pub(crate) fn taken_for(&self, address: &str) -> usize {
        let taken = self.taken.lock().unwrap();
        taken.iter().filter(|message| message["to"][0] == address).count()
    }
}

async fn listen(mut lines: Lines<BufReader<ChildStdout>>, taken: Arc<Mutex<Vec<Value>>>) {
    while let Ok(Some(line)) = lines.next_line().await {
        taken.lock().unwrap().push(serde_json::from_str(&line).unwrap());
    }
}
