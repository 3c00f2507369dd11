//! The server's configuration, written anew at every start.

use super::{Kept, NatsOptions};

pub(super) const RELAY: &str = "relay";
pub(super) const READER: &str = "reader";

/// One account of its own for Stagedoor. The relay may do everything in it; the reader may make consumers and
/// receive, but not publish, purge or delete.
pub(super) fn render(options: &NatsOptions, kept: &Kept) -> String {
    let NatsOptions { stream, max_store_gib, .. } = options;
    let Kept { port, relay_password, reader_password } = kept;
    format!(
        r#"# Written by stagedoor at every start.
listen: "127.0.0.1:{port}"
jetstream {{
  max_file_store: {max_store_gib}GB
}}
authorization {{
  users: [
    {{ user: {RELAY}, password: "{relay_password}" }}
    {{ user: {READER}, password: "{reader_password}", permissions: {{
      publish: [
        "$JS.API.INFO"
        "$JS.API.STREAM.NAMES"
        "$JS.API.STREAM.INFO.{stream}"
        "$JS.API.STREAM.MSG.GET.{stream}"
        "$JS.API.DIRECT.GET.{stream}"
        "$JS.API.DIRECT.GET.{stream}.>"
        "$JS.API.CONSUMER.CREATE.{stream}"
        "$JS.API.CONSUMER.CREATE.{stream}.>"
        "$JS.API.CONSUMER.INFO.{stream}.*"
        "$JS.API.CONSUMER.DELETE.{stream}.*"
        "$JS.API.CONSUMER.MSG.NEXT.{stream}.*"
        "$JS.ACK.{stream}.>"
        "$JS.FC.{stream}.>"
      ]
      subscribe: ["_INBOX.>", "stagedoor.>"]
    }} }}
  ]
}}
"#
    )
}
