//! The line of the signals in the table of strategies.

use std::borrow::Cow;
use std::sync::Arc;

use wb_core::{ParamError, ParamKind, ParamSet, ParamSpec, ParamValue, Span, TargetTable};
use wb_kernel::Stateless;
use wb_kernel::prelude::*;

use super::follow::{Follow, Member};
use super::known::KnownTarget;

/// The strategy that holds the targets of a file.
///
/// Each target is used from the first bar that closes at or after its time plus the delay, until the next one. It moves
/// the position once, to that share of equity; in between the position drifts.
pub(crate) const SIGNALS: StrategyEntry = StrategyEntry {
    name: "signals",
    about: "Holds the targets of a file, as pandas, polars or a model pipeline writes them.",
    roles: &[Role { name: BASE, doc: "What is traded: one instrument, or several.", many: true }],
    more_roles: None,
    manual: Some(manual),
    specs: |_| Ok(specs()),
    resolve,
    build,
};

const BASE: &str = "base";
pub(super) const FILE: &str = "file";
const DELAY: &str = "delay";
const WEIGHT: &str = "weight";

fn manual() -> String {
    "The file is Parquet, Arrow (feather) or CSV with columns `ts`, `symbol` and `target`:\n\
     \x20 ts      when the target was known: an instant, UTC where it names no zone; or a date, which means the\n\
     \x20         end of that day of the instrument's calendar\n\
     \x20 symbol  SYMBOL or venue:SYMBOL; may be left out where one instrument is traded\n\
     \x20 target  share of equity to hold, negative for a short, 0 for nothing; an empty cell says nothing\n\
     \x20 known   may be left out: when the target was really known; one later than `ts` plus the delay is refused\n\
     A target is used from the first bar that closes at or after `ts` plus `delay`, until the next one. State the\n\
     delay: \"0s\" where `ts` is when the target was known, such as the close of the bar that it was computed from;\n\
     the length of a bar (\"1m\") where `ts` is the open of that bar, as pandas, ccxt and vectorbt label bars.\n"
        .to_string()
}

pub(super) fn told(name: &str, message: impl Into<String>) -> ParamError {
    ParamError::Text { name: name.to_string(), message: message.into() }
}

fn specs() -> Vec<ParamSpec> {
    let text = || ParamValue::Text("".into());
    let spec = |name, doc, kind, default| ParamSpec { name: Cow::Borrowed(name), doc, kind, default };
    vec![
        spec(FILE, "The Parquet, Arrow or CSV file of targets.", ParamKind::Targets, text()),
        spec(DELAY, "How long after its time a target is used; must be stated.", ParamKind::Text, text()),
        spec(
            WEIGHT,
            "Multiplies every target.",
            ParamKind::Float { min: 0.0, max: 10.0, step: None },
            ParamValue::Float(1.0),
        ),
    ]
}

fn resolve(given: &ParamSet) -> Result<ParamSet, ParamError> {
    let set = given.resolve(&specs())?;
    Signals::of(&set).map(|_| set)
}

/// The parameters of a complete set.
struct Signals {
    table: Arc<TargetTable>,
    delay: Span,
    weight: f64,
}

impl Signals {
    fn of(set: &ParamSet) -> Result<Signals, ParamError> {
        let (Some(table), Some(ParamValue::Text(delay)), Some(ParamValue::Float(weight))) =
            (set.get(FILE), set.get(DELAY), set.get(WEIGHT))
        else {
            unreachable!("a resolved set has every parameter in its kind")
        };
        let ParamValue::Targets(table) = table else {
            return Err(told(FILE, "name the file of targets, such as file = \"signals.parquet\""));
        };
        Ok(Signals { table: Arc::clone(table), delay: read_delay(delay)?, weight: *weight })
    }
}

fn read_delay(text: &str) -> Result<Span, ParamError> {
    let text = text.trim();
    if text.is_empty() {
        let message = "state it: \"0s\" where `ts` is when the target was known, the length of a bar where `ts` is \
                       the open of the bar that the target was computed from";
        return Err(told(DELAY, message));
    }
    if text.starts_with('-') {
        return Err(told(DELAY, format!("{text} would use targets before they were known")));
    }
    Span::parse(text).ok_or_else(|| told(DELAY, format!("no span of time: {text:?}; write 0s, 5m, 1d")))
}

fn build(set: &ParamSet, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
    let Signals { table, delay, weight } = Signals::of(&resolve(set)?)?;
    let traded = setup.instruments(BASE)?;
    if traded.len() > 1 && table.symbols.iter().any(|targets| targets.symbol.is_empty()) {
        let message =
            format!("{} has no column `symbol`, and {} instruments are traded", table.source, traded.len());
        return Err(told(FILE, message).into());
    }
    if let [instrument] = traded[..] {
        let known = KnownTarget::new(&table, setup.describe(instrument), delay)?;
        let bars = setup.bars(instrument);
        let target = setup.feature(Input::stamped_bar(bars), known);
        return Ok(setup.signal(
            instrument,
            bars,
            [target],
            Stateless(move |[target]: [f64; 1]| target * weight),
        ));
    }
    let member = |instrument: InstrumentId| {
        let known = KnownTarget::new(&table, setup.describe(instrument), delay)?;
        let bars = setup.bars(instrument);
        let target = setup.late_feature(Input::stamped_bar(bars), known);
        Ok(Member { instrument, bars, target, held: 0.0, seen: Ts::MIN })
    };
    let members = traded.into_iter().map(member).collect::<Result<Vec<Member>, SetupError>>()?;
    Ok(Box::new(Follow { members, weight }))
}
