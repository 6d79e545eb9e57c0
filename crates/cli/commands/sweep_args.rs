//! The arguments that say which sweep is meant, and the sweep and its data found from them.

use clap::Args;
use wb_core::Ts;
use wb_engine::{RunInput, RunSpec};
use wb_store::{Dataset, Provenance, RunStore};
use wb_strategies::STRATEGIES;

use super::Global;
use super::run_args::open_with_sample;
use crate::execute::hostname;
use crate::market::{Market, RunBars};
use crate::models::{ModelLibrary, model_versions};
use crate::output::Progress;
use crate::page::title;
use crate::settings::{Given, SpecText, read_flag, resolve_run};
use crate::sweep::SweepPlan;

/// Which sweep is meant.
#[derive(Args, Debug)]
pub(crate) struct SweepArgs {
    /// A sweep spec: a file, or the name of one in config/sweeps
    pub(crate) sweep: String,
    /// How parameters are searched
    #[arg(long, value_name = "NAME")]
    method: Option<String>,
    /// Number of trials
    #[arg(long, value_name = "N")]
    trials: Option<String>,
    /// What all randomness comes from
    #[arg(long, value_name = "SEED")]
    seed: Option<String>,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
}

/// A sweep with nothing left open, its data found.
pub(crate) struct ResolvedSweep {
    /// What is searched, how, and what is best.
    pub(crate) plan: SweepPlan,
    /// The run that all trials have in common.
    pub(crate) base: RunSpec,
    /// Its data.
    pub(crate) market: Market,
    /// Where runs and sweeps are stored.
    pub(crate) store: RunStore,
    /// The sweep spec.
    pub(crate) file: SpecText,
}

impl SweepArgs {
    /// The sweep that these arguments and all settings make. `now` is when the sample series is imported, if it has to
    /// be.
    ///
    /// # Errors
    /// If settings, data, strategy and search do not go together.
    pub(crate) fn resolve(
        &self,
        global: &Global,
        now: Ts,
        progress: &Progress,
    ) -> anyhow::Result<ResolvedSweep> {
        let project = global.project()?;
        let file = project.sweep(&self.sweep)?;
        let (settings, base) = project.sweep_settings(&file, &self.flags(global)?)?;
        let request = resolve_run(&settings, STRATEGIES, &base.path, &project.root)?;
        let plan = SweepPlan::resolve(&settings, &request)?;
        // Whatever is wrong with the search is said before data are read.
        plan.searcher()?;
        let catalog = open_with_sample(&project.folder(&settings, "paths.data"), &request, now, progress)?;
        let market = Market::find(catalog, &request)?;
        let models = ModelLibrary::of(&project, &settings).load(&request.models)?;
        let base = market.run_spec(request, models, env!("WORKBENCH_CODE_ID"));
        let store = RunStore::open(project.folder(&settings, "paths.experiments"));
        Ok(ResolvedSweep { plan, base, market, store, file })
    }

    /// Threads to use.
    pub(crate) fn jobs(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.map_or_else(all, usize::from)
    }

    /// The layer of flags.
    fn flags(&self, global: &Global) -> anyhow::Result<Vec<Given>> {
        let mut flags = global.flags()?;
        let own = [
            ("--method", "method.name", &self.method),
            ("--trials", "method.trials", &self.trials),
            ("--seed", "method.seed", &self.seed),
        ];
        for (flag, path, text) in own {
            if let Some(text) = text {
                flags.push(read_flag(flag, path, text)?);
            }
        }
        Ok(flags)
    }
}

impl ResolvedSweep {
    /// The base run over these bars.
    pub(crate) fn input<'a>(&'a self, bars: &'a RunBars) -> RunInput<'a> {
        RunInput {
            entry: self.plan.strategy,
            spec: &self.base,
            instruments: self.market.instruments.clone(),
            bars: bars.traded(),
            benchmark: bars.benchmark(),
        }
    }

    /// How a sweep that begins now comes about.
    pub(crate) fn provenance(&self, started: Ts) -> Provenance {
        Provenance {
            title: title(&self.base),
            strategy: self.base.strategy.clone(),
            sweep: None,
            workbench: env!("CARGO_PKG_VERSION").to_string(),
            code_id: self.base.code_id.clone(),
            started,
            duration_s: 0.0,
            host: hostname(),
            versions: model_versions(&self.base.models),
            warnings: Vec::new(),
            data: self.market.datasets().map(|(name, fingerprint)| Dataset { name, fingerprint }).collect(),
        }
    }
}
