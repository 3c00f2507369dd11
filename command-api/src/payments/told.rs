//! What providers tell by themselves, once its signature is known to be theirs.

use domain::{
    PaymentId,
    operations::{Outcome, SettlePayment, Settled},
};
use edge::Problem;
use event_store::{Committed, Context, new_id};
use faultpoint::{Sabotage, sabotaged};
use uuid::Uuid;

use crate::App;

/// Names what providers tell among all `UUIDv5`s.
const TOLD: Uuid = Uuid::from_u128(0x9d1c_11f6_2a5e_4a0f_8a66_0c7d_b1a5_6f31);

/// Records how a payment went. What was told before, under the same id, is answered alike and changes nothing, for ever:
/// the id and what it led to are kept with the events, also where it led to nothing.
pub(super) async fn record(
    app: &App,
    message_id: &str,
    payment: PaymentId,
    outcome: Outcome,
) -> Result<Committed<Settled>, Problem> {
    let known = Uuid::new_v5(&TOLD, message_id.as_bytes());
    let command_id = if sabotaged(Sabotage::ForgetMessages) { new_id() } else { known };
    let context = Context {
        command_id,
        // A message is known by its id alone.
        fingerprint: Some(fingerprint(command_id)),
        actor: None,
        correlation: payment.uuid(),
        causation: None,
        traceparent: None,
    };
    let settled = app.execute(context, SettlePayment { payment, outcome }).await?;
    tracing::info!(%payment, message_id, effect = %settled.answer.effect, replayed = settled.replayed, "told by a provider");
    Ok(settled)
}

fn fingerprint(command_id: Uuid) -> [u8; 32] {
    let mut fingerprint = [0; 32];
    fingerprint[..16].copy_from_slice(command_id.as_bytes());
    fingerprint
}
