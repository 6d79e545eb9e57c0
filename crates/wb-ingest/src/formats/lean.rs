//! QuantConnect Lean's zips of trade bars: no header, times without date in files of one day, prices of shares
//! in hundredths of a cent.
//!
//! Source: the layout described in Lean's `Data/` folders; what a file holds is said by the folders that it
//! lies in (`equity/usa/minute/spy/20131007_trade.zip`).

use std::path::Path;

use wb_core::{CivilDate, InstrumentKind};

use crate::IngestError;
use crate::columns::Roles;
use crate::decompress::Source;
use crate::head::{Head, Physical};
use crate::timestamps::{DateOrder, TimeFormat};

use super::Facts;

/// Prices of shares are written times this.
const SCALE: f64 = 10_000.0;

const RESOLUTIONS: [&str; 5] = ["daily", "hour", "minute", "second", "tick"];

/// What the path of a file says.
struct Place {
    /// One of [`RESOLUTIONS`].
    resolution: String,
    /// `usa`, `coinbase`, `cme`.
    market: String,
    /// `equity`, `crypto`, `future` …
    security: String,
}

fn place(path: &Path) -> Option<Place> {
    let folders: Vec<String> =
        path.components().map(|part| part.as_os_str().to_string_lossy().to_lowercase()).collect();
    let at = folders.iter().rposition(|folder| RESOLUTIONS.contains(&folder.as_str()))?;
    let market = folders.get(at.checked_sub(1)?)?;
    let security = folders.get(at.checked_sub(2)?)?;
    Some(Place {
        resolution: folders[at].clone(),
        market: market.trim_start_matches("lean_").to_string(),
        security: security.trim_end_matches("ies").trim_end_matches('y').to_string(),
    })
}

/// Whether name and rows are those of a Lean file.
pub(crate) fn looks_like(source: &Source, head: &Head) -> bool {
    let first = |format: TimeFormat| {
        !head.rows.is_empty() && format.parse(head.cell(0, 0)) != crate::timestamps::Moment::Unreadable
    };
    let zipped = source.path().extension().is_some_and(|ending| ending == "zip");
    let nameless = matches!(head.physical, Physical::Text(_)) && head.names.is_none();
    let dated = file_date(source).is_some_and(|date| first(TimeFormat::MillisecondsOf(date)));
    let long =
        place(source.path()).is_some_and(|place| ["daily", "hour"].contains(&place.resolution.as_str()));
    zipped && nameless && (dated || long && first(TimeFormat::Text(DateOrder::YearMonthDay)))
}

/// The date that the name of a file of one day begins with: `20131007_trade.zip`.
fn file_date(source: &Source) -> Option<CivilDate> {
    let names = [source.path().file_name()?.to_string_lossy().into_owned(), source.file_name()];
    names.iter().find_map(|name| {
        let digits = name.get(..8)?;
        let text = format!("{}-{}-{}", digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?);
        CivilDate::parse(&text).filter(|_| name[8..].starts_with(['_', '.']))
    })
}

/// The layout, or why a Lean file is not one of trade bars.
pub(crate) fn facts(source: &Source, head: &Head) -> Result<Facts, IngestError> {
    let refuse = |what: &str, hint: &str| Err(IngestError::layout(source.path(), what, hint));
    let archive = source.path().file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let place = place(source.path());
    let is_tick = place.as_ref().is_some_and(|place| place.resolution == "tick");
    if archive.contains("_quote") || head.width() >= 10 {
        return refuse(
            "a file of quotes: bid and ask bars are not imported yet",
            "take the _trade file of the same day",
        );
    }
    if place.as_ref().is_some_and(|place| place.security.ends_with("option")) {
        return refuse("a file of options: they are not imported yet", "take the bars of the underlying");
    }
    if is_tick || archive.contains("_openinterest") || ![5, 6].contains(&head.width()) {
        return refuse("not a file of trade bars", "take a file of daily, hour, minute or second trade bars");
    }
    let time = match file_date(source) {
        Some(date) => TimeFormat::MillisecondsOf(date),
        None => TimeFormat::Text(DateOrder::YearMonthDay),
    };
    let described = place.as_ref().and_then(|place| securities(&place.security, &place.market));
    let facts = Facts {
        roles: Some(Roles::in_order(head.width())),
        time: Some(time),
        stamps_open: true,
        ..described.unwrap_or(Facts::named("lean"))
    };
    Ok(facts)
}

/// What a kind of security at a market is known for; `None` where the folders say nothing known.
fn securities(security: &str, market: &str) -> Option<Facts> {
    let facts = Facts::named("lean");
    let zone = match (security, market) {
        (_, "oanda") => Some("UTC"),
        // Lean's FXCM files are five hours behind UTC all year.
        (_, "fxcm") => Some("Etc/GMT+5"),
        ("index", "usa") => Some("America/Chicago"),
        (_, "usa") => Some("America/New_York"),
        ("future", _) => Some("UTC"),
        _ => None,
    };
    Some(match security {
        "equit" => Facts {
            price_divisor: Some(SCALE),
            zone,
            kind: Some(InstrumentKind::Spot),
            currency: (market == "usa").then_some("USD"),
            ..facts
        },
        "crypto" | "cryptofuture" => Facts {
            price_divisor: Some(1.0),
            zone: Some("UTC"),
            kind: Some(if security == "crypto" { InstrumentKind::Spot } else { InstrumentKind::Perpetual }),
            always_open: true,
            ..facts
        },
        "future" => Facts { price_divisor: Some(1.0), zone, kind: Some(InstrumentKind::Future), ..facts },
        "forex" | "fx" | "cfd" | "index" => Facts { price_divisor: Some(1.0), zone, ..facts },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: &str) {
        let said = match place(Path::new(path)) {
            None => "no Lean path".to_string(),
            Some(place) => match securities(&place.security, &place.market) {
                None => format!("unknown {}", place.security),
                Some(facts) => format!(
                    "{} {} {}",
                    place.resolution,
                    facts.price_divisor.unwrap_or(0.0),
                    facts.zone.unwrap_or("-")
                ),
            },
        };
        assert_eq!(said, expected, "{path}");
    }

    #[test]
    fn the_folders_say_scale_and_zone() {
        check("data/equity/usa/daily/spy.zip", "daily 10000 America/New_York");
        check("equities/lean_usa/minute/spy/20131007_trade.zip", "minute 10000 America/New_York");
        check("lean/crypto/coinbase/daily/btcusd_trade.zip", "daily 1 UTC");
        check("lean/cryptofuture/binance/minute/btcusd/20221213_trade.zip", "minute 1 UTC");
        check("lean/index/usa/hour/spx.zip", "hour 1 America/Chicago");
        check("forex/fxcm/hour/eurusd.zip", "hour 1 Etc/GMT+5");
        check("downloads/x/hour/spy.zip", "unknown downloads");
        check("spy.zip", "no Lean path");
    }
}
