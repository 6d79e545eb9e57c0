//! A sweep as asked for: what is searched, how, and what is best.

use std::fmt::Write;

use wb_core::{ParamKind, ParamSet, ParamSpec, Span};
use wb_engine::RunSpec;
use wb_engine::walk_forward::WindowLengths;
use wb_kernel::StrategyEntry;
use wb_metrics::Folds;
use wb_search::{Method, Narrow, SearchError, SearchOptions, Searcher, Space, searcher};
use wb_store::RunId;

use crate::error::UserError;
use crate::settings::{RunRequest, Settings, Value};
use crate::suggest::did_you_mean;
use crate::sweep::constraint::Constraint;
use crate::sweep::objective::{Objective, figure};
use crate::sweep::space::{narrows, space};

/// Figures that are kept where the spec names none: a sweep can compute each of them as it goes.
const FIGURES: [&str; 8] =
    ["total_return", "sharpe", "sortino", "calmar", "max_drawdown", "exposure", "trades", "fees"];

/// The line in `spec.toml` below which the base run stands, in comments.
pub(crate) const BASE_HEADING: &str = "# The base run:";

/// The figure by which luck is judged, whatever is searched for.
pub(crate) const SHARPE: &str = "sharpe";

/// A sweep, resolved but for its data.
pub(crate) struct SweepPlan {
    /// The strategy's line in the table.
    pub(crate) strategy: &'static StrategyEntry,
    /// Its parameters.
    pub(crate) specs: Vec<ParamSpec>,
    /// The parameters of the base run.
    pub(crate) base: ParamSet,
    /// What is searched of them.
    pub(crate) space: Space,
    /// The same as it was written.
    narrows: Vec<(String, Narrow)>,
    /// What is best; the first ranks.
    pub(crate) objectives: Vec<Objective>,
    /// What a trial must satisfy.
    pub(crate) constraints: Vec<Constraint>,
    /// Keys of the figures that are kept: those of objectives and constraints, the Sharpe ratio, by which luck is
    /// judged, and what was asked for.
    pub(crate) figures: Vec<&'static str>,
    /// How parameters are searched.
    pub(crate) method: Method,
    /// What the search is told.
    pub(crate) options: SearchOptions,
    /// Stretches of the cross-validation.
    pub(crate) folds: Folds,
    /// How many of them are held out at a time.
    pub(crate) test_folds: usize,
    /// The windows, where the spec gives their lengths.
    pub(crate) windows: Option<WindowLengths>,
}

