//! `man`: the manual pages.

use std::path::PathBuf;

use build_support::Exit;
use clap::Args;
use clap_mangen::Man;

use crate::{cli, context::Context, failure::Outcome};

/// Print the manual page, or write one for each command into a folder
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate man | man -l -\n  \
                        cargo migrate man --output ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Folder to write one page for each command into
    #[arg(long, short, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

/// Prints the page of the whole program, or writes all pages.
pub fn run(args: &ManArgs, context: &mut Context) -> Outcome {
    let command = cli::description().name("cargo-migrate");
    match &args.output {
        None => context.term.bytes(&page(command)?),
        Some(folder) => {
            fs_err::create_dir_all(folder)?;
            clap_mangen::generate_to(command, folder)?;
            context.term.say(format_args!(
                "wrote the manual pages to {}",
                folder.display()
            ));
        }
    }
    Ok(Exit::Done)
}

fn page(command: clap::Command) -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}
