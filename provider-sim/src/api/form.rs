//! Forms, as bodies and as queries: `metadata[payment_id]=…`.

use std::{collections::BTreeMap, str::FromStr};

use super::ApiError;

/// What was sent, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads it; fails on a name that is not among `known`, where `x[]` stands for everything in `x`.
    pub(super) fn read(bytes: &[u8], known: &[&str]) -> Result<Self, ApiError> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(bytes).into_owned().collect();
        let is_known = |name: &str| {
            known.iter().any(|known| match known.strip_suffix("[]") {
                Some(family) => name.strip_prefix(family).is_some_and(|rest| rest.starts_with('[')),
                None => name == *known,
            })
        };
        match pairs.iter().find(|(name, _)| !is_known(name)) {
            Some((name, _)) => Err(ApiError::unknown_parameter(name)),
            None => Ok(Self(pairs)),
        }
    }

    /// A value; what is sent empty is not sent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| ApiError::missing(name))
    }

    pub(super) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        self.get(name).map(|value| value.parse().map_err(|_| ApiError::no_number(name))).transpose()
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(ApiError::wrong_value(name)),
        }
    }

    pub(super) fn metadata(&self) -> BTreeMap<String, String> {
        let inner = |name: &str| Some(name.strip_prefix("metadata[")?.strip_suffix(']')?.to_owned());
        self.0.iter().filter_map(|(name, value)| Some((inner(name)?, value.clone()))).collect()
    }

    /// The same for the same request, however its form was sorted.
    pub(super) fn fingerprint(&self, path: &str) -> String {
        let mut sorted = self.0.clone();
        sorted.sort();
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(sorted).finish();
        format!("{path}?{form}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_misspelled_is_refused_and_a_family_is_known_by_its_brackets() {
        let known = ["amount", "metadata[]"];
        let form = Form::read(b"amount=5&metadata%5Ba%5D=1&metadata[b]=2", &known).unwrap();
        assert_eq!(form.number::<i64>("amount"), Ok(Some(5)));
        assert_eq!(form.metadata().into_keys().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(Form::read(b"amuont=5", &known), Err(ApiError::unknown_parameter("amuont")));
        assert_eq!(Form::read(b"metadata=5", &known), Err(ApiError::unknown_parameter("metadata")));
    }

    #[test]
    fn the_order_of_a_form_does_not_matter() {
        let form = |text: &str| Form::read(text.as_bytes(), &["a", "b"]).unwrap().fingerprint("/x");
        assert_eq!(form("a=1&b=2"), form("b=2&a=1"));
        assert_ne!(form("a=1&b=2"), form("a=2&b=1"));
    }
}
