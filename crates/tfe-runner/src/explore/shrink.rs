//! Cuts a case down to the least that still shows the same: by what its requests mean, which keeps a
//! smaller case a proper one.

use std::time::{Duration, Instant};

use super::trial::Trial;

/// Bounds of cutting one finding down: what is left after them is small enough to read.
const MOST_RUNS: usize = 500;
const LONGEST: Duration = Duration::from_secs(30);

/// The smallest trial that still `shows` it, if the first one does.
pub(super) async fn shrink(
    first: Trial,
    deadline: Option<Instant>,
    shows: impl AsyncFnMut(&Trial) -> bool,
) -> Option<Trial> {
    let own = Instant::now() + LONGEST;
    let deadline = deadline.map_or(own, |deadline| deadline.min(own));
    let mut shrinking = Shrinking { best: first, shows, deadline, left: MOST_RUNS };
    if !(shrinking.shows)(&shrinking.best).await {
        return None;
    }
    shrinking.run().await;
    Some(shrinking.best)
}

struct Shrinking<S> {
    best: Trial,
    shows: S,
    deadline: Instant,
    left: usize,
}

impl<S: AsyncFnMut(&Trial) -> bool> Shrinking<S> {
    /// Takes the first smaller trial that still shows it, until none does.
    async fn run(&mut self) {
        'smaller: loop {
            for trial in self.best.smaller() {
                if !self.may_go_on() {
                    return;
                }
                if self.accepts(trial).await {
                    continue 'smaller;
                }
            }
            return;
        }
    }

    async fn accepts(&mut self, trial: Trial) -> bool {
        self.left -= 1;
        let shows = (self.shows)(&trial).await;
        if shows {
            self.best = trial;
        }
        shows
    }

    fn may_go_on(&self) -> bool {
        self.left > 0 && Instant::now() < self.deadline
    }
}

/// Lists without one half, one quarter, and so on down to one item.
pub(super) fn without_parts<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    let mut smaller = Vec::new();
    let mut size = items.len().div_ceil(2);
    while size > 0 {
        // What comes last was caused by what comes first: the end goes first.
        for start in (0..items.len()).step_by(size).rev() {
            let end = (start + size).min(items.len());
            smaller.push([&items[..start], &items[end..]].concat());
        }
        size /= 2;
    }
    smaller
}
