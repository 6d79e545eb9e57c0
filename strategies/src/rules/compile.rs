//! Trees to nodes: names are looked up, types are checked, what is known at the start is computed.

use std::ops::Range;

use wb_core::{Interval, ParamSet, ParamValue};
use wb_indicators::{INDICATORS, IndicatorEntry, Make};
use wb_kernel::{FeatureCall, FeatureInput, FeatureText, Field, TextError, closest};

use super::functions::{FUNCTIONS, Function, FunctionKind, One, Two};
use super::program::{IndicatorNode, Node, NodeId, Program};
use super::syntax::{Binary, Call, Expr, Kind, Unary};

/// The name of the number of traded instruments.
pub(super) const INSTRUMENTS: &str = "instruments";

/// What a rule may know of its run.
pub(super) struct Scope<'a> {
    /// Values of `$name`.
    pub(super) params: &'a ParamSet,
    /// The number of traded instruments.
    pub(super) instruments: usize,
    /// The length of the run's bars, where that is known.
    pub(super) interval: Option<Interval>,
    /// Bars of an interval, or of the run, in a year of the instrument's calendar.
    pub(super) bars_per_year: &'a dyn Fn(Option<Interval>) -> f64,
}

/// What a part of a rule gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Type {
    Number,
    Condition,
}

type Result<T> = std::result::Result<T, TextError>;

/// Rules in the making.
pub(super) struct Compiler<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) program: Program,
    /// Where each feature stands in the text of its rule, for what the run does not give.
    pub(super) places: Vec<Range<usize>>,
}

