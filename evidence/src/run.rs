//! Checkpoints by themselves: issued whenever one is due, by one process at a time.

use std::time::Duration;

use event_store::{Lease, Position, connect, unpanicked};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    issue::{IssueError, Issuer, IssuerOptions},
    noted::Noted,
};

/// The lease of whoever issues checkpoints.
pub const LEASE: &str = "checkpoints";
const PROLONG_EVERY: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Who fails waits twice as long each time, up to this.
const AT_MOST: Duration = Duration::from_mins(1);

/// What the issuer has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssuerStatus {
    /// Another process issues them, or none was due yet.
    Waiting,
    /// The newest that this process knows of.
    Issued {
        /// Its number.
        sequence: i64,
        /// The last position it covers.
        position: Position,
    },
    /// Log or checkpoints are not to be had at the moment; it keeps trying.
    Failing(String),
    /// Something speaks against log or checkpoints: nothing is signed until somebody has looked at it.
    Stopped(String),
}

/// Issues checkpoints until `cancel` fires. `holder` is an id that no other process uses.
pub async fn run(
    options: IssuerOptions,
    holder: Uuid,
    head: watch::Receiver<Position>,
    status: watch::Sender<IssuerStatus>,
    cancel: CancellationToken,
) {
    describe();
    let mut clerk = Clerk {
        lease: Lease::new(LEASE, holder),
        issuer: Issuer::new(options.clone()),
        options,
        known: None,
        since: Instant::now(),
    };
    clerk.object().await;
    let mut pause = LOOK_EVERY;
    while cancel.run_until_cancelled(sleep(pause)).await.is_some() {
        let known = *head.borrow();
        metrics::gauge!("stagedoor_checkpoint_unsigned_events").set(number(known - clerk.covered()));
        if !clerk.is_due(known) {
            continue;
        }
        let turn = unpanicked(Box::pin(clerk.turn()));
        let Some(ended) = cancel.run_until_cancelled(turn).await else { break };
        let said = match ended {
            Ok(Ok(said)) => said,
            Ok(Err(error)) => said(&error),
            Err(panic) => IssuerStatus::Failing(format!("it panicked: {panic}")),
        };
        pause = if failed(&said) { AT_MOST.min(pause * 2) } else { LOOK_EVERY };
        tell(&status, said);
    }
}

/// Whoever issues checkpoints.
struct Clerk {
    lease: Lease,
    issuer: Issuer,
    options: IssuerOptions,
    /// The newest checkpoint that is known here, and since when.
    known: Option<Noted>,
    since: Instant,
}

impl Clerk {
    /// Whether the next one is due, if the log goes as far as `head` and nobody else has issued one meanwhile.
    fn is_due(&self, head: Position) -> bool {
        let Some(known) = &self.known else { return head > 0 };
        let pending = head - known.position;
        if pending >= i64::from(self.options.every_events) {
            return true;
        }
        // A clock that is wrong makes it late at most once.
        let old = self.options.clock.now() - known.issued_at;
        pending > 0
            && (old.to_std().is_ok_and(|old| old >= self.options.every)
                || self.since.elapsed() >= self.options.every)
    }

    async fn turn(&mut self) -> Result<IssuerStatus, IssueError> {
        let (noted, head) = self.issuer.noted().await?;
        self.know(noted);
        if !self.is_due(head.position) {
            return Ok(self.status());
        }
        let mut connection = connect(&self.options.database, "checkpoints lease").await?;
        if self.lease.take(&mut connection).await?.is_none() {
            return Ok(self.status());
        }
        let (lease, issuing) = (self.lease.clone(), self.issue_all(head.position));
        let done = tokio::select! {
            done = issuing => done,
            lost = prolong(&lease, &mut connection) => Err(lost.into()),
        };
        // A courtesy: without it the next one waits for the lease's end.
        let _ = self.lease.release(&mut connection).await;
        done.map(|()| self.status())
    }

