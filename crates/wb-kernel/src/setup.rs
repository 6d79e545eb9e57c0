//! What a strategy declares before its first event.

use std::fmt;
use std::sync::Arc;

use wb_core::{BarBuilder, Instrument, InstrumentId, Interval, ParamError, ParamSet};
use wb_indicators::{BoxedIndicator, Indicator, Make};

use crate::declared_model::ModelTiming;
use crate::feature_text::{FeatureInput, FeatureText};
use crate::features::{Feature, Features, Itself, LateFeature};
use crate::input::{Fed, Input};
use crate::kernel::KernelConfig;
use crate::model::Model;
use crate::series::{Series, SeriesState};
use crate::signal::{Follower, Signal};
use crate::strategy::{Strategy, StrategyEntry};

/// The declarations of one strategy, in the making.
pub struct Setup<'a> {
    instruments: &'a Arc<[Instrument]>,
    config: &'a KernelConfig,
    pub(crate) series: Vec<SeriesState>,
    pub(crate) features: Features,
}

/// Why a strategy could not be built.
#[derive(Clone, PartialEq, Debug)]
pub enum SetupError {
    /// The spec names no instrument for a role.
    MissingRole {
        /// The role.
        role: String,
        /// The roles that the spec gives.
        given: Vec<String>,
    },
    /// The spec names several instruments for a role that takes one.
    OneInstrument {
        /// The role.
        role: String,
        /// How many it names.
        count: usize,
    },
    /// A longer interval that the spec's does not divide.
    Interval {
        /// The interval asked for.
        wanted: Interval,
        /// The spec's interval.
        source: Interval,
    },
    /// Instruments settled in more than one currency.
    Currency {
        /// One currency.
        first: String,
        /// Another.
        second: String,
    },
    /// The parameters are not acceptable.
    Params(ParamError),
    /// A model that the run is not given.
    UnknownModel {
        /// The model that the strategy asks for; empty where it names none.
        name: String,
        /// The models that the run is given.
        given: Vec<String>,
    },
    /// A model that the strategy cannot use.
    Model {
        /// The model.
        name: String,
        /// Why not.
        why: String,
    },
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetupError::MissingRole { role, given } => {
                write!(
                    f,
                    "the strategy needs an instrument for the role `{role}`; the spec gives {}",
                    given.join(", ")
                )
            }
            SetupError::OneInstrument { role, count } => {
                write!(f, "the role `{role}` takes one instrument, the spec gives {count}")
            }
            SetupError::Interval { wanted, source } => {
                write!(f, "bars of {wanted} cannot be built from bars of {source}")
            }
            SetupError::Currency { first, second } => {
                write!(
                    f,
                    "instruments settle in {first} and in {second}; a portfolio has one settlement currency"
                )
            }
            SetupError::Params(error) => error.fmt(f),
            SetupError::UnknownModel { name, given } => {
                let given = if given.is_empty() { "none".to_string() } else { given.join(", ") };
                match &name[..] {
                    "" => write!(f, "the strategy names no model and needs one; the spec gives {given}"),
                    name => write!(f, "the strategy asks for the model `{name}`; the spec gives {given}"),
                }
            }
            SetupError::Model { name, why } => write!(f, "the model `{name}` {why}"),
        }
    }
}

impl std::error::Error for SetupError {}

impl From<ParamError> for SetupError {
    fn from(error: ParamError) -> SetupError {
        SetupError::Params(error)
    }
}

impl<'a> Setup<'a> {
    /// Builds the strategy and keeps what it declared.
    pub(crate) fn run(
        entry: &StrategyEntry,
        params: &ParamSet,
        instruments: &'a Arc<[Instrument]>,
        config: &'a KernelConfig,
    ) -> Result<(Box<dyn Strategy>, Setup<'a>), SetupError> {
        if let Some(other) = instruments.iter().find(|i| i.currency != instruments[0].currency) {
            return Err(SetupError::Currency {
                first: instruments[0].currency.clone(),
                second: other.currency.clone(),
            });
        }
        let mut setup = Setup { instruments, config, series: Vec::new(), features: Features::default() };
        let strategy = (entry.build)(params, &mut setup)?;
        Ok((strategy, setup))
    }

    /// The one instrument of a role.
    ///
    /// # Errors
    /// If the spec gives none or several.
    pub fn instrument(&mut self, role: &str) -> Result<InstrumentId, SetupError> {
        match self.instruments(role)?[..] {
            [one] => Ok(one),
            ref many => Err(SetupError::OneInstrument { role: role.to_string(), count: many.len() }),
        }
    }

