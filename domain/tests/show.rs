//! The rules of a show.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod support;

use chrono::TimeDelta;
use domain::{
    Seating, Show, ShowDraft, ShowEvent, ShowStatus,
    show::{ShowCommand, ShowRefusal},
};
use support::{
    draft, noon, organizer, rows, section,
    spec::{given, twice_adds_nothing},
};

fn scheduled() -> ShowEvent {
    ShowEvent::ShowScheduled { organizer: organizer(), draft: draft() }
}

fn published() -> Vec<ShowEvent> {
    vec![scheduled(), ShowEvent::ShowPublished {}]
}

fn revise(change: impl Fn(&mut ShowDraft)) -> ShowCommand {
    let mut draft = draft();
    change(&mut draft);
    ShowCommand::Revise { draft }
}

fn problem_paths(change: impl Fn(&mut ShowDraft)) -> Vec<String> {
    let mut draft = draft();
    change(&mut draft);
    draft.problems().into_iter().map(|problem| problem.path).collect()
}

#[test]
fn a_sound_draft_has_no_problems() {
    assert!(draft().problems().is_empty());
}

#[test]
fn every_broken_rule_of_shape_is_named() {
    type Change = fn(&mut ShowDraft);
    let cases: Vec<(&str, Change)> = vec![
        ("/title", |d| d.title = "  ".into()),
        ("/title", |d| d.title = "a".repeat(201)),
        ("/venue", |d| d.venue = "a\u{0}b".into()),
        ("/time_zone", |d| d.time_zone = String::new()),
        ("/tax_basis_points", |d| d.tax_basis_points = 10_001),
        ("/hold_seconds", |d| d.hold_seconds = 4),
        ("/hold_seconds", |d| d.hold_seconds = 86_401),
        ("/max_per_customer", |d| d.max_per_customer = Some(0)),
        ("/sales_end_at", |d| (d.sales_start_at, d.sales_end_at) = (Some(noon()), Some(noon()))),
        ("/sections", |d| d.sections.clear()),
        ("/sections", |d| d.sections[0].seating = Seating::Quantity { capacity: 100_000 }),
        ("/sections/1/code", |d| d.sections[1].code = "floor".into()),
        ("/sections/1/code", |d| d.sections[1].code = "stalls-1".into()),
        ("/sections/0/name", |d| d.sections[0].name = String::new()),
        ("/sections/0/price", |d| d.sections[0].price = -1),
        ("/sections/0/capacity", |d| d.sections[0].seating = Seating::Quantity { capacity: 0 }),
        ("/sections/1/rows", |d| d.sections[1].seating = rows(&[])),
        ("/sections/1/rows/1/row", |d| d.sections[1].seating = rows(&[("A", 1), ("A", 1)])),
        ("/sections/1/rows/0/seats", |d| d.sections[1].seating = rows(&[("A", 0)])),
    ];
    for (path, change) in cases {
        assert_eq!(problem_paths(change), [path]);
    }
}

#[test]
fn a_show_may_have_100000_seats_and_200_sections() {
    let many = |count: usize| {
        problem_paths(|d| {
            let hundred = |index| section(&format!("s{index}"), 0, Seating::Quantity { capacity: 100 });
            d.sections = (0..count).map(hundred).collect();
            d.sections[0].seating = Seating::Quantity { capacity: 80_100 };
        })
    };
    assert!(many(200).is_empty());
    assert_eq!(many(201), ["/sections", "/sections"]);
}

#[test]
fn no_more_than_100_problems_are_listed() {
    let row = domain::RowDraft { row: "?".into(), seats: 0 };
    let paths = problem_paths(|d| d.sections[1].seating = Seating::Rows(vec![row.clone(); 5_001]));
    assert_eq!(paths.len(), 100);
}

#[test]
fn an_unsound_draft_is_refused() {
    let draft = ShowDraft { title: String::new(), ..draft() };
    let problems = draft.problems();
    given::<Show>([])
        .when(ShowCommand::Schedule { organizer: organizer(), draft })
        .then_refused(ShowRefusal::Invalid(problems));
}

#[test]
fn a_show_is_published_closed_and_published_again() {
    let closed = || [published(), vec![ShowEvent::ShowClosed {}]].concat();
    given::<Show>([scheduled()]).when(ShowCommand::Publish).then([ShowEvent::ShowPublished {}]);
    given::<Show>(published()).when(ShowCommand::Close).then([ShowEvent::ShowClosed {}]);
    given::<Show>(closed()).when(ShowCommand::Publish).then([ShowEvent::ShowPublished {}]);
}

