//! The one evaluator of rules: a block of rows at a time, node after node; a block of one row where bars come one by one.

use wb_indicators::{BoxedIndicator, Make};

use super::functions::Passing;
use super::program::{IndicatorNode, Node, NodeId, Program};

/// Rows of a block: the columns of a program of twenty nodes stay in the first cache.
pub(super) const BLOCK: usize = 128;

/// An input larger than this, or none at all, is not fed to an indicator.
const LARGEST: f64 = 1e60;

/// The values of features at the rows of a block.
#[derive(Clone, Copy)]
pub(super) enum Inputs<'a> {
    /// One row: a value for each feature.
    Row(&'a [f64]),
    /// Several: for each feature a column, and the first of its rows.
    Columns(&'a [&'a [f64]], usize),
}

/// A program at work for one instrument.
pub(super) struct Lane {
    /// A block for each node.
    values: Vec<f64>,
    states: Vec<State>,
    /// Rows before this block.
    rows: u64,
    /// Nodes that have not seen enough.
    cold: usize,
    /// The first row at which none was cold, once that is so.
    ready: u64,
}

/// What a node remembers.
enum State {
    Nothing,
    Single(Owned<f64>),
    /// With its inputs, reused.
    Pair(Owned<[f64; 2]>, Vec<[f64; 2]>),
    /// Both values of the row before.
    Before(Option<[f64; 2]>),
}

/// An indicator and the inputs that it has been fed.
struct Owned<T> {
    indicator: BoxedIndicator<T>,
    output: usize,
    fed: usize,
}

impl Lane {
    /// A lane that has seen nothing.
    pub(super) fn new(program: &Program) -> Lane {
        let mut values = vec![0.0; program.nodes.len() * BLOCK];
        for (node, block) in program.nodes.iter().zip(values.chunks_mut(BLOCK)) {
            if let Node::Constant(x) = node {
                block.fill(*x);
            }
        }
        let states: Vec<State> = program.nodes.iter().map(State::of).collect();
        let cold = states.iter().filter(|state| !matches!(state, State::Nothing)).count();
        Lane { values, states, rows: 0, cold, ready: 0 }
    }

    /// Computes a node for the next `count` rows. Each node once, in order; then [`Lane::decide`].
    pub(super) fn compute(&mut self, program: &Program, node: NodeId, inputs: Inputs<'_>, count: usize) {
        let (before, from) = self.values.split_at_mut(node * BLOCK);
        let out = &mut from[..count];
        let of = |id: &NodeId| &before[id * BLOCK..][..count];
        let warm_at = match (&program.nodes[node], &mut self.states[node]) {
            (Node::Constant(_), _) => None,
            (Node::Feature(feature), _) => {
                inputs.read(*feature, out);
                None
            }
            (Node::One(function, x), _) => {
                function.apply(of(x), out);
                None
            }
            (Node::Two(function, x, y), _) => {
                function.apply(of(x), of(y), out);
                None
            }
            (Node::Indicator(node), State::Single(owned)) => owned.feed(of(&node.inputs[0]), out),
            (Node::Indicator(node), State::Pair(owned, pairs)) => {
                pairs.clear();
                let both = of(&node.inputs[0]).iter().zip(of(&node.inputs[1]));
                pairs.extend(both.map(|(x, y)| [*x, *y]));
                owned.feed(pairs, out)
            }
            (Node::Crosses(passing, x, y), State::Before(last)) => {
                crosses(*passing, of(x), of(y), last, out);
                // The second row is the first that has one before it.
                let second = 1_u64.checked_sub(self.rows).filter(|second| *second < count as u64);
                second.map(|second| second as usize)
            }
            (Node::Rank(_), _) => unreachable!("ranks are set from outside"),
            (node, _) => unreachable!("the state was made for {node:?}"),
        };
        if let Some(row) = warm_at {
            self.cold -= 1;
            self.ready = self.ready.max(self.rows + row as u64);
        }
    }

    /// The value of a node at the only row of a block.
    pub(super) fn value(&self, node: NodeId) -> f64 {
        self.values[node * BLOCK]
    }

    /// Sets the value of a node at the only row of a block.
    pub(super) fn set(&mut self, node: NodeId, value: f64) {
        self.values[node * BLOCK] = value;
    }

