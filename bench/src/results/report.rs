//! The results as a page with charts.

use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

use super::{Figure, Line, Target, chart};
use crate::fallible::Fallible;

const PAGE: &str = "performance.md";
const CHARTS: &str = "performance";
const HEAD: &str = include_str!("page_head.md");

/// Reads a file of JSON lines.
pub(crate) fn read(file: &Path) -> Fallible<Vec<Line>> {
    let text = fs::read_to_string(file)?;
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// Writes the page and its charts into a directory.
pub(crate) fn write(lines: &[Line], directory: &Path) -> Fallible<()> {
    fs::create_dir_all(directory.join(CHARTS))?;
    fs::write(directory.join(PAGE), page(lines)?)?;
    for chart in chart::all(lines)? {
        fs::write(directory.join(CHARTS).join(format!("{}.svg", chart.name)), chart.svg)?;
    }
    Ok(())
}

/// The page.
pub(crate) fn page(lines: &[Line]) -> Fallible<String> {
    let mut page = HEAD.to_owned();
    figures(&mut page, "Targets", lines, |figure| figure.target.is_some())?;
    figures(&mut page, "Other figures", lines, |figure| figure.target.is_none())?;
    charts(&mut page, lines)?;
    audits(&mut page, lines)?;
    machine(&mut page, lines)?;
    Ok(page)
}

fn figures(page: &mut String, title: &str, lines: &[Line], shown: impl Fn(&Figure) -> bool) -> Fallible<()> {
    write!(page, "\n## {title}\n\n| figure | median | range | turns | target | met |\n")?;
    page.push_str("| --- | ---: | ---: | ---: | --- | --- |\n");
    for line in lines {
        let Line::Figure(figure) = line else { continue };
        if shown(figure) {
            row(page, figure)?;
        }
    }
    Ok(())
}

fn row(page: &mut String, figure: &Figure) -> Fallible<()> {
    let Figure { name, unit, median, min, max, turns, target, ok } = figure;
    let (median, min, max) = (number(*median), number(*min), number(*max));
    let target_said = target.map(said).unwrap_or_default();
    let met = target.map_or("", |_| if *ok { "yes" } else { "**no**" });
    writeln!(page, "| `{name}` | {median} {unit} | {min} – {max} | {turns} | {target_said} | {met} |")?;
    Ok(())
}

fn charts(page: &mut String, lines: &[Line]) -> Fallible<()> {
    page.push_str("\n## Turn by turn\n");
    for chart in chart::all(lines)? {
        writeln!(page, "\n![{}]({CHARTS}/{}.svg)", chart.title, chart.name)?;
    }
    Ok(())
}

fn audits(page: &mut String, lines: &[Line]) -> Fallible<()> {
    page.push_str("\n## Audits\n\n| after | right | what was compared |\n| --- | --- | --- |\n");
    for line in lines {
        let Line::Audit { measurement, ok, found } = line else { continue };
        writeln!(page, "| `{measurement}` | {} | {found} |", if *ok { "yes" } else { "**no**" })?;
    }
    Ok(())
}

fn machine(page: &mut String, lines: &[Line]) -> Fallible<()> {
    page.push_str("\n## Machine and settings\n");
    let runs: Vec<&[Line]> = lines
        .chunk_by(|_, next| !matches!(next, Line::Machine { .. }))
        .filter(|run| !run.is_empty())
        .collect();
    for run in &runs {
        let Some((Line::Machine { facts }, measured)) = run.split_first() else { continue };
        if runs.len() > 1 {
            let names: BTreeSet<&str> = measured.iter().filter_map(Line::measurement).collect();
            let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
            writeln!(page, "\n{}:", names.join(", "))?;
        }
        page.push_str("\n| what | value |\n| --- | --- |\n");
        for (name, value) in facts {
            writeln!(page, "| {name} | {value} |")?;
        }
    }
    Ok(())
}

fn said(target: Target) -> String {
    match target {
        Target::AtLeast(least) => format!("at least {least}"),
        Target::AtMost(most) => format!("at most {most}"),
    }
}

/// With separators from 10,000 on.
fn number(value: f64) -> String {
    if value.abs() < 10_000.0 {
        return value.to_string();
    }
    let digits = format!("{value:.0}");
    let grouped = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    grouped.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::results::Values;

    fn turn(turn: u32, floor: f64, product: f64) -> Line {
        let values = [("floor_per_second", floor), ("orders_per_second", product)];
        let values: Values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Line::Turn { measurement: "hot_show_writes".into(), turn, values }
    }

    fn lines() -> Vec<Line> {
        let ratio = Figure::of("hot_show_writes.ratio", "×", &[9.5, 12.0], Some(Target::AtLeast(10.0)));
        vec![
            Line::Machine { facts: [("cores".to_owned(), "2".to_owned())].into() },
            turn(1, 1_400.0, 14_200.0),
            turn(2, 1_500.0, 15_100.0),
            Line::Audit { measurement: "hot_show_writes".into(), ok: true, found: "7 orders".into() },
            Line::Figure(ratio.unwrap()),
        ]
    }

    #[test]
    fn the_page_says_what_the_lines_say() {
        let page = page(&lines()).unwrap();
        let body = page.strip_prefix(HEAD).unwrap();
        let expected = "
## Targets

| figure | median | range | turns | target | met |
| --- | ---: | ---: | ---: | --- | --- |
| `hot_show_writes.ratio` | 10.75 × | 9.5 – 12 | 2 | at least 10 | yes |

## Other figures

| figure | median | range | turns | target | met |
| --- | ---: | ---: | ---: | --- | --- |

## Turn by turn

![hot_show_writes](performance/hot_show_writes.svg)

## Audits

| after | right | what was compared |
| --- | --- | --- |
| `hot_show_writes` | yes | 7 orders |

## Machine and settings

| what | value |
| --- | --- |
| cores | 2 |
";
        assert_eq!(body, expected);
    }

    #[test]
    fn each_run_names_what_it_measured() {
        let mut two_runs = lines();
        two_runs.push(Line::Machine { facts: [("cores".to_owned(), "64".to_owned())].into() });
        two_runs.push(Line::Audit { measurement: "relay".into(), ok: true, found: "7 events".into() });
        let page = page(&two_runs).unwrap();
        let (_, machines) = page.split_once("## Machine and settings\n").unwrap();
        let expected = "
`hot_show_writes`:

| what | value |
| --- | --- |
| cores | 2 |

`relay`:

| what | value |
| --- | --- |
| cores | 64 |
";
        assert_eq!(machines, expected);
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!([1.5, 9_999.0, 10_000.0, 1_234_567.0].map(number), ["1.5", "9999", "10,000", "1,234,567"]);
    }

    #[test]
    fn the_page_in_docs_is_made_from_the_figures_beside_it() {
        let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs");
        let lines = read(&docs.join(CHARTS).join("figures.jsonl")).unwrap();
        assert_eq!(fs::read_to_string(docs.join(PAGE)).unwrap(), page(&lines).unwrap(), "run `bench report`");
    }
}
