//! What runs a model: the native runtime, or ONNX Runtime where its library is found.

use std::cell::OnceCell;

use wb_core::Predictor;
use wb_infer::{InferError, LibraryPlaces, NATIVE_VERSION, NativeModel, OnnxRuntime, Signature};

/// A runtime, as cards and settings name it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum RuntimeKind {
    /// Ours: dense networks and tree ensembles, without any library.
    Native,
    /// ONNX Runtime: every model, where its library is found.
    #[value(name = "onnxruntime")]
    OnnxRuntime,
}

impl RuntimeKind {
    /// Both.
    pub(crate) const ALL: [RuntimeKind; 2] = [RuntimeKind::Native, RuntimeKind::OnnxRuntime];

    /// Its name in cards and settings.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            RuntimeKind::Native => "native",
            RuntimeKind::OnnxRuntime => "onnxruntime",
        }
    }

    /// The one of that name.
    pub(crate) fn named(name: &str) -> Option<RuntimeKind> {
        RuntimeKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The other one.
    pub(crate) const fn other(self) -> RuntimeKind {
        match self {
            RuntimeKind::Native => RuntimeKind::OnnxRuntime,
            RuntimeKind::OnnxRuntime => RuntimeKind::Native,
        }
    }
}

/// Both runtimes; the library of ONNX Runtime is loaded when a model first wants it.
pub(crate) struct Runtimes {
    places: LibraryPlaces,
    library: OnceCell<OnnxRuntime>,
}

/// A model that is ready to run.
pub(crate) struct Running {
    /// What computes it.
    pub(crate) predictor: Box<dyn Predictor>,
    /// How many numbers it gives.
    pub(crate) outputs: usize,
    /// The runtime and its version: `native 1`.
    pub(crate) runtime: String,
}

impl Runtimes {
    /// The native one, and the library in the first of these places that has it.
    pub(crate) fn new(places: LibraryPlaces) -> Runtimes {
        Runtimes { places, library: OnceCell::new() }
    }

    /// Loads a model.
    ///
    /// # Errors
    /// If the runtime cannot run it, or its library is not found.
    pub(crate) fn load(
        &self,
        kind: RuntimeKind,
        onnx: &[u8],
        signature: &Signature,
    ) -> Result<Running, InferError> {
        match kind {
            RuntimeKind::Native => {
                let model = NativeModel::load(onnx, signature)?;
                let (outputs, runtime) = (model.outputs(), format!("{} {NATIVE_VERSION}", kind.name()));
                Ok(Running { predictor: Box::new(model), outputs, runtime })
            }
            RuntimeKind::OnnxRuntime => {
                let library = self.library()?;
                let model = library.model(onnx, signature)?;
                let (outputs, runtime) = (model.outputs(), format!("{} {}", kind.name(), library.version()));
                Ok(Running { predictor: Box::new(model), outputs, runtime })
            }
        }
    }

    fn library(&self) -> Result<&OnnxRuntime, InferError> {
        if let Some(library) = self.library.get() {
            return Ok(library);
        }
        let library = OnnxRuntime::load(&self.places.find()?)?;
        Ok(self.library.get_or_init(|| library))
    }
}
