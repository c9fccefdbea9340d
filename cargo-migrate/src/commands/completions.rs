//! `completions`: the script that completes our commands in a shell.

use build_support::Exit;
use clap::Args;
use clap_complete::Shell;

use crate::{cli, context::Context, failure::Outcome};

/// Print a completion script for a shell
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate completions bash > \
                        ~/.local/share/bash-completion/completions/cargo-migrate\n  \
                        cargo migrate completions zsh > ~/.zfunc/_cargo-migrate")]
pub struct CompletionsArgs {
    /// The shell to complete in
    pub shell: Shell,
}

/// Prints the script for the program `cargo-migrate`.
pub fn run(args: &CompletionsArgs, context: &mut Context) -> Outcome {
    let mut script = Vec::new();
    let mut command = cli::description().bin_name("cargo-migrate");
    clap_complete::generate(args.shell, &mut command, "cargo-migrate", &mut script);
    context.term.bytes(&script);
    Ok(Exit::Done)
}
