//! A run, fully resolved, and its canonical text.

use std::fmt::Write;

use wb_core::{Interval, ParamSet, ParamValue, Ts};
use wb_kernel::{Execution, Model, RiskLimits};
use wb_sim::SimConfig;

/// Everything that determines a run's result. The run's id is the hash of [`RunSpec::canonical`].
///
/// What does not determine it (time, host, number of threads) is not here.
#[derive(Clone, PartialEq, Debug)]
pub struct RunSpec {
    /// Name in the table of strategies.
    pub strategy: String,
    /// Every parameter of the strategy.
    pub params: ParamSet,
    /// Role to `venue:SYMBOL` names, in the order of the spec. A role of several names is a universe.
    pub roles: Vec<(String, Vec<String>)>,
    /// Length of the bars.
    pub interval: Interval,
    /// Data begins here (inclusive: bars whose interval begins at or after it).
    pub from: Ts,
    /// Data ends here (exclusive: bars whose interval ends at or before it).
    pub to: Ts,
    /// `venue:SYMBOL` of the benchmark.
    pub benchmark: Option<String>,
    /// The simulated venue and account.
    pub simulation: SimConfig,
    /// Risk limits.
    pub risk: RiskLimits,
    /// How the way to a target becomes orders.
    pub execution: Execution,
    /// The models that the strategy may use.
    pub models: Vec<Model>,
    /// Fingerprint of the data sets read, in the order of the instruments, benchmark last.
    pub data: Vec<String>,
    /// Hash of the sources of all pure crates and strategies.
    pub code_id: String,
}

impl RunSpec {
    /// One line a fact, in a fixed order: the text that is hashed into the run's id.
    pub fn canonical(&self) -> String {
        let mut text = String::from("workbench run 1\n");
        let mut line = |key: &str, value: &dyn std::fmt::Display| {
            writeln!(text, "{key} = {value}").expect("a string takes any text");
        };
        line("strategy", &self.strategy);
        for (name, value) in self.params.iter() {
            match value {
                // A text may have lines of its own.
                ParamValue::Text(text) => line(&format!("param.{name}"), &format_args!("{text:?}")),
                // What the file holds, not where it lies.
                ParamValue::Targets(table) => line(&format!("param.{name}"), &table.hash),
                value => line(&format!("param.{name}"), value),
            }
        }
        for (role, names) in &self.roles {
            line(&format!("instruments.{role}"), &names.join(" "));
        }
        line("interval", &self.interval);
        line("from", &self.from);
        line("to", &self.to);
        line("benchmark", &self.benchmark.as_deref().unwrap_or("none"));
        line("simulation", &format_args!("{:?}", self.simulation));
        line("risk", &format_args!("{:?}", self.risk));
        if self.execution != Execution::Market {
            line("execution", &format_args!("{:?}", self.execution));
        }
        for model in &self.models {
            line(&format!("model.{}", model.name), &model.identity());
        }
        for fingerprint in &self.data {
            line("data", fingerprint);
        }
        line("code", &self.code_id);
        text
    }
}
