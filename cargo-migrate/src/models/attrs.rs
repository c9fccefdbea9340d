//! The attributes of models, as data: `name`, `name = value`, `name(…)`, `"value"`.

use std::sync::Arc;

use syn::{
    Attribute, Ident, Lit, Token, bracketed,
    ext::IdentExt as _,
    parenthesized,
    parse::{ParseStream, Parser as _},
    token,
};

use crate::config::near;

use super::{
    error::Error,
    fragment::Fragment,
    site::{Site, SourceText},
};

/// One argument of an attribute.
#[derive(Debug, Clone)]
pub(crate) struct Attr {
    /// The name, also a dotted one (`users.id`, `User::id`); empty for a bare literal.
    pub(crate) name: String,
    /// Where it stands.
    pub(crate) site: Site,
    /// What it says.
    pub(crate) value: Value,
}

/// What an argument says.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// `name`
    Flag,
    /// `name = "text"`, `name = 1`, or the bare literal
    Literal(Fragment),
    /// `name(…)` or `name = […]`
    List(Vec<Attr>),
}

impl Attr {
    /// The text of `name = "text"`.
    pub(crate) fn text(self) -> Result<Fragment, Error> {
        match self.value {
            Value::Literal(text) => Ok(text),
            Value::Flag | Value::List(_) => {
                let name = &self.name;
                Err(Error::at(&self.site, format!("`{name}` needs a value"))
                    .hint(format!("write `{name} = \"…\"`")))
            }
        }
    }

    /// Nothing behind the name, or `= true` or `= false`.
    pub(crate) fn flag(self) -> Result<bool, Error> {
        match &self.value {
            Value::Flag => Ok(true),
            Value::Literal(text) if text.text == "true" => Ok(true),
            Value::Literal(text) if text.text == "false" => Ok(false),
            Value::Literal(_) | Value::List(_) => Err(Error::at(
                &self.site,
                format!("`{}` takes no value", self.name),
            )),
        }
    }

    /// The names of `columns(a, b)`, `columns = ["a", "b"]` or `columns = "a"`.
    pub(crate) fn names(self) -> Result<Vec<Fragment>, Error> {
        let name = self.name.clone();
        let wrong = |site: &Site| {
            Error::at(site, format!("`{name}` needs names"))
                .hint(format!("write `{name}(a, b)` or `{name}(\"a\", \"b\")`"))
        };
        match self.value {
            Value::Flag => Err(wrong(&self.site)),
            Value::Literal(text) => Ok(vec![text]),
            Value::List(items) => items.into_iter().map(|item| item.item(&wrong)).collect(),
        }
    }

    /// One of the names.
    fn item(self, wrong: &impl Fn(&Site) -> Error) -> Result<Fragment, Error> {
        match self.value {
            Value::Literal(text) if self.name.is_empty() => Ok(text),
            Value::Flag => Ok(Fragment::new(self.name, self.site)),
            Value::Literal(_) | Value::List(_) => Err(wrong(&self.site)),
        }
    }
}

/// The arguments that are still to be understood.
#[derive(Debug)]
pub(crate) struct Attrs {
    items: Vec<Attr>,
    of: &'static str,
}

impl Attrs {
    /// Reads every `#[path(…)]` of an item; `of` is the path that messages show.
    pub(crate) fn read(
        source: &Arc<SourceText>,
        attributes: &[Attribute],
        of: &'static str,
    ) -> Result<Self, Error> {
        let mut items = Vec::new();
        for attribute in attributes.iter().filter(|a| a.path().is_ident(of)) {
            items.extend(arguments(source, attribute)?);
        }
        Ok(Self { items, of })
    }

    /// The arguments inside one: `index(…)`.
    pub(crate) fn of_list(items: Vec<Attr>, of: &'static str) -> Self {
        Self { items, of }
    }

    /// Takes the argument with a name.
    pub(crate) fn take(&mut self, name: &str) -> Option<Attr> {
        let at = self.items.iter().position(|item| item.name == name)?;
        Some(self.items.remove(at))
    }

    /// Takes every argument with a name.
    pub(crate) fn take_all(&mut self, name: &str) -> Vec<Attr> {
        std::iter::from_fn(|| self.take(name)).collect()
    }

    /// Takes `name = "text"`.
    pub(crate) fn take_text(&mut self, name: &str) -> Result<Option<Fragment>, Error> {
        self.take(name).map(Attr::text).transpose()
    }

    /// Takes `name`; false where it is absent.
    pub(crate) fn take_flag(&mut self, name: &str) -> Result<bool, Error> {
        self.take(name).map_or(Ok(false), Attr::flag)
    }

    /// Takes `name(a, b)`; empty where it is absent.
    pub(crate) fn take_names(&mut self, name: &str) -> Result<Vec<Fragment>, Error> {
        self.take(name).map_or(Ok(Vec::new()), Attr::names)
    }

    /// Takes the bare names and literals, as in `unique(a, "b")`.
    pub(crate) fn take_bare(&mut self, keywords: &[&str]) -> Vec<Fragment> {
        let is_bare = |item: &Attr| match item.value {
            Value::Flag => !keywords.contains(&item.name.as_str()),
            Value::Literal(_) => item.name.is_empty(),
            Value::List(_) => false,
        };
        let (bare, rest) = std::mem::take(&mut self.items)
            .into_iter()
            .partition(is_bare);
        self.items = rest;
        let text = |item: Attr| match item.value {
            Value::Literal(text) => text,
            Value::Flag | Value::List(_) => Fragment::new(item.name, item.site),
        };
        Vec::into_iter(bare).map(text).collect()
    }

