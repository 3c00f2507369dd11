//! Bytes as hexadecimal text in JSON.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&HEXLOWER.encode(bytes))
}

/// Exactly as many bytes as are wanted.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, const LENGTH: usize>(
    deserializer: D,
) -> Result<[u8; LENGTH], D::Error> {
    read(&String::deserialize(deserializer)?).ok_or_else(|| {
        D::Error::custom(format!("{LENGTH} bytes in hexadecimal, lower case, are wanted here"))
    })
}

fn read<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// Several of them.
pub(crate) mod list {
    use event_store::Hash;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Item(#[serde(with = "super")] Hash);

    pub(crate) fn serialize<S: Serializer>(hashes: &[Hash], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(hashes.iter().map(|hash| Item(*hash)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Hash>, D::Error> {
        let items = Vec::<Item>::deserialize(deserializer)?;
        Ok(items.into_iter().map(|Item(hash)| hash).collect())
    }
}
