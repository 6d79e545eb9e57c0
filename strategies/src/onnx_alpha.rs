//! What a trained model says about the next bars, held with two thresholds.

use wb_core::ParamError;
use wb_kernel::prelude::*;
use wb_kernel::{FeatureText, ModelOutputs, TextError};

/// Holds what a classifier expects, the larger the surer it is.
///
/// **Idea.** A model was trained on past features to tell falls from rises. Its score is the probability of the last
/// class less that of the first: the classes stand in order, from the fall to the rise. Above the threshold of entry the
/// strategy is long, below its negative it is short where it may be; with a score nearer to zero than the threshold of
/// exit it holds nothing. Between the two it stays where it is: a score that trembles around one threshold would pay the
/// spread each time.
///
/// **Works** as far as the model does on data that it was not trained on, which nothing here can know: train up to a
/// date, and begin the test behind it.
///
/// **Fails** where the model learnt the past by heart, where it was given what was known only later, and where the
/// market is no longer the one that it saw. Probabilities of boosted trees and of networks are surer than they are right
/// (Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017), so the score at which all is
/// held is a parameter.
#[derive(Params, Clone, Debug)]
#[params(check = "exit <= entry")]
pub struct OnnxAlpha {
    /// The model; empty for the only one that the spec gives.
    #[param(default = "")]
    pub model: String,
    /// Its inputs, with semicolons between them; empty for those that it was trained on.
    #[param(default = "")]
    pub inputs: String,
    /// The score from which on a position is entered.
    #[param(default = 0.1, range = 0.0..=1.0, step = 0.05)]
    pub entry: f64,
    /// The score below which a position is left.
    #[param(default = 0.05, range = 0.0..=1.0, step = 0.05)]
    pub exit: f64,
    /// The score from which on the whole weight is held.
    #[param(default = 0.3, range = 0.05..=1.0, step = 0.05)]
    pub full: f64,
    /// The least change of a held share of equity that is traded.
    #[param(default = 0.1, range = 0.0..=1.0, step = 0.05)]
    pub resize: f64,
    /// Share of equity held where the model is sure.
    #[param(default = 0.95, range = 0.05..=1.0, step = 0.05)]
    pub weight: f64,
    /// Whether to sell short what it expects to fall.
    #[param(default = false)]
    pub short: bool,
}

impl StrategyParams for OnnxAlpha {
    const NAME: &'static str = "onnx-alpha";
    const ABOUT: &'static str =
        "Holds what a trained model expects, with two thresholds, sized by its confidence.";
    const ROLES: &'static [Role] = &[Role { name: "base", doc: "What is traded.", many: false }];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let instrument = setup.instrument("base")?;
        let bars = setup.bars(instrument);
        let name = self.model_name(setup);
        let mut inputs = Vec::new();
        for text in self.input_texts(&name, setup)? {
            inputs.push(setup.feature_of(instrument, &text)?);
        }
        let outputs = setup.model(&name, &inputs)?;
        let model = setup.models().iter().find(|model| model.name == name);
        let classes = match model.map(|model| &model.outputs) {
            Some(ModelOutputs::Probabilities(classes)) if classes.len() > 1 => classes.len(),
            _ => {
                let why = "gives no probabilities of classes, which this strategy trades".to_string();
                return Err(SetupError::Model { name, why });
            }
        };
        let features = [outputs[0], outputs[classes - 1]];
        Ok(setup.signal(instrument, bars, features, Score { params: self.clone() }))
    }
}

impl OnnxAlpha {
    fn model_name(&self, setup: &Setup<'_>) -> String {
        match setup.models() {
            [only] if self.model.is_empty() => only.name.clone(),
            _ => self.model.clone(),
        }
    }

    /// The features to declare.
    fn input_texts(&self, name: &str, setup: &Setup<'_>) -> Result<Vec<FeatureText>, SetupError> {
        if self.inputs.trim().is_empty() {
            let model = setup.models().iter().find(|model| model.name == name);
            return Ok(model.map(|model| model.inputs.clone()).unwrap_or_default());
        }
        let read = |text: &str| {
            text.trim().parse().map_err(|error: TextError| {
                SetupError::Params(ParamError::Text {
                    name: "inputs".to_string(),
                    message: error.shown(text.trim()),
                })
            })
        };
        self.inputs.split(';').map(read).collect()
    }
}

/// Two thresholds on the score.
struct Score {
    params: OnnxAlpha,
}

impl Signal for Score {
    fn target(&mut self, x: &[f64], held: f64) -> f64 {
        let OnnxAlpha { entry, exit, full, resize, weight, short, .. } = self.params;
        let score = x[1] - x[0];
        if score.is_nan() {
            return held;
        }
        let side = if score > 0.0 { 1.0 } else { -1.0 };
        let sure = score.abs();
        let may = side > 0.0 || short;
        let size = if may { side * weight * (sure / full).min(1.0) } else { 0.0 };
        if held * side > 0.0 {
            let is_trifle = (size - held).abs() < resize;
            return if sure < exit {
                0.0
            } else if is_trifle {
                held
            } else {
                size
            };
        }
        if sure >= entry { size } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> OnnxAlpha {
        OnnxAlpha {
            model: String::new(),
            inputs: String::new(),
            entry: 0.2,
            exit: 0.1,
            full: 0.5,
            resize: 0.25,
            weight: 1.0,
            short: true,
        }
    }

    /// The targets after scores, given as the probability of a rise where that of a fall is zero, or the reverse.
    fn check(params: &OnnxAlpha, scores: &[f64], expected: &[f64]) {
        let mut signal = Score { params: params.clone() };
        let mut held = 0.0;
        let targets = scores.iter().map(|score| {
            held = signal.target(&[(-score).max(0.0), score.max(0.0)], held);
            // To thousandths.
            (held * 1000.0).round() / 1000.0
        });
        assert_eq!(targets.collect::<Vec<f64>>(), expected, "{scores:?}");
    }

    #[test]
    fn a_position_is_entered_at_one_threshold_and_left_at_another() {
        check(&params(), &[0.1, 0.2, 0.1, 0.09, 0.1], &[0.0, 0.4, 0.4, 0.0, 0.0]);
        check(&params(), &[-0.1, -0.2, -0.1, -0.09, -0.1], &[0.0, -0.4, -0.4, 0.0, 0.0]);
    }

    #[test]
    fn it_is_as_large_as_the_model_is_sure_and_changes_for_no_trifle() {
        check(&params(), &[0.2, 0.3, 0.35, 0.5, 0.9, 0.4], &[0.4, 0.4, 0.7, 1.0, 1.0, 1.0]);
        check(&params(), &[0.9, 0.3], &[1.0, 0.6]);
    }

    #[test]
    fn the_other_side_turns_a_position_only_where_it_may_be_entered() {
        check(&params(), &[0.5, -0.1], &[1.0, 0.0]);
        check(&params(), &[0.5, -0.5, 0.25], &[1.0, -1.0, 0.5]);
        let long = OnnxAlpha { short: false, ..params() };
        check(&long, &[0.5, -0.5, -0.5, 0.5], &[1.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn without_a_score_everything_stays_as_it_is() {
        let mut signal = Score { params: params() };
        for held in [-0.5_f64, 0.0, 0.5] {
            assert_eq!(signal.target(&[f64::NAN, 0.2], held).to_bits(), held.to_bits());
        }
    }
}
