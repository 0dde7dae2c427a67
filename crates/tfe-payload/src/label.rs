//! What a mutant breaks: the keyword, and what the validator calls it.

use crate::graph::Literal;

/// What a mutant breaks at a place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Label {
    /// The keyword that the validator reports.
    pub(crate) reported: &'static str,
    /// The keyword that the schema uses.
    pub(crate) keyword: &'static str,
    /// The missing member.
    pub(crate) member: Option<String>,
}

impl Label {
    fn new(keyword: &'static str) -> Self {
        Self { reported: keyword, keyword, member: None }
    }

    fn missing(keyword: &'static str, member: &str) -> Self {
        Self { reported: "required", keyword, member: Some(member.to_owned()) }
    }

    /// Whether the validator calls both the same: then a mutant may break both.
    pub(crate) fn looks_like(&self, other: &Self) -> bool {
        self.reported == other.reported && self.member == other.member
    }
}

/// How a literal, if broken by itself, is reported; `None` if its parts are.
pub(crate) fn label(literal: &Literal) -> Option<Label> {
    Some(match literal {
        Literal::Never => Label { keyword: "properties", ..Label::new("falseSchema") },
        Literal::Type(_) => Label::new("type"),
        Literal::Among(keyword, _) => Label::new(keyword),
        Literal::MinLength(_) => Label::new("minLength"),
        Literal::MaxLength(_) => Label::new("maxLength"),
        Literal::Pattern(_) => Label::new("pattern"),
        Literal::Format(_) => Label::new("format"),
        Literal::Minimum(_) => Label::new("minimum"),
        Literal::Maximum(_) => Label::new("maximum"),
        Literal::ExclusiveMinimum(_) => Label::new("exclusiveMinimum"),
        Literal::ExclusiveMaximum(_) => Label::new("exclusiveMaximum"),
        Literal::MultipleOf(_) => Label::new("multipleOf"),
        Literal::Required(name) => Label::missing("required", name),
        Literal::DependentRequired(_, name) => Label::missing("dependentRequired", name),
        Literal::MinProperties(_) => Label::new("minProperties"),
        Literal::MaxProperties(_) => Label::new("maxProperties"),
        Literal::PropertyNames(_) => Label::new("propertyNames"),
        Literal::Closed(_) => Label::new("additionalProperties"),
        Literal::MinItems(_) => Label::new("minItems"),
        Literal::MaxItems(_) => Label::new("maxItems"),
        Literal::Unique => Label::new("uniqueItems"),
        Literal::Contains { .. } => Label::new("contains"),
        Literal::AnyOf(_) => Label::new("anyOf"),
        Literal::OneOf(_) => Label::new("oneOf"),
        Literal::Not(_) => Label::new("not"),
        Literal::Members(_)
        | Literal::DependentSchema(..)
        | Literal::Items { .. }
        | Literal::AllOf(_)
        | Literal::Ref(_)
        | Literal::If { .. } => return None,
    })
}
