//! The stock framework, measured by a program of its own: `benches/peers`, built and started here.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::rounds::Run;

/// The built program.
pub struct Peer(PathBuf);

/// The line that it prints.
#[derive(Deserialize)]
struct Measured {
    done: u64,
    events: u64,
    elapsed_us: u64,
    p50_us: Option<u64>,
    p95_us: Option<u64>,
    p99_us: Option<u64>,
}

impl Peer {
    /// Builds it beside this bench: `target/peers`.
    pub fn build() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/Cargo.toml");
        let bench = std::env::current_exe().expect("the bench knows where it lies");
        let target = bench.ancestors().nth(3).expect("target/release/deps/bench").join("peers");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--release", "--locked", "--quiet", "--manifest-path"])
            .arg(manifest)
            .arg("--target-dir")
            .arg(&target)
            .status()
            .expect("cargo starts");
        assert!(built.success(), "the peers do not build");
        Self(target.join("release/peers"))
    }

    /// Runs one verb; answers the run, and how many events were written or read.
    pub fn run(&self, verb: &str, options: &[(&str, &str)]) -> (Run, u64) {
        let mut command = Command::new(&self.0);
        command.arg(verb);
        for (name, value) in options {
            command.args([&format!("--{name}"), *value]);
        }
        let output = command.output().expect("the peers start");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "peers {verb}: {said}{}", String::from_utf8_lossy(&output.stderr));
        let measured: Measured = serde_json::from_str(said.trim()).expect("the peers print one line of JSON");
        let latency_us = match (measured.p50_us, measured.p95_us, measured.p99_us) {
            (Some(p50), Some(p95), Some(p99)) => Some([p50, p95, p99]),
            _ => None,
        };
        let run = Run { done: measured.done, elapsed_us: measured.elapsed_us, latency_us };
        (run, measured.events)
    }
}
