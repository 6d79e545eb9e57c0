//! Tests of the whole sheet: against other libraries, at the edges, and by property.

use wb_core::{CivilDate, Interval, OrderId, OrderRequest, OrderState, Qty, Reject, Rng, Side, Ts};

use super::*;
use crate::example;
use crate::outcome::{Benchmark, OrderRecord};
use crate::returns::DailyReturns;

fn close(got: f64, want: f64) -> bool {
    (got - want).abs() <= 1e-10 * want.abs().max(1.0)
}

#[test]
fn figures_are_those_of_empyrical_and_quantstats() {
    // empyrical-reloaded 0.7.1 and quantstats 0.0.86, with r and b the series of `example` as pandas series.
    let expected = [
        ("total_return", "empyrical.cum_returns_final(r)", 0.5221559630707624),
        ("cagr", "empyrical.annual_return(r, annualization=365.25)", 2.2556675016677152),
        ("volatility", "empyrical.annual_volatility(r, annualization=252)", 0.20858705918486836),
        ("sharpe", "empyrical.sharpe_ratio(r, annualization=252)", 4.012845742102552),
        ("sharpe", "quantstats.stats.sharpe(r, periods=252)", 4.012845742102554),
        ("sortino", "empyrical.sortino_ratio(r, annualization=252)", 8.30345012724556),
        ("sortino", "quantstats.stats.sortino(r, periods=252)", 8.303450127245563),
        ("calmar", "empyrical.calmar_ratio(r, annualization=365.25)", 25.756600028843454),
        ("omega", "empyrical.omega_ratio(r)", 2.0953830542871645),
        ("tail_ratio", "empyrical.tail_ratio(r)", 1.452283464566929),
        ("skew", "quantstats.stats.skew(r)", 1.1789436139978193),
        ("kurtosis", "quantstats.stats.kurtosis(r)", 4.150518776612237),
        ("var_95", "empyrical.value_at_risk(r, 0.05)", -0.015875),
        ("var_99", "empyrical.value_at_risk(r, 0.01)", -0.023398000000000002),
        ("cvar_95", "empyrical.conditional_value_at_risk(r, 0.05)", -0.0205),
        ("cvar_99", "empyrical.conditional_value_at_risk(r, 0.01)", -0.0276),
        ("max_drawdown", "-empyrical.max_drawdown(r)", 0.08757629109205844),
        ("ulcer_index", "quantstats.stats.ulcer_index(r) * sqrt(129 / 130)", 0.023289090570841355),
        ("best_day", "quantstats.stats.best(r)", 0.0615),
        ("worst_day", "quantstats.stats.worst(r)", -0.0307),
        ("benchmark_return", "empyrical.cum_returns_final(b)", 0.5217561172934602),
        ("alpha", "empyrical.alpha(r, b, annualization=252)", 0.28252111705331506),
        ("beta", "empyrical.beta(r, b)", 0.6953313695511731),
        ("beta", "quantstats.stats.greeks(r, b).beta", 0.695331369551173),
        ("correlation", "sqrt(quantstats.stats.r_squared(r, b))", 0.8365704971629653),
        ("information_ratio", "quantstats.stats.information_ratio(r, b) * sqrt(252)", -0.06344267410279238),
        ("information_ratio", "empyrical.excess_sharpe(r, b) * sqrt(252)", -0.06344267410279265),
        ("tracking_error", "empyrical.annual_volatility(r - b, annualization=252)", 0.1374954168694627),
        ("up_capture", "empyrical.up_capture(r, b, period='yearly')", 0.7488599238808785),
        ("down_capture", "empyrical.down_capture(r, b, period='yearly')", 0.5268807291634123),
        ("psr", "quantstats.stats.probabilistic_sharpe_ratio(r)", 0.9993351829932366),
    ];
    let sheet = Tearsheet::of(&example::reference());
    for (key, call, want) in expected {
        let got = sheet.get(key).unwrap_or_else(|| panic!("{key} is absent"));
        assert!(close(got, want), "{key}: {got}, but {call} is {want}");
    }
}

