//! Tree ensembles: `TreeEnsembleClassifier` and `TreeEnsembleRegressor` of `ai.onnx.ml`.
//!
//! Where the specification is silent (what two classes with one score come to) this does what ONNX Runtime does, and
//! refuses what even there depends on the sign of a sum.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::{InferError, malformed};
use crate::native::transform::{logistic, softmax};
use crate::onnx::Node;
use crate::signature::labels;

/// More than this is a slip in the file.
const MOST_SCORES: usize = 1 << 12;

/// Trees that are walked one after the other, their leaves added up.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Trees {
    branches: Vec<Branch>,
    /// For each leaf its part of `weights`.
    leaves: Vec<Range<usize>>,
    /// What a leaf adds to which score.
    weights: Vec<(usize, f32)>,
    roots: Vec<Child>,
    /// Added to each score at the end.
    base: Vec<f32>,
    /// What each sum is divided by: the number of trees where their mean is wanted.
    divisor: f32,
    finish: Finish,
}

/// A place where the way parts.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Branch {
    feature: usize,
    threshold: f32,
    test: Test,
    /// Whether a missing value, NaN, passes the test.
    missing_passes: bool,
    passed: Child,
    failed: Child,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Child {
    Branch(u32),
    Leaf(u32),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Test {
    AtMost,
    Below,
    AtLeast,
    Above,
    Equal,
    Unequal,
}

/// What becomes of the scores.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Finish {
    Scores,
    Logistic,
    Softmax,
    /// One score is the second class's probability.
    SecondOfTwo,
    /// One score is the second class's logit.
    LogitOfSecond,
}

impl Trees {
    /// The trees of a node that is fed with `inputs` numbers, and how many numbers they give.
    pub(crate) fn of(node: &Node, inputs: usize) -> Result<(Trees, usize), InferError> {
        let is_classifier = node.operator == "TreeEnsembleClassifier";
        let outputs = if is_classifier {
            labels(node).len()
        } else {
            usize::try_from(node.int("n_targets", 1)).unwrap_or(0)
        };
        if !(1..=MOST_SCORES).contains(&outputs) {
            return Err(malformed(format!("node `{}` gives {outputs} scores", node.shown())));
        }
        let mut grower = Grower::new(node, if is_classifier { "class" } else { "target" })?;
        let weights = grower.weights(outputs)?;
        let finish = if is_classifier { finish_of(node, &weights, outputs)? } else { plain(node)? };
        let divisor = match node.word("aggregate_function", "SUM") {
            "SUM" => 1.0,
            "AVERAGE" => grower.roots().len() as f32,
            other => return Err(node.unsupported(format!("aggregate_function is {other}"))),
        };
        let scores = if finish.is_one_score() { 1 } else { outputs };
        let base = match node.floats("base_values") {
            [] => vec![0.0; scores],
            base if base.len() == scores && (scores != 2 || !is_classifier) => base.to_vec(),
            base => return Err(node.unsupported(format!("{} base values for {scores} scores", base.len()))),
        };
        let trees = grower.grow(inputs)?;
        Ok((Trees { weights, base, divisor, finish, ..trees }, outputs))
    }

    pub(crate) fn run(&self, input: &[f32], output: &mut [f32]) {
        output.fill(0.0);
        for root in &self.roots {
            for (score, weight) in &self.weights[self.leaves[self.leaf(*root, input)].clone()] {
                output[*score] += weight;
            }
        }
        for (score, base) in output.iter_mut().zip(&self.base) {
            *score = *score / self.divisor + base;
        }
        match self.finish {
            Finish::Scores => {}
            Finish::Logistic => output.iter_mut().for_each(|score| *score = logistic(*score)),
            Finish::Softmax => softmax(output),
            Finish::SecondOfTwo => output.copy_from_slice(&[1.0 - output[0], output[0]]),
            Finish::LogitOfSecond => output.copy_from_slice(&[logistic(-output[0]), logistic(output[0])]),
        }
    }

    /// The leaf to which a row comes.
    #[inline]
    fn leaf(&self, root: Child, input: &[f32]) -> usize {
        let mut child = root;
        loop {
            match child {
                Child::Leaf(leaf) => return leaf as usize,
                Child::Branch(at) => {
                    let branch = &self.branches[at as usize];
                    let x = input[branch.feature];
                    let passes =
                        branch.test.passes(x, branch.threshold) || (branch.missing_passes && x.is_nan());
                    child = if passes { branch.passed } else { branch.failed };
                }
            }
        }
    }
}

