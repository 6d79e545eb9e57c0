//! `#[derive(Params)]` and `#[derive(Choice)]`: a strategy's parameters, declared once.
//!
//! ```ignore
//! use wb_kernel::prelude::*;
//!
//! /// Long while the fast average is above the slow one.
//! #[derive(Params, Clone, Debug)]
//! #[params(check = "fast < slow")]
//! pub struct SmaCross {
//!     /// Bars in the fast average.
//!     #[param(default = 10, range = 2..=50)]
//!     pub fast: u32,
//!     /// Bars in the slow average.
//!     #[param(default = 50, range = 10..=400, step = 5)]
//!     pub slow: u32,
//!     /// What to do while it is below.
//!     #[param(default = Below::Flat)]
//!     pub below: Below,
//! }
//!
//! /// What to do while the fast average is below the slow one: `flat` or `short`.
//! #[derive(Choice, Clone, Copy, PartialEq, Debug)]
//! pub enum Below {
//!     /// Hold nothing.
//!     Flat,
//!     /// Sell.
//!     Short,
//! }
//! ```
//!
//! What is wrong with a declaration is a compile error at the place that is wrong. The generated code names
//! nothing but `::wb_kernel::__private`, so a strategy needs no other dependency.

mod attribute;
mod choice;
mod field;
mod generate;
mod params;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements `Params` for a struct whose fields are integers, `f64`, `bool`, `String` or enums that derive [`Choice`].
///
/// Each field has a doc comment, which becomes the parameter's description, and `#[param(..)]`:
///
/// - `default = VALUE`, always;
/// - `range = MIN..=MAX` for numbers, always; literals, both ends inclusive;
/// - `step = VALUE` for numbers: the distance between the values that a search tries. An integer's is 1 where
///   none is given; an `f64` without a step is continuous.
///
/// The struct may have `#[params(check = "CONDITION")]`, several times: an expression over the fields that must
/// hold. Where it does not, `from_set` says so with the values of the fields that it names.
#[proc_macro_derive(Params, attributes(param, params))]
pub fn derive_params(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    params::ParamsStruct::parse(&input)
        .map_or_else(|error| error.into_compile_error(), |params| generate::implementation(&params))
        .into()
}

/// Implements `Choice` for an enum of bare variants: a parameter that is one of a few words.
///
/// The words are the variants' names in kebab case: `NextOpen` is `next-open`.
#[proc_macro_derive(Choice)]
pub fn derive_choice(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    choice::implementation(&input).unwrap_or_else(|error| error.into_compile_error()).into()
}
