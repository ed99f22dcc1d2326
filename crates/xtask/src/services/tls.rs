//! A certificate that an authority of this program signed, for the TLS listener of its broker.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::instance::Instance;
use super::port;

/// The authority, a request, and the certificate for it; valid for two days.
const COMMANDS: [&str; 3] = [
    "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=authority",
    "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost",
    "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names",
];

/// A listener that speaks TLS.
#[derive(Debug)]
pub struct Tls {
    folder: PathBuf,
    port: u16,
}

impl Tls {
    /// Where it answers.
    pub fn url(&self) -> String {
        format!("amqps://guest:guest@localhost:{}", self.port)
    }

    /// The certificate of the authority, as PEM.
    pub fn authority(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Makes the certificate in the folder of a server.
    pub(super) fn make(instance: &Instance) -> Result<Self> {
        instance.write("names", "subjectAltName = DNS:localhost, IP:127.0.0.1\n")?;
        for arguments in COMMANDS {
            let ran = instance.command(Path::new("openssl")).args(arguments.split(' ')).output();
            let ran = ran.context("openssl does not start")?;
            ensure!(ran.status.success(), "openssl fails: {}", String::from_utf8_lossy(&ran.stderr).trim());
        }
        Ok(Self { folder: instance.folder().to_path_buf(), port: port::free()? })
    }

    /// The lines of configuration of a node that uses it.
    pub(super) fn settings(&self) -> String {
        let folder = self.folder.display();
        format!(
            "listeners.ssl.default = 127.0.0.1:{}\n\
             ssl_options.cacertfile = {folder}/ca.pem\n\
             ssl_options.certfile = {folder}/server.pem\n\
             ssl_options.keyfile = {folder}/server.key\n",
            self.port
        )
    }
}
