//! What of a bar an indicator is fed.

use std::marker::PhantomData;
use std::ops::Range;

use wb_core::{Bar, BarColumns, Ts};

use crate::feature_text::Field;
use crate::series::Series;

/// What of a series' bars an indicator is fed: a number, a [`Bar`], or a bar with the instant at which it closed.
pub struct Input<T> {
    pub(crate) series: Series,
    pub(crate) field: Field,
    fed: PhantomData<fn() -> T>,
}

impl<T> Clone for Input<T> {
    fn clone(&self) -> Input<T> {
        *self
    }
}

impl<T> Copy for Input<T> {}

impl<T> Input<T> {
    fn new(series: Series, field: Field) -> Input<T> {
        Input { series, field, fed: PhantomData }
    }
}

impl Input<f64> {
    /// The close.
    pub fn close(series: Series) -> Input<f64> {
        Input::new(series, Field::Close)
    }

    /// The open.
    pub fn open(series: Series) -> Input<f64> {
        Input::new(series, Field::Open)
    }

    /// The high.
    pub fn high(series: Series) -> Input<f64> {
        Input::new(series, Field::High)
    }

    /// The low.
    pub fn low(series: Series) -> Input<f64> {
        Input::new(series, Field::Low)
    }

    /// The volume.
    pub fn volume(series: Series) -> Input<f64> {
        Input::new(series, Field::Volume)
    }

    /// The mean of high, low and close.
    pub fn typical(series: Series) -> Input<f64> {
        Input::new(series, Field::Typical)
    }

    /// A field that is a number.
    ///
    /// # Panics
    /// For the whole bar.
    pub(crate) fn of(field: Field, series: Series) -> Input<f64> {
        assert_ne!(field, Field::Bar, "a bar is no number");
        Input::new(series, field)
    }
}

impl Input<Bar> {
    /// The whole bar.
    pub fn bar(series: Series) -> Input<Bar> {
        Input::new(series, Field::Bar)
    }
}

impl Input<(Ts, Bar)> {
    /// The whole bar and the instant at which it closed.
    pub fn stamped_bar(series: Series) -> Input<(Ts, Bar)> {
        Input::new(series, Field::Bar)
    }
}

/// What an indicator can be fed, as it is read from bars.
pub trait Fed: Copy + Send + 'static {
    /// Reads a field of a bar that closed at `ts`.
    fn read(field: Field, ts: Ts, bar: &Bar) -> Self;

    /// Appends the same of rows of columns.
    fn gather(field: Field, bars: &BarColumns, rows: Range<usize>, out: &mut Vec<Self>);
}

impl Fed for f64 {
    #[inline]
    fn read(field: Field, _: Ts, bar: &Bar) -> f64 {
        match field {
            Field::Open => bar.open,
            Field::High => bar.high,
            Field::Low => bar.low,
            Field::Close => bar.close,
            Field::Volume => bar.volume,
            Field::Typical => (bar.high + bar.low + bar.close) / 3.0,
            Field::Bar => unreachable!("a bar is no number"),
        }
    }

    fn gather(field: Field, bars: &BarColumns, rows: Range<usize>, out: &mut Vec<f64>) {
        let column = match field {
            Field::Open => &bars.open,
            Field::High => &bars.high,
            Field::Low => &bars.low,
            Field::Close => &bars.close,
            Field::Volume => &bars.volume,
            Field::Typical | Field::Bar => {
                out.extend(rows.map(|row| f64::read(field, bars.ts[row], &bars.bar(row))));
                return;
            }
        };
        out.extend_from_slice(&column[rows]);
    }
}

impl Fed for Bar {
    #[inline]
    fn read(_: Field, _: Ts, bar: &Bar) -> Bar {
        *bar
    }

    fn gather(_: Field, bars: &BarColumns, rows: Range<usize>, out: &mut Vec<Bar>) {
        out.extend(rows.map(|row| bars.bar(row)));
    }
}

impl Fed for (Ts, Bar) {
    #[inline]
    fn read(_: Field, ts: Ts, bar: &Bar) -> (Ts, Bar) {
        (ts, *bar)
    }

    fn gather(_: Field, bars: &BarColumns, rows: Range<usize>, out: &mut Vec<(Ts, Bar)>) {
        out.extend(rows.map(|row| (bars.ts[row], bars.bar(row))));
    }
}
