//! What `up` makes up so that cards can be practised with: a simulated provider's secrets, kept for the next start.

use std::{
    fs,
    io::{ErrorKind, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use data_encoding::BASE64;
use rand::{
    Rng,
    distr::{Alphanumeric, SampleString},
};
use serde::{Deserialize, Serialize};

use crate::{failure::Failure, settings::Settings};

const SECRETS: &str = "provider-sim.json";
const BOOKS: &str = "provider-sim.jsonl";

/// The card that every charge is confirmed with; which one does not matter.
const PAYMENT_METHOD: &str = "pm_card_visa";

/// What the simulated provider and we know each other by.
#[derive(Serialize, Deserialize)]
struct Kept {
    secret_key: String,
    webhook_secret: String,
    callback_secret: String,
}

/// Forgets what an earlier `up` made up. A shell that has read its file of addresses still names it.
pub(crate) fn forget_own(settings: &mut Settings, data_dir: &Path) {
    if let Ok(Some(kept)) = read(data_dir) {
        settings.money.stripe_secret_key.take_if(|key| *key == kept.secret_key);
        settings.money.callback_secret.take_if(|secret| *secret == kept.callback_secret);
    }
}

/// Whether nobody else takes cards.
pub(crate) fn is_wanted(settings: &Settings) -> bool {
    settings.money.stripe_secret_key().is_none()
}

/// Completes the settings: accounts can be filled unless they are not to be, and where nobody else takes cards the
/// simulated provider does. `true` if it does.
pub(crate) fn set_up(settings: &mut Settings, data_dir: &Path, reset: bool) -> Result<bool, Failure> {
    settings.money.self_deposit.get_or_insert(true);
    if !is_wanted(settings) {
        return Ok(false);
    }
    if reset {
        remove(&data_dir.join(BOOKS))?;
        remove(&data_dir.join(SECRETS))?;
    }
    let kept = match read(data_dir)? {
        Some(kept) => kept,
        None => make(data_dir)?,
    };
    let url = format!("http://{}", reachable(settings.provider_sim_listen));
    let money = &mut settings.money;
    money.stripe_url = url;
    money.stripe_secret_key = Some(kept.secret_key);
    money.stripe_webhook_secret = Some(kept.webhook_secret);
    money.stripe_payment_method = Some(PAYMENT_METHOD.to_owned());
    let given = money.callback_secret.take().filter(|secret| !secret.is_empty());
    money.callback_secret = given.or(Some(kept.callback_secret));
    Ok(true)
}

/// The simulated provider's books, in a directory that is there.
pub(crate) fn books(data_dir: &Path) -> Result<PathBuf, Failure> {
    fs::create_dir_all(data_dir).map_err(|error| wrong(data_dir, &error))?;
    Ok(data_dir.join(BOOKS))
}

/// Whom it tells of what happened.
pub(crate) fn webhook_url(settings: &Settings) -> String {
    let given = settings.provider_sim_webhook_url.clone().filter(|url| !url.is_empty());
    given.unwrap_or_else(|| {
        format!("http://{}/v1/payments/stripe/webhook", reachable(settings.command_listen))
    })
}

/// What listens on every address is reached on the loopback.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

fn read(data_dir: &Path) -> Result<Option<Kept>, Failure> {
    let path = data_dir.join(SECRETS);
    match fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| wrong(&path, &error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(wrong(&path, &error)),
    }
}

/// Readable by nobody else, and whole or not there.
fn make(data_dir: &Path) -> Result<Kept, Failure> {
    let letters = || Alphanumeric.sample_string(&mut rand::rng(), 32);
    let mut key = [0; 24];
    rand::rng().fill_bytes(&mut key);
    let kept = Kept {
        secret_key: format!("sk_test_{}", letters()),
        webhook_secret: format!("whsec_{}", letters()),
        callback_secret: format!("whsec_{}", BASE64.encode(&key)),
    };
    let (path, draft) = (data_dir.join(SECRETS), data_dir.join(format!("{SECRETS}.new")));
    remove(&draft)?;
    let text = serde_json::to_vec_pretty(&kept).map_err(|error| wrong(&draft, &error))?;
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft);
    let written = file.and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()));
    written.and_then(|()| fs::rename(&draft, &path)).map_err(|error| wrong(&draft, &error))?;
    Ok(kept)
}

fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(wrong(path, &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn wrong(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::other(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use clap::{Args, Command, FromArgMatches};
    use providers::signature::Secrets;

    use super::*;

    fn settings(arguments: &[&str]) -> Settings {
        let command = Settings::augment_args(Command::new("stagedoor"));
        let matches = command.get_matches_from([&["stagedoor"], arguments].concat());
        Settings::from_arg_matches(&matches).unwrap()
    }

    /// Of this test alone.
    fn directory(name: &str) -> PathBuf {
        let directory =
            std::env::temp_dir().join(format!("stagedoor-practice-{name}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        directory
    }

    #[test]
    fn the_secrets_are_found_again_and_a_shell_that_names_them_names_nothing_else() {
        let directory = directory("kept");
        let mut first = settings(&[]);
        assert!(set_up(&mut first, &directory, false).unwrap());
        let (key, callback) = (first.money.stripe_secret_key.unwrap(), first.money.callback_secret.unwrap());
        assert!(Secrets::standard(&callback).is_ok());
        assert!(Secrets::stripe(&first.money.stripe_webhook_secret.unwrap()).is_ok());
        let mode = fs::metadata(directory.join(SECRETS)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        let mut second = settings(&["--stripe-secret-key", &key, "--callback-secret", &callback]);
        forget_own(&mut second, &directory);
        assert!(is_wanted(&second));
        assert!(set_up(&mut second, &directory, false).unwrap());
        assert_eq!(second.money.stripe_secret_key.as_ref(), Some(&key));

        let mut reset = settings(&[]);
        assert!(set_up(&mut reset, &directory, true).unwrap());
        assert_ne!(reset.money.stripe_secret_key, Some(key));
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn ones_own_provider_is_left_alone() {
        let directory = directory("own");
        let mut own = settings(&["--stripe-secret-key", "sk_live_x"]);
        assert!(!set_up(&mut own, &directory, false).unwrap());
        assert_eq!(own.money.stripe_url, "https://api.stripe.com");
        assert!(!directory.join(SECRETS).exists());
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn accounts_can_be_filled_whoever_takes_cards_unless_they_are_not_to_be() {
        let directory = directory("deposits");
        for (arguments, expected) in [
            (&[][..], true),
            (&["--stripe-secret-key", "sk_live_x"], true),
            (&["--self-deposit", "false"], false),
            (&["--self-deposit", "false", "--stripe-secret-key", "sk_live_x"], false),
        ] {
            let mut settings = settings(arguments);
            set_up(&mut settings, &directory, false).unwrap();
            assert_eq!(settings.money.payments().unwrap().self_deposit, expected, "{arguments:?}");
        }
        assert!(!settings(&[]).money.payments().unwrap().self_deposit, "not where nobody practises");
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn what_listens_everywhere_is_reached_here() {
        assert_eq!(
            webhook_url(&settings(&["--command-listen", "0.0.0.0:8080"])),
            "http://127.0.0.1:8080/v1/payments/stripe/webhook"
        );
        let elsewhere = "http://127.0.0.1:9/hook";
        assert_eq!(webhook_url(&settings(&["--provider-sim-webhook-url", elsewhere])), elsewhere);
    }
}
