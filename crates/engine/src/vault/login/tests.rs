//! A login takes one answer, its own.

use std::collections::BTreeMap;

use super::*;

fn address(text: &str) -> Address {
    Address::try_from(text.to_owned()).expect("the test has addresses")
}

fn begin(pkce: Pkce) -> Login {
    let page = address("https://auth.mercadopago.com/authorization");
    Login::begin(&page, "77", address("http://127.0.0.1:8719/linked"), pkce).expect("there is randomness")
}

fn query(login: &Login) -> BTreeMap<String, String> {
    login.url().query_pairs().into_owned().collect()
}

/// The answer of a provider that agrees.
fn yes(login: &Login) -> String {
    format!("code=TG-1&state={}", query(login)["state"])
}

fn code(answer: Result<Code, AnswerError>) -> (String, Option<String>) {
    let code = answer.unwrap_or_else(|error| panic!("{error}"));
    let verifier = code.verifier.map(|verifier| verifier.expose_secret().to_owned());
    (code.code.expose_secret().to_owned(), verifier)
}

#[test]
fn the_challenge_is_that_of_the_standard() {
    // RFC 7636, appendix B.
    let verifier = SecretString::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn the_address_asks_for_a_code_and_holds_a_hash_of_the_verifier() {
    let mut login = begin(Pkce::S256);
    let asked = query(&login);
    let (page, _) = login.url().as_str().split_once('?').expect("it has a query");
    assert_eq!(page, "https://auth.mercadopago.com/authorization");
    assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", "77"));
    assert_eq!(asked["platform_id"], "mp");
    assert_eq!(asked["redirect_uri"], "http://127.0.0.1:8719/linked");
    assert_eq!(asked["code_challenge_method"], "S256");
    let own = yes(&login);
    let (code, verifier) = code(login.answer(&own));
    let verifier = verifier.expect("it is bound");
    assert_eq!((code.as_str(), verifier.len()), ("TG-1", 43));
    assert_eq!(asked["code_challenge"], challenge(&SecretString::from(verifier.clone())));
    assert!(!login.url().as_str().contains(&verifier));
}

#[test]
fn an_application_may_ask_for_the_plain_way_or_none() {
    let mut login = begin(Pkce::Plain);
    let asked = query(&login);
    assert_eq!(asked["code_challenge_method"], "Plain");
    let (_, verifier) = code(login.answer(&format!("code=TG-1&state={}", asked["state"])));
    assert_eq!(verifier.as_deref(), Some(asked["code_challenge"].as_str()));
    let mut login = begin(Pkce::Off);
    let asked = query(&login);
    assert!(!asked.contains_key("code_challenge") && !asked.contains_key("code_challenge_method"));
    assert_eq!(code(login.answer(&format!("code=TG-1&state={}", asked["state"]))).1, None);
}

#[test]
fn no_two_logins_have_a_state_or_a_verifier_in_common() {
    let (one, two) = (query(&begin(Pkce::S256)), query(&begin(Pkce::S256)));
    assert_ne!(one["state"], two["state"]);
    assert_ne!(one["code_challenge"], two["code_challenge"]);
    assert_eq!(one["state"].len(), 43);
}

#[test]
fn a_foreign_answer_is_refused_and_leaves_the_login_waiting_for_its_own() {
    let mut login = begin(Pkce::S256);
    let own = yes(&login);
    let state = query(&login)["state"].clone();
    let other = yes(&begin(Pkce::S256));
    for foreign in [
        "",
        "code=TG-1",
        "code=TG-1&state=",
        "error=access_denied",
        &other,
        &format!("code=TG-1&state={}", &state[1..]),
        &format!("code=TG-1&state={state}x"),
        &format!("code=TG-1&state=x&state={state}"),
    ] {
        assert_eq!(login.answer(foreign).err(), Some(AnswerError::OtherState), "{foreign}");
    }
    assert_eq!(code(login.answer(&own)).0, "TG-1");
}

#[test]
fn an_answer_counts_once() {
    let mut login = begin(Pkce::S256);
    let own = yes(&login);
    code(login.answer(&own));
    assert_eq!(login.answer(&own).err(), Some(AnswerError::Answered));
    assert_eq!(login.answer_by_hand("TG-1").err(), Some(AnswerError::Answered));
}

#[test]
fn a_seller_who_says_no_ends_the_login_and_strange_words_are_not_repeated() {
    let refused = |words: &str| {
        let mut login = begin(Pkce::S256);
        let answer = format!("{words}&state={}", query(&login)["state"]);
        (login.answer(&answer).err(), login.answer(&yes(&begin(Pkce::S256))).err())
    };
    let word = |word| Some(AnswerError::Refused { word });
    assert_eq!(refused("error=access_denied"), (word("access_denied"), Some(AnswerError::Answered)));
    assert_eq!(
        refused("error=%3Cscript%3E&code=TG-1"),
        (word("another reason"), Some(AnswerError::Answered))
    );
    assert_eq!(refused("code="), (Some(AnswerError::NoCode), Some(AnswerError::Answered)));
}

#[test]
fn a_person_may_bring_the_whole_address_or_the_code_alone() {
    let mut login = begin(Pkce::S256);
    let whole = format!(" http://127.0.0.1:8719/linked?{}#top\n", yes(&login));
    assert_eq!(code(login.answer_by_hand(&whole)).0, "TG-1");
    assert_eq!(code(begin(Pkce::S256).answer_by_hand(" TG-1\n")).0, "TG-1");
    let foreign = "http://127.0.0.1:8719/linked?code=TG-1&state=x";
    assert_eq!(begin(Pkce::S256).answer_by_hand(foreign).err(), Some(AnswerError::OtherState));
    assert_eq!(begin(Pkce::S256).answer_by_hand("\n").err(), Some(AnswerError::NoCode));
    assert_eq!(begin(Pkce::Off).answer_by_hand("TG-1").err(), Some(AnswerError::NoCode), "nothing binds it");
}
