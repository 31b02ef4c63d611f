//! Which machines the address of a Postgres names.
//!
//! `postgres://u:p@h1:5432,h2:5433/db`, or `host=h1,h2` and `port=5432,5433` among the parameters, as in libpq:
//! several servers of which one takes changes, and after a promotion another one. sqlx reads one host only.

use std::{borrow::Cow, fmt, net::IpAddr, path::Path, str::FromStr as _};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::form_urlencoded;

use crate::error::{Error, Result};

/// A machine and the port of its Postgres.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// A name, an address, or the folder of a socket.
    pub name: String,
    /// What is usual when `None`.
    pub port: Option<u16>,
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.name.contains(':') { format!("[{}]", self.name) } else { self.name.clone() };
        match self.port {
            Some(port) => write!(f, "{name}:{port}"),
            None => f.write_str(&name),
        }
    }
}

impl Host {
    /// This very machine: nothing crosses a network.
    pub fn is_here(&self) -> bool {
        is_here(&self.name)
    }
}

fn is_here(name: &str) -> bool {
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// What crosses a network is encrypted, and the server proves that it is the one that was named: an address that
/// says nothing of it means that, and one that asks for less is refused.
fn guarded(options: PgConnectOptions, name: &str, said: bool) -> Result<PgConnectOptions> {
    let socket = options.get_socket().is_some() || Path::new(options.get_host()).is_absolute();
    if socket || is_here(options.get_host()) {
        return Ok(options);
    }
    match options.get_ssl_mode() {
        PgSslMode::VerifyFull => Ok(options),
        _ if !said => Ok(options.ssl_mode(PgSslMode::VerifyFull)),
        _ => Err(Error::invalid_because("tls", "plain", name)),
    }
}

/// `db1, db2:5433, [::1]:5434`: the machines of a shared shop as somebody types them.
pub fn parse_hosts(text: &str) -> Result<Vec<Host>> {
    let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
    if items.is_empty() {
        return Err(Error::invalid("host", "required"));
    }
    let hosts: Vec<Host> = items.into_iter().map(host).collect::<Result<_>>()?;
    for (n, host) in hosts.iter().enumerate() {
        if hosts[..n].contains(host) {
            return Err(Error::invalid_because("host", "repeated", host.to_string()));
        }
    }
    Ok(hosts)
}

fn host(item: &str) -> Result<Host> {
    let refused = |rule: &str| Error::invalid_because("host", rule, item);
    let (name, port) = match item.strip_prefix('[') {
        Some(rest) => {
            let (name, port) = rest.split_once(']').ok_or_else(|| refused("not_a_host"))?;
            let port = match port {
                "" => None,
                port => Some(port.strip_prefix(':').ok_or_else(|| refused("not_a_host"))?),
            };
            (name, port)
        }
        // More than one colon, and no port can be meant: an address of IPv6.
        None if item.matches(':').count() > 1 => (item, None),
        None => item.split_once(':').map_or((item, None), |(name, port)| (name, Some(port))),
    };
    let spoilt = |c: char| c.is_whitespace() || c.is_control() || "/?#@[]\\<>^`{|}\"".contains(c);
    let v6 = name.contains(':');
    if name.is_empty() || name.contains(spoilt) || (v6 && name.parse::<std::net::Ipv6Addr>().is_err()) {
        return Err(refused("not_a_host"));
    }
    let port = match port {
        None => None,
        Some(port) => Some(port.parse().ok().filter(|port| *port > 0).ok_or_else(|| refused("not_a_port"))?),
    };
    Ok(Host { name: name.to_owned(), port })
}

/// What an address says of where the servers are.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// In the order they are tried; there is at least one.
    pub servers: Vec<Place>,
    /// What reports may read that need not know of the last second.
    pub replica: Option<Place>,
    /// Whether a pooler stands in between; found out when the address does not say.
    pub pooled: Option<bool>,
}

/// A machine, and how it is spoken to.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub name: String,
    pub options: PgConnectOptions,
}

