//! A resolved run as a spec file: what is stored with a run, and runs again as it is.

use std::fmt::Write;

use toml::Value;
use wb_core::{ParamKind, ParamValue};
use wb_engine::RunSpec;
use wb_kernel::{Execution, Model, Patience};
use wb_sim::FillModel;

/// The text of `spec.toml`: every key with its value, and in comments what a spec cannot set.
pub(crate) fn spec_text(spec: &RunSpec) -> String {
    let mut text = String::from("# A run, fully resolved. `workbench backtest` runs this file again.\n");
    let mut line = |args: std::fmt::Arguments<'_>| writeln!(text, "{args}").expect("a string takes any text");
    line(format_args!("strategy = {}", quoted(&spec.strategy)));
    if !spec.models.is_empty() {
        let references = spec.models.iter().map(|model| format!("{}@{}", model.name, model.version));
        line(format_args!("models = {}", Value::from(references.collect::<Vec<_>>())));
        line(format_args!("inference = {}", inline([("runtime", quoted(runtime(&spec.models)))])));
    }

    line(format_args!("\n[params]"));
    for (name, value) in spec.params.iter() {
        line(format_args!("{name} = {}", param(value, spec.params.declared(name))));
    }

    line(format_args!("\n[data]"));
    line(format_args!("instruments = {}", roles(&spec.roles)));
    line(format_args!("interval = {}", quoted(&spec.interval.to_string())));
    line(format_args!("from = {}", quoted(&spec.from.to_string())));
    line(format_args!("to = {}", quoted(&spec.to.to_string())));
    if let Some(benchmark) = &spec.benchmark {
        line(format_args!("benchmark = {}", quoted(benchmark)));
    }

    let config = &spec.simulation;
    line(format_args!("\n[account]"));
    line(format_args!("cash = {}", number(config.cash)));
    line(format_args!("leverage = {}", number(config.leverage)));
    line(format_args!("maintenance_margin = {}", number(config.maintenance_margin)));

    let fill = match config.fill {
        FillModel::NextOpen => "next-open",
        FillModel::ThisClose => "this-close",
    };
    let (fees, slippage, latency) = (&config.fees, &config.slippage, &config.latency);
    let fees = [
        ("taker_bps", number(fees.taker_bps)),
        ("maker_bps", number(fees.maker_bps)),
        ("per_unit", number(fees.per_unit)),
        ("per_order", number(fees.per_order)),
        ("minimum", number(fees.minimum)),
    ];
    let slippage = [
        ("bps", number(slippage.bps)),
        ("half_spread", number(slippage.half_spread)),
        ("impact_bps", number(slippage.impact_bps)),
    ];
    let latency = [("feed", latency.feed), ("order", latency.order), ("report", latency.report)];
    line(format_args!("\n[simulation]"));
    line(format_args!("fill = {}", quoted(fill)));
    line(format_args!("fees = {}", inline(fees)));
    line(format_args!("slippage = {}", inline(slippage)));
    line(format_args!("latency = {}", inline(latency.map(|(leg, span)| (leg, quoted(&span.to_string()))))));
    let participation = config.max_participation.map_or_else(|| quoted("none"), number);
    line(format_args!("max_participation = {participation}"));
    line(format_args!("borrow_bps = {}", number(config.borrow_bps)));

    line(format_args!("\n[execution]"));
    match spec.execution {
        Execution::Market => line(format_args!("order = \"market\"")),
        Execution::Limit(Patience { offset_bps, cross_after }) => {
            line(format_args!("order = \"limit\""));
            line(format_args!("offset_bps = {}", number(offset_bps)));
            line(format_args!("cross_after = {cross_after}"));
        }
    }

    line(format_args!("\n# Not for a spec to set, and part of the run's id:"));
    line(format_args!("# risk = {:?}", spec.risk));
    for (name, value) in spec.params.iter() {
        if let ParamValue::Targets(table) = value {
            line(format_args!("# {name} = {}", table.hash));
        }
    }
    for model in &spec.models {
        line(format_args!("{}", model_line(model)));
    }
    for fingerprint in &spec.data {
        line(format_args!("# data = {fingerprint}"));
    }
    line(format_args!("# code = {}", spec.code_id));
    text
}

/// The value; with its range where the spec and not the strategy declares that.
fn param(value: &ParamValue, declared: Option<&ParamKind>) -> String {
    let value = match value {
        ParamValue::Int(x) => x.to_string(),
        ParamValue::Float(x) => number(*x),
        ParamValue::Bool(x) => x.to_string(),
        ParamValue::Choice(x) => quoted(x),
        ParamValue::Text(x) => quoted(x),
        ParamValue::Targets(x) => quoted(&x.source),
    };
    let (range, step) = match declared {
        Some(ParamKind::Int { min, max, step }) => (format!("{min}..={max}"), Some(step.to_string())),
        Some(ParamKind::Float { min, max, step }) => {
            (format!("{}..={}", number(*min), number(*max)), step.map(number))
        }
        _ => return value,
    };
    let mut parts = vec![("value", value), ("range", quoted(&range))];
    parts.extend(step.map(|step| ("step", step)));
    inline(parts)
}

