//! Password hashes: argon2id, a bounded number at a time.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Error;

/// Who waits longer than this many others is told to come back: at 30 ms each, two cores do this many in two seconds.
const QUEUE: usize = 128;

/// Verified for an unknown e-mail address, so that the answer takes as long as for a known one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5MDE$MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE";

/// Hashes and verifies passwords off the async threads.
///
/// Each hash needs 19 MiB and a core, so at most one runs per core: sign-ins can't starve everything else.
#[derive(Clone)]
pub(crate) struct Passwords {
    queue: Arc<Semaphore>,
    cores: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { queue: Arc::new(Semaphore::new(QUEUE)), cores: Arc::new(Semaphore::new(cores)) }
    }

    /// A PHC string with a salt of its own.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Error> {
        self.run(move || match Argon2::default().hash_password(password.as_bytes()) {
            Ok(hash) => Ok(hash.to_string()),
            Err(error) => Err(Error::Hash(error.to_string())),
        })
        .await
    }

    /// Whether the password is the one that was hashed; never when there is no hash.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Error> {
        self.run(move || {
            let known = hash.is_some();
            let phc = hash.unwrap_or_else(|| NOBODY.to_owned());
            let parsed = PasswordHash::new(&phc).map_err(|error| Error::Hash(error.to_string()))?;
            let matches = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
            Ok(known && matches)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = self.turn().await?;
        // The permits go with the work: a caller who hangs up does not free a core that is still busy.
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        done.await.map_err(|error| Error::Hash(error.to_string()))?
    }

    async fn turn(&self) -> Result<(OwnedSemaphorePermit, OwnedSemaphorePermit), Error> {
        let place = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| Error::Busy)?;
        let core = Arc::clone(&self.cores).acquire_owned().await.map_err(|_| Error::Busy)?;
        Ok((place, core))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct hors".into(), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn the_same_password_is_hashed_differently_each_time() {
        let passwords = Passwords::new();
        let hashes =
            (passwords.hash("correct horse".into()).await, passwords.hash("correct horse".into()).await);
        assert_ne!(hashes.0.unwrap(), hashes.1.unwrap());
    }

    #[tokio::test]
    async fn an_unknown_user_costs_the_same_work_as_a_known_one() {
        let parameters = |hash: &str| hash.rsplitn(3, '$').last().map(str::to_owned);
        let real = Passwords::new().hash("correct horse".into()).await.unwrap();
        assert_eq!(parameters(NOBODY), parameters(&real));
        assert!(!Passwords::new().verify("correct horse".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let passwords = Passwords::new();
        let _all = passwords.queue.acquire_many(u32::try_from(QUEUE).unwrap()).await.unwrap();
        assert!(matches!(passwords.hash("correct horse".into()).await, Err(Error::Busy)));
    }
}
