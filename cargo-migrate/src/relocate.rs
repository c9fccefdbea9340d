//! A revision's file under a new id and after other parents: the text of its directives, its path.
//! Pure thought; `rebase` does the reading and writing.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use build_support::revision::{Reference, Revises, Revision, RevisionId};

/// New ids for old ones.
pub type Renamed = BTreeMap<String, RevisionId>;

/// The up file's text with other parents, and with the new names of what it depends on.
pub fn rewritten(
    text: &str,
    revision: &Revision,
    (parents, renamed): (&[RevisionId], &Renamed),
) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    for reference in &revision.depends_on {
        if let Some(id) = renamed.get(&reference.name) {
            replace(&mut lines, reference, id.as_str());
        }
    }
    let ids: Vec<&str> = parents.iter().map(RevisionId::as_str).collect();
    set_parents(&mut lines, &revision.revises, &ids.join(","));
    lines.concat()
}

fn set_parents(lines: &mut Vec<String>, revises: &Revises, parents: &str) {
    match revises {
        Revises::Listed(references) => {
            let (Some(first), Some(last)) = (references.first(), references.last()) else {
                return;
            };
            // From the first name to the end of the last: they stand in one value.
            let Some(line) = line_of(lines, first) else {
                return;
            };
            let start = byte_at(line, first.place.column);
            let end = byte_at(line, last.place.column) + last.name.len();
            if first.place.line == last.place.line && line.is_char_boundary(end) {
                line.replace_range(start..end, parents);
            }
        }
        Revises::Base => {
            let directive = lines.iter_mut().find(|line| line.contains("revises=base"));
            if let Some(line) = directive {
                *line = line.replacen("revises=base", &format!("revises={parents}"), 1);
            }
        }
        Revises::Previous => {
            let directive = format!("-- migrate: revises={parents}\n");
            let after_message = lines
                .first()
                .is_some_and(|line| line.starts_with("--") && line.ends_with('\n'));
            lines.insert(usize::from(after_message), directive);
        }
    }
}

fn replace(lines: &mut [String], reference: &Reference, by: &str) {
    let Some(line) = line_of(lines, reference) else {
        return;
    };
    let start = byte_at(line, reference.place.column);
    line.replace_range(start..start + reference.name.len(), by);
}

fn line_of<'a>(lines: &'a mut [String], reference: &Reference) -> Option<&'a mut String> {
    lines.get_mut(reference.place.line.checked_sub(1)?)
}

/// The byte of the character at a column, which begins at 1.
fn byte_at(line: &str, column: usize) -> usize {
    let mut characters = line.char_indices();
    characters
        .nth(column.saturating_sub(1))
        .map_or(line.len(), |(at, _)| at)
}

/// The path with the new id in the place of the old: of the file, or of diesel's folder around it.
pub fn moved(path: &Path, id: &RevisionId, new: &RevisionId) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    if let Some(renamed) = with_id(name, id, new) {
        return Some(path.with_file_name(renamed));
    }
    let folder = path.parent()?;
    let renamed = with_id(folder.file_name()?.to_str()?, id, new)?;
    Some(folder.with_file_name(renamed).join(name))
}

fn with_id(name: &str, id: &RevisionId, new: &RevisionId) -> Option<String> {
    let (prefix, rest) = match name.strip_prefix('V') {
        Some(rest) => ("V", rest),
        None => ("", name),
    };
    let (spelled, rest) = rest.split_once('_')?;
    let plain: String = spelled.chars().filter(|&c| c != '-').collect();
    (plain == id.as_str()).then(|| format!("{prefix}{new}_{rest}"))
}

#[cfg(test)]
mod tests {
    use build_support::source::{File, load};

    use super::*;

    fn revision(text: &str) -> Revision {
        let file = File {
            path: "5_x.up.sql".to_owned(),
            root: PathBuf::from("migrations"),
            bytes: text.as_bytes().to_vec().into(),
        };
        load(vec![file]).expect("a sound file").revisions.remove(0)
    }

    fn id(text: &str) -> RevisionId {
        text.parse().expect("an id")
    }

    fn rebased(text: &str) -> String {
        let renamed = Renamed::from([("4".to_owned(), id("40"))]);
        rewritten(text, &revision(text), (&[id("30")], &renamed))
    }

    #[test]
    fn parents_and_dependencies_are_replaced_where_they_stand() {
        let text =
            "-- Add x.\n-- migrate: revises=1,2  label=x\n-- migrate: depends-on=4\nSELECT 1;\n";
        let new =
            "-- Add x.\n-- migrate: revises=30  label=x\n-- migrate: depends-on=40\nSELECT 1;\n";
        assert_eq!(rebased(text), new);
    }

    #[test]
    fn a_file_without_parents_gets_a_directive_below_its_message() {
        assert_eq!(
            rebased("-- Add x.\nSELECT 1;\n"),
            "-- Add x.\n-- migrate: revises=30\nSELECT 1;\n"
        );
        assert_eq!(
            rebased("SELECT 1;\n"),
            "-- migrate: revises=30\nSELECT 1;\n"
        );
        assert_eq!(
            rebased("-- migrate: revises=base\nSELECT 1;"),
            "-- migrate: revises=30\nSELECT 1;"
        );
    }

    #[test]
    fn paths_of_all_layouts_take_the_new_id() {
        let at = |path: &str, old: &str| moved(Path::new(path), &id(old), &id("9"));
        assert_eq!(at("m/5_x.up.sql", "5"), Some(PathBuf::from("m/9_x.up.sql")));
        assert_eq!(at("m/V5__x.sql", "5"), Some(PathBuf::from("m/V9__x.sql")));
        let diesel = at("m/2026-11-22-201530_x/up.sql", "20261122201530");
        assert_eq!(diesel, Some(PathBuf::from("m/9_x/up.sql")));
        assert_eq!(at("m/x.sql", "5"), None);
    }
}
