//! The struct: its fields and the conditions between them.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Expr, Fields, Ident, LitStr, Result};

use crate::field::Param;

/// A struct of parameters.
pub(crate) struct ParamsStruct {
    pub(crate) name: Ident,
    /// In the order of the fields.
    pub(crate) params: Vec<Param>,
    pub(crate) checks: Vec<Check>,
}

/// A condition that must hold between parameters.
pub(crate) struct Check {
    /// As written.
    pub(crate) text: String,
    pub(crate) condition: Expr,
    /// Indices of the parameters that it names, ascending.
    pub(crate) named: Vec<usize>,
}

impl ParamsStruct {
    pub(crate) fn parse(input: &DeriveInput) -> Result<ParamsStruct> {
        if !input.generics.params.is_empty() {
            return Err(Error::new(input.generics.span(), "a struct of parameters has no type parameters"));
        }
        let fields = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => fields.named.iter().collect(),
                Fields::Unit => Vec::new(),
                Fields::Unnamed(fields) => {
                    return Err(Error::new(
                        fields.span(),
                        "parameters have names: write a struct with braces",
                    ));
                }
            },
            _ => return Err(Error::new(input.ident.span(), "parameters are a struct")),
        };
        let params = all(fields.into_iter().map(Param::parse))?;
        let attributes = input.attrs.iter().filter(|a| a.path().is_ident("params"));
        let checks = all(attributes.map(|attribute| checks(attribute, &params)))?;
        Ok(ParamsStruct { name: input.ident.clone(), params, checks: checks.into_iter().flatten().collect() })
    }
}

/// All values, or all errors.
fn all<T>(results: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let (mut values, mut errors) = (Vec::new(), None::<Error>);
    for result in results {
        match (result, &mut errors) {
            (Ok(value), _) => values.push(value),
            (Err(error), None) => errors = Some(error),
            (Err(error), Some(errors)) => errors.combine(error),
        }
    }
    errors.map_or(Ok(values), Err)
}

fn checks(attribute: &Attribute, params: &[Param]) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    attribute.parse_nested_meta(|meta| {
        if !meta.path.is_ident("check") {
            return Err(meta.error("unknown key; `#[params]` takes `check`"));
        }
        checks.push(Check::parse(&meta.value()?.parse()?, params)?);
        Ok(())
    })?;
    Ok(checks)
}

impl Check {
    fn parse(literal: &LitStr, params: &[Param]) -> Result<Check> {
        let condition: Expr = literal
            .parse()
            .map_err(|error| Error::new(literal.span(), format!("a check is an expression: {error}")))?;
        let mut words = Vec::new();
        variables(condition.to_token_stream(), &mut words);
        let named: Vec<usize> = (0..params.len()).filter(|i| words.contains(&params[*i].name)).collect();
        if named.is_empty() {
            let names: Vec<&str> = params.iter().map(|p| p.name.as_str()).collect();
            let message = format!("the check names no parameter; there are {}", names.join(", "));
            return Err(Error::new(literal.span(), message));
        }
        Ok(Check { text: literal.value(), condition, named })
    }
}