/// Takes the address apart.
pub(super) fn read(url: &str) -> Result<Places> {
    let refused = |detail: &str| Error::invalid_because("db", "not_a_url", detail);
    let (scheme, rest) = url.split_once("://").ok_or_else(|| refused(""))?;
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user, hosts) = authority.rsplit_once('@').map_or(("", authority), |(user, hosts)| (user, hosts));
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));

    let (mut names, mut ports): (Option<String>, Option<String>) = (None, None);
    let (mut replica, mut pooled) = (None, None);
    let mut says_tls = false;
    let mut others = form_urlencoded::Serializer::new(String::new());
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*key {
            "host" | "hostaddr" => names = Some(value.into_owned()),
            "port" => ports = Some(value.into_owned()),
            "replica" => replica = Some(value.into_owned()),
            "pgbouncer" => pooled = Some(value != "false"),
            // A shop wants a server that takes changes, whichever of these is asked for.
            "target_session_attrs" => match &*value {
                "any" | "read-write" | "primary" => {}
                other => return Err(Error::invalid_because("target_session_attrs", "unknown", other)),
            },
            // How long, and in which order, is decided here.
            "connect_timeout" | "load_balance_hosts" => {}
            other => {
                says_tls |= matches!(other, "sslmode" | "ssl-mode");
                others.append_pair(&key, &value);
            }
        }
    }
    let others = others.finish();
    let place = |host: Option<&Host>| -> Result<Place> {
        let socket = host.is_some_and(|host| Path::new(&host.name).is_absolute());
        let at: Cow<'_, str> = match host {
            None => hosts.into(),
            Some(host) if socket => host.port.map_or("localhost".into(), |port| format!("localhost:{port}").into()),
            Some(host) => host.to_string().into(),
        };
        let at = if user.is_empty() { at.into_owned() } else { format!("{user}@{at}") };
        let one = PgConnectOptions::from_str(&format!("{scheme}://{at}{path}?{others}"));
        let mut options = one.map_err(|_| refused(""))?.application_name("shopkeeper");
        if let Some(host) = host.filter(|_| socket) {
            options = options.socket(&host.name);
        }
        let name = host.map_or_else(|| format!("{}:{}", options.get_host(), options.get_port()), Host::to_string);
        let options = guarded(options, &name, says_tls)?;
        Ok(Place { name, options })
    };

    let named = match names {
        Some(names) => listed(&names, ports.as_deref())?,
        // A single one may be written in ways that sqlx knows: none at all, or an encoded folder.
        None if !hosts.contains(',') && ports.is_none() => Vec::new(),
        None if hosts.is_empty() => listed("localhost", ports.as_deref())?,
        None => {
            let mut hosts = parse_hosts(hosts)?;
            if let Some(ports) = ports {
                let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
                hosts = listed(&names.join(","), Some(&ports))?;
            }
            hosts
        }
    };
    let servers = if named.is_empty() {
        vec![place(None)?]
    } else {
        named.iter().map(|host| place(Some(host))).collect::<Result<_>>()?
    };
    let replica = match replica {
        Some(text) => parse_hosts(&text)?.first().map(|host| place(Some(host))).transpose()?,
        None => None,
    };
    Ok(Places { servers, replica, pooled })
}

