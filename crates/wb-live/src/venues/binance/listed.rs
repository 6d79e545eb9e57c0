//! The instruments that a codec knows, by the venue's symbol and by our number.

use std::sync::Arc;

use wb_core::{InstrumentId, Price, Qty};

use crate::venues::codec::CodecError;
use crate::venues::decimal::Decimal;
use crate::venues::json::{Json, Read};
use crate::venues::listing::Listing;

/// The instruments that a codec knows.
#[derive(Debug)]
pub(super) struct Listed {
    listings: Vec<Listing>,
    /// Places in `listings`, by symbol.
    by_symbol: Vec<usize>,
}

/// Every asset that has been named, so that naming it again copies nothing.
#[derive(Debug)]
pub(super) struct Assets(Vec<Arc<str>>);

impl Listed {
    /// # Panics
    /// If the instruments are not numbered in their order.
    pub(super) fn new(listings: Vec<Listing>) -> Listed {
        let numbered = listings.iter().enumerate().all(|(at, listing)| listing.instrument.id.index() == at);
        assert!(numbered, "instruments are numbered in the order of their listings");
        let mut by_symbol: Vec<usize> = (0..listings.len()).collect();
        by_symbol.sort_by_key(|at| &listings[*at].instrument.symbol);
        Listed { listings, by_symbol }
    }

    /// The instrument of this number.
    pub(super) fn of(&self, instrument: InstrumentId) -> Read<&Listing> {
        let unknown = || CodecError::UnknownInstrument(format!("instrument {}", instrument.0));
        self.listings.get(instrument.index()).ok_or_else(unknown)
    }

    /// The instrument of this symbol.
    #[inline]
    pub(super) fn find(&self, symbol: &str) -> Option<&Listing> {
        let at =
            self.by_symbol.binary_search_by(|at| self.listings[*at].instrument.symbol.as_str().cmp(symbol));
        Some(&self.listings[self.by_symbol[at.ok()?]])
    }

    /// Reads a symbol that must be one of ours.
    #[inline]
    pub(super) fn read(&self, json: &mut Json<'_>) -> Read<&Listing> {
        let symbol = json.text()?;
        self.find(&symbol).ok_or_else(|| CodecError::UnknownInstrument(symbol.into_owned()))
    }
}

impl Assets {
    pub(super) fn of(listings: &[Listing]) -> Assets {
        Assets(listings.iter().flat_map(|l| [Arc::clone(&l.base), Arc::clone(&l.quote)]).collect())
    }

    /// The asset of this name.
    pub(super) fn named(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.iter().find(|asset| ***asset == *name) {
            return Arc::clone(known);
        }
        let asset: Arc<str> = name.into();
        self.0.push(Arc::clone(&asset));
        asset
    }
}

impl Listing {
    /// Reads a price on the instrument's grid.
    #[inline]
    pub(super) fn read_price(&self, json: &mut Json<'_>) -> Read<Price> {
        let value = json.decimal()?;
        value.on_grid(self.instrument.tick).map(Price).ok_or_else(|| self.off_grid("price", value))
    }

    /// Reads a quantity on the instrument's grid.
    #[inline]
    pub(super) fn read_qty(&self, json: &mut Json<'_>) -> Read<Qty> {
        let value = json.decimal()?;
        let lots = value.on_grid(self.instrument.lot).filter(|lots| *lots >= 0);
        lots.map(Qty::new).ok_or_else(|| self.off_grid("quantity", value))
    }

    /// What a fee is worth in the settlement currency at a price; zero where the price does not tell.
    pub(super) fn fee(&self, asset: &str, amount: f64, price: Price) -> f64 {
        if *asset == *self.quote {
            amount
        } else if *asset == *self.base {
            self.instrument.notional(amount, self.instrument.price_f64(price))
        } else {
            0.0
        }
    }

    #[cold]
    fn off_grid(&self, what: &'static str, value: Decimal) -> CodecError {
        let mut number = String::new();
        value.write(&mut number);
        CodecError::OffGrid { symbol: self.instrument.symbol.clone(), what, number }
    }
}
