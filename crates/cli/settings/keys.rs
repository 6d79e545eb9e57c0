//! The table of settings: every key, where it may stand, what it may hold, its default and its meaning.

use wb_core::{CivilDate, Interval, Span, Ts};

use super::options::Raw;
use super::resolve::When;
use super::sources::Layer;

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Key {
    /// Its path: `account.cash`.
    pub(crate) path: &'static str,
    /// In which files it may stand.
    pub(crate) home: Home,
    /// What it may hold.
    pub(crate) kind: Kind,
    /// Its value where none is given, as it would be written; absent where there is none.
    pub(crate) default: Option<&'static str>,
    /// What it means.
    pub(crate) doc: &'static str,
}

/// In which files a key may stand. Environment and flags may set every key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Home {
    /// `config/workbench.toml` and profiles: where things are.
    Project,
    /// Run specs: what is run.
    Spec,
    /// All of them: how runs are simulated, for the project or for one run.
    Anywhere,
    /// `config/risk.toml` and profiles: never a run spec, so that no spec loosens a limit.
    Risk,
    /// Sweep specs: what is searched, over a run spec.
    Sweep,
}

impl Home {
    /// Whether a key of this home may stand in `layer`.
    pub(crate) fn allows(self, layer: Layer) -> bool {
        match layer {
            Layer::Default | Layer::Env | Layer::Flag => true,
            Layer::Project => matches!(self, Home::Project | Home::Anywhere),
            Layer::Risk => self == Home::Risk,
            Layer::Profile => !matches!(self, Home::Spec | Home::Sweep),
            Layer::Spec => matches!(self, Home::Spec | Home::Anywhere),
            Layer::Sweep => self == Home::Sweep,
        }
    }

    /// Where it belongs, for an error.
    pub(crate) fn place(self) -> &'static str {
        match self {
            Home::Project => "config/workbench.toml",
            Home::Spec => "a run spec",
            Home::Anywhere => "config/workbench.toml or a run spec",
            Home::Risk => "config/risk.toml",
            Home::Sweep => "a sweep spec",
        }
    }
}

/// What a key may hold.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Kind {
    /// Any text but the empty one.
    Text,
    /// A number.
    Number(Range),
    /// A number, or `none` for no limit.
    Limit(Range),
    /// A whole number from 1, or `none` for no limit.
    CountLimit,
    /// A whole number of at least this.
    Whole(u32),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// The length of a bar.
    Interval,
    /// A date, or an instant in UTC.
    Instant,
    /// A length of time.
    Span,
    /// `venue:SYMBOL`.
    Instrument,
    /// A text, or a list of texts.
    Texts,
    /// Role to one `venue:SYMBOL` or a list of them.
    Roles,
}

/// A range of numbers; bounds are inclusive but `above`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Range {
    /// Any number.
    Any,
    /// Larger than this.
    Above(f64),
    /// At least this.
    From(f64),
    /// Larger than the first, at most the second.
    AboveTo(f64, f64),
}

/// A value, checked.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Value {
    /// Of [`Kind::Text`], [`Kind::Choice`] and [`Kind::Instrument`].
    Text(String),
    /// Of [`Kind::Number`], [`Kind::Limit`], [`Kind::CountLimit`] and [`Kind::Whole`].
    Number(f64),
    /// `none`: no limit.
    None,
    /// Of [`Kind::Interval`].
    Interval(Interval),
    /// Of [`Kind::Instant`].
    When(When),
    /// Of [`Kind::Span`].
    Span(Span),
    /// Of [`Kind::Texts`].
    Texts(Vec<String>),
    /// Of [`Kind::Roles`].
    Roles(Vec<(String, Vec<String>)>),
    /// What stands under a name that is not of the table, checked later: a strategy's parameter, the values of one to
    /// be searched, a condition on a figure.
    Open(Raw),
}

const fn key(
    path: &'static str,
    home: Home,
    kind: Kind,
    default: Option<&'static str>,
    doc: &'static str,
) -> Key {
    Key { path, home, kind, default, doc }
}

