//! A publisher that is told deliveries while other things happen, and stays connected in between.

use std::io::Write;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use super::worker::Process;

/// A publisher, and a thread that tells it what to publish: a pipe is full while the broker is away.
pub struct Feed {
    publisher: Process,
    lines: Sender<String>,
    teller: JoinHandle<()>,
}

impl Feed {
    /// Feeds a publisher that reads its standard input.
    pub fn new((publisher, mut told): (Process, impl Write + Send + 'static)) -> Self {
        let (lines, told_lines) = channel::<String>();
        let teller = thread::spawn(move || {
            for text in told_lines {
                told.write_all(text.as_bytes()).expect("the publisher reads");
            }
        });
        Self { publisher, lines, teller }
    }

    /// Gives it lines to publish.
    pub fn tell(&self, text: String) {
        self.lines.send(text).expect("the publisher reads");
    }

    /// Waits until all is published; fails unless the publisher exits with 0. Returns the end of what that said.
    pub fn done(self) -> String {
        drop(self.lines);
        self.teller.join().expect("the publisher has read everything");
        self.publisher.done()
    }
}
