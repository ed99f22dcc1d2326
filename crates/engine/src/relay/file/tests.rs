use std::fs::{read_to_string, write};

use tempfile::TempDir;

use super::*;

const FIRST: &str = r#"{"key":"dunning/1"}"#;
const SECOND: &str = r#"{"key":"dunning/2"}"#;

fn file(before: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("letters.ndjson");
    write(&path, before).expect("a file");
    (folder, path)
}

fn write_line(path: &Path, line: &str) -> Result<(), RelayError> {
    let key = "dunning/2".into();
    add(open(path.to_path_buf(), &key)?, &key, line)
}

/// The file after a line was added to it.
fn added(before: &str, line: &str) -> Result<String, RelayError> {
    let (_folder, path) = file(before);
    write_line(&path, &format!("{line}\n"))?;
    Ok(read_to_string(&path).expect("the file"))
}

#[test]
fn a_line_is_added_to_what_is_there() {
    let both = format!("{FIRST}\n{SECOND}\n");
    assert_eq!(added("", SECOND).expect("written"), format!("{SECOND}\n"));
    assert_eq!(added(&format!("{FIRST}\n"), SECOND).expect("written"), both);
    assert_eq!(added("other\n\n", SECOND).expect("written"), format!("other\n\n{SECOND}\n"));
}

#[test]
fn a_line_that_is_there_already_is_not_written_again() {
    let both = format!("{FIRST}\n{SECOND}\n");
    assert_eq!(added(&both, SECOND).expect("known"), both);
    assert_eq!(added(&format!("{SECOND}\n"), SECOND).expect("known"), format!("{SECOND}\n"));
    // A longer line that ends alike is another one.
    let longer = format!("x{SECOND}\n");
    assert_eq!(added(&longer, SECOND).expect("written"), format!("{longer}{SECOND}\n"));
}

#[test]
fn a_torn_line_is_cut_off_wherever_it_was_torn() {
    let both = format!("{FIRST}\n{SECOND}\n");
    for torn in 1..=SECOND.len() {
        assert_eq!(added(&format!("{FIRST}\n{}", &SECOND[..torn]), SECOND).expect("mended"), both, "{torn}");
        assert_eq!(added(&SECOND[..torn], SECOND).expect("mended"), format!("{SECOND}\n"), "{torn}");
    }
}

#[test]
fn a_file_that_ends_in_the_middle_of_something_else_is_left_as_it_is() {
    let long = "long ".repeat(20);
    for before in ["x", &format!("{FIRST}\n{{\"key\":\"dunning/3"), &long, &format!("{long}{}", &SECOND[..3])]
    {
        let (_folder, path) = file(before);
        let refused = write_line(&path, &format!("{SECOND}\n"));
        assert!(matches!(refused, Err(RelayError::Torn { .. })), "{before}: {refused:?}");
        assert_eq!(read_to_string(&path).expect("the file"), *before);
    }
}

#[test]
fn a_file_that_somebody_holds_is_waited_for() {
    let (_folder, path) = file("");
    let held = File::open(&path).expect("the file");
    held.lock().expect("nobody holds it");
    let refused = write_line(&path, "{}\n").expect_err("it is held");
    assert!(matches!(refused, RelayError::Held { .. }) && refused.is_transient(), "{refused:?}");
    drop(held);
    write_line(&path, "{}\n").expect("it is free");
}
