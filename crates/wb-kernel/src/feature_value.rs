//! What a kernel's declared features are at the moment: for people who ask why it did what it did.

use wb_core::{InstrumentId, Interval, Prediction};

use crate::kernel::Kernel;

/// A declared feature, or an output of a model, with its value after the last bar.
#[derive(Clone, PartialEq, Debug)]
pub struct FeatureValue {
    /// The instrument whose bars it reads.
    pub instrument: InstrumentId,
    /// Length of these bars.
    pub interval: Interval,
    /// Its text form: `sma(close,10)`, `macd(close,12,26,9).signal`, `alpha.rise`.
    pub name: String,
    /// The value; NaN while cold.
    pub value: f64,
}

impl Kernel {
    /// Every declared feature and output of a model that is not detached, in the order in which they were declared.
    pub fn feature_values(&self) -> Vec<FeatureValue> {
        let features = &self.core().features;
        let of_feature = |position: usize| {
            let (series, slot, output) = features.at(position)?;
            let series = &self.core().series[series.index()];
            Some((series.instrument, series.interval, slot.name(output)))
        };
        let named = |(position, value): (usize, &f64)| {
            let (instrument, interval, name) =
                of_feature(position).or_else(|| features.model_at(position)?.output_at(position))?;
            Some(FeatureValue { instrument, interval, name, value: *value })
        };
        features.values().iter().enumerate().filter_map(named).collect()
    }

    /// What the models of an instrument gave after its last bar, in the order in which they were declared; nothing where
    /// an input is cold. For journals: nothing is allocated.
    pub fn predictions(&self, instrument: InstrumentId) -> impl Iterator<Item = Prediction> {
        let features = &self.core().features;
        let places = features.models_of(instrument).flat_map(|model| model.positions.clone());
        let given =
            places.map(move |at| Prediction { instrument, place: at as u32, value: features.values()[at] });
        given.filter(|prediction| !prediction.value.is_nan())
    }
}
