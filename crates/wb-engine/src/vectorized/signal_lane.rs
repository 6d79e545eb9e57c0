//! One run of a signal that steps kernel and venue only where its target changes.

use wb_core::{BarColumns, Command, Fill, InstrumentId, OrderId, OrderRequest};
use wb_kernel::{Feature, Kernel, RiskLimits};
use wb_metrics::{FigureSet, Frame, Tally};
use wb_sim::{FillModel, SimConfig, SimVenue};

use super::columns::{Columns, Wire};
use super::evaluate::TrialFigures;
use super::scorer::{Stretches, Trips};
use super::tape::{CLOSES, Tile};

/// One run of a signal over tiles of a market of one instrument.
pub(crate) struct SignalLane {
    kernel: Kernel,
    venue: SimVenue,
    /// The columns that the signal reads, in its order.
    inputs: Vec<Wire>,
    /// Every column of the kernel: it is warm from the row on which all have a value.
    features: Vec<Wire>,
    is_warm: bool,
    /// The target before the next row.
    held: f64,
    /// An order that fills at the next open.
    pending: Option<(OrderId, OrderRequest)>,
    watch: Watch,
    tally: Tally,
    trips: Trips,
    stretches: Stretches,
    bars_held: usize,
    has_given_up: bool,
}

/// What could happen between two changes of the target.
#[derive(Clone, Copy, Debug)]
struct Watch {
    /// Deeper falls stop the kernel; 1 - 1e-12 of the limit, so that nothing at its edge is missed.
    max_drawdown: f64,
    /// Equity below this share of the position's value closes it.
    maintenance_margin: f64,
    /// Longs, too, may be closed.
    is_leveraged: bool,
    /// Shorts cost something every midnight.
    charges_shorts: bool,
}

/// Room that lanes of one thread share.
pub(crate) struct Room {
    targets: Vec<f64>,
    equity: Vec<f64>,
    changes: Vec<usize>,
}

impl Default for Room {
    fn default() -> Room {
        Room { targets: vec![0.0; CLOSES], equity: vec![0.0; CLOSES], changes: Vec::new() }
    }
}

/// Whether orders of a signal can fill at the next open, whole or as far as the account goes, and nothing else.
pub(crate) fn suits(simulation: &SimConfig, market: &[BarColumns]) -> bool {
    let [bars] = market else { return false };
    let length = bars.interval.span();
    let is_regular = bars.ts.windows(2).all(|pair| pair[1] - length >= pair[0]);
    simulation.fill == FillModel::NextOpen
        && simulation.latency.is_zero()
        && simulation.max_participation.is_none()
        && is_regular
}

const ONLY: InstrumentId = InstrumentId(0);

impl SignalLane {
    /// Whether the kernel's strategy follows a signal, and decides at every close of the market.
    pub(crate) fn can_run(kernel: &mut Kernel) -> bool {
        let series = kernel.signal().map(|signal| signal.series);
        series.is_some_and(|series| !kernel.builds(series))
    }

    /// A lane for a kernel that [`SignalLane::can_run`], whose features are found at `wires`.
    pub(crate) fn new(
        mut kernel: Kernel,
        venue: SimVenue,
        wires: &[Wire],
        figures: &FigureSet,
        stretches: Stretches,
        (simulation, risk): (&SimConfig, &RiskLimits),
    ) -> SignalLane {
        let signal = kernel.signal().expect("it follows one");
        let at = |position| wires.iter().copied().find(|wire| wire.position == position);
        let wire = |feature: &Feature| at(feature.position()).expect("every feature is wired");
        let inputs = signal.features.iter().map(wire).collect();
        let watch = Watch {
            max_drawdown: risk.max_drawdown.map_or(f64::INFINITY, |limit| limit * (1.0 - 1e-12)),
            maintenance_margin: simulation.maintenance_margin,
            is_leveraged: simulation.leverage > 1.0,
            charges_shorts: simulation.borrow_bps > 0.0,
        };
        SignalLane {
            kernel,
            venue,
            inputs,
            features: wires.to_vec(),
            is_warm: false,
            held: 0.0,
            pending: None,
            watch,
            tally: Tally::new(figures, simulation.cash),
            trips: Trips::new(figures),
            stretches,
            bars_held: 0,
            has_given_up: false,
        }
    }

    /// Whether something could have happened that only a session can tell.
    pub(crate) fn has_given_up(&self) -> bool {
        self.has_given_up
    }

    /// Takes the bars of a tile.
    pub(crate) fn on_tile(&mut self, tile: &Tile, bars: &BarColumns, columns: &Columns, room: &mut Room) {
        if self.has_given_up {
            return;
        }
        let rows = tile.rows[0].clone();
        let n = rows.len();
        let first = self.first_warm(columns, n);
        self.find_changes(columns, first, n, room);

        let close = &bars.close[rows.clone()];
        let mut from = 0;
        if self.pending.is_some() {
            self.fill(bars, rows.start);
        }
        for at in 0..room.changes.len() {
            let row = room.changes[at];
            self.hold(&close[from..=row], &mut room.equity[from..=row]);
            from = row + 1;
            self.retarget(bars, rows.start + row, room.targets[row]);
            if self.pending.is_some() && from < n {
                self.fill(bars, rows.start + from);
            }
        }
        self.hold(&close[from..], &mut room.equity[from..n]);

        let equity = &room.equity[..n];
        self.tally.on_equity(equity);
        self.tally.on_held(std::mem::take(&mut self.bars_held));
        self.stretches.on_equity(tile.before, equity);
        self.has_given_up |= self.tally.deepest_fall() >= self.watch.max_drawdown;
    }

