//! ONNX Runtime against the libraries that trained the models, and the native runtime against it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use wb_core::{Predictor, Rng};
use wb_infer::{
    InferError, LibraryPlaces, NativeModel, OnnxRuntime, OnnxRuntimeModel, Signature, check_golden,
};

use crate::samples::{golden, model_bytes, names};

/// A process loads the library once, and these tests may share one.
static RUNTIME: LazyLock<OnnxRuntime> = LazyLock::new(|| {
    let library = LibraryPlaces { pythons: vec![python()], ..LibraryPlaces::default() }.find();
    OnnxRuntime::load(&library.expect("the tests' Python environment has it")).expect("it is new enough")
});

/// The environment that `tests/python/setup.sh` makes.
fn python() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let setup = Command::new("bash").arg(root.join("tests/python/setup.sh")).output().expect("bash starts");
    assert!(setup.status.success(), "setup.sh failed:\n{}", String::from_utf8_lossy(&setup.stderr));
    root.join("target/python")
}

fn load(name: &str) -> (Vec<u8>, Signature, OnnxRuntimeModel) {
    let bytes = model_bytes(name);
    let signature = Signature::read(&bytes, None).expect(name);
    let model = RUNTIME.model(&bytes, &signature).unwrap_or_else(|error| panic!("{name}: {error}"));
    (bytes, signature, model)
}

#[test]
fn every_sample_gives_what_the_library_gave_that_trained_it() {
    assert!(names().len() >= 21, "the samples are there");
    for name in names() {
        let (_, signature, mut model) = load(&name);
        let rows = golden(&name);
        assert_eq!(
            (signature.inputs, model.outputs()),
            (rows.inputs[0].len(), rows.outputs[0].len()),
            "{name}"
        );
        check_golden(&mut model, &rows.inputs, &rows.outputs, 1e-5)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// Rows in the range of the golden ones.
fn rows_like(inputs: &[Vec<f32>], count: usize, rng: &mut Rng) -> Vec<Vec<f32>> {
    let range = |column: usize| {
        let values = inputs.iter().map(|row| row[column]);
        values.fold((f32::MAX, f32::MIN), |(least, most), x| (least.min(x), most.max(x)))
    };
    let ranges: Vec<(f32, f32)> = (0..inputs[0].len()).map(range).collect();
    let x = |(least, most): &(f32, f32), rng: &mut Rng| least + (most - least) * rng.uniform() as f32;
    (0..count).map(|_| ranges.iter().map(|range| x(range, rng)).collect()).collect()
}

/// The native runtime against ONNX Runtime on rows of every sample that both can run.
fn check_both(tolerance: f32, rows_of: impl Fn(&str) -> Vec<Vec<f32>>) {
    let mut compared = 0;
    for name in names() {
        let (bytes, signature, mut other) = load(&name);
        let Ok(mut native) = NativeModel::load(&bytes, &signature) else { continue };
        let rows = rows_of(&name);
        let answer = |row: &Vec<f32>| {
            let mut out = vec![0.0; other.outputs()];
            other.predict(row, &mut out);
            out
        };
        let expected: Vec<Vec<f32>> = rows.iter().map(answer).collect();
        check_golden(&mut native, &rows, &expected, tolerance)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        compared += 1;
    }
    assert!(compared >= 20, "only {compared} models run in both");
}

#[test]
fn both_runtimes_agree_on_every_sample_to_a_millionth() {
    check_both(1e-6, |name| golden(name).inputs);
}

/// On any row networks agree as far as numbers of 32 bits go: on such rows both are 1.2e-6 from what 64 bits give.
#[test]
fn both_runtimes_agree_on_any_row_but_for_rounding() {
    for seed in 0..5 {
        check_both(4e-6, |name| rows_like(&golden(name).inputs, 500, &mut Rng::new(seed)));
    }
}

#[test]
fn what_was_asked_before_and_on_other_threads_changes_no_bit() {
    for name in ["alpha", "sk-logistic", "torch-gelu", "xgb-value"] {
        let (_, _, model) = load(name);
        let inputs = golden(name).inputs;
        let answers = |mut model: Box<dyn Predictor>, width: usize| -> Vec<u32> {
            let mut out = vec![0.0; width];
            let all = inputs.iter().cycle().take(100).flat_map(|row| {
                model.predict(row, &mut out);
                out.iter().map(|y| y.to_bits()).collect::<Vec<_>>()
            });
            all.collect()
        };
        let alone = answers(model.another(), model.outputs());
        std::thread::scope(|scope| {
            let (model, answers) = (&model, &answers);
            let threads: Vec<_> =
                (0..3).map(|_| scope.spawn(move || answers(model.another(), model.outputs()))).collect();
            for thread in threads {
                assert_eq!(thread.join().expect("no thread panics"), alone, "{name}");
            }
        });
    }
}

#[test]
fn a_model_that_the_library_does_not_accept_is_refused() {
    let bytes = model_bytes("alpha");
    let signature = Signature::read(&bytes, None).expect("a sound model");
    let error = RUNTIME.model(&bytes[..bytes.len() / 2], &signature).expect_err("half a file");
    assert!(error.to_string().starts_with("ONNX Runtime refuses the model: "), "{error}");
    let wrong = Signature { inputs: 3, ..signature };
    assert!(matches!(RUNTIME.model(&bytes, &wrong), Err(InferError::Refused(_))));
}

#[test]
fn a_file_that_is_no_library_is_refused_with_the_version_that_is_wanted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("libonnxruntime.so");
    std::fs::write(&path, b"not a library").expect("it is written");
    let error = OnnxRuntime::load(&path).expect_err("it is no library");
    assert!(error.to_string().starts_with(&format!("{} cannot be loaded as ONNX Runtime: ", path.display())));
    assert_eq!(error.hint(), Some("versions from 1.20 can be used"));
}

#[test]
fn the_version_is_that_of_the_python_package() {
    let package = std::fs::read_dir(python().join("lib")).expect("a Python environment");
    let packages = package.map(|entry| entry.expect("an entry").path().join("site-packages"));
    let name = packages
        .flat_map(|folder| std::fs::read_dir(folder).expect("packages"))
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .find(|name| name.starts_with("onnxruntime-") && name.ends_with(".dist-info"))
        .expect("what pip wrote of the package");
    let version = name.trim_start_matches("onnxruntime-").trim_end_matches(".dist-info");
    assert!(RUNTIME.version().starts_with(&format!("{version} ")), "{} of {name}", RUNTIME.version());
}
