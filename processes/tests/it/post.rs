//! A real mail server; see `mail_server.py` for whom it takes messages.

use std::{
    env,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
};

use processes::Mailer;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// Set to leave out what takes a mail server, where none can be had.
const WITHOUT: &str = "STAGEDOOR_TEST_WITHOUT_MAIL";

/// Whether the tests were told to do without.
pub(crate) fn is_left_out() -> bool {
    env::var_os(WITHOUT).is_some()
}

pub(crate) struct MailServer {
    port: u16,
    taken: Arc<Mutex<Vec<Value>>>,
    _child: Child,
}

impl MailServer {
    /// None where the tests were told to do without.
    pub(crate) async fn start() -> Option<Self> {
        if is_left_out() {
            return None;
        }
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let library = here.join("../.stagedoor/bin/mail-server");
        let advice =
            format!("run ./bootstrap, which takes Python 3 with pip; or set {WITHOUT}=1 to leave this out");
        assert!(
            library.join("aiosmtpd").is_dir(),
            "there is no mail server in {}: {advice}",
            library.display()
        );
        let started = Command::new("python3")
            .arg(here.join("tests/mail_server.py"))
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
        Some(Self { port: port.parse().unwrap(), taken, _child: child })
    }

    pub(crate) fn mailer(&self) -> Mailer {
        let url = format!("smtp://127.0.0.1:{}", self.port);
        Mailer::new(&url, "Box office <tickets@example.org>").unwrap()
    }

    /// The messages that it took for an address.
    pub(crate) fn taken_for(&self, address: &str) -> Vec<Value> {
        let taken = self.taken.lock().unwrap();
        taken.iter().filter(|message| message["to"][0] == address).cloned().collect()
    }
}

async fn listen(mut lines: Lines<BufReader<ChildStdout>>, taken: Arc<Mutex<Vec<Value>>>) {
    while let Ok(Some(line)) = lines.next_line().await {
        taken.lock().unwrap().push(serde_json::from_str(&line).unwrap());
    }
}
