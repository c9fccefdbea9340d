//! The subcommand with a person at the terminal.

use std::{
    ffi::OsStr,
    fs::File,
    io::{Read as _, Write as _},
    os::unix::ffi::OsStrExt as _,
    process::Stdio,
};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::{Output, Project};

impl Project {
    /// Runs the subcommand on a terminal of its own, where `answers` are typed; what it asks and
    /// says, with the answers between, is the `stderr` of what is given back.
    ///
    /// # Panics
    /// There is no terminal to be had, or the subcommand does not start.
    pub fn attended(&self, arguments: &[&str], answers: &str) -> Output {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal is made");
        grantpt(&master).expect("it is ours");
        unlockpt(&master).expect("it is unlocked");
        let name = ptsname(&master, Vec::new()).expect("it has a name");
        let open = || {
            let path = OsStr::from_bytes(name.as_bytes());
            File::options()
                .read(true)
                .write(true)
                .open(path)
                .expect("it opens")
        };
        let (input, errors) = (open(), open());
        let mut master = File::from(master);
        // Typed ahead: the terminal echoes it before anything else.
        master.write_all(answers.as_bytes()).expect("typed");
        let mut child = self
            .command(arguments)
            .stdin(Stdio::from(input))
            .stderr(Stdio::from(errors))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the subcommand starts");
        let said = std::thread::spawn(move || {
            let (mut said, mut piece) = (Vec::new(), [0; 4096]);
            // The end of a terminal is an error.
            while let Ok(read @ 1..) = master.read(&mut piece) {
                said.extend_from_slice(&piece[..read]);
            }
            said
        });
        let mut stdout = Vec::new();
        let pipe = child.stdout.as_mut().expect("it is a pipe");
        pipe.read_to_end(&mut stdout).expect("read");
        let status = child.wait().expect("it ends");
        let said = said.join().expect("the reader ends with the terminal");
        Output {
            status: status.code(),
            stdout: self.redact(&stdout),
            stderr: self.redact(&said).replace("\r\n", "\n"),
        }
    }
}
