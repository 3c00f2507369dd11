//! What was signed while everything broke is what the log is.

use super::ledger::Ledger;
use crate::campaign::office::Office;

/// The program's own verification finds nothing, and the checkpoints agree with it, up to the end.
pub(super) async fn holds(office: &Office, ledger: &Ledger) {
    let signing = office.signing.settings(1_000_000);
    let signed = office.world.run_with(&signing, &["audit", "checkpoint", "--json"]).await;
    assert_eq!(signed.code, Some(0), "the rest can't be signed: {signed:?}");
    let verified = office.world.run_with(&office.signing.auditor(), &["audit", "verify", "--json"]).await;
    assert_eq!(verified.code, Some(0), "something speaks against the log: {verified:?}");
    let report = verified.json();
    assert_eq!(report["checkpoints"]["signed_to"], ledger.head(), "not all of it is signed: {report}");
}
