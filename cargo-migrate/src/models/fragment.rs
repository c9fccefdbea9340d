//! A piece of text taken from a source file: a name, a type, an SQL expression, a doc comment.

use std::sync::Arc;

use proc_macro2::Span;
use syn::{Lit, LitStr};

use super::site::{Site, SourceText};

/// Text with the place that it came from.
#[derive(Debug, Clone)]
pub(crate) struct Fragment {
    /// The text.
    pub(crate) text: String,
    /// Where it stands; for a string literal, what is between the quotes.
    pub(crate) site: Site,
    /// Whether it is a string literal's content.
    pub(crate) is_string: bool,
}

impl Fragment {
    /// Text that something at `site` stands for.
    pub(crate) fn new(text: impl Into<String>, site: Site) -> Self {
        Self {
            text: text.into(),
            site,
            is_string: false,
        }
    }

    /// Text that a token stands for.
    pub(crate) fn of_span(text: impl Into<String>, source: &Arc<SourceText>, span: Span) -> Self {
        Self::new(text, Site::of_span(source, span))
    }

    /// The value of a literal, as SQL reads it: a string's content, a number's digits.
    pub(crate) fn of_literal(source: &Arc<SourceText>, literal: &Lit) -> Self {
        match literal {
            Lit::Str(string) => Self::of_string(source, string),
            Lit::Int(number) => Self::of_span(number.base10_digits(), source, number.span()),
            Lit::Float(number) => Self::of_span(number.base10_digits(), source, number.span()),
            Lit::Bool(flag) => Self::of_span(flag.value.to_string(), source, flag.span()),
            Lit::Char(c) => Self::of_span(c.value(), source, c.span()),
            other => Self::of_span(
                other.span().source_text().unwrap_or_default(),
                source,
                other.span(),
            ),
        }
    }

    /// A string literal's content; the site is what is between the quotes.
    pub(crate) fn of_string(source: &Arc<SourceText>, literal: &LitStr) -> Self {
        let site = Site::of_span(source, literal.span());
        let opening = site.text().find('"').map_or(0, |at| at + 1);
        // `r#"` is closed by `"#`, `"` by itself.
        let closing = opening.saturating_sub(1).max(1);
        Self {
            text: literal.value(),
            site: site.shifted(opening).shortened(closing),
            is_string: true,
        }
    }

    /// Whether the file has the text letter by letter, so that an offset in one is an offset in
    /// the other.
    pub(crate) fn is_verbatim(&self) -> bool {
        self.site.text().starts_with(&self.text)
    }
}