#[test]
fn a_show_goes_nowhere_from_where_there_is_no_way() {
    let refused = |current_status| ShowRefusal::Transition { current_status };
    let cancelled = || [published(), vec![ShowEvent::ShowCancelled {}]].concat();
    given::<Show>([scheduled()]).when(ShowCommand::Close).then_refused(refused(ShowStatus::Draft));
    given::<Show>(published()).when(ShowCommand::Publish).then_refused(refused(ShowStatus::OnSale));
    given::<Show>(cancelled()).when(ShowCommand::Publish).then_refused(refused(ShowStatus::Cancelled));
    let retitle = revise(|d| d.title = "As You Like It".into());
    given::<Show>(cancelled()).when(retitle).then_refused(refused(ShowStatus::Cancelled));
    given::<Show>([]).when(ShowCommand::Publish).then_refused(ShowRefusal::NotScheduled);
}

#[test]
fn a_draft_may_change_in_every_way() {
    let smaller = section("floor", 1, Seating::Quantity { capacity: 1 });
    let after = given::<Show>([scheduled()]).when(revise(|d| d.sections = vec![smaller.clone()])).state();
    assert_eq!(after.details().unwrap().draft.sections, [smaller]);
}

#[test]
fn a_published_show_may_change_title_venue_times_and_grow() {
    let changes = revise(|d| {
        d.title = "As You Like It".into();
        d.venue = "Rose".into();
        d.starts_at += TimeDelta::days(1);
        d.time_zone = "UTC".into();
        d.sales_start_at = Some(noon());
        d.sales_end_at = Some(noon() + TimeDelta::days(1));
        d.sections[0].seating = Seating::Quantity { capacity: 6 };
        d.sections[1].seating = rows(&[("AA", 2), ("A", 7), ("B", 4), ("C", 1)]);
        d.sections.insert(0, section("box", 9_000, Seating::Quantity { capacity: 2 }));
    });
    assert_eq!(given::<Show>(published()).when(changes).state().details().unwrap().draft.capacity(), 22);
}

#[test]
fn a_published_show_keeps_what_people_have_bought() {
    type Change = fn(&mut ShowDraft);
    let cases: Vec<(&str, Change)> = vec![
        ("/currency", |d| d.currency = domain::Currency::EUR),
        ("/tax_basis_points", |d| d.tax_basis_points = 0),
        ("/hold_seconds", |d| d.hold_seconds = 60),
        ("/max_per_customer", |d| d.max_per_customer = Some(1)),
        ("/sections", |d| d.sections.truncate(1)),
        ("/sections/0/name", |d| d.sections[0].name = "Pit".into()),
        ("/sections/1/price", |d| d.sections[1].price += 1),
        ("/sections/0/capacity", |d| d.sections[0].seating = Seating::Quantity { capacity: 4 }),
        ("/sections/0/rows", |d| d.sections[0].seating = rows(&[("A", 5)])),
        ("/sections/1/capacity", |d| d.sections[1].seating = Seating::Quantity { capacity: 10 }),
        ("/sections/1/rows", |d| d.sections[1].seating = rows(&[("A", 6)])),
        ("/sections/1/rows", |d| d.sections[1].seating = rows(&[("B", 4), ("A", 6)])),
        ("/sections/1/rows/1/seats", |d| d.sections[1].seating = rows(&[("A", 6), ("B", 3)])),
    ];
    for (pointer, change) in cases {
        let refusal = ShowRefusal::Fixed { pointer: pointer.into() };
        given::<Show>(published()).when(revise(change)).then_refused(refusal);
    }
}

#[test]
fn a_revision_that_changes_nothing_adds_nothing() {
    given::<Show>(published()).when(revise(|_| {})).then_nothing();
}

#[test]
fn a_show_sells_only_between_start_and_end_of_its_sales() {
    let start = noon();
    let end = noon() + TimeDelta::days(1);
    let selling = ShowDraft { sales_start_at: Some(start), sales_end_at: Some(end), ..draft() };
    let scheduled = ShowEvent::ShowScheduled { organizer: organizer(), draft: selling };
    let show = given::<Show>([scheduled, ShowEvent::ShowPublished {}]).state();
    let moment = TimeDelta::microseconds(1);
    let sells = [start - moment, start, end - moment, end].map(|at| show.sells_at(at));
    assert_eq!(sells, [false, true, true, false]);
}

#[test]
fn no_command_does_anything_twice() {
    let histories = [
        vec![],
        vec![scheduled()],
        published(),
        [published(), vec![ShowEvent::ShowClosed {}]].concat(),
        [published(), vec![ShowEvent::ShowCancelled {}]].concat(),
    ];
    let commands = [
        ShowCommand::Schedule { organizer: organizer(), draft: draft() },
        revise(|d| d.title = "As You Like It".into()),
        ShowCommand::Publish,
        ShowCommand::Close,
    ];
    for history in &histories {
        for command in &commands {
            twice_adds_nothing(given::<Show>(history.clone()).state(), || command.clone());
        }
    }
}
