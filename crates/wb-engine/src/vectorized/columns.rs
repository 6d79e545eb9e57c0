//! Every distinct feature of many kernels, folded once.

use std::collections::BTreeMap;

use rayon::prelude::*;
use wb_core::BarColumns;
use wb_kernel::{DetachedFeature, Kernel};

use super::tape::Tile;

/// Distinct features on their way over the market.
#[derive(Default)]
pub(crate) struct FeatureFold {
    features: Vec<DetachedFeature>,
    by_key: BTreeMap<String, usize>,
    columns: Columns,
}

/// The values of every distinct feature over one tile.
#[derive(Default)]
pub(crate) struct Columns {
    /// By feature and output.
    values: Vec<Vec<Vec<f64>>>,
}

/// Where a lane finds a value of its kernel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wire {
    /// Place in the kernel's row of values.
    pub(crate) position: usize,
    feature: usize,
    output: usize,
}

impl FeatureFold {
    /// Takes the features out of a kernel; gives for each instrument where its values are found.
    pub(crate) fn wire(&mut self, kernel: &mut Kernel, instruments: usize) -> Vec<Vec<Wire>> {
        let mut wires = vec![Vec::new(); instruments];
        for detached in kernel.detach_features() {
            let positions = detached.positions.clone();
            let wires = &mut wires[detached.instrument.index()];
            let feature = *self.by_key.entry(detached.key.clone()).or_insert_with(|| {
                self.columns.values.push(vec![Vec::new(); positions.len()]);
                self.features.push(detached);
                self.features.len() - 1
            });
            let wire = |(output, position)| Wire { position, feature, output };
            wires.extend(positions.enumerate().map(wire));
        }
        wires
    }

    /// Computes every column over a tile.
    pub(crate) fn fold(&mut self, market: &[BarColumns], tile: &Tile) -> &Columns {
        let work = self.features.par_iter_mut().zip(&mut self.columns.values);
        work.for_each(|(feature, outputs)| {
            outputs.iter_mut().for_each(Vec::clear);
            let at = feature.instrument.index();
            feature.fold(&market[at], tile.rows[at].clone(), outputs);
        });
        &self.columns
    }
}

impl Columns {
    /// The values of a wire over the tile: one for each of its instrument's rows.
    #[inline]
    pub(crate) fn get(&self, wire: Wire) -> &[f64] {
        &self.values[wire.feature][wire.output]
    }
}
