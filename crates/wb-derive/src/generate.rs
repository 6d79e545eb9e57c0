//! The implementation of `Params`, as tokens.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use crate::field::{Bounds, Kind, Param};
use crate::params::{Check, ParamsStruct};

/// The one path that generated code knows.
pub(crate) fn private() -> TokenStream {
    quote!(::wb_kernel::__private)
}

/// `impl Params for` the struct.
pub(crate) fn implementation(params: &ParamsStruct) -> TokenStream {
    let private = private();
    let name = &params.name;
    let specs = params.params.iter().map(spec);
    let from_set = from_set(params);
    let entries = params.params.iter().map(|param| entry(param, &quote!(self)));
    quote! {
        #[automatically_derived]
        impl #private::Params for #name {
            fn specs() -> ::std::vec::Vec<#private::ParamSpec> {
                ::std::vec![#(#specs),*]
            }

            #from_set

            fn to_set(&self) -> #private::ParamSet {
                ::std::iter::FromIterator::from_iter([#(#entries),*])
            }
        }
    }
}

fn spec(param: &Param) -> TokenStream {
    let private = private();
    let Param { name, doc, ty, .. } = param;
    let (kind, default) = match &param.kind {
        Kind::Int { bounds: Bounds { min, max, default }, step } => {
            (quote!(Int { min: #min, max: #max, step: #step }), quote!(Int(#default)))
        }
        Kind::Float { bounds: Bounds { min, max, default }, step } => {
            let step = match step {
                Some(step) => quote!(::std::option::Option::Some(#step)),
                None => quote!(::std::option::Option::None),
            };
            (quote!(Float { min: #min, max: #max, step: #step }), quote!(Float(#default)))
        }
        Kind::Bool { default } => (quote!(Bool), quote!(Bool(#default))),
        Kind::Text { default } => (quote!(Text), quote!(Text(::std::convert::From::from(#default)))),
        Kind::Choice { default } => {
            // At the type, so that a type that is no choice is shown where it stands.
            let words = quote_spanned!(ty.span()=> <#ty as #private::Choice>::WORDS);
            let default = quote_spanned!(default.span()=> <#ty as #private::Choice>::word(#default));
            (quote!(Choice(#words)), quote!(Choice(#default.to_string())))
        }
    };
    quote! {
        #private::ParamSpec {
            name: ::std::borrow::Cow::Borrowed(#name),
            doc: #doc,
            kind: #private::ParamKind::#kind,
            default: #private::ParamValue::#default,
        }
    }
}

fn from_set(params: &ParamsStruct) -> TokenStream {
    let private = private();
    // Names that no field and no check can collide with.
    let resolved = Ident::new("resolved", Span::mixed_site());
    let this = Ident::new("this", Span::mixed_site());
    let binding = if params.params.is_empty() { quote!(_) } else { quote!(#resolved) };
    let fields = params.params.iter().map(|param| field(param, &resolved));
    let checks = params.checks.iter().map(|check| check_tokens(check, &params.params, &this));
    quote! {
        fn from_set(
            set: &#private::ParamSet,
        ) -> ::std::result::Result<Self, #private::ParamError> {
            let #binding = set.resolve(&<Self as #private::Params>::specs())?;
            let #this = Self { #(#fields),* };
            #(#checks)*
            ::std::result::Result::Ok(#this)
        }
    }
}

/// `fast: <u32 as TryFrom<i64>>::try_from(*x)…`: a field from a resolved set.
fn field(param: &Param, resolved: &Ident) -> TokenStream {
    let private = private();
    let Param { ident, ty, name, .. } = param;
    let (variant, value) = match &param.kind {
        Kind::Int { .. } => (
            quote!(Int),
            quote! {
                <#ty as ::std::convert::TryFrom<i64>>::try_from(*x)
                    .expect("the derive compares the range with the type")
            },
        ),
        Kind::Float { .. } => (quote!(Float), quote!(*x)),
        Kind::Bool { .. } => (quote!(Bool), quote!(*x)),
        Kind::Text { .. } => (quote!(Text), quote!(::std::string::String::from(&**x))),
        Kind::Choice { .. } => (
            quote!(Choice),
            quote! {
                <#ty as #private::Choice>::from_word(x)
                    .expect("a resolved word is one of the declared")
            },
        ),
    };
    quote! {
        #ident: match #resolved.get(#name) {
            ::std::option::Option::Some(#private::ParamValue::#variant(x)) => #value,
            _ => ::std::unreachable!("a resolved set has every parameter in its kind"),
        }
    }
}

/// `("fast".to_string(), ParamValue::Int(..))`: a field as an entry of a set.
fn entry(param: &Param, of: &TokenStream) -> TokenStream {
    let private = private();
    let Param { ident, ty, name, .. } = param;
    let value = match &param.kind {
        Kind::Int { .. } => quote! {
            Int(<i64 as ::std::convert::TryFrom<#ty>>::try_from(#of.#ident)
                .expect("a value in the declared range"))
        },
        Kind::Float { .. } => quote!(Float(#of.#ident)),
        Kind::Bool { .. } => quote!(Bool(#of.#ident)),
        Kind::Text { .. } => quote!(Text(::std::convert::From::from(#of.#ident.as_str()))),
        Kind::Choice { .. } => quote!(Choice(<#ty as #private::Choice>::word(#of.#ident).to_string())),
    };
    quote!((#name.to_string(), #private::ParamValue::#value))
}

fn check_tokens(check: &Check, params: &[Param], this: &Ident) -> TokenStream {
    let private = private();
    let Check { text, condition, named } = check;
    let bindings = named.iter().map(|i| {
        let Param { ident, kind, .. } = &params[*i];
        let text = matches!(kind, Kind::Text { .. }).then(|| quote!(.as_str()));
        quote!(let #ident = #this.#ident #text;)
    });
    let entries = named.iter().map(|i| entry(&params[*i], &quote!(#this)));
    // Every parameter but a text is `Copy`, so the condition compares values and not references.
    quote! {
        let holds: bool = {
            #(#bindings)*
            #condition
        };
        if !holds {
            return ::std::result::Result::Err(#private::ParamError::Check {
                condition: #text,
                values: ::std::iter::FromIterator::from_iter([#(#entries),*]),
            });
        }
    }
}
