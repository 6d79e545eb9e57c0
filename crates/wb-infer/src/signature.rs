//! What a model takes and gives.

use crate::error::{InferError, malformed};
use crate::onnx::{F32, Graph, Node, OnnxFile, Port};

/// What a model takes and gives, as its file says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// The name of the one tensor that it takes: one row of 32-bit numbers.
    pub input: String,
    /// How many numbers are in that row.
    pub inputs: usize,
    /// The name of the output that is used.
    pub output: String,
    /// Whether that output is a list of maps, as `ZipMap` makes them.
    pub is_map: bool,
    /// The classes in the order of the output, as far as the file names them.
    pub classes: Vec<String>,
    /// What the numbers of the output are, as far as the file says it.
    pub meaning: Option<Meaning>,
}

/// What the numbers that a model gives are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// A probability for each class.
    Probabilities,
    /// For each class a number whose exponential is in proportion to the probability.
    Logits,
    /// Numbers of any other meaning.
    Values,
}

impl Meaning {
    /// Every one with its name.
    pub const ALL: [(Meaning, &'static str); 3] =
        [(Meaning::Probabilities, "probabilities"), (Meaning::Logits, "logits"), (Meaning::Values, "values")];

    /// Its name.
    pub fn name(self) -> &'static str {
        Meaning::ALL.iter().find(|(meaning, _)| *meaning == self).map_or("", |(_, name)| name)
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Meaning> {
        Meaning::ALL.iter().find(|(_, other)| *other == name).map(|(meaning, _)| *meaning)
    }
}

/// Operators that pass on what they are given.
const PASSING: [&str; 8] =
    ["ZipMap", "Cast", "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"];

impl Signature {
    /// Reads the signature of an ONNX file. `output` is the output that is meant; without it the one of numbers, and of
    /// several the one of probabilities.
    ///
    /// # Errors
    /// If the file is no sound model, or takes or gives something else than one row of 32-bit numbers.
    pub fn read(bytes: &[u8], output: Option<&str>) -> Result<Signature, InferError> {
        Signature::of(&OnnxFile::parse(bytes)?.graph, output)
    }

    pub(crate) fn of(graph: &Graph, output: Option<&str>) -> Result<Signature, InferError> {
        // Old files list their constants among the inputs.
        let ports = graph.inputs.iter().filter(|port| graph.constant(&port.name).is_none());
        let (input, inputs) = match ports.collect::<Vec<_>>()[..] {
            [port] => (port.name.clone(), width(port)?),
            ref ports => {
                let names = ports.iter().map(|port| port.name.as_str()).collect::<Vec<_>>();
                return Err(InferError::Signature(format!(
                    "the model takes {} tensors ({}); it must take one, a row with a number for each feature",
                    ports.len(),
                    names.join(", ")
                )));
            }
        };
        let port = find_output(graph, output)?;
        let last = graph.producer(&port.name);
        Ok(Signature {
            input,
            inputs,
            output: port.name.clone(),
            is_map: last.is_some_and(|node| node.operator == "ZipMap"),
            classes: classes(graph),
            meaning: meaning(graph, &port.name),
        })
    }
}

fn width(port: &Port) -> Result<usize, InferError> {
    let name = &port.name;
    let wrong = |why: String| Err(InferError::Signature(format!("the model's input `{name}` {why}")));
    if port.element != Some(F32) {
        return wrong("does not hold 32-bit numbers (FLOAT); export it with that type".to_string());
    }
    match port.dims[..] {
        [None | Some(1), Some(width)] => Ok(width),
        [None | Some(1), None] => wrong("does not say how many features it takes".to_string()),
        [Some(rows), _] => {
            wrong(format!("takes {rows} rows at a time; export it for one, or for any number"))
        }
        ref dims => wrong(format!("has {} dimensions; it must be rows of features", dims.len())),
    }
}

fn find_output<'a>(graph: &'a Graph, wanted: Option<&str>) -> Result<&'a Port, InferError> {
    let of_numbers = |port: &&Port| {
        port.element == Some(F32) || graph.producer(&port.name).is_some_and(|node| node.operator == "ZipMap")
    };
    let ports: Vec<&Port> = graph.outputs.iter().filter(of_numbers).collect();
    let names = || ports.iter().map(|port| port.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(wanted) = wanted {
        return ports.iter().find(|port| port.name == wanted).copied().ok_or_else(|| {
            InferError::Signature(format!(
                "the model has no output `{wanted}` of numbers; it has {}",
                names()
            ))
        });
    }
    match ports[..] {
        [one] => Ok(one),
        [] => Err(InferError::Signature("the model gives no 32-bit numbers".to_string())),
        _ => ports.iter().find(|port| port.name.contains("probabilit")).copied().ok_or_else(|| {
            InferError::Signature(format!("the model has several outputs of numbers: {}", names()))
        }),
    }
}

/// The classes that a node names.
pub(crate) fn labels(node: &Node) -> Vec<String> {
    let words = node.words("classlabels_strings");
    if !words.is_empty() {
        return words.to_vec();
    }
    let ints = [node.ints("classlabels_int64s"), node.ints("classlabels_ints")].concat();
    ints.iter().map(i64::to_string).collect()
}

fn classes(graph: &Graph) -> Vec<String> {
    let named = graph.nodes.iter().rev().map(labels).find(|labels| !labels.is_empty());
    // Networks of scikit-learn pick the label out of a constant.
    let picked = || {
        let pick = graph.nodes.iter().find(|node| node.operator == "ArrayFeatureExtractor")?;
        let labels = graph.constant(pick.inputs.first()?)?.i64s()?;
        Some(labels.iter().map(i64::to_string).collect())
    };
    named.or_else(picked).unwrap_or_default()
}

/// What the file says about the numbers of a value.
fn meaning(graph: &Graph, value: &str) -> Option<Meaning> {
    let mut value = value;
    // A sound graph is shorter than its list of nodes.
    for _ in 0..graph.nodes.len() {
        let node = graph.producer(value)?;
        if PASSING.contains(&node.operator.as_str()) {
            value = node.inputs.first()?;
            continue;
        }
        return match node.operator.as_str() {
            "Softmax" | "Normalizer" | "TreeEnsembleClassifier" | "LinearClassifier" => {
                Some(Meaning::Probabilities)
            }
            "TreeEnsembleRegressor" | "LinearRegressor" => Some(Meaning::Values),
            // Two classes by one number and what is missing to one.
            "Concat" if !classes(graph).is_empty() => Some(Meaning::Probabilities),
            _ => None,
        };
    }
    None
}

impl OnnxFile {
    /// The graph of a file, or why it has none.
    pub(crate) fn graph_of(bytes: &[u8]) -> Result<Graph, InferError> {
        let graph = OnnxFile::parse(bytes)?.graph;
        if graph.nodes.is_empty() { Err(malformed("its graph has no node")) } else { Ok(graph) }
    }
}
