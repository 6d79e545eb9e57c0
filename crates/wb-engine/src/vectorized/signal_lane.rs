//! One run of a signal that steps kernel and venue only where its target changes.

use std::ops::Range;

use wb_core::{BarColumns, Fill, Instrument, InstrumentId, OrderId, OrderRequest, Side};
use wb_kernel::{Execution, Feature, Kernel, RiskLimits};
use wb_metrics::{FigureSet, Frame, Tally};
use wb_sim::{FillModel, SimConfig, SimVenue, TakerPrice};

use super::columns::{Columns, Wire};
use super::evaluate::TrialFigures;
use super::scorer::{Stretches, Trips};
use super::tape::{CLOSES, Tile};
use crate::spec::RunSpec;

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

/// A tile of the one instrument's market, with what all lanes pay at its opens.
#[derive(Clone, Copy)]
pub(crate) struct TileMarket<'a> {
    pub(crate) tile: &'a Tile,
    pub(crate) bars: &'a BarColumns,
    pub(crate) opens: &'a Opens,
}

/// What a market order pays and gets at each open of a tile.
#[derive(Default)]
pub(crate) struct Opens {
    buy: Vec<TakerPrice>,
    sell: Vec<TakerPrice>,
}

impl Opens {
    /// Prices the opens of a tile.
    pub(crate) fn fill(
        &mut self,
        bars: &BarColumns,
        tile: &Tile,
        instrument: &Instrument,
        simulation: &SimConfig,
    ) {
        for (side, prices) in [(Side::Buy, &mut self.buy), (Side::Sell, &mut self.sell)] {
            let price = |open: &f64| simulation.slippage.price_of_any(instrument, side, *open);
            prices.clear();
            prices.extend(bars.open[tile.rows[0].clone()].iter().filter_map(price));
        }
    }

    fn get(&self, side: Side, row: usize) -> &TakerPrice {
        match side {
            Side::Buy => &self.buy[row],
            Side::Sell => &self.sell[row],
        }
    }
}

impl Default for Room {
    fn default() -> Room {
        Room { targets: vec![0.0; CLOSES], equity: vec![0.0; CLOSES], changes: Vec::new() }
    }
}

