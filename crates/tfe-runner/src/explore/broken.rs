//! Bodies that no JSON reader takes: refused, with nothing changed.
//!
//! They are made from a request that succeeds, so that a server which reads them all the same shows
//! that it does.

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use serde_json::{Value, json};

use super::draft::{self, Draft};
use super::legacy;

/// A body that is broken on purpose.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Broken {
    api: Api,
    flaw: Flaw,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Api {
    V1,
    V2,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Flaw {
    /// Cut off before the end; how much is missing, in characters.
    CutOff(usize),
    SingleQuotes,
    /// The first quotation mark is missing.
    Unquoted,
    NotUtf8,
    /// There is none.
    Empty,
}

/// Broken creations of the v2 API.
pub(super) fn creations() -> BoxedStrategy<Broken> {
    flaws(Api::V2)
}

/// Broken updates of the legacy API.
pub(super) fn updates() -> BoxedStrategy<Broken> {
    flaws(Api::V1)
}

fn flaws(api: Api) -> BoxedStrategy<Broken> {
    let flaw = prop_oneof![
        5 => (1..200_usize).prop_map(Flaw::CutOff),
        1 => Just(Flaw::SingleQuotes),
        1 => Just(Flaw::Unquoted),
        1 => Just(Flaw::NotUtf8),
        // What an empty body means to the legacy API is left open.
        u32::from(api == Api::V2) => Just(Flaw::Empty),
    ];
    flaw.prop_map(move |flaw| Broken { api, flaw }).boxed()
}

impl Broken {
    /// The case that sends it.
    pub(super) fn case(&self) -> Value {
        let what = match self.flaw {
            Flaw::CutOff(_) => "is cut off",
            Flaw::SingleQuotes => "has single quotes",
            Flaw::Unquoted => "lacks a quotation mark",
            Flaw::NotUtf8 => "is not UTF-8",
            Flaw::Empty => "is empty",
        };
        let mut draft =
            Draft::new(format!("A body that {what} is refused"), "It is made from a request that succeeds.");
        match self.api {
            Api::V1 => self.update(&mut draft),
            Api::V2 => self.creation(&mut draft),
        }
        draft.finish()
    }

    fn creation(&self, draft: &mut Draft) {
        draft.fixture("ws", "workspace");
        let attributes = json!({"key": "${unique}", "value": "one", "category": "terraform"});
        let sound = draft::creation(&attributes, "ws");
        draft.step(json!({
            "id": "create",
            "operation": "v2.variables.create",
            "body": sound,
            "checks": [draft::status("v2.variables.create.relationships-form", "success")],
        }));
        draft.step(draft::before("ws"));
        let text = sound.to_string().replace("${ws.", "${json:ws.");
        let mut step = json!({"id": "send-broken", "operation": "v2.variables.create"});
        self.put(&text, &mut step);
        step["capture-if-status"] = json!({"refused": "refused"});
        let mut checks = vec![draft::status("v2.index.post-needs-document", "refused")];
        if self.flaw != Flaw::Empty {
            checks.push(draft::status("jsonapi.invalid-json", 400));
        }
        step["checks"] = checks.into();
        draft.step(step);
        draft.step(draft::unchanged("ws"));
    }

    fn update(&self, draft: &mut Draft) {
        draft.fixture("env", "environment");
        let params = legacy::params("env");
        let read = |id: &str| json!({"id": id, "operation": "v1.configurations.latest", "params": params});
        let mut readable = read("readable");
        readable["role"] = "precondition".into();
        draft.step(readable);
        let body = |value: &str| json!({"variables": {"${unique:key}": value}});
        let update = |id: &str| json!({"id": id, "operation": "v1.environments.update-variables", "params": params});
        let mut first = update("update");
        first["body"] = body("one");
        first["checks"] = json!([draft::status("v1.index.json-content-type", "success")]);
        draft.step(first);
        let mut step = update("send-broken");
        self.put(&body("two").to_string(), &mut step);
        step["checks"] = json!([draft::status("v1.index.malformed-refused", "refused")]);
        draft.step(step);
        let mut after = read("after");
        after["checks"] = json!([{
            "requirement": "v1.index.malformed-refused",
            "at": "/version/variables",
            "has": {"${unique:key}": "one"},
        }]);
        draft.step(after);
    }

    /// Puts the broken body in a step. Templates stay whole: they are filled in before it is sent.
    fn put(&self, sound: &str, step: &mut Value) {
        let (name, body) = match self.flaw {
            Flaw::CutOff(missing) => ("body-text", cut_off(sound, missing)),
            Flaw::SingleQuotes => ("body-text", sound.replace('"', "'")),
            Flaw::Unquoted => ("body-text", sound.replacen('"', "", 1)),
            Flaw::NotUtf8 if self.api == Api::V1 => {
                ("body-base64", "eyJ2YXJpYWJsZXMiOiB7fSwgImEiOiAi//4ifQ==".to_owned())
            }
            Flaw::Empty => ("body-text", String::new()),
            Flaw::NotUtf8 => ("body-base64", "eyJkYXRhIjogIv/+In0=".to_owned()),
        };
        step[name] = body.into();
        step["valid"] = false.into();
    }

    /// The same flaw, with less missing.
    pub(super) fn smaller(&self) -> Vec<Self> {
        match self.flaw {
            Flaw::CutOff(missing) if missing > 1 => [1, missing / 2, missing - 1]
                .into_iter()
                .map(|missing| Self { flaw: Flaw::CutOff(missing), ..self.clone() })
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// A text without its end, but with something of it, and no template cut through.
fn cut_off(text: &str, missing: usize) -> String {
    let mut end = text.len() - missing.clamp(1, text.len() - 1);
    let inside = |end: usize| text[..end].rfind("${").is_some_and(|open| !text[open..end].contains('}'));
    while end > 1 && (!text.is_char_boundary(end) || inside(end) || text[..end].ends_with('$')) {
        end -= 1;
    }
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_not_cut_through() {
        let text = r#"{"a":"${unique}"}"#;
        for missing in 1..text.len() {
            let cut = cut_off(text, missing);
            assert!(cut.len() < text.len() && !cut.is_empty());
            assert_eq!(cut.contains("${"), cut.contains("${unique}"), "{cut}");
            assert!(!cut.ends_with('$'), "{cut}");
        }
    }
}
