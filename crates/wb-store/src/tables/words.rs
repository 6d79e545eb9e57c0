//! Closed sets of words as dictionary columns.
//!
//! The words belong to the file format: files of runs long ago are read by them.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, DictionaryArray, Int32Array, StringArray};
use arrow::datatypes::{DataType, Field, Int32Type};
use wb_core::{OrderState, OrderType, Reject, RiskLimit, Side, TimeInForce};
use wb_metrics::ExitReason;

use crate::tables::file::Column;

/// One of a closed set of things, each of which has a word.
pub(crate) trait Word: Copy + PartialEq + 'static {
    /// All of them; a word's place here is its key in the dictionary.
    const ALL: &'static [Self];

    /// Its word.
    fn word(self) -> &'static str;
}

/// The type of every dictionary column.
pub(crate) fn word_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// A column of words.
pub(crate) fn words<W: Word>(name: &str, rows: impl Iterator<Item = W>) -> Column {
    let (field, array) = optional_words(name, rows.map(Some));
    (field.with_nullable(false), array)
}

/// A column of words, some absent.
pub(crate) fn optional_words<W: Word>(name: &str, rows: impl Iterator<Item = Option<W>>) -> Column {
    let key = |word: W| W::ALL.iter().position(|w| *w == word).expect("ALL holds every word") as i32;
    let keys = Int32Array::from_iter(rows.map(|word| word.map(key)));
    let values = StringArray::from_iter_values(W::ALL.iter().map(|w| w.word()));
    (Field::new(name, word_type(), true), dictionary(keys, Arc::new(values)))
}

/// Keys and the texts that they index.
pub(crate) fn dictionary(keys: Int32Array, values: ArrayRef) -> ArrayRef {
    Arc::new(DictionaryArray::<Int32Type>::new(keys, values))
}

/// The words of a column; the error tells which one is unknown.
pub(crate) fn read_words<W: Word>(column: &DictionaryArray<Int32Type>) -> Result<Vec<Option<W>>, String> {
    let texts = column.values().as_any().downcast_ref::<StringArray>().ok_or("its words are not text")?;
    let known = |text: &str| {
        W::ALL.iter().copied().find(|w| w.word() == text).ok_or_else(|| format!("unknown word `{text}`"))
    };
    let words = (0..texts.len()).map(|i| known(texts.value(i))).collect::<Result<Vec<W>, _>>()?;
    let word_of = |key: i32| {
        usize::try_from(key).ok().and_then(|key| words.get(key).copied()).ok_or(format!("unknown key {key}"))
    };
    column.keys().iter().map(|key| key.map(word_of).transpose()).collect()
}

impl Word for Side {
    const ALL: &'static [Side] = &[Side::Buy, Side::Sell];

    fn word(self) -> &'static str {
        match self {
            Side::Buy => "buy",
            Side::Sell => "sell",
        }
    }
}

/// The side of a position: what a round trip's [`Side`] is called once it is held.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Held(pub(crate) Side);

impl Word for Held {
    const ALL: &'static [Held] = &[Held(Side::Buy), Held(Side::Sell)];

    fn word(self) -> &'static str {
        match self.0 {
            Side::Buy => "long",
            Side::Sell => "short",
        }
    }
}

impl Word for ExitReason {
    const ALL: &'static [ExitReason] = &ExitReason::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl Word for OrderState {
    const ALL: &'static [OrderState] = &OrderState::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl Word for TimeInForce {
    const ALL: &'static [TimeInForce] =
        &[TimeInForce::Gtc, TimeInForce::Ioc, TimeInForce::Fok, TimeInForce::Day];

    fn word(self) -> &'static str {
        self.name()
    }
}

/// An [`OrderType`] without its prices, which stand in columns of their own.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum OrderKind {
    Market,
    Limit,
    Stop,
    StopLimit,
    TrailingStop,
}

impl OrderKind {
    pub(crate) fn of(order_type: OrderType) -> OrderKind {
        match order_type {
            OrderType::Market => OrderKind::Market,
            OrderType::Limit { .. } => OrderKind::Limit,
            OrderType::Stop { .. } => OrderKind::Stop,
            OrderType::StopLimit { .. } => OrderKind::StopLimit,
            OrderType::TrailingStop { .. } => OrderKind::TrailingStop,
        }
    }
}

impl Word for OrderKind {
    const ALL: &'static [OrderKind] = &[
        OrderKind::Market,
        OrderKind::Limit,
        OrderKind::Stop,
        OrderKind::StopLimit,
        OrderKind::TrailingStop,
    ];

    fn word(self) -> &'static str {
        match self {
            OrderKind::Market => "market",
            OrderKind::Limit => "limit",
            OrderKind::Stop => "stop",
            OrderKind::StopLimit => "stop-limit",
            OrderKind::TrailingStop => "trailing-stop",
        }
    }
}

impl Word for Reject {
    const ALL: &'static [Reject] = &[
        Reject::Risk(RiskLimit::OrderNotional),
        Reject::Risk(RiskLimit::PositionNotional),
        Reject::Risk(RiskLimit::Concentration),
        Reject::Risk(RiskLimit::Leverage),
        Reject::Risk(RiskLimit::OrderRate),
        Reject::Risk(RiskLimit::Drawdown),
        Reject::Paused,
        Reject::ZeroQty,
        Reject::NoPrice,
        Reject::Margin,
        Reject::PostOnly,
        Reject::ReduceOnly,
        Reject::BadPrice,
        Reject::Venue,
    ];

    fn word(self) -> &'static str {
        match self {
            Reject::Risk(limit) => limit.key(),
            Reject::Paused => "paused",
            Reject::ZeroQty => "zero-qty",
            Reject::NoPrice => "no-price",
            Reject::Margin => "margin",
            Reject::PostOnly => "post-only",
            Reject::ReduceOnly => "reduce-only",
            Reject::BadPrice => "bad-price",
            Reject::Venue => "venue",
        }
    }
}
