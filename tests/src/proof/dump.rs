//! A schema dump as a sorted set of objects, and how two of them compare.
//!
//! The text is `pg_dump --schema-only --no-owner`. Column order is a class of its own: PostgreSQL
//! can only append a column, so some orders can't be restored without a new table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The objects of one dump, by their heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dump {
    objects: BTreeMap<String, String>,
}

/// How close two dumps are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Equality {
    /// Every object has the same text.
    Exact,
    /// The named objects hold the same lines in another order.
    ColumnOrder(Vec<String>),
    /// The named objects differ in the names of the constraints that refuse null, which an inherited
    /// column keeps since PostgreSQL 18.
    NotNullNames(Vec<String>),
    /// The text says what differs, one `-` or `+` line a piece.
    Different(String),
}

impl Dump {
    /// Cuts the text of a dump at its headings.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut objects: BTreeMap<String, String> = BTreeMap::new();
        let mut heading = String::new();
        for line in text.lines() {
            if let Some(found) = heading_of(line) {
                heading = found;
                objects.entry(heading.clone()).or_default();
            } else if !heading.is_empty() && !is_noise(line) {
                let body = objects.entry(heading.clone()).or_default();
                body.push_str(line);
                body.push('\n');
            }
        }
        for body in objects.values_mut() {
            *body = body.trim_matches('\n').trim_end().to_owned();
        }
        Self { objects }
    }

    /// Whether the dump holds no object.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// How many objects the dump holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// The dump in which no table declares a column that it inherits: with the default apart, as that
    /// of a column that is only inherited.
    #[must_use]
    pub fn without_declarations(&self) -> Self {
        let mut plain = self.clone();
        for (heading, body) in &self.objects {
            let (Some((table, rest)), true) =
                (heading.split_once("; "), body.contains("\nINHERITS ("))
            else {
                continue;
            };
            let schema = rest
                .rsplit_once("Schema: ")
                .map_or("", |(_, schema)| schema);
            let is_column = |line: &&str| line.starts_with("    ") && !line.contains("CONSTRAINT ");
            let (columns, others): (Vec<&str>, Vec<&str>) = body.lines().partition(is_column);
            plain.objects.insert(heading.clone(), others.join("\n"));
            for column in columns {
                let column = column.trim().trim_end_matches(',');
                let name = column.split(' ').next().unwrap_or_default();
                let Some((_, default)) = column.split_once(" DEFAULT ") else {
                    continue;
                };
                let default = default.trim_end_matches(" NOT NULL");
                let apart = format!("{table} {name}; Type: DEFAULT; Schema: {schema}");
                let sql = format!(
                    "ALTER TABLE ONLY {schema}.{table} ALTER COLUMN {name} SET DEFAULT {default};"
                );
                plain.objects.insert(apart, sql);
            }
        }
        plain
    }

    /// Compares this dump, the truth, with what was reached.
    #[must_use]
    pub fn compare(&self, reached: &Self) -> Equality {
        let (mut reordered, mut renamed) = (Vec::new(), Vec::new());
        let mut text = String::new();
        for (heading, wanted) in &self.objects {
            match reached.objects.get(heading) {
                None => line(&mut text, '-', heading, wanted),
                Some(found) if found == wanted => {}
                Some(found)
                    if holds_columns(heading) && same_lines(wanted, found)
                        || returns_list(heading, wanted)
                            && same_lines(&listed(wanted), &listed(found)) =>
                {
                    reordered.push(heading.clone());
                }
                Some(found)
                    if holds_columns(heading)
                        && same_lines(&without_names(wanted), &without_names(found)) =>
                {
                    renamed.push(heading.clone());
                }
                Some(found) => differing_lines(&mut text, heading, wanted, found),
            }
        }
        for (heading, found) in &reached.objects {
            if !self.objects.contains_key(heading) {
                line(&mut text, '+', heading, found);
            }
        }
        if !text.is_empty() {
            Equality::Different(text)
        } else if !renamed.is_empty() {
            Equality::NotNullNames(renamed)
        } else if !reordered.is_empty() {
            Equality::ColumnOrder(reordered)
        } else {
            Equality::Exact
        }
    }
}

fn heading_of(line: &str) -> Option<String> {
    let rest = line.strip_prefix("-- Name: ")?;
    rest.contains("; Type: ")
        .then(|| rest.split("; Owner: ").next().unwrap_or(rest).to_owned())
}

/// Lines that depend on the run or on the order of the objects, not on an object.
fn is_noise(line: &str) -> bool {
    line == "--"
        || line.starts_with("SET default_t")
        || line.starts_with("\\restrict")
        || line.starts_with("\\unrestrict")
        || line.starts_with("-- PostgreSQL database dump")
}

fn holds_columns(heading: &str) -> bool {
    [" Type: TABLE;", " Type: FOREIGN TABLE;", " Type: TYPE;"]
        .iter()
        .any(|t| heading.contains(t))
}

/// Whether it is a function that returns a list, which may be in the order of a table's columns.
fn returns_list(heading: &str, text: &str) -> bool {
    heading.contains(" Type: FUNCTION;") && text.contains(" BEGIN ATOMIC\n")
}