    /// Every instrument of a role, in the order of the spec.
    ///
    /// # Errors
    /// If the spec gives none.
    pub fn instruments(&mut self, role: &str) -> Result<Vec<InstrumentId>, SetupError> {
        let found = self.config.roles.iter().find(|(name, ids)| name == role && !ids.is_empty());
        found.map(|(_, ids)| ids.clone()).ok_or_else(|| SetupError::MissingRole {
            role: role.to_string(),
            given: self.config.roles.iter().map(|(name, _)| name.clone()).collect(),
        })
    }

    /// What is known of an instrument.
    pub fn describe(&self, instrument: InstrumentId) -> &Instrument {
        &self.instruments[instrument.index()]
    }

    /// The length of the spec's bars.
    pub fn interval(&self) -> Interval {
        self.config.interval
    }

    /// Bars at the spec's interval: a strategy runs on any.
    pub fn bars(&mut self, instrument: InstrumentId) -> Series {
        self.subscribe(instrument, self.config.interval)
    }

    /// Longer bars, built from those of the spec's interval and delivered when they close.
    ///
    /// # Errors
    /// If the interval is not a multiple of the spec's.
    pub fn bars_every(&mut self, instrument: InstrumentId, interval: Interval) -> Result<Series, SetupError> {
        let source = self.config.interval;
        if interval.span().0 % source.span().0 != 0 {
            return Err(SetupError::Interval { wanted: interval, source });
        }
        Ok(self.subscribe(instrument, interval))
    }

    /// Declares a feature. The strategy is not called before it is warm.
    pub fn feature<I: Indicator<Output = f64>>(&mut self, input: Input<I::Input>, indicator: I) -> Feature
    where
        I::Input: Fed,
    {
        self.must_be_warm(input.series, indicator.warmup());
        let longer = self.longer(input.series);
        Feature(self.features.declare(input, longer, indicator))
    }

    /// Declares an indicator of several outputs. The strategy is not called before it is warm.
    pub fn features<const N: usize, I: Indicator<Output = [f64; N]>>(
        &mut self,
        input: Input<I::Input>,
        indicator: I,
    ) -> [Feature; N]
    where
        I::Input: Fed,
    {
        self.must_be_warm(input.series, indicator.warmup());
        let longer = self.longer(input.series);
        let first = self.features.declare(input, longer, indicator);
        std::array::from_fn(|n| Feature(first + n as u32))
    }

    /// Declares a feature that nobody waits for: its value is absent while it is cold.
    pub fn late_feature<I: Indicator<Output = f64>>(
        &mut self,
        input: Input<I::Input>,
        indicator: I,
    ) -> LateFeature
    where
        I::Input: Fed,
    {
        let (series, warmup) = (input.series, indicator.warmup());
        let position = self.features.declare(input, self.longer(series), indicator);
        LateFeature { position, series, warmup }
    }

    /// Declares a feature from its text form, of the instrument `base` where the text names no role. It is the same
    /// feature as one declared by the indicator's type. The strategy is not called before it is warm.
    ///
    /// # Errors
    /// If the role or the interval is not one that the spec gives.
    pub fn feature_of(&mut self, base: InstrumentId, text: &FeatureText) -> Result<Feature, SetupError> {
        let LateFeature { position, series, warmup } = self.late_feature_of(base, text)?;
        self.must_be_warm(series, warmup);
        Ok(Feature(position))
    }

    /// Declares a feature from its text form, that nobody waits for.
    ///
    /// # Errors
    /// As [`Setup::feature_of`].
    pub fn late_feature_of(
        &mut self,
        base: InstrumentId,
        text: &FeatureText,
    ) -> Result<LateFeature, SetupError> {
        let FeatureInput { role, field, interval } = &text.input;
        let instrument = role.as_deref().map_or(Ok(base), |role| self.instrument(role))?;
        let interval = interval.unwrap_or(self.config.interval);
        let series = self.bars_every(instrument, interval)?;
        let Some(call) = &text.call else {
            return Ok(self.late_feature(Input::of(*field, series), Itself));
        };
        let args = call.args();
        let (first, warmup) = match call.entry.make {
            Make::Number(make) => self.late_boxed(Input::of(*field, series), make(args)),
            Make::Bar(make) => self.late_boxed(Input::bar(series), make(args)),
            Make::StampedBar(make) => {
                let zone = self.describe(instrument).calendar.zone.clone();
                self.late_boxed(Input::stamped_bar(series), make(zone, interval))
            }
            Make::Pair(_) => unreachable!("the text of a feature reads one series"),
        };
        Ok(LateFeature { position: first + call.output() as u32, series, warmup })
    }

