//! TOML as it was written: every key optional, each with its line, unknown ones refused.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{self, CONSTRAINTS, Home, KEYS, LATENCY, PARAMS, SPACE};
use super::sources::{Layer, Source};
use crate::error::UserError;
use crate::suggest::{closest, did_you_mean};

/// A value as it was written, not yet checked.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Raw {
    /// Bare text of an environment variable or a flag; it is a number where one is wanted.
    Written(String),
    /// A string of TOML, or a date of TOML.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// A list.
    List(Vec<Raw>),
    /// A table, in the order of the file.
    Table(Vec<RawEntry>),
}

/// One key of a table.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct RawEntry {
    /// The key, without those above it.
    pub(crate) key: String,
    /// Its line, from 1.
    pub(crate) line: usize,
    /// What stands there.
    pub(crate) raw: Raw,
}

impl Raw {
    /// The text, where it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Raw::Written(text) | Raw::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, where it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Raw::Int(x) => Some(*x as f64),
            Raw::Float(x) => Some(*x),
            Raw::Written(text) => text.replace('_', "").parse().ok(),
            _ => None,
        }
    }
}

/// The value as TOML writes it, for errors and for `workbench config`.
impl std::fmt::Display for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Raw::Written(text) => f.write_str(text),
            Raw::Text(text) => write!(f, "\"{text}\""),
            Raw::Int(x) => write!(f, "{x}"),
            Raw::Float(x) => write!(f, "{x}"),
            Raw::Bool(x) => write!(f, "{x}"),
            Raw::List(items) => {
                let items: Vec<String> = items.iter().map(Raw::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Raw::Table(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|entry| format!("{} = {}", entry.key, entry.raw)).collect();
                write!(f, "{{ {} }}", entries.join(", "))
            }
        }
    }
}

/// A key with what was written for it and where.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Given {
    /// The whole path: `account.cash`.
    pub(crate) path: String,
    /// What stands there.
    pub(crate) raw: Raw,
    /// Where.
    pub(crate) source: Source,
}

/// Every key that the file `text`, known to people as `path`, gives to its layer.
///
/// # Errors
/// If the text is not TOML, or has a key that is unknown or belongs elsewhere.
pub(crate) fn read_toml(layer: Layer, path: &str, text: &str) -> Result<Vec<Given>, UserError> {
    let table = DeTable::parse(text).map_err(|error| syntax_error(path, text, &error))?;
    let entries = read_table(table.get_ref(), text);
    let mut reader = Reader { layer, path, given: Vec::new() };
    // The file of limits has no other keys, so they stand there without a heading.
    let prefix = if layer == Layer::Risk { "risk." } else { "" };
    for entry in &entries {
        reader.walk(prefix, entry)?;
    }
    Ok(reader.given)
}

/// A bare value of TOML: for what text alone cannot say on a command line.
pub(crate) fn read_value(text: &str) -> Option<Raw> {
    DeValue::parse(text).ok().map(|value| read_raw(value.get_ref(), text))
}

struct Reader<'a> {
    layer: Layer,
    path: &'a str,
    given: Vec<Given>,
}

impl Reader<'_> {
    /// Goes down to the keys of the table of settings.
    fn walk(&mut self, prefix: &str, entry: &RawEntry) -> Result<(), UserError> {
        let path = format!("{prefix}{}", entry.key);
        if let Raw::Table(entries) = &entry.raw {
            let below = format!("{path}.");
            if [PARAMS, SPACE, CONSTRAINTS].contains(&below.as_str())
                || KEYS.iter().any(|key| key.path.starts_with(&below))
            {
                return entries.iter().try_for_each(|entry| self.walk(&below, entry));
            }
            if path.starts_with(PARAMS) {
                return entries.iter().try_for_each(|part| self.param(&path, part));
            }
        }
        let source = Source::File { layer: self.layer, path: self.path.to_string(), line: entry.line };
        check_path(&path, &source)?;
        self.given.push(Given { path, raw: entry.raw.clone(), source });
        Ok(())
    }

    /// One part of a parameter that is written as a table; its value has the parameter's own path.
    fn param(&mut self, path: &str, part: &RawEntry) -> Result<(), UserError> {
        let source = Source::File { layer: self.layer, path: self.path.to_string(), line: part.line };
        let key = part.key.as_str();
        if !PARAM_PARTS.contains(&key) {
            let error = UserError::usage(format!("{source}: unknown key `{path}.{key}`"));
            let hint = did_you_mean(key, PARAM_PARTS);
            return Err(error.hint(hint.unwrap_or_else(|| format!("there are {}", PARAM_PARTS.join(", ")))));
        }
        check_path(path, &source)?;
        let path = if key == "value" { path.to_string() } else { format!("{path}.{key}") };
        self.given.push(Given { path, raw: part.raw.clone(), source });
        Ok(())
    }
}

