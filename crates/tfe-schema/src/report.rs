//! What a check says.

use crate::Pointer;
use crate::form::FormError;
use crate::json::SyntaxError;
use crate::tape::Place;

#[cfg(doc)]
use crate::Schema;

/// What is wrong with one document; nothing, if it conforms.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Why the bytes are no JSON document; then there are no violations.
    pub syntax: Option<SyntaxError>,
    /// Why the bytes are no form ([`Schema::check_form`] only); then there are no violations.
    pub form: Option<FormError>,
    /// Members that stand more than once in their object.
    pub duplicates: Vec<Pointer>,
    /// Where those members stand, in the same order, from the repeated name to the end of its value.
    /// Empty where the document was no JSON text ([`Schema::check_form`], [`Schema::check_value`]).
    pub duplicate_places: Vec<Place>,
    /// The violations of the schema.
    pub violations: Vec<Violation>,
    /// Whether there may be more violations than are listed: at most 1000 are, and fewer of a document whose
    /// pointers are long or whose violations are of many alternatives, but always the first.
    pub truncated: bool,
}

impl Report {
    /// Whether the document conforms.
    pub fn is_valid(&self) -> bool {
        self.syntax.is_none() && self.form.is_none() && self.duplicates.is_empty() && self.violations.is_empty()
    }
}

/// One place where a document breaks its schema.
///
/// Two violations are equal if they say the same of the same pointer: the same document may be written in
/// many ways, so [`Self::place`] does not count.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Violation {
    /// The place in the document. For a missing member the object that lacks it, see [`Self::subject`].
    pub pointer: Pointer,
    /// The JSON Schema keyword that failed.
    pub keyword: String,
    /// File and pointer of that keyword: `v2/variables/create-request#/properties/data/required`.
    pub schema_location: String,
    /// What was expected, for people; never the value of a sensitive member.
    pub message: String,
    /// The requirement that the broken subschema states (`x-requirement`), if it states one.
    pub requirement: Option<String>,
    /// The name of the member that `required` misses.
    pub missing: Option<String>,
    /// Where the value at [`Self::pointer`] stands in the bytes; `None` where there were none
    /// ([`Schema::check_form`], [`Schema::check_value`]).
    pub place: Option<Place>,
}

impl PartialEq for Violation {
    fn eq(&self, other: &Self) -> bool {
        let Self { pointer, keyword, schema_location, message, requirement, missing, place: _ } = self;
        *pointer == other.pointer
            && *keyword == other.keyword
            && *schema_location == other.schema_location
            && *message == other.message
            && *requirement == other.requirement
            && *missing == other.missing
    }
}

impl Eq for Violation {}

impl Violation {
    /// The place that the violation is about: the missing member itself for `required`.
    pub fn subject(&self) -> Pointer {
        match &self.missing {
            Some(name) => self.pointer.join(name),
            None => self.pointer.clone(),
        }
    }
}
