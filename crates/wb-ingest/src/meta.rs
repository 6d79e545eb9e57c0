//! What the numbers of an imported series mean, stated or inferred.

use wb_catalog::{Overlap, SeriesMeta, TickSource};
use wb_core::{Calendar, Grid, InstrumentKind};

use crate::formats::Facts;
use crate::infer::GridFinder;
use crate::request::ImportRequest;
use crate::sift::Grids;

/// Currencies in which coins are quoted, longer before shorter where one ends like another.
const QUOTES: [&str; 14] =
    ["FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD", "EUR", "GBP", "JPY", "TRY", "BTC", "ETH", "BNB", "SOL"];

/// Currencies of the foreign-exchange market.
const MAJORS: [&str; 12] =
    ["USD", "EUR", "GBP", "JPY", "CHF", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "SGD"];

/// The meta of the series: what the request states, else what is stored already, else what the format and the
/// rows say. Says in `notes` what nobody stated.
pub(crate) fn series_meta(
    request: &ImportRequest,
    stored: Option<&SeriesMeta>,
    facts: &Facts,
    grids: &Grids,
    calendar: Calendar,
    notes: &mut Vec<String>,
) -> SeriesMeta {
    // What is stored is thrown away under Replace only where it is overwritten; its meaning stays.
    let (tick, tick_source) = tick(request, stored, &grids.price, notes);
    let kind = request.kind.or(stored.map(|meta| meta.kind)).or(facts.kind).unwrap_or_else(|| {
        notes.push("kind: spot assumed".to_string());
        InstrumentKind::Spot
    });
    let known = request.currency.clone().or_else(|| stored.map(|meta| meta.currency.clone()));
    let currency = known.or(facts.currency.map(String::from)).unwrap_or_else(|| {
        let (currency, how) = currency_of(&request.symbol, calendar.is_always_open());
        notes.push(format!("currency: {currency}, {how}"));
        currency
    });
    let multiplier = request.multiplier.or(stored.map(|meta| meta.multiplier)).unwrap_or(1.0);
    let lot = lot(request, stored, &grids.volume, calendar.is_always_open(), notes);
    SeriesMeta { kind, currency, tick, tick_source, lot, multiplier, calendar }
}

fn tick(
    request: &ImportRequest,
    stored: Option<&SeriesMeta>,
    found: &GridFinder,
    notes: &mut Vec<String>,
) -> (Grid, TickSource) {
    if let Some(tick) = request.tick {
        return (tick, TickSource::Stated);
    }
    if let Some(meta) = stored.filter(|meta| meta.tick_source == TickSource::Stated) {
        return (meta.tick, TickSource::Stated);
    }
    let tick = finer(found.grid(), stored.map(|meta| meta.tick), request.overlap);
    notes.push(match found.off() {
        0 => format!("tick: {tick}, the coarsest decimal grid that holds every price of the files"),
        off => format!("tick: {tick}, though {off} prices lie on no grid of up to eight decimals"),
    });
    (tick, TickSource::Inferred)
}

fn lot(
    request: &ImportRequest,
    stored: Option<&SeriesMeta>,
    found: &GridFinder,
    always_open: bool,
    notes: &mut Vec<String>,
) -> Grid {
    if let Some(lot) = request.lot {
        return lot;
    }
    let (lot, how) = match (found.seen(), found.off()) {
        (true, 0) => (found.grid(), "the coarsest decimal grid that holds every volume".to_string()),
        (true, off) => (found.grid(), format!("though {off} volumes lie on no grid of up to eight decimals")),
        (false, _) if always_open => (Grid::decimal(8), "assumed, there is no volume".to_string()),
        (false, _) => (Grid::decimal(0), "assumed, there is no volume".to_string()),
    };
    let lot = finer(lot, stored.map(|meta| meta.lot), request.overlap);
    notes.push(format!("lot: {lot}, {how}"));
    lot
}

/// The grid that holds both what was found and what is stored beside it.
fn finer(found: Grid, stored: Option<Grid>, overlap: Overlap) -> Grid {
    match (stored, overlap) {
        (Some(stored), Overlap::Join) if stored.decimals() > found.decimals() => stored,
        _ => found,
    }
}

/// The currency in which a symbol is quoted, and how that is known.
fn currency_of(symbol: &str, always_open: bool) -> (String, &'static str) {
    let settled = symbol.rsplit(':').next().unwrap_or(symbol).to_uppercase();
    let letters: String = settled.chars().filter(char::is_ascii_alphanumeric).collect();
    // What is quoted stands before it: a symbol that is a currency alone says nothing.
    let is_alone = letters.len() == symbol.len();
    let is_quote = |quote: &&&str| letters.ends_with(**quote) && !(is_alone && letters.len() == quote.len());
    let ends = |quotes: &[&str]| quotes.iter().find(is_quote).map(|quote| quote.to_string());
    let of_two = letters.len() == 6 && MAJORS.iter().any(|major| letters.starts_with(major));
    let quote = if always_open { ends(&QUOTES) } else { ends(&MAJORS).filter(|_| of_two) };
    match quote {
        Some(quote) => (quote, "the end of the symbol"),
        None => ("USD".to_string(), "assumed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_currency_is_the_end_of_a_pair() {
        for (symbol, always_open, expected) in [
            ("NEARUSDT", true, "USDT"),
            ("BTC/USDT:USDT", true, "USDT"),
            ("BTC-USD", true, "USD"),
            ("XRP/ETH", true, "ETH"),
            ("EURUSD", false, "USD"),
            ("USDCHF", false, "CHF"),
            ("BTC", true, "USD"),
            ("AAPL", false, "USD"),
            ("BETH", false, "USD"),
        ] {
            assert_eq!(currency_of(symbol, always_open).0, expected, "{symbol}");
        }
    }
}
