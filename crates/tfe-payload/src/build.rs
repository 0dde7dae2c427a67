//! Documents from choices.

use serde_json::{Map, Value};
use tfe_schema::Pointer;

use crate::choices::Choices;
use crate::cube::{At, same};
use crate::list::ListCell;
use crate::map::MapCell;
use crate::plan::{Alt, Cell, Plan, StateId};

/// How many values a document has before only what must be there is added.
const BUDGET: i32 = 48;

/// The way from a value to one of its members or items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hop {
    Member(usize),
    Barred(usize),
    /// A member that the schema does not name, of the pool.
    Extra(usize),
    /// One of the first items.
    Item(usize),
    /// Any other item.
    Rest,
}

/// A value on the way to the broken place.
pub(crate) struct Stop {
    pub(crate) state: StateId,
    pub(crate) alt: usize,
    pub(crate) hop: Hop,
}

/// The way to the broken place, and how it is filled.
#[derive(Clone, Copy)]
pub(crate) struct Route<'r> {
    pub(crate) stops: &'r [Stop],
    pub(crate) end: &'r Alt,
}

/// A document in the making.
pub(crate) struct Build<'p> {
    plan: &'p Plan,
    pub(crate) choices: Choices,
    budget: i32,
    tokens: Vec<String>,
}

impl<'p> Build<'p> {
    pub(crate) fn new(plan: &'p Plan, choices: Choices) -> Self {
        Self { plan, choices, budget: BUDGET, tokens: Vec::new() }
    }

    /// A document that satisfies the schema.
    pub(crate) fn document(&mut self) -> Value {
        self.value(self.plan.root, 0)
    }

    /// A document that breaks it where the route ends.
    pub(crate) fn broken(&mut self, route: Route<'_>) -> (Value, Pointer, Option<At>) {
        let value = self.routed(route, 0);
        let pointer = self.tokens.iter().fold(Pointer::root(), |pointer, token| pointer.join(token));
        (value, pointer, route.end.broken)
    }

    fn routed(&mut self, route: Route<'_>, depth: u32) -> Value {
        let [stop, rest @ ..] = route.stops else { return self.fill(route.end, depth, None) };
        let alt = &self.plan.states[stop.state].alts[stop.alt];
        self.fill(alt, depth, Some((stop.hop, Route { stops: rest, end: route.end })))
    }

    fn value(&mut self, state: StateId, depth: u32) -> Value {
        let alts = &self.plan.states[state].alts;
        let count = if self.budget > 0 && depth < 12 {
            alts.len()
        } else {
            alts.iter().take_while(|alt| alt.height == alts[0].height).count()
        };
        let chosen = if count > 1 { self.choices.index(count) } else { 0 };
        self.fill(&alts[chosen], depth, None)
    }

