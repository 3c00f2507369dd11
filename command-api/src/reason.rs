//! A reason that people give.

use domain::show::MAX_TEXT;
use edge::{FieldError, extract::Shape};
use serde::Deserialize;
use utoipa::ToSchema;

/// Why; may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// Kept in the log for ever and told to the customer: never personal data.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) reason: Option<String>,
}

impl Shape for Reason {
    const MAY_BE_EMPTY: bool = true;

    fn validate(&self) -> Vec<FieldError> {
        let Some(reason) = &self.reason else { return vec![] };
        let mut errors = Vec::new();
        if reason.trim().is_empty() || reason.chars().count() > MAX_TEXT {
            errors.push(FieldError::new("/reason", format!("must have 1 to {MAX_TEXT} characters")));
        }
        if reason.chars().any(char::is_control) {
            errors.push(FieldError::new("/reason", "must not contain control characters"));
        }
        errors
    }
}
