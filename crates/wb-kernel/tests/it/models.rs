//! Models: of the features that they were trained on, computed after every bar, and the same as columns.

use std::sync::{Arc, mpsc};

use wb_core::{Interval, ParamSet, Predictor, Rng};
use wb_kernel::{
    Context, Feature, FeatureText, Kernel, KernelConfig, Model, ModelOutputs, RiskLimits, Setup, SetupError,
};

use crate::support::{A, B, Call, config, instruments, leave, random_bars};

/// The sum of its inputs, and their product.
#[derive(Clone, Debug)]
struct SumAndProduct;

impl Predictor for SumAndProduct {
    fn predict(&mut self, inputs: &[f32], outputs: &mut [f32]) {
        outputs.copy_from_slice(&[inputs.iter().sum(), inputs.iter().product()]);
    }

    fn another(&self) -> Box<dyn Predictor> {
        Box::new(self.clone())
    }
}

fn texts(inputs: &[&str]) -> Vec<FeatureText> {
    inputs.iter().map(|text| text.parse().expect("a feature")).collect()
}

fn model(inputs: &[&str]) -> Model {
    Model {
        name: "alpha".to_string(),
        version: "1".to_string(),
        content: "its hash".to_string(),
        runtime: "test 1".to_string(),
        inputs: texts(inputs),
        interval: None,
        outputs: ModelOutputs::Values(["sum", "product"].map(str::to_string).into()),
        predictor: Arc::new(SumAndProduct),
    }
}

fn with(models: Vec<Model>) -> KernelConfig {
    KernelConfig { models, ..config(&instruments(2), RiskLimits::default()) }
}

/// Declares features of the first instrument and a model of them.
fn declare(setup: &mut Setup<'_>, inputs: &[&str]) -> Result<(Vec<Feature>, Vec<Feature>), SetupError> {
    let inputs: Vec<Feature> =
        texts(inputs).iter().map(|text| setup.feature_of(A, text)).collect::<Result<_, _>>()?;
    let outputs = setup.model("alpha", &inputs)?;
    Ok((inputs, outputs))
}

#[test]
fn a_model_is_computed_from_the_features_after_the_bar_streamed_and_as_columns() {
    const INPUTS: [&str; 3] = ["sma(3)", "rsi(close@5m,4)", "close"];
    for seed in 0..10 {
        let bars = random_bars(&mut Rng::new(seed), 400);
        let config = with(vec![model(&INPUTS)]);
        let (log, streamed) = mpsc::channel();
        let entry = leave(move |setup| {
            let (inputs, outputs) = declare(setup, &INPUTS).expect("the model's inputs");
            move |call: Call<'_>, ctx: &mut Context<'_>| {
                let Call::BarsClosed = call else { return };
                let x: Vec<f32> = inputs.iter().map(|feature| ctx.value(*feature) as f32).collect();
                let expected = [x.iter().sum::<f32>(), x.iter().product()].map(f64::from);
                let values = [outputs[0], outputs[1]].map(|output| ctx.value(output));
                assert_eq!(values.map(f64::to_bits), expected.map(f64::to_bits));
                log.send(values).expect("the test listens");
            }
        });
        let kernel = || Kernel::new(&entry, &ParamSet::new(), instruments(2), &config);
        let mut kernel = kernel().expect("it builds");
        for row in 0..bars.len() {
            kernel.on_event(&wb_core::Event::Market(bars.event(row, A, true)), &mut Vec::new());
        }
        let streamed: Vec<[f64; 2]> = streamed.try_iter().collect();
        let last = kernel.feature_values();
        let names: Vec<&str> = last.iter().map(|feature| feature.name.as_str()).collect();
        assert_eq!(names, ["sma(close,3)", "rsi(close@5m,4)", "close", "alpha.sum", "alpha.product"]);
        let outputs = [last[3].value, last[4].value].map(f64::to_bits);
        assert_eq!(Some(outputs), streamed.last().map(|values| values.map(f64::to_bits)));

        let entry = leave(|setup| {
            declare(setup, &INPUTS).expect("the model's inputs");
            |_: Call<'_>, _: &mut Context<'_>| {}
        });
        let mut kernel = Kernel::new(&entry, &ParamSet::new(), instruments(2), &config).expect("it builds");
        let models = kernel.detach_models();
        let mut features = vec![Vec::new(); INPUTS.len()];
        for feature in kernel.detach_features() {
            let positions = feature.positions.clone();
            for (position, column) in positions.zip(feature.columns(&bars)) {
                features[position] = column.values;
            }
        }
        let columns = models.into_iter().flat_map(|model| {
            let inputs: Vec<&[f64]> = model.inputs.iter().map(|at| &features[*at][..]).collect();
            model.columns(&inputs)
        });
        let columns: Vec<_> = columns.collect();
        assert_eq!([&columns[0].name, &columns[1].name], ["alpha.sum", "alpha.product"]);
        let warm = bars.len() - streamed.len();
        assert!(warm < columns[0].warmup + 5 && streamed.len() > 300, "seed {seed}: {warm}");
        assert!(
            columns[0].values[..warm].iter().all(|value| value.is_nan()),
            "seed {seed}: absent while cold"
        );
        for (row, values) in streamed.iter().enumerate() {
            let column = [0, 1].map(|output: usize| columns[output].values[warm + row].to_bits());
            assert_eq!(values.map(f64::to_bits), column, "seed {seed}, row {row}");
        }
    }
}

