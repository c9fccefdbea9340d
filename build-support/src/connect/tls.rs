//! TLS by rustls: whom to trust, who we are, which versions.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::modes::{SslMode, SslNegotiation};
use super::settings::{ClientCertificate, Roots, ServerNameIndication, Tls, Versions};
use super::verifier::{AuthorityVerifier, NameCheck, Unverified};

/// Why the files that TLS needs cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("cannot read `{keyword}` {}: {source}", .file.display())]
    Unreadable {
        keyword: &'static str,
        file: PathBuf,
        source: std::io::Error,
    },
    #[error("`{keyword}` {} holds no {what} in PEM form", .file.display())]
    Empty {
        keyword: &'static str,
        file: PathBuf,
        what: &'static str,
    },
    #[error(
        "`sslmode={mode}` needs a root certificate: name its file by `sslrootcert`, or trust the \
         system's by `sslrootcert=system`"
    )]
    NoRoot { mode: SslMode },
    #[error("the system has no root certificates")]
    NoSystemRoots,
    #[error(
        "the private key {} is not used: its group or others may access it; run `chmod 600` on it",
        .0.display()
    )]
    KeyOpenToOthers(PathBuf),
    #[error("TLS cannot be set up: {0}")]
    Rustls(#[from] rustls::Error),
    #[error("TLS cannot be set up: {0}")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

/// Builds what the driver needs; reads the files that the settings name.
pub(super) fn connector(tls: &Tls) -> Result<MakeRustlsConnect, Error> {
    // The provider is passed by hand: the process-wide default is the application's choice.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&versions(tls.versions))?
        .dangerous()
        .with_custom_certificate_verifier(verifier(tls, &provider)?);
    let mut config = match &tls.client {
        Some(files) => {
            let (certificates, key) = identity(files)?;
            builder.with_client_auth_cert(certificates, key)?
        }
        None => builder.with_no_client_auth(),
    };
    config.enable_sni = tls.server_name == ServerNameIndication::Sent;
    if tls.negotiation == SslNegotiation::Direct {
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(MakeRustlsConnect::new(config))
}

fn versions(versions: Versions) -> Vec<&'static SupportedProtocolVersion> {
    match versions {
        Versions::Both => vec![&TLS13, &TLS12],
        Versions::Only12 => vec![&TLS12],
        Versions::Only13 => vec![&TLS13],
    }
}

/// As libpq: the authority is verified whenever root certificates are there, the name with
/// `verify-full` only.
fn verifier(
    tls: &Tls,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let Some(certificates) = root_certificates(tls)? else {
        return Ok(Arc::new(Unverified::new(provider)));
    };
    let name = match tls.mode {
        SslMode::VerifyFull => NameCheck::Required,
        SslMode::Disable
        | SslMode::Allow
        | SslMode::Prefer
        | SslMode::Require
        | SslMode::VerifyCa => NameCheck::None,
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates.iter().cloned());
    let revoked = match &tls.revoked {
        Some(file) => read_all("sslcrl", file, "revocation list")?,
        None => Vec::<CertificateRevocationListDer<'static>>::new(),
    };
    Ok(Arc::new(AuthorityVerifier::new(
        roots,
        certificates,
        revoked,
        name,
        provider,
    )?))
}

/// The certificates to trust; `None` when the mode does without. A file that was named and is not
/// there is an error from `require` upwards: a misspelt path must not switch verification off.
fn root_certificates(tls: &Tls) -> Result<Option<Vec<CertificateDer<'static>>>, Error> {
    let read = |file: &Path| read_all("sslrootcert", file, "certificate").map(Some);
    match &tls.roots {
        Roots::System => {
            let certificates = rustls_native_certs::load_native_certs().certs;
            if certificates.is_empty() {
                return Err(Error::NoSystemRoots);
            }
            Ok(Some(certificates))
        }
        Roots::File(file) if file.exists() || tls.mode.needs_tls() => read(file),
        Roots::DefaultFile(Some(file)) if file.exists() => read(file),
        Roots::DefaultFile(_) if tls.mode.verifies() => Err(Error::NoRoot { mode: tls.mode }),
        Roots::File(_) | Roots::DefaultFile(_) => Ok(None),
    }
}

fn identity(
    files: &ClientCertificate,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Error> {
    let certificates = read_all("sslcert", &files.certificate, "certificate")?;
    let metadata =
        fs::metadata(&files.key).map_err(|source| unreadable("sslkey", &files.key, source))?;
    if is_open_to_others(&metadata) {
        return Err(Error::KeyOpenToOthers(files.key.clone()));
    }
    let keys = read_all("sslkey", &files.key, "unencrypted private key")?;
    let key = keys.into_iter().next().ok_or_else(|| Error::Empty {
        keyword: "sslkey",
        file: files.key.clone(),
        what: "private key",
    })?;
    Ok((certificates, key))
}

/// As libpq: only the owner, or the group too when the owner is root.
#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    metadata.mode() & forbidden != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

/// Reads every item of one kind; none is an error.
fn read_all<T: PemObject>(
    keyword: &'static str,
    file: &Path,
    what: &'static str,
) -> Result<Vec<T>, Error> {
    let content = fs::read(file).map_err(|source| unreadable(keyword, file, source))?;
    let items: Vec<T> = T::pem_slice_iter(&content)
        .collect::<Result<_, _>>()
        .unwrap_or_default();
    if items.is_empty() {
        return Err(Error::Empty {
            keyword,
            file: file.to_owned(),
            what,
        });
    }
    Ok(items)
}

fn unreadable(keyword: &'static str, file: &Path, source: std::io::Error) -> Error {
    Error::Unreadable {
        keyword,
        file: file.to_owned(),
        source,
    }
}
