//! How long faults took to be overcome, for the record of a run at full size.

use std::fs::File;
use std::io::Write;
use std::time::Duration;

/// Names the file that `cargo xtask test --full` collects rows in.
const RECORD: &str = "CONCILIAR_RECORD";

/// Notes the time from the end of a fault until the first commit after it.
#[expect(clippy::print_stderr, reason = "a run that is watched says how long it took")]
pub fn note(fault: &str, took: Duration) {
    eprintln!("{fault}: {} ms", took.as_millis());
    if let Some(path) = std::env::var_os(RECORD) {
        let file = File::options().create(true).append(true).open(path);
        writeln!(file.expect("the record can be written"), "{fault}\t{}", took.as_millis())
            .expect("the record can be written");
    }
}
