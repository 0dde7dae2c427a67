//! The choices that make a document: drawn from a seed, or replayed from a list.
//!
//! A document is a function of its choices, and a smaller choice always gives a simpler document.
//! So a document is shrunk by shrinking the list, and whatever comes out is as valid as before.

/// Where the choices come from.
pub(crate) struct Choices {
    state: u64,
    replay: Option<Vec<u32>>,
    position: usize,
    record: Option<Vec<u32>>,
}

impl Choices {
    /// Draws from a seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { state: seed, replay: None, position: 0, record: None }
    }

    /// The same, and keeps what was drawn.
    pub(crate) fn recording(seed: u64) -> Self {
        Self { record: Some(Vec::new()), ..Self::seeded(seed) }
    }

    /// Takes the choices from a list; where it ends, the simplest. Keeps what was taken.
    pub(crate) fn replaying(choices: Vec<u32>) -> Self {
        Self { state: 0, replay: Some(choices), position: 0, record: Some(Vec::new()) }
    }

    /// What was chosen, if that was kept.
    pub(crate) fn into_record(self) -> Vec<u32> {
        self.record.unwrap_or_default()
    }

    /// One of `0..count`; 0 is the simplest. `count` must not be 0.
    pub(crate) fn below(&mut self, count: u32) -> u32 {
        let chosen = match &self.replay {
            None => scale(self.next(), count),
            Some(choices) => choices.get(self.position).map_or(0, |choice| (*choice).min(count - 1)),
        };
        self.position += 1;
        if let Some(record) = &mut self.record {
            record.push(chosen);
        }
        chosen
    }

    /// The same for sizes and indices.
    pub(crate) fn index(&mut self, count: usize) -> usize {
        self.below(u32::try_from(count).unwrap_or(u32::MAX)) as usize
    }

    /// True in `yes` of `of` draws; false is the simpler.
    pub(crate) fn chance(&mut self, yes: u32, of: u32) -> bool {
        self.below(of) >= of - yes
    }

    /// `SplitMix64`: every seed is a good one, and a draw costs about a nanosecond.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

/// The upper half of a draw, scaled to `0..count`.
fn scale(draw: u64, count: u32) -> u32 {
    let scaled = ((draw >> 32) * u64::from(count)) >> 32;
    u32::try_from(scaled).unwrap_or(0)
}
