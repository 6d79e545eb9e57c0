//! From the graph of a model to steps over one row of numbers.
//!
//! Only what the wanted output needs is compiled: the label that classifiers give besides is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::error::{InferError, malformed};
use crate::native::Program;
use crate::native::dense::{Layer, Operand, Operation, Step, Work};
use crate::native::transform::{Activation, Norm};
use crate::native::trees::Trees;
use crate::onnx::{Data, F32, Graph, Node, Tensor};
use crate::signature::Signature;

/// More numbers than this in one row are no model for a hot path.
const LONGEST_ROW: usize = 1 << 20;

/// Compiles the graph for the output of the signature.
pub(crate) fn compile(graph: &Graph, signature: &Signature) -> Result<Program, InferError> {
    let mut compiler = Compiler { values: BTreeMap::new(), steps: Vec::new(), length: signature.inputs };
    compiler.values.insert(&signature.input, Value::Row(0..signature.inputs));
    for (name, tensor) in &graph.constants {
        compiler.values.insert(name, Value::Constant(tensor.clone()));
    }
    for node in needed(graph, &signature.output) {
        let value = compiler.node(node)?;
        compiler.values.insert(result_of(node)?, value);
        if compiler.length > LONGEST_ROW {
            return Err(node.unsupported("the model has more than a million intermediate numbers"));
        }
    }
    let output = match compiler.values.get(signature.output.as_str()) {
        Some(Value::Row(range)) => range.clone(),
        _ => return Err(malformed(format!("nothing computes the output `{}`", signature.output))),
    };
    Ok(Program { inputs: signature.inputs, steps: compiler.steps, output, length: compiler.length })
}

/// The nodes that the output needs, in the order of the graph.
fn needed<'a>(graph: &'a Graph, output: &str) -> Vec<&'a Node> {
    let mut values = BTreeSet::from([output]);
    let mut nodes = Vec::new();
    for node in graph.nodes.iter().rev() {
        if node.outputs.iter().any(|name| values.contains(name.as_str())) {
            values.extend(node.inputs.iter().map(String::as_str));
            nodes.push(node);
        }
    }
    nodes.reverse();
    nodes
}

/// The name of the output that is computed: the scores of a classifier, and the only one of any other.
fn result_of(node: &Node) -> Result<&str, InferError> {
    let at = usize::from(matches!(node.operator.as_str(), "TreeEnsembleClassifier" | "LinearClassifier"));
    let name = node.outputs.get(at).map(String::as_str);
    name.ok_or_else(|| malformed(format!("node `{}` has no output {at}", node.shown())))
}

/// What a name in the graph stands for.
#[derive(Clone, Debug)]
enum Value {
    /// Numbers of the row.
    Row(Range<usize>),
    Constant(Tensor),
}

struct Compiler<'a> {
    values: BTreeMap<&'a str, Value>,
    steps: Vec<Step>,
    /// Length of the row so far.
    length: usize,
}