/// Every key but the parameters of strategies, in the order in which they are shown.
#[rustfmt::skip]
pub(crate) static KEYS: &[Key] = &[
    key("paths.data", Home::Project, Kind::Text, Some("data"), "folder of the catalog and of raw files"),
    key("paths.experiments", Home::Project, Kind::Text, Some("experiments"), "folder of runs"),
    key("paths.models", Home::Project, Kind::Text, Some("models"), "folder of trained models"),
    key("strategy", Home::Spec, Kind::Text, None, "name in `workbench strategy list`"),
    key("data.instruments", Home::Spec, Kind::Roles, None, "role to \"venue:SYMBOL\", or to a list of them"),
    key("data.interval", Home::Spec, Kind::Interval, None, "length of the bars"),
    key("data.from", Home::Spec, Kind::Instant, None, "first date, or instant in UTC; absent for the whole series"),
    key("data.to", Home::Spec, Kind::Instant, None, "last date (included), or instant in UTC (not included)"),
    key("data.benchmark", Home::Spec, Kind::Instrument, None, "compared with buy and hold of this"),
    key("models", Home::Spec, Kind::Texts, None, "trained models that the strategy may use, each by its name or as \"name@version\""),
    key("inference.runtime", Home::Anywhere, Kind::Choice(&["card", "native", "onnxruntime"]), Some("card"), "what runs models: for each what its card says, or one for all"),
    key("inference.library", Home::Project, Kind::Text, None, "file of ONNX Runtime's library; looked for unless given"),
    key("account.cash", Home::Anywhere, Kind::Number(Range::Above(0.0)), Some("100000"), "cash at the start"),
    key("account.leverage", Home::Anywhere, Kind::Number(Range::Above(0.0)), Some("1"), "largest value of all positions, in equities"),
    key("account.maintenance_margin", Home::Anywhere, Kind::Number(Range::AboveTo(0.0, 1.0)), None, "least equity as a share of all positions; a quarter of 1/leverage unless given"),
    key("simulation.fill", Home::Anywhere, Kind::Choice(&["next-open", "this-close"]), Some("next-open"), "where market orders fill"),
    key("simulation.fees.taker_bps", Home::Anywhere, Kind::Number(Range::From(0.0)), Some("0"), "fee in basis points where we take liquidity"),
    key("simulation.fees.maker_bps", Home::Anywhere, Kind::Number(Range::Any), Some("0"), "fee in basis points where we rest; negative for a rebate"),
    key("simulation.fees.per_unit", Home::Anywhere, Kind::Number(Range::From(0.0)), Some("0"), "fee for each unit"),
    key("simulation.fees.per_order", Home::Anywhere, Kind::Number(Range::From(0.0)), Some("0"), "fee for each order"),
    key("simulation.fees.minimum", Home::Anywhere, Kind::Number(Range::From(0.0)), Some("0"), "least fee of an order"),
    key("simulation.slippage.bps", Home::Anywhere, Kind::Number(Range::From(0.0)), Some("0"), "basis points that a fill is worse by"),
    key("simulation.slippage.half_spread", Home::Anywhere, Kind::Number(Range::From(0.0)), Some("0"), "half the spread, in units of the price"),
    key("simulation.slippage.impact_bps", Home::Anywhere, Kind::Number(Range::From(0.0)), Some("0"), "basis points paid by an order as large as the bar's volume (square root)"),
    key("simulation.latency.feed", Home::Anywhere, Kind::Span, Some("0ms"), "from the market to us"),
    key("simulation.latency.order", Home::Anywhere, Kind::Span, Some("0ms"), "from us to the venue"),
    key("simulation.latency.report", Home::Anywhere, Kind::Span, Some("0ms"), "from the venue to us"),
    key("simulation.max_participation", Home::Anywhere, Kind::Limit(Range::AboveTo(0.0, 1.0)), Some("none"), "largest share of a bar's volume that we trade"),
    key("simulation.borrow_bps", Home::Anywhere, Kind::Number(Range::From(0.0)), Some("0"), "cost of a short position, basis points a year"),
    key("execution.order", Home::Anywhere, Kind::Choice(&["market", "limit"]), Some("market"), "what moves a position to its target; a limit crosses with a market order in the end"),
    key("execution.offset_bps", Home::Anywhere, Kind::Number(Range::Any), Some("0"), "distance of that limit from the mid, in basis points away from the market"),
    key("execution.cross_after", Home::Anywhere, Kind::Whole(1), Some("1"), "closes that it waits for before what is left of it crosses"),
    key("risk.max_order_notional", Home::Risk, Kind::Limit(Range::Above(0.0)), Some("25_000_000"), "largest value of one order"),
    key("risk.max_position_notional", Home::Risk, Kind::Limit(Range::Above(0.0)), Some("50_000_000"), "largest value of the position in one instrument"),
    key("risk.max_concentration", Home::Risk, Kind::Limit(Range::Above(0.0)), Some("2"), "largest position in one instrument, in equities"),
    key("risk.max_leverage", Home::Risk, Kind::Limit(Range::Above(0.0)), Some("2"), "largest value of all positions, in equities"),
    key("risk.max_orders_per_minute", Home::Risk, Kind::CountLimit, Some("600"), "most orders in any sixty seconds"),
    key("risk.max_drawdown", Home::Risk, Kind::Limit(Range::AboveTo(0.0, 1.0)), Some("0.7"), "largest fall from the peak of equity; then everything is closed"),
    key("base", Home::Sweep, Kind::Text, None, "the run spec that is searched: a file, or the name of one in config/runs"),
    key("objective", Home::Sweep, Kind::Texts, Some("sharpe"), "figure to be best, a weighted sum such as \"sharpe - 0.5 * max_drawdown\", or a list of them for a Pareto front"),
    key("figures", Home::Sweep, Kind::Texts, None, "keys of the figures that are kept of each trial"),
    key("method.name", Home::Sweep, Kind::Text, Some("grid"), "how parameters are searched"),
    key("method.trials", Home::Sweep, Kind::Whole(1), None, "number of trials; absent for a whole grid"),
    key("method.seed", Home::Sweep, Kind::Whole(0), Some("0"), "what all randomness comes from"),
    key("method.population", Home::Sweep, Kind::Whole(1), None, "trials of a round, of a method that learns"),
    key("walk_forward.mode", Home::Sweep, Kind::Choice(&["rolling", "anchored"]), Some("rolling"), "whether training windows move or grow"),
    key("walk_forward.train", Home::Sweep, Kind::Span, None, "length of a training window, of the first where they grow"),
    key("walk_forward.test", Home::Sweep, Kind::Span, None, "length of a test window"),
    key("walk_forward.purge", Home::Sweep, Kind::Span, Some("0s"), "time left out between training and test"),
    key("walk_forward.embargo", Home::Sweep, Kind::Span, Some("0s"), "time left out after a test, before the next"),
    key("validation.folds", Home::Sweep, Kind::Whole(2), Some("10"), "stretches of time of the cross-validation"),
    key("validation.test_folds", Home::Sweep, Kind::Whole(1), Some("2"), "how many of them are held out at a time"),
];

