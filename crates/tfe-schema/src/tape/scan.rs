//! Strings and numbers of the grammar, and the hash of names.

/// What is wrong, and where.
pub(super) type Fault = (&'static str, usize);

/// The end of a string whose opening quote stands at `open` (behind the closing quote), and whether it
/// has escapes. The bytes are UTF-8.
pub(super) fn string(bytes: &[u8], open: usize) -> Result<(usize, bool), Fault> {
    let mut at = open + 1;
    let mut escaped = false;
    loop {
        at = plain(bytes, at);
        match bytes.get(at) {
            Some(b'"') => return Ok((at + 1, escaped)),
            Some(b'\\') => {
                escaped = true;
                at = escape(bytes, at)?;
            }
            Some(_) => return Err(("control character (\\u0000-\\u001F) found while parsing a string", at)),
            None => return Err(("EOF while parsing a string", at)),
        }
    }
}

/// The next quote, backslash or control character: eight bytes at a time.
fn plain(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // The lowest flag that is set is always right: a borrow only reaches upwards.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*eight);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (control | zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5c))) & HIGHS;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|&byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        at += 1;
    }
    at
}

/// The end of the escape whose backslash stands at `at`.
fn escape(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match hex(bytes, at + 2)? {
            0xD800..=0xDBFF => {
                if bytes.get(at + 6..at + 8) == Some(b"\\u") && (0xDC00..=0xDFFF).contains(&hex(bytes, at + 8)?) {
                    Ok(at + 12)
                } else {
                    Err(("lone leading surrogate in hex escape", at))
                }
            }
            0xDC00..=0xDFFF => Err(("lone trailing surrogate in hex escape", at)),
            _ => Ok(at + 6),
        },
        Some(_) => Err(("invalid escape", at + 1)),
        None => Err(("EOF while parsing a string", at + 1)),
    }
}

/// Four hexadecimal digits.
fn hex(bytes: &[u8], from: usize) -> Result<u32, Fault> {
    let mut unit = 0;
    for at in from..from + 4 {
        let Some(&byte) = bytes.get(at) else { return Err(("EOF while parsing a string", at)) };
        let Some(digit) = char::from(byte).to_digit(16) else { return Err(("invalid escape", at)) };
        unit = unit << 4 | digit;
    }
    Ok(unit)
}

/// The text that the inside of a string means. The escapes were checked by [`string`].
pub(super) fn unescape(raw: &str) -> String {
    unescape_at_most(raw, usize::MAX)
}

/// The same, but not much more than the first `most` bytes of it.
pub(super) fn unescape_at_most(raw: &str, most: usize) -> String {
    let cut = |text: &str, left: usize| text.floor_char_boundary(left);
    let mut text = String::with_capacity(raw.len().min(most));
    let mut rest = raw;
    while text.len() < most
        && let Some((before, from)) = rest.split_once('\\')
    {
        text.push_str(&before[..cut(before, most - text.len())]);
        let bytes = from.as_bytes();
        let (meant, taken) = match bytes.first() {
            Some(b'b') => ('\u{8}', 1),
            Some(b'f') => ('\u{c}', 1),
            Some(b'n') => ('\n', 1),
            Some(b'r') => ('\r', 1),
            Some(b't') => ('\t', 1),
            Some(b'u') => match hex(bytes, 1).unwrap_or_default() {
                high @ 0xD800..=0xDBFF => {
                    let low = hex(bytes, 7).unwrap_or_default();
                    let point = 0x1_0000 + ((high & 0x3FF) << 10) + (low & 0x3FF);
                    (char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER), 11)
                }
                unit => (char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), 5),
            },
            other => (other.copied().map_or(char::REPLACEMENT_CHARACTER, char::from), 1),
        };
        text.push(meant);
        rest = from.get(taken..).unwrap_or_default();
    }
    text.push_str(&rest[..cut(rest, most.saturating_sub(text.len()))]);
    text
}

/// The end of a number that starts at `start`. One that no `f64` can come near is refused.
pub(super) fn number(text: &str, start: usize) -> Result<usize, Fault> {
    /// Fewer digits cannot leave the range without an exponent.
    const ALWAYS_IN_RANGE: usize = 300;
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let some_digits = |at: usize| match digits(at) {
        end if end > at => Ok(end),
        _ if at == bytes.len() => Err(("EOF while parsing a value", at)),
        _ => Err(("invalid number", at)),
    };
    let integer = start + usize::from(bytes[start] == b'-');
    let mut at = if bytes.get(integer) == Some(&b'0') { integer + 1 } else { some_digits(integer)? };
    if bytes.get(at).is_some_and(u8::is_ascii_digit) {
        return Err(("invalid number", at));
    }
    if bytes.get(at) == Some(&b'.') {
        at = some_digits(at + 1)?;
    }
    let exponent = matches!(bytes.get(at), Some(b'e' | b'E'));
    if exponent {
        let sign = matches!(bytes.get(at + 1), Some(b'+' | b'-'));
        at = some_digits(at + 1 + usize::from(sign))?;
    }
    if (exponent || at - start > ALWAYS_IN_RANGE) && text[start..at].parse().is_ok_and(f64::is_infinite) {
        return Err(("number out of range", start));
    }
    Ok(at)
}

/// The end of a value that starts at `start`, in a document that was read.
pub(super) fn end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut open) = (start, 0_usize);
    loop {
        at = match bytes.get(at) {
            None => return at,
            Some(b'"') => string(bytes, at).map_or(bytes.len(), |(end, _)| end),
            Some(b'[' | b'{') => {
                open += 1;
                at + 1
            }
            Some(b']' | b'}') => {
                open -= 1;
                at + 1
            }
            Some(byte) if is_of_scalar(*byte) => scalar(bytes, at),
            Some(_) => at + 1,
        };
        if open == 0 {
            return at;
        }
    }
}

/// How many words the tape of a document takes, if it is one.
pub(super) fn words(bytes: &[u8]) -> usize {
    let (mut at, mut words) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        // A name takes two: one of them is counted at its colon.
        words += usize::from(!matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',' | b']' | b'}'));
        at = match byte {
            b'"' => string(bytes, at).map_or(bytes.len(), |(end, _)| end),
            byte if is_of_scalar(byte) => scalar(bytes, at),
            _ => at + 1,
        };
    }
    words
}

fn scalar(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|&byte| is_of_scalar(byte)) {
        at += 1;
    }
    at
}

/// Bytes of numbers, `true`, `false` and `null`.
fn is_of_scalar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

/// A hash that is quick rather than good: names that share it are told apart by their text.
pub(crate) fn hash(name: &str) -> u32 {
    const ODD: u64 = 0x517c_c1b7_2722_0a95;
    let bytes = name.as_bytes();
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(ODD);
    let length = bytes.len() as u64;
    let hash = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => mix(mix(length, u64::from_le_bytes(*first)), u64::from_le_bytes(*last)),
        _ => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                mix(length, u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)))
            }
            _ => mix(length, bytes.iter().fold(0, |word, &byte| word << 8 | u64::from(byte))),
        },
    };
    u32::try_from(hash >> 32).unwrap_or_default()
}
