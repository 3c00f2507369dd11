//! `stagedoor.toml`: the last place a setting is looked for.

use std::{io::ErrorKind, path::Path};

use clap::Command;

use crate::failure::Failure;

/// Its name, in the working directory.
const FILE: &str = "stagedoor.toml";

/// Makes the file's values the defaults of the flags of the same name, so that flags and environment go first.
pub(crate) fn apply(command: Command) -> Result<Command, Failure> {
    match std::fs::read_to_string(Path::new(FILE)) {
        Ok(text) => apply_text(command, &text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(command),
        Err(error) => Err(Failure::usage(format!("{FILE} can't be read: {error}"), "mend or remove it")),
    }
}

fn apply_text(command: Command, text: &str) -> Result<Command, Failure> {
    let table: toml::Table =
        text.parse().map_err(|error| Failure::usage(format!("{FILE}: {error}"), "it must be TOML"))?;
    table.into_iter().try_fold(command, |command, (key, value)| set(command, &key, &value))
}

fn set(command: Command, key: &str, value: &toml::Value) -> Result<Command, Failure> {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(truth) => truth.to_string(),
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => {
            return Err(Failure::usage(
                format!("{FILE}: {key} must be a text, a number, true or false"),
                HINT,
            ));
        }
    };
    // Only settings can be set; not, say, a command's own arguments.
    if !command.get_arguments().any(|arg| arg.get_id() == key && arg.get_env().is_some()) {
        return Err(Failure::usage(format!("{FILE}: there is no setting {key}"), HINT));
    }
    Ok(command.mut_arg(key, |arg| arg.default_value(text)))
}

const HINT: &str = "docs/configuration.md lists the settings; in the file they are written with underscores";

#[cfg(test)]
mod tests {
    use clap::{Arg, Command};

    use super::*;

    fn command() -> Command {
        Command::new("x").arg(Arg::new("cache_mib").long("cache-mib").env("X_CACHE_MIB").default_value("1"))
    }

    fn value(args: &[&str], text: &str) -> String {
        let matches = apply_text(command(), text).unwrap().get_matches_from(args);
        matches.get_one::<String>("cache_mib").unwrap().clone()
    }

    #[test]
    fn the_file_is_asked_only_when_no_flag_says_otherwise() {
        assert_eq!(value(&["x"], "cache_mib = 7"), "7");
        assert_eq!(value(&["x", "--cache-mib", "9"], "cache_mib = 7"), "9");
        assert_eq!(value(&["x"], ""), "1");
    }

    #[test]
    fn a_setting_that_does_not_exist_is_named() {
        let failure = apply_text(command(), "cache_mb = 7").unwrap_err();
        assert!(failure.to_string().contains("cache_mb"), "{failure}");
        assert_eq!(failure.code(), 2);
    }
}
