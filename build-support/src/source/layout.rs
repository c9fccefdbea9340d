//! The layouts, recognised by file names alone: pair, refinery, diesel, and repeatable scripts.

use crate::revision::{Direction, Layout, RevisionId};

/// What the name of a file below a folder of revisions says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A script of a revision.
    Script(ScriptName),
    /// The `metadata.toml` of a diesel revision.
    Metadata(RevisionId),
    /// `R__<name>.sql`
    Repeatable(String),
    /// A program named like a revision: `001_a.go`, `V1__a.rs`.
    Program,
    /// SQL that is not named like a revision.
    Stray(Stray),
    /// Something in a folder that is not looked into, and would be a revision outside of it.
    Nested,
    /// Anything else.
    Ignored,
}

/// The parts of a script's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptName {
    /// The id, as spelled; diesel's without the dashes.
    pub id: RevisionId,
    /// What stands behind the id.
    pub slug: String,
    /// How it is named.
    pub layout: Layout,
    /// Which script it is.
    pub direction: Direction,
}

/// Why a file of SQL is no revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stray {
    /// It begins with a number or a `V`, but goes on in no known way.
    AlmostNamed,
    /// It has no id at all.
    Unnamed,
    /// It stands in a diesel folder beside `up.sql` and `down.sql`.
    BesideDiesel,
    /// It ends in `.SQL`.
    UpperCase,
}

/// Reads the path of a file, with `/`, below a folder of revisions.
///
/// ```
/// use build_support::source::layout::{Named, recognise};
/// let Named::Script(name) = recognise("20261122201530_add_orders.down.sql") else { unreachable!() };
/// assert_eq!((name.id.as_str(), name.slug.as_str()), ("20261122201530", "add_orders"));
/// ```
pub fn recognise(path: &str) -> Named {
    if path.split('/').any(is_hidden) {
        return Named::Ignored;
    }
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        [file] => recognise_file(file),
        [folder, file] => recognise_in_folder(folder, file),
        [.., folder, file] => nested(folder, file),
        [] => Named::Ignored,
    }
}

/// Whether anybody looks into a file of this name.
pub fn is_read(path: &str) -> bool {
    matches!(
        recognise(path),
        Named::Script(_) | Named::Metadata(_) | Named::Repeatable(_)
    )
}

/// Hidden files, and what editors leave while a file is open.
pub(super) fn is_hidden(part: &str) -> bool {
    part.starts_with('.') || part.starts_with('#') || part.ends_with('~')
}

fn recognise_file(file: &str) -> Named {
    let Some(stem) = file.strip_suffix(".sql") else {
        return recognise_other(file);
    };
    if let Some(name) = stem.strip_prefix("R__").filter(|name| !name.is_empty()) {
        return Named::Repeatable(name.to_owned());
    }
    match pair(stem).or_else(|| refinery(stem)) {
        Some(name) => Named::Script(name),
        None if almost_named(stem) => Named::Stray(Stray::AlmostNamed),
        None => Named::Stray(Stray::Unnamed),
    }
}

fn recognise_in_folder(folder: &str, file: &str) -> Named {
    let Some((id, slug)) = diesel(folder) else {
        return nested(folder, file);
    };
    let script = |direction| {
        Named::Script(ScriptName {
            id: id.clone(),
            slug: slug.to_owned(),
            layout: Layout::Diesel,
            direction,
        })
    };
    match file {
        "up.sql" => script(Direction::Up),
        "down.sql" => script(Direction::Down),
        "metadata.toml" => Named::Metadata(id),
        _ if file.ends_with(".sql") => Named::Stray(Stray::BesideDiesel),
        _ => Named::Ignored,
    }
}

fn nested(folder: &str, file: &str) -> Named {
    let is_script = matches!(recognise_file(file), Named::Script(_));
    let is_diesel = matches!(file, "up.sql" | "down.sql") && diesel(folder).is_some();
    if is_script || is_diesel || file == "up.sql" {
        Named::Nested
    } else {
        Named::Ignored
    }
}

fn recognise_other(file: &str) -> Named {
    let Some((stem, extension)) = file.rsplit_once('.') else {
        return Named::Ignored;
    };
    let named = pair(stem).is_some() || refinery(stem).is_some();
    match extension {
        "go" | "rs" | "py" if named || is_program(stem, extension) => Named::Program,
        _ if extension.eq_ignore_ascii_case("sql") && named => Named::Stray(Stray::UpperCase),
        _ => Named::Ignored,
    }
}

/// `m20220101_000001_create_table.rs` and `ae1027a6acf0_create_table.py`.
fn is_program(stem: &str, extension: &str) -> bool {
    let head = stem.split('_').next().unwrap_or("");
    let digits = head.strip_prefix('m').unwrap_or("");
    let sea_orm = extension == "rs" && digits.len() == 8 && is_number(digits);
    let alembic =
        extension == "py" && head.len() == 12 && head.chars().all(|c| c.is_ascii_hexdigit());
    sea_orm || alembic
}

