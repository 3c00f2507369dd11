//! How customers are written to, as it can be set.
#![expect(clippy::doc_markdown, reason = "these comments are what `--help` prints")]

use std::fmt;

use clap::Args;
use processes::{Mailer, MailerError};

use crate::failure::Failure;

/// The mail server.
#[derive(Clone, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct MailSettings {
    /// The mail server: smtps://user:password@host, smtp://user:password@host:587?tls=required or smtp://host:25; no password goes to another machine without TLS. Without, no e-mails are sent
    #[arg(long, global = true, env = "STAGEDOOR_SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) smtp_url: Option<String>,

    /// Who e-mails are from, such as "Box office <tickets@example.org>"; goes with STAGEDOOR_SMTP_URL
    #[arg(long, global = true, env = "STAGEDOOR_MAIL_FROM", value_name = "ADDRESS")]
    pub(crate) mail_from: Option<String>,
}

/// Shows no password.
impl fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailSettings").field("mail_from", &self.mail_from).finish_non_exhaustive()
    }
}

impl MailSettings {
    /// What sends e-mails, if anything does.
    pub(crate) fn mailer(&self) -> Result<Option<Mailer>, Failure> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let Some(url) = given(&self.smtp_url) else { return Ok(None) };
        let Some(from) = given(&self.mail_from) else {
            return Err(Failure::usage(
                "STAGEDOOR_MAIL_FROM is not set",
                "set it to who e-mails are from, or unset STAGEDOOR_SMTP_URL",
            ));
        };
        Mailer::new(&url, &from).map(Some).map_err(|error| wrong(&error))
    }
}

const PROTECTED: &str = "write smtps://user:password@host or smtp://user:password@host:587?tls=required; on this machine itself no TLS is needed";

fn wrong(error: &MailerError) -> Failure {
    let (name, hint) = match error {
        MailerError::Url(_) => ("STAGEDOOR_SMTP_URL", "docs/configuration.md lists every setting"),
        MailerError::PasswordInClear => ("STAGEDOOR_SMTP_URL", PROTECTED),
        MailerError::From(_) => ("STAGEDOOR_MAIL_FROM", "docs/configuration.md lists every setting"),
    };
    Failure::usage(format!("{name} can't be used: {error}"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str, from: Option<&str>) -> String {
        let settings = MailSettings { smtp_url: Some(url.to_owned()), mail_from: from.map(str::to_owned) };
        settings.mailer().unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_or_missing_is_named_and_no_password_told() {
        let from = Some("Box office <tickets@example.org>");
        for url in ["smtp://u:secret@host:25?tls=maybe", "http://u:secret@host", "u:secret@host"] {
            let refusal = refusal(url, from);
            assert!(refusal.starts_with("STAGEDOOR_SMTP_URL can't be used"), "{refusal}");
            assert!(!refusal.contains("secret"), "{refusal}");
        }
        assert_eq!(refusal("smtp://host", None), "STAGEDOOR_MAIL_FROM is not set");
        assert!(refusal("smtp://host", Some("nobody")).starts_with("STAGEDOOR_MAIL_FROM can't be used"));
    }

    #[test]
    fn a_password_that_others_could_read_is_refused_with_what_to_write_instead() {
        let from = Some("tickets@example.org".to_owned());
        let settings = MailSettings { smtp_url: Some("smtp://u:secret@host".to_owned()), mail_from: from };
        let refused = settings.mailer().unwrap_err();
        assert_eq!(refused.code(), 2);
        let (why, hint) = (refused.to_string(), refused.hint().unwrap());
        assert!(why.starts_with("STAGEDOOR_SMTP_URL") && why.ends_with("in clear"), "{why}");
        assert!(hint.contains("smtps://") && hint.contains("?tls=required"), "{hint}");
        assert!(!why.contains("secret") && !hint.contains("secret"));
    }

    #[test]
    fn nothing_is_sent_unless_a_mail_server_is_set() {
        let unset = MailSettings { smtp_url: Some(String::new()), mail_from: None };
        assert!(unset.mailer().unwrap().is_none());
        let (url, from) = ("smtp://u:p@host:587?tls=required".to_owned(), "tickets@example.org".to_owned());
        let set = MailSettings { smtp_url: Some(url), mail_from: Some(from) };
        assert!(set.mailer().unwrap().is_some());
    }
}
