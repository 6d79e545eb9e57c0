//! What `#[param(..)]` says, before it is held against the field's type.

use std::fmt;

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Ident, Lit, LitBool, LitStr, Path, Result, Token};

/// The keys of one `#[param(..)]`.
pub(crate) struct ParamAttribute {
    /// The whole attribute.
    pub(crate) span: Span,
    pub(crate) default: Option<Value>,
    pub(crate) range: Option<Range>,
    pub(crate) step: Option<Number>,
}

impl ParamAttribute {
    pub(crate) fn parse(attribute: &Attribute) -> Result<ParamAttribute> {
        let mut this = ParamAttribute { span: attribute.span(), default: None, range: None, step: None };
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("default") {
                set(&mut this.default, &meta)
            } else if meta.path.is_ident("range") {
                set(&mut this.range, &meta)
            } else if meta.path.is_ident("step") {
                set(&mut this.step, &meta)
            } else {
                Err(meta.error("unknown key; `#[param]` takes `default`, `range` and `step`"))
            }
        })?;
        Ok(this)
    }
}

fn set<T: Parse>(slot: &mut Option<T>, meta: &ParseNestedMeta<'_>) -> Result<()> {
    if slot.is_some() {
        return Err(meta.error("given twice"));
    }
    *slot = Some(meta.value()?.parse()?);
    Ok(())
}

/// A written default: a number, `true` or `false`, a text, or a variant.
pub(crate) enum Value {
    Number(Number),
    Bool(LitBool),
    Text(LitStr),
    Variant(Path),
}

impl Value {
    pub(crate) fn span(&self) -> Span {
        match self {
            Value::Number(number) => number.span,
            Value::Bool(literal) => literal.span,
            Value::Text(literal) => literal.span(),
            Value::Variant(path) => path.span(),
        }
    }
}

impl Parse for Value {
    fn parse(input: ParseStream<'_>) -> Result<Value> {
        if input.peek(LitBool) {
            input.parse().map(Value::Bool)
        } else if input.peek(LitStr) {
            input.parse().map(Value::Text)
        } else if input.peek(Ident) || input.peek(Token![::]) {
            input.parse().map(Value::Variant)
        } else {
            input.parse().map(Value::Number)
        }
    }
}

/// A written number with its sign.
#[derive(Clone)]
pub(crate) struct Number {
    pub(crate) span: Span,
    /// Digits, sign, point and exponent, as written but for underscores.
    text: String,
}

impl Number {
    /// The number, if it is a whole one that fits.
    pub(crate) fn int(&self) -> Result<i64> {
        self.text.parse().map_err(|_| {
            Error::new(self.span, format!("`{self}` is not a whole number of at most 64 bits with its sign"))
        })
    }

    /// The number.
    pub(crate) fn float(&self) -> Result<f64> {
        self.text
            .parse()
            .ok()
            .filter(|x: &f64| x.is_finite())
            .ok_or_else(|| Error::new(self.span, format!("`{self}` is too large a number")))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Parse for Number {
    fn parse(input: ParseStream<'_>) -> Result<Number> {
        let minus: Option<Token![-]> = input.parse()?;
        let literal: Lit = input.parse().map_err(|error| {
            Error::new(error.span(), "expected a literal: a number, or `true` or `false`")
        })?;
        let (digits, suffix) = match &literal {
            Lit::Int(int) => (int.base10_digits(), int.suffix()),
            Lit::Float(float) => (float.base10_digits(), float.suffix()),
            other => return Err(Error::new(other.span(), "expected a number")),
        };
        if !suffix.is_empty() {
            return Err(Error::new(literal.span(), "a number without a suffix: the field gives its type"));
        }
        let span = minus.and_then(|minus| minus.span().join(literal.span())).unwrap_or(literal.span());
        Ok(Number { span, text: format!("{}{digits}", if minus.is_some() { "-" } else { "" }) })
    }
}

/// A written range, both ends included.
pub(crate) struct Range {
    pub(crate) min: Number,
    pub(crate) max: Number,
}

impl Range {
    pub(crate) fn span(&self) -> Span {
        self.min.span.join(self.max.span).unwrap_or(self.min.span)
    }
}

impl Parse for Range {
    fn parse(input: ParseStream<'_>) -> Result<Range> {
        let min = input.parse()?;
        if input.peek(Token![..]) && !input.peek(Token![..=]) {
            let dots = input.parse::<Token![..]>()?;
            return Err(Error::new_spanned(dots, "a range includes both its ends: write `MIN..=MAX`"));
        }
        input.parse::<Token![..=]>()?;
        Ok(Range { min, max: input.parse()? })
    }
}
