//! What a journal is of, rebuilt from the journal alone, and its kernel compared with what is recorded.

use std::path::Path;

use wb_core::{Command, Event, InstrumentId, SignedQty, Ts};
use wb_engine::{RunInput, RunSpec};
use wb_kernel::{Difference, Digest, FeatureValue, Kernel, Model, Replay, StrategyEntry};
use wb_store::{BUNDLE_PROJECT, Journal, JournalReader, JournalRecord, StoreError};
use wb_strategies::STRATEGIES;

use crate::figures::grouped;
use crate::models::{ModelLibrary, check_unchanged};
use crate::settings::{Project, Settings, SpecText, read_flag, resolve_run, split_assignment};
use crate::targets;

/// Where the models of a bundle are, among the files that it brings along.
pub(crate) const MODELS: &str = "models";

/// A journal's strategy, account and limits, and of a project only its models and the files that parameters name.
pub(crate) struct Recorded<'a> {
    journal: &'a Journal,
    entry: &'static StrategyEntry,
    spec: RunSpec,
    library: ModelLibrary,
}

impl Recorded<'_> {
    /// What the journal in a folder is of, with some parameters set otherwise. A bundle brings the files
    /// along that its spec names; those of another journal are the project's.
    ///
    /// # Errors
    /// If its spec is none that this build knows, or a parameter is not.
    pub(crate) fn of<'a>(
        journal: &'a Journal,
        folder: &Path,
        params: &[String],
        project: &Project,
    ) -> anyhow::Result<Recorded<'a>> {
        let path = Project::shown(&folder.join("spec.toml"));
        let brought = Some(folder.join(BUNDLE_PROJECT)).filter(|files| files.is_dir());
        let mut flags = Vec::new();
        for key in Settings::keys_below("risk.") {
            let limit = journal.header.risk.get(&key["risk.".len()..]);
            let value = limit.map_or_else(|| "none".to_string(), f64::to_string);
            flags.push(read_flag("header.toml", key, &value)?);
        }
        for text in params {
            let (name, value) = split_assignment("--param", text)?;
            flags.push(read_flag("--param", &format!("params.{name}"), value)?);
        }
        let spec = SpecText { path: path.clone(), text: journal.spec.clone() };
        let settings = Settings::of_spec(&spec, &flags)?;
        let request = resolve_run(&settings, STRATEGIES, &path, brought.as_deref().unwrap_or(&project.root))?;
        targets::check_unchanged(&request.params, &journal.spec, "the journal")?;
        let library = ModelLibrary::of(project, &project.settings(None, &[])?).served_as(&settings);
        let library = match &brought {
            Some(files) => library.kept_in(&files.join(MODELS)),
            None => library,
        };
        let models = library.load(&request.models)?;
        check_unchanged(&models, &journal.spec, "the journal")?;
        let entry = request.strategy;
        let spec = RunSpec {
            strategy: entry.name.to_string(),
            params: request.params,
            roles: request.roles,
            interval: request.interval,
            // What there is to see is in the journal.
            from: Ts::MIN,
            to: Ts::MAX,
            benchmark: request.benchmark,
            simulation: request.simulation,
            execution: request.execution,
            risk: request.risk,
            models,
            data: Vec::new(),
            code_id: String::new(),
        };
        Ok(Recorded { journal, entry, spec, library })
    }

    /// What was run, as far as a journal says.
    pub(crate) fn spec(&self) -> &RunSpec {
        &self.spec
    }

    /// Every input and output of its models over their golden rows, by its text form.
    ///
    /// # Errors
    /// If a model is not what it was.
    pub(crate) fn golden_columns(&self) -> anyhow::Result<Vec<(String, Vec<f64>)>> {
        let of_model =
            |model: &Model| self.library.golden_columns(&format!("{}@{}", model.name, model.version));
        let columns: Vec<_> = self.spec.models.iter().map(of_model).collect::<anyhow::Result<_>>()?;
        Ok(columns.into_iter().flatten().collect())
    }

    /// Length of the bars.
    pub(crate) fn interval(&self) -> wb_core::Interval {
        self.spec.interval
    }

    /// A kernel as the journal's was before its first event.
    ///
    /// # Errors
    /// If its strategy cannot be built.
    pub(crate) fn kernel(&self) -> anyhow::Result<Kernel> {
        Ok(self.input().kernel()?)
    }

    /// The run, without the bars, which are in the journal.
    pub(crate) fn input(&self) -> RunInput<'_> {
        let instruments = self.journal.instruments.clone();
        RunInput { entry: self.entry, spec: &self.spec, instruments, bars: &[], benchmark: None }
    }
}