    /// The position of the first value, and the warm-up.
    fn late_boxed<T: Fed>(&mut self, input: Input<T>, indicator: BoxedIndicator<T>) -> (u32, usize) {
        let warmup = indicator.warmup();
        (self.features.declare_boxed(input, self.longer(input.series), indicator), warmup)
    }

    /// The models that the run is given, in the order of the spec.
    pub fn models(&self) -> &'a [Model] {
        &self.config.models
    }

    /// Declares a model of features, which are those that it was trained on, in order, and all of one instrument. It is
    /// computed after every bar of that instrument. Gives its outputs, in order.
    ///
    /// # Errors
    /// If the run is not given the model, or its inputs are not these features.
    pub fn model(&mut self, name: &str, inputs: &[Feature]) -> Result<Vec<Feature>, SetupError> {
        let refused = |why: String| SetupError::Model { name: name.to_string(), why };
        let model = self.config.models.iter().find(|model| model.name == name).ok_or_else(|| {
            let given = self.config.models.iter().map(|model| model.name.clone()).collect();
            SetupError::UnknownModel { name: name.to_string(), given }
        })?;
        let source = self.config.interval;
        let (mut declared, mut instruments, mut warmup) = (Vec::new(), Vec::new(), 0);
        for input in inputs {
            let found = self.features.at(input.position());
            let (series, slot, output) =
                found.ok_or_else(|| refused("reads the output of another model".to_string()))?;
            let SeriesState { instrument, interval, .. } = &self.series[series.index()];
            declared.push(slot.name(output));
            instruments.push(*instrument);
            let bars = usize::try_from(interval.span().0 / source.span().0);
            warmup = warmup.max(slot.warmup() * bars.expect("an interval holds few of another"));
        }
        if let Some(interval) = model.interval.filter(|interval| *interval != source) {
            return Err(refused(format!("was trained on bars of {interval}, not of {source}")));
        }
        let trained: Vec<String> =
            model.inputs.iter().map(|text| text.on_bars_of(source).to_string()).collect();
        if let Some(differences) = differences(&trained, &declared) {
            return Err(refused(format!("was trained on other inputs: {differences}")));
        }
        let [instrument, ref others @ ..] = instruments[..] else {
            return Err(refused("reads nothing".to_string()));
        };
        if others.iter().any(|other| *other != instrument) {
            return Err(refused("reads features of several instruments".to_string()));
        }
        let positions = inputs.iter().map(|input| input.position()).collect();
        let timing = ModelTiming { interval: source, warmup };
        let first = self.features.declare_model(model, instrument, positions, timing);
        Ok((first..).map(Feature).take(model.outputs.names().len()).collect())
    }

    /// The strategy that follows a signal: after each bar of `series` on which the target changes, a market order moves
    /// the instrument's position to the new share of equity.
    pub fn signal(
        &mut self,
        instrument: InstrumentId,
        series: Series,
        features: impl Into<Vec<Feature>>,
        signal: impl Signal,
    ) -> Box<dyn Strategy> {
        let features = features.into();
        let x = vec![f64::NAN; features.len()];
        Box::new(Follower { instrument, series, features, x, held: 0.0, signal })
    }

    /// The interval of a series where it is not the spec's.
    fn longer(&self, series: Series) -> Option<Interval> {
        let state = &self.series[series.index()];
        state.builder.as_ref().map(|_| state.interval)
    }

    fn must_be_warm(&mut self, series: Series, warmup: usize) {
        let state = &mut self.series[series.index()];
        state.warmup = state.warmup.max(warmup);
    }

    fn subscribe(&mut self, instrument: InstrumentId, interval: Interval) -> Series {
        let same = |s: &SeriesState| s.instrument == instrument && s.interval == interval;
        let index = self.series.iter().position(same).unwrap_or_else(|| {
            let zone = &self.instruments[instrument.index()].calendar.zone;
            let longer = interval != self.config.interval;
            self.series.push(SeriesState {
                instrument,
                interval,
                builder: longer.then(|| BarBuilder::new(interval, zone.clone())),
                seen: 0,
                warmup: 0,
                last: None,
            });
            self.series.len() - 1
        });
        Series(index as u32)
    }
}

/// Where two lists of inputs differ, in words.
fn differences(trained: &[String], declared: &[String]) -> Option<String> {
    let absent = "nothing";
    let at = |list: &[String], n: usize| list.get(n).map_or(absent.to_string(), Clone::clone);
    let apart = (0..trained.len().max(declared.len())).filter(|n| trained.get(*n) != declared.get(*n));
    let told = apart
        .map(|n| format!("input {} is {}, the strategy declares {}", n + 1, at(trained, n), at(declared, n)));
    Some(told.collect::<Vec<_>>().join("; ")).filter(|told| !told.is_empty())
}