    /// One after the other, until the log as it was is covered but for less than what makes one due.
    async fn issue_all(&mut self, head: Position) -> Result<(), IssueError> {
        while self.is_due(head) {
            let Some(signed) = self.issuer.issue(false).await? else { break };
            let checkpoint = &signed.checkpoint;
            tracing::info!(
                sequence = checkpoint.sequence,
                from = checkpoint.from,
                to = checkpoint.to,
                "signed a checkpoint"
            );
            metrics::counter!("stagedoor_checkpoints_total").increment(1);
            self.know(Some(checkpoint.into()));
        }
        Ok(())
    }

    fn know(&mut self, noted: Option<Noted>) {
        if noted == self.known {
            return;
        }
        (self.known, self.since) = (noted, Instant::now());
        metrics::gauge!("stagedoor_checkpoint_position").set(number(self.covered()));
    }

    fn covered(&self) -> Position {
        self.known.as_ref().map_or(0, |known| known.position)
    }

    fn status(&self) -> IssuerStatus {
        self.known.as_ref().map_or(IssuerStatus::Waiting, |known| IssuerStatus::Issued {
            sequence: known.sequence,
            position: known.position,
        })
    }

    /// Says once if evidence is kept where it is none.
    async fn object(&self) {
        if let Ok(Some(objection)) = self.options.target.objection(&self.options.database).await {
            tracing::warn!(objection, "checkpoints are no evidence where they are kept");
        }
    }
}

/// Ends when the lease is lost.
async fn prolong(lease: &Lease, connection: &mut sqlx::PgConnection) -> sqlx::Error {
    loop {
        sleep(PROLONG_EVERY).await;
        match lease.take(connection).await {
            Ok(Some(_)) => {}
            Ok(None) => return sqlx::Error::Io(std::io::Error::other("the lease went to somebody else")),
            Err(error) => return error,
        }
    }
}

fn said(error: &IssueError) -> IssuerStatus {
    match error {
        IssueError::Fault(fault) => IssuerStatus::Stopped(fault.to_string()),
        IssueError::Log(_) | IssueError::Target(_) | IssueError::Key(_) => {
            IssuerStatus::Failing(error.to_string())
        }
        IssueError::Overtaken(_) => IssuerStatus::Waiting,
    }
}

fn failed(status: &IssuerStatus) -> bool {
    match status {
        IssuerStatus::Failing(_) | IssuerStatus::Stopped(_) => true,
        IssuerStatus::Waiting | IssuerStatus::Issued { .. } => false,
    }
}

/// Loud, but once per cause: attempts are repeated.
fn tell(status: &watch::Sender<IssuerStatus>, said: IssuerStatus) {
    metrics::gauge!("stagedoor_checkpoints_stopped").set(u8::from(matches!(said, IssuerStatus::Stopped(_))));
    if failed(&said) {
        metrics::counter!("stagedoor_checkpoint_failures_total").increment(1);
    }
    if status.send_replace(said.clone()) == said {
        return;
    }
    match said {
        IssuerStatus::Stopped(reason) => tracing::error!(reason, "no more checkpoints are signed"),
        IssuerStatus::Failing(reason) => tracing::warn!(reason, "no checkpoint was signed; trying again"),
        IssuerStatus::Waiting | IssuerStatus::Issued { .. } => {}
    }
}

fn describe() {
    metrics::describe_gauge!(
        "stagedoor_checkpoint_position",
        "Last position covered by a signed checkpoint."
    );
    metrics::describe_gauge!("stagedoor_checkpoint_unsigned_events", "Events behind the newest checkpoint.");
    metrics::describe_counter!("stagedoor_checkpoints_total", "Checkpoints signed by this process.");
    metrics::describe_counter!("stagedoor_checkpoint_failures_total", "Attempts that ended with an error.");
    metrics::describe_gauge!("stagedoor_checkpoints_stopped", "1 while something speaks against the log.");
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn number(position: Position) -> f64 {
    position as f64
}