/// What was compared, and where the two sides part if they do.
pub(crate) struct Found {
    /// Events that the kernel was told.
    pub(crate) events: u64,
    /// Commands that were compared.
    pub(crate) commands: u64,
    /// Digests that were compared.
    pub(crate) digests: u64,
    /// Outputs of models that were compared.
    pub(crate) predictions: u64,
    /// Where the two sides part.
    pub(crate) parting: Option<Parting>,
    /// What the kernel answers to the last event beyond what is recorded: the writer was stopped in between.
    pub(crate) unrecorded: Vec<Command>,
    /// Said of a journal whose writer was stopped within a record.
    pub(crate) torn: Option<String>,
}

/// The first thing that differs.
pub(crate) struct Parting {
    /// The number of the record at which it was seen.
    pub(crate) seq: u64,
    /// The last event that the kernel was told, and the number of its record.
    pub(crate) event: Option<(u64, Event)>,
    /// What differs.
    pub(crate) difference: Box<Difference>,
    /// The kernel's state then.
    pub(crate) state: KernelState,
}

/// What a kernel holds and sees.
pub(crate) struct KernelState {
    /// Cash and positions at their marks, settlement currency.
    pub(crate) equity: f64,
    /// Cash, settlement currency.
    pub(crate) cash: f64,
    /// Instruments with a position, and its lots.
    pub(crate) positions: Vec<(InstrumentId, SignedQty)>,
    /// Every declared feature.
    pub(crate) features: Vec<FeatureValue>,
}

impl KernelState {
    /// Of a kernel, after its last event.
    pub(crate) fn of(kernel: &Kernel) -> KernelState {
        let portfolio = kernel.portfolio();
        let position = |id: &InstrumentId| (*id, portfolio.position(*id).qty);
        KernelState {
            equity: portfolio.equity(),
            cash: portfolio.cash(),
            positions: portfolio.held().iter().map(position).collect(),
            features: kernel.feature_values(),
        }
    }
}

/// Tells a kernel that has seen nothing what is recorded, up to the first answer that differs.
///
/// # Errors
/// If a record is damaged, or the disk refuses.
pub(crate) fn compare(records: &mut JournalReader<'_>, mut replay: Replay) -> Result<Found, StoreError> {
    let (mut events, mut commands, mut digests, mut predictions) = (0, 0, 0, 0);
    let (mut event, mut parting) = (None, None);
    while let Some(entry) = records.next()? {
        let told = match &entry.record {
            JournalRecord::Event(told) => {
                events += 1;
                let done = replay.event(told);
                if done.is_ok() {
                    event = Some((entry.seq, *told));
                }
                done
            }
            JournalRecord::Command(ts, command) => {
                commands += 1;
                replay.command(*ts, command)
            }
            JournalRecord::Digest(_, digest) => {
                digests += 1;
                replay.digest(Digest::from_bits(*digest))
            }
            JournalRecord::Prediction(_, prediction) => {
                predictions += 1;
                replay.prediction(prediction)
            }
            JournalRecord::Observation(..) => Ok(()),
        };
        if let Err(difference) = told {
            let state = KernelState::of(replay.kernel());
            parting = Some(Parting { seq: entry.seq, event, difference, state });
            break;
        }
    }
    let torn = records.torn().map(|torn| {
        let path = Project::shown(&torn.path);
        format!("{path} ends within a record: {} bytes from byte {} on are of none", torn.bytes, torn.offset)
    });
    let unrecorded = if parting.is_none() { replay.unconfirmed().to_vec() } else { Vec::new() };
    Ok(Found { events, commands, digests, predictions, parting, unrecorded, torn })
}

impl Found {
    /// Whether the kernel answers as recorded.
    pub(crate) fn is_equal(&self) -> bool {
        self.parting.is_none()
    }

    /// What was found, in words.
    pub(crate) fn sentence(&self) -> String {
        let count = |n: u64| grouped(n as f64, 0);
        let mut all = format!(
            "{} events, {} commands, {} digests",
            count(self.events),
            count(self.commands),
            count(self.digests)
        );
        if self.predictions > 0 {
            all = format!("{all}, {} predictions", count(self.predictions));
        }
        match &self.parting {
            None => format!("The kernel answers as recorded: {all}."),
            Some(parting) => {
                format!("Record {}: {}. Compared: {all}.", count(parting.seq), parting.difference)
            }
        }
    }
}
