//! Charts: floor and product, turn by turn.

use plotters::prelude::*;

use super::{Line, Values};
use crate::fallible::Fallible;

const SIZE: (u32, u32) = (720, 280);
const PRODUCT: RGBColor = RGBColor(31, 119, 180);
const FLOOR: RGBColor = RGBColor(127, 127, 127);
const FLOOR_VALUE: &str = "floor_per_second";

/// A chart.
pub(crate) struct Chart {
    /// Its file's name, less the ending.
    pub(crate) name: String,
    /// What it shows.
    pub(crate) title: String,
    /// The picture.
    pub(crate) svg: String,
}

/// One for each measurement that has a floor.
pub(crate) fn all(lines: &[Line]) -> Fallible<Vec<Chart>> {
    let mut names: Vec<&str> =
        lines.iter().filter_map(|line| with_floor(line).map(|(name, _)| name)).collect();
    names.dedup();
    names.into_iter().map(|name| chart(name, lines)).collect()
}

fn with_floor(line: &Line) -> Option<(&str, &Values)> {
    match line {
        Line::Turn { measurement, values, .. } if values.contains_key(FLOOR_VALUE) => {
            Some((measurement, values))
        }
        Line::Turn { .. } | Line::Machine { .. } | Line::Audit { .. } | Line::Figure(_) => None,
    }
}

fn chart(name: &str, lines: &[Line]) -> Fallible<Chart> {
    let turns = lines.iter().filter_map(with_floor).filter(|(measurement, _)| *measurement == name);
    let (floor, product): (Vec<f64>, Vec<f64>) = turns
        .map(|(_, values)| {
            let product =
                values.iter().find(|(name, _)| *name != FLOOR_VALUE && name.ends_with("_per_second"));
            (values[FLOOR_VALUE], product.map_or(0.0, |(_, value)| *value))
        })
        .unzip();
    let mut svg = String::new();
    draw(&mut svg, name, &floor, &product)?;
    Ok(Chart { name: name.replace('.', "_"), title: name.to_owned(), svg })
}

fn draw(svg: &mut String, title: &str, floor: &[f64], product: &[f64]) -> Fallible<()> {
    let most = floor.iter().chain(product).copied().fold(1.0, f64::max);
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 16))
        .margin(10)
        .x_label_area_size(30)
        .y_label_area_size(70)
        .build_cartesian_2d(0..floor.len() + 1, 0.0..most * 1.1)?;
    chart
        .configure_mesh()
        .x_desc("turn")
        .y_desc("per second")
        .x_labels(floor.len() + 2)
        .y_label_formatter(&|value| format!("{value:.0}"))
        .draw()?;
    for (label, values, color) in [("Stagedoor", product, PRODUCT), ("floor", floor, FLOOR)] {
        let points: Vec<(usize, f64)> =
            values.iter().enumerate().map(|(turn, value)| (turn + 1, *value)).collect();
        chart.draw_series(points.iter().map(|point| Circle::new(*point, 4, color.filled())))?;
        chart
            .draw_series(LineSeries::new(points, color.stroke_width(2)))?
            .label(label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    chart.configure_series_labels().background_style(WHITE.mix(0.8)).border_style(FLOOR).draw()?;
    area.present()?;
    Ok(())
}
