//! The figures that a reader looks for first, and the run in one sentence.

use wb_core::Ts;
use wb_metrics::{Outcome, Tearsheet};

use crate::html::{escape, put};
use crate::number;

/// Key, its short name, and whether its sign colours it.
const HEADLINE: [(&str, &str, bool); 10] = [
    ("total_return", "Total return", true),
    ("cagr", "CAGR", true),
    ("sharpe", "Sharpe", false),
    ("sortino", "Sortino", false),
    ("max_drawdown", "Max drawdown", false),
    ("volatility", "Volatility", false),
    ("trades", "Trades", false),
    ("win_rate", "Win rate", false),
    ("profit_factor", "Profit factor", false),
    ("exposure", "Exposure", false),
];

/// The run in one sentence.
pub(crate) fn summary(outcome: &Outcome, tearsheet: &Tearsheet) -> String {
    let (Some(final_equity), Some(total)) = (tearsheet.get("final_equity"), tearsheet.get("total_return"))
    else {
        return "The run has no bar.".to_string();
    };
    let length = tearsheet.get("end").zip(tearsheet.get("start")).map_or(0.0, |(end, start)| end - start);
    let mut text = format!(
        "{} {} became {} ({}) over {}, after costs",
        number::money(outcome.start_equity),
        outcome.currency,
        number::money(final_equity),
        number::change(total),
        number::duration(length),
    );
    if let (Some(benchmark), Some(made)) = (&outcome.benchmark, tearsheet.get("benchmark_return")) {
        let compared = format!("; buy and hold of {} made {}", benchmark.name, number::change(made));
        text.push_str(&compared);
    }
    text.push('.');
    text
}

/// The headline figures as a list of terms.
pub(crate) fn headline(tearsheet: &Tearsheet) -> String {
    let mut out = String::from("<dl class=\"headline\">\n");
    for (key, name, coloured) in HEADLINE {
        let Some(figure) = tearsheet.figures.iter().find(|f| f.key == key) else { continue };
        let text = match (figure.value, coloured) {
            (Some(x), true) => number::change(x),
            (Some(x), false) if key == "max_drawdown" => number::percent(-x),
            _ => number::figure(figure),
        };
        let class = match figure.value {
            Some(x) if coloured && x > 0.0 => " class=\"gain\"",
            Some(x) if coloured && x < 0.0 => " class=\"loss\"",
            _ => "",
        };
        put(&mut out, format_args!("<div><dt>{name}</dt><dd{class}>{}</dd></div>\n", escape(&text)));
    }
    out.push_str("</dl>\n");
    out
}

/// From when to when, no finer than needed.
pub(crate) fn period(start: Ts, end: Ts) -> String {
    let same_day = start.date() == end.date();
    if same_day {
        return format!("{} to {}", number::instant(start), number::instant(end));
    }
    format!("{} to {}", start.date(), end.date())
}
