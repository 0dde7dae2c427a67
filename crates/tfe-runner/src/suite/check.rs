//! Checks: a small closed set of expectations on an answer, each citing one requirement.

use serde::Deserialize;
use serde_json::{Map, Value};
use tfe_schema::Pointer;

use crate::template;

/// One expectation, and the requirement that a deviation breaks.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Check {
    /// The requirement.
    pub requirement: String,
    /// What is expected.
    pub expectation: Expectation,
}

/// What is expected of an answer.
#[derive(Debug, Clone)]
pub enum Expectation {
    /// The status is one of these.
    Status(Statuses),
    /// A header fits.
    Header(String, Matcher),
    /// A value of the body fits.
    At(Scope, Pointer, Matcher),
    /// Several values of the body equal the given ones.
    Members(Scope, Vec<(Pointer, Value)>),
    /// The sought item is there (`true`) or not.
    Found(Find, bool),
    /// The answer cannot be told from that of an earlier step.
    SameAnswerAs(String),
    /// A secret is nowhere in the answer.
    Hides(String),
    /// `Content-Type` is exactly this.
    MediaType(String),
    /// The body satisfies a schema.
    Schema(String),
}

/// Which part of the body a pointer starts from.
#[derive(Debug, Clone)]
pub enum Scope {
    /// The document.
    Document,
    /// The first item that fits.
    Find(Find),
    /// Every item of the array.
    Every(Pointer),
}

/// Looks for an item of an array.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Find {
    /// The array.
    #[serde(rename = "in")]
    pub array: Pointer,
    /// Values that the item has, by place in the item.
    #[serde(rename = "where")]
    pub having: Map<String, Value>,
}

/// What fits.
#[derive(Debug, Clone)]
pub enum Matcher {
    /// This value.
    Equals(Value),
    /// Any value but this.
    NotEquals(Value),
    /// One of these values.
    OneOf(Vec<Value>),
    /// A string that this regular expression finds a match in. Templates in it stand for their
    /// text, not for a pattern.
    Matches(String),
    /// A value of this JSON type.
    Type(JsonType),
    /// Anything, `null` included.
    Present,
    /// Nothing.
    Absent,
    /// A string with this part, or an array with this item.
    Contains(Value),
    /// An array or string of this length.
    Length(Value),
    /// The same resource objects, in any order.
    SameItems {
        /// The objects.
        items: Value,
        /// Values by place in an object: those that say otherwise are left out on both sides, because
        /// they are none of the case's business. An object without the place stays in.
        among: Value,
    },
    /// An object with these members.
    Has(Value),
    /// An object without members of these names.
    Lacks(Vec<Value>),
}

/// JSON types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JsonType {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A set of statuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statuses {
    /// Exactly these.
    Of(Vec<u16>),
    /// 2xx.
    Success,
    /// The request was refused: 4xx, but neither 401 (not authenticated) nor 429 (not now).
    Refused,
    /// Without credentials: 401, 403, or 404 where existence is hidden.
    UnauthorizedOrHidden,
}

impl Statuses {
    /// Whether `status` is one of them.
    pub fn contain(&self, status: u16) -> bool {
        match self {
            Self::Of(statuses) => statuses.contains(&status),
            Self::Success => (200..300).contains(&status),
            Self::Refused => (400..500).contains(&status) && !matches!(status, 401 | 429),
            Self::UnauthorizedOrHidden => matches!(status, 401 | 403 | 404),
        }
    }
}

impl std::fmt::Display for Statuses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Of(statuses) => {
                let words: Vec<_> = statuses.iter().map(u16::to_string).collect();
                write!(f, "status {}", words.join(" or "))
            }
            Self::Success => f.write_str("a 2xx status"),
            Self::Refused => f.write_str("the request refused (a 4xx status other than 401 and 429)"),
            Self::UnauthorizedOrHidden => f.write_str("status 401, 403 or 404"),
        }
    }
}

/// A check, as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawCheck {
    requirement: String,
    status: Option<Value>,
    header: Option<String>,
    at: Option<Pointer>,
    find: Option<Find>,
    every: Option<Pointer>,
    members: Option<Map<String, Value>>,
    same_answer_as: Option<String>,
    hides: Option<String>,
    media_type: Option<String>,
    schema: Option<String>,
    #[serde(default, deserialize_with = "present")]
    equals: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    not_equals: Option<Value>,
    one_of: Option<Vec<Value>>,
    matches: Option<String>,
    r#type: Option<JsonType>,
    present: Option<bool>,
    absent: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    contains: Option<Value>,
    length: Option<Value>,
    same_items: Option<Value>,
    #[serde(default)]
    among: Map<String, Value>,
    has: Option<Value>,
    lacks: Option<Vec<Value>>,
}

