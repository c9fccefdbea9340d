//! The texts of a squashed revision: the data statements of what it replaces, and their scripts one
//! after the other.

use build_support::{
    Place,
    graph::{Graph, Node},
    revision::{Revision, RevisionId, Script, TextError},
    sql::{changed_settings, significant},
};

/// A statement of a replaced revision that may change rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataStatement {
    /// The revision.
    pub revision: RevisionId,
    /// Where it stands.
    pub place: Place,
    /// Its text.
    pub sql: String,
    /// Whether only running it shows what it does: DO, CALL, SELECT.
    pub opaque: bool,
}

/// How the data statements came along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// With their scripts.
    Replayed,
    /// As they are, after the schema.
    Verbatim,
    /// As the rows that they leave on an empty database.
    Rows,
}

impl Carried {
    /// The word for messages and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Replayed => "replayed",
            Self::Verbatim => "verbatim",
            Self::Rows => "rows",
        }
    }
}

/// The statements of the revisions that may change rows, in order.
///
/// # Errors
/// A file that is not what it was when it was loaded.
pub fn data_statements(graph: &Graph, nodes: &[Node]) -> Result<Vec<DataStatement>, TextError> {
    let mut found = Vec::new();
    for &node in nodes {
        let revision = graph.revision(node);
        let script = &revision.up;
        let text = script.text.whole()?;
        let statement = |range: &std::ops::Range<usize>| {
            let sql = &text[range.clone()];
            Some(DataStatement {
                revision: revision.id.clone(),
                place: Place::at(&script.path, text, range.start),
                sql: sql.to_owned(),
                opaque: is_opaque(sql)?,
            })
        };
        found.extend(script.statements.iter().filter_map(statement));
    }
    Ok(found)
}

/// `None` for what changes no rows.
fn is_opaque(sql: &str) -> Option<bool> {
    const PLAIN: [&str; 7] = [
        "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY", "WITH",
    ];
    const OPAQUE: [&str; 5] = ["DO", "CALL", "SELECT", "VALUES", "EXECUTE"];
    let first = significant(sql).first().map(|token| &sql[token.range()])?;
    let is = |words: &[&str]| words.iter().any(|word| first.eq_ignore_ascii_case(word));
    match (is(&PLAIN), is(&OPAQUE)) {
        (true, _) => Some(false),
        (false, true) => Some(true),
        (false, false) => None,
    }
}

/// The up scripts one after the other, each below its name, without their heads.
///
/// # Errors
/// A file that is not what it was when it was loaded.
pub(super) fn replayed(graph: &Graph, nodes: &[Node]) -> Result<String, TextError> {
    let one = |&node: &Node| {
        let Revision { id, slug, up, .. } = graph.revision(node);
        Ok(format!("-- {id} {slug}\n{}\n", bare(up)?))
    };
    let texts: Vec<String> = nodes.iter().map(one).collect::<Result<_, TextError>>()?;
    Ok(texts.join("\n"))
}

/// A script without directives, each statement ended, and its settings put back: the next one shall
/// not see them.
fn bare(script: &Script) -> Result<String, TextError> {
    let text = script.text.whole()?;
    let (Some(first), Some(last)) = (script.statements.first(), script.statements.last()) else {
        return Ok(String::new());
    };
    let (head, rest) = (&text[..first.start], &text[last.end..]);
    let is_mark = |line: &&str| {
        let line = line.trim_start_matches(['-', ' ']);
        (line.starts_with("migrate:") && !line.contains("batch"))
            || line.starts_with("no-transaction")
    };
    let mut bare: String = head
        .lines()
        .filter(|line| !is_mark(line))
        .map(|line| format!("{line}\n"))
        .collect();
    bare = bare.trim_start().to_owned();
    bare.push_str(&text[first.start..last.end]);
    match rest.trim_start().strip_prefix(';') {
        Some(after) => bare.push_str(&format!(";{after}")),
        None => bare.push_str(&format!("\n;{rest}")),
    }
    let mut bare = format!("{}\n", bare.trim_end());
    for reset in resets(text) {
        bare.push_str(&format!("{reset};\n"));
    }
    Ok(bare)
}

fn resets(text: &str) -> Vec<String> {
    let changed = changed_settings(text);
    if changed.others {
        return vec!["RESET ALL".to_owned()];
    }
    let reset = |name: &String| match name.as_str() {
        "session_authorization" => "RESET SESSION AUTHORIZATION".to_owned(),
        name => format!("RESET {name}"),
    };
    changed.names.iter().map(reset).collect()
}