/// Where the parameters of strategies stand: `params.fast`.
pub(crate) const PARAMS: &str = "params.";
/// Where the values of parameters that are searched stand: `space.fast`.
pub(crate) const SPACE: &str = "space.";
/// Where conditions on figures stand: `constraints.trades`.
pub(crate) const CONSTRAINTS: &str = "constraints.";
/// One text for the three legs of the latency.
pub(crate) const LATENCY: &str = "simulation.latency";

/// The line of the table for `path`.
pub(crate) fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

impl Range {
    fn holds(self, x: f64) -> bool {
        x.is_finite()
            && match self {
                Range::Any => true,
                Range::Above(min) => x > min,
                Range::From(min) => x >= min,
                Range::AboveTo(min, max) => x > min && x <= max,
            }
    }

    fn text(self) -> String {
        match self {
            Range::Any => "a number".to_string(),
            Range::Above(min) => format!("a number above {min}"),
            Range::From(min) => format!("a number of at least {min}"),
            Range::AboveTo(min, max) => format!("a number above {min} and at most {max}"),
        }
    }
}

impl Kind {
    /// What is allowed, for an error: `a number above 0`.
    pub(crate) fn allowed(self) -> String {
        match self {
            Kind::Text => "a text".to_string(),
            Kind::Number(range) => range.text(),
            Kind::Limit(range) => format!("{}, or \"none\" for no limit", range.text()),
            Kind::CountLimit => "a whole number from 1, or \"none\" for no limit".to_string(),
            Kind::Whole(least) => format!("a whole number of at least {least}"),
            Kind::Texts => "a text, or a list of texts".to_string(),
            Kind::Choice(words) => {
                format!("one of {}", words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(", "))
            }
            Kind::Interval => "the length of a bar, such as \"1m\", \"1h\" or \"1d\"".to_string(),
            Kind::Instant => {
                "a date such as \"2023-08-01\", or an instant in UTC such as \"2023-08-01T12:30:00Z\""
                    .to_string()
            }
            Kind::Span => "a length of time such as \"0ms\", \"250us\" or \"2s\"".to_string(),
            Kind::Instrument => "an instrument as \"venue:SYMBOL\", such as \"binance:NEARUSDT\"".to_string(),
            Kind::Roles => "roles with instruments, such as { base = \"binance:NEARUSDT\" } or \
                            { universe = [\"binance:NEARUSDT\", \"binance:FILUSDT\"] }"
                .to_string(),
        }
    }

