//! What can be typed.
#![expect(clippy::doc_markdown, reason = "these comments are what `--help` prints")]

use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use domain::StreamId;
use identity::{CaseReference, Ground};
use projections::Model;
use uuid::Uuid;

use crate::{config_file, failure::Failure, settings::Settings};

/// The backend behind a box office: sells every seat exactly once, and can prove it.
#[derive(Debug, Parser)]
#[command(name = "stagedoor", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) settings: Settings,

    /// Print machine-readable JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 a check found a fault, 2 wrong usage, 3 an engine or a port is not to \
                          be had, 4 anything else.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything in one process, on Postgres and NATS of its own unless DATABASE_URL or NATS_URL are set
    #[command(after_help = "Example: stagedoor up --reset")]
    Up {
        /// Throw away the data of earlier runs and start afresh
        #[arg(long)]
        reset: bool,
        /// Make the demonstration shows and users even in a database given by DATABASE_URL
        #[arg(long)]
        seed: bool,
    },
    /// End a running `stagedoor up` and its engines
    #[command(after_help = "Example: stagedoor down")]
    Down,
    /// Run one role, or all, on given engines
    #[command(after_help = "Example: stagedoor serve command-api --command-listen 0.0.0.0:8080")]
    Serve {
        /// Which
        #[arg(value_enum)]
        role: Role,
    },
    /// Bring the database's schema up to this program's
    #[command(after_help = "Example: MIGRATE_DATABASE_URL=postgres://owner@host/stagedoor stagedoor migrate")]
    Migrate,
    /// Users
    #[command(subcommand)]
    Users(Users),
    /// Test the settings that durability rests on, and the database roles
    #[command(
        after_help = "Examples: stagedoor doctor --json\n          stagedoor doctor --deep\n          stagedoor doctor --deep --fix"
    )]
    Doctor {
        /// Also count what is missing: in the log, message by message in the stream, and at every checkpoint
        #[arg(long)]
        deep: bool,
        /// Mend what follows from the log: fill the stream, have read models and processes begin again that can't go on. Never the log itself, nor a stream that says something else than the log
        #[arg(long, requires = "deep")]
        fix: bool,
    },
    /// Whether the books are right, and the log what it was
    #[command(subcommand)]
    Audit(Audit),
    /// The log
    #[command(subcommand)]
    Events(Events),
    /// Read models
    #[command(subcommand)]
    Projections(Projections),
    /// What follows by itself: holds that expire, charges, refunds
    #[command(subcommand)]
    Processes(Processes),
    /// The way from the log to JetStream
    #[command(subcommand)]
    Relay(Relay),
    /// What is held of a person: handed out, or forgotten
    #[command(subcommand)]
    Privacy(Privacy),
    /// Write the files that are generated from the code
    #[command(hide = true)]
    Generate {
        /// The repository
        #[arg(default_value = ".")]
        root: PathBuf,
    },
}

