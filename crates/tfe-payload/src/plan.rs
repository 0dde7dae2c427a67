//! A schema made ready for drawing documents: one state for each set of goals that a place can have,
//! each with its alternatives.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use crate::choices::Choices;
use crate::cube::{At, Cube, Goal, Stance, TextRules};
use crate::expand::expand;
use crate::graph::{Graph, NodeId};
use crate::label::Label;
use crate::list::ListCell;
use crate::map::MapCell;
use crate::number::NumberCell;
use crate::text::TextCell;
use crate::types::Types;
use crate::{Options, PayloadError, eval};

/// Index of a state.
pub(crate) type StateId = usize;

/// A place with its goals.
pub(crate) struct State {
    pub(crate) goals: Vec<Goal>,
    /// The simplest first, once [`Plan::settle`] is through.
    pub(crate) alts: Vec<Alt>,
    /// What can be broken here.
    pub(crate) labels: BTreeSet<(Label, At)>,
    /// How deep the least value is; `None` if there is none.
    pub(crate) height: Option<u32>,
}

/// One way to fill a place.
pub(crate) struct Alt {
    pub(crate) cell: Cell,
    pub(crate) height: Option<u32>,
    /// The literal that this way breaks.
    pub(crate) broken: Option<At>,
}

pub(crate) enum Cell {
    Values(Vec<Value>),
    Text(Arc<TextCell>),
    Number(NumberCell, bool),
    List(ListCell),
    Map(Box<MapCell>),
}

/// How many states a schema may have.
const MOST_STATES: usize = 20_000;

pub(crate) struct Plan {
    pub(crate) graph: Arc<Graph>,
    pub(crate) options: Options,
    pub(crate) states: Vec<State>,
    index: HashMap<Vec<Goal>, StateId>,
    texts: HashMap<(TextRules, Vec<String>), Option<Arc<TextCell>>>,
    names: HashMap<NodeId, Vec<String>>,
    open: Vec<StateId>,
    pub(crate) root: StateId,
}

impl Plan {
    pub(crate) fn new(graph: Arc<Graph>, options: Options) -> Result<Self, PayloadError> {
        let root = Goal { node: graph.root, stance: Stance::Assert };
        let mut plan = Self {
            graph,
            options,
            states: Vec::new(),
            index: HashMap::new(),
            texts: HashMap::new(),
            names: HashMap::new(),
            open: Vec::new(),
            root: 0,
        };
        plan.root = plan.state([root]);
        plan.settle()?;
        let cause = if plan.states[plan.root].height.is_none() { Some(plan.root) } else { plan.contradiction() };
        match cause {
            Some(cause) => Err(plan.blame(cause)),
            None => Ok(plan),
        }
    }

    /// The state of a place with these goals.
    pub(crate) fn state(&mut self, goals: impl IntoIterator<Item = Goal>) -> StateId {
        let wanted = goals.into_iter().filter(|goal| goal.stance == Stance::Deny || !self.graph.is_empty(goal.node));
        let goals: Vec<Goal> = wanted.collect::<BTreeSet<_>>().into_iter().collect();
        if let Some(known) = self.index.get(&goals) {
            return *known;
        }
        let id = self.states.len();
        self.index.insert(goals.clone(), id);
        self.states.push(State { goals, alts: Vec::new(), labels: BTreeSet::new(), height: None });
        self.open.push(id);
        id
    }

    /// Works out all states that are not yet, and which of them have values at all.
    pub(crate) fn settle(&mut self) -> Result<(), PayloadError> {
        while let Some(id) = self.open.pop() {
            if self.states.len() > MOST_STATES {
                return Err(self.too_large());
            }
            let goals = self.states[id].goals.clone();
            let expansion = expand(&self.graph, &goals, None);
            let alts = self.alts(&goals, expansion.cubes)?;
            self.states[id].alts = alts;
            self.states[id].labels = expansion.labels;
        }
        self.measure();
        Ok(())
    }

    /// The ways to break one keyword at a state, and to satisfy all else.
    pub(crate) fn broken(&mut self, id: StateId, label: &Label) -> Result<Vec<Alt>, PayloadError> {
        let goals = self.states[id].goals.clone();
        let cubes = expand(&self.graph, &goals, Some(label)).cubes;
        self.alts(&goals, cubes)
    }

