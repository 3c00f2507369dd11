//! Steps that are being performed: each on its own, so that a slow one keeps nobody waiting.

use std::{
    any::Any, collections::HashSet, marker::PhantomData, panic::AssertUnwindSafe, sync::Arc, time::Duration,
};

use faultpoint::Point;
use futures::FutureExt;
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, sleep, timeout, timeout_at},
};
use uuid::Uuid;

use crate::process::{Performed, Process, Step};

/// The time a step may take: with the time until the lease is prolonged no longer than the lease.
const STEP: Duration = Duration::from_secs(4);
/// How much of it may pass before it is its turn. If it is not by then, it was never begun.
const TURN: Duration = Duration::from_secs(2);
/// Those that end within so short a time are settled together.
const TOGETHER: Duration = Duration::from_millis(5);

/// What is done to what.
type Name = (Uuid, String);

/// Those under way end with this value: whoever takes over performs them once more.
pub(crate) struct InFlight<P> {
    process: PhantomData<P>,
    /// One for each that may be performed at once.
    places: Arc<Semaphore>,
    tasks: JoinSet<(Step, Option<Performed>)>,
    names: HashSet<Name>,
    ended: Vec<(Step, Option<Performed>)>,
}

impl<P: Process> InFlight<P> {
    /// None.
    pub(crate) fn new() -> Self {
        let places = Arc::new(Semaphore::new(P::AT_ONCE));
        let (tasks, names, ended) = (JoinSet::new(), HashSet::new(), Vec::new());
        Self { process: PhantomData, places, tasks, names, ended }
    }

    /// Whether no more can be started.
    pub(crate) fn is_full(&self) -> bool {
        self.names.len() >= P::AT_ONCE + P::IN_LINE
    }

    /// Whether a step is under way.
    pub(crate) fn has(&self, step: &Step) -> bool {
        self.names.contains(&(step.target, step.step.clone()))
    }

    /// Starts a step, or puts it in line.
    pub(crate) fn start(&mut self, context: &P::Context, step: Step) {
        self.names.insert((step.target, step.step.clone()));
        let (context, places, deadline) = (context.clone(), Arc::clone(&self.places), Instant::now() + STEP);
        self.tasks.spawn(async move {
            let performed = match timeout(TURN, places.acquire()).await {
                Ok(Ok(_place)) => Some(perform::<P>(&context, &step, deadline).await),
                // Nobody closes it.
                Ok(Err(_)) | Err(_) => None,
            };
            (step, performed)
        });
    }

    /// Waits until some have ended; for ever if none is under way.
    pub(crate) async fn some_end(&mut self) {
        match self.tasks.join_next().await {
            Some(Ok(ended)) => self.ended.push(ended),
            // Panics are caught, and nobody else ends a task.
            Some(Err(_)) => {}
            None => std::future::pending().await,
        }
        sleep(TOGETHER).await;
    }

    /// How those ended that have. Those whose turn did not come are due as before.
    pub(crate) fn take_ended(&mut self) -> Vec<(Step, Performed)> {
        while let Some(Ok(ended)) = self.tasks.try_join_next() {
            self.ended.push(ended);
        }
        for (step, _) in &self.ended {
            self.names.remove(&(step.target, step.step.clone()));
        }
        let ended = std::mem::take(&mut self.ended).into_iter();
        ended.filter_map(|(step, performed)| Some((step, performed?))).collect()
    }
}

async fn perform<P: Process>(context: &P::Context, step: &Step, deadline: Instant) -> Performed {
    faultpoint::reach(Point::ProcessesBeforeCommand).await;
    let performing = AssertUnwindSafe(P::perform(context, step)).catch_unwind();
    match timeout_at(deadline, performing).await {
        Ok(Ok(performed)) => performed,
        Ok(Err(panic)) => Performed::Failed(format!("panicked: {}", said(&*panic))),
        Err(_) => {
            let (process, target, name) = (P::NAME, step.target, step.step.as_str());
            tracing::warn!(process, %target, step = name, "a step took longer than it may; it is tried again");
            Performed::Unavailable
        }
    }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}
