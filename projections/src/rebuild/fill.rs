//! Filling the slot that is not read, until it is near what is read.

use event_store::Position;
use tokio::time::Instant;

use super::{
    RebuildError,
    both::{Both, NEAR},
    chunks::Chunks,
    progress::Teller,
};
use crate::{apply::write_all, fence::Fence, read_model::ReadModel};

/// Applies all that what is read has seen, but for a few events.
pub(super) async fn fill<M: ReadModel>(both: &mut Both, teller: &Teller) -> Result<(), RebuildError> {
    loop {
        let until = both.live_position::<M>().await?;
        teller.filled(both.shadow.position, until);
        if until - both.shadow.position <= NEAR {
            return Ok(());
        }
        fill_until::<M>(both, until, teller).await?;
    }
}

async fn fill_until<M: ReadModel>(
    both: &mut Both,
    until: Position,
    teller: &Teller,
) -> Result<(), RebuildError> {
    let mut chunks = Chunks::of::<M>(&both.database, both.shadow.position, until);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        let begun = Instant::now();
        let moved = if chunk.groups.is_empty() {
            both.shadow.advance::<M>(&mut both.made, chunk.until).await?
        } else {
            write_all::<M, _>(&mut both.made, &both.shadow, chunk.until, &chunk.groups).await?
        };
        both.shadow = moved.ok_or(RebuildError::Overtaken)?;
        chunks.took(begun.elapsed());
        teller.filled(both.shadow.position, until);
    }
    // A reader that ends early has panicked.
    if both.shadow.position < until { Err(RebuildError::Panicked(both.shadow.position)) } else { Ok(()) }
}
