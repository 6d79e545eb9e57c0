//! The parts of an ONNX file that say what is computed.
//!
//! Field numbers are those of `onnx/onnx.proto` (ONNX IR version 3 and later).

use crate::error::{InferError, malformed};
use crate::wire::{Content, Fields};

/// A file.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct OnnxFile {
    pub(crate) graph: Graph,
}

/// What is computed: nodes in an order in which each has its inputs.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) constants: Vec<(String, Tensor)>,
    pub(crate) inputs: Vec<Port>,
    pub(crate) outputs: Vec<Port>,
}

/// One operation.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Node {
    pub(crate) inputs: Vec<String>,
    pub(crate) outputs: Vec<String>,
    name: String,
    pub(crate) operator: String,
    attributes: Vec<Attribute>,
}

/// A setting of a node.
#[derive(Clone, PartialEq, Debug, Default)]
struct Attribute {
    name: String,
    float: Option<f32>,
    int: Option<i64>,
    text: Option<Vec<u8>>,
    tensor: Option<Tensor>,
    floats: Vec<f32>,
    ints: Vec<i64>,
    texts: Vec<String>,
}

/// Numbers of a shape.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Tensor {
    pub(crate) dims: Vec<usize>,
    pub(crate) data: Data,
}

/// The numbers of a tensor, as far as their type is known here.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Data {
    F32(Vec<f32>),
    /// Whole numbers of 32 or 64 bits.
    I64(Vec<i64>),
    /// Another element type, by its number in `TensorProto.DataType`.
    Other(i64),
}

impl Default for Data {
    fn default() -> Data {
        Data::Other(0)
    }
}

/// An input or output of the graph.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Port {
    pub(crate) name: String,
    /// The element type where it is a tensor.
    pub(crate) element: Option<i64>,
    /// The size of each dimension; absent where it may vary.
    pub(crate) dims: Vec<Option<usize>>,
}

/// `TensorProto.DataType.FLOAT`.
pub(crate) const F32: i64 = 1;
/// `TensorProto.DataType.INT32`.
const I32: i64 = 6;
/// `TensorProto.DataType.INT64`.
const I64: i64 = 7;

impl OnnxFile {
    /// Reads a file's bytes.
    pub(crate) fn parse(bytes: &[u8]) -> Result<OnnxFile, InferError> {
        let mut graph = None;
        each(bytes, |number, content| {
            if number == 7 {
                graph = Some(Graph::parse(content.bytes()?)?);
            }
            Ok(())
        })?;
        let graph = graph.ok_or_else(|| malformed("it holds no graph"))?;
        Ok(OnnxFile { graph })
    }
}

impl Graph {
    fn parse(bytes: &[u8]) -> Result<Graph, InferError> {
        let mut graph = Graph::default();
        each(bytes, |number, content| {
            match number {
                1 => graph.nodes.push(Node::parse(content.bytes()?)?),
                5 => graph.constants.push(Tensor::parse(content.bytes()?)?),
                11 => graph.inputs.push(Port::parse(content.bytes()?)?),
                12 => graph.outputs.push(Port::parse(content.bytes()?)?),
                _ => {}
            }
            Ok(())
        })?;
        Ok(graph)
    }

    /// The node that gives a value.
    pub(crate) fn producer(&self, value: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.outputs.iter().any(|output| output == value))
    }

    /// An initializer.
    pub(crate) fn constant(&self, name: &str) -> Option<&Tensor> {
        self.constants.iter().find(|(other, _)| other == name).map(|(_, tensor)| tensor)
    }
}

impl Node {
    fn parse(bytes: &[u8]) -> Result<Node, InferError> {
        let mut node = Node::default();
        each(bytes, |number, content| {
            match number {
                1 => node.inputs.push(content.text()?),
                2 => node.outputs.push(content.text()?),
                3 => node.name = content.text()?,
                4 => node.operator = content.text()?,
                5 => node.attributes.push(Attribute::parse(content.bytes()?)?),
                _ => {}
            }
            Ok(())
        })?;
        Ok(node)
    }

    /// Its name, or that of its first output.
    pub(crate) fn shown(&self) -> &str {
        if self.name.is_empty() { self.outputs.first().map_or("", String::as_str) } else { &self.name }
    }

    /// The error of an operator that the native runtime does not run.
    pub(crate) fn unsupported(&self, why: impl Into<String>) -> InferError {
        InferError::Unsupported {
            operator: self.operator.clone(),
            node: self.shown().to_string(),
            why: why.into(),
        }
    }

    fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    pub(crate) fn float(&self, name: &str, default: f32) -> f32 {
        self.attribute(name).and_then(|attribute| attribute.float).unwrap_or(default)
    }

    pub(crate) fn int(&self, name: &str, default: i64) -> i64 {
        self.attribute(name).and_then(|attribute| attribute.int).unwrap_or(default)
    }

    /// A word, which is `default` where it is absent or no text.
    pub(crate) fn word<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        let text = self.attribute(name).and_then(|attribute| attribute.text.as_deref());
        text.and_then(|text| std::str::from_utf8(text).ok()).unwrap_or(default)
    }

    pub(crate) fn tensor(&self, name: &str) -> Option<&Tensor> {
        self.attribute(name)?.tensor.as_ref()
    }

    pub(crate) fn floats(&self, name: &str) -> &[f32] {
        self.attribute(name).map_or(&[], |attribute| &attribute.floats)
    }

    pub(crate) fn ints(&self, name: &str) -> &[i64] {
        self.attribute(name).map_or(&[], |attribute| &attribute.ints)
    }

    pub(crate) fn words(&self, name: &str) -> &[String] {
        self.attribute(name).map_or(&[], |attribute| &attribute.texts)
    }
}

