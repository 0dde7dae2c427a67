//! Ids and tokens, from the randomness of the operating system.

/// Letters and digits without the look-alikes `0`, `O`, `I`, `l`: clients check ids against this alphabet.
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// An id of the usual shape: `var-EavQ1LztoRTQHSNT`.
pub(crate) fn id(prefix: &str) -> Result<String, getrandom::Error> {
    Ok(format!("{prefix}-{}", letters(16)?))
}

/// A token of the usual shape: 14 letters, a marker, 67 letters.
pub(crate) fn token() -> Result<String, getrandom::Error> {
    Ok(format!("{}.atlasv1.{}", letters(14)?, letters(67)?))
}

/// Draws letters with equal chance: a byte beyond the alphabet is thrown away, not wrapped around.
fn letters(count: usize) -> Result<String, getrandom::Error> {
    let mut text = String::with_capacity(count);
    let mut bytes = [0; 32];
    while text.len() < count {
        getrandom::fill(&mut bytes)?;
        let letters = bytes.iter().filter_map(|byte| BASE58.get(usize::from(byte & 63)));
        text.extend(letters.take(count - text.len()).map(|&letter| char::from(letter)));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_tokens_have_their_shape() {
        let id = id("var").unwrap();
        let letters = id.strip_prefix("var-").unwrap();
        assert_eq!(letters.len(), 16);
        assert!(letters.bytes().all(|letter| BASE58.contains(&letter)));
        assert_eq!(token().unwrap().len(), 14 + 9 + 67);
        assert_ne!(token().unwrap(), token().unwrap());
    }
}
