//! Numbers within limits.

use serde_json::{Number, Value};

use crate::choices::Choices;
use crate::cube::{NumberRules, same};
use crate::eval::{is_multiple, times};

/// The largest integer that every JSON reader keeps exactly.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// Numbers that satisfy some rules, integers or fractions.
pub(crate) struct NumberCell {
    rules: NumberRules,
    never: Vec<Value>,
    step: f64,
    /// The first and the last multiple of the step.
    first: f64,
    last: f64,
    known: Vec<Value>,
}

impl NumberCell {
    /// `None` if no number was found that satisfies the rules.
    pub(crate) fn new(rules: &NumberRules, never: &[Value], integer: bool) -> Option<Self> {
        let never: Vec<Value> = never.iter().filter(|value| value.is_number()).cloned().collect();
        let step = match (rules.multiples.first(), integer) {
            (Some(factor), true) if factor.fract() != 0.0 => 1.0,
            (Some(factor), _) => *factor,
            (None, true) => 1.0,
            (None, false) => 0.25,
        };
        let first = (rules.low.0.max(-EXACT) / step).ceil();
        let last = (rules.high.0.min(EXACT) / step).floor();
        let mut cell = Self { rules: rules.clone(), never, step, first, last, known: Vec::new() };
        for seed in 0..200 {
            let mut choices = if seed == 0 { Choices::replaying(Vec::new()) } else { Choices::seeded(seed) };
            let value = cell.attempt(&mut choices, integer);
            if let Some(value) = value.filter(|value| cell.fits(value, integer)) {
                cell.known.push(value);
                if cell.known.len() == 8 {
                    break;
                }
            }
        }
        (!cell.known.is_empty()).then_some(cell)
    }

    pub(crate) fn draw(&self, choices: &mut Choices, integer: bool) -> Value {
        for _ in 0..4 {
            if let Some(value) = self.attempt(choices, integer).filter(|value| self.fits(value, integer)) {
                return value;
            }
        }
        self.known[choices.index(self.known.len())].clone()
    }

    fn attempt(&self, choices: &mut Choices, integer: bool) -> Option<Value> {
        let room = self.last - self.first;
        if room < 0.0 {
            return None;
        }
        // From the value nearest to zero outwards; now and then an end of the range.
        let middle = 0.0_f64.clamp(self.first, self.last);
        let steps = match choices.below(8) {
            0..=3 => middle + f64::from(choices.below(100)),
            4 => middle - f64::from(choices.below(100)),
            5 => self.last - f64::from(choices.below(2)),
            6 => self.first + f64::from(choices.below(2)),
            _ => middle + f64::from(choices.below(u32::MAX)),
        };
        number(times(steps.clamp(self.first, self.last), self.step), integer)
    }

    fn fits(&self, value: &Value, integer: bool) -> bool {
        let Some(number) = value.as_f64() else { return false };
        let NumberRules { low, high, multiples, no_multiples } = &self.rules;
        (number.fract() == 0.0) == integer
            && if low.1 { number > low.0 } else { number >= low.0 }
            && if high.1 { number < high.0 } else { number <= high.0 }
            && multiples.iter().all(|factor| is_multiple(number, *factor))
            && !no_multiples.iter().any(|factor| is_multiple(number, *factor))
            && !self.never.iter().any(|never| same(never, value))
    }
}

fn number(number: f64, integer: bool) -> Option<Value> {
    if integer {
        // Within the exact range by construction; text is the one conversion without a cast.
        format!("{number:.0}").parse::<i64>().ok().map(Value::from)
    } else {
        Number::from_f64(number).map(Value::Number)
    }
}