impl Test {
    #[inline]
    #[expect(clippy::float_cmp, reason = "the operator compares exactly")]
    fn passes(self, x: f32, threshold: f32) -> bool {
        match self {
            Test::AtMost => x <= threshold,
            Test::Below => x < threshold,
            Test::AtLeast => x >= threshold,
            Test::Above => x > threshold,
            Test::Equal => x == threshold,
            Test::Unequal => x != threshold,
        }
    }
}

impl Finish {
    fn is_one_score(self) -> bool {
        matches!(self, Finish::SecondOfTwo | Finish::LogitOfSecond)
    }
}

fn plain(node: &Node) -> Result<Finish, InferError> {
    match node.word("post_transform", "NONE") {
        "NONE" => Ok(Finish::Scores),
        other => Err(node.unsupported(format!("post_transform is {other}"))),
    }
}

fn finish_of(node: &Node, weights: &[(usize, f32)], outputs: usize) -> Result<Finish, InferError> {
    let transform = node.word("post_transform", "NONE");
    let first = weights.first().map_or(0, |(score, _)| *score);
    let one_score = outputs == 2 && weights.iter().all(|(score, _)| *score == first);
    if !one_score {
        return match transform {
            "NONE" => Ok(Finish::Scores),
            "LOGISTIC" => Ok(Finish::Logistic),
            "SOFTMAX" => Ok(Finish::Softmax),
            other => Err(node.unsupported(format!("post_transform is {other}"))),
        };
    }
    let positive = weights.iter().all(|(_, weight)| *weight >= 0.0);
    match transform {
        _ if first != 0 => Err(node.unsupported("of two classes only the second has a score")),
        "NONE" | "LOGISTIC" if positive => Ok(Finish::SecondOfTwo),
        "LOGISTIC" => Ok(Finish::LogitOfSecond),
        other => Err(node.unsupported(format!("two classes have one score, and post_transform is {other}"))),
    }
}

/// Reads the lists of a node into trees.
struct Grower<'a> {
    node: &'a Node,
    /// Which entry of the lists a node of a tree is.
    entries: BTreeMap<(i64, i64), usize>,
    /// For each entry its part of the weights.
    leaf_weights: Vec<Range<usize>>,
    prefix: &'static str,
    /// Tree ids in the order in which they first stand, each with the entry of its root.
    roots: Vec<(i64, usize)>,
}

