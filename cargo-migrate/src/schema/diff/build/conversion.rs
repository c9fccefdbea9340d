//! How values of one type become values of another, and what is lost on the way.

use crate::schema::hazard::Hazard;
use crate::schema::model::ObjectId;

/// How values of one type become values of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conversion {
    /// PostgreSQL converts on assignment.
    Implicit {
        /// Whether it writes the table anew.
        rewrites: bool,
    },
    /// A cast must be asked for.
    Explicit,
    /// A value becomes the only element of an array.
    Wrapped,
    /// There is no cast but over text.
    ThroughText,
}

impl Conversion {
    pub(super) fn between(old: &str, new: &str) -> Self {
        let (a, b) = (base(old), base(new));
        let textual = |t: &str| matches!(t, "text" | "character varying" | "character");
        let numeric = |t: &str| {
            matches!(
                t,
                "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision"
            )
        };
        if let (Some(element), false) = (new.strip_suffix("[]"), is_array(old)) {
            return match Self::between(old, element) {
                Conversion::Implicit { .. } => Conversion::Wrapped,
                _ => Conversion::ThroughText,
            };
        }
        if is_array(old) && !is_array(new) {
            return Conversion::ThroughText;
        }
        if a == b || (textual(a) && textual(b)) {
            return Conversion::Implicit {
                rewrites: !widens(old, new),
            };
        }
        if textual(b) && !old.ends_with("[]") {
            return Conversion::Implicit { rewrites: true };
        }
        if numeric(a) && numeric(b)
            || a.starts_with("timestamp") && b.starts_with("timestamp")
            || a == "date" && b.starts_with("timestamp")
            || a.starts_with("timestamp") && b == "date"
        {
            return Conversion::Implicit { rewrites: true };
        }
        if has_cast(a, b) && !is_array(old) && !is_array(new) && !loses_zone(old, new) {
            return Conversion::Explicit;
        }
        Conversion::ThroughText
    }
}

/// Whether PostgreSQL has a cast that must be asked for; over text every value can be tried.
fn has_cast(old: &str, new: &str) -> bool {
    let textual = |t: &str| matches!(t, "text" | "character varying" | "character");
    let stamp = |t: &str| t.starts_with("timestamp");
    textual(old)
        || (stamp(old) || is_time(old)) && is_time(new)
        || matches!((old, new), ("integer", "boolean") | ("boolean", "integer"))
        || matches!((old, new), ("json", "jsonb") | ("jsonb", "json"))
        || matches!(
            (old, new),
            (
                "jsonb",
                "boolean"
                    | "smallint"
                    | "integer"
                    | "bigint"
                    | "numeric"
                    | "real"
                    | "double precision"
            )
        )
}

/// A time zone can't be made up.
fn loses_zone(old: &str, new: &str) -> bool {
    old.starts_with("timestamp")
        && old.ends_with("without time zone")
        && is_time(base(new))
        && new.ends_with("with time zone")
}

fn is_time(base: &str) -> bool {
    base == "time" || base.starts_with("time ")
}

pub(super) fn is_array(data_type: &str) -> bool {
    data_type.ends_with("[]")
}

/// A type without its length and array marks.
fn base(data_type: &str) -> &str {
    data_type
        .split(['(', '['])
        .next()
        .unwrap_or(data_type)
        .trim()
}

fn lengths(data_type: &str) -> Option<Vec<i64>> {
    let (_, rest) = data_type.split_once('(')?;
    let (inside, _) = rest.split_once(')')?;
    Some(
        inside
            .split(',')
            .filter_map(|n| n.trim().parse().ok())
            .collect(),
    )
}

/// Whether every value of one type fits another of the same family without a look at the rows.
fn widens(old: &str, new: &str) -> bool {
    if base(new) == "character" || base(old) == "character" {
        return false;
    }
    match (lengths(old), lengths(new)) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(a), Some(b)) => a.len() == b.len() && a.first() <= b.first() && a.get(1) == b.get(1),
    }
}

/// The hazards of values that may not fit: PostgreSQL refuses where no cast is asked for, and cuts
/// or rounds where one is.
pub(super) fn narrowing(
    id: &ObjectId,
    old: &str,
    new: &str,
    conversion: Conversion,
) -> Vec<Hazard> {
    match conversion {
        Conversion::Implicit { .. } => {
            if rounds(old, new) {
                vec![Hazard::loss(format!(
                    "digits of `{id}` that {new} doesn't hold"
                ))]
            } else if fits(old, new) {
                Vec::new()
            } else {
                vec![Hazard::may_fail(format!(
                    "a value of `{id}` doesn't fit {new}"
                ))]
            }
        }
        Conversion::Wrapped => Vec::new(),
        Conversion::Explicit if cuts(old, new) => {
            vec![
                Hazard::loss(format!("what {new} doesn't hold of `{id}`")),
                Hazard::may_fail(format!("a value of `{id}` is no {new}")),
            ]
        }
        Conversion::Explicit | Conversion::ThroughText => {
            vec![Hazard::may_fail(format!("a value of `{id}` is no {new}"))]
        }
    }
}

fn fits(old: &str, new: &str) -> bool {
    let rank = |t: &str| match base(t) {
        "smallint" => 1,
        "integer" => 2,
        "bigint" => 3,
        "numeric" if lengths(t).is_none() => 4,
        _ => 0,
    };
    let textual = |t: &str| matches!(base(t), "text" | "character varying") && lengths(t).is_none();
    textual(new)
        || (rank(old) > 0 && rank(new) >= rank(old))
        || (base(old) == base(new) && widens(old, new))
}

/// Whether assignment rounds silently: fractions to whole numbers, times to dates, fewer digits.
fn rounds(old: &str, new: &str) -> bool {
    let whole = |t: &str| matches!(base(t), "smallint" | "integer" | "bigint");
    let fraction = |t: &str| matches!(base(t), "numeric" | "real" | "double precision");
    let scale = |t: &str| lengths(t).and_then(|l| l.get(1).copied());
    (fraction(old) && whole(new))
        || (base(old).starts_with("timestamp") && base(new) == "date")
        || (base(old) == "double precision" && base(new) == "real")
        || (base(old) == "numeric"
            && base(new) == "numeric"
            && lengths(new).is_some()
            && scale(new) < scale(old).or(Some(i64::MAX)))
        || (base(old).starts_with("timestamp")
            && base(new) == base(old)
            && lengths(new).is_some()
            && lengths(new) < lengths(old).or(Some(vec![6])))
}

/// Whether a cast that is asked for loses a part without an error.
fn cuts(old: &str, new: &str) -> bool {
    matches!(base(new), "boolean")
        || lengths(new).is_some() && !matches!(base(old), "uuid")
        || base(old) == "jsonb" && base(new) != "json"
        || base(old) == "json" && base(new) == "jsonb"
        || base(old).starts_with("timestamp") && base(new).starts_with("time ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_varchar_needs_no_rewrite() {
        assert!(widens("character varying(10)", "character varying(20)"));
        assert!(widens("character varying(10)", "text"));
        assert!(!widens("character varying(20)", "character varying(10)"));
        assert!(!widens("numeric(10,2)", "numeric(12,3)"));
        assert!(widens("numeric(10,2)", "numeric(12,2)"));
    }

    #[test]
    fn whole_numbers_fit_into_wider_ones() {
        assert!(fits("integer", "bigint"));
        assert!(!fits("bigint", "integer"));
        assert!(rounds("numeric(10,2)", "integer"));
        assert!(rounds("timestamp with time zone", "date"));
    }
}
