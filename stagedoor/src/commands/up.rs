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
use tokio_util::sync::CancellationToken;

use crate::{
    cli::Role,
    engine_room::{EngineRoom, is_ours, kept_of_nats},
    failure::Failure,
    output, own_checkpoints, practice,
    roles::{self, Running, provider_sim, signal},
    seed::{self, Ground},
    settings::Settings,
    up_lock::{PID_FILE, UpLock, holder},
};

/// What others need to reach what runs; sourced by a shell.
const ENV_FILE: &str = "env";

/// How long the read models are waited for at most: one that is rebuilt holds nobody up.
const CURRENT_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What nobody has set, and `up` therefore brings itself.
#[derive(Clone, Copy)]
struct MadeUp {
    /// A payment provider to practise with.
    provider: bool,
    /// A key and a place for signed checkpoints.
    checkpoints: bool,
}

pub(crate) async fn run(mut settings: Settings, reset: bool, seed: bool) -> Result<(), Failure> {
    let asked = signal::token();
    let data_dir = data_dir(&settings)?;
    let kept = kept_of_nats(&data_dir);
    settings.forget_urls(|url| is_ours(url, &kept));
    practice::forget_own(&mut settings, &data_dir);
    own_checkpoints::forget_own(&mut settings, &data_dir);
    refuse_to_reset_others(&settings, reset)?;
    let _lock = only_one(&data_dir).await?;
    ports_are_free(&settings).await?;
    let mut engines = EngineRoom::default();
    let ended = Box::pin(with_engines(&mut settings, &data_dir, &mut engines, reset, seed, &asked)).await;
    engines.stop().await;
    // A shell that reads it later would be told of what has ended.
    let _ = fs::remove_file(data_dir.join(ENV_FILE));
    ended
}

async fn with_engines(
    settings: &mut Settings,
    data_dir: &Path,
    engines: &mut EngineRoom,
    reset: bool,
    seed: bool,
    asked: &CancellationToken,
) -> Result<(), Failure> {
    let ground =
        if settings.database_url.is_none() { Some(Ground::Own) } else { seed.then_some(Ground::Given) };
    engines.start(settings, data_dir, reset, asked).await?;
    let made_up = MadeUp {
        provider: practice::set_up(settings, data_dir, reset)?,
        checkpoints: own_checkpoints::set_up(settings, data_dir, reset)?,
    };
    let running = Running::new();
    let worked =
        Box::pin(asked.run_until_cancelled(work(settings, data_dir, ground, made_up, &running))).await;
    if worked.is_none() {
        output::note("Ending: what was accepted is answered, then the engines stop.");
    }
    let ended = running.end().await;
    worked.unwrap_or(Ok(())).and(ended)
}

/// Until a part fails.
async fn work(
    settings: &Settings,
    data_dir: &Path,
    ground: Option<Ground>,
    made_up: MadeUp,
    running: &Running,
) -> Result<(), Failure> {
    event_store::migrate(&mut settings.owner()?.connect().await?).await?;
    if let Some(ground) = ground {
        seed::run(settings, ground).await?;
    }
    if made_up.provider {
        provider_sim::start(settings, running).await?;
    }
    roles::start(settings, Role::All, running).await?;
    let _ = timeout(CURRENT_WITHIN, read_models_are_current(settings)).await;
    let env = write_private(&data_dir.join(ENV_FILE), &environment(settings, made_up))?;
    announce(settings, &env, ground.is_some(), made_up);
    running.cancelled().await;
    Ok(())
}

