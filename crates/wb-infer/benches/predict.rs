//! What one prediction costs: `cargo bench -p wb-infer`, after `tests/python/setup.sh` has installed ONNX Runtime.

#![expect(missing_docs, reason = "criterion_group! makes an undocumented function")]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use wb_core::{Predictor, Rng};
use wb_infer::{LibraryPlaces, NativeModel, OnnxRuntime, Signature};

const MODELS: [(&str, &str); 3] =
    [("sk-mlp", "MLP 7-64-32-3"), ("torch-softmax", "MLP 7-64-32-3, tanh"), ("xgb", "30 trees of depth 3")];

fn model_bytes(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/sample");
    std::fs::read(format!("{folder}/{name}.onnx")).expect(name)
}

/// Rows of features; another one each time, so that branches of trees are not learnt by heart.
fn rows() -> Vec<[f32; 7]> {
    let mut rng = Rng::new(1);
    (0..256).map(|_| std::array::from_fn(|_| 4.0 * rng.uniform() as f32 - 2.0)).collect()
}

fn bench(c: &mut Criterion, name: &str, mut model: impl Predictor, outputs: usize) {
    let rows = rows();
    let (mut out, mut at) = (vec![0.0; outputs], 0);
    c.bench_function(name, |b| {
        b.iter(|| {
            at = (at + 1) % rows.len();
            model.predict(black_box(&rows[at]), &mut out);
            black_box(&out);
        });
    });
}

fn both_runtimes(c: &mut Criterion) {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python");
    let library = LibraryPlaces { pythons: vec![python], ..LibraryPlaces::of_process(None) }.find();
    let runtime = OnnxRuntime::load(&library.expect("it is installed")).expect("it is new enough");
    for (name, about) in MODELS {
        let bytes = model_bytes(name);
        let signature = Signature::read(&bytes, None).expect("a sound model");
        let native = NativeModel::load(&bytes, &signature).expect("it is of known operators");
        let outputs = native.outputs();
        bench(c, &format!("native {about}"), native, outputs);
        let other = runtime.model(&bytes, &signature).expect("it is of known operators");
        bench(c, &format!("ONNX Runtime {about}"), other, outputs);
    }
}

criterion_group!(benches, both_runtimes);
criterion_main!(benches);