    /// Why a state has no value: the keyword without which it had one.
    pub(crate) fn blame(&mut self, id: StateId) -> PayloadError {
        let mut id = id;
        let mut seen = BTreeSet::new();
        while seen.insert(id) {
            let goals = self.states[id].goals.clone();
            let cubes = expand(&self.graph, &goals, None).cubes;
            let Ok(alts) = self.alts(&goals, cubes) else { break };
            let dead = |plan: &Self, state: StateId| plan.states[state].height.is_none();
            let child = alts.iter().find_map(|alt| match &alt.cell {
                Cell::Map(map) => {
                    let required = map.members.iter().filter(|member| member.required);
                    required.map(|member| member.state).find(|state| dead(self, *state))
                }
                Cell::List(list) => {
                    list.first.iter().chain(&list.some).chain(&list.rest).copied().find(|state| dead(self, *state))
                }
                _ => None,
            });
            match child {
                Some(child) => id = child,
                None => break,
            }
        }
        let labels: Vec<_> = self.states[id].labels.iter().cloned().collect();
        let culprit = labels.iter().find(|(label, _)| self.broken(id, label).is_ok_and(|alts| !alts.is_empty()));
        let (keyword, node) = match culprit.or(labels.first()) {
            Some((label, at)) => (label.keyword, at.node),
            None => ("allOf", self.states[id].goals.first().map_or(self.graph.root, |goal| goal.node)),
        };
        PayloadError::Contradiction { keyword: keyword.to_owned(), at: self.graph.node(node).at.clone() }
    }

    /// A place that the schema describes and that nothing can fill, though the schema `false` does not
    /// say so.
    fn contradiction(&self) -> Option<StateId> {
        let is_meant = |id: &StateId| {
            self.states[*id].goals.iter().any(|goal| goal.stance != Stance::Assert)
                || self.states[*id].labels.iter().any(|(label, _)| label.reported == "falseSchema")
        };
        self.states.iter().find_map(|state| {
            let cells = || state.alts.iter().map(|alt| &alt.cell);
            let lives = |name: &str| {
                cells()
                    .any(|cell| matches!(cell, Cell::Map(map) if map.members.iter().any(|member| member.name == name)))
            };
            cells().find_map(|cell| match cell {
                Cell::Map(map) => map.dead.iter().find(|(name, id)| !is_meant(id) && !lives(name)).map(|(_, id)| *id),
                Cell::List(list) => list.dead.filter(|id| !is_meant(id)),
                _ => None,
            })
        })
    }

    /// The height of an alternative, with what is known of the states.
    pub(crate) fn height(&self, alt: &Alt) -> Option<u32> {
        let of = |id: StateId| self.states[id].height;
        match &alt.cell {
            Cell::Values(_) | Cell::Text(_) | Cell::Number(..) => Some(1),
            Cell::List(list) => list.height(&of),
            Cell::Map(map) => map.height(&of),
        }
    }