/// Whether orders of a signal can fill at the next open, whole or as far as the account goes, and nothing else.
pub(crate) fn suits(spec: &RunSpec, market: &[BarColumns]) -> bool {
    let [bars] = market else { return false };
    let simulation = &spec.simulation;
    let length = bars.interval.span();
    let is_regular = bars.ts.windows(2).all(|pair| pair[1] - length >= pair[0]);
    simulation.fill == FillModel::NextOpen
        && simulation.latency.is_zero()
        && simulation.max_participation.is_none()
        && simulation.slippage.impact_bps <= 0.0
        && spec.execution == Execution::Market
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
    pub(crate) fn on_tile(&mut self, market: TileMarket<'_>, columns: &Columns, room: &mut Room) {
        if self.has_given_up {
            return;
        }
        let n = market.tile.closes;
        let first = self.first_warm(columns, n);
        let held = self.held;
        if first < n {
            self.decide(columns, first..n, room);
        }
        pulp::Arch::new().dispatch(Trade { lane: self, market, held, first, room });
        let equity = &room.equity[..n];
        self.tally.on_equity(equity);
        self.tally.on_held(std::mem::take(&mut self.bars_held));
        self.stretches.on_equity(market.tile.before, equity);
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

    /// Computes the targets of a tile's rows.
    fn decide(&mut self, columns: &Columns, rows: Range<usize>, room: &mut Room) {
        let targets = &mut room.targets[rows.clone()];
        let signal = self.kernel.signal().expect("the lane was made for one").signal;
        match self.inputs[..] {
            // No list for the commonest signals.
            [a, b] => {
                let inputs = [&columns.get(a)[rows.clone()], &columns.get(b)[rows]];
                signal.targets(&inputs, self.held, targets);
            }
            ref wires => {
                let inputs: Vec<&[f64]> =
                    wires.iter().map(|wire| &columns.get(*wire)[rows.clone()]).collect();
                signal.targets(&inputs, self.held, targets);
            }
        }
        self.held = targets[targets.len() - 1];
    }

    /// Asks the kernel for the order that a new target takes.
    fn retarget(&mut self, bars: &BarColumns, row: usize, target: f64) {
        self.venue.mark(ONLY, bars.close[row]);
        self.pending = match self.kernel.retarget(bars.ts[row], self.venue.portfolio(), ONLY, target) {
            Ok(order) => {
                if order.is_some() {
                    self.tally.on_order(false);
                }
                order
            }
            Err(_) => {
                self.tally.on_order(true);
                None
            }
        };
    }

    /// Fills the order that waits, at the open of a row of the tile.
    fn fill(&mut self, market: TileMarket<'_>, at: usize) {
        let Some((id, request)) = self.pending.take() else { return };
        let TileMarket { tile, bars, opens } = market;
        let row = tile.rows[0].start + at;
        let open_ts = bars.ts[row] - bars.interval.span();
        let taken = opens.get(request.side, at);
        if let Some(fill) = self.venue.fill_alone(id, &request, taken, open_ts) {
            self.on_fill(&fill);
        }
    }

    fn on_fill(&mut self, fill: &Fill) {
        let portfolio = self.venue.portfolio();
        let instrument = &portfolio.instruments()[0];
        self.tally.on_fill(fill, instrument);
        self.trips.on_fill(fill, instrument);
        self.has_given_up |= self.watch.charges_shorts && portfolio.position(ONLY).qty.0 < 0;
    }

    /// Writes equity over rows on which the position does not change.
    #[inline(always)]
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

/// A lane's way over a tile whose targets are known, to be compiled for each width of registers.
struct Trade<'a> {
    lane: &'a mut SignalLane,
    market: TileMarket<'a>,
    /// The target before the first row.
    held: f64,
    /// The first row with a target.
    first: usize,
    room: &'a mut Room,
}

impl pulp::WithSimd for Trade<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Trade { lane, market, held, first, room } = self;
        let TileMarket { tile, bars, .. } = market;
        let (n, start) = (tile.closes, tile.rows[0].start);
        let Room { targets, equity, changes, .. } = room;
        changes.clear();
        if first < n {
            find_changes(&targets[first..n], held, first, changes);
        }
        let close = &bars.close[tile.rows[0].clone()];
        if lane.pending.is_some() {
            lane.fill(market, 0);
        }
        let mut from = 0;
        for &row in changes.iter() {
            lane.hold(&close[from..=row], &mut equity[from..=row]);
            from = row + 1;
            lane.retarget(bars, start + row, targets[row]);
            if from < n && lane.pending.is_some() {
                lane.fill(market, from);
            }
        }
        lane.hold(&close[from..], &mut equity[from..n]);
    }
}

/// Rows looked at together for a change of the target.
const STRIDE: usize = 16;

/// Appends the rows, counted from `first`, on which the target is not that of the row before.
#[inline(always)]
fn find_changes(targets: &[f64], held: f64, first: usize, rows: &mut Vec<usize>) {
    let mut before = held.to_bits();
    let mut row = first;
    let mut look = |part: &[f64], row: usize, before: &mut u64| {
        for (at, target) in part.iter().enumerate() {
            if target.to_bits() != *before {
                *before = target.to_bits();
                rows.push(row + at);
            }
        }
    };
    let mut parts = targets.chunks_exact(STRIDE);
    for part in &mut parts {
        let mut differs = [0; STRIDE];
        for (bits, target) in differs.iter_mut().zip(part) {
            *bits = target.to_bits() ^ before;
        }
        if differs.iter().fold(0, |all, bits| all | bits) != 0 {
            look(part, row, &mut before);
        }
        row += STRIDE;
    }
    look(parts.remainder(), row, &mut before);
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
        find_changes(&targets, 0.25, 7, &mut rows);
        assert_eq!(rows, [7, 24, 47, 48, 106]);
    }
}
