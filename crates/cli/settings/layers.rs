//! Layers of settings merged, each value with its layer and line.

use std::collections::BTreeMap;

use wb_core::{Interval, Span};

use super::keys::{self, KEYS, LATENCY, Value};
use super::options::{Given, Raw, check_path, read_toml, read_value};
use super::project::SpecText;
use super::resolve::When;
use super::sources::{Layer, Source};
use crate::error::UserError;
use crate::suggest::did_you_mean;

/// One value that won.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Entry {
    /// The value, checked.
    pub(crate) value: Value,
    /// As it was written.
    pub(crate) written: String,
    /// Where.
    pub(crate) source: Source,
}

/// Every setting that has a value, by its path.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Settings {
    entries: BTreeMap<String, Entry>,
}

impl Settings {
    /// The lowest layer: the defaults of the table of keys.
    pub(crate) fn defaults() -> Settings {
        let mut settings = Settings { entries: BTreeMap::new() };
        for key in KEYS {
            if let Some(default) = key.default {
                let raw = Raw::Written(default.to_string());
                let given = Given { path: key.path.to_string(), raw, source: Source::Default };
                settings.set(&given).expect("every default is a value of its key");
            }
        }
        settings
    }

    /// The settings of a resolved spec and of `flags`, and nothing of a project or of the environment.
    ///
    /// # Errors
    /// If the spec or a flag holds what it may not.
    pub(crate) fn of_spec(spec: &SpecText, flags: &[Given]) -> Result<Settings, UserError> {
        let mut settings = Settings::defaults();
        settings.add(&read_toml(Layer::Spec, &spec.path, &spec.text)?)?;
        settings.add(flags)?;
        Ok(settings)
    }

    /// The paths of all keys below a heading such as `risk.`.
    pub(crate) fn keys_below(heading: &str) -> impl Iterator<Item = &'static str> {
        KEYS.iter().map(|key| key.path).filter(move |path| path.starts_with(heading))
    }

    /// Adds what one layer gives. A value replaces those of its own and of lower layers, in whatever order layers
    /// are added.
    ///
    /// # Errors
    /// If a value is not one that its key allows.
    pub(crate) fn add(&mut self, layer: &[Given]) -> Result<(), UserError> {
        layer.iter().try_for_each(|given| self.set(given))
    }

    fn set(&mut self, given: &Given) -> Result<(), UserError> {
        if given.path == LATENCY {
            return ["feed", "order", "report"].iter().try_for_each(|leg| {
                let path = format!("{LATENCY}.{leg}");
                self.set(&Given { path, ..given.clone() })
            });
        }
        let lower =
            self.entries.get(&given.path).is_none_or(|old| old.source.layer() <= given.source.layer());
        let value = match keys::find(&given.path) {
            Some(key) => key.kind.read(&given.raw).ok_or_else(|| {
                let must = key.kind.allowed();
                UserError::usage(format!("{}: {} = {}: must be {must}", given.source, given.path, given.raw))
            })?,
            None => Value::Open(given.raw.clone()),
        };
        if lower {
            let written = given.raw.text().map_or_else(|| given.raw.to_string(), str::to_string);
            let entry = Entry { value, written, source: given.source.clone() };
            self.entries.insert(given.path.clone(), entry);
        }
        Ok(())
    }

    /// The value of that path with where it was written.
    pub(crate) fn get(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// Everything below a heading such as `params.`, without the heading, by name.
    pub(crate) fn below<'a>(&'a self, heading: &'a str) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        self.entries.iter().filter_map(move |(path, entry)| Some((path.strip_prefix(heading)?, entry)))
    }

    /// The text there.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        match &self.get(path)?.value {
            Value::Text(text) => Some(text),
            other => unreachable!("{path} is checked to be a text, not {other:?}"),
        }
    }

    /// The number there; absent also where it is `none`.
    pub(crate) fn number(&self, path: &str) -> Option<f64> {
        match &self.get(path)?.value {
            Value::Number(x) => Some(*x),
            Value::None => None,
            other => unreachable!("{path} is checked to be a number, not {other:?}"),
        }
    }

    /// The length of time there.
    pub(crate) fn span(&self, path: &str) -> Option<Span> {
        match &self.get(path)?.value {
            Value::Span(span) => Some(*span),
            other => unreachable!("{path} is checked to be a length of time, not {other:?}"),
        }
    }

    /// The bar length there.
    pub(crate) fn interval(&self, path: &str) -> Option<Interval> {
        match &self.get(path)?.value {
            Value::Interval(interval) => Some(*interval),
            other => unreachable!("{path} is checked to be a bar length, not {other:?}"),
        }
    }

    /// The date or instant there.
    pub(crate) fn when(&self, path: &str) -> Option<When> {
        match &self.get(path)?.value {
            Value::When(when) => Some(*when),
            other => unreachable!("{path} is checked to be a date or an instant, not {other:?}"),
        }
    }

    /// The texts there.
    pub(crate) fn texts(&self, path: &str) -> Option<&[String]> {
        match &self.get(path)?.value {
            Value::Texts(texts) => Some(texts),
            other => unreachable!("{path} is checked to be texts, not {other:?}"),
        }
    }

    /// The roles there.
    pub(crate) fn roles(&self, path: &str) -> Option<&[(String, Vec<String>)]> {
        match &self.get(path)?.value {
            Value::Roles(roles) => Some(roles),
            other => unreachable!("{path} is checked to be roles, not {other:?}"),
        }
    }
}

