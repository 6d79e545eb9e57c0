//! A runner that follows a network.

use std::sync::Arc;

use wb_core::{ParamValue, Predictor};
use wb_infer::{NATIVE_VERSION, NativeModel, Signature};
use wb_kernel::{Model, ModelOutputs};

use crate::trading::Trading;

/// The sample network, as the file that holds it.
pub(crate) const NETWORK: &[u8] = include_bytes!("../../../../models/sample/sk-mlp.onnx");

/// Follows the network in our own runtime.
pub(crate) fn follower() -> Trading {
    let signature = Signature::read(NETWORK, None).expect("a sound model");
    let native = NativeModel::load(NETWORK, &signature).expect("it is of known operators");
    follower_of(Arc::new(native), &signature, format!("native {NATIVE_VERSION}"))
}

/// Follows the network as `predictor` runs it: any change of the score is traded.
pub(crate) fn follower_of(predictor: Arc<dyn Predictor>, signature: &Signature, runtime: String) -> Trading {
    let numbers = [("entry", 0.0), ("exit", 0.0), ("full", 1.0), ("resize", 0.0)];
    let mut params = numbers.map(|(name, x)| (name, ParamValue::Float(x))).to_vec();
    params.push(("short", ParamValue::Bool(true)));
    // They move with every bar.
    let inputs = ["rsi(14)", "roc(1)", "roc(5)", "roc(21)", "zscore(5)", "zscore(20)", "zscore(60)"];
    let network = Model {
        name: "network".to_string(),
        version: "1".to_string(),
        content: "sample".to_string(),
        runtime,
        inputs: inputs.iter().map(|text| text.parse().expect("a feature")).collect(),
        interval: None,
        outputs: ModelOutputs::Probabilities(signature.classes.clone()),
        predictor,
    };
    Trading::begin("onnx-alpha", &params, vec![network])
}