#[test]
fn the_deepest_falls_are_those_of_quantstats() {
    // quantstats 0.0.86: stats.drawdown_details(stats.to_drawdown_series(r)), by depth. Its valley is a day on which
    // a bar ended; ours is that bar's end, the midnight after.
    let expected = [
        ("2023-01-29", 0.087_576_29),
        ("2023-01-08", 0.041_945_90),
        ("2023-02-25", 0.025_085_25),
        ("2023-03-12", 0.021_375_91),
        ("2023-05-08", 0.020_826_54),
        ("2023-04-12", 0.017_364_50),
        ("2023-05-11", 0.012_800_00),
        ("2023-04-21", 0.012_373_81),
        ("2023-03-25", 0.010_000_00),
        ("2023-05-04", 0.008_385_25),
    ];
    let sheet = Tearsheet::of(&example::reference());
    assert_eq!(sheet.drawdowns.len(), expected.len());
    for (drawdown, (valley, depth)) in sheet.drawdowns.iter().zip(expected) {
        let day = CivilDate::parse(valley).expect("a date").days_since_epoch() + 1;
        assert_eq!(drawdown.trough.date().days_since_epoch(), day, "{valley}");
        assert!((drawdown.depth - depth).abs() < 1e-8, "{} for {depth}", drawdown.depth);
    }
    // The deepest is under water from 2023-01-14 to 2023-02-14, so back at its peak with the bar of 2023-02-15.
    let seconds = |text| Ts::parse(text).map(|ts| ts.0 as f64 / 1e9);
    assert_eq!(sheet.get("max_drawdown_peak"), seconds("2023-01-13"));
    assert_eq!(sheet.get("max_drawdown_trough"), seconds("2023-01-29"));
    assert_eq!(sheet.get("max_drawdown_recovery"), seconds("2023-02-15"));
    assert_eq!(sheet.get("max_drawdown_length"), Some(33.0 * 86_400.0));
    assert_eq!(sheet.get("longest_drawdown"), Some(33.0 * 86_400.0));
}

/// The keys of the figures that have a value.
fn present(outcome: &Outcome) -> Vec<&'static str> {
    let sheet = Tearsheet::of(outcome);
    assert!(sheet.figures.iter().all(|f| f.value.is_none_or(f64::is_finite)), "{sheet:?}");
    assert!(sheet.drawdowns.iter().all(|d| d.depth.is_finite()), "{sheet:?}");
    sheet.figures.iter().filter(|f| f.value.is_some()).map(|f| f.key).collect()
}

/// What a run without any bar has.
const WITHOUT_A_BAR: [&str; 11] = [
    "start_equity",
    "trades",
    "fees",
    "slippage",
    "carry",
    "traded",
    "bars",
    "bars_per_year",
    "orders",
    "rejected_orders",
    "fills",
];

fn check_present(equity: &[f64], expected: &[&str]) {
    let mut got = present(&example::outcome(Interval::Days(1), 100.0, equity.to_vec()));
    got.retain(|key| !WITHOUT_A_BAR.contains(key));
    assert_eq!(got, expected, "{equity:?}");
}

#[test]
fn a_run_without_a_bar_has_no_figure_of_returns() {
    assert_eq!(present(&example::outcome(Interval::Days(1), 100.0, Vec::new())), WITHOUT_A_BAR);
}

#[test]
fn one_bar_has_a_return_and_nothing_that_needs_two() {
    check_present(
        &[101.0],
        &[
            "total_return",
            "net_profit",
            "final_equity",
            "exposure",
            "average_leverage",
            "max_drawdown",
            "ulcer_index",
            "best_day",
            "worst_day",
            "turnover",
            "start",
            "end",
        ],
    );
}

#[test]
fn equity_that_stands_still_has_no_ratio() {
    check_present(
        &[100.0; 300],
        &[
            "total_return",
            "cagr",
            "net_profit",
            "final_equity",
            "volatility",
            "exposure",
            "average_leverage",
            "max_drawdown",
            "ulcer_index",
            "best_day",
            "worst_day",
            "var_95",
            "var_99",
            "cvar_95",
            "cvar_99",
            "turnover",
            "start",
            "end",
        ],
    );
}

#[test]
fn once_equity_was_not_above_zero_nothing_that_rests_on_returns_is_known() {
    let expected = [
        "total_return",
        "net_profit",
        "final_equity",
        "exposure",
        "max_drawdown",
        "max_drawdown_peak",
        "max_drawdown_trough",
        "max_drawdown_length",
        "longest_drawdown",
        "ulcer_index",
        "turnover",
        "start",
        "end",
    ];
    check_present(&[110.0, 120.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], &expected);
    check_present(&[110.0, 120.0, -5.0, 50.0, 60.0, 40.0, 30.0, 20.0, 10.0], &expected);
    let ruined = example::outcome(Interval::Days(1), 100.0, vec![110.0, 0.0, 50.0]);
    assert_eq!(DailyReturns::of(&ruined).returns.len(), 2, "the last return is that of the day of ruin");
}