    /// The figures of the run.
    pub(crate) fn finish(mut self, figures: &FigureSet, frame: &Frame) -> TrialFigures {
        self.trips.finish(&mut self.tally);
        let periods = self.stretches.returns();
        TrialFigures { values: self.tally.values(figures, frame), periods }
    }

    /// The first of a tile's `n` rows on which every feature is warm; `n` if there is none.
    fn first_warm(&mut self, columns: &Columns, n: usize) -> usize {
        if self.is_warm {
            return 0;
        }
        let cold = |wire: &Wire| columns.get(*wire).iter().take_while(|value| value.is_nan()).count();
        let first = self.features.iter().map(cold).max().unwrap_or(0);
        self.is_warm = first < n;
        first
    }

    /// Computes the targets from row `first` on, and the rows on which they change.
    fn find_changes(&mut self, columns: &Columns, first: usize, n: usize, room: &mut Room) {
        room.changes.clear();
        if first >= n {
            return;
        }
        let targets = &mut room.targets[first..n];
        let held = self.held;
        let signal = self.kernel.signal().expect("the lane was made for one").signal;
        match self.inputs[..] {
            [a, b] => {
                signal.targets(&[&columns.get(a)[first..n], &columns.get(b)[first..n]], held, targets);
            }
            ref wires => {
                let inputs: Vec<&[f64]> = wires.iter().map(|wire| &columns.get(*wire)[first..n]).collect();
                signal.targets(&inputs, held, targets);
            }
        }
        self.held = targets[targets.len() - 1];
        changes(targets, held, first, &mut room.changes);
    }

    /// Asks the kernel for the order that a new target takes.
    fn retarget(&mut self, bars: &BarColumns, row: usize, target: f64) {
        match self.kernel.retarget(bars.ts[row], ONLY, bars.close[row], target) {
            Some(Command::Submit { id, request }) => {
                self.tally.on_order(false);
                self.pending = Some((id, request));
            }
            Some(Command::Refused { .. }) => self.tally.on_order(true),
            Some(Command::Cancel { .. }) | None => {}
        }
    }

    /// Fills the order that waits, at the open of a row.
    fn fill(&mut self, bars: &BarColumns, row: usize) {
        let Some((id, request)) = self.pending.take() else { return };
        let last = bars.close[row - 1];
        let Some(fill) = self.venue.fill_alone(id, &request, last, &bars.bar(row), bars.ts[row]) else {
            return;
        };
        self.on_fill(&fill);
    }

    fn on_fill(&mut self, fill: &Fill) {
        self.kernel.book(fill);
        let portfolio = self.venue.portfolio();
        let instrument = &portfolio.instruments()[0];
        self.tally.on_fill(fill, instrument);
        self.trips.on_fill(fill, instrument);
        self.has_given_up |= self.watch.charges_shorts && portfolio.position(ONLY).qty.0 < 0;
    }

    /// Writes equity over rows on which the position does not change.
    fn hold(&mut self, close: &[f64], equity: &mut [f64]) {
        let portfolio = self.venue.portfolio();
        let (cash, position) = (portfolio.cash(), portfolio.position(ONLY));
        if position.qty.is_flat() {
            equity.fill(cash);
            return;
        }
        let exposure = position.exposure();
        for (equity, close) in equity.iter_mut().zip(close) {
            *equity = cash + exposure * close;
        }
        self.bars_held += close.len();
        if self.watch.is_leveraged || exposure < 0.0 {
            let margin = self.watch.maintenance_margin;
            let is_underwater = |(equity, close): (&f64, &f64)| *equity < margin * (exposure * close).abs();
            self.has_given_up |= equity.iter().zip(close).any(is_underwater);
        }
    }
}

/// Rows looked at together for a change of the target.
const STRIDE: usize = 16;

/// Appends the rows, counted from `first`, on which the target is not that of the row before.
fn changes(targets: &[f64], held: f64, first: usize, rows: &mut Vec<usize>) {
    let mut before = held.to_bits();
    for (at, part) in targets.chunks(STRIDE).enumerate() {
        let differs = part.iter().fold(0, |bits, target| bits | (target.to_bits() ^ before));
        if differs == 0 {
            continue;
        }
        for (row, target) in part.iter().enumerate() {
            if target.to_bits() != before {
                before = target.to_bits();
                rows.push(first + at * STRIDE + row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_found_where_they_are() {
        let mut targets = vec![0.0; 100];
        targets[17..40].fill(1.0);
        targets[40] = 0.5;
        targets[99] = 2.0;
        let mut rows = Vec::new();
        changes(&targets, 0.25, 7, &mut rows);
        assert_eq!(rows, [7, 24, 47, 48, 106]);
    }
}
