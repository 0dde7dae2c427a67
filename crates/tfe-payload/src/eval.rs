//! Whether a value satisfies a node: for names, and for the values of `enum` and `const`. The verdict
//! on documents is the validator's alone.

use serde_json::Value;

use crate::cube::{Goal, Stance, same};
use crate::graph::{Graph, Literal, Members, NodeId};
use crate::types::Types;

/// Whether the value meets the goal.
pub(crate) fn meets(graph: &Graph, goal: Goal, value: &Value) -> bool {
    satisfies(graph, goal.node, value) != (goal.stance == Stance::Deny)
}

pub(crate) fn satisfies(graph: &Graph, node: NodeId, value: &Value) -> bool {
    graph.node(node).literals.iter().all(|literal| holds(graph, literal, value))
}

fn holds(graph: &Graph, literal: &Literal, value: &Value) -> bool {
    let is = |node: &NodeId| satisfies(graph, *node, value);
    match literal {
        Literal::Never => false,
        Literal::Type(types) => types.has(Types::of(value)),
        Literal::Among(_, values) => values.iter().any(|other| same(other, value)),
        Literal::AllOf(nodes) => nodes.iter().all(is),
        Literal::AnyOf(nodes) => nodes.iter().any(is),
        Literal::OneOf(nodes) => nodes.iter().filter(|node| is(node)).count() == 1,
        Literal::Not(node) => !is(node),
        Literal::Ref(node) => is(node),
        Literal::If { condition, then, otherwise } => {
            let branch = if is(condition) { then } else { otherwise };
            branch.as_ref().is_none_or(is)
        }
        _ => match value {
            Value::String(text) => holds_for_text(graph, literal, text),
            Value::Number(number) => holds_for_number(literal, number.as_f64().unwrap_or_default()),
            Value::Array(items) => holds_for_list(graph, literal, items),
            Value::Object(members) => holds_for_map(graph, literal, value, members),
            _ => true,
        },
    }
}

fn holds_for_text(graph: &Graph, literal: &Literal, text: &str) -> bool {
    match literal {
        Literal::MinLength(size) => text.chars().count() >= *size,
        Literal::MaxLength(size) => text.chars().count() <= *size,
        Literal::Pattern(pattern) => graph.patterns[*pattern].fits(text),
        Literal::Format(format) => format.fits(text),
        _ => true,
    }
}

fn holds_for_number(literal: &Literal, number: f64) -> bool {
    match literal {
        Literal::Minimum(limit) => number >= *limit,
        Literal::ExclusiveMinimum(limit) => number > *limit,
        Literal::Maximum(limit) => number <= *limit,
        Literal::ExclusiveMaximum(limit) => number < *limit,
        Literal::MultipleOf(factor) => is_multiple(number, *factor),
        _ => true,
    }
}

/// Whether a number is a multiple: of the decimals that stand in the documents, not of the doubles next to them.
pub(crate) fn is_multiple(number: f64, factor: f64) -> bool {
    let exact = || {
        let (one, other) = (Decimal::of(number)?, Decimal::of(factor)?);
        let scale = one.scale.max(other.scale);
        one.at(scale)?.checked_rem(other.at(scale)?).map(|rest| rest == 0)
    };
    exact().unwrap_or_else(|| number % factor == 0.0)
}

/// A number as its shortest text has it: `digits` with the point `scale` places from the right.
#[derive(Clone, Copy)]
struct Decimal {
    digits: i128,
    scale: u32,
}

impl Decimal {
    /// `None` if it has more digits than fit.
    fn of(number: f64) -> Option<Self> {
        let text = format!("{number}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Self { digits, scale: u32::try_from(fraction.len()).ok()? })
    }

    /// The digits, with the point so many places from the right.
    fn at(self, scale: u32) -> Option<i128> {
        self.digits.checked_mul(10_i128.checked_pow(scale - self.scale)?)
    }
}

/// So many times a step, as the decimal that it is.
pub(crate) fn times(count: f64, step: f64) -> f64 {
    let exact = || {
        let (count, step) = (Decimal::of(count)?, Decimal::of(step)?);
        let digits = count.digits.checked_mul(step.digits)?;
        format!("{digits}e-{}", count.scale + step.scale).parse().ok()
    };
    exact().unwrap_or(count * step)
}

fn holds_for_list(graph: &Graph, literal: &Literal, items: &[Value]) -> bool {
    match literal {
        Literal::MinItems(size) => items.len() >= *size,
        Literal::MaxItems(size) => items.len() <= *size,
        Literal::Unique => {
            items.iter().enumerate().all(|(index, item)| !items[..index].iter().any(|other| same(other, item)))
        }
        Literal::Items { first, rest } => items
            .iter()
            .enumerate()
            .all(|(index, item)| first.get(index).or(rest.as_ref()).is_none_or(|node| satisfies(graph, *node, item))),
        Literal::Contains { node, min, max } => {
            let count = items.iter().filter(|item| satisfies(graph, *node, item)).count();
            count >= *min && max.is_none_or(|max| count <= max)
        }
        _ => true,
    }
}

fn holds_for_map(graph: &Graph, literal: &Literal, value: &Value, members: &serde_json::Map<String, Value>) -> bool {
    match literal {
        Literal::Required(name) => members.contains_key(name),
        Literal::DependentRequired(trigger, name) => !members.contains_key(trigger) || members.contains_key(name),
        Literal::DependentSchema(trigger, node) => !members.contains_key(trigger) || satisfies(graph, *node, value),
        Literal::MinProperties(size) => members.len() >= *size,
        Literal::MaxProperties(size) => members.len() <= *size,
        Literal::PropertyNames(node) => {
            members.keys().all(|name| satisfies(graph, *node, &Value::String(name.clone())))
        }
        Literal::Closed(known) => members.keys().all(|name| knows(graph, known, name)),
        Literal::Members(known) => members.iter().all(|(name, member)| {
            let matching = known.matching.iter().filter(|(pattern, _)| graph.patterns[*pattern].fits(name));
            let others = known.others.filter(|_| !knows(graph, known, name));
            let nodes = known.named(name).into_iter().chain(matching.map(|(_, node)| *node)).chain(others);
            nodes.into_iter().all(|node| satisfies(graph, node, member))
        }),
        _ => true,
    }
}

/// Whether `properties` or `patternProperties` speak about the member.
pub(crate) fn knows(graph: &Graph, members: &Members, name: &str) -> bool {
    members.named(name).is_some() || members.matching.iter().any(|(pattern, _)| graph.patterns[*pattern].fits(name))
}
