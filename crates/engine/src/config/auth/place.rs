//! Where a secret is read: the configuration names the place and never holds the secret itself.

use std::env::VarError;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use secrecy::SecretString;
use serde::Deserialize;

/// A place outside the configuration that holds a secret: `env:NAME` or `file:PATH`.
///
/// It is read each time that the secret is needed, so that a file may be replaced while the program runs.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub enum Place {
    /// An environment variable.
    Variable(String),
    /// A file. White space around its text is left out.
    File(PathBuf),
}

/// A text that names no place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a secret is named by its place: write env:NAME or file:PATH")]
pub struct NoPlace;

/// Why a secret could not be read. Never shows what was read.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The variable is missing, or holds no UTF-8.
    #[error("the environment variable {name} cannot be read")]
    Variable {
        /// Its name.
        name: String,
        /// What is wrong with it; its text is not told.
        #[source]
        source: HiddenVariable,
    },
    /// The file cannot be read.
    #[error("the file {} cannot be read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is nothing but white space.
    #[error("{place} holds nothing")]
    Empty {
        /// Where.
        place: Place,
    },
}

/// What is wrong with a variable: the standard library's own error shows its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HiddenVariable {
    /// It is not set.
    #[error("it is not set")]
    Missing,
    /// Its bytes are no text.
    #[error("it is not UTF-8")]
    NoText,
}

impl Place {
    /// Reads the secret.
    ///
    /// # Errors
    /// When there is none.
    pub fn read(&self) -> Result<SecretString, PlaceError> {
        let text = match self {
            Self::Variable(name) => std::env::var(name).map_err(|error| {
                let source = match error {
                    VarError::NotPresent => HiddenVariable::Missing,
                    VarError::NotUnicode(_) => HiddenVariable::NoText,
                };
                PlaceError::Variable { name: name.clone(), source }
            })?,
            Self::File(path) => std::fs::read_to_string(path)
                .map_err(|source| PlaceError::File { path: path.clone(), source })?,
        };
        match text.trim() {
            "" => Err(PlaceError::Empty { place: self.clone() }),
            trimmed => Ok(SecretString::from(trimmed)),
        }
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() && !name.contains(['=', '\0']) => {
                Ok(Self::Variable(name.to_owned()))
            }
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            // What stands here by mistake may be the secret, so it is not repeated.
            _ => Err(NoPlace),
        }
    }
}

impl TryFrom<String> for Place {
    type Error = NoPlace;

    fn try_from(text: String) -> Result<Self, NoPlace> {
        text.parse()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests;
