//! The line `-- migrate: batch` and what it may say of the pace.

use super::{
    DirectiveError,
    line::{Item, Value},
    parse_duration,
};
use crate::{revision::Pace, suggest::nearest};

/// What may stand behind `batch`, and what each takes.
const OPTIONS: [(&str, &str); 6] = [
    ("rows", "how many rows the first batch has, such as `1000`"),
    ("time", "a number with its unit, such as `500ms`"),
    ("pause", "a number with its unit, such as `100ms`"),
    ("max-lag", "a number with its unit, such as `10s`"),
    ("key", "the columns of a unique index, such as `tenant,id`"),
    ("when", "a condition in quotes"),
];

/// Reads one of them.
pub(super) fn read(pace: &mut Pace, item: &Item<'_>) -> Result<(), DirectiveError> {
    let key = item.key.to_owned();
    let Some((name, expected)) = OPTIONS.into_iter().find(|(name, _)| *name == key) else {
        let nearest = nearest(&key, OPTIONS.into_iter().map(|(name, _)| name));
        return Err(DirectiveError::UnknownBatchKey { key, nearest });
    };
    let value = match &item.value {
        Value::Absent => return Err(DirectiveError::NoBatchValue { key }),
        Value::Unclosed => return Err(DirectiveError::Unclosed { key }),
        Value::Bare(value) => (*value).to_owned(),
        Value::Quoted(value) => value.clone(),
    };
    match set(pace, name, value.trim()) {
        Some(()) => Ok(()),
        None => Err(DirectiveError::Value {
            key,
            value,
            expected,
        }),
    }
}

fn set(pace: &mut Pace, name: &str, value: &str) -> Option<()> {
    match name {
        "rows" => pace.rows = Some(value.parse().ok().filter(|&rows: &u64| rows > 0)?),
        "time" => {
            pace.time = Some(parse_duration(value).filter(|time| !time.is_zero())?);
        }
        "pause" => pace.pause = parse_duration(value)?,
        "max-lag" => pace.max_lag = Some(parse_duration(value)?),
        "key" => {
            let columns = value.split(',').map(|column| column.trim().to_owned());
            pace.key = columns.collect();
            pace.key
                .iter()
                .all(|column| !column.is_empty())
                .then_some(())?;
        }
        _ => pace.when = Some(value.to_owned()).filter(|text| !text.is_empty()),
    }
    Some(())
}

/// The names of all of them.
pub(super) fn names() -> Vec<&'static str> {
    OPTIONS.into_iter().map(|(name, _)| name).collect()
}
