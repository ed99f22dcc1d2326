//! Runs the program as a person does: the built binary, in a folder of its own, with nothing configured around it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// The sample month.
pub const OCTOBER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/october");

/// How a run ended.
pub struct Ran {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// Exit code.
    pub code: i32,
}

/// A folder to work in. The store lies in it, as `conciliar.db`.
pub struct Desk(TempDir);

impl Desk {
    /// An empty folder.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// Where a file of the desk is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Lays a file on the desk, with the folders it needs.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file of the desk");
    }

    /// Runs the program.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[], "")
    }

    /// Runs the program with variables and with text on standard input.
    pub fn run_with(&self, args: &[&str], variables: &[(&str, &str)], input: &str) -> Ran {
        let mut command = self.command(args);
        command.envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the built binary starts");
        let mut stdin = child.stdin.take().expect("standard input is piped");
        // A program that ends before it has read everything is judged by its exit code.
        let _told = stdin.write_all(input.as_bytes());
        drop(stdin);
        ran(child.wait_with_output().expect("the program ends"))
    }

    /// The program, to be started here with nothing configured around it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CONCILIAR")) {
            command.env_remove(name);
        }
        command.args(args).current_dir(self.0.path());
        command
    }

    /// Runs the program; fails unless it exits with 0. Returns what it printed.
    #[track_caller]
    pub fn done(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
        ran.out
    }

    /// Runs the program with `--format json`; fails unless it exits with 0 and prints JSON.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        let out = self.done(&[args, &["--format", "json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{args:?}: {error}: {out}"))
    }
}

/// The text at a key.
#[track_caller]
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` is no text in {value}"))
}

/// The list at a key.
#[track_caller]
pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("`{key}` is no list in {value}"))
}

/// The keys of an object, in the order of the alphabet.
#[track_caller]
pub fn keys(value: &Value) -> Vec<&str> {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Minor units of an amount with two decimals.
#[track_caller]
pub fn cents(amount: &str) -> i64 {
    let digits: String = amount.chars().filter(|c| *c != '.').collect();
    assert_eq!(amount.find('.'), Some(amount.len() - 3), "`{amount}` has no two decimals");
    digits.parse().unwrap_or_else(|error| panic!("`{amount}` is no amount: {error}"))
}

fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
    let code = output.status.code().expect("the program ends by itself");
    Ran { out: text(output.stdout), err: text(output.stderr), code }
}

/// The binary that `CONCILIAR_TEST_PROGRAM` names, else the one beside this test, built once a run from the sources
/// that were tested.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(program) = std::env::var_os("CONCILIAR_TEST_PROGRAM") {
            return program.into();
        }
        // target/<profile>/deps/it-<hash>
        let this = std::env::current_exe().expect("a test knows where it is");
        let folder = this.parent().and_then(Path::parent).expect("tests lie in target/<profile>/deps");
        let target = folder.parent().expect("profiles lie in the target folder");
        let profile = match folder.file_name().and_then(|name| name.to_str()) {
            Some("debug") => "dev",
            Some(name) => name,
            None => panic!("{} is no profile", folder.display()),
        };
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "cli", "--profile", profile, "--target-dir"])
            .arg(target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo starts");
        assert!(built.success(), "the program does not build");
        folder.join(format!("conciliar{}", std::env::consts::EXE_SUFFIX))
    })
}
