//! Test support: every short walk over an alphabet of commands, and the properties each machine owes.

use crate::machine::{Context, Machine};

/// Calls `visit` with every walk of 1 to `depth` letters of the alphabet.
pub fn each<T: Clone>(alphabet: &[T], depth: usize, visit: &mut impl FnMut(&[T])) {
    fn extend<T: Clone>(alphabet: &[T], depth: usize, walk: &mut Vec<T>, visit: &mut impl FnMut(&[T])) {
        if !walk.is_empty() {
            visit(walk);
        }
        if walk.len() == depth {
            return;
        }
        for letter in alphabet {
            walk.push(letter.clone());
            extend(alphabet, depth, walk, visit);
            walk.pop();
        }
    }
    extend(alphabet, depth, &mut Vec::new(), visit);
}

/// The state after a command, and what was decided.
pub type Step<M> =
    (Option<<M as Machine>::State>, Result<Vec<<M as Machine>::Event>, <M as Machine>::Refusal>);

/// Runs one command and folds what it writes: properties (a) `evolve` accepts whatever `decide` writes and
/// (b) the same command again writes nothing. Returns the state, unchanged when the command was refused.
///
/// # Panics
/// When a property does not hold.
pub fn step<M: Machine>(state: Option<M::State>, command: &M::Command, context: &Context<'_>) -> Step<M> {
    let decided = M::decide(state.as_ref(), command.clone(), context);
    let Ok(events) = &decided else { return (state, decided) };
    let mut next = state;
    for event in events {
        next = Some(
            M::evolve(next.clone(), event)
                .unwrap_or_else(|e| panic!("{e}\n  state {next:?}\n  command {command:?}")),
        );
    }
    let again = M::decide(next.as_ref(), command.clone(), context);
    assert_eq!(again, Ok(Vec::new()), "the same again must write nothing: {command:?}\n  state {next:?}");
    (next, decided)
}

/// Calls `visit` with every order of the letters.
pub fn orders<T: Clone>(letters: &[T], visit: &mut impl FnMut(&[T])) {
    fn arrange<T: Clone>(rest: &mut Vec<T>, chosen: &mut Vec<T>, visit: &mut impl FnMut(&[T])) {
        if rest.is_empty() {
            visit(chosen);
        }
        for at in 0..rest.len() {
            chosen.push(rest.remove(at));
            arrange(rest, chosen, visit);
            rest.insert(at, chosen.pop().expect("it was pushed above"));
        }
    }
    arrange(&mut letters.to_vec(), &mut Vec::new(), visit);
}
