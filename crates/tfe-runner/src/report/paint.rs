//! Colours, by meaning. Nothing here looks at the terminal: the caller decides.

use std::fmt;

use anstyle::{AnsiColor, Style};

use crate::event::{Claim, Outcome, Standing, Verdict};

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Heading,
    Name,
    Quiet,
    Good,
    Open,
    Caution,
    Bad,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Heading => Style::new().bold().underline(),
            Self::Name => Style::new().bold(),
            Self::Quiet => Style::new().dimmed(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Open => AnsiColor::Cyan.on_default(),
            Self::Caution => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
        }
    }
}

impl From<Verdict> for Tone {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Good,
            Verdict::Warn => Self::Caution,
            Verdict::NotApplicable | Verdict::Blocked | Verdict::Inconclusive => Self::Open,
            Verdict::Fail | Verdict::Error => Self::Bad,
        }
    }
}

impl From<Outcome> for Tone {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => Self::Good,
            Outcome::NotApplicable | Outcome::Note | Outcome::NotRun => Self::Open,
            Outcome::Warn => Self::Caution,
            Outcome::Fail => Self::Bad,
        }
    }
}

impl From<Claim> for Tone {
    fn from(claim: Claim) -> Self {
        match claim {
            Claim::Conformant => Self::Good,
            Claim::Partial | Claim::NotEstablished => Self::Open,
            Claim::NonConformant => Self::Bad,
        }
    }
}

impl From<Standing> for Tone {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Holds => Self::Good,
            Standing::NotApplicable | Standing::NotTaken | Standing::NotChecked => Self::Open,
            Standing::Warned => Self::Caution,
            Standing::Broken => Self::Bad,
        }
    }
}

/// Colours text, or leaves it as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    pub(super) color: bool,
}

impl Paint {
    /// The text in a tone. The text has to be safe already.
    pub(super) fn tone<T: fmt::Display>(self, tone: impl Into<Tone>, text: T) -> Painted<T> {
        let style = if self.color { tone.into().style() } else { Style::new() };
        Painted { style, text }
    }
}

/// Text with a style around it; empty text has none.
pub(super) struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.style.render(), self.text, self.style.render_reset())
    }
}