/// What a parameter written as a table may have: `fast = { value = 10, range = "2..=50", step = 1 }`.
const PARAM_PARTS: [&str; 3] = ["value", "range", "step"];

/// Whether `path` is a key that may stand at `source`.
///
/// # Errors
/// If it is unknown, or belongs in another file.
pub(crate) fn check_path(path: &str, source: &Source) -> Result<(), UserError> {
    let layer = source.layer();
    let home = match keys::find(path) {
        Some(key) => key.home,
        None if path.len() > PARAMS.len() && path.starts_with(PARAMS) => Home::Spec,
        None if [SPACE, CONSTRAINTS].iter().any(|top| path.len() > top.len() && path.starts_with(top)) => {
            Home::Sweep
        }
        None if path == LATENCY => Home::Anywhere,
        None => {
            let error = UserError::usage(format!("{source}: unknown key `{}`", shown(path, layer)));
            return Err(error.maybe_hint(nearest_key(path, layer)));
        }
    };
    if home.allows(layer) {
        return Ok(());
    }
    let error = UserError::usage(format!("{source}: `{}` cannot stand here", shown(path, layer)));
    Err(error.hint(format!("it belongs in {}", home.place())))
}

/// The path as the file writes it.
fn shown(path: &str, layer: Layer) -> &str {
    let prefix = if layer == Layer::Risk { "risk." } else { "" };
    path.strip_prefix(prefix).unwrap_or(path)
}

fn nearest_key(path: &str, layer: Layer) -> Option<String> {
    let last = |path: &'static str| path.rsplit('.').next().unwrap_or(path);
    let mut known: Vec<&'static str> =
        if layer == Layer::Sweep { vec!["space", "constraints"] } else { vec!["params"] };
    for key in KEYS.iter().filter(|key| key.home.allows(layer)) {
        known.push(key.path);
        known.extend(key.path.match_indices('.').map(|(at, _)| &key.path[..at]));
    }
    if let Some(near) = closest(path, known.iter().copied()) {
        return Some(format!("did you mean `{}`?", shown(near, layer)));
    }
    // A good name under a wrong heading.
    let name = path.rsplit('.').next().unwrap_or(path);
    let near = closest(name, known.iter().map(|path| last(path)))?;
    let whole = known.iter().find(|path| last(path) == near)?;
    Some(format!("did you mean `{}`?", shown(whole, layer)))
}

