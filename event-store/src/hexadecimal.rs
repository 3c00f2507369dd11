//! Bytes as hexadecimal text, for `serde(with)`.

use std::borrow::Cow;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// In lower case.
///
/// # Errors
/// The serializer's own.
pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&HEXLOWER.encode(bytes))
}

/// Exactly as many bytes as are wanted.
///
/// # Errors
/// It is something else.
pub fn deserialize<'de, D: Deserializer<'de>, const LENGTH: usize>(
    deserializer: D,
) -> Result<[u8; LENGTH], D::Error> {
    let text = <Cow<'de, str>>::deserialize(deserializer)?;
    let bytes = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| {
        D::Error::custom(format!("{LENGTH} bytes in hexadecimal, lower case, are wanted here"))
    })
}
