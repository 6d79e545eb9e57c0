//! A runner that follows a network.

use std::sync::Arc;

use wb_core::ParamValue;
use wb_infer::{NATIVE_VERSION, NativeModel, Signature};
use wb_kernel::{Model, ModelOutputs};

use crate::trading::Trading;

/// Any change of the score is traded.
pub(crate) fn follower() -> Trading {
    let numbers = [("entry", 0.0), ("exit", 0.0), ("full", 1.0), ("resize", 0.0)];
    let mut params = numbers.map(|(name, x)| (name, ParamValue::Float(x))).to_vec();
    params.push(("short", ParamValue::Bool(true)));
    Trading::begin("onnx-alpha", &params, vec![network()])
}

/// The sample network, of features that move with every bar.
fn network() -> Model {
    let bytes = include_bytes!("../../../../models/sample/sk-mlp.onnx");
    let signature = Signature::read(bytes, None).expect("a sound model");
    let native = NativeModel::load(bytes, &signature).expect("it is of known operators");
    let inputs = ["rsi(14)", "roc(1)", "roc(5)", "roc(21)", "zscore(5)", "zscore(20)", "zscore(60)"];
    Model {
        name: "network".to_string(),
        version: "1".to_string(),
        content: "sample".to_string(),
        runtime: format!("native {NATIVE_VERSION}"),
        inputs: inputs.iter().map(|text| text.parse().expect("a feature")).collect(),
        interval: None,
        outputs: ModelOutputs::Probabilities(signature.classes),
        predictor: Arc::new(native),
    }
}