/// `equals: null` is an expectation, not an absent one.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl RawCheck {
    /// The check, if what is written makes one.
    pub(crate) fn resolve(self) -> Result<Check, String> {
        let requirement = self.requirement.clone();
        Ok(Check { requirement, expectation: self.expectation()? })
    }

    fn expectation(self) -> Result<Expectation, String> {
        let subjects = [
            ("status", self.status.is_some()),
            ("header", self.header.is_some()),
            ("same-answer-as", self.same_answer_as.is_some()),
            ("hides", self.hides.is_some()),
            ("media-type", self.media_type.is_some()),
            ("schema", self.schema.is_some()),
            ("at, members, find or every", self.looks_at_body()),
        ];
        let given: Vec<_> = subjects.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
        let [subject] = given[..] else {
            return Err(format!(
                "a check looks at exactly one thing, this one at {}: {}",
                given.len(),
                given.join(" + ")
            ));
        };
        match subject {
            "status" => statuses(&self.status.unwrap_or_default()).map(Expectation::Status),
            "header" => Ok(Expectation::Header(self.header.clone().unwrap_or_default(), self.matcher()?)),
            "same-answer-as" => Ok(Expectation::SameAnswerAs(self.same_answer_as.unwrap_or_default())),
            "hides" => Ok(Expectation::Hides(self.hides.unwrap_or_default())),
            "media-type" => Ok(Expectation::MediaType(self.media_type.unwrap_or_default())),
            "schema" => Ok(Expectation::Schema(self.schema.unwrap_or_default())),
            _ => self.of_body(),
        }
    }

    fn looks_at_body(&self) -> bool {
        self.at.is_some() || self.members.is_some() || self.find.is_some() || self.every.is_some()
    }

    fn of_body(self) -> Result<Expectation, String> {
        let scope = match (self.find.clone(), self.every.clone()) {
            (None, None) => Scope::Document,
            (Some(find), None) => Scope::Find(find),
            (None, Some(every)) => Scope::Every(every),
            (Some(_), Some(_)) => return Err("`find` and `every` exclude each other".to_owned()),
        };
        if let Some(members) = self.members {
            let members = members.into_iter().map(|(at, value)| Ok((Pointer::parse(&at)?, value)));
            let members: Result<_, tfe_schema::PointerError> = members.collect();
            return Ok(Expectation::Members(scope, members.map_err(|error| error.to_string())?));
        }
        match (self.at.clone(), scope) {
            (Some(at), scope) => Ok(Expectation::At(scope, at, self.matcher()?)),
            (None, Scope::Find(find)) => match self.matcher()? {
                Matcher::Present => Ok(Expectation::Found(find, true)),
                Matcher::Absent => Ok(Expectation::Found(find, false)),
                _ => Err("`find` without `at` takes `present` or `absent`".to_owned()),
            },
            (None, _) => Err("`every` needs `at` or `members`".to_owned()),
        }
    }

    fn matcher(self) -> Result<Matcher, String> {
        if self.present == Some(false) || self.absent == Some(false) {
            return Err("`present` and `absent` take `true`".to_owned());
        }
        if let Some(pattern) = &self.matches {
            template::pattern(pattern, None)?;
        }
        let given: Vec<Matcher> = [
            self.equals.map(Matcher::Equals),
            self.not_equals.map(Matcher::NotEquals),
            self.one_of.map(Matcher::OneOf),
            self.matches.map(Matcher::Matches),
            self.r#type.map(Matcher::Type),
            self.present.map(|_| Matcher::Present),
            self.absent.map(|_| Matcher::Absent),
            self.contains.map(Matcher::Contains),
            self.length.map(Matcher::Length),
            self.same_items.map(|items| Matcher::SameItems { items, among: Value::Object(self.among) }),
            self.has.map(Matcher::Has),
            self.lacks.map(Matcher::Lacks),
        ]
        .into_iter()
        .flatten()
        .collect();
        let count = given.len();
        let [matcher] = <[Matcher; 1]>::try_from(given).map_err(|_| {
            format!("a check has exactly one matcher (equals, type, present ...), this one has {count}")
        })?;
        Ok(matcher)
    }
}

/// A set of statuses, as written.
pub(super) fn statuses(value: &Value) -> Result<Statuses, String> {
    let status = |value: &Value| {
        let status = value.as_u64().and_then(|status| u16::try_from(status).ok());
        status.filter(|status| (100..600).contains(status)).ok_or_else(|| format!("{value} is not an HTTP status"))
    };
    match value {
        Value::String(name) => match name.as_str() {
            "success" => Ok(Statuses::Success),
            "refused" => Ok(Statuses::Refused),
            "unauthorized-or-hidden" => Ok(Statuses::UnauthorizedOrHidden),
            _ => Err(format!("`{name}` is no set of statuses: success, refused, unauthorized-or-hidden")),
        },
        Value::Array(list) if !list.is_empty() => list.iter().map(status).collect::<Result<_, _>>().map(Statuses::Of),
        value => Ok(Statuses::Of(vec![status(value)?])),
    }
}