impl Compiler<'_> {
    /// The node of a condition.
    ///
    /// # Errors
    /// If it is none.
    pub(super) fn condition(&mut self, expr: &Expr) -> Result<NodeId> {
        match self.value(expr)? {
            (node, Type::Condition) => Ok(node),
            (_, Type::Number) => {
                Err(wrong(&expr.at, "this is a number; a condition is wanted, such as a comparison"))
            }
        }
    }

    /// The node of a number.
    ///
    /// # Errors
    /// If it is none.
    pub(super) fn number(&mut self, expr: &Expr) -> Result<NodeId> {
        match self.value(expr)? {
            (node, Type::Number) => Ok(node),
            (_, Type::Condition) => Err(wrong(&expr.at, "this is a condition; a number is wanted")),
        }
    }

    fn value(&mut self, expr: &Expr) -> Result<(NodeId, Type)> {
        match &expr.kind {
            Kind::Number(x) => Ok((self.program.add(Node::Constant(*x)), Type::Number)),
            Kind::Param(name) => self.param(name, &expr.at),
            Kind::Path(path) if path == INSTRUMENTS => {
                let count = Node::Constant(self.scope.instruments as f64);
                Ok((self.program.add(count), Type::Number))
            }
            Kind::Path(path) => {
                let input = input(path, &expr.at)?;
                let feature = FeatureText::of_input(input).map_err(|what| wrong(&expr.at, what))?;
                Ok((self.feature(feature, &expr.at), Type::Number))
            }
            Kind::Call(call) => self.call(call, &expr.at),
            Kind::Unary(Unary::Not, operand) => {
                let operand = self.condition(operand)?;
                Ok((self.one(One::Not, operand), Type::Condition))
            }
            Kind::Unary(Unary::Negate, operand) => {
                let operand = self.number(operand)?;
                Ok((self.one(One::Negate, operand), Type::Number))
            }
            Kind::Binary(operator, left, right) => self.binary(*operator, left, right),
        }
    }

    fn param(&mut self, name: &str, at: &Range<usize>) -> Result<(NodeId, Type)> {
        let (x, kind) = match self.scope.params.get(name) {
            Some(ParamValue::Int(x)) => (*x as f64, Type::Number),
            Some(ParamValue::Float(x)) => (*x, Type::Number),
            Some(ParamValue::Bool(x)) => (f64::from(u8::from(*x)), Type::Condition),
            Some(ParamValue::Choice(_) | ParamValue::Text(_) | ParamValue::Targets(_)) => {
                return Err(wrong(at, format!("`${name}` is a text; a number is wanted")));
            }
            None => {
                let message =
                    format!("`${name}` has no value: give it one under [params], such as {name} = 10");
                return Err(wrong(at, message));
            }
        };
        Ok((self.program.add(Node::Constant(x)), kind))
    }

    fn binary(&mut self, operator: Binary, left: &Expr, right: &Expr) -> Result<(NodeId, Type)> {
        let (left, right, kind) = match operator {
            Binary::And | Binary::Or => (self.condition(left)?, self.condition(right)?, Type::Condition),
            Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide => {
                (self.number(left)?, self.number(right)?, Type::Number)
            }
            _ => (self.number(left)?, self.number(right)?, Type::Condition),
        };
        Ok((self.two(Two::Operator(operator), left, right), kind))
    }

    fn one(&mut self, function: One, x: NodeId) -> NodeId {
        let Some(x) = self.program.constant(x) else { return self.program.add(Node::One(function, x)) };
        let mut value = [0.0];
        function.apply(&[x], &mut value);
        self.program.add(Node::Constant(value[0]))
    }

    fn two(&mut self, function: Two, x: NodeId, y: NodeId) -> NodeId {
        let constants = self.program.constant(x).zip(self.program.constant(y));
        let Some((x, y)) = constants else { return self.program.add(Node::Two(function, x, y)) };
        let mut value = [0.0];
        function.apply(&[x], &[y], &mut value);
        self.program.add(Node::Constant(value[0]))
    }

    fn feature(&mut self, feature: FeatureText, at: &Range<usize>) -> NodeId {
        let node = self.program.feature(feature);
        if self.places.len() < self.program.features.len() {
            self.places.push(at.clone());
        }
        node
    }

    fn call(&mut self, call: &Call, at: &Range<usize>) -> Result<(NodeId, Type)> {
        if let Some(function) = FUNCTIONS.iter().find(|function| function.name == call.name) {
            if call.output.is_some() {
                return Err(wrong(at, format!("`{}` has one output, without a name", call.name)));
            }
            return self.function(function, call, at);
        }
        let entry = IndicatorEntry::find(&call.name).ok_or_else(|| unknown(call))?;
        Ok((self.indicator(entry, call, at)?, Type::Number))
    }

    fn function(&mut self, function: &Function, call: &Call, at: &Range<usize>) -> Result<(NodeId, Type)> {
        let count = match function.kind {
            FunctionKind::One(_) | FunctionKind::Rank => call.args.len() == 1,
            FunctionKind::Crosses(_) => call.args.len() == 2,
            FunctionKind::Many(_) => call.args.len() >= 2,
            FunctionKind::AnnualVolatility => (1..=2).contains(&call.args.len()),
        };
        if !count {
            let message = format!(
                "`{}` is written {}, not with {}",
                call.name,
                function.written,
                arguments(call.args.len())
            );
            return Err(wrong(at, message));
        }
        if function.kind == FunctionKind::AnnualVolatility {
            return Ok((self.annual_volatility(call, at)?, Type::Number));
        }
        let args = call.args.iter().map(|arg| self.number(arg)).collect::<Result<Vec<NodeId>>>()?;
        Ok(match function.kind {
            FunctionKind::One(function) => (self.one(function, args[0]), Type::Number),
            FunctionKind::Many(function) => {
                let rest = args[1..].iter();
                (rest.fold(args[0], |so_far, arg| self.two(function, so_far, *arg)), Type::Number)
            }
            FunctionKind::Crosses(passing) => {
                (self.program.add(Node::Crosses(passing, args[0], args[1])), Type::Condition)
            }
            FunctionKind::Rank if self.scope.instruments < 2 => {
                let message = "`rank` compares the traded instruments, and there is one";
                return Err(wrong(at, message));
            }
            FunctionKind::Rank => (self.program.add(Node::Rank(args[0])), Type::Number),
            FunctionKind::AnnualVolatility => unreachable!("it has been computed"),
        })
    }

    fn annual_volatility(&mut self, call: &Call, at: &Range<usize>) -> Result<NodeId> {
        let entry = IndicatorEntry::find("volatility").expect("the table has it");
        let node = self.indicator(entry, call, at)?;
        let interval = match call.args.first().map(|arg| &arg.kind) {
            Some(Kind::Path(path)) => input(path, at)?.interval,
            _ => None,
        };
        let scale = self.program.add(Node::Constant((self.scope.bars_per_year)(interval).sqrt()));
        Ok(self.two(Two::Operator(Binary::Multiply), node, scale))
    }

    /// The value of what is known when the run begins.
    fn constant(&mut self, entry: &IndicatorEntry, expr: &Expr) -> Result<f64> {
        if !moves(expr) {
            let node = self.number(expr)?;
            if let Some(x) = self.program.constant(node) {
                return Ok(x);
            }
        }
        let message =
            format!("`{}` needs a number here that is known when the run begins: {entry}", entry.name);
        Err(wrong(&expr.at, message))
    }

    fn indicator(
        &mut self,
        entry: &'static IndicatorEntry,
        call: &Call,
        at: &Range<usize>,
    ) -> Result<NodeId> {
        let series = match entry.make {
            Make::Pair(_) => 2.min(call.args.len()),
            // What moves is what it reads, and none of its numbers.
            _ => usize::from(call.args.first().is_some_and(moves)),
        };
        let (series, numbers) = call.args.split_at(series);
        let given = numbers.iter().map(|expr| self.constant(entry, expr)).collect::<Result<Vec<f64>>>()?;
        let output = call.output.as_deref();
        let made = FeatureCall::new(entry, &given, output).map_err(|(position, what)| {
            let place = position.and_then(|position| numbers.get(position)).map_or(at, |arg| &arg.at);
            wrong(place, what)
        })?;
        let paths = series.iter().map(as_input).collect::<Result<Vec<_>>>()?;
        match (entry.make, &paths[..]) {
            (Make::Pair(_), [_, _]) => self.owned(entry, &made, series),
            (Make::Pair(_), _) => Err(wrong(at, format!("`{}` reads two series: {entry}", entry.name))),
            (Make::Number(_), [None]) => self.owned(entry, &made, series),
            (_, [None]) => {
                let message = format!("`{}` is fed with whole bars, such as `bar@1h`", entry.name);
                Err(wrong(&series[0].at, message))
            }
            (_, paths) => {
                let input = paths.first().cloned().flatten();
                let place = series.first().map_or(at, |expr| &expr.at);
                let feature = FeatureText::of_call(input, made).map_err(|what| wrong(place, what))?;
                Ok(self.feature(feature, at))
            }
        }
    }

    /// An indicator of what the rules themselves compute.
    fn owned(
        &mut self,
        entry: &'static IndicatorEntry,
        call: &FeatureCall,
        series: &[Expr],
    ) -> Result<NodeId> {
        for expr in series {
            self.refuse_longer_alone(entry, expr)?;
        }
        let inputs = series.iter().map(|expr| self.number(expr)).collect::<Result<Vec<NodeId>>>()?;
        let args = call.args().to_vec();
        Ok(self.program.add(Node::Indicator(IndicatorNode { entry, args, output: call.output(), inputs })))
    }

    /// An indicator of an expression counts bars of the run. Where all of the expression moves with longer bars, those
    /// were meant.
    fn refuse_longer_alone(&self, entry: &IndicatorEntry, expr: &Expr) -> Result<()> {
        let (mut longer, mut others) = (0, 0);
        expr.walk(&mut |part| match &part.kind {
            Kind::Path(path) if path != INSTRUMENTS => {
                let interval = input(path, &part.at).ok().and_then(|input| input.interval);
                let is_longer = interval.is_some() && interval != self.scope.interval;
                *(if is_longer { &mut longer } else { &mut others }) += 1;
            }
            // It reads what goes without saying: bars of the run.
            Kind::Call(call) if !call.args.iter().any(moves) => others += usize::from(moves(part)),
            _ => {}
        });
        if longer == 0 || others > 0 {
            return Ok(());
        }
        let message = format!(
            "`{}` of an expression counts bars of the run, and all of this moves with longer ones: apply it to one \
             field, such as {}(close@1h, …)",
            entry.name, entry.name
        );
        Err(wrong(&expr.at, message))
    }
}