/// What is not ours is not thrown away, and to throw away only a part would be a surprise.
fn refuse_to_reset_others(settings: &Settings, reset: bool) -> Result<(), Failure> {
    let given = [("DATABASE_URL", &settings.database_url), ("NATS_URL", &settings.nats_url)];
    match given.into_iter().find(|(_, url)| reset && url.is_some()) {
        None => Ok(()),
        Some((name, _)) => Err(Failure::usage(
            format!("--reset throws away only what `up` made itself, and {name} names something else"),
            format!("leave out --reset, or unset {name}"),
        )),
    }
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

async fn only_one(data_dir: &Path) -> Result<UpLock, Failure> {
    let path = data_dir.join(PID_FILE);
    let taken = UpLock::take(&path).await;
    if let Some(lock) = taken.map_err(|error| Failure::other(format!("{}: {error}", path.display())))? {
        return Ok(lock);
    }
    let pid = holder(&path).await;
    let who = pid.map_or("another process".to_owned(), |pid| format!("process {pid}"));
    Err(Failure::engine(
        format!("{who} runs on {} already", data_dir.display()),
        "`stagedoor down` ends it; STAGEDOOR_DATA_DIR names another place",
    ))
}

/// Before any engine is started: a port that is taken is better heard of at once.
async fn ports_are_free(settings: &Settings) -> Result<(), Failure> {
    let ports = [
        (settings.command_listen, "STAGEDOOR_COMMAND_LISTEN"),
        (settings.query_listen, "STAGEDOOR_QUERY_LISTEN"),
        (settings.health_listen, "STAGEDOOR_HEALTH_LISTEN"),
    ];
    let practice =
        practice::is_wanted(settings).then_some((settings.provider_sim_listen, provider_sim::LISTEN));
    for (address, setting) in ports.into_iter().chain(practice) {
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

fn environment(settings: &Settings, made_up: MadeUp) -> String {
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
    let money = &settings.money;
    // Of one's own provider, others hear nothing.
    let of_practice = [
        ("STAGEDOOR_CALLBACK_SECRET", money.callback_secret.as_deref()),
        ("STAGEDOOR_STRIPE_URL", Some(money.stripe_url.as_str())),
        ("STAGEDOOR_STRIPE_SECRET_KEY", money.stripe_secret_key()),
        ("STAGEDOOR_STRIPE_WEBHOOK_SECRET", money.stripe_webhook_secret.as_deref()),
        ("STAGEDOOR_STRIPE_PAYMENT_METHOD", money.stripe_payment_method.as_deref()),
    ];
    let checkpoints = &settings.checkpoints;
    let path = |path: Option<&PathBuf>| path.map(|path| path.display().to_string());
    let (key, public_key) = (path(checkpoints.key()), path(checkpoints.public_key()));
    let of_checkpoints = [
        ("STAGEDOOR_CHECKPOINT_KEY", key.as_deref()),
        ("STAGEDOOR_CHECKPOINT_TO", checkpoints.to()),
        ("STAGEDOOR_CHECKPOINT_PUBLIC_KEY", public_key.as_deref()),
    ];
    let variables = variables.iter().chain(of_practice.iter().filter(|_| made_up.provider));
    let variables = variables.chain(of_checkpoints.iter().filter(|_| made_up.checkpoints));
    let lines = variables.filter_map(|(name, value)| value.map(|value| format!("export {name}='{value}'\n")));
    lines.collect()
}

fn announce(settings: &Settings, env: &Path, seeded: bool, made_up: MadeUp) {
    let (commands, queries) = (settings.command_listen, settings.query_listen);
    output::note(&format!(
        "\nStagedoor is up.\n\n  commands   http://{commands}   (try them: http://{commands}/docs)\n  \
         queries    http://{queries}   (try them: http://{queries}/docs)\n  \
         health     http://{}/readyz\n  addresses  {}",
        settings.health_listen,
        env.display()
    ));
    if made_up.provider {
        let address = settings.provider_sim_listen;
        output::note(&format!(
            "  cards      http://{address}/books   (a simulated provider; the amount chooses what it does)"
        ));
    }
    if seeded {
        let users: Vec<&str> = seed::USERS.iter().map(|(email, _, _)| *email).collect();
        output::note(&format!("  users      {}\n  password   {}", users.join(", "), seed::PASSWORD));
    }
    output::note("\nCtrl-C or `stagedoor down` ends it.");
}
