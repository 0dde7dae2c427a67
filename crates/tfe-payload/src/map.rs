//! Objects of one kind: which members they have, must have and may have.

use crate::choices::Choices;
use crate::cube::{Cube, Goal, NeedName};
use crate::eval;
use crate::graph::{Graph, Literal};
use crate::plan::{Plan, StateId};

/// Objects that satisfy some rules.
pub(crate) struct MapCell {
    pub(crate) members: Vec<Member>,
    /// Members that only a mutant has.
    pub(crate) barred: Vec<(String, StateId)>,
    /// Members that the schema does not name.
    pub(crate) extras: Vec<(String, StateId)>,
    /// The state of a member that no pattern matches, where such are allowed.
    pub(crate) rest: Option<StateId>,
    /// Members that nothing can fill.
    pub(crate) dead: Vec<(String, StateId)>,
    /// Of each, one member that there must be.
    pub(crate) needs: Vec<Vec<(String, StateId)>>,
    pub(crate) min: usize,
    pub(crate) max: usize,
}

pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) state: StateId,
    pub(crate) required: bool,
}

/// Names that people give to variables, attributes and links.
const NAMES: [&str; 40] = [
    "region",
    "zones",
    "name",
    "id",
    "type",
    "key",
    "value",
    "count",
    "self",
    "instance_type",
    "TF_LOG",
    "AWS_ACCESS_KEY_ID",
    "TF_VAR_region",
    "created-at",
    "terraform_version",
    "workspace",
    "organization",
    "a",
    "x1",
    "größe",
    "ключ",
    "名前",
    "with space",
    "camelCase",
    "kebab-case-name",
    "v2",
    "0",
    "10",
    "data",
    "errors-count",
    "tags",
    "owner",
    "description",
    "env",
    "path",
    "a_b-c",
    "N",
    "zz",
    "meta-data",
    "very-long-name-of-a-variable-that-somebody-typed",
];

/// Names that some rules refuse.
const ODD_NAMES: [&str; 16] = [
    "-leading",
    "trailing-",
    " ",
    "",
    "a.b",
    "a/b",
    "a~b",
    "UPPER",
    "semi;colon",
    "$ref",
    "_low",
    "a b ",
    "per%cent",
    "new\nline",
    "Ünïcode!",
    "[x]",
];

impl MapCell {
    /// `None` if there is no such object.
    pub(crate) fn new(plan: &mut Plan, cube: &Cube, not_empty: bool) -> Option<Self> {
        let rules = &cube.map;
        let names = known_names(&plan.graph, cube);
        let allowed = |plan: &Plan, name: &str| {
            is_sayable(plan, name) && plan.holds_for_name(&rules.names, name) && is_open_for(&plan.graph, cube, name)
        };
        let (mut members, mut barred) = (Vec::new(), Vec::new());
        for name in &names {
            let required = cube.has(name);
            if rules.barred.contains(name) && !rules.absent.contains(name) && allowed(plan, name) {
                let goals = goals_for(&plan.graph, cube, name);
                barred.push((name.clone(), plan.state(goals)));
            }
            if cube.is_kept_away(name) {
                continue;
            }
            if allowed(plan, name) {
                let goals = goals_for(&plan.graph, cube, name);
                members.push(Member { name: name.clone(), state: plan.state(goals), required });
            } else if required {
                return None;
            }
        }
        let mut cell = Self {
            members,
            barred,
            extras: Vec::new(),
            rest: None,
            dead: Vec::new(),
            needs: Vec::new(),
            min: rules.min.max(usize::from(not_empty)),
            max: rules.max.unwrap_or(usize::MAX),
        };
        cell.add_extras(plan, cube, &names);
        cell.add_needs(plan, cube, &names)?;
        let least = cell.members.iter().filter(|member| member.required).count() + cell.needs.len();
        (cell.min <= cell.max && least <= cell.max).then_some(cell)
    }

    fn add_extras(&mut self, plan: &mut Plan, cube: &Cube, known: &[String]) {
        let mut pool: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
        pool.extend(drawn_names(plan, cube));
        let patterns = has_patterns(&plan.graph, cube);
        let mut rest = None;
        for name in pool {
            let usable = is_sayable(plan, &name)
                && !known.contains(&name)
                && !cube.is_kept_away(&name)
                && plan.holds_for_name(&cube.map.names, &name)
                && is_open_for(&plan.graph, cube, &name);
            if !usable || self.extras.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let state = match rest {
                Some(state) if !patterns => state,
                _ => plan.state(goals_for(&plan.graph, cube, &name)),
            };
            if !patterns || !is_matched(&plan.graph, cube, &name) {
                rest = Some(state);
            }
            self.extras.push((name, state));
        }
        self.rest = rest;
    }

    fn add_needs(&mut self, plan: &mut Plan, cube: &Cube, known: &[String]) -> Option<()> {
        for need in &cube.map.needs {
            let mut pool: Vec<String> = NAMES.iter().chain(&ODD_NAMES).map(|name| (*name).to_owned()).collect();
            pool.extend(drawn_names(plan, cube));
            if let NeedName::Matching(pattern) = need.name {
                pool.extend(drawn(&plan.graph, pattern));
            }
            let mut found: Vec<(String, StateId)> = Vec::new();
            for name in pool {
                let fits = match need.name {
                    NeedName::Outside(at) => match &plan.graph.node(at.node).literals[at.literal] {
                        Literal::Closed(members) | Literal::Members(members) => {
                            !eval::knows(&plan.graph, members, &name)
                        }
                        _ => false,
                    },
                    NeedName::Matching(pattern) => plan.graph.patterns[pattern].fits(&name),
                    NeedName::Breaking(node) => plan.breaks_name(node, &name),
                };
                if fits
                    && is_sayable(plan, &name)
                    && !known.contains(&name)
                    && !cube.is_kept_away(&name)
                    && plan.holds_for_name(&cube.map.names, &name)
                    && is_open_for(&plan.graph, cube, &name)
                    && !found.iter().any(|(other, _)| *other == name)
                {
                    let goals = goals_for(&plan.graph, cube, &name).into_iter().chain(need.goal);
                    found.push((name, plan.state(goals)));
                }
            }
            if found.is_empty() {
                return None;
            }
            self.needs.push(found);
        }
        Some(())
    }

