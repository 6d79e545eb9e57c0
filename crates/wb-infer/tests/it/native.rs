//! The native runtime against the libraries that trained the models, and against files that are not sound.

use crate::samples::{Golden, golden, model_bytes, names};
use wb_core::{Predictor, Rng};
use wb_infer::{InferError, NativeModel, Signature};

/// Models of `models/sample` that only ONNX Runtime runs, with the operator that is too much.
const FOREIGN: &[(&str, &str)] = &[("torch-gelu", "Erf")];

fn load(name: &str) -> (Signature, Result<NativeModel, InferError>) {
    let bytes = model_bytes(name);
    let signature = Signature::read(&bytes, None).unwrap_or_else(|error| panic!("{name}: {error}"));
    let model = NativeModel::load(&bytes, &signature);
    (signature, model)
}

fn native_names() -> Vec<String> {
    names().into_iter().filter(|name| !FOREIGN.iter().any(|(foreign, _)| foreign == name)).collect()
}

#[test]
fn every_sample_gives_what_the_library_gave_that_trained_it() {
    assert!(native_names().len() >= 20, "the samples are there");
    for name in native_names() {
        let (signature, model) = load(&name);
        let mut model = model.unwrap_or_else(|error| panic!("{name}: {error}"));
        let Golden { inputs, outputs } = golden(&name);
        assert_eq!((signature.inputs, model.outputs()), (inputs[0].len(), outputs[0].len()), "{name}");
        let mut given = vec![0.0; model.outputs()];
        for (row, (x, expected)) in inputs.iter().zip(&outputs).enumerate() {
            model.predict(x, &mut given);
            for (got, expected) in given.iter().zip(expected) {
                let far = (got - expected).abs();
                assert!(far <= 1e-5 * expected.abs().max(1.0), "{name} row {row}: {got} for {expected}");
            }
        }
    }
}

#[test]
fn what_was_asked_before_changes_no_bit() {
    for name in native_names() {
        let mut model = load(&name).1.expect("it loads");
        let Golden { inputs, .. } = golden(&name);
        let answer = |x: &[f32], model: &mut dyn Predictor| -> Vec<u32> {
            let mut out = vec![0.0; golden(&name).outputs[0].len()];
            model.predict(x, &mut out);
            out.into_iter().map(f32::to_bits).collect()
        };
        let forwards: Vec<_> = inputs.iter().map(|x| answer(x, &mut model)).collect();
        let mut backwards: Vec<_> = inputs.iter().rev().map(|x| answer(x, &mut model)).collect();
        backwards.reverse();
        assert_eq!(forwards, backwards, "{name}");
        let alone: Vec<_> = inputs.iter().map(|x| answer(x, &mut *model.another())).collect();
        assert_eq!(forwards, alone, "{name}");
    }
}

#[test]
fn an_operator_that_is_not_known_is_named_with_the_runtime_to_use() {
    for (name, operator) in FOREIGN {
        let error = load(name).1.expect_err("it is refused");
        assert!(error.to_string().contains(&format!("operator `{operator}`")), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("--runtime onnxruntime")));
    }
}

/// Whatever the bytes, they are read or refused: never a panic, a hang or a great allocation.
#[test]
fn no_change_of_bytes_does_more_than_to_be_refused() {
    let seed = 17;
    let mut refused = 0;
    for name in names() {
        let sound = model_bytes(&name);
        let mut rng = Rng::new(seed);
        for _ in 0..400 {
            let mut bytes = sound.clone();
            match rng.below(4) {
                0 => bytes.truncate(rng.below(sound.len() as u64) as usize),
                1 => drop(bytes.splice(..rng.below(sound.len() as u64) as usize, [])),
                _ => {
                    for _ in 0..1 + rng.below(8) {
                        bytes[rng.below(sound.len() as u64) as usize] = rng.below(256) as u8;
                    }
                }
            }
            let Ok(signature) = Signature::read(&bytes, None) else {
                refused += 1;
                continue;
            };
            match NativeModel::load(&bytes, &signature) {
                Ok(mut model) => {
                    let mut out = vec![0.0; model.outputs()];
                    model.predict(&vec![0.5; signature.inputs], &mut out);
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > 1000, "seed {seed}: only {refused} refused");
}

#[test]
fn signatures_say_what_files_say() {
    let classes = |name: &str| load(name).0.classes;
    assert_eq!(classes("alpha"), ["-1", "0", "1"]);
    assert_eq!(classes("sk-boosting-two"), ["0", "1"]);
    assert_eq!(classes("torch-mlp"), [""; 0]);
    let (signature, _) = load("sk-logistic");
    assert!(signature.is_map);
    assert_eq!(signature.meaning.map(|m| m.name()), Some("probabilities"));
    assert_eq!(load("torch-mlp").0.meaning, None);
    let error = Signature::read(&model_bytes("alpha"), Some("nothing")).expect_err("no such output");
    assert_eq!(error.to_string(), "the model has no output `nothing` of numbers; it has probabilities");
    let error = Signature::read(b"", None).expect_err("an empty file");
    assert_eq!(error.to_string(), "the file is no sound ONNX model: it holds no graph");
}