/// Whether a value may differ from bar to bar.
fn moves(expr: &Expr) -> bool {
    let is_fixed = |f: &Function| !matches!(f.kind, FunctionKind::AnnualVolatility | FunctionKind::Rank);
    let mut moves = false;
    expr.walk(&mut |part| {
        moves |= match &part.kind {
            Kind::Path(path) => path != INSTRUMENTS,
            Kind::Call(call) => !FUNCTIONS.iter().any(|f| f.name == call.name && is_fixed(f)),
            _ => false,
        }
    });
    moves
}

/// The input that an expression is, where it is nothing else.
fn as_input(expr: &Expr) -> Result<Option<FeatureInput>> {
    match &expr.kind {
        Kind::Path(path) if path != INSTRUMENTS => input(path, &expr.at).map(Some),
        _ => Ok(None),
    }
}

/// Every name that may stand before a parenthesis.
fn functions() -> impl Iterator<Item = &'static str> {
    let indicators = INDICATORS.iter().map(|entry| entry.name);
    FUNCTIONS.iter().map(|function| function.name).chain(indicators)
}

fn input(path: &str, at: &Range<usize>) -> Result<FeatureInput> {
    path.parse().map_err(|error: TextError| {
        if functions().any(|name| name == path) {
            return wrong(at, format!("`{path}` is a function: write `{path}(…)`"));
        }
        if path.contains(['.', '@']) {
            return wrong(at, error.message);
        }
        let names = Field::ALL.map(Field::name).into_iter().chain([INSTRUMENTS]);
        let hint = closest(path, names).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        wrong(at, format!("no value `{path}`{hint}"))
    })
}

fn unknown(call: &Call) -> TextError {
    if let Some((role, name)) = call.name.split_once('.') {
        let message = format!("the instrument goes with what is read: write `{name}({role}.close, …)`");
        return wrong(&call.name_at, message);
    }
    let elsewhere = IndicatorEntry::known_as(&call.name).map(|entry| entry.name);
    let near = elsewhere.or_else(|| closest(&call.name, functions()));
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    wrong(&call.name_at, format!("no function `{}`{hint}", call.name))
}

fn arguments(count: usize) -> String {
    match count {
        1 => "1 argument".to_string(),
        n => format!("{n} arguments"),
    }
}

fn wrong(at: &Range<usize>, message: impl Into<String>) -> TextError {
    TextError::new(at.clone(), message)
}