    pub(crate) fn height(&self, of: &impl Fn(StateId) -> Option<u32>) -> Option<u32> {
        let mut height = 0;
        let mut live = self.needs.len();
        for member in &self.members {
            match of(member.state) {
                Some(member_height) if member.required => height = height.max(member_height),
                None if member.required => return None,
                None => continue,
                Some(_) => {}
            }
            live += 1;
        }
        for need in &self.needs {
            height = height.max(need.iter().filter_map(|(_, state)| of(*state)).min()?);
        }
        if live < self.min {
            live += self.extras.iter().filter(|(_, state)| of(*state).is_some()).count();
        }
        (live >= self.min).then_some(height + 1)
    }

    pub(crate) fn prune(&mut self, live: &impl Fn(StateId) -> bool) {
        let dead = self.members.iter().filter(|member| !live(member.state));
        self.dead.extend(dead.map(|member| (member.name.clone(), member.state)));
        self.members.retain(|member| live(member.state));
        self.extras.retain(|(_, state)| live(*state));
        self.needs.iter_mut().for_each(|need| need.retain(|(_, state)| live(*state)));
        self.rest = self.rest.filter(|state| live(*state));
    }

    /// An extra member that the object does not have yet.
    pub(crate) fn extra<'c>(
        &'c self,
        choices: &mut Choices,
        taken: &serde_json::Map<String, serde_json::Value>,
    ) -> Option<&'c (String, StateId)> {
        if self.extras.is_empty() {
            return None;
        }
        let start = choices.index(self.extras.len());
        let turned = self.extras[start..].iter().chain(&self.extras[..start]);
        turned.into_iter().find(|(name, _)| !taken.contains_key(name))
    }
}

/// Whether a form can have the name, if it is to be one.
fn is_sayable(plan: &Plan, name: &str) -> bool {
    !plan.options.form || !(name.is_empty() || name.contains(['[', ']']))
}

/// The members that the schema names at this place, in its order.
fn known_names(graph: &Graph, cube: &Cube) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let spoken = cube.map.speakers.iter().flat_map(|(at, _)| match &graph.node(at.node).literals[at.literal] {
        Literal::Members(members) => members.named.as_slice(),
        _ => &[],
    });
    for name in spoken.map(|(name, _)| name).chain(&cube.map.required).chain(cube.map.about.keys()) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

fn goals_for(graph: &Graph, cube: &Cube, name: &str) -> Vec<Goal> {
    let mut goals: Vec<Goal> = cube.map.about.get(name).cloned().unwrap_or_default();
    for (at, stance) in &cube.map.speakers {
        let Literal::Members(members) = &graph.node(at.node).literals[at.literal] else { continue };
        let mut add = |node| goals.push(Goal { node, stance: *stance });
        let named = members.named(name);
        let matching = members.matching.iter().filter(|(pattern, _)| graph.patterns[*pattern].fits(name));
        let before: Vec<_> = named.into_iter().chain(matching.map(|(_, node)| *node)).collect();
        match (before.is_empty(), members.others) {
            (true, Some(others)) => add(others),
            _ => before.into_iter().for_each(add),
        }
    }
    goals
}

fn is_open_for(graph: &Graph, cube: &Cube, name: &str) -> bool {
    cube.map.closed.iter().all(|at| match &graph.node(at.node).literals[at.literal] {
        Literal::Closed(members) => eval::knows(graph, members, name),
        _ => true,
    })
}

fn matching<'g>(graph: &'g Graph, cube: &'g Cube) -> impl Iterator<Item = usize> + 'g {
    let literals = cube.map.speakers.iter().map(|(at, _)| at).chain(&cube.map.closed);
    literals
        .flat_map(|at| match &graph.node(at.node).literals[at.literal] {
            Literal::Members(members) | Literal::Closed(members) => members.matching.as_slice(),
            _ => &[],
        })
        .map(|(pattern, _)| *pattern)
}

fn has_patterns(graph: &Graph, cube: &Cube) -> bool {
    matching(graph, cube).next().is_some()
}

fn is_matched(graph: &Graph, cube: &Cube, name: &str) -> bool {
    matching(graph, cube).any(|pattern| graph.patterns[pattern].fits(name))
}

/// Names that the patterns of the place ask for.
fn drawn_names(plan: &mut Plan, cube: &Cube) -> Vec<String> {
    let mut names: Vec<String> = matching(&plan.graph, cube).flat_map(|pattern| drawn(&plan.graph, pattern)).collect();
    for goal in &cube.map.names {
        names.extend(plan.names_of(goal.node));
    }
    names
}

fn drawn(graph: &Graph, pattern: usize) -> Vec<String> {
    let draw = |seed| {
        let mut name = String::new();
        graph.patterns[pattern].draw(&mut Choices::seeded(seed), 0, &mut name);
        name
    };
    (0..12).map(draw).collect()
}