impl SweepPlan {
    /// The sweep that these settings ask for over `run`.
    ///
    /// # Errors
    /// If something does not exist or does not go together; the message names it and its place.
    pub(crate) fn resolve(settings: &Settings, run: &RunRequest) -> Result<SweepPlan, UserError> {
        let (strategy, base) = (run.strategy, run.params.clone());
        let specs = (strategy.specs)(&base)
            .map_err(|error| UserError::usage(format!("{}: {error}", strategy.name)))?;
        let narrows = narrows(settings, &specs, &base)?;
        let objectives = listed(settings, "objective", Objective::parse)?;
        let constraints = constraints(settings)?;
        let asked: Vec<&'static str> = match settings.texts("figures") {
            Some(_) => listed(settings, "figures", |key| figure(key).map(|figure| figure.key))?,
            None => FIGURES.to_vec(),
        };
        let needed = objectives.iter().flat_map(Objective::keys).chain(constraints.iter().map(|c| c.key));
        let mut figures: Vec<&'static str> = Vec::new();
        for key in needed.chain([SHARPE]).chain(asked) {
            if !figures.contains(&key) {
                figures.push(key);
            }
        }
        let whole = |key: &str| settings.number(key).map(|x| x as u64);
        let options = SearchOptions {
            trials: whole("method.trials"),
            seed: whole("method.seed").unwrap_or_default(),
            objectives: objectives.len(),
            population: whole("method.population").map(|x| x as usize),
            start: base.clone(),
        };
        let [folds, test_folds] = ["validation.folds", "validation.test_folds"]
            .map(|key| whole(key).expect("the table has a default") as usize);
        let folds = Folds::new(folds, test_folds)
            .map_err(|error| UserError::usage(format!("[validation]: {error}")))?;
        let space = space(strategy, &specs, &narrows, &base)?;
        let (method, windows) = (method(settings)?, windows(settings));
        Ok(SweepPlan {
            strategy,
            specs,
            base,
            space,
            narrows,
            objectives,
            constraints,
            figures,
            method,
            options,
            folds,
            test_folds,
            windows,
        })
    }

    /// A searcher at its beginning.
    ///
    /// # Errors
    /// If there is nothing to search, or the method cannot do what it is told.
    pub(crate) fn searcher(&self) -> Result<Box<dyn Searcher>, UserError> {
        searcher(self.method, &self.space, &self.options).map_err(|error| {
            let hint = match error {
                SearchError::TrialsNeeded { .. }
                | SearchError::EndlessGrid { .. }
                | SearchError::GridTooLarge { .. } => Some("say --trials N, or trials = N under [method]"),
                SearchError::NothingVaries => Some("give at least one parameter a range under [space]"),
                SearchError::NothingAllowed { .. } => Some("widen the ranges under [space]"),
                SearchError::OneObjective { .. } => {
                    Some("use nsga2, grid, random or sobol, or one objective")
                }
                _ => None,
            };
            UserError::usage(error.to_string()).maybe_hint(hint.map(str::to_string))
        })
    }

    /// How many trials there will be at most, where that is known.
    pub(crate) fn expected_trials(&self) -> Option<u64> {
        let all = self.space.size().and_then(|size| u64::try_from(size).ok());
        match (self.options.trials, all) {
            (Some(trials), Some(all)) => Some(trials.min(all)),
            (trials, all) => trials.or(all),
        }
    }

    /// The text of `spec.toml`: what decides the trials and nothing else. `base` is the base run, without whose
    /// parameters it would be no run.
    pub(crate) fn text(&self, base: &RunSpec) -> String {
        let mut text = String::from("# A sweep, fully resolved.\n");
        let mut line =
            |args: std::fmt::Arguments<'_>| writeln!(text, "{args}").expect("a string takes any text");
        let texts = |texts: Vec<String>| toml::Value::from(texts).to_string();
        line(format_args!("objective = {}", texts(self.objectives.iter().map(|o| o.text.clone()).collect())));
        line(format_args!(
            "constraints = {}",
            texts(self.constraints.iter().map(ToString::to_string).collect())
        ));
        line(format_args!("figures = {}", texts(self.figures.iter().map(ToString::to_string).collect())));
        line(format_args!("\n[space]"));
        for spec in &self.specs {
            line(format_args!("{} = {}", spec.name, toml::Value::from(self.searched(spec))));
        }
        let options = &self.options;
        line(format_args!("\n[method]\nname = \"{}\"", self.method.entry().name));
        if let Some(trials) = options.trials {
            line(format_args!("trials = {trials}"));
        }
        line(format_args!("seed = {}", options.seed));
        if let Some(population) = options.population {
            line(format_args!("population = {population}"));
        }
        line(format_args!(
            "\n[validation]\nfolds = {}\ntest_folds = {}",
            self.folds.count(),
            self.test_folds
        ));
        line(format_args!("\n{BASE_HEADING}"));
        base.canonical().lines().skip(1).for_each(|fact| line(format_args!("# {fact}")));
        text
    }

    /// The text of a walk-forward's `spec.toml`: that of the sweep in each window, and the windows.
    pub(crate) fn walk_forward_text(&self, base: &RunSpec) -> String {
        let mut text = self.text(base);
        if let Some(WindowLengths { anchored, train, test, purge, embargo }) = self.windows {
            let mode = if anchored { "anchored" } else { "rolling" };
            let lengths = format!(
                "\n[walk_forward]\nmode = \"{mode}\"\ntrain = \"{train}\"\ntest = \"{test}\"\n\
                 purge = \"{purge}\"\nembargo = \"{embargo}\"\n"
            );
            let at = text.find(BASE_HEADING).unwrap_or(text.len());
            text.insert_str(at, &format!("{}\n", lengths.trim_start()));
        }
        text
    }

    /// The id of the sweep whose `spec.toml` is `text`.
    pub(crate) fn id(text: &str) -> RunId {
        RunId::of(&format!("workbench sweep 1\n{text}"))
    }

    /// Which values of a parameter are searched, in words: `2 to 50, step 2`.
    pub(crate) fn searched(&self, spec: &ParamSpec) -> String {
        let step_text = |step: Option<String>| step.map_or(String::new(), |step| format!(", step {step}"));
        match self.narrows.iter().find(|(name, _)| *name == spec.name).map(|(_, narrow)| narrow) {
            Some(Narrow::Fixed(value)) => format!("{value}, fixed"),
            Some(Narrow::Values(values)) => {
                values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }
            Some(Narrow::Range { min, max, step }) => {
                let declared = match spec.kind {
                    ParamKind::Int { step, .. } => Some(step.to_string()),
                    ParamKind::Float { step, .. } => step.map(|step| step.to_string()),
                    _ => None,
                };
                format!("{min} to {max}{}", step_text(step.as_ref().map(ToString::to_string).or(declared)))
            }
            None => match &spec.kind {
                ParamKind::Int { min, max, step } => format!("{min} to {max}, step {step}"),
                ParamKind::Float { min, max, step } => {
                    format!("{min} to {max}{}", step_text(step.map(|step| step.to_string())))
                }
                kind => kind.to_string(),
            },
        }
    }
}

