//! `stagedoor up`: everything, with one command.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use projections::Model;
use sqlx::ConnectOptions;
use tokio::time::{sleep, timeout};

use super::down::{PID_FILE, running};
use crate::{
    cli::Role,
    engine_room::EngineRoom,
    failure::Failure,
    output,
    roles::{self, Running, signal},
    seed,
    settings::Settings,
};

/// What others need to reach what runs; sourced by a shell.
const ENV_FILE: &str = "env";

/// How long the read models are waited for at most: one that is rebuilt holds nobody up.
const CURRENT_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);

pub(crate) async fn run(mut settings: Settings, reset: bool, seed: bool) -> Result<(), Failure> {
    let data_dir = data_dir(&settings)?;
    refuse_second(&data_dir)?;
    ports_are_free(&settings).await?;
    let pid_file = write_private(&data_dir.join(PID_FILE), &format!("{}\n", std::process::id()))?;
    let mut engines = EngineRoom::default();
    let ended = Box::pin(with_engines(&mut settings, &data_dir, &mut engines, reset, seed)).await;
    engines.stop().await;
    let _ = fs::remove_file(pid_file);
    ended
}

async fn with_engines(
    settings: &mut Settings,
    data_dir: &Path,
    engines: &mut EngineRoom,
    reset: bool,
    seed: bool,
) -> Result<(), Failure> {
    let ours = settings.database_url.is_none();
    tokio::select! {
        started = engines.start(settings, data_dir, reset) => started?,
        () = signal::received() => return Ok(()),
    }
    event_store::migrate(&mut settings.owner()?.connect().await?).await?;
    if ours || seed {
        seed::run(settings).await?;
    }
    let running = Running::new();
    let started = roles::start(settings, Role::All, &running).await;
    if started.is_ok() {
        let _ = timeout(CURRENT_WITHIN, read_models_are_current(settings)).await;
        let env = write_private(&data_dir.join(ENV_FILE), &environment(settings))?;
        announce(settings, &env, ours || seed);
        tokio::select! {
            () = signal::received() => output::note("Ending: what was accepted is answered, then the engines stop."),
            () = running.cancelled() => {}
        }
    }
    running.end().await;
    started
}

/// What was seeded can be read: whoever is told that everything is up may ask at once.
async fn read_models_are_current(settings: &Settings) -> Result<(), Failure> {
    let mut connection = settings.reader()?.connect().await?;
    let head = event_store::head(&mut connection).await?.position;
    loop {
        let found = projections::list(&mut connection).await?;
        if found.len() == Model::ALL.len() && found.iter().all(|model| model.position >= head) {
            return Ok(());
        }
        sleep(LOOK_EVERY).await;
    }
}

fn data_dir(settings: &Settings) -> Result<PathBuf, Failure> {
    let dir = std::path::absolute(&settings.data_dir).map_err(Failure::other)?;
    let made = fs::create_dir_all(&dir);
    made.map_err(|error| {
        Failure::usage(format!("{} can't be made: {error}", dir.display()), "set STAGEDOOR_DATA_DIR")
    })?;
    Ok(dir)
}

fn refuse_second(data_dir: &Path) -> Result<(), Failure> {
    match running(&data_dir.join(PID_FILE)) {
        None => Ok(()),
        Some(pid) if pid.as_raw().cast_unsigned() == std::process::id() => Ok(()),
        Some(pid) => Err(Failure::engine(
            format!("process {pid} runs on {} already", data_dir.display()),
            "`stagedoor down` ends it; STAGEDOOR_DATA_DIR names another place",
        )),
    }
}

/// Before any engine is started: a port that is taken is better heard of at once.
async fn ports_are_free(settings: &Settings) -> Result<(), Failure> {
    let ports = [
        (settings.command_listen, "STAGEDOOR_COMMAND_LISTEN"),
        (settings.query_listen, "STAGEDOOR_QUERY_LISTEN"),
        (settings.health_listen, "STAGEDOOR_HEALTH_LISTEN"),
    ];
    for (address, setting) in ports {
        edge::bind(address, setting).await.map_err(|error| roles::taken(&error))?;
    }
    Ok(())
}

/// Readable by nobody else: it may hold passwords.
fn write_private(path: &Path, text: &str) -> Result<PathBuf, Failure> {
    let _ = fs::remove_file(path);
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::other(format!("{}: {error}", path.display())))?;
    Ok(path.to_owned())
}

fn environment(settings: &Settings) -> String {
    let (commands, queries) = (settings.command_listen, settings.query_listen);
    let (commands, queries) = (format!("http://{commands}"), format!("http://{queries}"));
    let variables = [
        ("DATABASE_URL", settings.database_url.as_deref()),
        ("MIGRATE_DATABASE_URL", settings.migrate_database_url.as_deref()),
        ("READ_DATABASE_URL", settings.read_database_url.as_deref()),
        ("NATS_URL", settings.nats_url.as_deref()),
        ("STAGEDOOR_READ_NATS_URL", settings.read_nats_url.as_deref()),
        ("STAGEDOOR_COMMANDS", Some(&commands)),
        ("STAGEDOOR_QUERIES", Some(&queries)),
    ];
    let lines =
        variables.iter().filter_map(|(name, value)| value.map(|value| format!("export {name}='{value}'\n")));
    lines.collect()
}

fn announce(settings: &Settings, env: &Path, seeded: bool) {
    let (commands, queries) = (settings.command_listen, settings.query_listen);
    output::note(&format!(
        "\nStagedoor is up.\n\n  commands   http://{commands}   (try them: http://{commands}/docs)\n  \
         queries    http://{queries}   (try them: http://{queries}/docs)\n  \
         health     http://{}/readyz\n  addresses  {}",
        settings.health_listen,
        env.display()
    ));
    if seeded {
        let users: Vec<&str> = seed::USERS.iter().map(|(email, _, _)| *email).collect();
        output::note(&format!("  users      {}\n  password   {}", users.join(", "), seed::PASSWORD));
    }
    output::note("\nCtrl-C or `stagedoor down` ends it.");
}
