//! A database that takes the connection and says nothing: whoever waits for it still ends when it is told to.

use std::net::{TcpListener, TcpStream};

use crate::bin::Desk;
use crate::process::Process;
use crate::queue::until;

/// Takes connections and never answers.
struct Silent(TcpListener);

impl Silent {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a listener need not block");
        Self(listener)
    }

    fn url(&self) -> String {
        format!("postgres://nobody@{}/silence", self.0.local_addr().expect("it is bound"))
    }

    /// Waits until somebody has asked.
    fn asked(&self) -> TcpStream {
        until("the database is asked", || self.0.accept().ok()).0
    }
}

#[test]
fn a_verb_that_waits_for_a_silent_database_ends_when_it_is_told_to() {
    let desk = Desk::new();
    desk.write("secret", "a-secret");
    desk.write("shop.toml", "[sellers.7]\nsite = 'MLA'\nhooks.secrets = 'file:secret'\n");
    for args in [
        &["poll"][..],
        &["fetch"],
        &["fetch", "--open"],
        &["work"],
        &["serve", "--embedded", "--listen", "127.0.0.1:0"],
    ] {
        let silent = Silent::new();
        let url = silent.url();
        let variables = [
            ("CONCILIAR_DB", &*url),
            ("CONCILIAR_CONFIG", "shop.toml"),
            ("CONCILIAR_TOKEN", "a-token"),
            // Nobody comes so far as to ask for it.
            ("CONCILIAR_BROKER", "amqp://guest:guest@127.0.0.1:1"),
        ];
        let name = args.join("-");
        let waiting = Process::start(&desk, &name, args, &variables);
        let _open = silent.asked();
        waiting.stop();
        let told = std::fs::read_to_string(desk.path(&format!("{name}.log"))).expect("the log of a process");
        assert!(told.ends_with("stopped before the store was open; nothing was begun\n"), "{args:?}: {told}");
    }
}
