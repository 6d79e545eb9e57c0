//! `workbench model add`: a trained model into the store.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use wb_core::Interval;
use wb_infer::Meaning;
use wb_store::GoldenRows;

use super::check::agreement;
use super::show;
use crate::error::UserError;
use crate::models::{Added, ModelLibrary, NewModel, RuntimeKind};
use crate::output::{self, Format};

/// Arguments of `workbench model add`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench model add alpha.onnx --name alpha --version 1 --inputs \"rsi(14)\" \"roc(5)\" \"zscore(20)\"
  workbench model add net.onnx --name net --version 2 --inputs close \"ema(50)\" --meaning logits \\
      --classes fall,hold,rise --golden net.golden.csv

Inputs are features as in rules: `macd(12,26,9).signal`, `rsi(close@1h,14)`. Without --golden the golden rows are
computed; with it they show that the model gives here what it gave where it was trained.")]
pub(crate) struct AddArgs {
    /// The ONNX file
    file: PathBuf,
    /// The name by which run specs ask for it
    #[arg(long)]
    name: String,
    /// Its version
    #[arg(long)]
    version: String,
    /// The features that it was trained on, in order
    #[arg(long, required = true, num_args = 1.., value_name = "FEATURE")]
    inputs: Vec<String>,
    /// The length of the bars that it was trained on; it is then refused on others
    #[arg(long, value_parser = parse_interval)]
    interval: Option<Interval>,
    /// The output that is meant, of a file with several
    #[arg(long)]
    output: Option<String>,
    /// What its numbers are, where the file does not say it: probabilities, logits or values
    #[arg(long, value_parser = parse_meaning)]
    meaning: Option<Meaning>,
    /// Names of its numbers in order, instead of the file's
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    classes: Vec<String>,
    /// The data that it was trained on: their fingerprint, or a description
    #[arg(long, value_name = "TEXT")]
    trained_on: Option<String>,
    /// What is to run it [default: native where that can]
    #[arg(long, value_enum, value_name = "RUNTIME")]
    runtime: Option<RuntimeKind>,
    /// Rows of inputs and outputs that the library gave that trained it: CSV with a heading
    #[arg(long, value_name = "CSV")]
    golden: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

fn parse_interval(text: &str) -> Result<Interval, String> {
    Interval::parse(text).ok_or_else(|| "write the length of a bar, such as 1m, 1h or 1d".to_string())
}

fn parse_meaning(text: &str) -> Result<Meaning, String> {
    Meaning::named(text).ok_or_else(|| {
        let names = Meaning::ALL.map(|(_, name)| name).join(", ");
        format!("write one of {names}")
    })
}

/// Adds a model.
///
/// # Errors
/// If the file and the arguments do not go together, or no runtime can run it.
pub(super) fn run(args: &AddArgs, library: &ModelLibrary) -> anyhow::Result<ExitCode> {
    let onnx = std::fs::read(&args.file).map_err(|error| unreadable(&args.file, &error))?;
    let golden = args.golden.as_deref().map(|path| read_golden(path, args.inputs.len())).transpose()?;
    let new = NewModel {
        name: &args.name,
        version: &args.version,
        onnx: &onnx,
        inputs: &args.inputs,
        interval: args.interval,
        output: args.output.as_deref(),
        meaning: args.meaning,
        classes: &args.classes,
        trained_on: args.trained_on.as_deref(),
        runtime: args.runtime,
        golden,
    };
    let Added { card, runtime, compared } = new.add_to(&library.store, &library.runtimes)?;
    show::print(&card, args.format);
    output::note(format_args!("{} is added; {runtime} runs it", card.reference()));
    match compared {
        Ok((other, difference)) => {
            output::note(format_args!("compared with {other}: {}", agreement(difference)))
        }
        Err(why) => output::note(format_args!("not compared with another runtime: {why}")),
    }
    Ok(ExitCode::SUCCESS)
}

/// Golden rows of a CSV file: `inputs` columns of inputs, then those of outputs.
fn read_golden(path: &Path, inputs: usize) -> anyhow::Result<GoldenRows> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let mut rows = GoldenRows::default();
    for (at, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |why: &str| {
            let error = UserError::data(format!("{} line {}: {why}", path.display(), at + 1));
            error.hint("a heading, then rows of numbers: the inputs in order, then the outputs")
        };
        let numbers = line.split(',').map(|field| field.trim().parse::<f32>());
        let mut row = numbers.collect::<Result<Vec<f32>, _>>().map_err(|_| wrong("a field is no number"))?;
        if row.len() <= inputs {
            return Err(
                wrong(&format!("it has {} numbers for {inputs} inputs and outputs", row.len())).into()
            );
        }
        rows.outputs.push(row.split_off(inputs));
        rows.inputs.push(row);
    }
    Ok(rows)
}

fn unreadable(path: &Path, error: &std::io::Error) -> UserError {
    UserError::data(format!("{} cannot be read: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_rows_are_split_into_inputs_and_outputs_and_bad_lines_are_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("rows.csv");
        let read = |text: &str| {
            std::fs::write(&path, text).expect("it is written");
            read_golden(&path, 2)
        };
        let rows = read("x0,x1,y0\n1,2,0.5\n3, 4 ,0.25\n\n").expect("two rows");
        let expected =
            GoldenRows { inputs: vec![vec![1.0, 2.0], vec![3.0, 4.0]], outputs: vec![vec![0.5], vec![0.25]] };
        assert_eq!(rows, expected);
        let told = |text: &str| read(text).expect_err("refused").to_string();
        assert!(told("x0,x1,y0\n1,2,up").ends_with("line 2: a field is no number"));
        assert!(told("x0,x1,y0\n1,2,3\n1,2").ends_with("line 3: it has 2 numbers for 2 inputs and outputs"));
    }
}
