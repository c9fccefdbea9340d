//! minijinja with our templates and the project's own, and how a filled template is cut up.

use std::{collections::BTreeMap, sync::Arc};

use cargo_migrate_templates::{DOWN_MARK, PARTIALS, REVISIONS, Template, find};
use minijinja::{Environment, Error, UndefinedBehavior, Value, syntax::SyntaxConfig};

use super::{Half, RenderError, Scripts};
use crate::{
    config::near,
    scaffold::field::{Field, FieldType},
};

/// The templates of a project: ours, and those of its `template-dir`, which win.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    own: Arc<BTreeMap<String, String>>,
}

/// The template that writes a revision.
#[derive(Debug, Clone)]
pub enum Choice {
    /// A row of our table; the project may have another text for it.
    Builtin(&'static Template),
    /// One that only the project has.
    Own(String),
}

impl Choice {
    /// The row of our table.
    pub fn builtin(&self) -> Option<&'static Template> {
        match self {
            Self::Builtin(template) => Some(template),
            Self::Own(_) => None,
        }
    }

    /// What `--template` calls it.
    pub fn name(&self) -> &str {
        match self {
            Self::Builtin(template) => template.name,
            Self::Own(name) => name,
        }
    }

    /// The row for added columns that says the most of these: a reference, an enum, a backfill.
    pub(super) fn refined(self, fields: &[Field]) -> Self {
        if self.name() != "add_column" {
            return self;
        }
        let has = |test: fn(&Field) -> bool| fields.iter().any(test);
        let name = if has(|field| field.references.is_some()) {
            "add_reference"
        } else if has(|field| matches!(field.kind, FieldType::Enum(_))) {
            "add_enum_column"
        } else if has(|field| field.not_null && field.backfill.is_some()) {
            "add_column_backfill"
        } else {
            "add_column"
        };
        find(name).map_or(self, Self::Builtin)
    }
}

impl Templates {
    /// Our templates with the project's, given as name (without `.sql`) and text.
    pub fn with_own(own: BTreeMap<String, String>) -> Self {
        Self { own: Arc::new(own) }
    }

    /// The names of the project's templates that are not ours.
    pub fn extra(&self) -> impl Iterator<Item = &str> {
        let names = self.own.keys().map(String::as_str);
        names.filter(|name| find(name).is_none() && !name.starts_with('_'))
    }

    /// Whether the project has a text of its own for this template.
    pub fn is_overridden(&self, name: &str) -> bool {
        self.own.contains_key(name)
    }

    /// The template of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn choose(&self, name: &str) -> Result<Choice, RenderError> {
        // `add-column` is a natural way to write it on a command line.
        let spelled = name.replace('-', "_");
        if let Some(template) = find(&spelled) {
            return Ok(Choice::Builtin(template));
        }
        if self.own.contains_key(name) {
            return Ok(Choice::Own(name.to_owned()));
        }
        let names = REVISIONS.iter().map(|template| template.name);
        Err(RenderError::Unknown {
            name: name.to_owned(),
            near: near(&spelled, names.chain(self.extra())).map(str::to_owned),
        })
    }

    /// Fills a template and cuts the result into up and down.
    pub(super) fn fill(
        &self,
        choice: &Choice,
        values: BTreeMap<&'static str, Value>,
    ) -> Result<Scripts, RenderError> {
        let name = choice.name();
        let failed = |source: Error| RenderError::Template {
            name: source.name().unwrap_or(name).to_owned(),
            source,
        };
        let environment = self.environment();
        let template = environment.get_template(name).map_err(failed)?;
        let text = template.render(Value::from(values)).map_err(failed)?;
        let mut scripts = cut(&text);
        scripts.up.body = tidy(&scripts.up.body);
        if let Some(down) = &mut scripts.down {
            down.body = tidy(&down.body);
        }
        Ok(scripts)
    }

    fn environment(&self) -> Environment<'static> {
        let mut environment = Environment::new();
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .keep_trailing_newline(true)
                .build()
                .expect("only white space is configured"),
        );
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.add_filter("actions", actions);
        let own = Arc::clone(&self.own);
        environment.set_loader(move |name| Ok(source(&own, name).map(str::to_owned)));
        environment
    }
}

/// The text of a template or a part of one; the project's own wins.
fn source<'a>(own: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    let stem = name.strip_suffix(".sql").unwrap_or(name);
    if let Some(text) = own.get(stem) {
        return Some(text);
    }
    let partial = PARTIALS.iter().find(|(file, _)| *file == name);
    partial
        .map(|(_, text)| *text)
        .or_else(|| find(stem).map(|template| template.source))
}

/// The actions of an ALTER TABLE: one behind it, several each on a line.
fn actions(items: Vec<String>, verb: &str) -> String {
    let actions: Vec<String> = items
        .into_iter()
        .map(|item| format!("{verb} {item}"))
        .collect();
    match actions.as_slice() {
        [one] => format!(" {one}"),
        many => format!("\n    {}", many.join(",\n    ")),
    }
}

/// Cuts a text at the line between up and down, and takes the directives from the head of each.
pub fn cut(text: &str) -> Scripts {
    let (mut up, mut down) = (String::new(), None);
    for line in text.split_inclusive('\n') {
        if line.trim() == DOWN_MARK && down.is_none() {
            down = Some(String::new());
        } else {
            down.as_mut().unwrap_or(&mut up).push_str(line);
        }
    }
    Scripts {
        up: Half::of(&up),
        down: down.map(|text| Half::of(&text)),
        hints: Vec::new(),
    }
}

impl Half {
    /// Takes the directives at the beginning from the rest, which ends in one line feed.
    fn of(text: &str) -> Self {
        let mut directives = Vec::new();
        let mut rest = text.trim_start();
        while let Some(after) = rest.strip_prefix("-- migrate:") {
            let (line, next) = after.split_once('\n').unwrap_or((after, ""));
            directives.push(line.trim().to_owned());
            rest = next.trim_start();
        }
        let body = rest.trim_end();
        Self {
            directives,
            body: if body.is_empty() {
                String::new()
            } else {
                format!("{body}\n")
            },
        }
    }
}

/// One blank line at most, and a line feed at the end.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.trim().lines().map(str::trim_end) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}
