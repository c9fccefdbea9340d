//! `db shell`: `psql` in the target database.

use std::{
    path::PathBuf,
    process::Command,
    sync::{Arc, atomic::AtomicBool},
};

use build_support::Exit;
use clap::Args;

use crate::{
    context::{Address, Context},
    failure::{Failure, Outcome},
    server::Binaries,
};

/// What `psql` is given.
#[derive(Debug, Clone, Args)]
pub struct ShellArgs {
    /// Arguments for `psql`, after `--`
    #[arg(last = true, value_name = "ARGUMENT")]
    pub arguments: Vec<String>,
}

/// Runs `psql` and waits for its end.
pub(super) fn run(args: &ShellArgs, context: &Context) -> Outcome {
    let local = matches!(context.address()?, Address::Local);
    let settings = context.settings()?;
    let mut command = Command::new(psql(context)?);
    command
        .env_clear()
        .envs(&context.environment.variables)
        .current_dir(&context.environment.folder);
    if local {
        // They speak of another server.
        let variables = context.environment.variables.keys();
        for name in variables.filter(|name| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
    }
    if let Some(password) = settings.password() {
        // Not on the command line, where every user of the machine can read it.
        command.env("PGPASSWORD", password.reveal());
    }
    command.arg(settings.to_string()).args(&args.arguments);
    context.term.flush();
    let _interrupts = LeftToChild::new()?;
    let status = command.status()?;
    Ok(if status.success() {
        Exit::Done
    } else {
        Exit::User
    })
}

/// The one beside the server's programs, else the first on the `PATH`.
fn psql(context: &Context) -> Result<PathBuf, Failure> {
    let environment = context.server_environment();
    let name = format!("psql{}", std::env::consts::EXE_SUFFIX);
    if let Some(found) = environment.program(&name) {
        return Ok(found);
    }
    let beside = Binaries::find(&environment, None).map(|found| found.folder().join(&name));
    match beside {
        Ok(path) if path.is_file() => Ok(path),
        Ok(_) | Err(_) => Err(Failure::user("`psql` was not found")
            .hint("install PostgreSQL's client programs, such as the package `postgresql-client`")),
    }
}

/// While it lives, Ctrl-C does not end us: it is for the shell, whose server may end with us.
struct LeftToChild(signal_hook::SigId);

impl LeftToChild {
    fn new() -> std::io::Result<Self> {
        let noticed = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal_hook::consts::SIGINT, noticed).map(Self)
    }
}

impl Drop for LeftToChild {
    fn drop(&mut self) {
        signal_hook::low_level::unregister(self.0);
    }
}
