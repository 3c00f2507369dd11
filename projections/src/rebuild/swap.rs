//! Letting what was made take the place of what is read.

use event_store::Position;
use faultpoint::{Point, Sabotage, sabotaged};

use super::{
    Purpose, RebuildError,
    both::{Both, Meeting},
    empty, fill,
    progress::Teller,
};
use crate::{
    fence::Fence,
    parked::{self, Anew},
    read_model::ReadModel,
    slot::Until,
};

/// Swaps the slots; where that was.
pub(super) async fn swap<M: ReadModel>(both: &mut Both, teller: &Teller) -> Result<Position, RebuildError> {
    loop {
        let catching_up = !sabotaged(Sabotage::SwapWithoutCatchingUp);
        if catching_up {
            fill::fill::<M>(both, teller).await?;
        }
        let Some(Meeting { mut transaction, checkpoint, shadow }) = both.meet::<M>(catching_up).await? else {
            continue;
        };
        shadow.hold::<M>(&mut transaction).await?;
        // Of an older fold there may be more in the log than it knew of: what the newer one can't take is parked, and said.
        if checkpoint.version == M::VERSION
            && let Some(Anew { entity, reason, entities }) =
                parked::anew(&mut transaction, M::NAME, shadow.slot()).await?
        {
            return Err(RebuildError::Parked { name: M::NAME, entity, reason, entities });
        }
        sqlx::query(include_str!("../sql/checkpoint_swap.sql"))
            .bind(M::NAME)
            .bind(shadow.slot())
            .bind(M::VERSION)
            .execute(&mut *transaction)
            .await?;
        let retired = shadow.retired();
        retired.mark::<M>(&mut transaction, Purpose::Retired).await?;
        faultpoint::reach(Point::RebuildBeforeSwap).await;
        transaction.commit().await?;
        *shadow = retired;
        faultpoint::reach(Point::RebuildSwapped).await;
        return Ok(checkpoint.position);
    }
}

/// The slot that is not read is emptied; `read` says that it was, until a moment ago.
pub(super) async fn tidy<M: ReadModel>(both: &mut Both, read: bool) -> Result<(), RebuildError> {
    let Both { made, shadow, .. } = both;
    shadow.slot().enter(made, M::NAME, Until::Further).await?;
    empty::slot::<M>(made, shadow, read).await?;
    shadow.forget::<M>(made).await?;
    faultpoint::reach(Point::RebuildTidied).await;
    Ok(())
}
