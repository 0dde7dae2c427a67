//! All ways to satisfy a set of goals at one place, or to break one keyword there and satisfy the rest.

use std::collections::BTreeSet;

use crate::cube::{At, Cube, Goal, Need, NeedName, Stance, tighten};
use crate::graph::{Graph, Literal, NodeId};
use crate::label::{Label, label};
use crate::types::Types;

/// How many ways are kept: more would be more of the same.
const MOST: usize = 400;

/// The ways to satisfy `goals`; with `broken`, the ways to break that and satisfy all else.
pub(crate) fn expand(graph: &Graph, goals: &[Goal], broken: Option<&Label>) -> Expansion {
    let mut expander =
        Expander { graph, broken, out: Expansion { cubes: Vec::new(), labels: BTreeSet::new() }, steps: 0 };
    let mut cube = Cube::anything();
    let mut choices = Vec::new();
    for goal in goals {
        expander.goal(&mut cube, &mut choices, *goal);
    }
    expander.split(cube, choices, false);
    expander.out
}

/// The outcome of [`expand`].
pub(crate) struct Expansion {
    pub(crate) cubes: Vec<Cube>,
    /// What can be broken here, literal by literal.
    pub(crate) labels: BTreeSet<(Label, At)>,
}

/// Something that can be had in more than one way.
#[derive(Clone, Copy, PartialEq)]
enum Choice {
    /// Satisfy the literal.
    Satisfy(At, Stance),
    /// Break the literal.
    Break(At),
    /// Break one literal of the node.
    Deny(NodeId),
}

/// One step of a way.
enum Step {
    Goal(Goal),
    Break(At),
    Only(Types),
    Require(String),
    Forbid(String),
    About(String, Goal),
    Need(Need),
    Items { min: usize, max: Option<usize> },
    Item(usize, Goal),
    Some(usize, Goal),
    Rest(Goal),
}

struct Expander<'g> {
    graph: &'g Graph,
    broken: Option<&'g Label>,
    out: Expansion,
    steps: usize,
}

fn hold(node: NodeId) -> Goal {
    Goal { node, stance: Stance::Hold }
}

fn deny(node: NodeId) -> Goal {
    Goal { node, stance: Stance::Deny }
}

