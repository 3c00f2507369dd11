//! Users, and the rules of what they sign up with.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::UserId;

use crate::{Broken, Error, Roles};

/// RFC 5321, 4.5.3.1.3, less the angle brackets.
const EMAIL_LENGTH: usize = 254;
const NAME_LENGTH: usize = 200;
const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 8..=200;

/// What somebody signs up with.
pub struct NewUser {
    /// The id the user will have; made by the caller, who owns the source of ids.
    pub user_id: UserId,
    /// The e-mail address as it was typed.
    pub email: String,
    /// The password, 8 to 200 characters.
    pub password: String,
    /// The name, 1 to 200 characters.
    pub name: String,
}

/// A user.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// What the log calls the user.
    pub user_id: UserId,
    /// Normalised.
    pub email: String,
    /// As it was typed.
    pub name: String,
    /// What the user may do.
    pub roles: Roles,
    /// When the user signed up.
    pub created_at: DateTime<Utc>,
    /// Made by the demonstration seed.
    pub seeded: bool,
}

impl NewUser {
    /// Every field that breaks a rule.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let broken = [
            ("email", broken_email(&self.email)),
            ("password", broken_password(&self.password)),
            ("name", broken_name(&self.name)),
        ];
        let broken: Vec<Broken> = broken
            .into_iter()
            .filter_map(|(field, why)| why.map(|detail| Broken { field, detail }))
            .collect();
        if broken.is_empty() { Ok(()) } else { Err(Error::Invalid(broken)) }
    }
}

/// The one spelling of an e-mail address: trimmed and in lower case.
#[must_use]
pub fn normalised_email(email: &str) -> String {
    email.trim().to_ascii_lowercase()
}

/// The rule that this e-mail address breaks, if any.
///
/// Only a letter that arrives proves an address; this refuses what can't be one, and what would not survive a header.
#[must_use]
pub fn broken_email(email: &str) -> Option<&'static str> {
    let email = email.trim();
    if email.len() > EMAIL_LENGTH {
        return Some("must have at most 254 characters");
    }
    let well_formed =
        email.rsplit_once('@').is_some_and(|(local, host)| is_local_part(local) && is_host(host));
    (!well_formed).then_some("must be an e-mail address")
}

fn is_local_part(text: &str) -> bool {
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    text.len() <= 64 && text.split('.').all(|part| !part.is_empty() && part.bytes().all(atom))
}

fn is_host(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(letter)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.contains('.') && text.split('.').all(label)
}

/// The rule that this password breaks, if any. Length is all that is asked of it (NIST SP 800-63B).
#[must_use]
pub fn broken_password(password: &str) -> Option<&'static str> {
    let fits =
        password.len() <= 4 * PASSWORD_LENGTH.end() && PASSWORD_LENGTH.contains(&password.chars().count());
    (!fits).then_some("must have 8 to 200 characters")
}

/// The rule that this name breaks, if any.
#[must_use]
pub fn broken_name(name: &str) -> Option<&'static str> {
    if name.len() > 4 * NAME_LENGTH || !(1..=NAME_LENGTH).contains(&name.trim().chars().count()) {
        return Some("must have 1 to 200 characters");
    }
    name.chars().any(char::is_control).then_some("must not contain control characters")
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("user_id", &self.user_id)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_people_have_are_accepted() {
        for email in [
            "a@b.co",
            " Ada.Lovelace+tickets@Example.org ",
            "o'neil@mail.example.co.uk",
            "x@xn--d1acufc.xn--p1ai",
        ] {
            assert_eq!(broken_email(email), None, "{email}");
        }
    }

    #[test]
    fn what_can_not_be_an_address_is_refused() {
        let long = format!("{}@{}.com", "a".repeat(64), "b".repeat(250));
        let texts = [
            "",
            "a",
            "a@",
            "@b.co",
            "a@b",
            "a b@c.de",
            "a@b..co",
            "a@-b.co",
            ".a@b.co",
            "a@b.co\r\nBcc: c@d.ef",
            "a@b@c d.ef",
            &long,
        ];
        for email in texts {
            assert!(broken_email(email).is_some(), "{email}");
        }
    }

    #[test]
    fn a_password_is_counted_in_characters() {
        assert!(broken_password("sieben7").is_some());
        assert!(broken_password("achtacht").is_none());
        assert!(broken_password(&"ü".repeat(200)).is_none());
        assert!(broken_password(&"x".repeat(201)).is_some());
    }

    #[test]
    fn a_name_must_show_something_and_nothing_invisible() {
        assert!(broken_name("Ada").is_none());
        assert!(broken_name("   ").is_some());
        assert!(broken_name("Ada\u{0}").is_some());
        assert!(broken_name(&"x".repeat(201)).is_some());
    }

    #[test]
    fn all_broken_fields_are_named_at_once() {
        let user = NewUser {
            user_id: UserId::from(uuid::Uuid::nil()),
            email: "no".into(),
            password: "short".into(),
            name: String::new(),
        };
        let Err(Error::Invalid(broken)) = user.check() else { panic!("accepted") };
        assert_eq!(broken.iter().map(|b| b.field).collect::<Vec<_>>(), ["email", "password", "name"]);
    }

    #[test]
    fn a_user_does_not_show_personal_data_in_a_log() {
        let user = NewUser {
            user_id: UserId::from(uuid::Uuid::nil()),
            email: "ada@example.org".into(),
            password: "correct horse".into(),
            name: "Ada".into(),
        };
        let shown = format!("{user:?}");
        assert!(!shown.contains("ada@") && !shown.contains("horse") && !shown.contains("Ada"), "{shown}");
    }
}
