//! The layer below brackets: pairs and percent-encoding (WHATWG URL Standard, section 5).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};

use super::error::{Breach, FormError, FormErrorKind, FormPlace};

/// What the standard's serializer encodes, but for the space, which becomes `+`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_').remove(b' ');

/// One pair as it stands in the form.
pub(super) struct RawPair<'f> {
    name: &'f [u8],
    value: &'f [u8],
    /// Offset of the name in the form.
    offset: usize,
}

/// The pairs of a form; an empty stretch between two `&` is none.
pub(super) fn pairs(form: &[u8]) -> impl Iterator<Item = RawPair<'_>> {
    let mut offset = 0;
    form.split(|&byte| byte == b'&').filter_map(move |pair| {
        let at = offset;
        offset += pair.len() + 1;
        let end = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
        let value = pair.get(end + 1..).unwrap_or_default();
        (!pair.is_empty()).then_some(RawPair { name: &pair[..end], value, offset: at })
    })
}

impl RawPair<'_> {
    pub(super) fn name(&self) -> Result<String, FormError> {
        decode(self.name).map_err(|Breach { kind, at }| self.located(kind, self.offset + at))
    }

    pub(super) fn value(&self) -> Result<String, FormError> {
        let offset = self.offset + self.name.len() + 1;
        decode(self.value).map_err(|Breach { kind, at }| self.located(kind, offset + at))
    }

    /// The error for a breach in the decoded name.
    pub(super) fn error(&self, Breach { kind, at }: Breach) -> FormError {
        self.located(kind, self.offset + raw_offset(self.name, at))
    }

    fn located(&self, kind: FormErrorKind, offset: usize) -> FormError {
        let name = decode(self.name).unwrap_or_else(|_| String::from_utf8_lossy(self.name).into_owned());
        kind.at(FormPlace::byte(offset, &name))
    }
}

/// Text of a name or a value. The place of a breach is that in `raw`.
fn decode(raw: &[u8]) -> Result<String, Breach> {
    for (at, _) in raw.iter().enumerate().filter(|(_, byte)| **byte == b'%') {
        let digits = raw.get(at + 1..at + 3).unwrap_or_default();
        if digits.len() < 2 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(Breach { kind: FormErrorKind::Percent, at });
        }
    }
    let spaced: Vec<u8> = raw.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    let decoded: Vec<u8> = percent_decode(&spaced).collect();
    String::from_utf8(decoded).map_err(|error| {
        let at = raw_offset(raw, error.utf8_error().valid_up_to());
        Breach { kind: FormErrorKind::Utf8, at }
    })
}

/// Where the byte that decodes to byte number `decoded` stands in `raw`.
fn raw_offset(raw: &[u8], decoded: usize) -> usize {
    let mut at = 0;
    for _ in 0..decoded {
        at += if raw.get(at) == Some(&b'%') { 3 } else { 1 };
    }
    at
}

pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string().replace(' ', "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serializer_is_that_of_the_standard() {
        assert_eq!(encode("aZ09*-._ ~!'()[]%&=+/é"), "aZ09*-._+%7E%21%27%28%29%5B%5D%25%26%3D%2B%2F%C3%A9");
    }

    #[test]
    fn text_is_decoded_once() {
        assert_eq!(decode(b"a+b%20c%2Bd%2525").unwrap(), "a b c+d%25");
        assert_eq!(decode(b"%c3%A9").unwrap(), "é");
    }

    #[test]
    fn breaches_are_placed_in_the_raw_text() {
        let breach = |kind, at| Err(Breach { kind, at });
        assert_eq!(decode(b"a%"), breach(FormErrorKind::Percent, 1));
        assert_eq!(decode(b"%41%4"), breach(FormErrorKind::Percent, 3));
        assert_eq!(decode(b"%4g"), breach(FormErrorKind::Percent, 0));
        assert_eq!(decode(b"%41b%FF"), breach(FormErrorKind::Utf8, 4));
        assert_eq!(decode(b"%C3%A9\xff"), breach(FormErrorKind::Utf8, 6));
    }

    #[test]
    fn pairs_are_cut_at_the_first_equals_sign() {
        let cut = |form: &'static [u8]| {
            pairs(form).map(|pair| (pair.offset, pair.name().unwrap(), pair.value().unwrap())).collect::<Vec<_>>()
        };
        let pair = |offset: usize, name: &str, value: &str| (offset, name.to_owned(), value.to_owned());
        assert_eq!(cut(b"a=b=c&&d&e="), [pair(0, "a", "b=c"), pair(7, "d", ""), pair(9, "e", "")]);
        assert_eq!(cut(b""), []);
        assert_eq!(cut(b"=x"), [pair(0, "", "x")]);
    }
}
