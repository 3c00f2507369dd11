//! A notification as an e-mail.

use chrono::{DateTime, Utc};
use lettre::{
    Address, Message,
    message::{Mailbox, MultiPart},
};
use uuid::Uuid;

use super::told::Told;

/// What stands where a server spoke of the recipient.
const SOMEBODY: &str = "[recipient]";
/// A part of a name that is shorter tells of nobody.
const TELLING: usize = 3;

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
    pub(super) fn message(&self, from: &Mailbox) -> Result<Message, &'static str> {
        let address: Address = self.email.parse().map_err(|_| "this address can't be written to")?;
        let text = format!("Hello {},\n\n{}\n", self.name, self.told.body);
        Message::builder()
            .from(from.clone())
            .to(Mailbox::new(Some(self.name.to_owned()), address))
            .subject(self.told.subject.clone())
            .message_id(Some(format!("<{}@stagedoor>", self.id)))
            .date(self.at.into())
            .multipart(MultiPart::alternative_plain_html(text.clone(), html(&text)))
            .map_err(|_| "this can't be put into an e-mail")
    }

    /// What a server said, without address and name, whole or in part: what is left is kept.
    pub(super) fn without_person(&self, words: &str) -> String {
        let local = self.email.split_once('@').map(|(local, _)| local);
        let parts = [self.email, self.name].into_iter().chain(local);
        let parts = parts.chain(self.name.split_whitespace()).chain(local.into_iter().flat_map(atoms));
        // A letter or two would be found in any word.
        let parts = parts.filter(|part| part.chars().count() >= TELLING);
        parts.fold(words.to_owned(), |words, part| without(&words, part))
    }
}

/// The words of the part before the `@`.
fn atoms(local: &str) -> impl Iterator<Item = &str> {
    local.split(|letter: char| !letter.is_alphanumeric())
}

/// A text without another, however that is spelled.
fn without(text: &str, part: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let part: Vec<char> = part.chars().collect();
    let alike = |a: &char, b: &char| a == b || a.to_lowercase().eq(b.to_lowercase());
    let (mut at, mut clean) = (0, String::with_capacity(text.len()));
    while let Some(letter) = letters.get(at) {
        let found = letters[at..].get(..part.len());
        if found.is_some_and(|found| found.iter().zip(&part).all(|(a, b)| alike(a, b))) {
            clean.push_str(SOMEBODY);
            at += part.len();
        } else {
            clean.push(*letter);
            at += 1;
        }
    }
    clean
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