/// `<id>_<slug>`, `<id>_<slug>.up`, `<id>_<slug>.down`
fn pair(stem: &str) -> Option<ScriptName> {
    let (id, rest) = stem.split_once('_').filter(|(id, _)| is_number(id))?;
    let (slug, direction) = direction(rest);
    Some(ScriptName {
        id: id.parse().ok()?,
        slug: slug.to_owned(),
        layout: Layout::Pair,
        direction,
    })
}

/// `V<id>__<slug>`; refinery's `U` only says that it may run out of order.
fn refinery(stem: &str) -> Option<ScriptName> {
    let (id, rest) = stem.strip_prefix(['V', 'U'])?.split_once("__")?;
    let (slug, direction) = direction(rest);
    Some(ScriptName {
        id: Some(id).filter(|id| is_number(id))?.parse().ok()?,
        slug: slug.to_owned(),
        layout: Layout::Refinery,
        direction,
    })
}

/// `<id, dashes ignored>_<slug>`
fn diesel(folder: &str) -> Option<(RevisionId, &str)> {
    let (id, slug) = folder.split_once('_').unwrap_or((folder, ""));
    let id = id.replace('-', "").parse().ok()?;
    Some((id, slug))
}

fn direction(rest: &str) -> (&str, Direction) {
    if let Some(slug) = rest.strip_suffix(".down") {
        return (slug, Direction::Down);
    }
    (rest.strip_suffix(".up").unwrap_or(rest), Direction::Up)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn almost_named(stem: &str) -> bool {
    let rest = stem.strip_prefix(['V', 'v', 'U', 'u']).unwrap_or(stem);
    rest.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `id slug layout direction`, or what else it is.
    fn shown(path: &str) -> String {
        match recognise(path) {
            Named::Script(name) => format!(
                "{} {:?} {:?} {:?}",
                name.id, name.slug, name.layout, name.direction
            ),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_three_layouts_are_recognised() {
        for (path, named) in [
            ("20261122201530_a.up.sql", "20261122201530 \"a\" Pair Up"),
            (
                "20261122201530_a.down.sql",
                "20261122201530 \"a\" Pair Down",
            ),
            ("0001_a_b.sql", "0001 \"a_b\" Pair Up"),
            ("V12__a.sql", "12 \"a\" Refinery Up"),
            ("V12__a.down.sql", "12 \"a\" Refinery Down"),
            ("U3__a.sql", "3 \"a\" Refinery Up"),
            (
                "2018-07-10-061642_a_b/up.sql",
                "20180710061642 \"a_b\" Diesel Up",
            ),
            (
                "2018-07-10-061642-00af_a/down.sql",
                "2018071006164200af \"a\" Diesel Down",
            ),
            (
                "00000000000000_diesel_initial_setup/up.sql",
                "00000000000000 \"diesel_initial_setup\" Diesel Up",
            ),
        ] {
            assert_eq!(shown(path), named, "{path}");
        }
        let id = "1".parse().expect("id");
        assert_eq!(recognise("1_a/metadata.toml"), Named::Metadata(id));
        assert_eq!(
            recognise("R__views.sql"),
            Named::Repeatable("views".to_owned())
        );
    }

    #[test]
    fn a_slug_holds_any_character() {
        for (path, named) in [
            ("1_add phone (2).sql", "1 \"add phone (2)\" Pair Up"),
            ("1_größe-ändern.v2.up.sql", "1 \"größe-ändern.v2\" Pair Up"),
            ("1__a.sql", "1 \"_a\" Pair Up"),
            ("1_.up.sql", "1 \"\" Pair Up"),
            ("1_down.sql", "1 \"down\" Pair Up"),
            ("V1__a'b.down.sql", "1 \"a'b\" Refinery Down"),
            ("1_a;b/up.sql", "1 \"a;b\" Diesel Up"),
        ] {
            assert_eq!(shown(path), named, "{path}");
        }
    }

    #[test]
    fn what_is_no_sql_is_ignored_and_what_was_meant_is_noticed() {
        for (path, named) in [
            ("README.md", "Ignored"),
            (".1_a.sql", "Ignored"),
            ("1_a.sql~", "Ignored"),
            ("#1_a.sql#", "Ignored"),
            (".#1_a.sql", "Ignored"),
            (".git/1_a.sql", "Ignored"),
            ("1_a.sql.orig", "Ignored"),
            ("1_a.go", "Program"),
            ("V1__a.rs", "Program"),
            ("m20220101_000001_a.rs", "Program"),
            ("ae1027a6acf0_a.py", "Program"),
            ("mod.rs", "Ignored"),
            ("1_a.SQL", "Stray(UpperCase)"),
            ("v1__a.sql", "Stray(AlmostNamed)"),
            ("V1.2__a.sql", "Stray(AlmostNamed)"),
            ("V1_a.sql", "Stray(AlmostNamed)"),
            ("1-a.sql", "Stray(AlmostNamed)"),
            ("schema.sql", "Stray(Unnamed)"),
            ("1_a/other.sql", "Stray(BesideDiesel)"),
            ("old/1_a.sql", "Nested"),
            ("old/1_a/up.sql", "Nested"),
            ("add_a/up.sql", "Nested"),
            ("old/notes.sql", "Ignored"),
        ] {
            assert_eq!(shown(path), named, "{path}");
        }
    }
}