    fn fill(&mut self, alt: &Alt, depth: u32, forced: Option<(Hop, Route<'_>)>) -> Value {
        self.budget -= 1;
        match &alt.cell {
            Cell::Values(values) => {
                let chosen = if values.len() > 1 { self.choices.index(values.len()) } else { 0 };
                values[chosen].clone()
            }
            Cell::Text(cell) => Value::String(cell.draw(&self.plan.graph, &mut self.choices)),
            Cell::Number(cell, integer) => cell.draw(&mut self.choices, *integer),
            Cell::List(list) => self.list(list, depth, forced),
            Cell::Map(map) => self.map(map, depth, forced),
        }
    }

    /// Whether something optional is there: less and less, the deeper.
    fn adds(&mut self, depth: u32) -> bool {
        self.budget > 0 && self.choices.chance(if depth < 4 { 3 } else { 1 }, 8)
    }

    fn map(&mut self, cell: &MapCell, depth: u32, forced: Option<(Hop, Route<'_>)>) -> Value {
        let mut map = Map::with_capacity(cell.members.len().min(8));
        let needed = cell.members.iter().filter(|member| member.required).count() + cell.needs.len();
        let mut room = cell.max.saturating_sub(needed + usize::from(forced.is_some()));
        for (index, member) in cell.members.iter().enumerate() {
            if let Some((hop, route)) = forced
                && hop == Hop::Member(index)
            {
                self.tokens.push(member.name.clone());
                map.insert(member.name.clone(), self.routed(route, depth + 1));
            } else if member.required || (room > 0 && self.adds(depth)) {
                room = room.saturating_sub(usize::from(!member.required));
                map.insert(member.name.clone(), self.value(member.state, depth + 1));
            }
        }
        if let Some((hop, route)) = forced
            && let Some(name) = match hop {
                Hop::Barred(index) => Some(cell.barred[index].0.clone()),
                Hop::Extra(index) => Some(cell.extras[index].0.clone()),
                _ => None,
            }
        {
            self.tokens.push(name.clone());
            map.insert(name, self.routed(route, depth + 1));
        }
        for need in &cell.needs {
            let start = self.choices.index(need.len());
            let free = need[start..].iter().chain(&need[..start]).find(|(name, _)| !map.contains_key(name));
            if let Some((name, state)) = free {
                map.insert(name.clone(), self.value(*state, depth + 1));
            }
        }
        self.fill_up(cell, &mut map, room, depth);
        Value::Object(map)
    }

    /// Members that nobody asked for, and those that the least number of members asks for.
    fn fill_up(&mut self, cell: &MapCell, map: &mut Map<String, Value>, mut room: usize, depth: u32) {
        let wants_extras = self.plan.options.extra_members || cell.members.is_empty();
        while room > 0 && wants_extras && !cell.extras.is_empty() && self.budget > 0 {
            // A map of names has some; an object with known members rarely has others.
            let likely = if cell.members.is_empty() { 4 } else { 1 };
            if !self.choices.chance(likely, 8) {
                break;
            }
            let Some((name, state)) = cell.extra(&mut self.choices, map) else { break };
            map.insert(name.clone(), self.value(*state, depth + 1));
            room -= 1;
        }
        for member in &cell.members {
            if map.len() >= cell.min {
                return;
            }
            if !map.contains_key(&member.name) {
                map.insert(member.name.clone(), self.value(member.state, depth + 1));
            }
        }
        while map.len() < cell.min {
            let Some((name, state)) = cell.extra(&mut self.choices, map) else { return };
            map.insert(name.clone(), self.value(*state, depth + 1));
        }
    }

    fn list(&mut self, cell: &ListCell, depth: u32, forced: Option<(Hop, Route<'_>)>) -> Value {
        let fixed = cell.first.len() + cell.some.len();
        let least = match forced {
            Some((Hop::Item(index), _)) => cell.min.max(index + 1),
            Some((Hop::Rest, _)) => cell.min.max(fixed + 1),
            _ => cell.min,
        };
        let spread = if self.budget > 0 { cell.max.saturating_sub(least).min(3) } else { 0 };
        let length = least + if spread > 0 { self.choices.index(spread + 1) } else { 0 };
        let broken = match forced {
            Some((Hop::Item(index), _)) => Some(index),
            Some(_) => Some(fixed + if length > fixed + 1 { self.choices.index(length - fixed) } else { 0 }),
            None => None,
        };
        let mut items: Vec<Value> = Vec::with_capacity(length);
        while items.len() < length {
            let index = items.len();
            let mut item = self.item(cell, index, depth, forced.filter(|_| broken == Some(index)));
            for _ in 0..40 {
                if !cell.unique || !items.iter().any(|other| same(other, &item)) {
                    break;
                }
                item = self.item(cell, index, depth, forced.filter(|_| broken == Some(index)));
            }
            if cell.unique && index >= least && broken.is_none_or(|at| at < index) && items.contains(&item) {
                break;
            }
            items.push(item);
        }
        if cell.repeated && items.len() > 1 {
            let end = items.len() - 1;
            items[end] = items[end - 1].clone();
        }
        Value::Array(items)
    }

    fn item(&mut self, cell: &ListCell, index: usize, depth: u32, forced: Option<(Hop, Route<'_>)>) -> Value {
        if let Some((_, route)) = forced {
            // A second try at the same place starts over.
            self.tokens.truncate(depth as usize);
            self.tokens.push(index.to_string());
            return self.routed(route, depth + 1);
        }
        let state = cell.first.get(index).or_else(|| cell.some.get(index - cell.first.len().min(index)));
        match state.copied().or(cell.rest) {
            Some(state) => self.value(state, depth + 1),
            None => Value::Null,
        }
    }
}
