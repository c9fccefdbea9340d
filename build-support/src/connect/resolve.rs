//! Lays the sources over each other and answers what they leave open: explicit text, service,
//! environment, password file, default.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::endpoint::{self, Endpoint};
use super::environment::Lookup;
use super::keyword::Keyword;
use super::modes::{ChannelBinding, LoadBalanceHosts, SslMode, SslNegotiation, TargetSessionAttrs};
use super::parameters::Parameters;
use super::passfile::{Passfile, PassfileRefused, Target};
use super::secret::Secret;
use super::service;
use super::settings::{
    ClientCertificate, Keepalive, Roots, ServerNameIndication, Settings, Tls, Versions,
};
use super::settings_error::SettingsError;

/// How long one server may take to answer when nothing else is said; libpq would wait for ever.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A dead peer is noticed in about half a minute instead of two hours.
const KEEPALIVE: Keepalive = Keepalive {
    enabled: true,
    idle: Duration::from_secs(15),
    interval: Duration::from_secs(5),
    count: 3,
    user_timeout: Some(Duration::from_secs(30)),
};

/// Reads the keyword of a closed list of values; both have the same name.
macro_rules! choice {
    ($parameters:expr, $name:ident) => {
        $parameters
            .read(Keyword::$name, |text| {
                $name::parse(text).ok_or_else(|| one_of(text, $name::TEXTS))
            })
            .map(Option::unwrap_or_default)
    };
}

/// Answers everything.
pub(super) fn resolve(
    mut parameters: Parameters,
    lookup: &Lookup<'_>,
) -> Result<Settings, SettingsError> {
    let environment = lookup.parameters();
    if let Some(name) = either(&parameters, &environment, Keyword::Service) {
        let file = either(&parameters, &environment, Keyword::ServiceFile);
        parameters.fill_from(service::load(&name, file.as_deref(), lookup)?);
    }
    parameters.fill_from(environment);
    parameters.refuse_unsupported()?;
    let user = parameters
        .text(Keyword::User)
        .map(str::to_owned)
        .or_else(|| lookup.user())
        .ok_or(SettingsError::NoUser)?;
    let database = parameters.text(Keyword::DbName).unwrap_or(&user).to_owned();
    let mut endpoints = endpoint::read(&parameters)?;
    let passfile_refused = set_passwords(&mut endpoints, &parameters, lookup, &user, &database);
    Ok(Settings {
        endpoints,
        options: parameters.text(Keyword::Options).map(str::to_owned),
        application_name: application_name(&parameters),
        connect_timeout: connect_timeout(&parameters)?,
        keepalive: keepalive(&parameters)?,
        tls: tls(&parameters, lookup)?,
        channel_binding: choice!(parameters, ChannelBinding)?,
        target_session_attrs: choice!(parameters, TargetSessionAttrs)?,
        load_balance_hosts: choice!(parameters, LoadBalanceHosts)?,
        passfile_refused,
        user,
        database,
    })
}

fn either(first: &Parameters, second: &Parameters, keyword: Keyword) -> Option<String> {
    first
        .text(keyword)
        .or_else(|| second.text(keyword))
        .map(str::to_owned)
}

fn one_of(text: &str, texts: &[&str]) -> String {
    format!("`{text}` is none of {}", texts.join(", "))
}

/// Gives each server its password: the one that was given, or else the password file's.
fn set_passwords(
    endpoints: &mut [Endpoint],
    parameters: &Parameters,
    lookup: &Lookup<'_>,
    user: &str,
    database: &str,
) -> Option<PassfileRefused> {
    if let Some(password) = parameters.text(Keyword::Password) {
        for endpoint in endpoints {
            endpoint.password = Some(Secret::new(password));
        }
        return None;
    }
    let passfile = match Passfile::load(parameters.text(Keyword::PassFile), lookup) {
        Ok(passfile) => passfile,
        Err(refused) => return Some(refused),
    };
    for endpoint in endpoints {
        let host = endpoint.passfile_host();
        let target = Target {
            host: &host,
            port: endpoint.port,
            database,
            user,
        };
        endpoint.password = passfile.password(&target);
    }
    None
}

fn application_name(parameters: &Parameters) -> Option<String> {
    let name = parameters.text(Keyword::ApplicationName);
    name.or_else(|| parameters.text(Keyword::FallbackApplicationName))
        .map(str::to_owned)
}

