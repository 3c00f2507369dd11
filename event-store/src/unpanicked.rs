//! A panic in work that goes on in the background must not end it alone: others would wait for it for ever.

use std::{any::Any, panic::AssertUnwindSafe};

use futures::FutureExt;

/// What work came to, or what it panicked with. Nothing that it changed may be used afterwards without looking.
pub async fn unpanicked<T>(work: impl Future<Output = T>) -> Result<T, String> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|panic| message(&*panic))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_answer_like_any_other() {
        assert_eq!(unpanicked(async { 1 }).await, Ok(1));
        let number = 2;
        assert_eq!(unpanicked::<()>(async { panic!("at {number}") }).await, Err("at 2".to_owned()));
        assert_eq!(unpanicked::<()>(async { panic!("plainly") }).await, Err("plainly".to_owned()));
    }
}