    /// Refuses what nothing has taken.
    pub(crate) fn finish(self, known: &[&str]) -> Result<(), Error> {
        let Some(left) = self.items.into_iter().next() else {
            return Ok(());
        };
        let (name, of) = (&left.name, self.of);
        if known.contains(&name.as_str()) {
            return Err(Error::at(&left.site, format!("`{name}` is given twice")));
        }
        let error = Error::at(&left.site, format!("`{of}` has no attribute `{name}`"));
        Err(match near(name, known.iter().copied()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("it has `{}`", known.join("`, `"))),
        })
    }
}

/// The arguments of one attribute.
fn arguments(source: &Arc<SourceText>, attribute: &Attribute) -> Result<Vec<Attr>, Error> {
    match &attribute.meta {
        syn::Meta::Path(_) => Ok(Vec::new()),
        syn::Meta::List(list) => (|input: ParseStream<'_>| parse_list(source, input))
            .parse2(list.tokens.clone())
            .map_err(|error| syntax(source, &error)),
        syn::Meta::NameValue(_) => Err(Error::at(
            &Site::of_span(source, attribute.bracket_token.span.join()),
            "the attribute needs parentheses",
        )),
    }
}

/// A syntax error, at its place.
pub(crate) fn syntax(source: &Arc<SourceText>, error: &syn::Error) -> Error {
    let site = Site::of_span(source, error.span());
    // The tokenizer has one message for all that it can't read.
    match error.to_string().as_str() {
        "cannot parse string into token stream" => Error::at(&site, "this is not Rust")
            .hint("look for a quote or a bracket that is never closed"),
        message => Error::at(&site, message),
    }
}

fn parse_list(source: &Arc<SourceText>, input: ParseStream<'_>) -> syn::Result<Vec<Attr>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        items.push(parse_attr(source, input)?);
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(items)
}

fn parse_attr(source: &Arc<SourceText>, input: ParseStream<'_>) -> syn::Result<Attr> {
    if input.peek(Lit) || input.peek(Token![-]) {
        let literal = parse_literal(source, input)?;
        return Ok(Attr {
            name: String::new(),
            site: literal.site.clone(),
            value: Value::Literal(literal),
        });
    }
    let name = parse_name(source, input)?;
    Ok(Attr {
        name: name.text,
        site: name.site,
        value: parse_value(source, input)?,
    })
}

fn parse_value(source: &Arc<SourceText>, input: ParseStream<'_>) -> syn::Result<Value> {
    if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        return parse_list(source, &content).map(Value::List);
    }
    if !input.peek(Token![=]) {
        return Ok(Value::Flag);
    }
    input.parse::<Token![=]>()?;
    if input.peek(token::Bracket) {
        let content;
        bracketed!(content in input);
        return parse_list(source, &content).map(Value::List);
    }
    if input.peek(Lit) || input.peek(Token![-]) {
        return parse_literal(source, input).map(Value::Literal);
    }
    parse_name(source, input).map(Value::Literal)
}

fn parse_literal(source: &Arc<SourceText>, input: ParseStream<'_>) -> syn::Result<Fragment> {
    let minus = input.parse::<Option<Token![-]>>()?;
    let mut literal = Fragment::of_literal(source, &input.parse::<Lit>()?);
    if minus.is_some() {
        literal.text.insert(0, '-');
    }
    Ok(literal)
}

/// A name, also a keyword, a dotted one or a path.
fn parse_name(source: &Arc<SourceText>, input: ParseStream<'_>) -> syn::Result<Fragment> {
    let first = input.call(Ident::parse_any)?;
    let mut name = Fragment::of_span(first.unraw().to_string(), source, first.span());
    loop {
        let separator = if input.peek(Token![::]) {
            input.parse::<Token![::]>()?;
            "::"
        } else if input.peek(Token![.]) {
            input.parse::<Token![.]>()?;
            "."
        } else {
            return Ok(name);
        };
        name.text.push_str(separator);
        name.text += &input.call(Ident::parse_any)?.unraw().to_string();
    }
}

/// The doc comment of an item as the comment of its object: paragraphs kept, lines joined.
pub(crate) fn doc_comment(source: &Arc<SourceText>, attributes: &[Attribute]) -> Option<Fragment> {
    let mut lines = Vec::new();
    let mut first = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("doc")) {
        if let syn::Meta::NameValue(pair) = &attribute.meta
            && let syn::Expr::Lit(expression) = &pair.value
            && let Lit::Str(text) = &expression.lit
        {
            first.get_or_insert_with(|| Site::of_span(source, text.span()));
            lines.extend(text.value().split('\n').map(|line| line.trim().to_owned()));
        }
    }
    let paragraphs = lines
        .split(String::is_empty)
        .filter(|lines| !lines.is_empty())
        .map(|lines| lines.join(" "))
        .collect::<Vec<_>>();
    first
        .filter(|_| !paragraphs.is_empty())
        .map(|site| Fragment::new(paragraphs.join("\n\n"), site))
}
