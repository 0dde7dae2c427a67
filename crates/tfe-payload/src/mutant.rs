//! A document that breaks its schema in one named place.

use serde_json::Value;
use tfe_schema::Pointer;

use crate::cube::At;
use crate::graph::{Graph, Literal};
use crate::label::Label;

/// A document that breaks its schema in one place, and in nothing else: every violation that the
/// validator reports has this pointer as its subject and this keyword.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Mutant {
    /// The document.
    pub document: Value,
    /// The broken place. Of a missing member the place where it should be
    /// ([`Violation::subject`](tfe_schema::Violation::subject)).
    pub pointer: Pointer,
    /// The keyword, as the validator reports it.
    pub keyword: String,
    /// What is wrong, for people.
    pub description: String,
    /// File and pointer of the broken keyword (`v2/variables/create-request#/allOf/1/required`).
    pub schema_location: String,
}

pub(crate) fn mutant(graph: &Graph, label: &Label, document: Value, place: &Pointer, broken: Option<At>) -> Mutant {
    let pointer = match &label.member {
        Some(name) => place.join(name),
        None => place.clone(),
    };
    let (description, schema_location) = match broken {
        Some(at) => {
            let node = graph.node(at.node);
            let literal = &node.literals[at.literal];
            let location = match literal {
                Literal::Never => node.at.clone(),
                _ => format!("{}/{}", node.at, label.keyword),
            };
            (describe(graph, literal), location)
        }
        None => (String::new(), String::new()),
    };
    Mutant { document, pointer, keyword: label.reported.to_owned(), description, schema_location }
}

/// What the literal asks for and the document does not give.
fn describe(graph: &Graph, literal: &Literal) -> String {
    match literal {
        Literal::Never => "the member must not be there".to_owned(),
        Literal::Type(types) => format!("is not of the type {}", types.names()),
        Literal::Among("const", values) => format!("is not {}", values.first().unwrap_or(&Value::Null)),
        Literal::Among(_, values) => format!("is none of {}", Value::from(values.clone())),
        Literal::MinLength(size) => format!("is shorter than {size} characters"),
        Literal::MaxLength(size) => format!("is longer than {size} characters"),
        Literal::Pattern(pattern) => format!("does not match `{}`", graph.patterns[*pattern].text()),
        Literal::Format(format) => format!("is no {}", format.name()),
        Literal::Minimum(limit) => format!("is less than {limit}"),
        Literal::Maximum(limit) => format!("is more than {limit}"),
        Literal::ExclusiveMinimum(limit) => format!("is not more than {limit}"),
        Literal::ExclusiveMaximum(limit) => format!("is not less than {limit}"),
        Literal::MultipleOf(factor) => format!("is not a multiple of {factor}"),
        Literal::Required(name) => format!("the member `{name}` is missing"),
        Literal::DependentRequired(trigger, name) => format!("the member `{name}` is missing beside `{trigger}`"),
        Literal::MinProperties(size) => format!("has fewer than {size} members"),
        Literal::MaxProperties(size) => format!("has more than {size} members"),
        Literal::PropertyNames(_) => "has a member with a name that is not allowed".to_owned(),
        Literal::Closed(_) => "has a member that the schema does not know".to_owned(),
        Literal::MinItems(size) => format!("has fewer than {size} items"),
        Literal::MaxItems(size) => format!("has more than {size} items"),
        Literal::Unique => "has an item twice".to_owned(),
        Literal::Contains { min, max: Some(max), .. } => {
            format!("does not have {min} to {max} items of the kind that it must contain")
        }
        Literal::Contains { min, .. } => format!("has fewer than {min} items of the kind that it must contain"),
        Literal::AnyOf(nodes) => format!("has none of the {} forms", nodes.len()),
        Literal::OneOf(nodes) => format!("has not exactly one of the {} forms", nodes.len()),
        Literal::Not(_) => "has a form that is not allowed".to_owned(),
        Literal::Members(_)
        | Literal::DependentSchema(..)
        | Literal::Items { .. }
        | Literal::AllOf(_)
        | Literal::Ref(_)
        | Literal::If { .. } => "is broken inside".to_owned(),
    }
}
