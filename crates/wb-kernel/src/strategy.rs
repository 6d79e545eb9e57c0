//! What a strategy is: the trait, its parameters, its line in the table.

use wb_core::{
    Bar, InstrumentId, OrderEvent, ParamError, ParamSet, ParamSpec, Params, Quote, TimerId, Trade,
};

use crate::context::Context;
use crate::series::Series;
use crate::setup::{Setup, SetupError};
use crate::signal::SignalView;

/// A deterministic function of the events it has seen.
///
/// Every method has an empty default: a strategy implements those that it needs.
pub trait Strategy: Send {
    /// A bar has closed and every feature on it is up to date.
    fn on_bar(&mut self, series: Series, bar: &Bar, ctx: &mut Context<'_>) {
        let _ = (series, bar, ctx);
    }

    /// All bars of one close are in: the place for cross-sectional logic.
    fn on_bars_closed(&mut self, ctx: &mut Context<'_>) {
        let _ = ctx;
    }

    /// The market printed a trade.
    fn on_trade(&mut self, instrument: InstrumentId, trade: &Trade, ctx: &mut Context<'_>) {
        let _ = (instrument, trade, ctx);
    }

    /// The best prices changed.
    fn on_quote(&mut self, instrument: InstrumentId, quote: &Quote, ctx: &mut Context<'_>) {
        let _ = (instrument, quote, ctx);
    }

    /// Something became of an order. The portfolio already knows.
    fn on_order(&mut self, event: &OrderEvent, ctx: &mut Context<'_>) {
        let _ = (event, ctx);
    }

    /// A timer set with [`Context::set_timer`] is due.
    fn on_timer(&mut self, id: TimerId, ctx: &mut Context<'_>) {
        let _ = (id, ctx);
    }

    /// The signal that it follows, if following one is all that it does.
    fn as_signal(&mut self) -> Option<SignalView<'_>> {
        None
    }
}

/// An instrument, or a set of them, that a run spec must name for a strategy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Role {
    /// The key under `instruments` in the spec.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// Whether it takes several instruments.
    pub many: bool,
}

/// Implemented by the parameters: the parameters build the strategy.
pub trait StrategyParams: Params {
    /// The name in specs and tables: `sma-cross`.
    const NAME: &'static str;
    /// The idea in one sentence.
    const ABOUT: &'static str;
    /// The instruments it asks for.
    const ROLES: &'static [Role];

    /// Declares what the strategy needs and makes it.
    ///
    /// # Errors
    /// If the spec does not give what the strategy needs.
    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError>;
}

/// Declares what a strategy with these parameters needs, and makes it.
pub type Build = fn(&ParamSet, &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError>;

/// One line of the table of strategies.
#[derive(Clone, Copy, Debug)]
pub struct StrategyEntry {
    /// The name in specs and tables.
    pub name: &'static str,
    /// The idea in one sentence.
    pub about: &'static str,
    /// The instruments it asks for.
    pub roles: &'static [Role],
    /// What instruments of any further role are for; absent where it takes none.
    pub more_roles: Option<&'static str>,
    /// How its parameters are written, in lines for people, where that takes more than a range.
    pub manual: Option<fn() -> String>,
    /// Its parameters, which may follow from those given: a rule has those that its text names.
    pub specs: fn(&ParamSet) -> Result<Vec<ParamSpec>, ParamError>,
    /// Completes a set of parameters with defaults and checks it.
    pub resolve: fn(&ParamSet) -> Result<ParamSet, ParamError>,
    /// Declares what the strategy needs and makes it.
    pub build: Build,
}

impl StrategyEntry {
    /// The line of the strategy that `P` builds.
    pub const fn of<P: StrategyParams>() -> StrategyEntry {
        StrategyEntry {
            name: P::NAME,
            about: P::ABOUT,
            roles: P::ROLES,
            more_roles: None,
            manual: None,
            specs: |_| Ok(P::specs()),
            resolve: |set| Ok(P::from_set(set)?.to_set()),
            build: |set, setup| P::from_set(set)?.build(setup),
        }
    }
}
