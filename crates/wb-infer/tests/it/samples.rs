//! The models of `models/sample` and what the libraries that made them computed.

use std::fs;
use std::path::PathBuf;

/// Rows of inputs, and what must come out.
pub(crate) struct Golden {
    pub(crate) inputs: Vec<Vec<f32>>,
    pub(crate) outputs: Vec<Vec<f32>>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models/sample")
}

/// The names of all of them.
pub(crate) fn names() -> Vec<String> {
    let files = fs::read_dir(folder()).expect("models/sample").map(|entry| entry.expect("an entry").path());
    let onnx = files.filter(|path| path.extension().is_some_and(|ending| ending == "onnx"));
    let stem = |path: PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
    let mut names: Vec<String> = onnx.map(stem).collect();
    names.sort();
    names
}

pub(crate) fn model_bytes(name: &str) -> Vec<u8> {
    fs::read(folder().join(format!("{name}.onnx"))).expect(name)
}

pub(crate) fn golden(name: &str) -> Golden {
    let text = fs::read_to_string(folder().join(format!("{name}.golden.csv"))).expect(name);
    let mut lines = text.lines();
    let inputs = lines.next().expect("a heading").split(',').filter(|field| field.starts_with('x')).count();
    let row = |line: &str| line.split(',').map(|x| x.parse().expect("a number")).collect::<Vec<f32>>();
    let (inputs, outputs) = lines
        .map(|line| {
            let mut row = row(line);
            let outputs = row.split_off(inputs);
            (row, outputs)
        })
        .unzip();
    Golden { inputs, outputs }
}
