//! Where a broker is: `amqp[s]://user:password@host:port/vhost`, and several of these for a cluster. Never shows a password.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::slice;

use lapin::uri::{AMQPScheme, AMQPUri};
use url::{Host, Url};

/// Where a broker is and who asks. Without a user it is `guest`; no path, and an empty one, mean the virtual host `/`.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    uri: AMQPUri,
    ca_file: Option<PathBuf>,
}

/// Where the nodes of one broker are: at least one address. Whoever loses a node goes on with another.
#[derive(Clone, PartialEq, Eq)]
pub struct Addresses(Vec<Address>);

/// Why a text is no address. The text itself is not repeated: it may hold a password.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No URL at all, or one without a host.
    #[error("not an address of the form amqps://user:password@host:port/vhost")]
    Form,
    /// Neither `amqp` nor `amqps`.
    #[error("`{scheme}` is not the scheme of a broker; amqp and amqps are")]
    Scheme {
        /// As it was given.
        scheme: String,
    },
    /// Credentials and bodies would cross the network in the clear.
    #[error("amqp:// is plain text and allowed to this machine only; use amqps://{host}")]
    PlainText {
        /// The host that is not this machine.
        host: String,
    },
    /// A query parameter that nothing reads.
    #[error("unknown parameter `{name}`; `cacertfile` is known")]
    Parameter {
        /// As it was given.
        name: String,
    },
    /// An authority to trust, and no certificate to check.
    #[error("`cacertfile` needs amqps://")]
    Unused,
}

/// Which address of a list is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", place(*.number, *.count))]
pub struct AddressesError {
    /// Its place, from 1.
    pub number: usize,
    /// How many were given.
    pub count: usize,
    /// What is wrong with it.
    pub problem: AddressError,
}

impl Address {
    /// Reads an address. `?cacertfile=FILE` of an `amqps` address names authorities (PEM) to trust beside the public ones.
    ///
    /// # Errors
    /// See [`AddressError`]; plain `amqp` is accepted for 127.0.0.0/8, `::1` and `localhost` only.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text).map_err(|_| AddressError::Form)?;
        if !matches!(url.scheme(), "amqp" | "amqps") {
            return Err(AddressError::Scheme { scheme: url.scheme().to_owned() });
        }
        let host = match url.host() {
            Some(Host::Domain(name)) if !name.is_empty() => name.to_owned(),
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => ip.to_string(),
            _ => return Err(AddressError::Form),
        };
        let mut uri: AMQPUri = text.parse().map_err(|_| AddressError::Form)?;
        // lapin takes an address in brackets for no host.
        uri.authority.host = host;
        if uri.vhost.is_empty() {
            "/".clone_into(&mut uri.vhost);
        }
        let ca_file = ca_file(&url)?;
        let address = Self { uri, ca_file };
        if !address.is_secure() && !is_loopback(address.host()) {
            return Err(AddressError::PlainText { host: address.authority() });
        }
        if !address.is_secure() && address.ca_file.is_some() {
            return Err(AddressError::Unused);
        }
        Ok(address)
    }

    /// Whether the connection is encrypted.
    pub fn is_secure(&self) -> bool {
        self.uri.scheme == AMQPScheme::AMQPS
    }

    /// The host, without brackets.
    pub fn host(&self) -> &str {
        &self.uri.authority.host
    }

    /// The user who asks.
    pub fn user(&self) -> &str {
        &self.uri.authority.userinfo.username
    }

    /// The virtual host.
    pub fn vhost(&self) -> &str {
        &self.uri.vhost
    }

    /// Authorities to trust beside the public ones, in PEM.
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
    }

    /// The same for lapin. Its `Debug` shows the password.
    pub(crate) fn uri(&self) -> AMQPUri {
        self.uri.clone()
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> String {
        let (host, port) = (self.host(), self.uri.authority.port);
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }
}

impl Addresses {
    /// Reads addresses, separated by commas; a comma in a password is written `%2C`.
    ///
    /// # Errors
    /// [`AddressesError`] for the first that is no address.
    pub fn parse(text: &str) -> Result<Self, AddressesError> {
        let texts: Vec<&str> = text.split(',').collect();
        let count = texts.len();
        let read = |(place, text): (usize, &&str)| {
            Address::parse(text).map_err(|problem| AddressesError { number: place + 1, count, problem })
        };
        Ok(Self(texts.iter().enumerate().map(read).collect::<Result<_, _>>()?))
    }

    /// Each once, as they were given.
    pub fn iter(&self) -> slice::Iter<'_, Address> {
        self.0.iter()
    }

    /// Each once, from any one on: when many ask at the same time, they do not all ask the same node.
    #[expect(
        clippy::disallowed_methods,
        reason = "who is asked first is left to chance; no result depends on it"
    )]
    pub(crate) fn in_turn(&self) -> impl Iterator<Item = &Address> {
        let count = self.0.len();
        let first = RandomState::new().hash_one(count) as usize % count;
        self.0.iter().cycle().skip(first).take(count)
    }
}

impl From<Address> for Addresses {
    fn from(address: Address) -> Self {
        Self(vec![address])
    }
}

impl<'a> IntoIterator for &'a Addresses {
    type Item = &'a Address;
    type IntoIter = slice::Iter<'a, Address>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One alone needs no number.
fn place(number: usize, count: usize) -> String {
    if count == 1 { String::new() } else { format!("address {number} of {count}: ") }
}

fn ca_file(url: &Url) -> Result<Option<PathBuf>, AddressError> {
    let mut found = None;
    for (name, value) in url.query_pairs() {
        if name != "cacertfile" {
            return Err(AddressError::Parameter { name: name.into_owned() });
        }
        found = Some(PathBuf::from(value.as_ref()));
    }
    Ok(found)
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vhost = if self.vhost() == "/" { "" } else { self.vhost() };
        write!(f, "{}://{}:***@{}/{vhost}", self.uri.scheme, self.user(), self.authority())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, address) in self.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}{address}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Addresses({self})")
    }
}

#[cfg(test)]
mod tests;
