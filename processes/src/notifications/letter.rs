//! A notification as an e-mail.

use chrono::{DateTime, Utc};
use lettre::{
    Address, Message,
    message::{Mailbox, MultiPart},
};
use uuid::Uuid;

use super::told::Told;

/// A notification to somebody.
pub(super) struct Letter<'a> {
    pub(super) id: Uuid,
    pub(super) at: DateTime<Utc>,
    pub(super) told: &'a Told,
    pub(super) email: &'a str,
    pub(super) name: &'a str,
}

impl Letter<'_> {
    /// The e-mail. Its Message-ID follows from the notification: sent twice, it is one message.
    pub(super) fn message(&self, from: &Mailbox) -> Result<Message, String> {
        let unusable = |_| "this address can't be written to".to_owned();
        let address: Address = self.email.parse().map_err(unusable)?;
        let text = format!("Hello {},\n\n{}\n", self.name, self.told.body);
        Message::builder()
            .from(from.clone())
            .to(Mailbox::new(Some(self.name.to_owned()), address))
            .subject(self.told.subject.clone())
            .message_id(Some(format!("<{}@stagedoor>", self.id)))
            .date(self.at.into())
            .multipart(MultiPart::alternative_plain_html(text.clone(), html(&text)))
            .map_err(|error| error.to_string())
    }

    /// What a server said, without the address: it is kept and logged, where no address may be.
    pub(super) fn without_address(&self, words: &str) -> String {
        let address = self.email.to_ascii_lowercase();
        let (mut rest, mut clean) = (words, String::new());
        while let Some(at) = rest.to_ascii_lowercase().find(&address).filter(|_| !address.is_empty()) {
            clean.push_str(&rest[..at]);
            clean.push_str("the recipient");
            rest = &rest[at + address.len()..];
        }
        clean + rest
    }
}

/// The same words for those who read HTML.
fn html(text: &str) -> String {
    let paragraphs = text.trim().split("\n\n").map(|paragraph| {
        let lines: Vec<String> = paragraph.lines().map(escaped).collect();
        format!("<p>{}</p>\n", lines.join("<br>\n"))
    });
    format!("<!doctype html>\n<meta charset=\"utf-8\">\n{}", paragraphs.collect::<String>())
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, letter| {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

#[cfg(test)]
mod tests;
