//! How far a rebuild or a verification has come: a bar on a terminal, a line now and then elsewhere.

use std::{
    io::{IsTerminal, stderr},
    time::Duration,
};

use indicatif::ProgressBar;
use projections::{Model, Progress, Stage};
use tokio::{sync::watch, time::Instant};

use crate::output;

const BAR: &str = "{prefix:10} {msg:10} {bar:32} {human_pos} of {human_len}  {per_sec}, {eta} left";
/// How often a line is written where there is no terminal.
const A_LINE_EVERY: Duration = Duration::from_secs(5);

/// Shows it until there is no more of it.
pub(super) async fn show(model: Model, mut progress: watch::Receiver<Progress>) {
    let shown: &mut dyn Shown =
        if stderr().is_terminal() { &mut Bar::new(model) } else { &mut Lines::new(model) };
    while progress.changed().await.is_ok() {
        let now = *progress.borrow_and_update();
        shown.show(now);
    }
}

trait Shown: Send {
    fn show(&mut self, progress: Progress);
}

struct Bar {
    bar: ProgressBar,
    stage: Stage,
}

impl Bar {
    fn new(model: Model) -> Self {
        let bar = output::bar(BAR);
        bar.set_prefix(model.name());
        Self { bar, stage: Stage::Waiting }
    }
}

impl Shown for Bar {
    fn show(&mut self, progress: Progress) {
        self.bar.set_length(count(progress.of));
        self.bar.set_position(count(progress.done));
        if self.stage != progress.stage {
            self.stage = progress.stage;
            self.bar.set_message(said(progress.stage));
            // The rate of one stage says nothing of the next, nor of what an earlier run did.
            self.bar.reset_eta();
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

struct Lines {
    model: Model,
    last: Option<(Stage, Instant)>,
}

impl Lines {
    const fn new(model: Model) -> Self {
        Self { model, last: None }
    }
}

impl Shown for Lines {
    fn show(&mut self, progress: Progress) {
        let news =
            self.last.is_none_or(|(stage, at)| stage != progress.stage || at.elapsed() >= A_LINE_EVERY);
        if !news || progress.stage == Stage::Done {
            return;
        }
        self.last = Some((progress.stage, Instant::now()));
        let Progress { stage, done, of } = progress;
        let far = if of > 0 { format!(", {done} of {of}") } else { String::new() };
        output::note(&format!("{}: {}{far}", self.model, said(stage)));
    }
}

fn count(number: i64) -> u64 {
    number.unsigned_abs()
}

const fn said(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting => "waiting",
        Stage::Emptying => "emptying",
        Stage::Filling => "filling",
        Stage::Indexing => "indexing",
        Stage::Comparing => "comparing",
        Stage::Swapping => "swapping",
        Stage::Done => "done",
    }
}

#[cfg(test)]
mod tests {
    use indicatif::ProgressStyle;

    use super::*;

    #[test]
    fn the_bar_can_be_drawn() {
        assert!(ProgressStyle::with_template(BAR).is_ok());
    }
}
