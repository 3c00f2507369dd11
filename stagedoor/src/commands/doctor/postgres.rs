//! Postgres' settings and roles.

use chrono::DateTime;
use event_store::{Clock, Guarantees, SystemClock, check_schema, guarantees};
use sqlx::{ConnectOptions, postgres::PgConnectOptions};

use super::Finding;
use crate::{failure::Failure, settings::Settings};

/// Clocks further apart than this make holds visibly too long or too short, in seconds.
const SKEW: f64 = 1.0;

pub(super) async fn examine(settings: &Settings) -> Result<Vec<Finding>, Failure> {
    let writer = look(settings.writer()?).await?;
    let reader = look(settings.reader()?).await?;
    let mut findings = durability(&writer);
    findings.extend(integrity(&writer));
    findings.push(Finding::advise(
        "the server's log names nobody",
        !writer.logs_parameters,
        "set log_parameter_max_length and log_parameter_max_length_on_error to 0: the server logs e-mail addresses",
    ));
    findings.push(Finding::advise(
        "READ_DATABASE_URL can only read",
        !reader.may_append && !reader.superuser,
        "give query-api a role of its own that is a member of stagedoor_reader, and set READ_DATABASE_URL",
    ));
    Ok(findings)
}

async fn look(options: PgConnectOptions) -> Result<Guarantees, Failure> {
    let mut connection = options.connect().await?;
    check_schema(&mut connection).await?;
    Ok(guarantees(&mut connection).await?)
}

fn durability(server: &Guarantees) -> Vec<Finding> {
    let now = SystemClock.now();
    let skew = (DateTime::UNIX_EPOCH - now).as_seconds_f64() + server.clock;
    vec![
        Finding::test("Postgres is 15 or later", server.version >= 150_000, "upgrade Postgres"),
        Finding::test(
            "fsync",
            server.fsync,
            "set fsync = on: without it a power cut loses acknowledged orders",
        ),
        Finding::test(
            "full_page_writes",
            server.full_page_writes,
            "set full_page_writes = on: without it a power cut can corrupt pages",
        ),
        Finding::advise(
            "synchronous_commit",
            server.synchronous_commit != "off",
            "it is off by default here; Stagedoor turns it on for its own commits, other programs may rely on it",
        ),
        Finding::test(
            "standbys are synchronous",
            server.standbys == 0 || !server.synchronous_standbys.is_empty(),
            "set synchronous_standby_names: failing over to an asynchronous standby loses acknowledged orders",
        ),
        Finding::advise(
            "the clocks agree",
            skew.abs() < SKEW,
            "this machine's clock and the database's differ by more than a second: run NTP on both",
        ),
    ]
}

fn integrity(server: &Guarantees) -> Vec<Finding> {
    vec![
        Finding::test(
            "DATABASE_URL can append",
            server.may_append,
            "make its role a member of stagedoor_writer",
        ),
        Finding::test(
            "DATABASE_URL can't change history",
            !server.superuser && !server.may_change_history,
            "use a role that is a member of stagedoor_writer only, neither the owner nor a superuser",
        ),
        Finding::test(
            "the log's triggers are in place",
            server.guarded,
            "enable the triggers on the table events",
        ),
    ]
}