/// A part of the system that can run in a process of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// HTTP in
    CommandApi,
    /// HTTP out
    QueryApi,
    /// Log to JetStream
    Relay,
    /// Log and JetStream to read models
    Projections,
    /// What follows by itself: the expiry of holds
    Processes,
    /// A payment provider to practise with; not for production
    ProviderSim,
    /// All of them but the last in one process
    All,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Users {
    /// Create a user; the password is read from standard input
    #[command(
        after_help = "Example: stagedoor users create --email admin@example.com --role admin < password.txt"
    )]
    Create {
        /// The e-mail address they sign in with
        #[arg(long)]
        email: String,
        /// Their name
        #[arg(long, default_value = "Staff")]
        name: String,
        /// organizer, operator or admin; may be given several times. Every user is a customer
        #[arg(long = "role")]
        roles: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Sum the ledger up at every position, and compare it with the books of whoever takes cards
    #[command(after_help = "Example: stagedoor audit ledger --json")]
    Ledger,
    /// Tell an order's whole story: who did what, when and why, and how everything stood after it
    #[command(
        after_help = "Examples: stagedoor audit order 0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11\n          stagedoor audit order order-0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11 --json"
    )]
    Order {
        /// Its id, or its stream: order-<id>
        order: String,
    },
    /// Show a read model as it was, or one entity of it, folded from the log once more
    #[command(
        after_help = "Examples: stagedoor audit as-of 1000 orders --json\n          stagedoor audit as-of 2026-11-05T19:30:00Z orders 0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11"
    )]
    AsOf {
        /// A position of the log, or a time: what everything was right after it
        #[arg(value_name = "POSITION|TIME")]
        at: String,
        /// shows, inventory, orders, payments, accounts or ledger
        #[arg(value_name = "READ MODEL")]
        model: String,
        /// One entity: its id, or its stream; all of them without
        id: Option<String>,
    },
    /// Say why a seat was, or was not, to be had: who held and bought it when, and what a request would have come to
    #[command(
        after_help = "Examples: stagedoor audit why 0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11 A-1\n          stagedoor audit why 0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11 STALLS/A-1 --at 2026-11-05T19:30:00Z"
    )]
    Why {
        /// The show's id, or its stream: show-<id>
        show: String,
        /// The seat: A-1, or STALLS/A-1 where several sections have a row A
        seat: String,
        /// When it was asked for: a position of the log, or a time. Default: now
        #[arg(long, value_name = "POSITION|TIME")]
        at: Option<String>,
    },
    /// Verify the log: positions, versions, times and hash chain, what was signed, and what those know who follow it
    #[command(
        after_help = "Examples: stagedoor audit verify\n          stagedoor audit verify --from 1000 --json"
    )]
    Verify {
        /// The first position; the hash of the one before is then taken as it is stored. Default: the log's first
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
        from: Option<i64>,
        /// The last position. Default: the log's last
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
        to: Option<i64>,
    },
    /// Sign a checkpoint now, over everything since the last one
    #[command(after_help = "Example: stagedoor audit checkpoint")]
    Checkpoint {
        /// Begin with a log that has no checkpoints yet where others' are kept: after a restore or an import
        #[arg(long)]
        begin: bool,
    },
    /// Write what proves that the event at a position is in the log
    #[command(after_help = "Example: stagedoor audit prove 42 --out proof.json")]
    Prove {
        /// The event's position
        position: i64,
        /// The file to write; without, standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Say what a proof proves; takes the public key, and neither database nor network
    #[command(after_help = "Example: stagedoor audit check proof.json --checkpoint-public-key public.pem")]
    Check {
        /// The file that `audit prove` wrote
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Events {
    /// Show the event at a position, a stream's events, or those that are asked for
    #[command(
        after_help = "Examples: stagedoor events show 42\n          stagedoor events show order-0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11\n          stagedoor events show --type OrderPlaced --from 1000 --to 2000 --json"
    )]
    Show {
        /// A position, or a stream such as order-<id>
        what: Option<String>,
        #[command(flatten)]
        between: Between,
        #[command(flatten)]
        like: Like,
    },
    /// Show the newest events
    #[command(
        after_help = "Examples: stagedoor events tail --follow\n          stagedoor events tail -n 5 --type OrderRefunded"
    )]
    Tail {
        /// How many
        #[arg(short = 'n', long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        lines: u32,
        /// Go on with what is appended from now on
        #[arg(short, long)]
        follow: bool,
        #[command(flatten)]
        like: Like,
    },
    /// Write the log, or what is asked for of it, with positions and hashes
    #[command(
        after_help = "Examples: stagedoor events export --out log.jsonl\n          stagedoor events export --format csv --type OrderPlaced > orders.csv\n\nA FILE that an earlier export began is gone on with; an export that was interrupted is run again.\nOnly JSON Lines of the whole log can be imported. See docs/events.md."
    )]
    Export {
        /// JSON Lines, or CSV
        #[arg(long, value_enum, default_value_t = Format::Jsonl)]
        format: Format,
        #[command(flatten)]
        between: Between,
        #[command(flatten)]
        like: Like,
        /// Where to; without, standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Fill an empty log with an exported one, as the schema's owner. All of it is verified; a file with a fault leaves the log empty
    #[command(
        after_help = "Examples: stagedoor events import log.jsonl\n          zstd -dc log.jsonl.zst | stagedoor events import -"
    )]
    Import {
        /// What `events export` wrote; - for standard input
        file: PathBuf,
    },
}

/// In which form events are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One JSON object a line; can be imported
    Jsonl,
    /// For spreadsheets
    Csv,
}

/// From where to where.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Between {
    /// From this position on
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) from: Option<i64>,
    /// Up to this position
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) to: Option<i64>,
}

/// Of which kind.
#[derive(Debug, Clone, Args)]
pub(crate) struct Like {
    /// Only of this stream, such as order-<id>
    #[arg(long, value_name = "STREAM")]
    pub(crate) stream_id: Option<StreamId>,
    /// Only of this type, such as OrderPlaced
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) event_type: Option<String>,
    /// Only of this correlation: for everything around an order, the order's id. The whole log is looked through
    #[arg(long, value_name = "ID")]
    pub(crate) correlation: Option<Uuid>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Projections {
    /// Show how far each read model is, how fast it goes, and what is made anew
    #[command(after_help = "Example: stagedoor projections list")]
    List,
    /// Make read models anew from the log, beside those that are read, and let them take their place
    #[command(
        after_help = "Examples: stagedoor projections rebuild orders\n          stagedoor projections rebuild --all --dry-run\n\nQueries are answered meanwhile as ever. What was interrupted is taken up where it was."
    )]
    Rebuild {
        #[command(flatten)]
        which: ReadModels,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
    },
    /// Make read models anew and compare them with those that are read; exit code 1 if they differ
    #[command(after_help = "Example: stagedoor projections verify --all --json")]
    Verify {
        #[command(flatten)]
        which: ReadModels,
    },
    /// Apply parked events again, once what was wrong with them has been put right
    #[command(
        after_help = "Examples: stagedoor projections retry\n          stagedoor projections retry orders --entity order-0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11"
    )]
    Retry {
        /// Only these read models
        names: Vec<Model>,
        /// Only this entity
        #[arg(long, value_name = "STREAM")]
        entity: Option<StreamId>,
    },
}