/// Hosts and ports of two lists: a port for each host, or one for all.
fn listed(names: &str, ports: Option<&str>) -> Result<Vec<Host>> {
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    let ports: Vec<&str> = ports.map(|ports| ports.split(',').map(str::trim).collect()).unwrap_or_default();
    if ports.len() > 1 && ports.len() != names.len() {
        let detail = format!("{} hosts, {} ports", names.len(), ports.len());
        return Err(Error::invalid_because("host", "not_as_many", detail));
    }
    let mut hosts = Vec::with_capacity(names.len());
    for (n, name) in names.into_iter().enumerate() {
        let mut one =
            if Path::new(name).is_absolute() { Host { name: name.to_owned(), port: None } } else { host(name)? };
        if let Some(port) = ports.get(n).or(ports.first()).filter(|port| !port.is_empty()) {
            let refused = || Error::invalid_because("host", "not_a_port", *port);
            one.port = Some(port.parse().ok().filter(|port| *port > 0).ok_or_else(refused)?);
        }
        hosts.push(one);
    }
    Ok(hosts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(url: &str) -> Vec<String> {
        read(url).unwrap().servers.into_iter().map(|place| place.name).collect()
    }

    #[test]
    fn several_hosts_are_read_as_libpq_reads_them() {
        assert_eq!(
            servers("postgres://u:p@h1:5432,h2:5433/db?target_session_attrs=read-write"),
            ["h1:5432", "h2:5433"]
        );
        assert_eq!(servers("postgresql://u@h1,[::1]:5434,h3/db"), ["h1", "[::1]:5434", "h3"]);
        assert_eq!(servers("postgres://u@/db?host=h1,h2&port=5432,5433"), ["h1:5432", "h2:5433"]);
        assert_eq!(servers("postgres:///db?host=h1,h2&port=6432"), ["h1:6432", "h2:6432"]);
        assert_eq!(servers("postgres://u@h1,h2/db?port=5433"), ["h1:5433", "h2:5433"]);
        assert_eq!(servers("postgres://u:p@h1:5432/db?sslmode=verify-full"), ["h1:5432"]);
        assert_eq!(servers("postgres:///db?host=/run/postgresql"), ["/run/postgresql"]);
    }

    #[test]
    fn each_host_gets_all_else_that_was_said() {
        let places = read(
            "postgres://li%40shop:p%40ss@h1:1,h2:2/shop%20a?sslmode=verify-full&application_name=x&replica=h3:3&pgbouncer=true",
        )
        .unwrap();
        assert_eq!(places.pooled, Some(true));
        assert_eq!(places.replica.as_ref().map(|place| place.name.as_str()), Some("h3:3"));
        for (place, (host, port)) in places.servers.iter().zip([("h1", 1), ("h2", 2)]) {
            let options = &place.options;
            assert_eq!((options.get_host(), options.get_port()), (host, port));
            assert_eq!((options.get_username(), options.get_database()), ("li@shop", Some("shop a")));
            assert!(matches!(options.get_ssl_mode(), PgSslMode::VerifyFull));
        }
        assert_eq!(read("postgres://u@h/db").unwrap().pooled, None);
    }

    #[test]
    fn nothing_crosses_a_network_in_the_clear() {
        let mode = |url: &str| match read(url) {
            Ok(places) => format!("{:?}", places.servers[0].options.get_ssl_mode()),
            Err(Error::Invalid { field, rule, detail }) => format!("{field} {rule} {detail}"),
            Err(other) => other.to_string(),
        };
        for here in ["localhost", "LOCALHOST:5433", "127.0.0.1", "127.8.0.1:1", "[::1]", "[::ffff:127.0.0.1]"] {
            assert_eq!(mode(&format!("postgres://u:p@{here}/db?sslmode=disable")), "Disable", "{here}");
        }
        assert_eq!(mode("postgres:///db?host=/run/postgresql&sslmode=disable"), "Disable");
        for there in ["db1", "10.0.0.7:5433", "localhost.example.com", "[fe80::1]"] {
            assert_eq!(mode(&format!("postgres://u:p@{there}/db")), "VerifyFull", "{there}");
            assert_eq!(mode(&format!("postgres://u:p@{there}/db?sslmode=verify-full")), "VerifyFull", "{there}");
            for less in ["disable", "allow", "prefer", "require", "verify-ca"] {
                let refused = format!("tls plain {there}");
                assert_eq!(mode(&format!("postgres://u:p@{there}/db?sslmode={less}")).replace(":5432", ""), refused);
            }
        }
        // One of several, and the replica.
        assert_eq!(mode("postgres://u:p@localhost,db2:1/db?ssl-mode=disable"), "tls plain db2:1");
        assert_eq!(mode("postgres://u:p@localhost/db?sslmode=disable&replica=db3:1"), "tls plain db3:1");
    }

    #[test]
    fn what_cannot_be_a_host_is_named() {
        let said = |error: Error| match error {
            Error::Invalid { field, rule, detail } => format!("{field} {rule} {detail}"),
            other => other.to_string(),
        };
        for (url, expected) in [
            ("postgres://u@h1:5432,h2:port/db", "host not_a_port h2:port"),
            ("postgres://u@h1:0,h2/db", "host not_a_port h1:0"),
            ("postgres://u@h1,h 2/db", "host not_a_host h 2"),
            ("postgres://u@h1,h1/db", "host repeated h1"),
            ("postgres:///db?host=h1,h2,h3&port=1,2", "host not_as_many 3 hosts, 2 ports"),
            ("postgres://u@h1,h2/db?target_session_attrs=standby", "target_session_attrs unknown standby"),
        ] {
            assert_eq!(said(read(url).unwrap_err()), expected, "{url}");
        }
        for (typed, expected) in [
            (" , ", "host required "),
            ("db1, db2:70000", "host not_a_port db2:70000"),
            ("[::1", "host not_a_host [::1"),
            ("::1::2", "host not_a_host ::1::2"),
            ("db/1", "host not_a_host db/1"),
        ] {
            assert_eq!(said(parse_hosts(typed).unwrap_err()), expected, "{typed}");
        }
        let typed: Vec<String> = parse_hosts("db1, db2:5433,::1").unwrap().iter().map(Host::to_string).collect();
        assert_eq!(typed, ["db1", "db2:5433", "[::1]"]);
    }
}