impl<'a> Grower<'a> {
    fn new(node: &'a Node, prefix: &'static str) -> Result<Grower<'a>, InferError> {
        let (trees, nodes) = (node.ints("nodes_treeids"), node.ints("nodes_nodeids"));
        let lengths = [
            nodes.len(),
            node.ints("nodes_featureids").len(),
            node.floats("nodes_values").len(),
            node.words("nodes_modes").len(),
            node.ints("nodes_truenodeids").len(),
            node.ints("nodes_falsenodeids").len(),
        ];
        if node.tensor("nodes_values_as_tensor").is_some() {
            return Err(node.unsupported("thresholds are of 64 bits"));
        }
        if trees.is_empty() || lengths.iter().any(|length| *length != trees.len()) {
            return Err(malformed(format!("the lists of node `{}` differ in length", node.shown())));
        }
        let (mut entries, mut roots) = (BTreeMap::new(), Vec::<(i64, usize)>::new());
        for (entry, (tree, id)) in trees.iter().zip(nodes).enumerate() {
            // The first entry of a tree is its root.
            if !entries.range((*tree, i64::MIN)..=(*tree, i64::MAX)).any(|_| true) {
                roots.push((*tree, entry));
            }
            if entries.insert((*tree, *id), entry).is_some() {
                return Err(malformed(format!("tree {tree} has two nodes {id}")));
            }
        }
        Ok(Grower { node, entries, leaf_weights: vec![0..0; trees.len()], prefix, roots })
    }

    fn roots(&self) -> &[(i64, usize)] {
        &self.roots
    }

    /// The weights of all leaves, those of one leaf together.
    fn weights(&mut self, outputs: usize) -> Result<Vec<(usize, f32)>, InferError> {
        let (node, prefix) = (self.node, self.prefix);
        let list = |what: &str| node.ints(&format!("{prefix}_{what}"));
        let (trees, nodes, ids) = (list("treeids"), list("nodeids"), list("ids"));
        let values = node.floats(&format!("{prefix}_weights"));
        if [nodes.len(), ids.len(), values.len()].iter().any(|length| *length != trees.len()) {
            return Err(malformed(format!(
                "the lists of leaves of node `{}` differ in length",
                node.shown()
            )));
        }
        let mut by_entry: Vec<(usize, (usize, f32))> = Vec::with_capacity(values.len());
        for (at, (tree, id)) in trees.iter().zip(nodes).enumerate() {
            let entry = self.entry(*tree, *id)?;
            let score = usize::try_from(ids[at]).ok().filter(|score| *score < outputs);
            let score =
                score.ok_or_else(|| malformed(format!("a leaf adds to score {} of {outputs}", ids[at])))?;
            by_entry.push((entry, (score, values[at])));
        }
        // Stable: those of one leaf stay in their order.
        by_entry.sort_by_key(|(entry, _)| *entry);
        for (at, (entry, _)) in by_entry.iter().enumerate() {
            let range = &mut self.leaf_weights[*entry];
            *range = if range.start == range.end { at..at + 1 } else { range.start..at + 1 };
        }
        Ok(by_entry.into_iter().map(|(_, weight)| weight).collect())
    }

    fn entry(&self, tree: i64, id: i64) -> Result<usize, InferError> {
        let found = self.entries.get(&(tree, id)).copied();
        found.ok_or_else(|| malformed(format!("tree {tree} has no node {id}")))
    }

    /// Branches and leaves as they are reached from the roots: what is reached twice is no tree.
    fn grow(self, inputs: usize) -> Result<Trees, InferError> {
        let modes = self.node.words("nodes_modes");
        let is_leaf = |entry: usize| modes[entry] == "LEAF";
        // The place of each entry among the branches or the leaves.
        let (mut places, mut branch_count, mut leaves) = (Vec::new(), 0_u32, Vec::new());
        for entry in 0..modes.len() {
            if is_leaf(entry) {
                places.push(Child::Leaf(leaves.len() as u32));
                leaves.push(self.leaf_weights[entry].clone());
            } else {
                places.push(Child::Branch(branch_count));
                branch_count += 1;
            }
        }
        let mut reached = vec![false; modes.len()];
        let mut due: Vec<(i64, usize)> = self.roots.clone();
        let mut branches = BTreeMap::new();
        while let Some((tree, entry)) = due.pop() {
            if std::mem::replace(&mut reached[entry], true) {
                return Err(malformed(format!("two ways lead to one node of tree {tree}")));
            }
            if let Child::Branch(at) = places[entry] {
                let (passed, failed) = self.children(tree, entry)?;
                due.extend([(tree, failed), (tree, passed)]);
                branches.insert(at, self.branch(entry, inputs, [places[passed], places[failed]])?);
            }
        }
        // What no root reaches is kept out: no branch may point to nothing.
        if branches.len() != branch_count as usize {
            return Err(malformed(format!("node `{}` has branches that no way leads to", self.node.shown())));
        }
        Ok(Trees {
            branches: branches.into_values().collect(),
            leaves,
            roots: self.roots.iter().map(|(_, entry)| places[*entry]).collect(),
            weights: Vec::new(),
            base: Vec::new(),
            divisor: 1.0,
            finish: Finish::Scores,
        })
    }

    fn children(&self, tree: i64, entry: usize) -> Result<(usize, usize), InferError> {
        let child = |name: &str| self.entry(tree, self.node.ints(name)[entry]);
        Ok((child("nodes_truenodeids")?, child("nodes_falsenodeids")?))
    }

    fn branch(&self, entry: usize, inputs: usize, children: [Child; 2]) -> Result<Branch, InferError> {
        let node = self.node;
        let feature = node.ints("nodes_featureids")[entry];
        let found = usize::try_from(feature).ok().filter(|feature| *feature < inputs);
        let test = match node.words("nodes_modes")[entry].as_str() {
            "BRANCH_LEQ" => Test::AtMost,
            "BRANCH_LT" => Test::Below,
            "BRANCH_GTE" => Test::AtLeast,
            "BRANCH_GT" => Test::Above,
            "BRANCH_EQ" => Test::Equal,
            "BRANCH_NEQ" => Test::Unequal,
            other => return Err(node.unsupported(format!("a branch of mode {other}"))),
        };
        Ok(Branch {
            feature: found
                .ok_or_else(|| malformed(format!("a branch reads feature {feature} of {inputs}")))?,
            threshold: node.floats("nodes_values")[entry],
            test,
            missing_passes: node.ints("nodes_missing_value_tracks_true").get(entry) == Some(&1),
            passed: children[0],
            failed: children[1],
        })
    }
}