    /// What to hold after each row of the block, all of whose nodes are computed; NaN where nothing is decided.
    pub(super) fn decide(&mut self, program: &Program, out: &mut [f64]) {
        let rows = self.rows;
        self.rows += out.len() as u64;
        let ready = if self.cold == 0 { self.ready } else { u64::MAX };
        let holds =
            |node: Option<NodeId>, row: usize| node.is_some_and(|node| self.values[node * BLOCK + row] > 0.0);
        for (row, target) in out.iter_mut().enumerate() {
            *target = f64::NAN;
            if rows + (row as u64) < ready {
                continue;
            }
            if holds(program.exit, row) {
                *target = 0.0;
                continue;
            }
            let size = self.values[program.size * BLOCK + row];
            // What is no number decides nothing, and what is below zero is nothing to hold.
            let size = if size.is_finite() { size.max(0.0) } else { f64::NAN };
            match (holds(program.long, row), holds(program.short, row)) {
                (true, false) => *target = size,
                // Zero has one sign, so that holding nothing is always the same target.
                (false, true) => *target = 0.0 - size,
                _ => {}
            }
        }
    }
}

impl Inputs<'_> {
    fn read(self, feature: usize, out: &mut [f64]) {
        match self {
            Inputs::Row(row) => out[0] = row[feature],
            Inputs::Columns(columns, from) => {
                out.copy_from_slice(&columns[feature][from..from + out.len()]);
            }
        }
    }
}

impl State {
    fn of(node: &Node) -> State {
        match node {
            Node::Indicator(IndicatorNode { entry, args, output, .. }) => match entry.make {
                Make::Number(make) => State::Single(Owned::new(make(args), *output)),
                Make::Pair(make) => State::Pair(Owned::new(make(args), *output), Vec::new()),
                Make::Bar(_) | Make::StampedBar(_) => unreachable!("bars are read by features"),
            },
            Node::Crosses(..) => State::Before(None),
            Node::Constant(_) | Node::Feature(_) | Node::One(..) | Node::Two(..) | Node::Rank(_) => {
                State::Nothing
            }
        }
    }
}

/// What can be fed to an indicator.
trait Fed: Copy {
    fn is_known(self) -> bool;
}

impl Fed for f64 {
    fn is_known(self) -> bool {
        self.abs() <= LARGEST
    }
}

impl Fed for [f64; 2] {
    fn is_known(self) -> bool {
        self[0].is_known() && self[1].is_known()
    }
}

impl<T: Fed> Owned<T> {
    fn new(indicator: BoxedIndicator<T>, output: usize) -> Owned<T> {
        Owned { indicator, output, fed: 0 }
    }

    /// Feeds what is known; where it is not, or while the indicator is cold, so is its value. Gives the row at which it
    /// became warm, if that is one of these.
    fn feed(&mut self, inputs: &[T], out: &mut [f64]) -> Option<usize> {
        let warmup = self.indicator.warmup();
        let mut warm_at = None;
        let mut row = 0;
        while row < inputs.len() {
            let known = inputs[row..].iter().take_while(|input| input.is_known()).count();
            let rows = row..row + known;
            self.indicator.update_all(&inputs[rows.clone()], self.output, &mut out[rows.clone()]);
            let cold = (warmup - 1).saturating_sub(self.fed).min(known);
            out[row..row + cold].fill(f64::NAN);
            if self.fed < warmup && self.fed + known >= warmup {
                warm_at = Some(row + cold);
            }
            self.fed += known;
            row += known;
            if row < inputs.len() {
                out[row] = f64::NAN;
                row += 1;
            }
        }
        warm_at
    }
}

fn crosses(passing: Passing, x: &[f64], y: &[f64], last: &mut Option<[f64; 2]>, out: &mut [f64]) {
    for ((x, y), out) in x.iter().zip(y).zip(out) {
        let passes = match (passing, last.replace([*x, *y])) {
            (Passing::Above, Some([before, level])) => x > y && before <= level,
            (Passing::Below, Some([before, level])) => x < y && before >= level,
            (_, None) => false,
        };
        *out = f64::from(u8::from(passes));
    }
}