/// The identifiers of an expression, but for fields and methods (what follows a point).
fn variables(tokens: TokenStream, out: &mut Vec<String>) {
    let mut after_point = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if !after_point => out.push(ident.unraw().to_string()),
            TokenTree::Group(group) => variables(group.stream(), out),
            _ => {}
        }
        after_point = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Kind;

    /// Parses source text, so that spans know what they cover.
    fn parse(text: &str) -> Result<ParamsStruct> {
        ParamsStruct::parse(&syn::parse_str(text).expect("a struct"))
    }

    /// Each error as (the text it points at, its message).
    fn check_refused(text: &str, expected: &[(&str, &str)]) {
        let errors = parse(text).err().expect("refused");
        let found: Vec<(String, String)> =
            errors.into_iter().map(|e| (e.span().source_text().unwrap_or_default(), e.to_string())).collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(at, what)| (at.as_str(), what.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }

    /// Errors of one field `x` of this type with this attribute.
    fn check_field(attribute: &str, ty: &str, expected: (&str, &str)) {
        check_refused(&format!("struct P {{ /** X. */ {attribute} x: {ty} }}"), &[expected]);
    }

    #[test]
    fn a_field_gives_its_name_range_step_default_and_doc() {
        let parsed = parse(
            "struct P {
                /// Bars in the
                /// average.
                ///
                /// Not fewer than two.
                #[param(default = 10, range = 2..=5_0)]
                pub r#fast: u32,
                /// Offset.
                #[param(default = -0.5, range = -1..=1.5, step = 0.25)]
                pub offset: f64,
            }",
        )
        .expect("accepted");
        let [fast, offset] = &parsed.params[..] else { panic!("two parameters") };
        assert_eq!(
            (fast.name.as_str(), fast.doc.as_str()),
            ("fast", "Bars in the average. Not fewer than two.")
        );
        let Kind::Int { bounds, step: 1 } = &fast.kind else { panic!("an integer of step 1") };
        assert_eq!((bounds.min, bounds.max, bounds.default), (2, 50, 10));
        let Kind::Float { bounds, step } = &offset.kind else { panic!("a number") };
        let found = [bounds.min, bounds.max, bounds.default, step.expect("given")].map(f64::to_bits);
        assert_eq!(found, [-1.0, 1.5, -0.5, 0.25].map(f64::to_bits));
    }

    #[test]
    fn what_is_missing_is_named_where_it_is_missing() {
        check_refused(
            "struct P { /** Bars. */ n: u32 }",
            &[("n", "`n` has no `#[param(default = .., range = ..)]`")],
        );
        check_refused(
            "struct P { #[param(default = true)] on: bool }",
            &[("on", "say in a doc comment what `on` means")],
        );
        let attribute = "#[param(range = 1..=2)]";
        check_field(attribute, "u32", (attribute, "`x` has no default: add `default = ..`"));
        let attribute = "#[param(default = 1.5)]";
        check_field(attribute, "f64", (attribute, "`x` has no range: add `range = MIN..=MAX`"));
    }

    #[test]
    fn what_does_not_fit_is_named_where_it_stands() {
        // (attribute, type, where, message)
        let cases = [
            (
                "#[param(default = 60, range = 2..=50)]",
                "u32",
                "60",
                "the default 60 lies outside the range 2..=50",
            ),
            ("#[param(default = 3, range = 5..=2)]", "u32", "5..=2", "the range 5..=2 is empty"),
            (
                "#[param(default = 3, range = 0..=300)]",
                "u8",
                "0..=300",
                "the range 0..=300 does not fit `u8`",
            ),
            (
                "#[param(default = 3, range = -1..=9)]",
                "usize",
                "-1..=9",
                "the range -1..=9 does not fit `usize`",
            ),
            ("#[param(default = 3, range = 1..=9, step = 0)]", "u32", "0", "a step is above zero"),
            (
                "#[param(default = 1.5, range = 1..=9)]",
                "u32",
                "1.5",
                "`1.5` is not a whole number of at most 64 bits with its sign",
            ),
            ("#[param(default = 1e999, range = 1..=9)]", "f64", "1e999", "`1e999` is too large a number"),
            ("#[param(default = true, range = 1..=9)]", "u32", "true", "expected a number"),
            ("#[param(default = 1)]", "bool", "1", "expected `true` or `false`"),
            ("#[param(default = 1)]", "Mode", "1", "expected a variant: `Mode::..`"),
            ("#[param(default = 1)]", "String", "1", "expected a text: `\"..\"`"),
            (
                "#[param(default = true, range = 0..=1)]",
                "bool",
                "0..=1",
                "only a number has a range or a step, and `x` is a `bool`",
            ),
            (
                "#[param(default = 1, range = 0..=1)]",
                "f32",
                "f32",
                "a parameter is an integer of at most 64 bits, an `f64`, a `bool`, a `String` or an enum that \
                 derives `Choice`",
            ),
            (
                "#[param(default = 1, range = 0..2)]",
                "u32",
                "..",
                "a range includes both its ends: write `MIN..=MAX`",
            ),
            (
                "#[param(default = 1u8, range = 0..=2)]",
                "u8",
                "1u8",
                "a number without a suffix: the field gives its type",
            ),
            (
                "#[param(default = 1, min = 0)]",
                "u32",
                "min",
                "unknown key; `#[param]` takes `default`, `range` and `step`",
            ),
            ("#[param(default = 1, default = 2)]", "u32", "default", "given twice"),
        ];
        for (attribute, ty, place, message) in cases {
            check_field(attribute, ty, (place, message));
        }
    }

    #[test]
    fn all_wrong_fields_are_told_at_once() {
        check_refused(
            "struct P { /** A. */ a: u32, /** B. */ b: u32 }",
            &[
                ("a", "`a` has no `#[param(default = .., range = ..)]`"),
                ("b", "`b` has no `#[param(default = .., range = ..)]`"),
            ],
        );
    }

    #[test]
    fn a_check_knows_the_parameters_that_it_names() {
        let fields = "/** A. */ #[param(default = true)] a: bool, /** B. */ #[param(default = true)] b: bool";
        let parsed =
            parse(&format!("#[params(check = \"!b || (b.a)\")] struct P {{ {fields} }}")).expect("ok");
        assert_eq!(parsed.checks[0].named, [1], "a field of `b` is not the parameter `a`");
        check_refused(
            &format!("#[params(check = \"x < y\")] struct P {{ {fields} }}"),
            &[("\"x < y\"", "the check names no parameter; there are a, b")],
        );
        check_refused(
            &format!("#[params(check = \"a <\")] struct P {{ {fields} }}"),
            &[("\"a <\"", "a check is an expression: unexpected end of input, expected an expression")],
        );
        check_refused(
            &format!("#[params(chek = \"a\")] struct P {{ {fields} }}"),
            &[("chek", "unknown key; `#[params]` takes `check`")],
        );
    }

    #[test]
    fn only_structs_with_named_fields_hold_parameters() {
        check_refused("enum P { A }", &[("P", "parameters are a struct")]);
        check_refused("struct P(u32);", &[("(u32)", "parameters have names: write a struct with braces")]);
        check_refused("struct P<T> { x: T }", &[("<T>", "a struct of parameters has no type parameters")]);
        assert!(parse("struct P;").expect("no parameters at all").params.is_empty());
    }
}
