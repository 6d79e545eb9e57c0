//! Models in ONNX Runtime, whose library is found when it is wanted.
//!
//! One row at a time and one thread: its last bits depend on the size of the batch (microsoft/onnxruntime#7642), so
//! nothing but a row is ever asked for.

mod library;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use ort::environment::Environment;
use ort::memory::Allocator;
use ort::session::builder::GraphOptimizationLevel;
use ort::session::{HasSelectedOutputs, OutputSelector, RunOptions, Session};
use ort::value::{DynMap, DynValue, Tensor};
use wb_core::Predictor;

use crate::error::InferError;
use crate::signature::Signature;

pub use library::{LIBRARY_VARIABLE, LibraryPlaces};

/// The library, loaded.
#[derive(Clone)]
pub struct OnnxRuntime {
    environment: Environment,
    version: String,
}

/// A model that ONNX Runtime runs.
pub struct OnnxRuntimeModel {
    /// Shared by all of one model: a session is large, and one that nobody else uses is locked in no time.
    session: Arc<Mutex<Session>>,
    signature: Signature,
    output: OutputShape,
    /// Behind a lock that is never taken: only who has all of the model uses it, which the library's types cannot say.
    room: Mutex<Room>,
}

/// What the numbers of an output stand in.
#[derive(Clone, PartialEq, Eq, Debug)]
enum OutputShape {
    /// Not known before the model has run.
    Unknown,
    /// A tensor of these dimensions.
    Tensor(Vec<i64>),
    /// A map from class to number, as `ZipMap` makes it.
    Map,
}

/// Where the numbers of one user of a model stand.
struct Room {
    input: Tensor<f32>,
    options: RunOptions<HasSelectedOutputs>,
}

impl OnnxRuntime {
    /// Loads the library, which a process can do once.
    ///
    /// # Errors
    /// If it cannot be loaded, is older than 1.20, or one is loaded already.
    pub fn load(path: &Path) -> Result<OnnxRuntime, InferError> {
        let refused = |why: String| InferError::Library { path: path.to_path_buf(), why };
        let builder = ort::init_from(path).map_err(|error| refused(error.to_string()))?;
        let environment =
            builder.with_name("workbench").build().map_err(|error| refused(error.to_string()))?;
        Ok(OnnxRuntime { environment, version: version_of(path, ort::info()) })
    }

    /// Its version and the commit that it was built from.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Loads a model for the output of its signature.
    ///
    /// # Errors
    /// If it refuses the model, or gives something else than a row of numbers.
    pub fn model(&self, bytes: &[u8], signature: &Signature) -> Result<OnnxRuntimeModel, InferError> {
        let session = Arc::new(Mutex::new(self.session(bytes).map_err(refused)?));
        let zeros = vec![0.0; signature.inputs];
        let mut probe = OnnxRuntimeModel::of(&session, signature, OutputShape::Unknown).map_err(refused)?;
        let output = probe.run(&zeros, |_| ()).map_err(refused)?;
        let mut model = OnnxRuntimeModel::of(&session, signature, output).map_err(refused)?;
        model.run(&zeros, |_| ()).map_err(refused)?;
        Ok(model)
    }

    fn session(&self, bytes: &[u8]) -> Result<Session, String> {
        let told = |error: &dyn fmt::Display| error.to_string();
        Session::builder(&self.environment)
            .map_err(|error| told(&error))?
            .with_optimization_level(GraphOptimizationLevel::All)
            .map_err(|error| told(&error))?
            .with_intra_threads(1)
            .map_err(|error| told(&error))?
            .with_inter_threads(1)
            .map_err(|error| told(&error))?
            .commit_from_memory(bytes)
            .map_err(|error| told(&error))
    }
}

fn refused(why: impl fmt::Display) -> InferError {
    InferError::Refused(why.to_string())
}

impl OnnxRuntimeModel {
    /// One more user of a session.
    fn of(
        session: &Arc<Mutex<Session>>,
        signature: &Signature,
        output: OutputShape,
    ) -> ort::Result<OnnxRuntimeModel> {
        let mut selector = OutputSelector::no_default().with(&signature.output);
        if let OutputShape::Tensor(shape) = &output {
            let tensor = Tensor::<f32>::new(&Allocator::default(), shape.clone())?;
            selector = selector.preallocate(&signature.output, tensor);
        }
        let options = RunOptions::new()?.with_outputs(selector);
        let input = Tensor::<f32>::new(&Allocator::default(), [1, signature.inputs])?;
        let (session, signature) = (Arc::clone(session), signature.clone());
        Ok(OnnxRuntimeModel { session, signature, output, room: Mutex::new(Room { input, options }) })
    }