fn syntax_error(path: &str, text: &str, error: &toml::de::Error) -> UserError {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    UserError::usage(format!("{path}:{line}: {}", error.message().lines().collect::<Vec<_>>().join(", ")))
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn read_table(table: &DeTable<'_>, text: &str) -> Vec<RawEntry> {
    let mut entries: Vec<(usize, RawEntry)> = Vec::with_capacity(table.len());
    for (key, value) in table {
        let at = key.span().start;
        let raw = read_raw(value.get_ref(), text);
        entries.push((at, RawEntry { key: key.get_ref().to_string(), line: line_of(text, at), raw }));
    }
    // The order of the file: roles are numbered in it.
    entries.sort_by_key(|(at, _)| *at);
    entries.into_iter().map(|(_, entry)| entry).collect()
}

fn read_raw(value: &DeValue<'_>, text: &str) -> Raw {
    match value {
        DeValue::String(x) => Raw::Text(x.to_string()),
        DeValue::Integer(x) => match i64::from_str_radix(x.as_str(), x.radix()) {
            Ok(x) => Raw::Int(x),
            Err(_) => Raw::Float(x.as_str().parse().unwrap_or(f64::NAN)),
        },
        DeValue::Float(x) => Raw::Float(x.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(x) => Raw::Bool(*x),
        DeValue::Datetime(x) => Raw::Text(x.to_string()),
        DeValue::Array(items) => Raw::List(
            items.iter().map(|item: &Spanned<DeValue<'_>>| read_raw(item.get_ref(), text)).collect(),
        ),
        DeValue::Table(table) => Raw::Table(read_table(table, text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(layer: Layer, text: &str) -> Result<Vec<Given>, UserError> {
        read_toml(layer, "x.toml", text)
    }

    #[test]
    fn keys_come_with_their_whole_path_and_line_in_the_order_of_the_file() {
        let text = "strategy = \"pairs\"\n[simulation]\nfees = { maker_bps = 2,\n  taker_bps = 0x10 }\n\n\
                    [data]\ninstruments = { y = \"v:Y\", x = [\"v:X\"] }\nfrom = 2023-08-01\n";
        let given = read(Layer::Spec, text).expect("a good spec");
        let lines: Vec<String> =
            given.iter().map(|given| format!("{} {} = {}", given.source, given.path, given.raw)).collect();
        assert_eq!(
            lines,
            [
                "x.toml:1 strategy = \"pairs\"",
                "x.toml:3 simulation.fees.maker_bps = 2",
                "x.toml:4 simulation.fees.taker_bps = 16",
                "x.toml:7 data.instruments = { y = \"v:Y\", x = [\"v:X\"] }",
                "x.toml:8 data.from = \"2023-08-01\"",
            ]
        );
    }

    #[test]
    fn unknown_and_misplaced_keys_are_refused_with_a_suggestion() {
        let check = |layer: Layer, text: &str, message: &str, hint: &str| {
            let error = read(layer, text).expect_err(text);
            assert_eq!((error.message.as_str(), error.hint.as_deref()), (message, Some(hint)), "{text}");
        };
        check(
            Layer::Spec,
            "[simulation]\nfee = { taker_bps = 1 }",
            "x.toml:2: unknown key `simulation.fee`",
            "did you mean `simulation.fees`?",
        );
        check(
            Layer::Spec,
            "[data]\ninstrument = \"v:X\"",
            "x.toml:2: unknown key `data.instrument`",
            "did you mean `data.instruments`?",
        );
        check(Layer::Spec, "cash = 1", "x.toml:1: unknown key `cash`", "did you mean `account.cash`?");
        check(
            Layer::Spec,
            "[simulation.slippage]\nbsp = 1",
            "x.toml:2: unknown key `simulation.slippage.bsp`",
            "did you mean `simulation.slippage.bps`?",
        );
        check(
            Layer::Spec,
            "[risk]\nmax_leverage = 9",
            "x.toml:2: `risk.max_leverage` cannot stand here",
            "it belongs in config/risk.toml",
        );
        check(
            Layer::Project,
            "strategy = \"pairs\"",
            "x.toml:1: `strategy` cannot stand here",
            "it belongs in a run spec",
        );
        check(
            Layer::Risk,
            "max_leverag = 2",
            "x.toml:1: unknown key `max_leverag`",
            "did you mean `max_leverage`?",
        );
    }

    #[test]
    fn broken_toml_names_the_file_and_the_line() {
        let check = |text: &str, begins: &str| {
            let message = read(Layer::Spec, text).expect_err(text).message;
            assert!(message.starts_with(begins), "{message}");
        };
        check("strategy = \"pairs\"\n[data\n", "x.toml:2: ");
        check("a = 1\nb = = 2\n", "x.toml:2: ");
        check("[account]\ncash = 1\ncash = 2\n", "x.toml:3: duplicate key");
    }
}
