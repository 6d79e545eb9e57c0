//! How often which return occurred.

use plotters::style::text_anchor::{HPos, VPos};

use crate::figures::histogram::Histogram;
use crate::palette::Ink;
use crate::plot::{self, Axis, Frame, Size};
use crate::ticks::{self, Scale};

/// A histogram of `returns`, of which there is at least one, with the normal density of the same mean and deviation
/// and a mark at the value at risk, a negative return, if there is one.
pub(crate) fn distribution(returns: &[f64], value_at_risk: Option<f64>, size: Size) -> String {
    let histogram = Histogram::of(returns);
    let (low, high) = (histogram.low, histogram.high());
    let most = histogram.counts.iter().copied().max().unwrap_or(1) as f64;
    let left = if size.is_narrow() { 40.0 } else { 48.0 };
    let frame = Frame { left, right: size.width - 8.0, top: 24.0, bottom: size.height - 26.0 };
    let x = Axis::new(low, high, ticks::of_numbers(low, high, (size.width / 80.0) as usize, Scale::Percent));
    let top = most * 1.08;
    let marks = ticks::of_numbers(0.0, top, 4, Scale::Plain);
    let marks = marks.into_iter().filter(|t| (t.at - t.at.round()).abs() < 1e-9).collect();
    let y = Axis::new(0.0, top, marks);
    plot::draw(size, "Histogram of returns", |sheet| {
        let panel = sheet.panel(frame, &x, &y);
        for (i, count) in histogram.counts.iter().enumerate() {
            let from = low + i as f64 * histogram.width;
            let gap = histogram.width * 0.06;
            let ink = if from + histogram.width * 0.5 < 0.0 { Ink::Loss } else { Ink::Gain };
            let upper = (from + histogram.width - gap, *count as f64);
            if *count > 0 {
                panel.block((from + gap, 0.0), upper, ink, 0.75);
            }
        }
        panel.line(normal(returns, &histogram), Ink::Quiet, 1.2);
        panel.line([(low, 0.0), (high, 0.0)], Ink::Axis, 1.0);
        if let Some(risk) = value_at_risk.filter(|risk| (low..=high).contains(risk)) {
            panel.line([(risk, 0.0), (risk, top)], Ink::Quiet, 1.0);
            panel.label("VaR 95%", (risk, top), (4.0, -3.0), Ink::Quiet, (HPos::Center, VPos::Bottom));
        }
    })
}

/// The normal density of the same mean and deviation, scaled to counts.
fn normal(returns: &[f64], histogram: &Histogram) -> Vec<(f64, f64)> {
    let n = returns.len() as f64;
    let mean = returns.iter().sum::<f64>() / n;
    let variance = returns.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
    if variance <= 0.0 {
        return Vec::new();
    }
    let scale = n * histogram.width / (2.0 * std::f64::consts::PI * variance).sqrt();
    let point = |i: usize| {
        let x = histogram.low + (histogram.high() - histogram.low) * i as f64 / 120.0;
        (x, scale * libm::exp(-(x - mean) * (x - mean) / (2.0 * variance)))
    };
    (0..=120).map(point).collect()
}
