//! Stories of subscriptions in the manner of a moving clock: what the provider does, what the program is asked to do, and
//! at each step every fact, entry and message that follows, and nothing else.
//!
//! A step starts with `>`; the indented lines below it are golden. `CONCILIAR_BLESS=1` writes them anew. The provider is
//! the simulator, the program is the real one, and each story is told on `SQLite` and on `PostgreSQL`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use scene::Scene;

mod lines;
mod scene;
mod steps;

/// The golden lines below one step.
const INDENT: &str = "    ";

#[test]
fn every_story_of_subscriptions_goes_as_it_is_written() {
    let stories = stories();
    assert!(stories.len() >= 6, "only {} stories", stories.len());
    for path in stories {
        let written = std::fs::read_to_string(&path).expect("a story is text");
        let (told, again) = std::thread::scope(|scope| {
            let again = scope.spawn(|| tell(&mut Scene::on_postgres(), &written));
            (tell(&mut Scene::on_sqlite(), &written), again.join().expect("the story is told"))
        });
        assert!(again == told, "{}: the databases differ {}", path.display(), difference(&told, &again));
        if std::env::var_os("CONCILIAR_BLESS").is_some() {
            std::fs::write(&path, told).expect("a story can be written");
        } else {
            let place = path.display();
            assert!(told == written, "{place} goes otherwise {}", difference(&written, &told));
        }
    }
}

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories/billing");
    let entries = std::fs::read_dir(folder).expect("the folder of stories can be read");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a file of the folder can be read").path()).collect();
    paths.sort();
    paths
}

/// The first line that differs, for people.
fn difference(left: &str, right: &str) -> String {
    let same = left.lines().zip(right.lines()).take_while(|(left, right)| left == right).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(the end)").to_owned();
    format!("in line {}:\n- {}\n+ {}\nCONCILIAR_BLESS=1 writes it anew", same + 1, line(left), line(right))
}

/// Tells a story again: its own steps and remarks, with what really follows.
fn tell(scene: &mut Scene, story: &str) -> String {
    let mut told = String::new();
    for line in story.lines().filter(|line| !line.starts_with(INDENT)) {
        writeln!(told, "{line}").expect("text can be written to memory");
        if let Some(step) = line.strip_prefix("> ") {
            for line in steps::take(scene, step) {
                writeln!(told, "{INDENT}{line}").expect("text can be written to memory");
            }
        }
    }
    told
}
