//! A walk-forward made up from a seed: windows over the time of a made-up run.

use wb_core::{Interval, Rng, Span, Ts};
use wb_metrics::{Outcome, Tearsheet, Unit};
use wb_report::{
    Efficiency, Goal, Link, Objective, SweepParameter, TrialFigure, WalkForwardPage, Window,
    walk_forward_page,
};

use crate::sample::Plan;

/// A made-up walk-forward.
pub(crate) struct WalkForwardSample {
    pub parameters: Vec<SweepParameter>,
    pub objective: Objective,
    pub figures: Vec<TrialFigure>,
    pub windows: Vec<Window>,
    pub efficiency: Option<Efficiency>,
    pub outcome: Outcome,
    pub tearsheet: Tearsheet,
}

impl WalkForwardSample {
    /// So many windows over a run of `bars` bars; in the last but one nothing is traded out of sample.
    pub(crate) fn of(seed: u64, windows: usize, bars: usize, interval: Interval) -> WalkForwardSample {
        let run = Plan { seed, bars, interval, trips: bars / 60, symbol: "WALK" }.sample();
        let ts = &run.outcome.equity.ts;
        let (start, end) = (ts[0], ts[ts.len() - 1]);
        let length = Span((end - start).0 / windows.max(1) as i64);
        let mut rng = Rng::for_part(seed, 3);
        let mut values = vec![18.0, 120.0, 0.03, 1.0, 0.95];
        let window = |i: usize| {
            let begin = Ts(start.0 + length.0 * i as i64);
            let mut near = |x: f64, by: f64, low: f64| (x + (rng.uniform() - 0.5) * by).max(low);
            values[0] = near(values[0], 6.0, 2.0).round();
            values[1] = (near(values[1], 60.0, 10.0) / 5.0).round() * 5.0;
            values[2] = near(values[2], 0.02, 0.01);
            let word = near(1.5, 3.0, 0.0);
            values[3] = if word > 2.0 { 2.0 } else { values[3] };
            let inside = near(1.6, 1.2, 0.2);
            let outside = near(inside * 0.4, 2.4, -2.0);
            let is_still = i + 2 == windows;
            let or_none = |x: f64| if is_still { f64::NAN } else { x };
            Window {
                train: (begin - Span(length.0 * 3), begin - Span(length.0 / 20)),
                test: (begin, begin + length),
                trials: 500,
                params: values.clone(),
                in_sample: inside,
                out_of_sample: or_none(outside),
                figures: vec![
                    (inside * 0.04, or_none(outside * 0.04)),
                    (44.0, if is_still { 0.0 } else { 15.0 }),
                ],
            }
        };
        let text = |text: &str| text.to_string();
        let parameter = |name: &str, space: &str, words: &[&str]| SweepParameter {
            name: text(name),
            doc: text("What it does."),
            space: text(space),
            words: words.iter().map(|w| text(w)).collect(),
        };
        WalkForwardSample {
            windows: (0..windows).map(window).collect(),
            parameters: vec![
                parameter("fast", "2 to 50", &[]),
                parameter("slow", "10 to 250, step 5", &[]),
                parameter("stop_loss", "0.01 to 0.1", &[]),
                parameter("average", "simple, exponential, weighted", &["simple", "exponential", "weighted"]),
                parameter("weight", "0.95, fixed", &[]),
            ],
            objective: Objective { label: text("Sharpe"), unit: Unit::Ratio, goal: Goal::High },
            figures: [("Return", Unit::Percent), ("Trades", Unit::Count)]
                .map(|(label, unit)| TrialFigure { label: text(label), unit })
                .into(),
            efficiency: Some(Efficiency {
                value: 0.42,
                method: text("Annualised return out of sample over that in sample, means over all windows."),
            }),
            outcome: run.outcome,
            tearsheet: run.tearsheet,
        }
    }

    /// Its page.
    pub(crate) fn page(&self) -> String {
        let text = |text: &str| text.to_string();
        walk_forward_page(&WalkForwardPage {
            title: "sma-cross on binance:NEARUSDT, 1m: walk-forward",
            verdict: &[
                text("Out of sample the strategy kept 42% of what it made in sample."),
                text("Its parameters move a lot from window to window."),
            ],
            facts: &[text("20 rolling windows of 60d and 20d"), text("purge 1d"), text("seed 7")],
            links: &[Link { text: text("Sweep over all data"), href: text("../91ab33/report.html") }],
            parameters: &self.parameters,
            objective: &self.objective,
            figures: &self.figures,
            windows: &self.windows,
            efficiency: self.efficiency.as_ref(),
            outcome: &self.outcome,
            tearsheet: &self.tearsheet,
            method: &[(text("Mode"), text("rolling")), (text("Method"), text("sobol"))],
            warnings: &[text("In 1 window nothing was traded.")],
            provenance: &[(text("Walk-forward"), text("91ab33"))],
            spec_text: "[walk_forward]\nmode = \"rolling\"\n",
        })
    }
}
