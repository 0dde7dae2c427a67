//! Arrays of one kind: how many items they have, and what each must be.

use crate::PayloadError;
use crate::cube::{At, Cube, Goal, Stance};
use crate::graph::{Graph, Literal};
use crate::plan::{Plan, StateId};

/// Arrays that satisfy some rules.
pub(crate) struct ListCell {
    /// The states of the first items.
    pub(crate) first: Vec<StateId>,
    /// The state of all others; `None` if it has no value.
    pub(crate) rest: Option<StateId>,
    /// Items that there must be besides.
    pub(crate) some: Vec<StateId>,
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) unique: bool,
    pub(crate) repeated: bool,
    /// The state of the others, if nothing can fill it.
    pub(crate) dead: Option<StateId>,
}

impl ListCell {
    /// `None` if there is no such array.
    pub(crate) fn new(plan: &mut Plan, cube: &Cube) -> Result<Option<Self>, PayloadError> {
        let rules = &cube.list;
        let longest = cube.list.speakers.iter().map(|(at, _)| prefix(&plan.graph, at.node, at.literal)).max();
        let fixed = longest.unwrap_or_default().max(rules.at.keys().max().map_or(0, |last| last + 1));
        if rules.rest.len() > 1 && rules.some.len() > 1 {
            let at = plan.graph.node(rules.rest[0].node).at.clone();
            let reason = "more than one at a place, one with an upper limit".to_owned();
            return Err(PayloadError::Unsupported { keyword: "contains".to_owned(), at, reason });
        }
        let scalar = Goal { node: plan.graph.scalar, stance: Stance::Hold };
        let scalar = plan.options.form.then_some(scalar);
        let mut first = Vec::new();
        for index in 0..fixed {
            let goals = goals_for(&plan.graph, cube, index).into_iter().chain(scalar);
            let besides = rules.at.get(&index).cloned().unwrap_or_default();
            first.push(plan.state(goals.chain(besides).chain(rules.rest.iter().copied())));
        }
        let goals: Vec<Goal> = goals_for(&plan.graph, cube, usize::MAX).into_iter().chain(scalar).collect();
        let rest = plan.state(goals.iter().copied().chain(rules.rest.iter().copied()));
        let mut some = Vec::new();
        for (count, goal) in &rules.some {
            let state = plan.state(goals.iter().copied().chain([*goal]));
            some.extend(std::iter::repeat_n(state, *count));
        }
        let max = rules.max.unwrap_or(usize::MAX);
        let after = if some.is_empty() { 0 } else { fixed };
        let cell = Self {
            min: rules.min.max(after + some.len()).max(usize::from(plan.options.form)),
            max,
            first,
            rest: Some(rest),
            some,
            unique: rules.unique,
            repeated: rules.repeated,
            dead: None,
        };
        let contradicts = cell.min > cell.max || (cell.unique && cell.repeated);
        Ok((!contradicts).then_some(cell))
    }

    pub(crate) fn height(&self, of: &impl Fn(StateId) -> Option<u32>) -> Option<u32> {
        let mut height = 0;
        for state in self.first.iter().take(self.min).chain(&self.some) {
            height = height.max(of(*state)?);
        }
        if self.min > self.first.len() + self.some.len() {
            height = height.max(of(self.rest?)?);
        }
        Some(height + 1)
    }

    pub(crate) fn prune(&mut self, live: &impl Fn(StateId) -> bool) {
        if let Some(dead) = self.first.iter().position(|state| !live(*state)) {
            self.max = self.max.min(dead);
        }
        self.dead = self.dead.or(self.rest.filter(|state| !live(*state)));
        self.rest = self.rest.filter(|state| live(*state));
        if self.rest.is_none() {
            self.max = self.max.min(self.first.len() + self.some.len());
        }
    }
}

fn prefix(graph: &Graph, node: u32, literal: usize) -> usize {
    match &graph.node(node).literals[literal] {
        Literal::Items { first, .. } => first.len(),
        _ => 0,
    }
}

fn goals_for(graph: &Graph, cube: &Cube, index: usize) -> Vec<Goal> {
    let goal = |(at, stance): &(At, Stance)| match &graph.node(at.node).literals[at.literal] {
        Literal::Items { first, rest } => {
            first.get(index).copied().or(*rest).map(|node| Goal { node, stance: *stance })
        }
        _ => None,
    };
    cube.list.speakers.iter().filter_map(goal).collect()
}