    /// The value that `raw` is; `None` where this kind does not allow it.
    pub(crate) fn read(self, raw: &Raw) -> Option<Value> {
        match self {
            Kind::Text => {
                raw.text().filter(|text| !text.is_empty()).map(|text| Value::Text(text.to_string()))
            }
            Kind::Number(range) => raw.number().filter(|x| range.holds(*x)).map(Value::Number),
            Kind::Limit(_) | Kind::CountLimit if raw.text() == Some("none") => Some(Value::None),
            Kind::Limit(range) => raw.number().filter(|x| range.holds(*x)).map(Value::Number),
            Kind::CountLimit => raw
                .number()
                .filter(|x| *x >= 1.0 && x.fract() == 0.0 && *x <= f64::from(u32::MAX))
                .map(Value::Number),
            Kind::Whole(least) => raw
                .number()
                .filter(|x| *x >= f64::from(least) && x.fract() == 0.0 && *x <= 2_f64.powi(53))
                .map(Value::Number),
            Kind::Texts => read_texts(raw).map(Value::Texts),
            Kind::Choice(words) => {
                raw.text().filter(|text| words.contains(text)).map(|text| Value::Text(text.to_string()))
            }
            Kind::Interval => raw.text().and_then(Interval::parse).map(Value::Interval),
            Kind::Instant => raw.text().and_then(read_instant).map(Value::When),
            Kind::Span => raw.text().and_then(Span::parse).map(Value::Span),
            Kind::Instrument => {
                raw.text().filter(|text| is_instrument(text)).map(|text| Value::Text(text.to_string()))
            }
            Kind::Roles => read_roles(raw).map(Value::Roles),
        }
    }
}

fn read_instant(text: &str) -> Option<When> {
    CivilDate::parse(text).map(When::Date).or_else(|| Ts::parse(text).map(When::At))
}

fn read_texts(raw: &Raw) -> Option<Vec<String>> {
    let text = |raw: &Raw| raw.text().filter(|text| !text.trim().is_empty()).map(str::to_string);
    match raw {
        Raw::List(items) => {
            items.iter().map(text).collect::<Option<Vec<_>>>().filter(|texts| !texts.is_empty())
        }
        one => text(one).map(|text| vec![text]),
    }
}

fn is_instrument(text: &str) -> bool {
    text.split_once(':').is_some_and(|(venue, symbol)| !venue.is_empty() && !symbol.is_empty())
}

fn read_roles(raw: &Raw) -> Option<Vec<(String, Vec<String>)>> {
    let Raw::Table(entries) = raw else { return None };
    let name = |raw: &Raw| raw.text().filter(|text| is_instrument(text)).map(str::to_string);
    let roles = entries.iter().map(|entry| {
        let names = match &entry.raw {
            Raw::List(items) => items.iter().map(name).collect::<Option<Vec<_>>>()?,
            one => vec![name(one)?],
        };
        (!names.is_empty()).then(|| (entry.key.clone(), names))
    });
    roles.collect::<Option<Vec<_>>>().filter(|roles| !roles.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_of_its_key() {
        for key in KEYS {
            if let Some(default) = key.default {
                let raw = Raw::Written(default.to_string());
                assert!(key.kind.read(&raw).is_some(), "{} = {default}", key.path);
            }
        }
    }

    #[test]
    fn values_outside_their_range_are_not_read() {
        let check = |path: &str, text: &str, accepted: bool| {
            let kind = find(path).expect(path).kind;
            assert_eq!(kind.read(&Raw::Written(text.to_string())).is_some(), accepted, "{path} = {text}");
        };
        check("account.cash", "1", true);
        check("account.cash", "100_000", true);
        check("account.cash", "0", false);
        check("account.cash", "inf", false);
        check("account.cash", "nan", false);
        check("account.cash", "much", false);
        check("simulation.fees.maker_bps", "-1", true);
        check("simulation.fees.taker_bps", "-1", false);
        check("simulation.max_participation", "none", true);
        check("simulation.max_participation", "1", true);
        check("simulation.max_participation", "1.1", false);
        check("simulation.fill", "this-close", true);
        check("simulation.fill", "last-close", false);
        check("simulation.latency.order", "5ms", true);
        check("simulation.latency.order", "5", false);
        check("risk.max_orders_per_minute", "2.5", false);
        check("data.interval", "1h", true);
        check("data.interval", "0m", false);
        check("data.from", "2023-02-29", false);
        check("data.from", "2023-02-28T12:00:00Z", true);
        check("data.benchmark", "NEARUSDT", false);
    }
}