/// As libpq: 0 and less mean no limit, 1 means 2.
fn connect_timeout(parameters: &Parameters) -> Result<Option<Duration>, SettingsError> {
    let seconds = parameters.read(Keyword::ConnectTimeout, integer)?;
    Ok(match seconds {
        None => Some(CONNECT_TIMEOUT),
        Some(given) => u64::try_from(given)
            .ok()
            .filter(|given| *given > 0)
            .map(|given| Duration::from_secs(given.max(2))),
    })
}

fn keepalive(parameters: &Parameters) -> Result<Keepalive, SettingsError> {
    let seconds = |keyword, default: Duration| {
        let given = parameters.read(keyword, integer)?;
        let given = given
            .and_then(|given| u64::try_from(given).ok())
            .filter(|given| *given > 0);
        Ok::<_, SettingsError>(given.map_or(default, Duration::from_secs))
    };
    let count = parameters.read(Keyword::KeepalivesCount, integer)?;
    let count = count
        .and_then(|given| u32::try_from(given).ok())
        .filter(|given| *given > 0);
    let user_timeout = match parameters.read(Keyword::TcpUserTimeout, integer)? {
        None => KEEPALIVE.user_timeout,
        Some(given) => u64::try_from(given)
            .ok()
            .filter(|milliseconds| *milliseconds > 0)
            .map(Duration::from_millis),
    };
    Ok(Keepalive {
        enabled: parameters.read(Keyword::Keepalives, integer)? != Some(0),
        idle: seconds(Keyword::KeepalivesIdle, KEEPALIVE.idle)?,
        interval: seconds(Keyword::KeepalivesInterval, KEEPALIVE.interval)?,
        count: count.unwrap_or(KEEPALIVE.count),
        user_timeout,
    })
}

fn integer(text: &str) -> Result<i32, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("`{text}` is not an integer"))
}

fn tls(parameters: &Parameters, lookup: &Lookup<'_>) -> Result<Tls, SettingsError> {
    let folder = lookup.home().map(|home| {
        if cfg!(windows) {
            home.join("AppData/Roaming/postgresql")
        } else {
            home.join(".postgresql")
        }
    });
    let roots = match parameters.text(Keyword::SslRootCert) {
        Some("system") => Roots::System,
        Some(file) => Roots::File(PathBuf::from(file)),
        None => Roots::DefaultFile(folder.as_ref().map(|folder| folder.join("root.crt"))),
    };
    let mode = ssl_mode(parameters, &roots)?;
    let negotiation: SslNegotiation = choice!(parameters, SslNegotiation)?;
    if negotiation == SslNegotiation::Direct && !mode.needs_tls() {
        parameters.read::<()>(Keyword::SslNegotiation, |_| {
            Err(format!(
                "`direct` needs `sslmode=require` or stronger, not `{mode}`"
            ))
        })?;
    }
    Ok(Tls {
        mode,
        negotiation,
        roots,
        revoked: revoked(parameters, folder.as_deref()),
        client: client_certificate(parameters, folder.as_deref())?,
        server_name: server_name(parameters)?,
        versions: versions(parameters)?,
    })
}

/// The system's authorities vouch for anybody who owns a domain, so that, as in libpq, they go
/// with `verify-full` only.
fn ssl_mode(parameters: &Parameters, roots: &Roots) -> Result<SslMode, SettingsError> {
    let given = parameters.read(Keyword::SslMode, |text| {
        SslMode::parse(text).ok_or_else(|| one_of(text, SslMode::TEXTS))
    })?;
    match (given, roots) {
        (Some(SslMode::VerifyFull) | None, Roots::System) => Ok(SslMode::VerifyFull),
        (Some(mode), Roots::System) => {
            let problem =
                format!("`{mode}` is too weak for `sslrootcert=system`, use `verify-full`");
            parameters
                .read(Keyword::SslMode, |_| Err(problem))
                .map(|_: Option<()>| mode)
        }
        (given, Roots::File(_) | Roots::DefaultFile(_)) => Ok(given.unwrap_or_default()),
    }
}

/// The list that was named, or the home folder's when it is there.
fn revoked(parameters: &Parameters, folder: Option<&Path>) -> Option<PathBuf> {
    let named = parameters.text(Keyword::SslCrl).map(PathBuf::from);
    let default = || folder.map(|folder| folder.join("root.crl"));
    named.or_else(|| default().filter(|file| file.exists()))
}

