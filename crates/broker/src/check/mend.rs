//! Which command mends what. Runs none of them.

use std::io;

use super::{ACCESS_REFUSED, NOT_FOUND, PRECONDITION_FAILED};
use crate::address::Address;
use crate::error::BrokerError;

/// No such virtual host, or no way into it.
const NOT_ALLOWED: u16 = 530;

/// Writes commands for one installation.
pub(super) struct Mender<'a> {
    address: &'a Address,
    prefix: &'a str,
}

impl<'a> Mender<'a> {
    pub(super) fn new(address: &'a Address, prefix: &'a str) -> Self {
        Self { address, prefix }
    }

    /// For a broker that does not let us in.
    pub(super) fn reach(&self, error: &BrokerError) -> Option<String> {
        let user = quoted(self.address.user());
        match (error, error.code()) {
            (_, Some(ACCESS_REFUSED)) => Some(format!(
                "rabbitmqctl change_password {user} PASSWORD, or rabbitmqctl add_user {user} PASSWORD; \
                 `guest` is let in from the broker's own machine only"
            )),
            (_, Some(NOT_ALLOWED)) => {
                let vhost = quoted(self.address.vhost());
                Some(format!("rabbitmqctl add_vhost {vhost} && {}", self.permissions()))
            }
            (BrokerError::CaFile { .. }, _) => {
                Some("give a readable PEM file as `cacertfile` of the address".to_owned())
            }
            (BrokerError::Io { source, .. }, _) if source.kind() == io::ErrorKind::InvalidData => Some(
                "name the authority of the broker's certificate: add ?cacertfile=FILE to the amqps:// address"
                    .to_owned(),
            ),
            _ => Some(format!(
                "systemctl start rabbitmq-server on {}, or check the address",
                self.address.host()
            )),
        }
    }

    /// For a queue.
    pub(super) fn queue(&self, name: &str, error: &BrokerError) -> Option<String> {
        match error.code() {
            Some(PRECONDITION_FAILED) => Some(format!(
                "drain it, then rabbitmqctl delete_queue {} --vhost {} && {}",
                quoted(name),
                quoted(self.address.vhost()),
                self.declare()
            )),
            _ => self.common(error),
        }
    }

    /// For an exchange.
    pub(super) fn exchange(&self, name: &str, error: &BrokerError) -> Option<String> {
        match error.code() {
            Some(PRECONDITION_FAILED) => Some(format!(
                "rabbitmqadmin --vhost={} delete exchange name={} && {}",
                quoted(self.address.vhost()),
                quoted(name),
                self.declare()
            )),
            _ => self.common(error),
        }
    }

    fn common(&self, error: &BrokerError) -> Option<String> {
        match error.code() {
            Some(NOT_FOUND) => Some(self.declare()),
            Some(ACCESS_REFUSED) => Some(self.permissions()),
            _ => self.reach(error),
        }
    }

    fn declare(&self) -> String {
        format!("conciliar migrate --broker {}", quoted(&self.address.to_string()))
    }

    /// As little as the program needs: its own names, and publishing by the default exchange.
    fn permissions(&self) -> String {
        let ours = format!("{}(observations|notifications|dead|parked)", escaped(self.prefix));
        let (vhost, user) = (quoted(self.address.vhost()), quoted(self.address.user()));
        format!(
            "rabbitmqctl set_permissions -p {vhost} {user} '^{ours}' '^(amq\\.default$|{ours})' '^{ours}'"
        )
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:@".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A text for a regular expression.
fn escaped(text: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    text.chars()
        .flat_map(|letter| {
            let escape = (!is_plain(letter)).then_some('\\');
            escape.into_iter().chain([letter])
        })
        .collect()
}
