//! Compares a call with a request as the provider's pages print it: a `curl` command, quoted as it stands there.
//!
//! The token of such a command is not compared: it always goes into the header, and that is the client's.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::call::Call;

/// Fails unless the call sends what the command sends, after its placeholders were filled.
#[track_caller]
pub(crate) fn check<C: Call>(command: &str, filled: &[(&str, &str)], call: &C) {
    let command = filled.iter().fold(command.to_owned(), |text, (name, value)| text.replace(name, value));
    let printed = Printed::read(&command);
    assert_eq!(call.check(), Ok(()), "{command}");
    assert_eq!(call.method().as_str(), printed.method, "{command}");
    assert_eq!(call.path(), printed.path, "{command}");
    assert_eq!(call.query(), [], "{command}");
    let body = call.body().map(|body| String::from_utf8(body).expect("JSON is UTF-8"));
    assert_eq!(body.as_deref().map(canonical), printed.body.as_deref().map(canonical), "{command}");
}

/// JSON without blanks, its keys sorted, its numbers as they were written.
#[track_caller]
pub(crate) fn canonical(json: &str) -> String {
    let raw: Box<RawValue> = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    let text = raw.get();
    match text.as_bytes() {
        [b'{', ..] => {
            let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).expect("an object");
            let members = members.iter().map(|(key, value)| format!("{key:?}:{}", canonical(value.get())));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        [b'[', ..] => {
            let items: Vec<Box<RawValue>> = serde_json::from_str(text).expect("a list");
            let items: Vec<_> = items.iter().map(|item| canonical(item.get())).collect();
            format!("[{}]", items.join(","))
        }
        [b'"', ..] => format!("{:?}", serde_json::from_str::<String>(text).expect("a text")),
        _ => text.to_owned(),
    }
}

/// What a printed command sends.
struct Printed {
    method: String,
    path: String,
    body: Option<String>,
}

impl Printed {
    #[track_caller]
    fn read(command: &str) -> Self {
        let mut words = words(command).into_iter();
        let (mut method, mut address, mut body) = ("GET".to_owned(), None, None);
        while let Some(word) = words.next() {
            match word.as_str() {
                "-X" | "--request" => method = words.next().expect("a method"),
                "-H" | "--header" => drop(words.next()),
                "-d" | "--data-raw" => body = words.next(),
                word if word.starts_with("https://") => address = Some(word.to_owned()),
                _ => {}
            }
        }
        let address = address.unwrap_or_else(|| panic!("no address in {command}"));
        let path = address.strip_prefix("https://api.mercadopago.com").expect("the provider's address");
        let path = path.split_once("?access_token=").map_or(path, |(path, _)| path);
        Self { method, path: path.to_owned(), body }
    }
}

/// The words of a command as a shell splits them. Some pages print typographic quotes.
fn words(command: &str) -> Vec<String> {
    let command = command.replace(['‘', '’'], "'").replace(['“', '”'], "\"").replace("\\\n", " ");
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for letter in command.chars().chain([' ']) {
        match quote {
            Some(open) if open == letter => quote = None,
            None if matches!(letter, '\'' | '"') => quote = Some(letter),
            None if letter.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(letter),
        }
    }
    words
}

#[test]
fn a_printed_command_is_read_as_a_shell_would() {
    let command = "curl --request POST ‘https://api.mercadopago.com/a/b?access_token=<T>’ \\\n--header 'A: b' \\\n--data-raw ‘{ “id”: 7 }’";
    let printed = Printed::read(command);
    assert_eq!((printed.method.as_str(), printed.path.as_str()), ("POST", "/a/b"));
    assert_eq!(printed.body.as_deref(), Some("{ \"id\": 7 }"));
}

#[test]
fn json_is_compared_with_its_numbers_as_they_were_written() {
    assert_eq!(canonical(r#"{ "b": [1.50, "\u0061"], "a": {} }"#), r#"{"a":{},"b":[1.50,"a"]}"#);
    assert_ne!(canonical("1.5"), canonical("1.50"));
}
