//! How a provider's message is known to be the provider's: Standard Webhooks and Stripe's scheme.
//!
//! Both sign the body's exact bytes together with a timestamp by HMAC-SHA256. A wrong signature, a stale one and one
//! from the future are the same to whoever sent it.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use faultpoint::{Sabotage, sabotaged};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How far a message's time may be from ours.
const TOLERANCE: TimeDelta = TimeDelta::seconds(300);

/// The shortest key of Standard Webhooks that is taken, in bytes.
const SHORTEST_KEY: usize = 16;

/// The message is not the provider's, or not of this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid")]
pub struct BadSignature;

/// A text that is no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a secret looks like whsec_…: {0}")]
pub struct BadSecret(&'static str);

/// What a provider signs with. Several are valid while one replaces another.
#[derive(Clone)]
pub struct Secrets(Vec<Vec<u8>>);

/// Shows how many there are, and none of them.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

impl Secrets {
    /// Reads the secrets of Standard Webhooks, parted by commas: `whsec_` and the key in base64.
    ///
    /// # Errors
    /// One of them is something else, or so short that it can be guessed.
    pub fn standard(text: &str) -> Result<Self, BadSecret> {
        each(text, |secret| {
            let key = secret.strip_prefix("whsec_").ok_or(BadSecret("it has no such prefix"))?;
            let key = BASE64.decode(key.as_bytes()).map_err(|_| BadSecret("what follows is no base64"))?;
            if key.len() >= SHORTEST_KEY { Ok(key) } else { Err(BadSecret("it has less than 16 bytes")) }
        })
    }

    /// Takes Stripe's secrets, parted by commas; the whole text is the key.
    ///
    /// # Errors
    /// One of them has no `whsec_`.
    pub fn stripe(text: &str) -> Result<Self, BadSecret> {
        each(text, |secret| {
            let known = secret.strip_prefix("whsec_").is_some_and(|rest| !rest.is_empty());
            known.then(|| secret.as_bytes().to_vec()).ok_or(BadSecret("it has no such prefix"))
        })
    }

    /// Checks a message of Standard Webhooks by its three headers.
    /// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
    ///
    /// # Errors
    /// None of the secrets signed it, or its time is not ours.
    pub fn check_standard(
        &self,
        (id, timestamp, signatures): (&str, &str, &str),
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), BadSignature> {
        of_this_time(timestamp, now)?;
        let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
        let given = signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,"));
        let given = given.filter_map(|signature| BASE64.decode(signature.as_bytes()).ok());
        self.any_signed(&signed, given)
    }

    /// Checks a message of Stripe's by its one header, `t=…,v1=…,v1=…`.
    /// <https://docs.stripe.com/webhooks#verify-manually>
    ///
    /// # Errors
    /// None of the secrets signed it, or its time is not ours.
    pub fn check_stripe(&self, header: &str, body: &[u8], now: DateTime<Utc>) -> Result<(), BadSignature> {
        let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
        let mut times = parts().filter(|(name, _)| *name == "t").map(|(_, value)| value);
        let (Some(timestamp), None) = (times.next(), times.next()) else { return Err(BadSignature) };
        of_this_time(timestamp, now)?;
        let signed = [timestamp.as_bytes(), b".", body];
        let given = parts().filter(|(name, _)| *name == "v1");
        let given = given.filter_map(|(_, value)| HEXLOWER_PERMISSIVE.decode(value.as_bytes()).ok());
        self.any_signed(&signed, given)
    }

    /// Signs as Standard Webhooks does, with the first secret.
    #[must_use]
    pub fn sign_standard(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let timestamp = timestamp.to_string();
        let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
        format!("v1,{}", BASE64.encode(&self.sign(&signed)))
    }

    /// Signs as Stripe does, with the first secret.
    #[must_use]
    pub fn sign_stripe(&self, timestamp: i64, body: &[u8]) -> String {
        let text = timestamp.to_string();
        let signature = self.sign(&[text.as_bytes(), b".", body]);
        format!("t={timestamp},v1={}", HEXLOWER_PERMISSIVE.encode(&signature))
    }

    fn sign(&self, parts: &[&[u8]]) -> Vec<u8> {
        let key = self.0.first().map(Vec::as_slice).unwrap_or_default();
        mac(key, parts).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default()
    }

    fn any_signed(&self, parts: &[&[u8]], given: impl Iterator<Item = Vec<u8>>) -> Result<(), BadSignature> {
        // More signatures than any provider sends are not worth the work.
        let given: Vec<Vec<u8>> = given.take(MOST_SIGNATURES).collect();
        let signed = |key: &Vec<u8>| {
            let verifies =
                |signature: &Vec<u8>| mac(key, parts).is_some_and(|mac| mac.verify_slice(signature).is_ok());
            given.iter().any(verifies)
        };
        if self.0.iter().any(signed) || sabotaged(Sabotage::AnySignature) {
            Ok(())
        } else {
            Err(BadSignature)
        }
    }
}

const MOST_SIGNATURES: usize = 16;

fn each(text: &str, key: impl Fn(&str) -> Result<Vec<u8>, BadSecret>) -> Result<Secrets, BadSecret> {
    text.split(',').map(str::trim).map(key).collect::<Result<_, _>>().map(Secrets)
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}

fn of_this_time(timestamp: &str, now: DateTime<Utc>) -> Result<(), BadSignature> {
    let seconds: i64 = timestamp.parse().map_err(|_| BadSignature)?;
    let at = DateTime::from_timestamp(seconds, 0).ok_or(BadSignature)?;
    if (now - at).abs() <= TOLERANCE || sabotaged(Sabotage::AnyTime) { Ok(()) } else { Err(BadSignature) }
}

#[cfg(test)]
mod tests;