/// Variables of ours that are not settings.
const OTHER_VARIABLES: &[&str] = &[
    "WORKBENCH_PROJECT",
    "WORKBENCH_PROFILE",
    "WORKBENCH_EXCHANGE_KEY",
    "WORKBENCH_EXCHANGE_SECRET",
    "WORKBENCH_VENUE_KEY",
    "WORKBENCH_VENUE_SECRET",
    "SHARED_MARKET_DATA",
    "WORKBENCH_CODE_ID",
];

/// The layer of the environment: `WORKBENCH_ACCOUNT_CASH=5000` is `account.cash`.
///
/// # Errors
/// If a variable begins with `WORKBENCH_` and is none of ours.
pub(crate) fn read_environment(
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Vec<Given>, UserError> {
    let name_of = |path: &str| format!("WORKBENCH_{}", path.to_uppercase().replace('.', "_"));
    let paths = || KEYS.iter().map(|key| key.path).chain([LATENCY]);
    let mut given = Vec::new();
    for (name, text) in variables {
        if !name.starts_with("WORKBENCH_") || OTHER_VARIABLES.contains(&name.as_str()) {
            continue;
        }
        let path = match paths().find(|path| name_of(path) == name) {
            Some(path) => path.to_string(),
            None => match name.strip_prefix("WORKBENCH_PARAMS_") {
                Some(param) => format!("params.{}", param.to_lowercase()),
                None => {
                    let names: Vec<String> = paths().map(name_of).collect();
                    let hint = did_you_mean(&name, names.iter().map(String::as_str));
                    let error = UserError::usage(format!("unknown environment variable {name}"));
                    return Err(error.maybe_hint(hint));
                }
            },
        };
        let raw = written(&path, text);
        given.push(Given { path, raw, source: Source::Env(name) });
    }
    Ok(given)
}

/// One value of the layer of flags.
///
/// # Errors
/// If the path is not a key.
pub(crate) fn read_flag(flag: &str, path: &str, text: &str) -> Result<Given, UserError> {
    let source = Source::Flag(flag.to_string());
    check_path(path, &source)?;
    Ok(Given { path: path.to_string(), raw: written(path, text.to_string()), source })
}

/// Splits `key=value` as flags give it.
///
/// # Errors
/// If there is no `=`, or nothing before it.
pub(crate) fn split_assignment<'a>(flag: &str, text: &'a str) -> Result<(&'a str, &'a str), UserError> {
    text.split_once('=')
        .map(|(key, value)| (key.trim(), value.trim()))
        .filter(|(key, _)| !key.is_empty())
        .ok_or_else(|| UserError::usage(format!("{flag} {text}: must be KEY=VALUE, such as {flag} fast=12")))
}