/// The text with each piece of a list on a line of its own.
fn listed(text: &str) -> String {
    let text = text.replace(" SELECT ", " SELECT\n");
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

/// The text without the names of the constraints that refuse null.
fn without_names(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| match line.split_once(" CONSTRAINT ") {
            Some((column, rest)) if rest.trim_end_matches(',').ends_with(" NOT NULL") => {
                format!("{column} NOT NULL")
            }
            _ => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

fn same_lines(left: &str, right: &str) -> bool {
    sorted_lines(left) == sorted_lines(right)
}

fn sorted_lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text
        .lines()
        .map(|line| line.trim_end_matches(','))
        .collect();
    lines.sort_unstable();
    lines
}

fn line(text: &mut String, sign: char, heading: &str, body: &str) {
    let first = body
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let _ = writeln!(text, "{sign} [{heading}] {first}");
}

fn differing_lines(text: &mut String, heading: &str, wanted: &str, found: &str) {
    let _ = writeln!(text, "~ [{heading}]");
    let (wanted, found) = (sorted_lines(wanted), sorted_lines(found));
    for line in wanted.iter().filter(|line| !found.contains(line)) {
        let _ = writeln!(text, "  - {}", line.trim());
    }
    for line in found.iter().filter(|line| !wanted.contains(line)) {
        let _ = writeln!(text, "  + {}", line.trim());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dump(body: &str) -> Dump {
        Dump::parse(&format!(
            "-- Name: t; Type: TABLE; Schema: s; Owner: -\n--\n\n{body}\n"
        ))
    }

    #[test]
    fn equal_objects_are_exact_whatever_stands_between() {
        let other = Dump::parse(
            "\\restrict abc\n-- Name: t; Type: TABLE; Schema: s; Owner: x\n--\nSET default_tablespace = '';\nCREATE TABLE s.t (\n    a int\n);\n",
        );
        assert_eq!(
            dump("CREATE TABLE s.t (\n    a int\n);").compare(&other),
            Equality::Exact
        );
    }

    #[test]
    fn columns_in_another_order_are_their_own_class() {
        let wanted = dump("CREATE TABLE s.t (\n    a int,\n    b int\n);");
        let found = dump("CREATE TABLE s.t (\n    b int,\n    a int\n);");
        let order = Equality::ColumnOrder(vec!["t; Type: TABLE; Schema: s".to_owned()]);
        assert_eq!(wanted.compare(&found), order);
    }

    #[test]
    fn names_of_constraints_that_refuse_null_are_their_own_class() {
        let wanted = dump("CREATE TABLE s.t (\n    a int CONSTRAINT n NOT NULL,\n    b int\n);");
        let found = dump("CREATE TABLE s.t (\n    a int NOT NULL,\n    b int\n);");
        let names = Equality::NotNullNames(vec!["t; Type: TABLE; Schema: s".to_owned()]);
        assert_eq!(wanted.compare(&found), names);
        let other = dump("CREATE TABLE s.t (\n    a int,\n    b int\n);");
        assert!(matches!(wanted.compare(&other), Equality::Different(_)));
    }

    #[test]
    fn the_columns_of_a_function_follow_those_of_its_table() {
        let function = |columns: &str| {
            Dump::parse(&format!(
                "-- Name: f(); Type: FUNCTION; Schema: s; Owner: -\n--\n\nCREATE FUNCTION s.f() RETURNS SETOF s.t\n    LANGUAGE sql\n    BEGIN ATOMIC\n SELECT {columns}\n    FROM s.t;\nEND;\n"
            ))
        };
        let wanted = function("t.id,\n    t.a,\n    t.b");
        let order = Equality::ColumnOrder(vec!["f(); Type: FUNCTION; Schema: s".to_owned()]);
        assert_eq!(wanted.compare(&function("t.b,\n    t.id,\n    t.a")), order);
    }

    #[test]
    fn declared_columns_are_made_inherited_ones() {
        let child = "-- Name: c; Type: TABLE; Schema: s; Owner: -\n--\n\nCREATE TABLE s.c (\n    own integer NOT NULL";
        let declared = format!("{child},\n    a text DEFAULT 'x'::text\n)\nINHERITS (s.b);\n");
        let apart = format!(
            "{child}\n)\nINHERITS (s.b);\n-- Name: c a; Type: DEFAULT; Schema: s; Owner: -\n--\n\nALTER TABLE ONLY s.c ALTER COLUMN a SET DEFAULT 'x'::text;\n"
        );
        let plain = |text: &str| Dump::parse(text).without_declarations();
        assert_ne!(Dump::parse(&declared), Dump::parse(&apart));
        assert_eq!(plain(&declared), plain(&apart));
        assert_ne!(plain(&declared), plain(&apart.replace("'x'", "'y'")));
    }

    #[test]
    fn a_difference_names_the_object_and_both_lines() {
        let wanted = dump("CREATE TABLE s.t (\n    a int\n);");
        let found = dump("CREATE TABLE s.t (\n    a text\n);");
        let text = "~ [t; Type: TABLE; Schema: s]\n  - a int\n  + a text\n".to_owned();
        assert_eq!(wanted.compare(&found), Equality::Different(text));
    }

    #[test]
    fn missing_and_extra_objects_are_signed() {
        let text = "- [t; Type: TABLE; Schema: s] CREATE TABLE s.t ();\n".to_owned();
        let wanted = dump("CREATE TABLE s.t ();");
        assert_eq!(wanted.compare(&Dump::parse("")), Equality::Different(text));
        let text = "+ [t; Type: TABLE; Schema: s] CREATE TABLE s.t ();\n".to_owned();
        assert_eq!(Dump::parse("").compare(&wanted), Equality::Different(text));
    }
}
