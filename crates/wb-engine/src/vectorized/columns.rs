//! Every distinct feature and model of many kernels, folded once.

use std::collections::BTreeMap;

use rayon::prelude::*;
use wb_core::BarColumns;
use wb_kernel::{DeclaredModel, DetachedFeature, Kernel};

use super::tape::Tile;

/// Distinct features and models on their way over the market.
#[derive(Default)]
pub(crate) struct FeatureFold {
    features: Vec<DetachedFeature>,
    models: Vec<WiredModel>,
    by_key: BTreeMap<String, Source>,
    columns: Columns,
}

/// A model and where the columns of its inputs are.
struct WiredModel {
    model: DeclaredModel,
    inputs: Vec<Wire>,
}

/// The values of every distinct feature and model over one tile, by output.
#[derive(Default)]
pub(crate) struct Columns {
    features: Vec<Vec<Vec<f64>>>,
    models: Vec<Vec<Vec<f64>>>,
}

/// What a value comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    Feature(usize),
    Model(usize),
}

/// Where a lane finds a value of its kernel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wire {
    /// Place in the kernel's row of values.
    pub(crate) position: usize,
    source: Source,
    output: usize,
}

impl FeatureFold {
    /// Takes features and models out of a kernel; gives for each instrument where its values are found.
    pub(crate) fn wire(&mut self, kernel: &mut Kernel, instruments: usize) -> Vec<Vec<Wire>> {
        let mut wires = vec![Vec::new(); instruments];
        for detached in kernel.detach_features() {
            let positions = detached.positions.clone();
            let wires = &mut wires[detached.instrument.index()];
            let source = *self.by_key.entry(detached.key.clone()).or_insert_with(|| {
                self.columns.features.push(vec![Vec::new(); positions.len()]);
                self.features.push(detached);
                Source::Feature(self.features.len() - 1)
            });
            wires.extend(wired(source, positions));
        }
        for model in kernel.detach_models() {
            let positions = model.positions.clone();
            let wires = &mut wires[model.instrument.index()];
            let source = *self.by_key.entry(model.key()).or_insert_with(|| {
                let at = |position: &usize| wires.iter().find(|wire| wire.position == *position).copied();
                let inputs = model
                    .inputs
                    .iter()
                    .map(|position| at(position).expect("a model reads features"))
                    .collect();
                self.columns.models.push(vec![Vec::new(); positions.len()]);
                self.models.push(WiredModel { model, inputs });
                Source::Model(self.models.len() - 1)
            });
            wires.extend(wired(source, positions));
        }
        wires
    }

    /// Computes every column over a tile.
    pub(crate) fn fold(&mut self, market: &[BarColumns], tile: &Tile) -> &Columns {
        let FeatureFold { features, models, columns, .. } = self;
        features.par_iter_mut().zip(&mut columns.features).for_each(|(feature, outputs)| {
            outputs.iter_mut().for_each(Vec::clear);
            let at = feature.instrument.index();
            feature.fold(&market[at], tile.rows[at].clone(), outputs);
        });
        // Taken out, because models read the columns beside theirs.
        let mut folded = std::mem::take(&mut columns.models);
        models.par_iter_mut().zip(&mut folded).for_each(|(WiredModel { model, inputs }, outputs)| {
            outputs.iter_mut().for_each(Vec::clear);
            let inputs: Vec<&[f64]> = inputs.iter().map(|wire| columns.get(*wire)).collect();
            model.fold(&inputs, outputs);
        });
        columns.models = folded;
        columns
    }
}

fn wired(source: Source, positions: std::ops::Range<usize>) -> impl Iterator<Item = Wire> {
    positions.enumerate().map(move |(output, position)| Wire { position, source, output })
}

impl Columns {
    /// The values of a wire over the tile: one for each of its instrument's rows.
    #[inline]
    pub(crate) fn get(&self, wire: Wire) -> &[f64] {
        match wire.source {
            Source::Feature(at) => &self.features[at][wire.output],
            Source::Model(at) => &self.models[at][wire.output],
        }
    }
}
