//! One field of the struct: its type, its doc comment and what its attribute makes of them.

use std::fmt::Display;

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, ExprLit, Field, Ident, Lit, LitStr, Meta, Path, Result, Type};

use crate::attribute::{Number, ParamAttribute, Value};

/// One parameter.
pub(crate) struct Param {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The field's name, without a raw marker.
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) kind: Kind,
}

/// What a parameter takes, with its default.
pub(crate) enum Kind {
    Int { bounds: Bounds<i64>, step: i64 },
    Float { bounds: Bounds<f64>, step: Option<f64> },
    Bool { default: bool },
    Choice { default: Path },
    Text { default: LitStr },
}

/// A range, both ends included, and the default in it.
pub(crate) struct Bounds<T> {
    pub(crate) min: T,
    pub(crate) max: T,
    pub(crate) default: T,
}

/// The integer types, each with the range that its parameter may have: what fits both it and an `i64`.
const INTEGERS: [(&str, i64, i64); 10] = [
    ("u8", 0, u8::MAX as i64),
    ("u16", 0, u16::MAX as i64),
    ("u32", 0, u32::MAX as i64),
    ("u64", 0, i64::MAX),
    // As on the smallest machine, so that a declaration means the same on every one.
    ("usize", 0, u32::MAX as i64),
    ("i8", i8::MIN as i64, i8::MAX as i64),
    ("i16", i16::MIN as i64, i16::MAX as i64),
    ("i32", i32::MIN as i64, i32::MAX as i64),
    ("i64", i64::MIN, i64::MAX),
    ("isize", i32::MIN as i64, i32::MAX as i64),
];

/// Types that look like parameters and are not.
const REFUSED: [&str; 6] = ["f32", "u128", "i128", "char", "str", "Option"];

impl Param {
    pub(crate) fn parse(field: &Field) -> Result<Param> {
        let ident = field.ident.clone().expect("the fields of a struct with braces have names");
        let name = ident.unraw().to_string();
        let mut attributes = field.attrs.iter().filter(|a| a.path().is_ident("param"));
        let first = attributes.next().ok_or_else(|| {
            Error::new(ident.span(), format!("`{name}` has no `#[param(default = .., range = ..)]`"))
        })?;
        if let Some(second) = attributes.next() {
            return Err(Error::new(second.span(), format!("`{name}` has a second `#[param]`")));
        }
        let attribute = ParamAttribute::parse(first)?;
        let doc = doc(&field.attrs);
        if doc.is_empty() {
            return Err(Error::new(ident.span(), format!("say in a doc comment what `{name}` means")));
        }
        let kind = Kind::of(&name, &field.ty, &attribute)?;
        Ok(Param { ident, ty: field.ty.clone(), name, doc, kind })
    }
}

impl Kind {
    fn of(name: &str, ty: &Type, attribute: &ParamAttribute) -> Result<Kind> {
        let word = last_word(ty)?;
        let default = attribute.default.as_ref().ok_or_else(|| {
            Error::new(attribute.span, format!("`{name}` has no default: add `default = ..`"))
        })?;
        if let Some((_, least, most)) = INTEGERS.iter().find(|(known, ..)| word == known) {
            let bounds = bounds(name, attribute, default, Number::int)?;
            if bounds.min < *least || bounds.max > *most {
                let message = format!("the range {}..={} does not fit `{word}`", bounds.min, bounds.max);
                return Err(Error::new(range_span(attribute), message));
            }
            return Ok(Kind::Int { bounds, step: step(attribute, Number::int)?.unwrap_or(1) });
        }
        if word == "f64" {
            let bounds = bounds(name, attribute, default, Number::float)?;
            return Ok(Kind::Float { bounds, step: step(attribute, Number::float)? });
        }
        if attribute.range.is_some() || attribute.step.is_some() {
            let message = format!("only a number has a range or a step, and `{name}` is a `{word}`");
            return Err(Error::new(range_span(attribute), message));
        }
        if word == "String" {
            let Value::Text(literal) = default else {
                return Err(Error::new(default.span(), "expected a text: `\"..\"`"));
            };
            return Ok(Kind::Text { default: literal.clone() });
        }
        match (word == "bool", default) {
            (true, Value::Bool(literal)) => Ok(Kind::Bool { default: literal.value }),
            (false, Value::Variant(path)) => Ok(Kind::Choice { default: path.clone() }),
            (true, _) => Err(Error::new(default.span(), "expected `true` or `false`")),
            (false, _) => Err(Error::new(default.span(), format!("expected a variant: `{word}::..`"))),
        }
    }
}

/// The name of the type, without its path.
fn last_word(ty: &Type) -> Result<&Ident> {
    let word = match ty {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last().map(|s| &s.ident),
        _ => None,
    };
    word.filter(|word| !REFUSED.iter().any(|refused| *word == refused)).ok_or_else(|| {
        let message = "a parameter is an integer of at most 64 bits, an `f64`, a `bool`, a `String` or an enum \
                       that derives `Choice`";
        Error::new(ty.span(), message)
    })
}

fn bounds<T: PartialOrd + Display>(
    name: &str,
    attribute: &ParamAttribute,
    default: &Value,
    read: fn(&Number) -> Result<T>,
) -> Result<Bounds<T>> {
    let range = attribute.range.as_ref().ok_or_else(|| {
        Error::new(attribute.span, format!("`{name}` has no range: add `range = MIN..=MAX`"))
    })?;
    let Value::Number(number) = default else {
        return Err(Error::new(default.span(), "expected a number"));
    };
    let bounds = Bounds { min: read(&range.min)?, max: read(&range.max)?, default: read(number)? };
    let Bounds { min, max, default } = &bounds;
    if min > max {
        return Err(Error::new(range.span(), format!("the range {min}..={max} is empty")));
    }
    if default < min || default > max {
        let message = format!("the default {default} lies outside the range {min}..={max}");
        return Err(Error::new(number.span, message));
    }
    Ok(bounds)
}

fn step<T: PartialOrd + Default>(
    attribute: &ParamAttribute,
    read: fn(&Number) -> Result<T>,
) -> Result<Option<T>> {
    let Some(number) = &attribute.step else { return Ok(None) };
    let step = read(number)?;
    if step > T::default() { Ok(Some(step)) } else { Err(Error::new(number.span, "a step is above zero")) }
}

fn range_span(attribute: &ParamAttribute) -> Span {
    let step = || attribute.step.as_ref().map(|step| step.span);
    attribute.range.as_ref().map(|range| range.span()).or_else(step).unwrap_or(attribute.span)
}

/// The doc comment as one line.
fn doc(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let words: Vec<String> = lines.flat_map(|line| words(&line)).collect();
    words.join(" ")
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_string).collect()
}
