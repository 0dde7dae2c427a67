//! What mutants can break: every keyword at every place, and the ways to get there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::PayloadError;
use crate::build::{Hop, Stop};
use crate::choices::Choices;
use crate::cube::Stance;
use crate::label::Label;
use crate::plan::{Alt, Cell, Plan, StateId};

/// How deep places are looked for.
const DEEPEST: usize = 14;
/// How many places are looked at.
const MOST_PLACES: usize = 4000;
/// How many ways to one place are kept.
const MOST_ORIGINS: usize = 48;

/// A place of documents, by its path: `/data/attributes/key`, with `*` for items and free names.
struct Place {
    parent: Option<usize>,
    path: String,
    depth: usize,
    /// The states that the place can be in, and how it got there.
    reach: BTreeMap<StateId, Vec<Origin>>,
}

#[derive(Clone, Copy)]
struct Origin {
    state: StateId,
    alt: usize,
    hop: Hop,
}

/// One keyword at one place.
pub(crate) struct Target {
    place: usize,
    pub(crate) label: Label,
    /// A state, and an index into [`Targets::fills`].
    ways: Vec<(StateId, usize)>,
}

/// All of a schema.
pub(crate) struct Targets {
    places: Vec<Place>,
    fills: Vec<Vec<Alt>>,
    pub(crate) all: Vec<Target>,
}

impl Targets {
    pub(crate) fn of(plan: &mut Plan) -> Result<Self, PayloadError> {
        let places = places(plan);
        let mut fills = Vec::new();
        let mut known: HashMap<(StateId, Label), usize> = HashMap::new();
        let mut all = Vec::new();
        for (index, place) in places.iter().enumerate() {
            let labels: BTreeSet<Label> = place
                .reach
                .keys()
                .flat_map(|id| plan.states[*id].labels.iter().map(|(label, _)| label.clone()))
                .collect();
            for label in labels {
                let mut ways = Vec::new();
                for id in place.reach.keys() {
                    if !plan.states[*id].labels.iter().any(|(known, _)| *known == label) {
                        continue;
                    }
                    let key = (*id, label.clone());
                    let fill = if let Some(fill) = known.get(&key) {
                        *fill
                    } else {
                        fills.push(plan.broken(*id, &label)?);
                        known.insert(key, fills.len() - 1);
                        fills.len() - 1
                    };
                    ways.push((*id, fill));
                }
                all.push(Target { place: index, label, ways });
            }
        }
        plan.settle()?;
        for alts in &mut fills {
            plan.finish(alts);
        }
        for target in &mut all {
            target.ways.retain(|(_, fill)| !fills[*fill].is_empty());
        }
        all.retain(|target| !target.ways.is_empty());
        Ok(Self { places, fills, all })
    }

    /// Path and label, for people.
    pub(crate) fn name<'t>(&'t self, target: &'t Target) -> (&'t str, &'t Label) {
        (&self.places[target.place].path, &target.label)
    }

    /// One way to a target.
    pub(crate) fn route(&self, target: &Target, choices: &mut Choices) -> (Vec<Stop>, &Alt) {
        let mut pick = |count: usize| if count > 1 { choices.index(count) } else { 0 };
        let (mut state, fill) = target.ways[pick(target.ways.len())];
        let fills = &self.fills[fill];
        let end = &fills[pick(fills.len())];
        let mut stops = Vec::new();
        let mut place = &self.places[target.place];
        while let Some(parent) = place.parent {
            let origins = &place.reach[&state];
            let Origin { state: above, alt, hop } = origins[pick(origins.len())];
            stops.push(Stop { state: above, alt, hop });
            state = above;
            place = &self.places[parent];
        }
        stops.reverse();
        (stops, end)
    }
}

/// All places that the schema makes assertions about, from the root down.
fn places(plan: &Plan) -> Vec<Place> {
    let root = Place { parent: None, path: String::new(), depth: 0, reach: BTreeMap::from([(plan.root, Vec::new())]) };
    let mut places = vec![root];
    let mut next = 0;
    while next < places.len() {
        let mut below: BTreeMap<String, BTreeMap<StateId, Vec<Origin>>> = BTreeMap::new();
        if places[next].depth < DEEPEST && places.len() < MOST_PLACES && !repeats(&places, next) {
            for id in places[next].reach.keys() {
                for (token, child, origin) in children(plan, *id) {
                    let origins = below.entry(token).or_default().entry(child).or_default();
                    if origins.len() < MOST_ORIGINS {
                        origins.push(origin);
                    }
                }
            }
        }
        for (token, reach) in below {
            let path = format!("{}/{token}", places[next].path);
            places.push(Place { parent: Some(next), path, depth: places[next].depth + 1, reach });
        }
        next += 1;
    }
    places
}

/// Whether a place above is in the same states: the schema refers to itself.
fn repeats(places: &[Place], index: usize) -> bool {
    let states = |place: &Place| place.reach.keys().copied().collect::<Vec<_>>();
    let here = states(&places[index]);
    let mut above = places[index].parent;
    while let Some(parent) = above {
        if states(&places[parent]) == here {
            return true;
        }
        above = places[parent].parent;
    }
    false
}

fn children(plan: &Plan, id: StateId) -> Vec<(String, StateId, Origin)> {
    let asserts = |id: StateId| plan.states[id].goals.iter().any(|goal| goal.stance == Stance::Assert);
    let mut found = Vec::new();
    for (alt, way) in plan.states[id].alts.iter().enumerate() {
        let mut add = |token: String, child: StateId, hop: Hop| {
            if asserts(child) {
                found.push((token, child, Origin { state: id, alt, hop }));
            }
        };
        match &way.cell {
            Cell::Map(map) => {
                let fixed = map.members.iter().filter(|member| member.required).count() + map.needs.len();
                for (index, member) in map.members.iter().enumerate() {
                    if member.required || fixed < map.max {
                        add(escape(&member.name), member.state, Hop::Member(index));
                    }
                }
                if fixed < map.max {
                    for (index, (name, state)) in map.barred.iter().enumerate() {
                        add(escape(name), *state, Hop::Barred(index));
                    }
                    for (index, (_, state)) in map.extras.iter().enumerate() {
                        add("*".to_owned(), *state, Hop::Extra(index));
                    }
                }
            }
            Cell::List(list) => {
                for (index, state) in list.first.iter().enumerate().take(list.max) {
                    add(index.to_string(), *state, Hop::Item(index));
                }
                if let Some(rest) = list.rest.filter(|_| list.first.len() + list.some.len() < list.max) {
                    add("*".to_owned(), rest, Hop::Rest);
                }
            }
            _ => {}
        }
    }
    found
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
