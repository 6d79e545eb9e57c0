//! Rules as they are computed: nodes in an order in which each follows those that it needs.

use wb_indicators::IndicatorEntry;
use wb_kernel::FeatureText;

use super::functions::{One, Passing, Two};

/// A node by its place.
pub(super) type NodeId = usize;

/// One column of values. Conditions are 1 where they hold and 0 where not.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Node {
    /// The same value always.
    Constant(f64),
    /// A declared feature, by its place among them.
    Feature(usize),
    One(One, NodeId),
    Two(Two, NodeId, NodeId),
    /// An indicator of what other nodes compute: one input or two.
    Indicator(IndicatorNode),
    /// Whether the first has just passed the second.
    Crosses(Passing, NodeId, NodeId),
    /// The place among the traded instruments.
    Rank(NodeId),
}

/// An indicator that the rules own.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct IndicatorNode {
    pub(super) entry: &'static IndicatorEntry,
    pub(super) args: Vec<f64>,
    /// Which of its outputs.
    pub(super) output: usize,
    pub(super) inputs: Vec<NodeId>,
}

/// What rules compute, and which nodes are their answers.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Program {
    pub(super) nodes: Vec<Node>,
    /// What is read, in the order of [`Node::Feature`].
    pub(super) features: Vec<FeatureText>,
    /// When to be long; never where absent.
    pub(super) long: Option<NodeId>,
    /// When to be short; never where absent.
    pub(super) short: Option<NodeId>,
    /// When to hold nothing; never where absent.
    pub(super) exit: Option<NodeId>,
    /// The share of equity to hold.
    pub(super) size: NodeId,
}

impl Program {
    /// The place of a node; the same one where it is there already.
    pub(super) fn add(&mut self, node: Node) -> NodeId {
        let same = self.nodes.iter().position(|other| *other == node);
        same.unwrap_or_else(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        })
    }

    /// The node of a feature.
    pub(super) fn feature(&mut self, feature: FeatureText) -> NodeId {
        let same = self.features.iter().position(|other| *other == feature);
        let index = same.unwrap_or_else(|| {
            self.features.push(feature);
            self.features.len() - 1
        });
        self.add(Node::Feature(index))
    }

    /// The value of a node that never changes.
    pub(super) fn constant(&self, node: NodeId) -> Option<f64> {
        match self.nodes[node] {
            Node::Constant(x) => Some(x),
            _ => None,
        }
    }

    /// Whether what one instrument does depends on the others.
    pub(super) fn ranks(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node, Node::Rank(_)))
    }
}
