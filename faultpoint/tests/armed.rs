//! What an armed program does, seen from outside: each test runs this binary once more, as that program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{
    env, fs,
    os::unix::process::ExitStatusExt,
    process::{Command, Output},
    time::{Duration, Instant},
};

use faultpoint::{Point, Sabotage, clock_skew_milliseconds, pass, reach, sabotaged};
use nix::{
    sys::{
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};

/// What the program tells on its way; `None` when this is not the program but a test run.
fn told() -> Option<String> {
    env::var("FAULTPOINT_TEST").ok()
}

#[tokio::test]
async fn the_program() {
    let Some(part) = told() else { return };
    match part.as_str() {
        "reaches" => reach(Point::SequencerDecided).await,
        "passes" => pass(Point::HintHeard).await.expect("the answer"),
        "asks the time" => assert_eq!(clock_skew_milliseconds(), -5_000),
        "asks for guards" => {
            assert!(sabotaged(Sabotage::SkipLock));
            assert!(!sabotaged(Sabotage::Oversell));
        }
        other => panic!("{other}"),
    }
}

fn command(part: &str, variable: &str, value: &str) -> Command {
    let mut program = Command::new(env::current_exe().unwrap());
    program.args(["the_program", "--exact", "--nocapture"]).env("FAULTPOINT_TEST", part).env(variable, value);
    program
}

fn program(part: &str, variable: &str, value: &str) -> Output {
    command(part, variable, value).output().unwrap()
}

fn says(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn without_a_word_nothing_happens() {
    assert!(program("reaches", faultpoint::POINTS, "").status.success());
    assert!(program("passes", faultpoint::POINTS, "sequencer/decided=kill").status.success());
}

#[test]
fn a_point_kills_the_process() {
    let ended = program("reaches", faultpoint::POINTS, "sequencer/decided=kill");
    assert_eq!(ended.status.signal(), Some(9), "{ended:?}");
}

#[test]
fn a_point_stops_the_process_until_it_is_continued() {
    let mut program = command("reaches", faultpoint::POINTS, "sequencer/decided=stop").spawn().unwrap();
    let pid = Pid::from_raw(program.id().cast_signed());
    let status = waitpid(pid, Some(WaitPidFlag::WUNTRACED)).unwrap();
    assert_eq!(status, WaitStatus::Stopped(pid, Signal::SIGSTOP));
    kill(pid, Signal::SIGCONT).unwrap();
    assert!(program.wait().unwrap().success());
}

#[test]
fn a_point_holds_the_process_while_a_file_exists() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    // Whoever comes by at such a trigger leaves its name, and then waits.
    let hold = format!("sequencer/decided=hold:{path}@{path}");
    let mut program = command("reaches", faultpoint::POINTS, &hold).spawn().unwrap();
    while fs::read_to_string(path).unwrap().is_empty() {
        assert!(program.try_wait().unwrap().is_none(), "it did not wait");
    }
    file.close().unwrap();
    assert!(program.wait().unwrap().success());
}

#[test]
fn a_point_panics() {
    let ended = program("reaches", faultpoint::POINTS, "sequencer/decided=panic");
    assert!(says(&ended).contains("made to panic at sequencer/decided"), "{ended:?}");
}

#[test]
fn a_point_fails() {
    let ended = program("passes", faultpoint::POINTS, "hint/heard=fail");
    assert!(says(&ended).contains("made to fail at hint/heard"), "{ended:?}");
}

#[test]
fn a_point_takes_its_time() {
    let begun = Instant::now();
    assert!(program("reaches", faultpoint::POINTS, "sequencer/decided=pause:300").status.success());
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[test]
fn a_guard_is_off_when_it_is_named() {
    assert!(program("asks for guards", faultpoint::SABOTAGES, "skip-lock").status.success());
    assert!(!program("asks for guards", faultpoint::SABOTAGES, "oversell").status.success());
}

#[test]
fn the_clock_is_wrong_by_what_the_file_says() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "-5000\n").unwrap();
    let path = file.path().to_str().unwrap();
    assert!(program("asks the time", faultpoint::CLOCK, path).status.success());
}

#[test]
fn what_is_misspelt_ends_the_program() {
    for (variable, value) in
        [(faultpoint::POINTS, "sequencer/decide=kill"), (faultpoint::SABOTAGES, "skip-locks")]
    {
        let ended = program("reaches", variable, value);
        assert_eq!(ended.status.code(), Some(2), "{ended:?}");
        assert!(says(&ended).contains(value.split('=').next().unwrap()), "{ended:?}");
    }
}
