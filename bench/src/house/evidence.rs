//! What signs a house's log, and where that is kept.

use std::fs;

use evidence::SigningKey;

use super::House;
use crate::fallible::Fallible;

impl House<'_> {
    /// The settings that say so; a key is made when there is none.
    pub(crate) fn evidence(&self) -> Fallible<Vec<(&'static str, String)>> {
        let key = self.directory().join(format!("{}-key.pem", self.name()));
        if !key.exists() {
            fs::write(&key, SigningKey::generate()?)?;
        }
        let place = self.directory().join(format!("{}-checkpoints", self.name()));
        Ok(vec![
            ("STAGEDOOR_CHECKPOINT_KEY", key.display().to_string()),
            ("STAGEDOOR_CHECKPOINT_TO", place.display().to_string()),
        ])
    }
}
