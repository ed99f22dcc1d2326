//! Rules about lengths. Tests are not measured: a table of cases may be as long as its cases.

use super::tree::Source;

/// Lines of a file without its tests.
const FILE_LINES: usize = 400;
/// Lines of a function with its signature.
const FUNCTION_LINES: usize = 70;

/// Files that are too long.
pub fn long_files(source: &Source) -> Vec<String> {
    let lines = source.product_lines().count();
    if lines > FILE_LINES && !source.is_test() {
        vec![format!("{} has {lines} lines", source.path)]
    } else {
        Vec::new()
    }
}

/// Functions that are too long; relies on the formatter's indentation.
pub fn long_functions(source: &Source) -> Vec<String> {
    if source.is_test() {
        return Vec::new();
    }
    let lines: Vec<_> = source.product_lines().collect();
    let starts = (0..lines.len()).filter(|start| is_function(lines[*start].1));
    starts
        .map(|start| (start, length(&lines[start..])))
        .filter(|(_, length)| *length > FUNCTION_LINES)
        .map(|(start, length)| {
            source.at(lines[start].0, &format!("{} ({length} lines)", lines[start].1.trim()))
        })
        .collect()
}

fn is_function(line: &str) -> bool {
    let mut words = line.trim_start().split(' ').skip_while(|word| {
        word.starts_with("pub") || matches!(*word, "const" | "async" | "unsafe" | "in" | "extern" | "\"C\"")
    });
    words.next() == Some("fn")
}

/// Lines from the signature to the brace that closes at its indentation; 1 for declarations.
fn length(lines: &[(usize, &str)]) -> usize {
    let first = lines[0].1;
    let indent = first.len() - first.trim_start().len();
    for (count, (_, line)) in (1..).zip(lines) {
        let ends_here = line.trim() == "}" && line.len() - line.trim_start().len() == indent;
        let has_no_body = line.ends_with(';') && line.len() - line.trim_start().len() == indent;
        let is_one_line = count == 1 && line.ends_with('}');
        if ends_here || has_no_body || is_one_line {
            return count;
        }
    }
    lines.len()
}