#[test]
fn no_input_makes_a_figure_that_is_not_a_number() {
    let odd = [0.0, -1.0, 1e-300, 1e300, f64::INFINITY, f64::NAN, 100.0];
    for start in odd {
        for (a, b) in odd.iter().flat_map(|a| odd.iter().map(move |b| (*a, *b))) {
            let mut outcome =
                example::outcome(Interval::Days(1), start, vec![a, b, 100.0, b, a, a, a, b, 90.0]);
            outcome.benchmark =
                Some(Benchmark { name: "b".to_string(), equity: outcome.equity.equity.clone() });
            outcome.equity.gross = vec![b; 9];
            present(&outcome);
        }
    }
}

#[test]
fn a_curve_with_a_hole_in_it_has_no_falls() {
    for equity in [vec![100.0, f64::NAN, 90.0], vec![f64::INFINITY, 100.0, 90.0]] {
        let sheet = Tearsheet::of(&example::outcome(Interval::Days(1), 100.0, equity));
        assert_eq!((sheet.get("max_drawdown"), sheet.get("ulcer_index")), (None, None));
        assert_eq!(sheet.drawdowns, []);
    }
    let broke = Tearsheet::of(&example::outcome(Interval::Days(1), 0.0, vec![1.0, 0.5]));
    assert_eq!((broke.get("max_drawdown"), broke.get("total_return")), (None, None));
}

#[test]
fn figures_do_not_depend_on_the_currency() {
    let seed = 7;
    let mut rng = Rng::new(seed);
    for _ in 0..20 {
        let walk = example::random_walk(&mut rng, 1000.0, 0.03, 400);
        // A power of two, so that every quotient keeps its bits.
        let scaled = walk.iter().map(|equity| equity * 1024.0).collect();
        let small = Tearsheet::of(&example::outcome(Interval::Minutes(60), 1000.0, walk));
        let large = Tearsheet::of(&example::outcome(Interval::Minutes(60), 1000.0 * 1024.0, scaled));
        for (a, b) in small.figures.iter().zip(&large.figures) {
            let factor = if a.unit == Unit::Money { 1024.0 } else { 1.0 };
            let bits = |value: Option<f64>| value.map(f64::to_bits);
            assert_eq!(bits(a.value.map(|value| value * factor)), bits(b.value), "seed {seed}: {}", a.key);
        }
        assert_eq!(small.drawdowns, large.drawdowns, "seed {seed}");
    }
}

#[test]
fn no_fall_is_deeper_than_the_deepest_pair_of_equities() {
    let seed = 8;
    let mut rng = Rng::new(seed);
    for _ in 0..30 {
        let walk = example::random_walk(&mut rng, 100.0, 0.05, 150);
        let curve: Vec<f64> = std::iter::once(100.0).chain(walk.iter().copied()).collect();
        let later = |row: usize| curve[row..].iter().fold(f64::INFINITY, |low, e| low.min(*e));
        let deepest = (0..curve.len()).map(|row| 1.0 - later(row) / curve[row]).fold(0.0, f64::max);
        let sheet = Tearsheet::of(&example::outcome(Interval::Days(1), 100.0, walk));
        let max = sheet.get("max_drawdown").expect("a curve has one");
        assert!(close(max, deepest), "seed {seed}: {max} for {deepest}");
        assert!((0.0..1.0).contains(&max), "seed {seed}");
        assert!(sheet.get("ulcer_index").expect("a curve has one") <= max, "seed {seed}");
        for d in &sheet.drawdowns {
            let in_order = d.peak < d.trough && d.recovery.is_none_or(|recovery| d.trough < recovery);
            assert!(in_order && d.depth <= max && d.depth > 0.0, "seed {seed}: {d:?}");
        }
        assert!(sheet.drawdowns.windows(2).all(|w| w[0].depth >= w[1].depth), "seed {seed}");
    }
}

