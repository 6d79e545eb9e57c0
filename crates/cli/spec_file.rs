//! A resolved run as a spec file: what is stored with a run, and runs again as it is.

use toml::{Table, Value};
use wb_core::{ParamValue, Span};
use wb_engine::RunSpec;
use wb_sim::{FillModel, SimConfig};

/// The text of `spec.toml`: every key with its value, and in comments what a spec cannot set.
pub(crate) fn spec_text(spec: &RunSpec) -> String {
    let mut top = Table::new();
    top.insert("strategy".into(), spec.strategy.clone().into());
    top.insert(
        "params".into(),
        spec.params.iter().map(|(k, v)| (k.to_string(), param(v))).collect::<Table>().into(),
    );
    top.insert("data".into(), data(spec).into());
    top.insert("account".into(), account(&spec.simulation).into());
    top.insert("simulation".into(), simulation(&spec.simulation).into());
    let body = toml::to_string(&top).expect("plain tables have a text");

    let mut text = String::from("# A run, fully resolved. `workbench backtest` runs this file again.\n");
    text.push_str(&body);
    text.push_str("\n# Held besides, and part of the run's id:\n");
    text.push_str(&format!("# risk = {:?}\n", spec.risk));
    for fingerprint in &spec.data {
        text.push_str(&format!("# data = {fingerprint}\n"));
    }
    text.push_str(&format!("# code = {}\n", spec.code_id));
    text
}

fn param(value: &ParamValue) -> Value {
    match value {
        ParamValue::Int(x) => Value::Integer(*x),
        ParamValue::Float(x) => Value::Float(*x),
        ParamValue::Bool(x) => Value::Boolean(*x),
        ParamValue::Choice(x) => Value::String(x.clone()),
    }
}

fn data(spec: &RunSpec) -> Table {
    let role = |(role, names): &(String, Vec<String>)| {
        let value = match &names[..] {
            [one] => Value::from(one.clone()),
            many => Value::from(many.to_vec()),
        };
        (role.clone(), value)
    };
    let mut table = Table::new();
    table.insert("instruments".into(), spec.roles.iter().map(role).collect::<Table>().into());
    table.insert("interval".into(), spec.interval.to_string().into());
    table.insert("from".into(), spec.from.to_string().into());
    table.insert("to".into(), spec.to.to_string().into());
    if let Some(benchmark) = &spec.benchmark {
        table.insert("benchmark".into(), benchmark.clone().into());
    }
    table
}

fn account(config: &SimConfig) -> Table {
    numbers(&[
        ("cash", config.cash),
        ("leverage", config.leverage),
        ("maintenance_margin", config.maintenance_margin),
    ])
}

fn simulation(config: &SimConfig) -> Table {
    let mut table = Table::new();
    let fill = match config.fill {
        FillModel::NextOpen => "next-open",
        FillModel::ThisClose => "this-close",
    };
    table.insert("fill".into(), fill.into());
    let fees = &config.fees;
    let fees = numbers(&[
        ("taker_bps", fees.taker_bps),
        ("maker_bps", fees.maker_bps),
        ("per_unit", fees.per_unit),
        ("per_order", fees.per_order),
        ("minimum", fees.minimum),
    ]);
    let slippage = &config.slippage;
    let slippage = numbers(&[
        ("bps", slippage.bps),
        ("half_spread", slippage.half_spread),
        ("impact_bps", slippage.impact_bps),
    ]);
    let latency = &config.latency;
    let leg = |name: &str, span: Span| (name.to_string(), Value::from(span.to_string()));
    let latency = [leg("feed", latency.feed), leg("order", latency.order), leg("report", latency.report)];
    if let Some(share) = config.max_participation {
        table.insert("max_participation".into(), share.into());
    }
    table.insert("borrow_bps".into(), config.borrow_bps.into());
    table.insert("fees".into(), fees.into());
    table.insert("slippage".into(), slippage.into());
    table.insert("latency".into(), latency.into_iter().collect::<Table>().into());
    table
}

fn numbers(values: &[(&str, f64)]) -> Table {
    values.iter().map(|(name, x)| (name.to_string(), Value::Float(*x))).collect()
}
