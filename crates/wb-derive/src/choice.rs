//! The implementation of `Choice` for an enum of bare variants.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Fields, Result};

use crate::generate::private;

/// `impl Choice for` the enum.
pub(crate) fn implementation(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new(input.ident.span(), "a choice is an enum"));
    };
    if let Some(variant) = data.variants.iter().find(|v| !matches!(v.fields, Fields::Unit)) {
        return Err(Error::new(variant.fields.span(), "a choice is a word: its variants carry nothing"));
    }
    if data.variants.is_empty() {
        return Err(Error::new(input.ident.span(), "a choice has variants to choose from"));
    }
    let private = private();
    let name = &input.ident;
    let variants: Vec<_> = data.variants.iter().map(|v| &v.ident).collect();
    let words: Vec<String> = variants.iter().map(|ident| kebab_case(&ident.unraw().to_string())).collect();
    Ok(quote! {
        #[automatically_derived]
        impl #private::Choice for #name {
            const WORDS: &'static [&'static str] = &[#(#words),*];

            fn word(self) -> &'static str {
                match self {
                    #(Self::#variants => #words),*
                }
            }

            fn from_word(word: &str) -> ::std::option::Option<Self> {
                match word {
                    #(#words => ::std::option::Option::Some(Self::#variants),)*
                    _ => ::std::option::Option::None,
                }
            }
        }
    })
}

/// `NextOpen` as `next-open`.
fn kebab_case(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(c.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_refused(text: &str, expected: &str) {
        let error = implementation(&syn::parse_str(text).expect("a type")).expect_err("refused");
        assert_eq!(error.to_string(), expected, "{text}");
    }

    #[test]
    fn words_are_the_variants_in_kebab_case() {
        for (name, word) in [("Flat", "flat"), ("NextOpen", "next-open"), ("A", "a"), ("Top10", "top10")] {
            assert_eq!(kebab_case(name), word);
        }
    }

    #[test]
    fn only_an_enum_of_bare_variants_is_a_choice() {
        check_refused("struct P;", "a choice is an enum");
        check_refused("enum P { A, B(u32) }", "a choice is a word: its variants carry nothing");
        check_refused("enum P {}", "a choice has variants to choose from");
    }
}
