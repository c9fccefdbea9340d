//! Which of several servers will do: `target_session_attrs` and the order of hosts.

use std::hash::{BuildHasher as _, RandomState};

use tokio_postgres::{SimpleQueryMessage, SimpleQueryRow};

use super::modes::{LoadBalanceHosts, TargetSessionAttrs};

/// Asks whether the server is a standby, and whether it takes writes by default.
pub(super) const QUESTION: &str = "SELECT pg_catalog.pg_is_in_recovery()::text, \
                                   pg_catalog.current_setting('transaction_read_only')";

/// What a server's answer means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It will do.
    Fits,
    /// It will not, for this reason.
    Unfit(&'static str),
}

/// What to look for in one round over all hosts, and then in the next.
pub(super) fn passes(wanted: TargetSessionAttrs) -> &'static [TargetSessionAttrs] {
    use TargetSessionAttrs::{Any, PreferStandby, Primary, ReadOnly, ReadWrite, Standby};
    match wanted {
        Any => &[Any],
        ReadWrite => &[ReadWrite],
        ReadOnly => &[ReadOnly],
        Primary => &[Primary],
        Standby => &[Standby],
        PreferStandby => &[Standby, Any],
    }
}

/// Compares the answer to [`QUESTION`] with what is wanted.
pub(super) fn judge(wanted: TargetSessionAttrs, answer: &[String]) -> Verdict {
    let is = |index: usize, text: &str| answer.get(index).is_some_and(|value| value == text);
    let standby = is(0, "true");
    let read_only = is(1, "on");
    match wanted {
        TargetSessionAttrs::ReadWrite if read_only => Verdict::Unfit("the session is read-only"),
        TargetSessionAttrs::ReadOnly if !read_only => {
            Verdict::Unfit("the session is not read-only")
        }
        TargetSessionAttrs::Primary if standby => Verdict::Unfit("the server is a standby"),
        TargetSessionAttrs::Standby | TargetSessionAttrs::PreferStandby if !standby => {
            Verdict::Unfit("the server is not a standby")
        }
        TargetSessionAttrs::Any
        | TargetSessionAttrs::ReadWrite
        | TargetSessionAttrs::ReadOnly
        | TargetSessionAttrs::Primary
        | TargetSessionAttrs::Standby
        | TargetSessionAttrs::PreferStandby => Verdict::Fits,
    }
}

/// Takes the columns out of the answer to [`QUESTION`].
pub(super) fn facts(messages: &[SimpleQueryMessage]) -> Vec<String> {
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let columns = row.map_or(0, SimpleQueryRow::len);
    let text = |index| {
        row.and_then(|row| row.get(index))
            .unwrap_or_default()
            .to_owned()
    };
    (0..columns).map(text).collect()
}

/// Puts the hosts in the order in which they are tried.
pub(super) fn ordered<T>(balance: LoadBalanceHosts, mut hosts: Vec<T>) -> Vec<T> {
    match balance {
        LoadBalanceHosts::Disable => hosts,
        LoadBalanceHosts::Random => {
            // A hasher's random keys are randomness enough to spread load.
            let random = RandomState::new();
            let mut keyed: Vec<_> = hosts
                .drain(..)
                .enumerate()
                .map(|(index, host)| (random.hash_one(index), host))
                .collect();
            keyed.sort_by_key(|(key, _)| *key);
            keyed.into_iter().map(|(_, host)| host).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wish_is_judged_by_recovery_and_read_only() {
        use TargetSessionAttrs::{Any, Primary, ReadOnly, ReadWrite, Standby};
        let primary = ["false", "off"];
        let frozen = ["false", "on"];
        let standby = ["true", "on"];
        for (wanted, fits) in [
            (Any, [true, true, true]),
            (ReadWrite, [true, false, false]),
            (ReadOnly, [false, true, true]),
            (Primary, [true, true, false]),
            (Standby, [false, false, true]),
        ] {
            let verdicts = [primary, frozen, standby]
                .map(|answer| judge(wanted, &answer.map(str::to_owned)) == Verdict::Fits);
            assert_eq!(verdicts, fits, "{wanted}");
        }
    }

    #[test]
    fn a_random_order_keeps_every_host() {
        let mut hosts = ordered(LoadBalanceHosts::Random, vec![1, 2, 3, 4]);
        hosts.sort_unstable();
        assert_eq!(hosts, [1, 2, 3, 4]);
        assert_eq!(ordered(LoadBalanceHosts::Disable, vec![2, 1]), [2, 1]);
    }
}
