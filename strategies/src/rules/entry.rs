//! The line of the rules in the table of strategies: parameters that follow from the texts, and the strategy of them.

use std::borrow::Cow;
use std::ops::Range;

use wb_core::{ParamError, ParamKind, ParamSet, ParamSpec, ParamValue};
use wb_kernel::prelude::*;
use wb_kernel::{FeatureText, TextError};

use super::compile::{Compiler, Scope};
use super::manual::manual;
use super::members::{Member, Members};
use super::program::{NodeId, Program};
use super::signal::RuleSignal;
use super::syntax::{Expr, Kind, parse};

/// The strategy whose rules stand in the spec.
pub(crate) const RULES: StrategyEntry = StrategyEntry {
    name: "rules",
    about: "Your own rules, written in the spec: when to be long, short or out, and how large.",
    roles: &[Role { name: BASE, doc: "What is traded: one instrument, or several.", many: true }],
    more_roles: Some("What the rules look at besides: `btc.close` is the close of the role `btc`."),
    manual: Some(manual),
    specs,
    resolve,
    build,
};

const BASE: &str = "base";

/// One of the texts that make the strategy.
struct Rule {
    name: &'static str,
    doc: &'static str,
    /// Its text where no condition is given at all.
    example: &'static str,
}

const LONG: &str = "long";
const SHORT: &str = "short";
const EXIT: &str = "exit";
const SIZE: &str = "size";

const TEXTS: [Rule; 4] = [
    Rule {
        name: LONG,
        doc: "When to be long; empty for never.",
        example: "sma(close, $fast) > sma(close, $slow)",
    },
    Rule { name: SHORT, doc: "When to be short; empty for never.", example: "" },
    Rule {
        name: EXIT,
        doc: "When to hold nothing; empty for never.",
        example: "sma(close, $fast) <= sma(close, $slow)",
    },
    Rule { name: SIZE, doc: "Share of equity to hold in each instrument.", example: "0.95 / instruments" },
];

/// The parameters of the example: name, value, smallest, largest, step.
const EXAMPLE: [(&str, i64, i64, i64, i64); 2] = [("fast", 10, 2, 50, 1), ("slow", 50, 10, 400, 5)];

/// The texts, each read.
struct Rules<'a> {
    /// In the order of [`TEXTS`]; nothing for an empty text.
    trees: Vec<(&'static str, &'a str, Option<Expr>)>,
}

/// What rules compute, and where each of its features is named.
struct Compiled {
    program: Program,
    places: Vec<Place>,
}

/// A part of the text of a rule.
struct Place {
    /// Which rule, by its place in [`TEXTS`].
    rule: usize,
    at: Range<usize>,
}

