//! What one prediction costs: `cargo bench -p wb-infer`.

#![expect(missing_docs, reason = "criterion_group! makes an undocumented function")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use wb_core::{Predictor, Rng};
use wb_infer::{NativeModel, Signature};

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

fn native(c: &mut Criterion) {
    for (name, about) in MODELS {
        let bytes = model_bytes(name);
        let signature = Signature::read(&bytes, None).expect("a sound model");
        let mut model = NativeModel::load(&bytes, &signature).expect("it is of known operators");
        let rows = rows();
        let (mut out, mut at) = (vec![0.0; model.outputs()], 0);
        c.bench_function(&format!("native {about}"), |b| {
            b.iter(|| {
                at = (at + 1) % rows.len();
                model.predict(black_box(&rows[at]), &mut out);
                black_box(&out);
            });
        });
    }
}

criterion_group!(benches, native);
criterion_main!(benches);
