//! The targets of one instrument as an indicator: at each close, the last one that is known.

use std::sync::Arc;

use wb_core::{Bar, Instrument, ParamError, Span, SymbolTargets, TargetTable, Ts};
use wb_indicators::{Definition, Indicator};

use super::entry::{FILE, told};

/// The last target known when a bar closes; 0 before the first.
#[derive(Clone)]
pub(super) struct KnownTarget {
    /// The file and the delay, which with the instrument say all.
    definition: Definition,
    /// From when on each is used, in order.
    targets: Arc<[(Ts, f64)]>,
    /// How many are in use or have been.
    used: usize,
}

impl KnownTarget {
    /// The targets of `table` for an instrument, each used from its time plus `delay`.
    ///
    /// # Errors
    /// If the table has none for it, or one would be used before it was known.
    pub(super) fn new(
        table: &TargetTable,
        instrument: &Instrument,
        delay: Span,
    ) -> Result<KnownTarget, ParamError> {
        let rows = &rows_of(table, instrument)?.rows;
        let mut targets: Vec<(Ts, f64)> = Vec::with_capacity(rows.len());
        for row in rows {
            let stamp = row.stamp.instant(&instrument.calendar.zone);
            let at = stamp + delay;
            if let Some(known) = row.known.filter(|known| *known > at) {
                let message = format!(
                    "{}, row {}: the target of {} was known only at {known}, and would be used {} earlier; \
                     a delay of at least {} is honest",
                    table.source,
                    row.row,
                    row.stamp,
                    known - at,
                    known - stamp
                );
                return Err(told(FILE, message));
            }
            targets.push((at, row.target));
        }
        // Dates and instants in one file may change places once the zone is known.
        targets.sort_by_key(|(at, _)| *at);
        // The hash as two numbers that a float holds exactly.
        let half = |at: usize| {
            table.hash.get(at..at + 12).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(0)
        };
        let args = vec![half(0) as f64, half(12) as f64, delay.0 as f64];
        let definition = Definition { name: "target", args, outputs: &[], on_price: false };
        Ok(KnownTarget { definition, targets: targets.into(), used: 0 })
    }
}

/// The rows for an instrument: by its full name, by its symbol, or all where the file names no symbols.
fn rows_of<'a>(table: &'a TargetTable, instrument: &Instrument) -> Result<&'a SymbolTargets, ParamError> {
    let full = format!("{}:{}", instrument.venue, instrument.symbol);
    let named = |name: &str| table.symbols.iter().find(|targets| targets.symbol == name);
    named(&full).or_else(|| named(&instrument.symbol)).or_else(|| named("")).ok_or_else(|| {
        let mut names: Vec<&str> = table.symbols.iter().map(|targets| targets.symbol.as_str()).collect();
        let more = names.len().saturating_sub(10);
        names.truncate(10);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message =
            format!("{} has no targets for {full}; it has {}{more}", table.source, names.join(", "));
        told(FILE, message)
    })
}

impl PartialEq for KnownTarget {
    fn eq(&self, other: &KnownTarget) -> bool {
        self.definition == other.definition && self.used == other.used
    }
}

impl Indicator for KnownTarget {
    type Input = (Ts, Bar);
    type Output = f64;

    #[inline]
    fn update(&mut self, (closed, _): (Ts, Bar)) -> f64 {
        while self.targets.get(self.used).is_some_and(|(at, _)| *at <= closed) {
            self.used += 1;
        }
        self.used.checked_sub(1).map_or(0.0, |last| self.targets[last].1)
    }

    fn warmup(&self) -> usize {
        1
    }

    fn definition(&self) -> Definition {
        self.definition.clone()
    }
}