/// The texts of `path`, each read.
fn listed<T>(
    settings: &Settings,
    path: &str,
    read: impl Fn(&str) -> Result<T, UserError>,
) -> Result<Vec<T>, UserError> {
    let texts = settings.texts(path).unwrap_or_default();
    let at = |error: UserError| match settings.get(path) {
        Some(entry) => UserError { message: format!("{}: {path}: {}", entry.source, error.message), ..error },
        None => error,
    };
    texts.iter().map(|text| read(text).map_err(at)).collect()
}

fn constraints(settings: &Settings) -> Result<Vec<Constraint>, UserError> {
    let read = |(key, entry): (&str, &crate::settings::Entry)| {
        let Value::Open(raw) = &entry.value else {
            unreachable!("no key of the table begins with constraints")
        };
        let written = raw.text().map_or_else(|| raw.to_string(), str::to_string);
        Constraint::parse(key, &written)
            .map_err(|error| UserError { message: format!("{}: {}", entry.source, error.message), ..error })
    };
    settings.below("constraints.").map(read).collect()
}

fn method(settings: &Settings) -> Result<Method, UserError> {
    let name = settings.text("method.name").expect("the table has a default");
    Method::named(name).map_err(|error| {
        let source = &settings.get("method.name").expect("it has a text").source;
        let names = wb_search::METHODS.iter().map(|entry| entry.name);
        UserError::usage(format!("{source}: {error}")).maybe_hint(did_you_mean(name, names))
    })
}

fn windows(settings: &Settings) -> Option<WindowLengths> {
    let span = |key: &str| settings.span(key);
    Some(WindowLengths {
        anchored: settings.text("walk_forward.mode") == Some("anchored"),
        train: span("walk_forward.train")?,
        test: span("walk_forward.test")?,
        purge: span("walk_forward.purge").unwrap_or(Span::ZERO),
        embargo: span("walk_forward.embargo").unwrap_or(Span::ZERO),
    })
}