    /// Heights from the leaves up, until nothing changes; then the alternatives in their order.
    fn measure(&mut self) {
        loop {
            let mut changed = false;
            for id in 0..self.states.len() {
                let height = self.states[id].alts.iter().filter_map(|alt| self.height(alt)).min();
                if height != self.states[id].height {
                    self.states[id].height = height;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        for id in 0..self.states.len() {
            let mut alts = std::mem::take(&mut self.states[id].alts);
            self.finish(&mut alts);
            self.states[id].alts = alts;
        }
    }

    /// Leaves out what has no value, and sorts the rest.
    pub(crate) fn finish(&self, alts: &mut Vec<Alt>) {
        for alt in alts.iter_mut() {
            alt.height = self.height(alt);
            let live = |id: StateId| self.states[id].height.is_some();
            match &mut alt.cell {
                Cell::List(list) => list.prune(&live),
                Cell::Map(map) => map.prune(&live),
                _ => {}
            }
        }
        alts.retain(|alt| alt.height.is_some());
        alts.sort_by_key(|alt| alt.height);
    }

    fn alts(&mut self, goals: &[Goal], cubes: Vec<Cube>) -> Result<Vec<Alt>, PayloadError> {
        let mut alts = Vec::new();
        for cube in cubes {
            let broken = cube.dropped.first().copied();
            for cell in self.cells(goals, &cube)? {
                alts.push(Alt { cell, height: None, broken });
            }
        }
        Ok(alts)
    }

    fn cells(&mut self, goals: &[Goal], cube: &Cube) -> Result<Vec<Cell>, PayloadError> {
        if let Some(only) = &cube.only {
            return self.values(goals, cube, only);
        }
        let form = self.options.form;
        let is_root = goals == self.states[self.root].goals;
        let mut cells = Vec::new();
        for types in Types::EACH.into_iter().filter(|types| cube.types.has(*types)) {
            let cell = match types {
                Types::NULL if form => None,
                Types::NULL => values(vec![Value::Null], cube),
                Types::BOOLEAN => values(vec![Value::Bool(false), Value::Bool(true)], cube),
                Types::STRING => self.text(cube).map(Cell::Text),
                Types::ARRAY if cube.never.iter().any(Value::is_array) => None,
                Types::ARRAY => ListCell::new(self, cube)?.map(Cell::List),
                Types::OBJECT if cube.never.iter().any(Value::is_object) => None,
                Types::OBJECT => MapCell::new(self, cube, form && !is_root).map(|map| Cell::Map(Box::new(map))),
                number => {
                    let integer = number == Types::INTEGER;
                    NumberCell::new(&cube.number, &cube.never, integer).map(|cell| Cell::Number(cell, integer))
                }
            };
            cells.extend(cell);
        }
        Ok(cells)
    }

    /// Values that `enum` or `const` lists: those that satisfy all else.
    fn values(&self, goals: &[Goal], cube: &Cube, only: &[Value]) -> Result<Vec<Cell>, PayloadError> {
        let mut fit = Vec::new();
        for value in only {
            if !cube.types.has(Types::of(value)) || cube.never.iter().any(|never| crate::cube::same(never, value)) {
                continue;
            }
            let nested = value.is_array() || value.is_object();
            if nested && !cube.dropped.is_empty() {
                let at = self.graph.node(goals[0].node).at.clone();
                let reason = "a mutant of a listed array or object".to_owned();
                return Err(PayloadError::Unsupported { keyword: "enum".to_owned(), at, reason });
            }
            let fits = if nested {
                goals.iter().all(|goal| eval::meets(&self.graph, *goal, value))
            } else {
                self.scalar_fits(cube, value)
            };
            if fits {
                fit.push(value.clone());
            }
        }
        Ok(if fit.is_empty() { Vec::new() } else { vec![Cell::Values(fit)] })
    }

    fn scalar_fits(&self, cube: &Cube, value: &Value) -> bool {
        match value {
            Value::String(text) => {
                let length = text.chars().count();
                length >= cube.text.min
                    && cube.text.max.is_none_or(|max| length <= max)
                    && cube.text.patterns.iter().all(|(at, is)| self.graph.patterns[*at].fits(text) == *is)
                    && cube.text.formats.iter().all(|(format, is)| format.fits(text) == *is)
            }
            Value::Number(_) => {
                let mut rules = cube.number.clone();
                let number = value.as_f64().unwrap_or_default();
                let (low, high) = (rules.low, rules.high);
                rules.low = (low.0.max(number), low.1 && low.0 >= number);
                rules.high = (high.0.min(number), high.1 && high.0 <= number);
                rules.low.0 <= rules.high.0
                    && !rules.low.1
                    && !rules.high.1
                    && rules.multiples.iter().all(|factor| eval::is_multiple(number, *factor))
                    && !rules.no_multiples.iter().any(|factor| eval::is_multiple(number, *factor))
            }
            _ => true,
        }
    }

    fn text(&mut self, cube: &Cube) -> Option<Arc<TextCell>> {
        let never = cube.never.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let key = (cube.text.clone(), never);
        if let Some(known) = self.texts.get(&key) {
            return known.clone();
        }
        let cell = TextCell::new(&self.graph, &cube.text, &cube.never, &self.options).map(Arc::new);
        self.texts.insert(key, cell.clone());
        cell
    }

    /// Names that satisfy a node.
    pub(crate) fn names_of(&mut self, node: NodeId) -> Vec<String> {
        if let Some(known) = self.names.get(&node) {
            return known.clone();
        }
        let mut names = Vec::new();
        for cube in expand(&self.graph, &[Goal { node, stance: Stance::Hold }], None).cubes {
            if let Some(only) = &cube.only {
                names.extend(only.iter().filter_map(Value::as_str).map(str::to_owned));
            } else if cube.types.has(Types::STRING)
                && let Some(cell) = self.text(&cube)
            {
                names.extend((0..16).map(|seed| cell.draw(&self.graph, &mut Choices::seeded(seed))));
            }
        }
        self.names.insert(node, names.clone());
        names
    }

    fn too_large(&self) -> PayloadError {
        PayloadError::Unsupported {
            keyword: "$ref".to_owned(),
            at: self.graph.node(self.graph.root).at.clone(),
            reason: format!("it takes more than {MOST_STATES} combinations of its subschemas"),
        }
    }

    pub(crate) fn holds_for_name(&self, goals: &[Goal], name: &str) -> bool {
        goals.is_empty() || {
            let value = Value::String(name.to_owned());
            goals.iter().all(|goal| eval::meets(&self.graph, *goal, &value))
        }
    }

    pub(crate) fn breaks_name(&self, node: NodeId, name: &str) -> bool {
        !eval::satisfies(&self.graph, node, &Value::String(name.to_owned()))
    }
}

fn values(values: Vec<Value>, cube: &Cube) -> Option<Cell> {
    let fit: Vec<Value> = values.into_iter().filter(|value| !cube.never.contains(value)).collect();
    (!fit.is_empty()).then_some(Cell::Values(fit))
}
