//! Deliberate faults: which are on, and how often each one changed something.
//!
//! A fault is one row of the [`catalogue`] and one change in one place. That place is a row of a table for the faults
//! that only change an answer ([`edits`]), what is stored ([`stored`]), or what a request document may be ([`lenient`]);
//! else it is an `if faults.hit(..)` where the server would have kept the rule. The question comes last in its
//! condition, so that a hit is counted only where the fault makes a difference: a fault that was never hit has proven
//! nothing.

mod catalogue;
mod edits;
pub(crate) mod lenient;
pub(crate) mod stored;

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

pub use catalogue::Fault;
use catalogue::{Entry, entries};
pub(crate) use edits::Draft;

impl Fault {
    /// Every fault, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        entries().map(|entry| entry.fault)
    }

    /// The fault with this name.
    ///
    /// # Errors
    /// [`UnknownFault`], with the nearest name if there is one.
    pub fn from_name(name: &str) -> Result<Self, UnknownFault> {
        Self::all()
            .find(|fault| fault.name() == name)
            .ok_or_else(|| UnknownFault { name: name.to_owned(), nearest: nearest(name) })
    }

    /// The name, in kebab-case: what people type.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// What the server does wrong, in one sentence.
    pub fn description(self) -> &'static str {
        self.entry().description
    }

    /// The requirements that the fault breaks; none for a control, which changes nothing.
    pub fn breaks(self) -> &'static [&'static str] {
        self.entry().breaks
    }

    /// Whether the requirement cannot hold while the fault is on, although the fault is not about it: nothing is found
    /// where everything is refused.
    pub fn entails(self, requirement: &str) -> bool {
        self.entry().entails.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => requirement.starts_with(start),
            None => requirement == *pattern,
        })
    }

    /// Whether this is no fault but a control: a switch that changes nothing, so that nothing may be seen of it.
    pub fn is_control(self) -> bool {
        self.breaks().is_empty()
    }

    fn entry(self) -> &'static Entry {
        let mut entries = entries();
        // A test holds the catalogue whole and in the order of the enum.
        entries.nth(self as usize).expect("every fault has a row in the catalogue")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        Self::from_name(name)
    }
}

/// A name that no fault has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown fault `{name}`{}", nearest.map(|fault| format!("; did you mean `{fault}`?")).unwrap_or_default())]
pub struct UnknownFault {
    /// What was asked for.
    pub name: String,
    /// The fault whose name is nearest, if any is near.
    pub nearest: Option<Fault>,
}

/// Names that share less than this are no help.
const NEAR: f64 = 0.7;

fn nearest(name: &str) -> Option<Fault> {
    Fault::all()
        .map(|fault| (strsim::jaro_winkler(name, fault.name()), fault))
        .filter(|(likeness, _)| *likeness > NEAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, fault)| fault)
}

/// The faults of one server, with their hit counts.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(Fault, AtomicU64)>);

impl Faults {
    pub(crate) fn new(faults: impl IntoIterator<Item = Fault>) -> Self {
        let mut active: Vec<(Fault, AtomicU64)> = Vec::new();
        for fault in faults {
            if active.iter().all(|(other, _)| *other != fault) {
                active.push((fault, AtomicU64::new(0)));
            }
        }
        Self(active)
    }

    /// Whether the fault is on. Counts a hit if so: ask only where the answer changes what happens.
    pub(crate) fn hit(&self, fault: Fault) -> bool {
        let Some((_, hits)) = self.0.iter().find(|(active, _)| *active == fault) else { return false };
        hits.fetch_add(1, Ordering::Relaxed);
        true
    }

    /// Whether the fault is on, without a hit: for what has to be prepared before there is a request.
    pub(crate) fn is_on(&self, fault: Fault) -> bool {
        self.0.iter().any(|(active, _)| *active == fault)
    }

    /// The active faults, in the order in which they were asked for, with their hits so far.
    pub(crate) fn hits(&self) -> impl Iterator<Item = (Fault, u64)> {
        self.0.iter().map(|(fault, hits)| (*fault, hits.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_whole_and_in_the_order_of_the_enum() {
        assert_eq!(entries().count(), Fault::NoOp as usize + 1, "`NoOp` stands last");
        for (index, entry) in entries().enumerate() {
            assert_eq!(entry.fault as usize, index, "{}", entry.name);
        }
    }

    #[test]
    fn names_are_unique_kebab_case_and_find_their_fault() {
        for fault in Fault::all() {
            let about_v1 = fault.breaks().iter().any(|id| id.starts_with("v1."));
            assert_eq!(fault.name().starts_with("v1-"), about_v1 || fault == Fault::V1NoOp, "{fault}");
            assert_eq!(Fault::from_name(fault.name()), Ok(fault));
            let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(fault.name().bytes().all(legal), "{fault}");
        }
    }

    #[test]
    fn only_controls_break_nothing() {
        let harmless: Vec<_> = Fault::all().filter(|fault| fault.is_control()).collect();
        assert_eq!(harmless, [Fault::NoOpEdit, Fault::V1NoOp, Fault::NoOp]);
    }

    #[test]
    fn a_misspelt_name_is_told_its_neighbour() {
        let error = Fault::from_name("foreign_403").unwrap_err();
        assert_eq!(error.to_string(), "unknown fault `foreign_403`; did you mean `foreign-403`?");
        assert_eq!(Fault::from_name("xyz").unwrap_err().to_string(), "unknown fault `xyz`");
    }

    #[test]
    fn only_active_faults_are_hit_and_counted() {
        let faults = Faults::new([Fault::NoOp, Fault::Foreign403, Fault::NoOp]);
        assert!(faults.hit(Fault::NoOp));
        assert!(faults.hit(Fault::NoOp));
        assert!(!faults.hit(Fault::SensitiveReadable));
        assert_eq!(faults.hits().collect::<Vec<_>>(), [(Fault::NoOp, 2), (Fault::Foreign403, 0)]);
    }
}
