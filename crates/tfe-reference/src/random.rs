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

/// A random UUID (RFC 9562, section 5.4), which upload tokens of v1 are.
pub(crate) fn uuid() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    let drawn = u128::from_be_bytes(bytes);
    // The version (4) and the variant (10) have fixed places.
    let fixed = drawn & !(0xf << 76) & !(0b11 << 62) | (0x4 << 76) | (0b10 << 62);
    let hex = format!("{fixed:032x}");
    Ok([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
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
        let uuid = uuid().unwrap();
        let parts: Vec<_> = uuid.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert!(uuid[14..].starts_with('4') && ['8', '9', 'a', 'b'].iter().any(|one| uuid[19..].starts_with(*one)));
    }
}