/// Which read models.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ReadModels {
    /// shows, inventory, orders, payments, accounts, ledger
    names: Vec<Model>,
    /// Every one of them
    #[arg(long)]
    all: bool,
}

impl ReadModels {
    /// Each of them once.
    pub(crate) fn chosen(&self) -> Vec<Model> {
        let wanted = |model: &Model| self.all || self.names.contains(model);
        Model::ALL.into_iter().filter(wanted).collect()
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Processes {
    /// Show how far each process is, and how many of its steps wait or are parked
    #[command(after_help = "Example: stagedoor processes list")]
    List,
    /// Show the steps that are not tried again by themselves, each with its reason
    #[command(after_help = "Example: stagedoor processes parked refunds")]
    Parked {
        /// Only this process'
        process: Option<String>,
    },
    /// Try parked steps again; recorded in process_interventions
    #[command(after_help = "Example: stagedoor processes retry refunds --why 'the provider is back'")]
    Retry {
        /// Whose
        process: String,
        /// Only the step on this order, payment or show
        target: Option<Uuid>,
        /// Why, for the record; never personal data
        #[arg(long)]
        why: String,
    },
    /// Give parked steps up; recorded in process_interventions
    #[command(
        after_help = "Example: stagedoor processes skip refunds 0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11 --why 'paid by hand'"
    )]
    Skip {
        /// Whose
        process: String,
        /// The order, payment or show
        target: Option<Uuid>,
        /// Why, for the record; never personal data
        #[arg(long)]
        why: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Relay {
    /// Compare the stream with the log
    #[command(after_help = "Example: stagedoor relay status")]
    Status,
    /// Delete the stream and fill it again from the log
    #[command(
        after_help = "Examples: stagedoor relay reset --yes\n          stagedoor relay reset --new-log-id     (after a restore; see docs/operations.md)"
    )]
    Reset {
        /// Don't ask
        #[arg(long)]
        yes: bool,
        /// Give the log another id first, as the schema's owner: whoever knows events that a restore has lost then takes nothing for their continuation. Read models are rebuilt
        #[arg(long)]
        new_log_id: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Privacy {
    /// Write all that is held of a user as one JSON document
    #[command(
        after_help = "Examples: stagedoor privacy export 0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11 --out user.json\n          stagedoor privacy export ada@example.org | jq .orders\n\nReads the whole log. docs/privacy.md says what is in it."
    )]
    Export {
        /// The user's id, or e-mail address
        user: String,
        /// The file to write, which nobody else may read and which must not be there yet; without, standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Forget a user: e-mail address, name, password, sessions, what they were told and were to be told
    #[command(
        after_help = "Example: stagedoor privacy erase 0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11 --case T-4711\n\nCan't be taken back. Orders, payments and tickets stay as they are, under the id. docs/privacy.md says what is\nleft, and where."
    )]
    Erase {
        /// The user's id, or e-mail address
        user: String,
        /// Why, for the record: requested, unneeded, objection, unlawful or obligation (GDPR, article 17)
        #[arg(long, default_value = "requested", value_parser = Privacy::ground)]
        why: Ground,
        /// The number under which the case is filed, for the record: nothing that names the person
        #[arg(long)]
        case: Option<CaseReference>,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

impl Privacy {
    fn ground(text: &str) -> Result<Ground, String> {
        let found = Ground::ALL.into_iter().find(|ground| ground.as_str() == text);
        found.ok_or_else(|| format!("one of {}", Ground::ALL.map(Ground::as_str).join(", ")))
    }
}

/// Reads the command line, over the environment, over `stagedoor.toml`. Help and version end the program.
pub(crate) fn parse() -> Result<Cli, Failure> {
    let matches = config_file::apply(Cli::command())?.get_matches();
    let cli = Cli::from_arg_matches(&matches).map_err(|error| Failure::usage(error, "stagedoor --help"))?;
    Ok(Cli { settings: cli.settings.without_empty_urls(), ..cli })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        fn check(command: &clap::Command, path: &str) {
            let subcommands: Vec<_> = command.get_subcommands().collect();
            if subcommands.is_empty() && !command.is_hide_set() {
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("Example"), "`{path}` shows no example");
            }
            for subcommand in subcommands {
                check(subcommand, &format!("{path} {}", subcommand.get_name()));
            }
        }
        check(&Cli::command(), "stagedoor");
    }
}
