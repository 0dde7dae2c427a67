//! What the words of a report mean, and what to do about them: the texts behind `explain VERDICT`.

/// A word of reports, and its text.
pub(super) struct Topic {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

macro_rules! topics {
    ($($name:literal),+ $(,)?) => {
        &[$(Topic { name: $name, text: include_str!(concat!("../../topics/", $name, ".md")) }),+]
    };
}

/// Verdicts and outcomes, claims, exit codes, the baseline.
pub(super) const TOPICS: &[Topic] = topics![
    "pass",
    "warn",
    "fail",
    "blocked",
    "inconclusive",
    "error",
    "not-applicable",
    "conformant",
    "partial",
    "non-conformant",
    "not-established",
    "exit-codes",
    "baseline",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// A text that nobody can ask for would be missed by nobody.
    #[test]
    fn every_text_is_a_topic() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/cli/topics");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let names: BTreeSet<String> = TOPICS.iter().map(|topic| format!("{}.md", topic.name)).collect();
        assert_eq!(files.collect::<BTreeSet<_>>(), names);
        assert_eq!(names.len(), TOPICS.len());
    }

    /// Verdicts and claims that reports can name have a text.
    #[test]
    fn every_verdict_and_claim_has_a_text() {
        use tfe_runner::event::{Claim, Verdict};
        let verdicts =
            [Verdict::Pass, Verdict::Warn, Verdict::Fail, Verdict::Blocked, Verdict::Inconclusive, Verdict::Error];
        let claims = [Claim::Conformant, Claim::Partial, Claim::NonConformant, Claim::NotEstablished];
        let said = verdicts.iter().map(serde_json::to_value).chain(claims.iter().map(serde_json::to_value));
        for word in said {
            let word = word.unwrap();
            assert!(TOPICS.iter().any(|topic| word == topic.name), "{word}");
        }
    }
}