/// The pair of files that was named, or the home folder's when it is there.
fn client_certificate(
    parameters: &Parameters,
    folder: Option<&Path>,
) -> Result<Option<ClientCertificate>, SettingsError> {
    let wanted = parameters.read(Keyword::SslCertMode, |text| match text {
        "disable" => Ok(false),
        "allow" => Ok(true),
        // Whether the server did ask for the certificate cannot be told afterwards.
        "require" => Err("`require` cannot be promised here".to_owned()),
        other => Err(one_of(other, &["disable", "allow"])),
    })?;
    if wanted == Some(false) {
        return Ok(None);
    }
    let named = |keyword| parameters.text(keyword).map(PathBuf::from);
    let default = |name: &str| folder.map(|folder| folder.join(name));
    let certificate =
        named(Keyword::SslCert).or_else(|| default("postgresql.crt").filter(|file| file.exists()));
    let Some(certificate) = certificate else {
        return Ok(None);
    };
    let key = named(Keyword::SslKey)
        .or_else(|| default("postgresql.key"))
        .unwrap_or_else(|| certificate.with_extension("key"));
    Ok(Some(ClientCertificate { certificate, key }))
}

fn server_name(parameters: &Parameters) -> Result<ServerNameIndication, SettingsError> {
    let given = parameters.read(Keyword::SslSni, |text| match text {
        "0" => Ok(ServerNameIndication::Withheld),
        "1" => Ok(ServerNameIndication::Sent),
        other => Err(one_of(other, &["0", "1"])),
    })?;
    Ok(given.unwrap_or(ServerNameIndication::Sent))
}