/// One, whatever it is given, as a tree may.
#[derive(Clone, Debug)]
struct AlwaysOne;

impl Predictor for AlwaysOne {
    fn predict(&mut self, _: &[f32], outputs: &mut [f32]) {
        outputs.fill(1.0);
    }

    fn another(&self) -> Box<dyn Predictor> {
        Box::new(AlwaysOne)
    }
}

#[test]
fn a_model_gives_no_number_where_an_input_is_none() {
    let entry = leave(|setup| {
        declare(setup, &["sma(3)", "close"]).expect("the model's inputs");
        |_: Call<'_>, _: &mut Context<'_>| {}
    });
    let config = with(vec![Model { predictor: Arc::new(AlwaysOne), ..model(&["sma(3)", "close"]) }]);
    let mut kernel = Kernel::new(&entry, &ParamSet::new(), instruments(2), &config).expect("it builds");
    let model = kernel.detach_models().pop().expect("the one that was declared");
    let columns = model.columns(&[&[f64::NAN, 1.0, 1.0], &[1.0, f64::NAN, 1.0]]);
    for column in columns {
        assert_eq!(column.values.iter().map(|y| y.is_nan()).collect::<Vec<_>>(), [true, true, false]);
    }
}

#[test]
fn the_same_model_of_the_same_features_is_one() {
    let entry = leave(|setup| {
        let first = declare(setup, &["sma(3)", "close"]).expect("the model's inputs").1;
        assert_eq!(declare(setup, &["sma(3)", "close"]).expect("again").1, first);
        |_: Call<'_>, _: &mut Context<'_>| {}
    });
    let config = with(vec![model(&["sma(3)", "close"])]);
    Kernel::new(&entry, &ParamSet::new(), instruments(2), &config).expect("it builds");
}

#[test]
fn a_model_that_does_not_fit_is_refused_with_what_differs() {
    let check = |models: Vec<Model>, inputs: &'static [&'static str], expected: &'static str| {
        let entry = leave(move |setup| {
            let error = declare(setup, inputs).expect_err("refused");
            assert_eq!(error.to_string(), expected);
            |_: Call<'_>, _: &mut Context<'_>| {}
        });
        Kernel::new(&entry, &ParamSet::new(), instruments(2), &with(models)).expect("it builds");
    };
    check(vec![], &["sma(3)"], "the strategy asks for the model `alpha`; the spec gives none");
    let other = Model { name: "beta".to_string(), ..model(&["sma(3)"]) };
    check(vec![other], &["sma(3)"], "the strategy asks for the model `alpha`; the spec gives beta");
    let unnamed = leave(|setup| {
        let error = setup.model("", &[]).expect_err("no name");
        assert_eq!(error.to_string(), "the strategy names no model and needs one; the spec gives alpha");
        |_: Call<'_>, _: &mut Context<'_>| {}
    });
    let config = with(vec![model(&["sma(3)"])]);
    Kernel::new(&unnamed, &ParamSet::new(), instruments(2), &config).expect("it builds");
    let trained = || vec![model(&["sma(3)", "rsi(14)"])];
    check(
        trained(),
        &["sma(3)", "rsi(21)"],
        "the model `alpha` was trained on other inputs: input 2 is rsi(close,14), the strategy declares \
         rsi(close,21)",
    );
    check(
        trained(),
        &["sma(3)"],
        "the model `alpha` was trained on other inputs: input 2 is rsi(close,14), the strategy declares nothing",
    );
    check(
        vec![Model { interval: Some(Interval::Days(1)), ..model(&["sma(3)"]) }],
        &["sma(3)"],
        "the model `alpha` was trained on bars of 1d, not of 1m",
    );
}

#[test]
fn features_of_two_instruments_or_of_another_model_are_no_inputs() {
    let entry = leave(|setup| {
        let text = &texts(&["close"])[0];
        let of = [A, B].map(|id| setup.feature_of(id, text).expect("given"));
        let error = setup.model("alpha", &of).expect_err("two instruments").to_string();
        assert_eq!(error, "the model `alpha` reads features of several instruments");
        let outputs = setup.model("alpha", &[of[0], of[0]]).expect("the model's inputs");
        let error = setup.model("alpha", &outputs).expect_err("a model of a model").to_string();
        assert_eq!(error, "the model `alpha` reads the output of another model");
        |_: Call<'_>, _: &mut Context<'_>| {}
    });
    let config = with(vec![model(&["close", "close"])]);
    Kernel::new(&entry, &ParamSet::new(), instruments(2), &config).expect("it builds");
}

#[test]
fn an_interval_that_is_that_of_the_run_goes_without_saying() {
    let entry = leave(|setup| {
        declare(setup, &["sma(3)"]).expect("the bars are of a minute");
        |_: Call<'_>, _: &mut Context<'_>| {}
    });
    let config = with(vec![model(&["sma(close@1m,3)"])]);
    Kernel::new(&entry, &ParamSet::new(), instruments(2), &config).expect("it builds");
}