impl Compiler<'_> {
    fn node(&mut self, node: &Node) -> Result<Value, InferError> {
        let row = |this: &Self| this.row(node, 0);
        let value = match node.operator.as_str() {
            "Gemm" => self.gemm(node)?,
            "MatMul" => self.mat_mul(node)?,
            "Add" => self.arithmetic(node, Operation::Add)?,
            "Sub" => self.arithmetic(node, Operation::Subtract)?,
            "Mul" => self.arithmetic(node, Operation::Multiply)?,
            "Div" => self.arithmetic(node, Operation::Divide)?,
            "Relu" => self.activate(node, Activation::Relu)?,
            "LeakyRelu" => self.activate(node, Activation::LeakyRelu(node.float("alpha", 0.01)))?,
            "Sigmoid" => self.activate(node, Activation::Sigmoid)?,
            "Tanh" => self.activate(node, Activation::Tanh)?,
            "Softmax" => {
                last_axis(node, -1)?;
                let input = row(self)?;
                self.step(input.len(), Work::Softmax { input })
            }
            "Concat" => self.concat(node)?,
            "Identity" | "Dropout" | "ZipMap" | "Squeeze" | "Unsqueeze" => self.value(node, 0)?,
            "Cast" => self.cast(node)?,
            "Reshape" => self.reshape(node)?,
            "Flatten" => Value::Row(row(self)?),
            "Transpose" => self.transpose(node)?,
            "Constant" => constant(node)?,
            "Scaler" => self.scaler(node)?,
            "Normalizer" => self.normalizer(node)?,
            "LinearClassifier" | "LinearRegressor" => self.linear(node)?,
            "TreeEnsembleClassifier" | "TreeEnsembleRegressor" => {
                let input = row(self)?;
                let (trees, outputs) = Trees::of(node, input.len())?;
                self.step(outputs, Work::Trees { input, trees })
            }
            _ => return Err(node.unsupported("it is none of those that it knows")),
        };
        Ok(value)
    }

    fn step(&mut self, width: usize, work: Work) -> Value {
        let output = self.length..self.length + width;
        self.length = output.end;
        self.steps.push(Step { work, output: output.clone() });
        Value::Row(output)
    }

    fn value(&self, node: &Node, at: usize) -> Result<Value, InferError> {
        let name = node.inputs.get(at).map_or("", String::as_str);
        let found = self.values.get(name).cloned();
        found.ok_or_else(|| malformed(format!("node `{}` reads `{name}`, which nothing gives", node.shown())))
    }

    /// An input that depends on the features.
    fn row(&self, node: &Node, at: usize) -> Result<Range<usize>, InferError> {
        match self.value(node, at)? {
            Value::Row(range) => Ok(range),
            Value::Constant(_) => Err(node.unsupported(format!("its input {at} is constant"))),
        }
    }

    /// A constant matrix: rows, columns and numbers.
    fn matrix(&self, node: &Node, at: usize) -> Result<(usize, usize, Vec<f32>), InferError> {
        let Value::Constant(tensor) = self.value(node, at)? else {
            return Err(node.unsupported(format!("its input {at} is not constant")));
        };
        match (&tensor.dims[..], tensor.f32s()) {
            ([rows, columns], Some(numbers)) => Ok((*rows, *columns, numbers.to_vec())),
            (dims, _) => {
                Err(node.unsupported(format!("its input {at} is no matrix of 32-bit numbers, but {dims:?}")))
            }
        }
    }

    /// Weights for a row of numbers, with a bias.
    fn layer(
        &mut self,
        node: &Node,
        (rows, columns, weights): (usize, usize, Vec<f32>),
        bias: Vec<f32>,
    ) -> Result<Value, InferError> {
        let input = self.row(node, 0)?;
        if input.len() != rows || rows * columns == 0 {
            let why = format!("its input has {} numbers, its weights are for {rows}", input.len());
            return Err(malformed(format!("node `{}`: {why}", node.shown())));
        }
        Ok(self.step(columns, Work::Dense { input, layer: Layer { weights, bias } }))
    }

    fn gemm(&mut self, node: &Node) -> Result<Value, InferError> {
        if node.int("transA", 0) != 0 {
            return Err(node.unsupported("transA is set"));
        }
        let mut matrix = self.matrix(node, 1)?;
        if node.int("transB", 0) != 0 {
            matrix = transposed(matrix);
        }
        let (alpha, beta) = (node.float("alpha", 1.0), node.float("beta", 1.0));
        matrix.2.iter_mut().for_each(|weight| *weight *= alpha);
        let columns = matrix.1;
        let bias = match node.inputs.get(2).filter(|name| !name.is_empty()) {
            None => vec![0.0; columns],
            Some(_) => {
                let bias = self.constants(node, 2)?;
                let at = |k: usize| if bias.len() == 1 { bias[0] } else { bias[k] };
                if ![1, columns].contains(&bias.len()) {
                    return Err(malformed(format!("the bias of node `{}` has {}", node.shown(), bias.len())));
                }
                (0..columns).map(|k| beta * at(k)).collect()
            }
        };
        self.layer(node, matrix, bias)
    }

    fn mat_mul(&mut self, node: &Node) -> Result<Value, InferError> {
        let matrix = self.matrix(node, 1)?;
        let bias = vec![0.0; matrix.1];
        self.layer(node, matrix, bias)
    }

    /// A constant's numbers, whatever its shape.
    fn constants(&self, node: &Node, at: usize) -> Result<Vec<f32>, InferError> {
        match self.value(node, at)? {
            Value::Constant(Tensor { data: Data::F32(numbers), .. }) => Ok(numbers),
            _ => Err(node.unsupported(format!("its input {at} is no constant of 32-bit numbers"))),
        }
    }

    fn arithmetic(&mut self, node: &Node, operation: Operation) -> Result<Value, InferError> {
        let side = |at: usize| -> Result<Operand, InferError> {
            match self.value(node, at)? {
                Value::Row(range) => Ok(Operand::Row(range)),
                Value::Constant(tensor) => {
                    let across = tensor.dims.iter().rev().skip(1).all(|dim| *dim == 1);
                    if !across {
                        return Err(node.unsupported(format!("its input {at} has rows of its own")));
                    }
                    Ok(Operand::Constant(self.constants(node, at)?))
                }
            }
        };
        let (left, right) = (side(0)?, side(1)?);
        if matches!((&left, &right), (Operand::Constant(_), Operand::Constant(_))) {
            return Err(node.unsupported("both of its inputs are constant"));
        }
        let width = left.len().max(right.len());
        if [left.len(), right.len()].iter().any(|length| ![1, width].contains(length)) {
            let why = format!("{} numbers and {}", left.len(), right.len());
            return Err(malformed(format!("node `{}` puts together {why}", node.shown())));
        }
        Ok(self.step(width, Work::Arithmetic { operation, left, right }))
    }

    fn activate(&mut self, node: &Node, activation: Activation) -> Result<Value, InferError> {
        let input = self.row(node, 0)?;
        Ok(self.step(input.len(), Work::Activate { input, activation }))
    }

    fn concat(&mut self, node: &Node) -> Result<Value, InferError> {
        last_axis(node, 1)?;
        let inputs = (0..node.inputs.len()).map(|at| self.row(node, at)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.step(inputs.iter().map(ExactSizeIterator::len).sum(), Work::Concat { inputs }))
    }

    fn cast(&self, node: &Node) -> Result<Value, InferError> {
        if node.int("to", F32) != F32 {
            return Err(node.unsupported("it casts to something else than 32-bit numbers"));
        }
        Ok(Value::Row(self.row(node, 0)?))
    }

    /// A row stays a row: what would make a column of it is refused.
    fn reshape(&self, node: &Node) -> Result<Value, InferError> {
        let input = self.row(node, 0)?;
        let Value::Constant(shape) = self.value(node, 1)? else {
            return Err(node.unsupported("its shape is not constant"));
        };
        let last = shape.i64s().and_then(|dims| dims.last().copied());
        let stays =
            input.len() == 1 || matches!(last, Some(-1 | 0)) || last == i64::try_from(input.len()).ok();
        if stays { Ok(Value::Row(input)) } else { Err(node.unsupported("it makes other rows")) }
    }

    fn transpose(&self, node: &Node) -> Result<Value, InferError> {
        let (rows, columns, data) = transposed(self.matrix(node, 0)?);
        Ok(Value::Constant(Tensor { dims: vec![rows, columns], data: Data::F32(data) }))
    }

    fn scaler(&mut self, node: &Node) -> Result<Value, InferError> {
        let input = self.row(node, 0)?;
        let width = input.len();
        let list = |name: &str| match node.floats(name) {
            numbers if [1, width].contains(&numbers.len()) => Ok(Operand::Constant(numbers.to_vec())),
            numbers => {
                let why = format!("{} numbers in `{name}` for {width} inputs", numbers.len());
                Err(malformed(format!("node `{}` has {why}", node.shown())))
            }
        };
        let (offset, scale) = (list("offset")?, list("scale")?);
        let shift =
            Work::Arithmetic { operation: Operation::Subtract, left: Operand::Row(input), right: offset };
        let Value::Row(shifted) = self.step(width, shift) else { unreachable!("a step gives a row") };
        let left = Operand::Row(shifted);
        Ok(self.step(width, Work::Arithmetic { operation: Operation::Multiply, left, right: scale }))
    }

    fn normalizer(&mut self, node: &Node) -> Result<Value, InferError> {
        let input = self.row(node, 0)?;
        let norm = match node.word("norm", "MAX") {
            "MAX" => Norm::Max,
            "L1" => Norm::L1,
            "L2" => Norm::L2,
            other => return Err(node.unsupported(format!("norm is {other}"))),
        };
        Ok(self.step(input.len(), Work::Normalize { input, norm }))
    }

    fn linear(&mut self, node: &Node) -> Result<Value, InferError> {
        let inputs = self.row(node, 0)?.len();
        let coefficients = node.floats("coefficients");
        let outputs = coefficients.len() / inputs.max(1);
        let intercepts = node.floats("intercepts");
        let bias = if intercepts.is_empty() { vec![0.0; outputs] } else { intercepts.to_vec() };
        if outputs == 0 || coefficients.len() != inputs * outputs || bias.len() != outputs {
            let why = format!("{} coefficients and {} intercepts", coefficients.len(), intercepts.len());
            return Err(malformed(format!("node `{}` has {why} for {inputs} inputs", node.shown())));
        }
        if node.operator == "LinearClassifier" && outputs == 1 {
            return Err(node.unsupported("two classes have one score"));
        }
        let matrix = transposed((outputs, inputs, coefficients.to_vec()));
        let scores = self.layer(node, matrix, bias)?;
        let Value::Row(input) = scores else { unreachable!("a layer gives a row") };
        match node.word("post_transform", "NONE") {
            "NONE" => Ok(Value::Row(input)),
            "LOGISTIC" => {
                Ok(self.step(input.len(), Work::Activate { input, activation: Activation::Sigmoid }))
            }
            "SOFTMAX" => Ok(self.step(input.len(), Work::Softmax { input })),
            other => Err(node.unsupported(format!("post_transform is {other}"))),
        }
    }
}

fn transposed((rows, columns, numbers): (usize, usize, Vec<f32>)) -> (usize, usize, Vec<f32>) {
    let turned = (0..rows * columns).map(|k| numbers[k % rows * columns + k / rows]).collect();
    (columns, rows, turned)
}

fn constant(node: &Node) -> Result<Value, InferError> {
    let tensor = node.tensor("value").cloned();
    tensor.map(Value::Constant).ok_or_else(|| node.unsupported("it is no tensor"))
}

/// Refuses an axis that is not the last of rows of numbers.
fn last_axis(node: &Node, default: i64) -> Result<(), InferError> {
    match node.int("axis", default) {
        -1 | 1 => Ok(()),
        other => Err(node.unsupported(format!("axis is {other}"))),
    }
}
