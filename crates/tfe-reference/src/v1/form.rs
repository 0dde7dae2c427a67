//! `application/x-www-form-urlencoded`: request bodies and queries. Reading is the business of [`tfe_schema::form`];
//! what stands here is what faults make of a form before it is read.

use std::borrow::Cow;

use serde_json::Value;
use tfe_schema::form;

use super::answer::Refusal;
use crate::faults::{Fault, Faults};

/// The parameters of a query.
pub(crate) fn query(text: &str) -> Result<Value, Refusal> {
    let parsed = form::parse(text.as_bytes()).map_err(|error| Refusal::malformed("query", &error.to_string()))?;
    Ok(parsed.value)
}

/// The form as a server with these faults sees it.
pub(crate) fn seen<'f>(faults: &Faults, form: &'f [u8]) -> Cow<'f, [u8]> {
    if form.contains(&b'+') && faults.hit(Fault::V1FormPlusKept) {
        return Cow::Owned(form.split(|byte| *byte == b'+').collect::<Vec<_>>().join(&b"%2B"[..]));
    }
    if has_name(form, is_bracketed) && faults.hit(Fault::V1FormBracketsUnparsed) {
        return Cow::Owned(without(form, is_bracketed));
    }
    if has_name(form, is_bracketed_in_code) && faults.hit(Fault::V1FormEncodedBracketsUnparsed) {
        return Cow::Owned(without(form, is_bracketed_in_code));
    }
    Cow::Borrowed(form)
}

/// The variables that somebody sees in a form who does not care whether it is one.
pub(crate) fn made_out(form: &[u8]) -> Value {
    let text = String::from_utf8_lossy(form);
    let pairs = text.split('&').filter_map(|pair| pair.strip_prefix("variables[")?.split_once('='));
    pairs.map(|(name, value)| (name.trim_end_matches(']').to_owned(), Value::from(value))).collect()
}

/// `variables[foo]`
fn is_bracketed(name: &[u8]) -> bool {
    name.contains(&b'[')
}

/// `variables%5Bfoo%5D`
fn is_bracketed_in_code(name: &[u8]) -> bool {
    name.windows(3).any(|code| code.eq_ignore_ascii_case(b"%5b"))
}

fn has_name(form: &[u8], matches: fn(&[u8]) -> bool) -> bool {
    pairs(form).any(|pair| matches(name(pair)))
}

/// The form without some pairs: whoever does not understand their names takes them for attributes that do not matter.
fn without(form: &[u8], dropped: fn(&[u8]) -> bool) -> Vec<u8> {
    pairs(form).filter(|pair| !dropped(name(pair))).collect::<Vec<_>>().join(&b'&')
}

fn pairs(form: &[u8]) -> impl Iterator<Item = &[u8]> {
    form.split(|byte| *byte == b'&')
}

fn name(pair: &[u8]) -> &[u8] {
    pair.split(|byte| *byte == b'=').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &[u8] = b"variables[a]=1+[2]&variables%5bb%5D=%5B3%5d";

    #[test]
    fn a_form_is_seen_as_it_is() {
        let faults = Faults::new([Fault::NoOp]);
        assert_eq!(&*seen(&faults, FORM), FORM);
    }

    #[test]
    fn faults_change_what_they_are_about() {
        for (fault, expected) in [
            (Fault::V1FormPlusKept, &b"variables[a]=1%2B[2]&variables%5bb%5D=%5B3%5d"[..]),
            (Fault::V1FormBracketsUnparsed, b"variables%5bb%5D=%5B3%5d"),
            (Fault::V1FormEncodedBracketsUnparsed, b"variables[a]=1+[2]"),
        ] {
            let faults = Faults::new([fault]);
            assert_eq!(&*seen(&faults, FORM), expected, "{fault}");
            assert_eq!(&*seen(&faults, b"a=1"), b"a=1", "{fault}");
            assert_eq!(faults.hits().collect::<Vec<_>>(), [(fault, 1)]);
        }
    }
}
