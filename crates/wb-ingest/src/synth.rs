//! Synthetic bars from a seed: geometric Brownian motion whose volatility changes between a calm and a wild
//! regime, in several correlated symbols.

use std::f64::consts::PI;

use wb_catalog::{Auditor, Catalog, Committed, Import, Overlap, SeriesKey, SeriesMeta, TickSource};
use wb_core::{Bar, BarColumns, Calendar, Grid, InstrumentKind, Interval, Rng, Ts};

use crate::IngestError;

/// Bars that are made at a time.
const BLOCK_ROWS: usize = 250_000;

/// Seconds of a year of a venue that never closes.
const YEAR_SECONDS: f64 = 365.0 * 86_400.0;

/// Volatility of the calm regime as a share of that of the whole.
const CALM: f64 = 0.7;

/// Mean length of the calm and of the wild regime in days.
const CALM_DAYS: f64 = 20.0;
const WILD_DAYS: f64 = 4.0;

/// Mean volume of a bar in units.
const UNITS: f64 = 1_000.0;

/// Which bars are to be made up. The same request gives the same bars on every machine.
#[derive(Clone, PartialEq, Debug)]
pub struct SynthRequest {
    /// The seed.
    pub seed: u64,
    /// The venue, lower case.
    pub venue: String,
    /// The symbols. The first bars of a symbol do not depend on how many others there are.
    pub symbols: Vec<String>,
    /// The length of the bars.
    pub interval: Interval,
    /// When the first bar begins; a multiple of the interval since the epoch.
    pub from: Ts,
    /// Bars of each symbol.
    pub bars: usize,
    /// The price before the first bar.
    pub price: f64,
    /// Annual volatility of log returns over both regimes, 0.6 for 60 %.
    pub volatility: f64,
    /// Annual drift of the price, 0.1 for 10 %.
    pub drift: f64,
    /// Correlation of the returns of any two symbols, 0 to 1.
    pub correlation: f64,
    /// The price grid.
    pub tick: Grid,
    /// The quantity grid.
    pub lot: Grid,
}

impl SynthRequest {
    fn check(&self) -> Result<(), IngestError> {
        let span = self.interval.span().0;
        let why = if self.symbols.is_empty() {
            "there is no symbol"
        } else if self.bars == 0 {
            "there are no bars"
        } else if self.from.0 % span != 0 {
            "the start is no multiple of the interval"
        } else if i64::try_from(self.bars)
            .ok()
            .and_then(|n| n.checked_mul(span)?.checked_add(self.from.0))
            .is_none()
        {
            "the bars end after the year 2262"
        } else if !(self.price > self.tick.step() && self.price.is_finite()) {
            "the price is not above the tick"
        } else if !(0.0..=10.0).contains(&self.volatility) || !(-10.0..=10.0).contains(&self.drift) {
            "volatility lies in 0 to 10 and drift in -10 to 10"
        } else if !(0.0..=1.0).contains(&self.correlation) {
            "correlation lies in 0 to 1"
        } else {
            return Ok(());
        };
        Err(IngestError::Request {
            what: format!("no bars can be made up: {why}"),
            hint: "for example 100000 bars of 1m from 2020-01-01 at 100 with volatility 0.6".to_string(),
        })
    }
}

/// Makes up bars and writes each symbol as a series, over what is stored.
///
/// # Errors
/// [`IngestError::Request`] for a request that makes no sense, [`IngestError::Catalog`] where the catalog refuses.
pub fn synth(catalog: &Catalog, request: &SynthRequest) -> Result<Vec<(SeriesKey, Committed)>, IngestError> {
    request.check()?;
    let calendar = Calendar::always_open();
    let meta = SeriesMeta {
        kind: InstrumentKind::Spot,
        currency: "USD".to_string(),
        tick: request.tick,
        tick_source: TickSource::Stated,
        lot: request.lot,
        multiplier: 1.0,
        calendar: calendar.clone(),
    };
    let mut written = Vec::new();
    for (place, symbol) in request.symbols.iter().enumerate() {
        let series = SeriesKey::new(&request.venue, symbol, request.interval)?;
        let mut writer = catalog.writer(&series, Overlap::Replace)?;
        let mut auditor = Auditor::new(request.interval, calendar.clone(), Some(request.tick));
        let mut bars = SynthBars::new(request, place)?;
        let mut row = 0;
        loop {
            let block = bars.next_block(BLOCK_ROWS);
            if block.is_empty() {
                break;
            }
            auditor.push(&block, |i| row + i as u64 + 1);
            row += block.len() as u64;
            writer.push(&block)?;
        }
        let import = Import {
            files: vec![format!("seed {} part {place}", request.seed)],
            format: "synth".to_string(),
            audit: auditor.finish(),
        };
        let committed = writer.commit(&meta, &import)?;
        written.push((series, committed));
    }
    Ok(written)
}

