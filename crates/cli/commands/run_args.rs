//! The arguments that say which run is meant, and the run and its data found from them.

use std::path::{Path, PathBuf};

use clap::Args;
use wb_catalog::Catalog;
use wb_core::Ts;
use wb_engine::RunSpec;
use wb_kernel::StrategyEntry;
use wb_strategies::STRATEGIES;

use super::Global;
use crate::deployed::CODE_ID;
use crate::market::{Market, open_catalog};
use crate::models::ModelLibrary;
use crate::output::Progress;
use crate::sample;
use crate::settings::{Given, Project, RunRequest, SpecText, read_flag, resolve_run, split_assignment};

/// Which run is meant.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// A run spec: a file, or the name of one in config/runs [default: sma-cross]
    spec: Option<String>,
    /// Set a parameter of the strategy
    #[arg(long, value_name = "NAME=VALUE")]
    param: Vec<String>,
    /// First day, or instant in UTC
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Last day (included), or instant in UTC (not included)
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

/// A run with nothing left open, its data found.
pub(crate) struct ResolvedRun {
    /// The strategy's line in the table.
    pub(crate) entry: &'static StrategyEntry,
    /// The run.
    pub(crate) spec: RunSpec,
    /// Its data.
    pub(crate) market: Market,
    /// The folder that runs are stored in.
    pub(crate) experiments: PathBuf,
}

impl RunArgs {
    /// The run that these arguments and all settings make. `now` is when the sample series is imported, if it has to
    /// be.
    ///
    /// # Errors
    /// If settings, data or the strategy do not go together.
    pub(crate) fn resolve(
        &self,
        global: &Global,
        now: Ts,
        progress: &Progress,
    ) -> anyhow::Result<ResolvedRun> {
        let project = global.project()?;
        let spec_file = project.spec(self.spec.as_deref())?;
        ResolvedRun::of(&project, &spec_file, &self.flags(global)?, now, progress)
    }

    /// The layer of flags.
    fn flags(&self, global: &Global) -> anyhow::Result<Vec<Given>> {
        let mut flags = global.flags()?;
        for text in &self.param {
            let (name, value) = split_assignment("--param", text)?;
            flags.push(read_flag("--param", &format!("params.{name}"), value)?);
        }
        for (flag, path, text) in [("--from", "data.from", &self.from), ("--to", "data.to", &self.to)] {
            if let Some(text) = text {
                flags.push(read_flag(flag, path, text)?);
            }
        }
        Ok(flags)
    }
}

impl ResolvedRun {
    /// The run that a spec, flags and all settings make; `now` as in [`RunArgs::resolve`].
    ///
    /// # Errors
    /// If settings, data or the strategy do not go together.
    pub(super) fn of(
        project: &Project,
        spec: &SpecText,
        flags: &[Given],
        now: Ts,
        progress: &Progress,
    ) -> anyhow::Result<ResolvedRun> {
        let settings = project.settings(Some(spec), flags)?;
        let request = resolve_run(&settings, STRATEGIES, &spec.path, &project.root)?;
        let catalog = open_with_sample(&project.folder(&settings, "paths.data"), &request, now, progress)?;
        let entry = request.strategy;
        let market = Market::find(catalog, &request)?;
        let models = ModelLibrary::of(project, &settings).load(&request.models)?;
        let spec = market.run_spec(request, models, CODE_ID);
        Ok(ResolvedRun { entry, spec, market, experiments: project.folder(&settings, "paths.experiments") })
    }
}

/// The catalog, with the sample series in it where the run asks for it.
pub(super) fn open_with_sample(
    data: &Path,
    request: &RunRequest,
    now: Ts,
    progress: &Progress,
) -> anyhow::Result<Catalog> {
    let catalog = open_catalog(data)?;
    let names = request.roles.iter().flat_map(|(_, names)| names).chain(&request.benchmark);
    if !sample::is_wanted(&catalog, names) {
        return Ok(catalog);
    }
    progress.next("importing the sample series");
    sample::import(&catalog, now)?;
    open_catalog(data)
}
