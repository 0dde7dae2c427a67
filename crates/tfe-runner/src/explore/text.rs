//! Texts that every server has to take as values, and smaller ones.

/// The text without what the documents leave open: control characters other than tabs and line ends
/// (databases refuse NUL), noncharacters, and, for environment variables, which many systems read line
/// by line, line ends.
pub(super) fn demanded(text: &str, lines: bool) -> String {
    let taken = |c: &char| match c {
        '\n' | '\r' | '\t' => lines,
        c => !c.is_control() && !is_noncharacter(*c),
    };
    text.chars().filter(taken).collect()
}

/// Unicode, section 23.7: for internal use, never for exchange.
fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    (0xfdd0..=0xfdef).contains(&code) || code & 0xfffe == 0xfffe
}

/// Texts that are shorter or plainer, the shortest first.
pub(super) fn smaller(text: &str) -> Vec<String> {
    const FEW: usize = 12;
    let chars: Vec<char> = text.chars().collect();
    let mut smaller = Vec::new();
    if chars.is_empty() {
        return smaller;
    }
    smaller.push(String::new());
    if chars.len() > 1 {
        let half = chars.len() / 2;
        smaller.push(chars[..half].iter().collect());
        smaller.push(chars[half..].iter().collect());
    }
    for index in 0..chars.len().min(FEW) {
        let mut fewer = chars.clone();
        fewer.remove(index);
        smaller.push(fewer.into_iter().collect());
        let mut plainer = chars.clone();
        if plainer[index] != 'a' {
            plainer[index] = 'a';
            smaller.push(plainer.into_iter().collect());
        }
    }
    smaller
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_open_is_not_demanded() {
        assert_eq!(demanded("a\0b\u{1}\n\u{fffe}\t\u{10ffff}é", true), "ab\n\té");
        assert_eq!(demanded("a\nb", false), "ab");
    }

    #[test]
    fn smaller_texts_come_to_an_end() {
        let mut text = "é\n\"x\"".to_owned();
        let mut steps = 0;
        while let Some(next) = smaller(&text).pop() {
            (text, steps) = (next, steps + 1);
            assert!(steps < 100, "{text}");
        }
        assert_eq!(text, "");
    }
}