/// The synthetic bars of one symbol, block by block.
#[derive(Clone, Debug)]
pub struct SynthBars {
    market: Market,
    own: Rng,
    own_share: f64,
    market_share: f64,
    interval: Interval,
    left: usize,
    end: Ts,
    log_price: f64,
    close: i64,
    tick: Grid,
    lot: Grid,
}

impl SynthBars {
    /// The bars of the request's symbol at this place.
    ///
    /// # Errors
    /// [`IngestError::Request`] for a request that makes no sense.
    ///
    /// # Panics
    /// If the request has no symbol at this place.
    pub fn new(request: &SynthRequest, place: usize) -> Result<SynthBars, IngestError> {
        request.check()?;
        assert!(place < request.symbols.len(), "there is no symbol {place}");
        Ok(SynthBars {
            market: Market::new(request),
            own: Rng::for_part(request.seed, place as u64 + 1),
            own_share: (1.0 - request.correlation).sqrt(),
            market_share: request.correlation.sqrt(),
            interval: request.interval,
            left: request.bars,
            end: request.from,
            log_price: libm::log(request.price),
            close: request.tick.nearest(request.price),
            tick: request.tick,
            lot: request.lot,
        })
    }

    /// At most so many bars; none when all were given.
    pub fn next_block(&mut self, rows: usize) -> BarColumns {
        let rows = rows.min(self.left);
        let mut block = BarColumns::with_capacity(self.interval, rows);
        for _ in 0..rows {
            self.end = self.end + self.interval.span();
            block.push(self.end, &self.next_bar());
        }
        self.left -= rows;
        block
    }

    fn next_bar(&mut self) -> Bar {
        let step = self.market.step();
        let shock = self.market_share * step.shock + self.own_share * normal(&mut self.own);
        let before = self.log_price;
        let after = before + step.drift + step.deviation * shock;
        // The extremes of a Brownian path between two known ends, each by the inverse of its distribution
        // (I. Karatzas, S. Shreve, "Brownian Motion and Stochastic Calculus", 1991, section 4.3).
        let mut reach = |sign: f64| {
            let room = -2.0 * step.deviation * step.deviation * libm::log(1.0 - self.own.uniform());
            let move_ = after - before;
            (before + after + sign * (move_ * move_ + room).sqrt()) / 2.0
        };
        let (highest, lowest) = (reach(1.0), reach(-1.0));
        let on_grid = |log_price: f64| self.tick.nearest(libm::exp(log_price)).max(1);
        let close = on_grid(after);
        let open = (self.close + self.own.below(3) as i64 - 1).max(1);
        let high = on_grid(highest).max(open).max(close);
        let low = on_grid(lowest).min(open).min(close);
        let units = UNITS * step.activity * libm::exp(0.5 * normal(&mut self.own) - 0.125);
        let lots = self.lot.nearest(units).max(1);
        self.log_price = after;
        self.close = close;
        let price = |ticks| self.tick.value(ticks);
        Bar {
            interval: self.interval,
            open: price(open),
            high: price(high),
            low: price(low),
            close: price(close),
            volume: self.lot.value(lots),
        }
    }
}

/// What all symbols share: the regime and the market's shocks. Each symbol runs its own copy.
#[derive(Clone, Debug)]
struct Market {
    rng: Rng,
    wild: bool,
    /// Years in a bar.
    years: f64,
    drift: f64,
    volatility: f64,
    /// Chance of leaving the calm and the wild regime with a bar.
    leave: (f64, f64),
}

/// One bar's share of the market.
struct Step {
    /// A standard normal number.
    shock: f64,
    /// Standard deviation of the bar's log return.
    deviation: f64,
    /// Mean of the bar's log return.
    drift: f64,
    /// Volume against the usual.
    activity: f64,
}

impl Market {
    fn new(request: &SynthRequest) -> Market {
        let seconds = request.interval.span().as_seconds_f64();
        let leave = |days: f64| (seconds / (days * 86_400.0)).min(1.0);
        Market {
            rng: Rng::for_part(request.seed, 0),
            wild: false,
            years: seconds / YEAR_SECONDS,
            drift: request.drift,
            volatility: request.volatility,
            leave: (leave(CALM_DAYS), leave(WILD_DAYS)),
        }
    }