#[test]
fn intraday_bars_have_ratios_by_bar_and_tails_by_day() {
    // 24 bars a day that lose 1 % in the first hour of each day and win 0.1 % in each of the others.
    let returns: Vec<f64> = (0..24 * 120).map(|bar| if bar % 24 == 0 { -0.01 } else { 0.001 }).collect();
    let sheet =
        Tearsheet::of(&example::outcome(Interval::Minutes(60), 50.0, example::compound(50.0, &returns)));
    let day = 0.99 * libm::pow(1.001, 23.0) - 1.0;
    for (key, want) in
        [("var_99", day), ("cvar_95", day), ("best_day", day), ("worst_day", day), ("tail_ratio", 1.0)]
    {
        let got = sheet.get(key).expect("there are enough days");
        assert!(close(got, want), "{key}: {got} for {want}");
    }
    // By bar: mean 13/24 e-3, mean square 123/24 e-6.
    let (n, mean, square) = (2880.0, 0.013 / 24.0, 123e-6 / 24.0);
    let deviation = ((square - mean * mean) * n / (n - 1.0_f64)).sqrt();
    let got = sheet.get("sharpe").expect("returns differ");
    let want = mean / deviation * (252.0_f64 * 24.0).sqrt();
    assert!(close(got, want), "{got} for {want}");
    assert!(close(
        sheet.get("sortino").expect("a loss"),
        mean / (1e-4_f64 / 24.0).sqrt() * 6048.0_f64.sqrt()
    ));
}

#[test]
fn what_was_held_and_traded_is_as_calculated_by_hand() {
    let mut outcome = example::outcome(Interval::Days(1), 1000.0, vec![1000.0, 1100.0, 900.0, 1000.0]);
    outcome.equity.gross = vec![0.0, 550.0, 900.0, 0.0];
    let fill = wb_core::Fill {
        order: OrderId(1),
        instrument: outcome.instruments[0].id,
        side: Side::Buy,
        price: wb_core::Price(5000),
        qty: Qty::new(10_000),
        fee: 0.5,
        slippage: 0.25,
        maker: false,
        ts: outcome.equity.ts[0],
    };
    outcome.fills = vec![fill, wb_core::Fill { side: Side::Sell, fee: -0.125, ..fill }];
    let order = OrderRecord {
        id: OrderId(1),
        submitted: fill.ts,
        request: OrderRequest::market(fill.instrument, Side::Buy, fill.qty),
        state: OrderState::Filled,
        filled: fill.qty,
        reject: None,
        updated: fill.ts,
    };
    let refused = OrderRecord { state: OrderState::Rejected, reject: Some(Reject::Margin), ..order.clone() };
    outcome.orders = vec![order, refused];
    outcome.carry = -3.0;
    let sheet = Tearsheet::of(&outcome);
    let expected = [
        ("exposure", 0.5),
        ("average_leverage", (0.5 + 1.0) / 4.0),
        ("traded", 1000.0),
        // Twice 10 units at 50, against a mean equity of 1000, in four days.
        ("turnover", 365.25 / 4.0),
        ("fees", 0.375),
        ("slippage", 0.5),
        ("carry", -3.0),
        ("orders", 2.0),
        ("rejected_orders", 1.0),
        ("fills", 2.0),
        ("bars", 4.0),
        ("bars_per_year", 252.0),
        ("start_equity", 1000.0),
        ("final_equity", 1000.0),
        ("net_profit", 0.0),
        ("start", 1_672_617_600.0),
        ("end", 1_672_617_600.0 + 3.0 * 86_400.0),
    ];
    for (key, want) in expected {
        let got = sheet.get(key).expect(key);
        assert!(close(got, want), "{key}: {got} for {want}");
    }
    assert_eq!(sheet.get("cagr"), None, "four days say nothing of a year");
}

#[test]
fn every_figure_has_one_key_in_snake_case_and_a_formula() {
    let sheet = Tearsheet::of(&example::reference());
    for (at, figure) in sheet.figures.iter().enumerate() {
        let key = figure.key;
        assert!(key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{key}");
        assert!(sheet.figures[..at].iter().all(|earlier| earlier.key != key), "{key} is there twice");
        assert!(!figure.label.is_empty() && formula(key).is_some_and(|text| !text.is_empty()), "{key}");
    }
    // Groups are not torn apart.
    let mut groups: Vec<_> = sheet.figures.iter().map(|f| f.group).collect();
    groups.dedup();
    let torn = groups.iter().enumerate().find(|(at, group)| groups[..*at].contains(group));
    assert_eq!(torn, None);
    assert_eq!((formula("no_such_figure"), sheet.get("no_such_figure")), (None, None));
}
