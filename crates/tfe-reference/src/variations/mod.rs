//! Legal variations: what another server does otherwise and may, so that a suite which holds it against the server is
//! wrong.
//!
//! A variation is one row of the [`catalogue`] and a few lines in one place. Most are applied to the finished request
//! and answer, in [`layer`]: the endpoints do not know of them. Everything that is drawn comes from the seed.

mod catalogue;
mod document;
mod layer;
mod legacy;
mod listener;
mod wire;

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

pub use catalogue::Variation;
use catalogue::{Entry, entries};
pub(crate) use layer::vary;
pub(crate) use listener::serve_in_title_case;

impl Variation {
    /// Every variation, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        entries().map(|entry| entry.variation)
    }

    /// The variations of the server with this seed: about half of all.
    pub fn drawn(seed: u64) -> impl Iterator<Item = Self> {
        Self::all().filter(move |variation| mixed(seed, *variation as u64) & 1 == 1)
    }

    /// The variation with this name.
    ///
    /// # Errors
    /// [`UnknownVariation`], with the nearest name if there is one.
    pub fn from_name(name: &str) -> Result<Self, UnknownVariation> {
        Self::all()
            .find(|variation| variation.name() == name)
            .ok_or_else(|| UnknownVariation { name: name.to_owned(), nearest: nearest(name) })
    }

    /// The name, in kebab-case: what people type.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// What the server does, in one sentence.
    pub fn description(self) -> &'static str {
        self.entry().description
    }

    /// Why it may: the document and the section, or their silence.
    pub fn legal(self) -> &'static str {
        self.entry().legal
    }

    fn entry(self) -> &'static Entry {
        let mut entries = entries();
        // A test holds the catalogue whole and in the order of the enum.
        entries.nth(self as usize).expect("every variation has a row in the catalogue")
    }
}

impl fmt::Display for Variation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Variation {
    type Err = UnknownVariation;

    fn from_str(name: &str) -> Result<Self, UnknownVariation> {
        Self::from_name(name)
    }
}

/// A name that no variation has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown variation `{name}`{}", nearest.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
pub struct UnknownVariation {
    /// What was asked for.
    pub name: String,
    /// The variation whose name is nearest, if any is near.
    pub nearest: Option<Variation>,
}

/// Names that share less than this are no help.
const NEAR: f64 = 0.7;

fn nearest(name: &str) -> Option<Variation> {
    Variation::all()
        .map(|variation| (strsim::jaro_winkler(name, variation.name()), variation))
        .filter(|(likeness, _)| *likeness > NEAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, variation)| variation)
}

/// The variations of one server, with how often each made a difference.
#[derive(Debug, Default)]
pub(crate) struct Variations {
    seed: u64,
    active: Vec<(Variation, AtomicU64)>,
    /// How many requests came so far: what is drawn for a request is drawn from it.
    requests: AtomicU64,
}

impl Variations {
    pub(crate) fn new(variations: impl IntoIterator<Item = Variation>, seed: u64) -> Self {
        let mut active: Vec<(Variation, AtomicU64)> = Vec::new();
        for variation in variations {
            if active.iter().all(|(other, _)| *other != variation) {
                active.push((variation, AtomicU64::new(0)));
            }
        }
        Self { seed, active, requests: AtomicU64::new(0) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.active.is_empty()
    }

    /// Whether the variation is on.
    pub(crate) fn is_on(&self, variation: Variation) -> bool {
        self.active.iter().any(|(active, _)| *active == variation)
    }

    /// Whether the variation is on. Counts a hit if so: ask only where the answer changes what happens.
    pub(crate) fn hit(&self, variation: Variation) -> bool {
        let Some((_, hits)) = self.active.iter().find(|(active, _)| *active == variation) else { return false };
        hits.fetch_add(1, Ordering::Relaxed);
        true
    }

    /// The active variations, in the order in which they were asked for, with their hits so far.
    pub(crate) fn hits(&self) -> impl Iterator<Item = (Variation, u64)> {
        self.active.iter().map(|(variation, hits)| (*variation, hits.load(Ordering::Relaxed)))
    }

    /// A number from 0 to below `end` that is the same for the whole server.
    fn choice(&self, variation: Variation, end: u64) -> u64 {
        mixed(self.seed, 1000 + variation as u64) % end.max(1)
    }

    /// What is drawn for one request.
    fn luck(&self) -> Luck {
        Luck { seed: mixed(self.seed, 0x5eed), request: self.requests.fetch_add(1, Ordering::Relaxed) }
    }
}

/// What is drawn for one request.
#[derive(Debug, Clone, Copy)]
struct Luck {
    seed: u64,
    request: u64,
}

impl Luck {
    /// Any number; another one for every use.
    fn number(self, variation: Variation) -> u64 {
        mixed(self.seed ^ (variation as u64) << 48, self.request)
    }

    /// True once in `times`.
    fn once_in(self, times: u64, variation: Variation) -> bool {
        self.number(variation).is_multiple_of(times)
    }
}

/// A number that depends on both, and looks as if it did not (`SplitMix64`).
fn mixed(seed: u64, index: u64) -> u64 {
    let mut z = seed.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_whole_and_in_the_order_of_the_enum() {
        assert_eq!(entries().count(), Variation::V1UnknownAccount404 as usize + 1, "the last one stands last");
        for (index, entry) in entries().enumerate() {
            assert_eq!(entry.variation as usize, index, "{}", entry.name);
            assert!(entry.description.ends_with('.') && entry.legal.ends_with('.'), "{}", entry.name);
        }
    }

    #[test]
    fn names_are_unique_kebab_case_and_find_their_variation() {
        for variation in Variation::all() {
            assert_eq!(Variation::from_name(variation.name()), Ok(variation));
            let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(variation.name().bytes().all(legal), "{variation}");
        }
        let unknown = Variation::from_name("prety-json").unwrap_err();
        assert_eq!(unknown.nearest, Some(Variation::PrettyJson));
    }

    #[test]
    fn a_seed_says_what_a_server_is_like() {
        let drawn = |seed| Variation::drawn(seed).collect::<Vec<_>>();
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        // No variation is left out by chance of the numbers.
        for variation in Variation::all() {
            let on = (0..100).filter(|seed| drawn(*seed).contains(&variation)).count();
            assert!((25..=75).contains(&on), "{variation}: on in {on} of 100 servers");
        }
    }

    #[test]
    fn active_variations_are_hit_and_counted() {
        let variations = Variations::new([Variation::PrettyJson, Variation::Delays, Variation::PrettyJson], 1);
        assert!(variations.hit(Variation::PrettyJson));
        assert!(!variations.hit(Variation::HeaderCase));
        let hits: Vec<_> = variations.hits().collect();
        assert_eq!(hits, [(Variation::PrettyJson, 1), (Variation::Delays, 0)]);
    }
}