    /// How many numbers it gives.
    pub fn outputs(&self) -> usize {
        match &self.output {
            OutputShape::Tensor(shape) => shape.iter().product::<i64>().unsigned_abs() as usize,
            OutputShape::Unknown | OutputShape::Map => self.signature.classes.len(),
        }
    }

    /// Runs the model, hands over what it gives, and says in what that stood.
    fn run(&mut self, inputs: &[f32], mut take: impl FnMut(&[f32])) -> ort::Result<OutputShape> {
        let Room { input, options } = self.room.get_mut().expect("it is never locked");
        input.extract_tensor_mut().1.copy_from_slice(inputs);
        let mut session = self.session.lock().expect("who held it does not panic within");
        let given = session.run_with_options(ort::inputs![&*input], &*options)?;
        let output = &given[self.signature.output.as_str()];
        if self.signature.is_map {
            take(&in_order(output, &self.signature.classes)?);
            return Ok(OutputShape::Map);
        }
        let (shape, values) = output.try_extract_tensor::<f32>()?;
        take(values);
        Ok(OutputShape::Tensor(shape.to_vec()))
    }
}

/// The probabilities of a map from class to probability, in the order of the classes.
fn in_order(output: &DynValue, classes: &[String]) -> ort::Result<Vec<f32>> {
    let maps = output.try_extract_sequence::<ort::value::DynMapValueType>()?;
    let map: &DynMap = maps.first().ok_or_else(|| ort::Error::new("the list of maps is empty"))?;
    let of_numbers = map.try_extract_key_values::<i64, f32>();
    let pairs: Vec<(String, f32)> = match of_numbers {
        Ok(pairs) => pairs.into_iter().map(|(key, value)| (key.to_string(), value)).collect(),
        Err(_) => map.try_extract_key_values::<String, f32>()?,
    };
    let value = |class: &String| {
        let found = pairs.iter().find(|(key, _)| key == class).map(|(_, value)| *value);
        found.ok_or_else(|| ort::Error::new(format!("there is no probability of class {class}")))
    };
    classes.iter().map(value).collect()
}

/// The version in the library's file name and the commit that it was built from: `1.24.4 5f2ab31`. The library tells
/// its number to nobody but the crate that loads it.
fn version_of(path: &Path, info: &str) -> String {
    // A link such as `libonnxruntime.so` says nothing, the file behind it does.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let number = name.find(|c: char| c.is_ascii_digit()).map(|first| {
        let rest = &name[first..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        rest[..end].trim_end_matches('.').to_string()
    });
    let commit = info.split_once("git-commit-id=").map(|(_, rest)| {
        let end = rest.find([',', ' ']).unwrap_or(rest.len());
        rest[..end].to_string()
    });
    let known: Vec<String> = [number, commit].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if known.is_empty() { info.to_string() } else { known.join(" ") }
}

impl Predictor for OnnxRuntimeModel {
    fn predict(&mut self, inputs: &[f32], outputs: &mut [f32]) {
        let run = self.run(inputs, |values| outputs.copy_from_slice(values));
        run.expect("a model that has run before runs again");
    }

    fn another(&self) -> Box<dyn Predictor> {
        let other = OnnxRuntimeModel::of(&self.session, &self.signature, self.output.clone());
        Box::new(other.expect("tensors that could be made once"))
    }
}

impl fmt::Debug for OnnxRuntimeModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a model of {} inputs in ONNX Runtime", self.signature.inputs)
    }
}

impl fmt::Debug for OnnxRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ONNX Runtime {}", self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_file_and_of_its_build() {
        let check = |file: &str, info: &str, expected: &str| {
            assert_eq!(version_of(Path::new(file), info), expected, "{file}, {info}");
        };
        let info =
            "ORT Build Info: git-branch=HEAD, git-commit-id=26250ae, build type=Release, cmake cxx flags: ";
        check("/nothing/libonnxruntime.so.1.24.4", info, "1.24.4 26250ae");
        check("/nothing/libonnxruntime.1.24.4.dylib", info, "1.24.4 26250ae");
        check("/nothing/onnxruntime.dll", info, "26250ae");
        check("/nothing/onnxruntime.dll", "something else", "something else");
    }
}
