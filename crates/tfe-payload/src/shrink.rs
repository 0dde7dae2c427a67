//! Shrinking a list of choices: shorter is simpler, and so is smaller.

/// Proposes lists simpler than the best one so far, one at a time.
pub(crate) struct Shrinker {
    best: Vec<u32>,
    pass: Pass,
    /// Whether this round of passes found anything.
    found: bool,
    proposed: usize,
}

/// How many lists are proposed at most.
const MOST: usize = 2000;

#[derive(Clone, Copy)]
enum Pass {
    /// Cut the end off: nothing, then a half, and so on.
    Cut {
        keep: usize,
    },
    /// Leave out so many choices at a place.
    Remove {
        size: usize,
        at: usize,
    },
    /// Set so many choices to the simplest at a place.
    Zero {
        size: usize,
        at: usize,
    },
    /// Make one choice smaller by one and leave out the next: a text loses a letter.
    Shorten {
        at: usize,
    },
    /// Make one choice smaller: by a half, then by one.
    Lower {
        at: usize,
        by_one: bool,
    },
    Done,
}

impl Shrinker {
    pub(crate) fn new(best: Vec<u32>) -> Self {
        Self { best, pass: Pass::Cut { keep: 0 }, found: false, proposed: 0 }
    }

    pub(crate) fn best(&self) -> &[u32] {
        &self.best
    }

    /// A proposal was good: it is the best now.
    pub(crate) fn accept(&mut self, taken: Vec<u32>) {
        self.best = taken;
        self.found = true;
        // What worked at a place may work there again.
        match &mut self.pass {
            Pass::Remove { at, .. } | Pass::Shorten { at } => *at = at.saturating_sub(1),
            _ => {}
        }
    }

    /// The next proposal; `None` at the end.
    pub(crate) fn propose(&mut self) -> Option<Vec<u32>> {
        while self.proposed < MOST {
            let proposal = self.step();
            if matches!(self.pass, Pass::Done) {
                return None;
            }
            if let Some(proposal) = proposal.filter(|proposal| is_simpler(proposal, &self.best)) {
                self.proposed += 1;
                return Some(proposal);
            }
        }
        None
    }

    /// What the pass says, and the place after it.
    fn step(&mut self) -> Option<Vec<u32>> {
        let length = self.best.len();
        match self.pass {
            Pass::Cut { keep } if keep < length => {
                self.pass = Pass::Cut { keep: keep + (length - keep).div_ceil(2) };
                Some(self.best[..keep].to_vec())
            }
            Pass::Cut { .. } => self.turn(Pass::Remove { size: 8, at: 0 }),
            Pass::Remove { size, at } if at + size <= length => {
                self.pass = Pass::Remove { size, at: at + 1 };
                Some([&self.best[..at], &self.best[at + size..]].concat())
            }
            Pass::Remove { size: 1, .. } => self.turn(Pass::Zero { size: 4, at: 0 }),
            Pass::Remove { size, .. } => self.turn(Pass::Remove { size: size / 2, at: 0 }),
            Pass::Zero { size, at } if at + size <= length => {
                self.pass = Pass::Zero { size, at: at + 1 };
                let mut proposal = self.best.clone();
                proposal[at..at + size].fill(0);
                Some(proposal)
            }
            Pass::Zero { size: 1, .. } => self.turn(Pass::Shorten { at: 0 }),
            Pass::Zero { size, .. } => self.turn(Pass::Zero { size: size / 2, at: 0 }),
            Pass::Shorten { at } if at + 1 < length => {
                self.pass = Pass::Shorten { at: at + 1 };
                let mut proposal = self.best.clone();
                proposal[at] = proposal[at].checked_sub(1)?;
                proposal.remove(at + 1);
                Some(proposal)
            }
            Pass::Shorten { .. } => self.turn(Pass::Lower { at: 0, by_one: false }),
            Pass::Lower { at, by_one } if at < length => {
                self.pass =
                    if by_one { Pass::Lower { at: at + 1, by_one: false } } else { Pass::Lower { at, by_one: true } };
                let mut proposal = self.best.clone();
                proposal[at] = if by_one { proposal[at].saturating_sub(1) } else { proposal[at] / 2 };
                Some(proposal)
            }
            Pass::Lower { .. } if self.found => {
                self.found = false;
                self.turn(Pass::Remove { size: 8, at: 0 })
            }
            Pass::Lower { .. } | Pass::Done => self.turn(Pass::Done),
        }
    }

    fn turn(&mut self, pass: Pass) -> Option<Vec<u32>> {
        self.pass = pass;
        None
    }
}

fn is_simpler(proposal: &[u32], best: &[u32]) -> bool {
    (proposal.len(), proposal) < (best.len(), best)
}
