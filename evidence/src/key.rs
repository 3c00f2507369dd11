//! Ed25519 keys, in the files that `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write.
//!
//! A key is named by the SHA-256 of its public half as DER, which is what
//! `openssl pkey -in key.pem -pubout -outform der | sha256sum` prints.

use std::{fmt, fs, path::Path};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use data_encoding::{BASE64, HEXLOWER};
use event_store::Hash;
use rustls_pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer, pem::PemObject};
use sha2::{Digest, Sha256};

/// What comes before the 32 bytes of an Ed25519 public key in DER (RFC 8410).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// A key file is far smaller.
const MAX_FILE: u64 = 1 << 20;

/// A signature.
pub type Signature = [u8; 64];

/// Why a key can't be used. Shows nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read.
    #[error("{0} can't be read: {1}")]
    Unreadable(String, std::io::Error),
    /// It holds no private key in PKCS#8.
    #[error("it holds no Ed25519 private key: `openssl genpkey -algorithm ed25519 -out key.pem` makes one")]
    NotPrivate,
    /// It holds no public key.
    #[error("it holds no Ed25519 public key: `openssl pkey -in key.pem -pubout -out public.pem` writes it")]
    NotPublic,
    /// The cryptography library refused to work.
    #[error("the key can't be used")]
    Unusable,
}

/// Signs checkpoints.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

/// Shows only its public half.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// The key in a PEM file.
    ///
    /// # Errors
    /// It is not there, or something else.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        Self::from_pem(&read(path)?)
    }

    /// The key in a PEM text.
    ///
    /// # Errors
    /// It is something else.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| KeyError::NotPrivate)?;
        let pair = Ed25519KeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| KeyError::NotPrivate)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Unusable)?;
        Ok(Self { pair, public: PublicKey(public) })
    }

    /// A new key, as the text of a PEM file.
    ///
    /// # Errors
    /// The machine has no randomness.
    pub fn generate() -> Result<String, KeyError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| KeyError::Unusable)?;
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(|_| KeyError::Unusable)?;
        Ok(pem("PRIVATE KEY", der.as_ref()))
    }

    /// Its public half.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs bytes.
    ///
    /// # Errors
    /// The cryptography library refused to work.
    pub fn sign(&self, bytes: &[u8]) -> Result<Signature, KeyError> {
        let signature = self.pair.try_sign(bytes).map_err(|_| KeyError::Unusable)?;
        signature.as_ref().try_into().map_err(|_| KeyError::Unusable)
    }
}

/// Says whether a signature is its owner's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", HEXLOWER.encode(&self.id()))
    }
}

impl PublicKey {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> Hash {
        Sha256::digest(self.der()).into()
    }

    /// The text of a PEM file.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem("PUBLIC KEY", &self.der())
    }

    /// Whether it is this key's signature under these bytes.
    #[must_use]
    pub fn has_signed(&self, bytes: &[u8], signature: &Signature) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(bytes, signature).is_ok()
    }

    fn der(&self) -> Vec<u8> {
        [SPKI_PREFIX.as_slice(), &self.0].concat()
    }

    fn from_der(der: &[u8]) -> Option<Self> {
        der.strip_prefix(&SPKI_PREFIX)?.try_into().ok().map(Self)
    }
}

/// The public keys that an auditor trusts, oldest first.
///
/// The order counts: once a key has signed, those before it are retired. So whoever steals a retired key can neither
/// rewrite what it signed, because the next key has signed that too, nor go on signing.
#[derive(Debug, Clone, Default)]
pub struct TrustedKeys(Vec<PublicKey>);

impl TrustedKeys {
    /// Those in a PEM file, one block each.
    ///
    /// # Errors
    /// It is not there, or holds something else.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        Self::from_pem(&read(path)?)
    }

    /// Those in a PEM text.
    ///
    /// # Errors
    /// It holds something else.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let blocks = SubjectPublicKeyInfoDer::pem_slice_iter(pem);
        let keys = blocks.map(|block| PublicKey::from_der(block.ok()?.as_ref()));
        match keys.collect::<Option<Vec<_>>>() {
            Some(keys) if !keys.is_empty() => Ok(Self(keys)),
            Some(_) | None => Err(KeyError::NotPublic),
        }
    }

    /// One key more, the newest, unless it is known.
    #[must_use]
    pub fn and(mut self, key: PublicKey) -> Self {
        if !self.0.contains(&key) {
            self.0.push(key);
        }
        self
    }

    /// The key of that name, and its place among them.
    #[must_use]
    pub fn find(&self, id: &Hash) -> Option<(usize, &PublicKey)> {
        self.0.iter().enumerate().find(|(_, key)| key.id() == *id)
    }
}

impl From<PublicKey> for TrustedKeys {
    fn from(key: PublicKey) -> Self {
        Self(vec![key])
    }
}

fn read(path: &Path) -> Result<Vec<u8>, KeyError> {
    let unreadable = |error| KeyError::Unreadable(path.display().to_string(), error);
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_FILE {
        return Err(unreadable(std::io::Error::other("it is too large for a key")));
    }
    fs::read(path).map_err(unreadable)
}

/// Keys of this kind fit on one line.
fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64.encode(der))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8410, section 10.
    const PRIVATE: &[u8] = b"-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";
    const PUBLIC: &[u8] = b"-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";

    #[test]
    fn a_key_is_read_from_what_openssl_writes() {
        let key = SigningKey::from_pem(PRIVATE).unwrap();
        assert_eq!(key.public().to_pem().as_bytes(), PUBLIC);
        assert_eq!(TrustedKeys::from_pem(PUBLIC).unwrap().find(&key.public().id()).unwrap().1, key.public());
    }

    #[test]
    fn only_the_signed_bytes_and_only_the_signing_key_will_do() {
        let key = SigningKey::from_pem(PRIVATE).unwrap();
        let other = SigningKey::from_pem(SigningKey::generate().unwrap().as_bytes()).unwrap();
        let signature = key.sign(b"so it was").unwrap();
        assert!(key.public().has_signed(b"so it was", &signature));
        assert!(!key.public().has_signed(b"so it is", &signature));
        assert!(!other.public().has_signed(b"so it was", &signature));
        let mut flipped = signature;
        flipped[40] ^= 1;
        assert!(!key.public().has_signed(b"so it was", &flipped));
    }

    #[test]
    fn the_file_of_trusted_keys_may_hold_several_and_keeps_their_order() {
        let newer = SigningKey::from_pem(SigningKey::generate().unwrap().as_bytes()).unwrap();
        let file = [PUBLIC, newer.public().to_pem().as_bytes()].concat();
        let keys = TrustedKeys::from_pem(&file).unwrap();
        assert_eq!(keys.find(&newer.public().id()).unwrap().0, 1);
        assert_eq!(keys.clone().and(*newer.public()).0.len(), 2);
    }

    #[test]
    fn what_is_no_key_is_refused_and_a_private_key_is_not_shown() {
        assert!(matches!(SigningKey::from_pem(PUBLIC), Err(KeyError::NotPrivate)));
        assert!(matches!(TrustedKeys::from_pem(PRIVATE), Err(KeyError::NotPublic)));
        assert!(matches!(TrustedKeys::from_pem(b""), Err(KeyError::NotPublic)));
        let rsa =
            b"-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK==\n-----END PUBLIC KEY-----\n";
        assert!(matches!(TrustedKeys::from_pem(rsa), Err(KeyError::NotPublic)));
        let shown = format!("{:?}", SigningKey::from_pem(PRIVATE).unwrap());
        assert!(!shown.contains("1O5y") && !shown.contains("d4ee72"), "{shown}");
    }
}