impl<'a> Rules<'a> {
    /// Of a set that has every text.
    fn of(set: &'a ParamSet) -> Result<Rules<'a>, ParamError> {
        let trees = TEXTS.iter().map(|rule| {
            let Some(ParamValue::Text(text)) = set.get(rule.name) else { unreachable!("it has every text") };
            let text: &str = text;
            let tree = match text.trim() {
                "" => None,
                _ => Some(parse(text).map_err(|error| told(rule.name, text, &error))?),
            };
            Ok((rule.name, text, tree))
        });
        Ok(Rules { trees: trees.collect::<Result<_, _>>()? })
    }

    /// What the rules compute for one instrument.
    fn compile(&self, scope: &Scope<'_>) -> Result<Compiled, ParamError> {
        let mut compiler = Compiler { scope, program: Program::default(), places: Vec::new() };
        let mut places = Vec::new();
        for (index, (name, text, tree)) in self.trees.iter().enumerate() {
            let compiled = match tree {
                Some(tree) if *name == SIZE => compiler.number(tree).map(Some),
                Some(tree) => compiler.condition(tree).map(Some),
                None => Ok(None),
            };
            let node = compiled.map_err(|error| told(name, text, &error))?;
            places.extend(
                compiler.places[places.len()..].iter().map(|at| Place { rule: index, at: at.clone() }),
            );
            self.answer(&mut compiler.program, name, node)?;
        }
        Ok(Compiled { program: compiler.program, places })
    }

    fn answer(
        &self,
        program: &mut Program,
        name: &'static str,
        node: Option<NodeId>,
    ) -> Result<(), ParamError> {
        match (name, node) {
            (LONG, node) => program.long = node,
            (SHORT, node) => program.short = node,
            (EXIT, node) => program.exit = node,
            (_, Some(node)) => program.size = node,
            (_, None) => {
                let message = "it is empty; a position needs a size, such as 0.95".to_string();
                return Err(ParamError::Text { name: SIZE.to_string(), message });
            }
        }
        Ok(())
    }
}

/// The set with every text. Where a condition is given, the others are never; where none is, the example stands.
fn completed(given: &ParamSet) -> ParamSet {
    let mut set = given.clone();
    let is_example = [LONG, SHORT, EXIT].into_iter().all(|name| given.get(name).is_none());
    for rule in &TEXTS {
        let text = match given.get(rule.name) {
            // A single number, such as a size, is a text, too.
            Some(value) => value.to_string(),
            None if is_example || rule.name == SIZE => rule.example.to_string(),
            None => String::new(),
        };
        set.set(rule.name, ParamValue::Text(text.into()));
    }
    for (name, value, min, max, step) in EXAMPLE.into_iter().filter(|_| is_example) {
        if given.get(name).is_none() {
            set.set(name, ParamValue::Int(value));
        }
        if given.declared(name).is_none() {
            set.declare(name, ParamKind::Int { min, max, step });
        }
    }
    set
}

fn told(name: &str, text: &str, error: &TextError) -> ParamError {
    ParamError::Text { name: name.to_string(), message: error.shown(text) }
}

/// The texts, and behind them each `$name` in them.
fn specs(given: &ParamSet) -> Result<Vec<ParamSpec>, ParamError> {
    let set = &completed(given);
    let rules = Rules::of(set)?;
    let mut specs: Vec<ParamSpec> = Vec::new();
    for (rule, (_, text, _)) in TEXTS.iter().zip(&rules.trees) {
        specs.push(ParamSpec {
            name: Cow::Borrowed(rule.name),
            doc: rule.doc,
            kind: ParamKind::Text,
            default: ParamValue::Text((*text).into()),
        });
    }
    for (rule, text, tree) in &rules.trees {
        let mut wrong = None;
        let Some(tree) = tree else { continue };
        tree.walk(&mut |part| {
            let Kind::Param(name) = &part.kind else { return };
            match param_spec(name, set) {
                Ok(spec) if specs.iter().any(|known| known.name == spec.name) => {}
                Ok(spec) => specs.push(spec),
                Err(message) => {
                    wrong.get_or_insert(told(rule, text, &TextError::new(part.at.clone(), message)));
                }
            }
        });
        wrong.map_or(Ok(()), Err)?;
    }
    Ok(specs)
}

/// The parameter `$name`: in the range that the spec gives it, else fixed.
fn param_spec(name: &str, set: &ParamSet) -> Result<ParamSpec, String> {
    if TEXTS.iter().any(|rule| rule.name == name) {
        return Err(format!("`{name}` is a rule, and no parameter in one"));
    }
    let value = set
        .get(name)
        .ok_or_else(|| format!("`${name}` has no value: give it one under [params], such as {name} = 10"))?;
    let (kind, value) = match (set.declared(name), value) {
        (Some(kind), value) => (kind.clone(), value.clone()),
        (None, ParamValue::Int(x)) => (ParamKind::Int { min: *x, max: *x, step: 1 }, value.clone()),
        (None, ParamValue::Float(x)) => (ParamKind::Float { min: *x, max: *x, step: None }, value.clone()),
        (None, ParamValue::Bool(_)) => (ParamKind::Bool, value.clone()),
        (None, ParamValue::Choice(_) | ParamValue::Text(_) | ParamValue::Targets(_)) => {
            return Err(format!("`${name}` is a text; a number is wanted"));
        }
    };
    let doc = "A parameter of the rules.";
    Ok(ParamSpec { name: Cow::Owned(name.to_string()), doc, kind, default: value })
}

fn resolve(given: &ParamSet) -> Result<ParamSet, ParamError> {
    let set = completed(given);
    let resolved = set.resolve(&specs(&set)?)?;
    program_of(&resolved)?;
    Ok(resolved)
}

/// The program of a complete set, as far as it can be known without the run: all that can be wrong without it, is found.
pub(super) fn program_of(set: &ParamSet) -> Result<Program, ParamError> {
    let scope = Scope { params: set, instruments: 2, interval: None, bars_per_year: &|_| 1.0 };
    Rules::of(set)?.compile(&scope).map(|compiled| compiled.program)
}

fn build(set: &ParamSet, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
    let set = resolve(set)?;
    let rules = Rules::of(&set)?;
    let traded = setup.instruments(BASE)?;
    let mut members = Vec::new();
    for instrument in &traded {
        let calendar = setup.describe(*instrument).calendar.clone();
        let run = setup.interval();
        let scope = Scope {
            params: &set,
            instruments: traded.len(),
            interval: Some(run),
            bars_per_year: &|interval| calendar.bars_per_year(interval.unwrap_or(run)),
        };
        let Compiled { program, places } = rules.compile(&scope)?;
        let bars = setup.bars(*instrument);
        let named = program.features.iter().zip(&places);
        if traded.len() == 1 && !program.ranks() && program.features.iter().all(FeatureText::is_at_hand) {
            let declared = named.map(|(feature, place)| {
                setup.feature_of(*instrument, feature).map_err(|error| absent(&rules, place, &error))
            });
            let features = declared.collect::<Result<Vec<Feature>, _>>()?;
            return Ok(setup.signal(*instrument, bars, features, RuleSignal::new(program)));
        }
        let declared = named.map(|(feature, place)| {
            setup.late_feature_of(*instrument, feature).map_err(|error| absent(&rules, place, &error))
        });
        let features = declared.collect::<Result<Vec<LateFeature>, _>>()?;
        members.push(Member::new(*instrument, bars, features, program));
    }
    Ok(Box::new(Members::new(members)))
}

/// What the run does not give, at the place that asks for it.
fn absent(rules: &Rules<'_>, place: &Place, error: &SetupError) -> SetupError {
    let (name, text, _) = &rules.trees[place.rule];
    SetupError::Params(told(name, text, &TextError::new(place.at.clone(), error.to_string())))
}
