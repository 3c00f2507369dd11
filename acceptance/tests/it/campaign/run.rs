//! A campaign from beginning to end: bursts of faults, each followed by quiet in which everything is checked.

use std::{
    fs,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::FutureExt;

use super::{
    check::Checker, clients::Crowd, nemesis::Nemesis, office::Office, plan::Plan, record::Record,
    report::Report,
};

const TELL_EVERY: Duration = Duration::from_secs(10);

pub(crate) async fn run(plan: Plan) {
    let kept = directory(plan.seed);
    say(&format!("campaign {}: SEED={}, record in {}", plan.name, plan.seed, kept.display()));
    let office = Office::open(&plan).await;
    let record = Arc::new(Record::in_file(&kept.join("record.jsonl")));
    let attempt = AssertUnwindSafe(campaign(&plan, &office, &record, &kept)).catch_unwind().await;
    record.flush();
    if let Err(panic) = attempt {
        keep(&office, &kept).await;
        say(&format!("SEED={}: everything is kept in {}", plan.seed, kept.display()));
        std::panic::resume_unwind(panic);
    }
}

async fn campaign(plan: &Plan, office: &Arc<Office>, record: &Arc<Record>, kept: &Path) {
    let begun = Instant::now();
    let crowd = Crowd::gather(office, record, plan).await;
    let (mut nemesis, mut checker) = (Nemesis::new(office, plan), Checker::default());
    let progress = tokio::spawn(tell(Arc::clone(office), Arc::clone(record), Arc::clone(&nemesis.deeds)));
    let mut report = Report::new(plan);
    loop {
        let watched = Arc::clone(record);
        let rage = nemesis.rage(plan.burst, move || watched.has_violations());
        let raged = AssertUnwindSafe(rage).catch_unwind().await;
        report.faults(&nemesis.deeds);
        report.write(kept);
        raged.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        record.holds();
        let done = nemesis.is_done();
        let extent = if done {
            checker.check_all(office, &crowd, record).await
        } else {
            checker.check(office, &crowd, record).await
        };
        record.holds();
        say(&format!("check {} holds: {extent:?}, {} holes in the stream", checker.checks, checker.holes));
        report.checked(&checker, extent, begun.elapsed());
        report.answers(record);
        report.ends(office);
        report.write(kept);
        if done {
            break;
        }
        crowd.resume();
    }
    progress.abort();
    say(&report.markdown());
}

async fn tell(office: Arc<Office>, record: Arc<Record>, deeds: Arc<super::nemesis::Deeds>) {
    let begun = Instant::now();
    loop {
        tokio::time::sleep(TELL_EVERY).await;
        let head: Option<i64> = sqlx::query_scalar("select max(position) from events")
            .fetch_one(&office.world.pool)
            .await
            .unwrap_or_default();
        let answers: u64 = record.answers().values().sum();
        say(&format!(
            "{:>5} s: {} faults, {answers} answers, {} events",
            begun.elapsed().as_secs(),
            deeds.happened(),
            head.unwrap_or_default()
        ));
    }
}

#[expect(clippy::disallowed_macros, reason = "a campaign says what it does while it does it")]
fn say(text: &str) {
    eprintln!("{text}");
}

fn directory(seed: u64) -> PathBuf {
    let target = crate::support::program().ancestors().nth(2).unwrap().to_owned();
    let directory = target.join("faults").join(seed.to_string());
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// Logs of all processes, and the engines' data as it is now.
async fn keep(office: &Office, kept: &Path) {
    let _ = office.engines.postgres.stop().await;
    let _ = office.engines.nats.stop().await;
    let parts = [
        (office.world.directory.path(), "logs"),
        (office.engines.postgres.data_dir(), "postgres"),
        (office.engines.nats.data_dir(), "nats"),
    ];
    for (from, name) in parts {
        let _ = Command::new("cp").arg("-a").arg(from).arg(kept.join(name)).status();
    }
}