    fn step(&mut self) -> Step {
        let leave = if self.wild { self.leave.1 } else { self.leave.0 };
        if self.rng.uniform() < leave {
            self.wild = !self.wild;
        }
        // The regimes' variances, weighted by their lengths, make that of the whole.
        let calm_time = CALM_DAYS / (CALM_DAYS + WILD_DAYS);
        let wild = ((1.0 - CALM * CALM * calm_time) / (1.0 - calm_time)).sqrt();
        let share = if self.wild { wild } else { CALM };
        let sigma = self.volatility * share;
        Step {
            shock: normal(&mut self.rng),
            deviation: sigma * self.years.sqrt(),
            drift: (self.drift - sigma * sigma / 2.0) * self.years,
            activity: share,
        }
    }
}

/// A standard normal number (G. Box, M. Muller, 1958).
fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * libm::log(1.0 - rng.uniform())).sqrt();
    radius * libm::cos(2.0 * PI * rng.uniform())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(bars: usize) -> SynthRequest {
        SynthRequest {
            seed: 7,
            venue: "synth".to_string(),
            symbols: ["A", "B", "C"].map(String::from).to_vec(),
            interval: Interval::Minutes(1),
            from: Ts::parse("2020-01-01").expect("a date"),
            bars,
            price: 100.0,
            volatility: 0.6,
            drift: 0.0,
            correlation: 0.5,
            tick: Grid::decimal(2),
            lot: Grid::decimal(3),
        }
    }

    fn bars(request: &SynthRequest, place: usize) -> BarColumns {
        SynthBars::new(request, place).expect("a request that makes sense").next_block(request.bars)
    }

    fn returns(bars: &BarColumns) -> Vec<f64> {
        bars.close.windows(2).map(|pair| libm::log(pair[1] / pair[0])).collect()
    }

    #[test]
    fn every_bar_is_possible_and_on_the_grid() {
        let request = request(20_000);
        for place in 0..3 {
            let bars = bars(&request, place);
            let mut auditor = Auditor::new(request.interval, Calendar::always_open(), Some(request.tick));
            auditor.push(&bars, |i| i as u64);
            let audit = auditor.finish();
            assert!(audit.issues.is_empty(), "{audit:?}");
            assert_eq!(audit.rows, 20_000);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_bars_however_they_are_cut() {
        let request = request(1_000);
        let whole = bars(&request, 1);
        let mut cut = SynthBars::new(&request, 1).expect("a request");
        let mut joined = cut.next_block(13);
        joined.append(&cut.next_block(987));
        assert_eq!(joined, whole);
        assert!(cut.next_block(1).is_empty());
        assert_ne!(bars(&SynthRequest { seed: 8, ..request.clone() }, 1), whole);
        assert_ne!(bars(&request, 0), whole);
        // The bits that this seed gives on every machine.
        let sum = |column: &[f64]| column.iter().fold(0_u64, |hash, x| hash.rotate_left(7) ^ x.to_bits());
        assert_eq!((sum(&whole.close), sum(&whole.volume)), GOLDEN);
    }

    /// Folded bits of the closes and volumes of 1,000 bars of seed 7, symbol 1.
    const GOLDEN: (u64, u64) = (12_716_403_459_160_943_873, 16_083_609_237_143_516_979);

    #[test]
    fn volatility_and_correlation_are_those_asked_for() {
        let request = SynthRequest { interval: Interval::Minutes(60), ..request(200_000) };
        let (a, b) = (returns(&bars(&request, 0)), returns(&bars(&request, 1)));
        let n = a.len() as f64;
        let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>() / n;
        let volatility = (product(&a, &a) * 365.0 * 24.0).sqrt();
        assert!((volatility - 0.6).abs() < 0.03, "{volatility}");
        let correlation = product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt();
        assert!((correlation - 0.5).abs() < 0.02, "{correlation}");
        // Regimes make tails heavier than a normal distribution's kurtosis of 3.
        let fourth = a.iter().map(|x| x * x * x * x).sum::<f64>() / n;
        assert!(fourth / (product(&a, &a) * product(&a, &a)) > 4.0);
    }

    #[test]
    fn a_request_that_makes_no_sense_is_refused() {
        for (bad, why) in [
            (SynthRequest { symbols: Vec::new(), ..request(1) }, "there is no symbol"),
            (SynthRequest { bars: 0, ..request(1) }, "there are no bars"),
            (SynthRequest { correlation: 1.5, ..request(1) }, "correlation"),
            (SynthRequest { from: Ts(1), ..request(1) }, "no multiple"),
            (SynthRequest { bars: usize::MAX, ..request(1) }, "2262"),
            (SynthRequest { price: f64::NAN, ..request(1) }, "above the tick"),
        ] {
            let error = bad.check().expect_err(why).to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
