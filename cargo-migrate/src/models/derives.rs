//! Which derives an item has.

use syn::{Attribute, Path, Token, punctuated::Punctuated};

/// Whether an item derives `name`, whatever path stands before it; also inside `cfg_attr`.
pub(crate) fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes
        .iter()
        .flat_map(derived)
        .any(|path| path.segments.last().is_some_and(|last| last.ident == name))
}

/// Whether an item derives `name` of build-support: `Table` alone, or behind `build_support::` or
/// `build_support_derive::`.
pub(crate) fn has_ours(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().flat_map(derived).any(|path| {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        match segments.as_slice() {
            [own] => own == name,
            [of, own] => own == name && of.starts_with("build_support"),
            _ => false,
        }
    })
}

/// The paths of a `#[derive(…)]`.
fn derived(attribute: &Attribute) -> Vec<Path> {
    let paths = |tokens: &syn::MetaList| {
        tokens
            .parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
            .map(|paths| paths.into_iter().collect())
            .unwrap_or_default()
    };
    match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("derive") => paths(list),
        syn::Meta::List(list) if list.path.is_ident("cfg_attr") => list
            .parse_args_with(Punctuated::<syn::Meta, Token![,]>::parse_terminated)
            .into_iter()
            .flatten()
            .skip(1)
            .filter_map(|meta| match meta {
                syn::Meta::List(list) if list.path.is_ident("derive") => Some(paths(&list)),
                _ => None,
            })
            .flatten()
            .collect(),
        _ => Vec::new(),
    }
}
