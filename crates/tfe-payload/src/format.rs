//! The formats that schemas may ask for: texts that have them, and texts that nearly have them.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Value, json};

/// A format that the validator asserts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Format {
    DateTime,
    Email,
    JsonPointer,
    Regex,
    Uri,
    UriReference,
    Uuid,
}

const ALL: [Format; 7] = [
    Format::DateTime,
    Format::Email,
    Format::JsonPointer,
    Format::Regex,
    Format::Uri,
    Format::UriReference,
    Format::Uuid,
];

impl Format {
    pub(crate) fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|format| format.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::DateTime => "date-time",
            Self::Email => "email",
            Self::JsonPointer => "json-pointer",
            Self::Regex => "regex",
            Self::Uri => "uri",
            Self::UriReference => "uri-reference",
            Self::Uuid => "uuid",
        }
    }

    /// Whether a text has the format, as the validator judges it.
    pub(crate) fn fits(self, text: &str) -> bool {
        static VALIDATORS: OnceLock<Vec<Option<Validator>>> = OnceLock::new();
        let validators = VALIDATORS.get_or_init(|| ALL.into_iter().map(|format| validator(format).ok()).collect());
        let index = ALL.iter().position(|format| *format == self).unwrap_or_default();
        validators[index].as_ref().is_some_and(|validator| validator.is_valid(&Value::String(text.to_owned())))
    }

    /// Texts that have the format; any of them can be made longer by [`Self::stem`].
    pub(crate) fn right(self) -> &'static [&'static str] {
        match self {
            Self::DateTime => &[
                "2018-06-01T00:00:00Z",
                "2017-02-28T23:59:59.999Z",
                "2020-02-29T12:00:00+02:00",
                "1999-12-31T23:59:59-08:00",
                "2026-11-26T09:18:14.123456Z",
            ],
            Self::Email => {
                &["a@example.com", "first.last+tag@example.org", "admin@sub.example.co.uk", "x_y-z@example.net"]
            }
            Self::JsonPointer => &["", "/data", "/data/attributes/key", "/data/0", "/a~1b/m~0n", "/ /größe", "/"],
            Self::Regex => &["a", "^[a-z]+$", "(x|y)*", "^ws-[A-Za-z0-9]{16}$", "\\d+", ""],
            Self::Uri => &[
                "https://example.com",
                "https://tfe.example.com/api/v2/vars?page%5Bnumber%5D=2",
                "http://127.0.0.1:8080/a/b#c",
                "urn:example:a:b",
                "mailto:a@example.com",
            ],
            Self::UriReference => &[
                "/",
                "/api/v2/vars/var-EavQ1LztoRTQHSNT",
                "https://tfe.example.com/api/v2/vars?page%5Bnumber%5D=2",
                "../vars?filter%5Bworkspace%5D=a",
                "#fragment",
                "",
                "a/b;c=1",
            ],
            Self::Uuid => &[
                "00000000-0000-0000-0000-000000000000",
                "c56a4180-65aa-42ec-a945-5fd21dec0538",
                "C56A4180-65AA-42EC-A945-5FD21DEC0538",
            ],
        }
    }

    /// A text of the format in which `{}` can be any letters and digits.
    pub(crate) fn stem(self) -> &'static str {
        match self {
            Self::DateTime => "2018-06-01T00:00:00Z",
            Self::Email => "u{}@example.com",
            Self::JsonPointer | Self::UriReference => "/{}",
            Self::Regex => "x{}",
            Self::Uri => "https://example.com/{}",
            Self::Uuid => "c56a4180-65aa-42ec-a945-5fd21dec0538",
        }
    }

    /// Texts that every sane validator refuses.
    pub(crate) fn wrong(self) -> &'static [&'static str] {
        match self {
            Self::DateTime => {
                &["yesterday", "2018-06-01", "2018-13-01T00:00:00Z", "2018-06-01T00:00:00", "2018-02-30T00:00:00Z", ""]
            }
            Self::Email => &["a", "a@", "@example.com", "a b@example.com", "a@@example.com", ""],
            Self::JsonPointer => &["data", "/a~", "/a~2b", "#/data", " /data"],
            Self::Regex => &["(", "[a", "*a", "a{2,1}", "(?<n", "\\"],
            Self::Uri => &["/api/v2/vars", "example.com", "http://a b", "://example.com", "http://example.com/%zz", ""],
            Self::UriReference => {
                &["/api/v2/vars?q=%zz", "http://example.com/a b", "/a\\b", "/<vars>", "/vars?q={x}", "/%"]
            }
            Self::Uuid => &[
                "c56a4180-65aa-42ec-a945-5fd21dec053",
                "c56a418065aa42eca9455fd21dec0538",
                "g56a4180-65aa-42ec-a945-5fd21dec0538",
                "",
            ],
        }
    }
}

fn validator(format: Format) -> Result<Validator, jsonschema::ValidationError<'static>> {
    jsonschema::options().should_validate_formats(true).build(&json!({ "format": format.name() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_have_the_format_and_the_wrong_ones_do_not() {
        for format in ALL {
            for text in format.right() {
                assert!(format.fits(text), "{} {text:?}", format.name());
            }
            assert!(format.fits(&format.stem().replace("{}", "abc123")), "{}", format.name());
            for text in format.wrong() {
                assert!(!format.fits(text), "{} {text:?}", format.name());
            }
        }
    }
}
