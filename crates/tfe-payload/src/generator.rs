//! Strategies from a schema, and what can be set about them.

use std::sync::Arc;

use proptest::strategy::{BoxedStrategy, Strategy as _};
use serde_json::Value;
use tfe_schema::Schema;

use crate::broken::BrokenTexts;
use crate::graph::Graph;
use crate::plan::Plan;
use crate::proof::Proof;
use crate::strategy::{Documents, Mutants};
use crate::target::Targets;
use crate::{Mutant, PayloadError};

/// What can be set apart from the schema.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The longest text, where the schema does not ask for a longer one.
    pub(crate) longest: usize,
    /// Prefer the edges.
    pub(crate) edges: bool,
    /// Members that the schema neither names nor forbids.
    pub(crate) extra_members: bool,
    /// Only what a form can say.
    pub(crate) form: bool,
}

/// A schema, read for making strategies.
///
/// ```
/// use proptest::strategy::Strategy;
///
/// let schema = tfe_schema::Catalog::bundled().schema("v1/configurations/create-request").expect("bundled");
/// let mutants = tfe_payload::Generator::new(schema)?.longest(80).keyword("pattern").mutants()?;
/// let mutant = mutants.of_seed(7);
/// assert_eq!((mutant.pointer.as_str(), mutant.keyword.as_str()), ("/configuration/name", "pattern"));
/// # Ok::<(), tfe_payload::PayloadError>(())
/// ```
#[derive(Clone)]
pub struct Generator {
    schema: Arc<Schema>,
    graph: Arc<Graph>,
    options: Options,
    keyword: Option<String>,
}

impl Generator {
    /// Reads a schema with everything that it refers to.
    ///
    /// # Errors
    /// [`PayloadError::Unsupported`] for what the generator does not know.
    pub fn new(schema: &Schema) -> Result<Self, PayloadError> {
        let options = Options { longest: 256, edges: false, extra_members: true, form: false };
        Ok(Self { schema: Arc::new(schema.clone()), graph: Arc::new(Graph::of(schema)?), options, keyword: None })
    }

    /// How many characters a text has at most, where the schema does not ask for more [default: 256].
    #[must_use]
    pub fn longest(mut self, characters: usize) -> Self {
        self.options.longest = characters;
        self
    }

    /// More texts at the edges: empty, blank, as long as may be, of all planes of Unicode.
    #[must_use]
    pub fn edges(mut self) -> Self {
        self.options.edges = true;
        self
    }

    /// No members that the schema neither names nor describes, though it may allow them.
    #[must_use]
    pub fn known_members(mut self) -> Self {
        self.options.extra_members = false;
        self
    }

    /// Only documents that a form can say ([`tfe_schema::form::encode`]): no `null`, nothing empty below
    /// the root, no lists but of texts. A mutant that breaks a type may still be none as a form, which
    /// has no types: [`Schema::check_form`] tells.
    #[must_use]
    pub fn form(mut self) -> Self {
        self.options.form = true;
        self
    }

    /// Only mutants that break this keyword.
    #[must_use]
    pub fn keyword(mut self, keyword: &str) -> Self {
        self.keyword = Some(keyword.to_owned());
        self
    }

    /// Documents that satisfy the schema.
    ///
    /// # Errors
    /// [`PayloadError`] if there are none, or if the schema cannot be served.
    pub fn documents(&self) -> Result<Documents, PayloadError> {
        let plan = Plan::new(Arc::clone(&self.graph), self.options.clone())?;
        Documents::new(plan, self.proof()).ok_or_else(|| {
            let (keyword, at) = self.graph.entangled().unwrap_or_default();
            let reason = "no document was found that satisfies it and all else".to_owned();
            PayloadError::Unsupported { keyword: keyword.to_owned(), at: at.to_owned(), reason }
        })
    }

    fn proof(&self) -> Option<Proof> {
        self.graph.entangled().map(|_| Proof::new(&self.schema))
    }

    /// Documents that break the schema in one place each.
    ///
    /// # Errors
    /// [`PayloadError`] if there are none, if none breaks the keyword that was asked for, or if the
    /// schema cannot be served.
    pub fn mutants(&self) -> Result<Mutants, PayloadError> {
        let mut plan = Plan::new(Arc::clone(&self.graph), self.options.clone())?;
        let targets = Targets::of(&mut plan)?;
        let wanted = |index: &usize| {
            let label = &targets.all[*index].label;
            self.keyword.as_ref().is_none_or(|keyword| label.keyword == keyword || label.reported == keyword)
        };
        let chosen: Vec<usize> = (0..targets.all.len()).filter(wanted).collect();
        let mut known: Vec<String> = targets.all.iter().map(|target| target.label.keyword.to_owned()).collect();
        let mutants = Mutants::new(plan, targets, chosen, self.proof());
        if mutants.is_empty() {
            known.sort();
            known.dedup();
            let entangled = || self.graph.entangled().map(|(keyword, _)| keyword.to_owned());
            let keyword = self.keyword.clone().or_else(entangled).unwrap_or_default();
            return Err(PayloadError::Keyword { keyword, known });
        }
        Ok(mutants)
    }

    /// Bodies that are no document at all. Broken forms are among them where a form can say the
    /// documents ([`Self::form`]).
    ///
    /// # Errors
    /// As for [`Self::documents`].
    pub fn broken_texts(&self) -> Result<BrokenTexts, PayloadError> {
        let can_be_form = self.clone().form().documents();
        let forms = can_be_form.as_ref().is_ok_and(|documents| tfe_schema::form::encode(&documents.of_seed(0)).is_ok());
        Ok(BrokenTexts::new(self.documents()?, forms))
    }

    /// [`Self::documents`], boxed.
    ///
    /// # Errors
    /// As for [`Self::documents`].
    pub fn valid(&self) -> Result<BoxedStrategy<Value>, PayloadError> {
        Ok(self.documents()?.boxed())
    }

    /// [`Self::mutants`], boxed.
    ///
    /// # Errors
    /// As for [`Self::mutants`].
    pub fn invalid(&self) -> Result<BoxedStrategy<Mutant>, PayloadError> {
        Ok(self.mutants()?.boxed())
    }
}
