//! The name of the operating system's user, from the system's own files.

/// Finds the effective user's name without a variable and without a foreign function: the owner of
/// `/proc/self`, looked up in `/etc/passwd`. `None` where the system has neither.
#[cfg(unix)]
pub(super) fn system_user() -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;

    let id = std::fs::metadata("/proc/self").ok()?.uid();
    name_in(&std::fs::read_to_string("/etc/passwd").ok()?, id)
}

/// Other systems tell it by variables only.
#[cfg(not(unix))]
pub(super) fn system_user() -> Option<String> {
    None
}

#[cfg(unix)]
fn name_in(passwd: &str, id: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let found = fields.nth(1)?.parse::<u32>().ok()?;
        (found == id).then(|| name.to_owned())
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_by_number() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\n# note\napp:x:1000:1000::/home/app:/bin/sh\n";
        assert_eq!(name_in(passwd, 1000).as_deref(), Some("app"));
        assert_eq!(name_in(passwd, 1), None);
    }
}
