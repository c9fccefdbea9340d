//! A certificate authority of one test run.

use std::path::{Path, PathBuf};

use fs_err as fs;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};
use tempfile::TempDir;

/// A certificate and its key, in PEM form.
pub(super) struct Identity {
    pub(super) certificate: String,
    pub(super) key: String,
}

/// An authority, and a folder for the files that are handed to connections.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "Authority of the tests");
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("an authority");
        let folder = TempDir::with_prefix("authority-").expect("a folder");
        let authority = Self { issuer, folder };
        authority.write("root.crt", &authority.issuer.pem());
        authority
    }

    /// Issues a certificate for a host, or for a role when it is a client's.
    pub(super) fn issue(&self, name: &str) -> Identity {
        self.issue_until(name, 2099)
    }

    /// Issues a certificate that ended with the year 2001.
    pub(super) fn issue_expired(&self, name: &str) -> Identity {
        self.issue_until(name, 2001)
    }

    fn issue_until(&self, name: &str, year: i32) -> Identity {
        let mut params = params(name);
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(year, 12, 31);
        params.serial_number = Some(SerialNumber::from(7));
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Identity {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    /// The file to trust.
    pub(super) fn root(&self) -> String {
        self.path("root.crt").display().to_string()
    }

    /// A list that revokes every certificate issued here, as they all have the same number.
    pub(super) fn revoke_all(&self) -> String {
        let revoked = RevokedCertParams {
            serial_number: SerialNumber::from(7),
            revocation_time: date_time_ymd(2020, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2020, 1, 1),
            next_update: date_time_ymd(2099, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: vec![revoked],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = params.signed_by(&self.issuer).expect("a list");
        self.write("root.crl", &list.pem().expect("in PEM form"))
    }

    /// Writes a file that only its owner may read.
    pub(super) fn write(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        write_private(&path, content);
        path.display().to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// A certificate that vouches for itself, marked as an authority's, as `openssl req -x509` does.
pub(super) fn self_signed(name: &str) -> Identity {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("a certificate");
    Identity {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    }
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// Writes a file with mode 600.
pub(super) fn write_private(path: &Path, content: &str) {
    use std::os::unix::fs::PermissionsExt as _;

    fs::write(path, content).expect("written");
    fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("restricted");
}