/// What a stored spec says of a model beside its name: in a comment, for it is no setting.
pub(crate) fn model_line(model: &Model) -> String {
    format!("# model {} = {}", model.name, model.identity())
}

/// The setting by which these models get the runtimes that they have: where they differ, each has what its card names.
fn runtime(models: &[Model]) -> &str {
    let mut kinds = models.iter().map(|model| model.runtime.split(' ').next().unwrap_or_default());
    let first = kinds.next().unwrap_or("card");
    if kinds.all(|kind| kind == first) { first } else { "card" }
}

/// Roles keep their order: instruments are numbered in it.
fn roles(roles: &[(String, Vec<String>)]) -> String {
    inline(roles.iter().map(|(role, names)| {
        let value = match &names[..] {
            [one] => quoted(one),
            many => Value::from(many.to_vec()).to_string(),
        };
        (role.as_str(), value)
    }))
}

fn inline<'a>(entries: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let entries: Vec<String> = entries.into_iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", entries.join(", "))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn number(x: f64) -> String {
    Value::from(x).to_string()
}

#[cfg(test)]
mod tests {
    use wb_core::Ts;
    use wb_strategies::STRATEGIES;

    use super::*;
    use crate::settings::{Project, RunRequest, SpecText, When, resolve_run};

    /// What a spec file asks for in a project that has settings of its own.
    fn resolve(project: &Project, text: &str) -> RunRequest {
        let file = SpecText { path: "x.toml".to_string(), text: text.to_string() };
        let settings = project.settings(Some(&file), &[]).expect("good settings");
        resolve_run(&settings, STRATEGIES, "x.toml", &project.root).expect("a good spec")
    }

    fn spec(request: RunRequest, from: Ts, to: Ts) -> RunSpec {
        RunSpec {
            strategy: request.strategy.name.to_string(),
            params: request.params,
            roles: request.roles,
            interval: request.interval,
            from,
            to,
            benchmark: request.benchmark,
            simulation: request.simulation,
            risk: request.risk,
            execution: request.execution,
            models: vec![],
            data: vec!["fingerprint".to_string()],
            code_id: "code".to_string(),
        }
    }

    #[test]
    fn a_stored_spec_asks_for_the_same_run_again_whatever_the_project_says() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let project = Project::find(Some(folder.path()), None).expect("it exists");
        let given = "strategy = \"pairs\"\nparams = { window = 20, exit_z = 0.25 }\n[data]\n\
                     instruments = { hedge = \"v:A\\\"B\", base = \"v:C\" }\ninterval = \"1h\"\n\
                     [simulation]\nlatency = { feed = \"5ms\" }\nfees = { per_order = 0.1 }\n";
        let (from, to) = (Ts::from_seconds(1), Ts(1_600_000_000_000_000_001));
        let first = spec(resolve(&project, given), from, to);
        assert_eq!(first.roles[0].0, "hedge");
        let text = spec_text(&first);

        std::fs::create_dir(folder.path().join("config")).expect("a writable folder");
        let other = "[account]\ncash = 7\n[simulation]\nmax_participation = 0.5\nborrow_bps = 9\n[execution]\norder = \"limit\"\n";
        std::fs::write(folder.path().join("config/workbench.toml"), other).expect("a writable folder");
        let again = resolve(&project, &text);
        assert_eq!((again.from, again.to), (Some(When::At(from)), Some(When::At(to))));
        assert_eq!(spec(again, from, to).canonical(), first.canonical(), "{text}");
    }

    #[test]
    fn rules_come_back_with_their_texts_and_the_ranges_of_their_parameters() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let project = Project::find(Some(folder.path()), None).expect("it exists");
        let given = "strategy = \"rules\"\n[params]\nlong = '''close > sma(close, $n)\nand $level < 1'''\n\
             n = { value = 10, range = \"2..=50\", step = 2 }\nlevel = { value = 0.5, range = \"0..=1\" }\n\
             size = 0.5\n[execution]\norder = \"limit\"\noffset_bps = -1.5\ncross_after = 3\n[data]\ninstruments = { base = [\"v:A\", \"v:B\"], btc = \"v:C\" }\ninterval = \"1h\"\n";
        let (from, to) = (Ts::from_seconds(1), Ts::from_seconds(2));
        let first = spec(resolve(&project, given), from, to);
        assert_eq!(first.execution, Execution::Limit(Patience { offset_bps: -1.5, cross_after: 3 }));
        assert_eq!(first.params.declared("n"), Some(&ParamKind::Int { min: 2, max: 50, step: 2 }));
        assert_eq!(
            first.params.declared("level"),
            Some(&ParamKind::Float { min: 0.0, max: 1.0, step: None })
        );
        let again = spec(resolve(&project, &spec_text(&first)), from, to);
        assert_eq!(again, first, "{}", spec_text(&first));
        assert_eq!(again.canonical(), first.canonical());
    }
}
