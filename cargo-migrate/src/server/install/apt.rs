//! Debian's and Ubuntu's package of the server, without the system server that it would set up.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::server::account;
use crate::server::environment::Environment;
use crate::server::install_error::InstallError;
use crate::server::template::tail;

/// Installs `postgresql` while a setting of `postgresql-common` says that no cluster be made.
const SCRIPT: &str = include_str!("apt.sh");

/// `apt-get`, with the rights to use it.
pub(super) struct Apt {
    environment: Environment,
    /// Where we are not root ourselves.
    sudo: Option<PathBuf>,
}

impl Apt {
    /// Gives it where it is there, may be used without a password, and could help at all.
    pub(super) fn usable(environment: &Environment) -> Option<Self> {
        // What the system's packages put in place would not be looked for.
        if environment.raw("MIGRATE_PG_SEARCH").is_some() {
            return None;
        }
        environment.program("apt-get")?;
        let environment = environment.clone();
        if account::own_ids().0 == 0 {
            return Some(Self {
                environment,
                sudo: None,
            });
        }
        let sudo = environment.program("sudo")?;
        let mut asked = Command::new(&sudo);
        asked
            .args(["-n", "true"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let allowed = asked.status().is_ok_and(|status| status.success());
        allowed.then_some(Self {
            environment,
            sudo: Some(sudo),
        })
    }

    /// Runs it to its end.
    pub(super) fn install(&self) -> Result<(), InstallError> {
        let mut command = match &self.sudo {
            None => Command::new("/bin/sh"),
            Some(sudo) => {
                let mut command = Command::new(sudo);
                command.args(["-n", "/bin/sh"]);
                command
            }
        };
        command
            .arg("-c")
            .arg(SCRIPT)
            .env_clear()
            .envs(self.environment.variables());
        let failed = |reason: String| InstallError::Client {
            client: "apt-get",
            reason,
        };
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(|error| failed(error.to_string()))?;
        if output.status.success() {
            return Ok(());
        }
        Err(failed(tail(&String::from_utf8_lossy(&output.stderr), 3)))
    }
}
