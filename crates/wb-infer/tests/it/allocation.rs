//! A model that is loaded allocates nothing: what the allocator says, not what the code looks like.

use crate::samples::{golden, model_bytes, names};
use wb_core::Predictor;
use wb_infer::{NativeModel, Signature};

#[test]
fn the_native_runtime_allocates_nothing_once_a_model_is_loaded() {
    let mut checked = 0;
    for name in names() {
        let bytes = model_bytes(&name);
        let signature = Signature::read(&bytes, None).expect("a sound model");
        let Ok(mut model) = NativeModel::load(&bytes, &signature) else { continue };
        let rows = golden(&name).inputs;
        let mut out = vec![0.0; model.outputs()];
        let info = allocation_counter::measure(|| {
            for row in &rows {
                model.predict(row, &mut out);
            }
        });
        assert_eq!((info.count_total, info.bytes_total), (0, 0), "{name}");
        checked += 1;
    }
    assert!(checked >= 20, "only {checked} models");
}