impl<'g> Expander<'g> {
    fn literal(&self, at: At) -> &'g Literal {
        &self.graph.node(at.node).literals[at.literal]
    }

    fn goal(&mut self, cube: &mut Cube, choices: &mut Vec<Choice>, goal: Goal) {
        if !cube.applied.insert(goal) {
            return;
        }
        let literals = &self.graph.node(goal.node).literals;
        if goal.stance == Stance::Deny {
            match literals.len() {
                0 => cube.types = Types::NONE,
                1 => self.refuse(cube, choices, At { node: goal.node, literal: 0 }),
                _ => choices.push(Choice::Deny(goal.node)),
            }
            return;
        }
        for literal in 0..literals.len() {
            self.satisfy(cube, choices, At { node: goal.node, literal }, goal.stance);
        }
    }

    /// Adds a literal, or sets it aside to be broken.
    fn satisfy(&mut self, cube: &mut Cube, choices: &mut Vec<Choice>, at: At, stance: Stance) {
        let literal = self.literal(at);
        if stance == Stance::Assert
            && let Some(label) = label(literal)
        {
            let aside = self.broken.is_some_and(|broken| broken.looks_like(&label));
            self.out.labels.insert((label, at));
            if aside {
                cube.dropped.push(at);
                return;
            }
        }
        match literal {
            Literal::Never => cube.types = Types::NONE,
            Literal::Type(types) => cube.restrict(*types),
            Literal::Among(_, values) => cube.among(values),
            Literal::MinLength(size) => cube.text.min = cube.text.min.max(*size),
            Literal::MaxLength(size) => tighten(&mut cube.text.max, *size),
            Literal::Pattern(pattern) => drop(cube.text.patterns.insert((*pattern, true))),
            Literal::Format(format) => drop(cube.text.formats.insert((*format, true))),
            Literal::Minimum(limit) => cube.at_least(*limit, false),
            Literal::ExclusiveMinimum(limit) => cube.at_least(*limit, true),
            Literal::Maximum(limit) => cube.at_most(*limit, false),
            Literal::ExclusiveMaximum(limit) => cube.at_most(*limit, true),
            Literal::MultipleOf(factor) => cube.number.multiples.push(*factor),
            Literal::Required(name) => cube.require(name),
            Literal::MinProperties(size) => cube.map.min = cube.map.min.max(*size),
            Literal::MaxProperties(size) => tighten(&mut cube.map.max, *size),
            Literal::PropertyNames(node) => cube.map.names.push(hold(*node)),
            Literal::Closed(_) => cube.map.closed.push(at),
            Literal::Members(members) => {
                cube.map.speakers.push((at, stance));
                for (name, node) in &members.named {
                    if let [Literal::Never] = self.graph.node(*node).literals[..] {
                        if stance == Stance::Assert { cube.bar(name) } else { cube.forbid(name) }
                    }
                }
            }
            Literal::MinItems(size) => cube.list.min = cube.list.min.max(*size),
            Literal::MaxItems(size) => tighten(&mut cube.list.max, *size),
            Literal::Unique => cube.list.unique = true,
            Literal::Items { .. } => cube.list.speakers.push((at, stance)),
            Literal::Contains { node, min, max } => contain(cube, *node, *min, *max),
            Literal::AllOf(nodes) => {
                for node in nodes {
                    self.goal(cube, choices, Goal { node: *node, stance });
                }
            }
            Literal::Ref(node) => self.goal(cube, choices, Goal { node: *node, stance }),
            Literal::Not(node) => self.goal(cube, choices, deny(*node)),
            Literal::AnyOf(_)
            | Literal::OneOf(_)
            | Literal::If { .. }
            | Literal::DependentRequired(..)
            | Literal::DependentSchema(..) => choices.push(Choice::Satisfy(at, stance)),
        }
    }

    /// Adds the contrary of a literal.
    fn refuse(&mut self, cube: &mut Cube, choices: &mut Vec<Choice>, at: At) {
        let literal = self.literal(at);
        cube.restrict(subject(literal));
        match literal {
            Literal::PropertyNames(node) => {
                cube.map.needs.push(Need { name: NeedName::Breaking(*node), goal: None });
            }
            Literal::Closed(_) => cube.map.needs.push(Need { name: NeedName::Outside(at), goal: None }),
            Literal::DependentSchema(trigger, node) => {
                cube.require(trigger);
                self.goal(cube, choices, deny(*node));
            }
            Literal::AnyOf(nodes) => {
                for node in nodes {
                    self.goal(cube, choices, deny(*node));
                }
            }
            Literal::Ref(node) => self.goal(cube, choices, deny(*node)),
            Literal::Not(node) => self.goal(cube, choices, hold(*node)),
            Literal::Members(_)
            | Literal::Items { .. }
            | Literal::Contains { .. }
            | Literal::AllOf(_)
            | Literal::OneOf(_)
            | Literal::If { .. } => choices.push(Choice::Break(at)),
            simple => refuse_simple(cube, simple),
        }
    }

    /// Follows every way of the open choices.
    fn split(&mut self, cube: Cube, mut choices: Vec<Choice>, chosen: bool) {
        self.steps += 1;
        if cube.types.is_none() || self.out.cubes.len() >= MOST || self.steps > 40 * MOST {
            return;
        }
        let Some(choice) = choices.pop() else {
            self.finish(cube, chosen);
            return;
        };
        let mut ways = Vec::new();
        for way in self.ways(choice, &cube) {
            let (mut next, mut open) = (cube.clone(), choices.clone());
            for step in way {
                self.step(&mut next, &mut open, step);
            }
            if next.types.is_none() {
                continue;
            }
            // A way that asks for nothing new makes the others needless, unless they exclude each other.
            let exclusive = !matches!(choice, Choice::Satisfy(at, _) if matches!(self.literal(at), Literal::AnyOf(_)));
            if !exclusive && open == choices && is_same(&next, &cube) {
                ways = vec![(next, open)];
                break;
            }
            ways.push((next, open));
        }
        for (next, open) in ways {
            self.split(next, open, chosen);
        }
    }

    /// A conjunction is complete, once something of what was set aside is broken.
    fn finish(&mut self, mut cube: Cube, chosen: bool) {
        let Some(broken) = self.broken.filter(|_| !chosen) else {
            if !self.out.cubes.contains(&cube) {
                self.out.cubes.push(cube);
            }
            return;
        };
        let dropped = std::mem::take(&mut cube.dropped);
        for at in &dropped {
            // Of what looks the same to the validator, only what was asked for.
            if label(self.literal(*at)).is_some_and(|label| label.keyword == broken.keyword) {
                let (mut next, mut open) = (cube.clone(), Vec::new());
                next.dropped = vec![*at];
                self.refuse(&mut next, &mut open, *at);
                self.split(next, open, true);
            }
        }
    }

    fn step(&mut self, cube: &mut Cube, choices: &mut Vec<Choice>, step: Step) {
        match step {
            Step::Goal(goal) => self.goal(cube, choices, goal),
            Step::Break(at) => self.refuse(cube, choices, at),
            Step::Only(types) => cube.restrict(types),
            Step::Require(name) => cube.require(&name),
            Step::Forbid(name) => cube.forbid(&name),
            Step::About(name, goal) => cube.map.about.entry(name).or_default().push(goal),
            Step::Need(need) => cube.map.needs.push(need),
            Step::Items { min, max } => {
                cube.list.min = cube.list.min.max(min);
                if let Some(max) = max {
                    tighten(&mut cube.list.max, max);
                }
            }
            Step::Item(index, goal) => cube.list.at.entry(index).or_default().push(goal),
            Step::Some(count, goal) => cube.list.some.push((count, goal)),
            Step::Rest(goal) => cube.list.rest.push(goal),
        }
    }

    fn ways(&self, choice: Choice, cube: &Cube) -> Vec<Vec<Step>> {
        match choice {
            Choice::Deny(node) => {
                let count = self.graph.node(node).literals.len();
                (0..count).map(|literal| vec![Step::Break(At { node, literal })]).collect()
            }
            Choice::Satisfy(at, stance) => ways_to_satisfy(self.literal(at), stance, cube),
            Choice::Break(at) => self.ways_to_break(at),
        }
    }

    fn ways_to_break(&self, at: At) -> Vec<Vec<Step>> {
        match self.literal(at) {
            Literal::AllOf(nodes) => nodes.iter().map(|node| vec![Step::Goal(deny(*node))]).collect(),
            Literal::OneOf(nodes) => none_or_two(nodes),
            Literal::If { condition, then, otherwise } => {
                let branch = |first: Goal, node: &Option<NodeId>| {
                    node.map(|node| vec![Step::Goal(first), Step::Goal(deny(node))])
                };
                [branch(hold(*condition), then), branch(deny(*condition), otherwise)].into_iter().flatten().collect()
            }
            Literal::Members(members) => {
                let named = members
                    .named
                    .iter()
                    .map(|(name, node)| vec![Step::Require(name.clone()), Step::About(name.clone(), deny(*node))]);
                let matching = members.matching.iter().map(|(pattern, node)| {
                    vec![Step::Need(Need { name: NeedName::Matching(*pattern), goal: Some(deny(*node)) })]
                });
                let others = members
                    .others
                    .iter()
                    .map(|node| vec![Step::Need(Need { name: NeedName::Outside(at), goal: Some(deny(*node)) })]);
                named.chain(matching).chain(others).collect()
            }
            Literal::Items { first, rest } => {
                let places = first.iter().enumerate().map(|(index, node)| {
                    vec![Step::Items { min: index + 1, max: None }, Step::Item(index, deny(*node))]
                });
                places.chain(rest.iter().map(|node| vec![Step::Some(1, deny(*node))])).collect()
            }
            Literal::Contains { node, min, max } => {
                let fewer = min.checked_sub(1).map(|less| {
                    let some = (less > 0).then(|| Step::Some(less, hold(*node)));
                    some.into_iter().chain([Step::Rest(deny(*node))]).collect::<Vec<_>>()
                });
                let more = max.map(|max| vec![Step::Some(max + 1, hold(*node))]);
                fewer.into_iter().chain(more).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn ways_to_satisfy(literal: &Literal, stance: Stance, cube: &Cube) -> Vec<Vec<Step>> {
    let object = || Step::Only(Types::OBJECT);
    match literal {
        Literal::AnyOf(nodes) => nodes.iter().map(|node| vec![Step::Goal(hold(*node))]).collect(),
        Literal::OneOf(nodes) => exactly_one(nodes),
        Literal::If { condition, then, otherwise } => {
            let branch = |first: Goal, node: &Option<NodeId>| {
                let second = node.map(|node| Step::Goal(Goal { node, stance }));
                std::iter::once(Step::Goal(first)).chain(second).collect::<Vec<_>>()
            };
            vec![branch(hold(*condition), then), branch(deny(*condition), otherwise)]
        }
        Literal::DependentRequired(trigger, name) => {
            present_or_not(cube, trigger, object(), Step::Require(name.clone()), Step::Require(name.clone()))
        }
        Literal::DependentSchema(trigger, node) => {
            present_or_not(cube, trigger, object(), Step::Goal(Goal { node: *node, stance }), Step::Goal(hold(*node)))
        }
        _ => Vec::new(),
    }
}

fn contain(cube: &mut Cube, node: NodeId, min: usize, max: Option<usize>) {
    if max.is_some_and(|max| max < min) {
        // No list has both; what is no list has neither.
        cube.types = cube.types.without(Types::ARRAY);
        return;
    }
    cube.list.some.push((min, hold(node)));
    if max.is_some() {
        cube.list.rest.push(deny(node));
    }
}

/// The types that a literal speaks about.
fn subject(literal: &Literal) -> Types {
    match literal {
        Literal::MinLength(_) | Literal::MaxLength(_) | Literal::Pattern(_) | Literal::Format(_) => Types::STRING,
        Literal::Minimum(_)
        | Literal::ExclusiveMinimum(_)
        | Literal::Maximum(_)
        | Literal::ExclusiveMaximum(_)
        | Literal::MultipleOf(_) => Types::NUMBER,
        Literal::Required(_)
        | Literal::DependentRequired(..)
        | Literal::MinProperties(_)
        | Literal::MaxProperties(_)
        | Literal::PropertyNames(_)
        | Literal::Closed(_)
        | Literal::Members(_)
        | Literal::DependentSchema(..) => Types::OBJECT,
        Literal::MinItems(_)
        | Literal::MaxItems(_)
        | Literal::Unique
        | Literal::Items { .. }
        | Literal::Contains { .. } => Types::ARRAY,
        _ => Types::ALL,
    }
}

/// The contrary of a literal that has no schema inside.
fn refuse_simple(cube: &mut Cube, literal: &Literal) {
    let below = |limit: &mut Option<usize>, types: &mut Types, size: usize| match size.checked_sub(1) {
        Some(size) => tighten(limit, size),
        None => *types = Types::NONE,
    };
    match literal {
        Literal::Type(types) => cube.types = cube.types.without(*types),
        Literal::Among(_, values) => cube.never.extend(values.iter().cloned()),
        Literal::MinLength(size) => below(&mut cube.text.max, &mut cube.types, *size),
        Literal::MaxLength(size) => cube.text.min = cube.text.min.max(size + 1),
        Literal::Pattern(pattern) => drop(cube.text.patterns.insert((*pattern, false))),
        Literal::Format(format) => drop(cube.text.formats.insert((*format, false))),
        Literal::Minimum(limit) => cube.at_most(*limit, true),
        Literal::ExclusiveMinimum(limit) => cube.at_most(*limit, false),
        Literal::Maximum(limit) => cube.at_least(*limit, true),
        Literal::ExclusiveMaximum(limit) => cube.at_least(*limit, false),
        Literal::MultipleOf(factor) => cube.number.no_multiples.push(*factor),
        Literal::Required(name) => cube.forbid(name),
        Literal::DependentRequired(trigger, name) => {
            cube.require(trigger);
            cube.forbid(name);
        }
        Literal::MinProperties(size) => below(&mut cube.map.max, &mut cube.types, *size),
        Literal::MaxProperties(size) => cube.map.min = cube.map.min.max(size + 1),
        Literal::MinItems(size) => below(&mut cube.list.max, &mut cube.types, *size),
        Literal::MaxItems(size) => cube.list.min = cube.list.min.max(size + 1),
        Literal::Unique => {
            cube.list.repeated = true;
            cube.list.min = cube.list.min.max(2);
        }
        // The contrary of `false` is anything.
        _ => {}
    }
}

fn exactly_one(nodes: &[NodeId]) -> Vec<Vec<Step>> {
    let way = |chosen: usize| {
        let goals =
            nodes.iter().enumerate().map(|(index, node)| if index == chosen { hold(*node) } else { deny(*node) });
        goals.map(Step::Goal).collect()
    };
    (0..nodes.len()).map(way).collect()
}

/// None of them, or two neighbours: more pairs would be more of the same.
fn none_or_two(nodes: &[NodeId]) -> Vec<Vec<Step>> {
    let none = nodes.iter().map(|node| Step::Goal(deny(*node))).collect();
    let pairs = nodes.windows(2).map(|pair| pair.iter().map(|node| Step::Goal(hold(*node))).collect());
    std::iter::once(none).chain(pairs).collect()
}

/// Without the member, or with it and what it brings. A mutant may bring a member that the schema `false`
/// bars: then it is either left out for good, or what it brings holds in any case.
fn present_or_not(cube: &Cube, trigger: &str, object: Step, brings: Step, holds: Step) -> Vec<Vec<Step>> {
    let others = Types::ALL.without(Types::OBJECT);
    let without = vec![Step::Forbid(trigger.to_owned())];
    if cube.map.absent.contains(trigger) {
        return vec![Vec::new()];
    }
    if cube.is_kept_away(trigger) {
        return vec![without, vec![holds]];
    }
    let with = vec![object, Step::Require(trigger.to_owned()), brings];
    if !cube.has(trigger) {
        vec![without, with]
    } else if cube.types.has(others) {
        // What is no object has no members, whatever is required of objects.
        vec![with, vec![Step::Only(others)]]
    } else {
        vec![with]
    }
}

/// Whether two conjunctions ask for the same, however they came to it.
fn is_same(a: &Cube, b: &Cube) -> bool {
    a.types == b.types
        && a.only == b.only
        && a.never == b.never
        && a.text == b.text
        && a.number == b.number
        && a.list == b.list
        && a.map == b.map
}
