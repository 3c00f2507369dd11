//! When something happens.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

/// When something happens, counted from the start of the program.
#[derive(Debug, Default)]
pub(crate) struct Trigger {
    when: When,
    hits: AtomicU64,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum When {
    #[default]
    Always,
    Nth(u64),
    OneIn {
        times: u64,
        seed: u64,
    },
    WhileThereIs(PathBuf),
}

impl Trigger {
    /// `17`, `1/50#7` or `/FILE`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let when = if text.starts_with('/') {
            When::WhileThereIs(text.into())
        } else if let Some(chance) = text.strip_prefix("1/") {
            let (times, seed) = chance.split_once('#')?;
            When::OneIn { times: positive(times)?, seed: seed.parse().ok()? }
        } else {
            When::Nth(positive(text)?)
        };
        Some(Self { when, hits: AtomicU64::new(0) })
    }

    /// Counts, and says whether it happens this time.
    pub(crate) fn fires(&self) -> bool {
        let hit = self.hits.fetch_add(1, Ordering::Relaxed) + 1;
        match &self.when {
            When::Always => true,
            When::Nth(nth) => hit == *nth,
            When::OneIn { times, seed } => mix(seed.wrapping_add(hit)).is_multiple_of(*times),
            When::WhileThereIs(file) => sign(file).is_ok(),
        }
    }
}

/// Whoever put the file there can read in it who came by: a process that is killed has no time to log it.
fn sign(file: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(file)?;
    file.write_all(format!("{}\n", process::id()).as_bytes())
}

fn positive(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number| *number > 0)
}

/// `SplitMix64`: numbers that look random and are the same for the same seed.
fn mix(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fired(trigger: &str, times: usize) -> Vec<usize> {
        let trigger = Trigger::parse(trigger).unwrap();
        (1..=times).filter(|_| trigger.fires()).collect()
    }

    #[test]
    fn the_nth_time_is_one_time() {
        assert_eq!(fired("3", 10), [3]);
    }

    #[test]
    fn one_in_many_is_about_that_often_and_the_same_for_the_same_seed() {
        let often = fired("1/10#7", 1_000);
        assert!((60..=140).contains(&often.len()), "{}", often.len());
        assert_eq!(often, fired("1/10#7", 1_000));
        assert_ne!(often, fired("1/10#8", 1_000));
    }

    #[test]
    fn a_file_arms_and_disarms() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let trigger = Trigger::parse(file.path().to_str().unwrap()).unwrap();
        assert!(trigger.fires());
        assert_eq!(std::fs::read_to_string(file.path()).unwrap(), format!("{}\n", process::id()));
        file.close().unwrap();
        assert!(!trigger.fires());
    }

    #[test]
    fn anything_else_is_not_a_trigger() {
        for text in ["", "0", "x", "1/", "1/5", "1/0#1", "1/5#", "2/5#1", "-1"] {
            assert!(Trigger::parse(text).is_none(), "{text}");
        }
    }
}
