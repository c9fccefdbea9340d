//! Defaults that are one number in two spellings: `5` and `5.0`.

use crate::schema::model::{Body, Kind, ObjectId, Snapshot};

/// Whether a default gives the same value on both sides though its text differs.
pub(crate) fn is_same(from: &Snapshot, to: &Snapshot, default: &ObjectId) -> bool {
    if default.kind != Kind::Default {
        return false;
    }
    let column = default.with_kind(Kind::Column);
    let number = |snapshot: &Snapshot| -> Option<String> {
        // A text would keep the zeros.
        let data_type = &snapshot.column(&column)?.data_type;
        let name = data_type.split('(').next()?;
        match snapshot.objects.get(default)? {
            Body::Default(default) if holds_fractions(name) => canonical(&default.expression),
            _ => None,
        }
    };
    number(from).is_some_and(|old| Some(old) == number(to))
}

fn holds_fractions(data_type: &str) -> bool {
    matches!(data_type, "numeric" | "real" | "double precision")
}

/// A number without the zeros that change nothing.
fn canonical(expression: &str) -> Option<String> {
    let (whole, fraction) = expression.split_once('.').unwrap_or((expression, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let (whole, fraction) = (
        whole.trim_start_matches('0'),
        fraction.trim_end_matches('0'),
    );
    Some(format!("{whole}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_behind_the_point_change_nothing() {
        assert_eq!(canonical("5"), canonical("5.00"));
        assert_eq!(canonical("0.5"), canonical("00.50"));
        assert_ne!(canonical("5"), canonical("50"));
        assert_ne!(canonical("5"), canonical("7"));
        assert_eq!(canonical("5 + 1"), None);
        assert_eq!(canonical(".5"), None);
        assert_eq!(canonical("now()"), None);
    }
}