/// TLS 1.0 and 1.1 do not exist here, so that a minimum of them asks for nothing and a maximum of
/// them cannot be met.
fn versions(parameters: &Parameters) -> Result<Versions, SettingsError> {
    let known = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
    let minimum = parameters.read(Keyword::SslMinProtocolVersion, |text| match text {
        "TLSv1" | "TLSv1.1" | "TLSv1.2" => Ok(Versions::Both),
        "TLSv1.3" => Ok(Versions::Only13),
        other => Err(one_of(other, &known)),
    })?;
    let maximum = parameters.read(Keyword::SslMaxProtocolVersion, |text| match text {
        "TLSv1.3" => Ok(Versions::Both),
        "TLSv1.2" if minimum == Some(Versions::Only13) => {
            Err("it is below `ssl_min_protocol_version`".to_owned())
        }
        "TLSv1.2" => Ok(Versions::Only12),
        "TLSv1" | "TLSv1.1" => Err("versions before TLSv1.2 are not supported".to_owned()),
        other => Err(one_of(other, &known)),
    })?;
    Ok(match (minimum, maximum) {
        (Some(Versions::Only13), _) => Versions::Only13,
        (_, Some(Versions::Only12)) => Versions::Only12,
        (_, _) => Versions::Both,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Resolves `text` in an environment of `variables`, with the user `os` and no home.
    fn resolved(text: &str, variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let variables: BTreeMap<_, _> = variables.iter().copied().collect();
        let variable = |name: &str| variables.get(name).map(|value| (*value).to_owned());
        Settings::parse_with(text, &Lookup::new(&variable).with_user("os"))
    }

    fn shown(text: &str, variables: &[(&str, &str)]) -> String {
        match resolved(text, variables) {
            Ok(settings) => settings.to_string(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn what_is_left_open_has_libpqs_defaults() {
        for (text, variables, url) in [
            ("", &[][..], "postgres://os@/os"),
            ("user=u", &[], "postgres://u@/u"),
            ("postgres://h", &[("PGUSER", "env")], "postgres://env@h/env"),
            (
                "",
                &[("PGHOST", "e"), ("PGDATABASE", "d"), ("PGPORT", "7")],
                "postgres://os@e:7/d",
            ),
            (
                "host=h",
                &[("PGHOST", "e"), ("PGPORT", "7")],
                "postgres://os@h:7/os",
            ),
            ("host=''", &[("PGHOST", "e")], "postgres://os@/os"),
            ("", &[("PGHOST", "")], "postgres://os@/os"),
            (
                "",
                &[("PGSSLMODE", "require")],
                "postgres://os@/os?sslmode=require",
            ),
            (
                "",
                &[("PGTARGETSESSIONATTRS", "standby"), ("PGOPTIONS", "-c a=b")],
                "postgres://os@/os?target_session_attrs=standby&options=-c%20a%3Db",
            ),
        ] {
            assert_eq!(shown(text, variables), url, "{text} {variables:?}");
        }
    }

    #[test]
    fn a_service_stands_between_text_and_environment() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("services");
        std::fs::write(
            &file,
            "[shop]\nhost=service\nuser=service\npassword=canary\n",
        )
        .expect("written");
        let file = file.to_str().expect("UTF-8");
        let variables = [
            ("PGSERVICEFILE", file),
            ("PGSERVICE", "shop"),
            ("PGHOST", "env"),
            ("PGPORT", "7"),
        ];
        assert_eq!(
            shown("user=text", &variables),
            "postgres://text@service:7/text"
        );
        let settings = resolved("", &variables).expect("settings");
        assert_eq!(settings.password().map(Secret::reveal), Some("canary"));
        assert_eq!(
            shown("service=shop", &variables[..1]),
            "postgres://service@service/service"
        );
    }

    #[test]
    fn the_password_file_serves_each_host_that_has_no_password_yet() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("pgpass");
        std::fs::write(&file, "a:*:*:*:first\nlocalhost:*:*:*:socket\n").expect("written");
        restrict(&file);
        let variables = [("PGPASSFILE", file.to_str().expect("UTF-8"))];
        let passwords = |text| {
            let settings = resolved(text, &variables).expect("settings");
            let password = |endpoint: &Endpoint| endpoint.password.clone();
            let all = settings.endpoints.iter().map(password);
            all.map(|one| one.map(|secret| secret.reveal().to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            passwords("host=a,b,"),
            [Some("first".into()), None, Some("socket".into())]
        );
        assert_eq!(passwords("host=/tmp"), [Some("socket".into())]);
        assert_eq!(passwords("host=a password=given"), [Some("given".into())]);
    }

    #[cfg(unix)]
    fn restrict(file: &std::path::Path) {
        use std::os::unix::fs::PermissionsExt as _;

        let permissions = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(file, permissions).expect("permitted");
    }

    #[cfg(not(unix))]
    fn restrict(_: &std::path::Path) {}

    #[test]
    fn a_faulty_value_names_its_keyword_and_origin() {
        for (text, variables, message) in [
            (
                "sslmode=verify",
                &[][..],
                "invalid `sslmode` in the connection string: `verify` is none of disable, allow, \
                 prefer, require, verify-ca, verify-full",
            ),
            (
                "",
                &[("PGPORT", "x")],
                "invalid `port` in the environment variable PGPORT: `x` is not a port \
                 (1 to 65535)",
            ),
            (
                "requirepeer=me",
                &[],
                "`requirepeer` in the connection string is not supported",
            ),
            (
                "",
                &[("PGGSSENCMODE", "require")],
                "`gssencmode` in the environment variable PGGSSENCMODE is not supported",
            ),
            (
                "sslmode=require sslrootcert=system",
                &[],
                "invalid `sslmode` in the connection string: `require` is too weak for \
                 `sslrootcert=system`, use `verify-full`",
            ),
            (
                "sslnegotiation=direct",
                &[],
                "invalid `sslnegotiation` in the connection string: `direct` needs \
                 `sslmode=require` or stronger, not `prefer`",
            ),
            (
                "ssl_max_protocol_version=TLSv1.1",
                &[],
                "invalid `ssl_max_protocol_version` in the connection string: versions before \
                 TLSv1.2 are not supported",
            ),
            (
                "connect_timeout=soon",
                &[],
                "invalid `connect_timeout` in the connection string: `soon` is not an integer",
            ),
        ] {
            assert_eq!(
                shown(text, variables),
                format!("error: {message}"),
                "{text}"
            );
        }
    }

    #[test]
    fn values_that_ask_for_nothing_are_accepted() {
        for text in [
            "gssencmode=prefer",
            "replication=false",
            "krbsrvname=postgres",
            "client_encoding=LATIN1",
            "sslcompression=0",
            "min_protocol_version=3.0",
        ] {
            assert_eq!(shown(text, &[]), "postgres://os@/os", "{text}");
        }
    }

    #[test]
    fn times_follow_libpqs_rules() {
        for (text, limit) in [
            ("", Some(10)),
            ("connect_timeout=0", None),
            ("connect_timeout=-1", None),
            ("connect_timeout=1", Some(2)),
            ("connect_timeout=30", Some(30)),
        ] {
            let settings = resolved(text, &[]).expect("settings");
            assert_eq!(
                settings.connect_timeout.map(|limit| limit.as_secs()),
                limit,
                "{text}"
            );
        }
        let keepalive = resolved("keepalives=0 keepalives_idle=9 tcp_user_timeout=0", &[])
            .expect("settings")
            .keepalive;
        assert!(!keepalive.enabled);
        assert_eq!(
            (keepalive.idle.as_secs(), keepalive.user_timeout),
            (9, None)
        );
    }
}
