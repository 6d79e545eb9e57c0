//! The model `alpha` of `models/sample`, as a run is given it.

use std::sync::Arc;

use wb_infer::{NATIVE_VERSION, NativeModel, Signature};
use wb_kernel::{Model, ModelOutputs};

/// The model, run by the native runtime.
pub(crate) fn alpha() -> Model {
    let bytes = include_bytes!("../../../models/sample/alpha.onnx");
    let signature = Signature::read(bytes, None).expect("a sound model");
    let native = NativeModel::load(bytes, &signature).expect("it is of known operators");
    Model {
        name: "alpha".to_string(),
        version: "1".to_string(),
        content: "sample".to_string(),
        runtime: format!("native {NATIVE_VERSION}"),
        inputs: ["rsi(14)", "roc(5)", "roc(21)", "zscore(20)"]
            .iter()
            .map(|text| text.parse().expect("a feature"))
            .collect(),
        interval: None,
        outputs: ModelOutputs::Probabilities(signature.classes),
        predictor: Arc::new(native),
    }
}