impl Attribute {
    fn parse(bytes: &[u8]) -> Result<Attribute, InferError> {
        let mut attribute = Attribute::default();
        each(bytes, |number, content| {
            match number {
                1 => attribute.name = content.text()?,
                2 => attribute.float = Some(content.float()?),
                3 => attribute.int = Some(content.int()?),
                4 => attribute.text = Some(content.bytes()?.to_vec()),
                5 => attribute.tensor = Some(Tensor::parse(content.bytes()?)?.1),
                7 => content.append_floats(&mut attribute.floats)?,
                8 => content.append_ints(&mut attribute.ints)?,
                9 => attribute.texts.push(content.text()?),
                _ => {}
            }
            Ok(())
        })?;
        Ok(attribute)
    }
}

impl Tensor {
    /// A tensor and its name.
    fn parse(bytes: &[u8]) -> Result<(String, Tensor), InferError> {
        let (mut name, mut element, mut dims) = (String::new(), 0, Vec::new());
        let (mut floats, mut ints, mut raw, mut outside) = (Vec::new(), Vec::new(), None, false);
        each(bytes, |number, content| {
            match number {
                1 => content.append_ints(&mut dims)?,
                2 => element = content.int()?,
                4 => content.append_floats(&mut floats)?,
                // 32 bits and 64.
                5 | 7 => content.append_ints(&mut ints)?,
                8 => name = content.text()?,
                9 => raw = Some(content.bytes()?),
                13 => outside = true,
                _ => {}
            }
            Ok(())
        })?;
        if outside {
            return Err(malformed(format!("the numbers of `{name}` stand in another file")));
        }
        let data = match (element, raw) {
            (F32, Some(raw)) => Data::F32(numbers(raw, &name, f32::from_le_bytes)?),
            (I32, Some(raw)) => Data::I64(numbers(raw, &name, |bytes| i64::from(i32::from_le_bytes(bytes)))?),
            (I64, Some(raw)) => Data::I64(numbers(raw, &name, i64::from_le_bytes)?),
            (F32, None) => Data::F32(floats),
            (I32 | I64, None) => Data::I64(ints),
            (other, _) => Data::Other(other),
        };
        let dims = dims.into_iter().map(usize::try_from).collect::<Result<Vec<_>, _>>();
        let dims = dims.map_err(|_| malformed(format!("a dimension of `{name}` is negative")))?;
        let count = dims.iter().try_fold(1_usize, |count, dim| count.checked_mul(*dim));
        let given = match &data {
            Data::F32(numbers) => Some(numbers.len()),
            Data::I64(numbers) => Some(numbers.len()),
            Data::Other(_) => None,
        };
        if given.is_some() && given != count {
            return Err(malformed(format!("`{name}` has not as many numbers as its shape {dims:?} says")));
        }
        Ok((name, Tensor { dims, data }))
    }

    /// Its numbers where they are of 32 bits.
    pub(crate) fn f32s(&self) -> Option<&[f32]> {
        match &self.data {
            Data::F32(numbers) => Some(numbers),
            _ => None,
        }
    }

    /// Its numbers where they are whole.
    pub(crate) fn i64s(&self) -> Option<&[i64]> {
        match &self.data {
            Data::I64(numbers) => Some(numbers),
            _ => None,
        }
    }
}

fn numbers<T, const N: usize>(raw: &[u8], name: &str, read: fn([u8; N]) -> T) -> Result<Vec<T>, InferError> {
    let (whole, rest) = raw.as_chunks();
    if rest.is_empty() {
        Ok(whole.iter().map(|bytes| read(*bytes)).collect())
    } else {
        Err(malformed(format!("the numbers of `{name}` end within one")))
    }
}

impl Port {
    fn parse(bytes: &[u8]) -> Result<Port, InferError> {
        let mut port = Port::default();
        each(bytes, |number, content| {
            match number {
                1 => port.name = content.text()?,
                2 => port.parse_type(content.bytes()?)?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(port)
    }

    fn parse_type(&mut self, bytes: &[u8]) -> Result<(), InferError> {
        each(
            bytes,
            |number, content| {
                if number == 1 { self.parse_tensor_type(content.bytes()?) } else { Ok(()) }
            },
        )
    }

    fn parse_tensor_type(&mut self, bytes: &[u8]) -> Result<(), InferError> {
        each(bytes, |number, content| {
            match number {
                1 => self.element = Some(content.int()?),
                2 => each(content.bytes()?, |number, content| {
                    if number == 1 {
                        self.dims.push(dimension(content.bytes()?)?);
                    }
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        })
    }
}

fn dimension(bytes: &[u8]) -> Result<Option<usize>, InferError> {
    let mut size = None;
    each(bytes, |number, content| {
        if number == 1 {
            size = usize::try_from(content.int()?).ok().filter(|size| *size > 0);
        }
        Ok(())
    })?;
    Ok(size)
}

/// Calls `take` with every field of a message.
fn each<'a>(
    message: &'a [u8],
    mut take: impl FnMut(u64, Content<'a>) -> Result<(), InferError>,
) -> Result<(), InferError> {
    let mut fields = Fields::of(message);
    while let Some((number, content)) = fields.next()? {
        take(number, content)?;
    }
    Ok(())
}