/// Bare text, but roles are structured and are written as TOML.
fn written(path: &str, text: String) -> Raw {
    match (path, read_value(&text)) {
        ("data.instruments", Some(raw)) => raw,
        _ => Raw::Written(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each layer gives for its own value of `path`, as it would be read.
    fn layer(layer: Layer, path: &str, value: u32) -> Vec<Given> {
        let toml = || {
            let (table, key) = path.rsplit_once('.').expect("a key below a heading");
            let text = match layer {
                Layer::Risk => format!("{key} = {value}\n"),
                _ => format!("[{table}]\n{key} = {value}\n"),
            };
            read_toml(layer, "file.toml", &text).expect("a key that may stand there")
        };
        match layer {
            Layer::Default => {
                let raw = Raw::Written(value.to_string());
                vec![Given { path: path.to_string(), raw, source: Source::Default }]
            }
            Layer::Env => {
                let name = format!("WORKBENCH_{}", path.to_uppercase().replace('.', "_"));
                read_environment([(name, value.to_string())]).expect("a known variable")
            }
            Layer::Flag => vec![read_flag("--set", path, &value.to_string()).expect("a known key")],
            Layer::Project | Layer::Risk | Layer::Profile | Layer::Spec | Layer::Sweep => toml(),
        }
    }

    const ALL: [Layer; 8] = [
        Layer::Default,
        Layer::Project,
        Layer::Risk,
        Layer::Profile,
        Layer::Spec,
        Layer::Sweep,
        Layer::Env,
        Layer::Flag,
    ];

    #[test]
    fn of_every_pair_of_layers_the_higher_one_wins_in_either_order() {
        let mut pairs = 0;
        for path in [
            "account.cash",
            "simulation.fees.per_order",
            "risk.max_orders_per_minute",
            "params.fast",
            "method.seed",
        ] {
            let home = keys::find(path).map_or(keys::Home::Spec, |key| key.home);
            for (low, high) in ALL.iter().flat_map(|low| ALL.iter().map(move |high| (*low, *high))) {
                if low >= high || !home.allows(low) || !home.allows(high) {
                    continue;
                }
                let (lower, higher) = (layer(low, path, 11), layer(high, path, 22));
                for order in [[&lower, &higher], [&higher, &lower]] {
                    let mut settings = Settings::defaults();
                    order.into_iter().for_each(|layer| settings.add(layer).expect("good values"));
                    let won = settings.get(path).expect("given twice");
                    assert_eq!((won.written.as_str(), won.source.layer()), ("22", high), "{path} {low:?}");
                }
                pairs += 1;
            }
        }
        // Six layers may hold an account or simulation key, five a limit, four a parameter or a key of a sweep.
        assert_eq!(pairs, 15 + 15 + 10 + 6 + 6);
    }

    #[test]
    fn within_one_layer_the_last_value_wins() {
        let mut settings = Settings::defaults();
        let flag = |value: &str| read_flag("--set", "account.cash", value).expect("a known key");
        settings.add(&[flag("1"), flag("2")]).expect("good values");
        assert_eq!(settings.number("account.cash"), Some(2.0));
    }

    #[test]
    fn one_text_sets_the_three_legs_of_the_latency() {
        let mut settings = Settings::defaults();
        settings.add(&[read_flag("--set", LATENCY, "5ms").expect("a known key")]).expect("a good value");
        let legs: Vec<String> =
            settings.below("simulation.latency.").map(|(_, e)| e.written.clone()).collect();
        assert_eq!(legs, ["5ms", "5ms", "5ms"]);
    }

    #[test]
    fn a_bad_value_names_where_it_stands_and_what_is_allowed() {
        let check = |given: Vec<Given>, message: &str| {
            let error = Settings::defaults().add(&given).expect_err(message);
            assert_eq!(error.message, message);
        };
        let file = |text| read_toml(Layer::Spec, "x.toml", text).expect("known keys");
        check(file("\n[account]\ncash = -5"), "x.toml:3: account.cash = -5: must be a number above 0");
        check(file("account.cash = \"5\""), "x.toml:1: account.cash = \"5\": must be a number above 0");
        check(
            file("[simulation]\nfill = \"close\""),
            "x.toml:2: simulation.fill = \"close\": must be one of \"next-open\", \"this-close\"",
        );
        check(
            vec![read_flag("--set", "risk.max_drawdown", "2").expect("a known key")],
            "--set: risk.max_drawdown = 2: must be a number above 0 and at most 1, or \"none\" for no limit",
        );
    }

    #[test]
    fn a_misspelt_variable_is_not_ignored() {
        let error = read_environment([("WORKBENCH_ACCOUNT_CAHS".to_string(), "1".to_string())]);
        let error = error.expect_err("unknown");
        assert_eq!(error.message, "unknown environment variable WORKBENCH_ACCOUNT_CAHS");
        assert_eq!(error.hint.as_deref(), Some("did you mean `WORKBENCH_ACCOUNT_CASH`?"));
        let other = [("WORKBENCH_PROFILE", "paper"), ("PATH", "/bin")];
        let other = other.map(|(name, text)| (name.to_string(), text.to_string()));
        assert_eq!(read_environment(other).map(|given| given.len()), Ok(0));
    }
}
