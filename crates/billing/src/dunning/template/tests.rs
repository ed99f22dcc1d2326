use super::*;

fn read(subject: &str, body: &str) -> Result<Template, String> {
    let text = format!("subject = [{subject}]\nbody = [{body}]\n");
    toml::from_str(&text).map_err(|error: toml::de::Error| error.message().to_owned())
}

fn fill(known: &[Blank]) -> impl Fn(Blank) -> Option<String> {
    move |blank| known.contains(&blank).then(|| format!("<{blank:?}>"))
}

#[test]
fn the_templates_that_are_compiled_in_speak_all_languages() {
    let templates = Templates::builtin();
    let steps: Vec<&str> = templates.0.keys().map(Text::as_str).collect();
    assert_eq!(steps, ["ended", "retrying", "update_card", "warning"]);
    for step in steps {
        for language in Language::ALL {
            assert!(templates.get(step, language).is_some(), "{step} {}", language.code());
        }
    }
    assert!(templates.get("farewell", Language::En).is_none());
}

#[test]
fn a_subject_is_the_first_that_can_be_filled_in() {
    let template = read(r#""{title}: {amount}", "Due {due}""#, r#""x""#).expect("it fits");
    assert_eq!(template.subject(fill(&[Blank::Title, Blank::Amount, Blank::Due])), "<Title>: <Amount>");
    assert_eq!(template.subject(fill(&[Blank::Amount, Blank::Due])), "Due <Due>");
}

#[test]
fn sentences_that_cannot_be_filled_in_are_left_out() {
    let template =
        read(r#""x""#, r#""One {amount}.", "Again on {retry}.", "{advice}", "Bye.""#).expect("it fits");
    assert_eq!(template.body(fill(&[Blank::Amount])), "One <Amount>. Bye.");
    let all = [Blank::Amount, Blank::Retry, Blank::Advice];
    assert_eq!(template.body(fill(&all)), "One <Amount>. Again on <Retry>. <Advice> Bye.");
}

#[test]
fn a_template_that_may_say_nothing_or_names_what_nobody_knows_is_refused() {
    for (subject, body, problem) in [
        (
            r#""{name}""#,
            r#""x""#,
            "`{name}` is none of the words {title}, {amount}, {due}, {retry} and {advice}",
        ),
        (r#""a {due""#, r#""x""#, "a brace in `a {due` has no other one"),
        (r#""a due}""#, r#""x""#, "a brace in `a due}` has no other one"),
        (r#""{{due}}""#, r#""x""#, "a brace in `{{due}}` has no other one"),
        (
            "",
            r#""x""#,
            "a template needs a subject with no other word than {amount} and {due}, as the last alternative",
        ),
        (
            r#""x", "{title}""#,
            r#""x""#,
            "a template needs a subject with no other word than {amount} and {due}, as the last alternative",
        ),
        (r#""x""#, r#""{advice}""#, "a template needs a sentence with no other word than {amount} and {due}"),
    ] {
        assert_eq!(read(subject, body).expect_err(problem), problem);
    }
}

#[test]
fn other_words_take_the_place_of_one_step_and_language() {
    let text = "[retrying.en]\nsubject = [\"Hm\"]\nbody = [\"Hm.\"]\n";
    let merged = Templates::builtin().with(toml::from_str(text).expect("it fits"));
    let subject =
        |language| merged.get("retrying", language).expect("there is one").subject(fill(&[Blank::Amount]));
    assert_eq!(subject(Language::En), "Hm");
    assert_eq!(subject(Language::Es), "No pudimos cobrar tu suscripción: <Amount>");
}
