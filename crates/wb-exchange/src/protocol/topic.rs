//! What a client can subscribe to, by the venue's names.

use wb_core::Interval;

use crate::candle::{INTERVALS, interval};
use crate::faults::Class;
use crate::listing::Listing;

/// Levels of the partial books that are published.
pub(crate) const PARTIAL_DEPTHS: [usize; 3] = [5, 10, 20];

/// A kind of market message of one symbol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Topic {
    Trade,
    AggTrade,
    BookTicker,
    /// Bars of the interval of that name.
    Kline(&'static str),
    /// Changes of the book.
    Depth,
    /// So many levels of the book.
    PartialDepth(usize),
    MiniTicker,
    Ticker,
}

impl Topic {
    /// What its messages are about, for faults.
    pub(crate) const fn class(self) -> Class {
        match self {
            Topic::Depth | Topic::PartialDepth(_) | Topic::BookTicker => Class::Book,
            Topic::Trade | Topic::AggTrade | Topic::Kline(_) | Topic::MiniTicker | Topic::Ticker => {
                Class::Market
            }
        }
    }

    /// Reads what stands behind the symbol and its `@`. `base` is the interval of the data.
    pub(crate) fn parse(text: &str, base: Interval) -> Option<Topic> {
        // How often a book is published is the client's wish; it comes with each trade here.
        let plain = text.strip_suffix("@100ms").or_else(|| text.strip_suffix("@1000ms"));
        let text = match plain {
            Some(plain) if plain.starts_with("depth") => plain,
            Some(_) => return None,
            None => text,
        };
        Some(match text {
            "trade" => Topic::Trade,
            "aggTrade" => Topic::AggTrade,
            "bookTicker" => Topic::BookTicker,
            "depth" => Topic::Depth,
            "miniTicker" => Topic::MiniTicker,
            "ticker" => Topic::Ticker,
            _ => {
                if let Some(name) = text.strip_prefix("kline_") {
                    let (name, _) = INTERVALS.iter().find(|(known, _)| *known == name)?;
                    interval(name, base)?;
                    return Some(Topic::Kline(name));
                }
                let levels = text.strip_prefix("depth")?.parse().ok()?;
                return PARTIAL_DEPTHS.contains(&levels).then_some(Topic::PartialDepth(levels));
            }
        })
    }

    /// Reads a stream's name against the symbols that are listed: `btcusdt@trade`. Gives the place of the symbol.
    pub(crate) fn of_stream<'l>(
        name: &str,
        base: Interval,
        listings: impl Iterator<Item = &'l Listing>,
    ) -> Option<(usize, Topic)> {
        let (symbol, topic) = name.split_once('@')?;
        let at = listings.into_iter().position(|listing| listing.stream_name() == symbol)?;
        Some((at, Topic::parse(topic, base)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_have_the_venues_names_and_nothing_else_is_one() {
        let minute = Interval::Minutes(1);
        for (text, topic) in [
            ("trade", Some(Topic::Trade)),
            ("kline_1m", Some(Topic::Kline("1m"))),
            ("kline_1s", None),
            ("kline_7m", None),
            ("depth", Some(Topic::Depth)),
            ("depth@100ms", Some(Topic::Depth)),
            ("depth20@100ms", Some(Topic::PartialDepth(20))),
            ("depth7", None),
            ("trade@100ms", None),
            ("", None),
        ] {
            assert_eq!(Topic::parse(text, minute), topic, "{text}");
        }
    }
}
