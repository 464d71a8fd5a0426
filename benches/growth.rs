//! What a city costs as it grows from 6 to 1,000 nodes, natively: `cargo bench --no-default-features --bench growth`. Prints
//! a table and draws it into docs/growth.svg.
//!
//! Full gossip, Redis's default timeouts, processes started over half a node timeout. Each size runs in a process of its own,
//! whose largest size is the memory told.
#![allow(clippy::print_stdout, reason = "printing figures is what this program is for")]

use std::error::Error;
use std::process::Command;
use std::time::Instant;

use cluster_city::cluster::time::SECOND;
use cluster_city::cluster::world::{Plan, World};
use plotters::prelude::*;

/// Masters; each has a replica.
const SIZES: [u16; 8] = [3, 6, 25, 50, 100, 200, 350, 500];
/// Virtual seconds measured after the city is open.
const SECONDS: u64 = 30;
/// Where the drawing goes.
const DRAWING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/growth.svg");

/// One size's figures, times in milliseconds of the clock on the wall.
struct Size {
    nodes: f64,
    opening: f64,
    middle: f64,
    dearest: f64,
    megabytes: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(masters) = std::env::var_os("CLUSTER_CITY_MASTERS") {
        let masters = masters.to_string_lossy().parse()?;
        println!("{}", measure(masters)?);
        return Ok(());
    }
    println!("| nodes | opening, ms | a virtual second, ms | the dearest of {SECONDS}, ms | memory, MB |");
    println!("|---|---|---|---|---|");
    let mut sizes = Vec::new();
    for masters in SIZES {
        let mut alone = Command::new(std::env::current_exe()?);
        let said = alone.env("CLUSTER_CITY_MASTERS", masters.to_string()).output()?;
        let said = String::from_utf8(said.stdout)?;
        let figures: Vec<f64> = said.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let [opening, middle, dearest, megabytes] = figures[..] else {
            return Err(format!("{masters} masters: {said}").into());
        };
        let nodes = f64::from(masters) * 2.0;
        println!("| {nodes} | {opening:.0} | {middle:.2} | {dearest:.1} | {megabytes:.0} |");
        sizes.push(Size { nodes, opening, middle, dearest, megabytes });
    }
    draw(&sizes)
}

/// Opening, the middle and the dearest second, and memory.
fn measure(masters: u16) -> Result<String, Box<dyn Error>> {
    let racks = masters.min(10);
    let small = Plan::small();
    let plan = Plan { masters, racks, start_spread: small.node_timeout / 2, ..small };
    let start = Instant::now();
    let mut world = World::new(&plan, 1)?;
    world.open(120 * SECOND);
    let opening = start.elapsed();
    let mut seconds: Vec<f64> = (0..SECONDS)
        .map(|_| {
            let start = Instant::now();
            world.run_until(world.now() + SECOND);
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    let (middle, dearest) = (seconds[seconds.len() / 2], seconds[seconds.len() - 1]);
    Ok(format!("{} {middle} {dearest} {}", opening.as_secs_f64() * 1e3, megabytes()))
}

/// The most memory that this process has had, where the system tells it.
fn megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1e3
}

/// Which of its figures a line of the drawing shows.
type Figure = fn(&Size) -> f64;

/// Both axes by powers of ten: a straight line of slope two is a cost that grows with the square.
fn draw(sizes: &[Size]) -> Result<(), Box<dyn Error>> {
    let area = SVGBackend::new(DRAWING, (720, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(16)
        .x_label_area_size(40)
        .y_label_area_size(64)
        .build_cartesian_2d((5.0..1_200.0).log_scale(), (0.001..100_000.0).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("nodes")
        .y_desc("ms by the clock on the wall, or MB")
        .x_label_formatter(&|nodes| format!("{nodes}"))
        .y_label_formatter(&|amount| format!("{amount}"))
        .light_line_style(TRANSPARENT)
        .draw()?;
    let lines: [(&str, RGBColor, Figure); 4] = [
        ("a virtual second", RGBColor(0, 90, 181), |size| size.middle),
        ("the dearest of 30", RGBColor(220, 50, 32), |size| size.dearest),
        ("opening", RGBColor(90, 90, 90), |size| size.opening),
        ("memory", RGBColor(0, 120, 80), |size| size.megabytes),
    ];
    for (name, colour, figure) in lines {
        let points = || sizes.iter().map(|size| (size.nodes, figure(size)));
        chart
            .draw_series(LineSeries::new(points(), colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        chart.draw_series(points().map(|point| Circle::new(point, 3, colour.filled())))?;
    }
    chart.configure_series_labels().position(SeriesLabelPosition::UpperLeft).border_style(BLACK).draw()?;
    area.present()?;
    println!("\nDrawn into docs/growth.svg.");
    Ok(())
}
