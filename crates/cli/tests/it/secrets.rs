//! What never gets into an output: tokens in any spelling, and whatever a terminal or an XML reader
//! would obey.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::json;
use tempfile::TempDir;
use tfe_runner::report::Format;

use crate::process::{Run, report};
use crate::scripted::{JSON_API, Request, Scripted, answer, json_api};
use crate::served::Served;

/// As the API gives them out, and with everything that some format escapes.
const TOKENS: [&str; 2] =
    ["kNqZ7xw2Lm9PtY.atlasv1.R8sVb3HdJf6GcXuWeQa5", r#"kN"qZ7\xw2+/=%Lm9<P&t>Y'R8s~Vb3;HdJf6$G`cX"#];

/// Everything that a run wrote, by name: every kind of report that there is, and the journal.
fn everything_said(run: Run) -> Vec<(String, String)> {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut run = run.within(60);
    for format in Format::ALL {
        let format = format.to_string();
        run = run.args([std::ffi::OsStr::new("--report"), &report(&format, &path(&format))]);
    }
    // Kept, so that the journal stays.
    let output = run.args(["--keep", "--journal"]).args([path("journal")]).output();
    assert_ne!(output.code, 0, "{output:?}");
    let mut said = vec![("standard output".to_owned(), output.stdout), ("standard error".to_owned(), output.stderr)];
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.is_empty() || path.ends_with("journal"), "{} is empty", path.display());
        said.push((path.file_name().unwrap().to_string_lossy().into_owned(), text));
    }
    assert!(said.len() > Format::ALL.len() + 1, "not every report was written");
    said
}

/// A server that shows sensitive variables shows those of other people, too: they are evidence, and in no report.
#[test]
fn sensitive_values_of_others_are_in_no_report() {
    const OTHERS: &str = "of-somebody-else-4711";
    let served = Served::start(&["--fault", "sensitive-listed"]);
    let client = served.client();
    let workspace = client.create_workspace("prod");
    let document = json!({ "data": {
        "type": "vars",
        "attributes": { "key": "k", "value": OTHERS, "category": "env", "hcl": false, "sensitive": true },
        "relationships": {
            "organization": { "data": { "type": "organizations", "id": client.organization } },
            "workspace": { "data": { "type": "workspaces", "id": workspace } },
        },
    } });
    assert_eq!(client.send("POST", "/api/v2/vars", Some(&document)).0, 201);
    let said = everything_said(served.run());
    assert!(said.iter().any(|(_, text)| text.contains("[sensitive value of another variable]")));
    for (name, text) in said {
        assert!(!text.contains(OTHERS), "{name}");
    }
}

fn percent(text: &str) -> String {
    percent_with(text, |byte| format!("%{byte:02X}"))
}

fn percent_with(text: &str, escape: impl Fn(u8) -> String) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if unreserved(byte) { char::from(byte).to_string() } else { escape(byte) }).collect()
}

/// The spellings in which the servers below give a secret back.
fn spellings(secret: &str) -> Vec<String> {
    let quoted = json!(secret).to_string();
    let each = |spell: fn(char) -> String| secret.chars().map(spell).collect::<String>();
    vec![
        secret.to_owned(),
        quoted[1..quoted.len() - 1].to_owned(),
        percent(secret),
        percent_with(secret, |byte| format!("%{byte:02x}")),
        // Of all characters, and of some.
        each(|c| format!("%{:02X}", u32::from(c))),
        each(|c| if c.is_ascii_lowercase() { format!("%{:02x}", u32::from(c)) } else { c.into() }),
        // As the escape of a JSON string has it, when a document is shown as text.
        each(|c| format!("\\u{:04x}", u32::from(c))),
        each(|c| format!("&#{};", u32::from(c))),
        each(|c| format!("&#x{:x};", u32::from(c))),
        secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
        STANDARD.encode(secret),
        STANDARD.encode(format!(":{secret}")),
        STANDARD.encode(format!("u:{secret}")),
        STANDARD.encode(format!("user:{secret}")),
        URL_SAFE_NO_PAD.encode(format!("Bearer {secret}")),
        URL_SAFE.encode(format!("{secret}, and more")),
        percent(&STANDARD.encode(secret)),
    ]
}

/// No spelling is in the text; and no part of a plain one that is long enough to be of use.
#[track_caller]
fn hides(name: &str, text: &str, token: &str) {
    for spelling in spellings(token).iter().skip(2) {
        // Ends of an encoded text hold characters of its neighbours.
        let own = &spelling[8..spelling.len() - 8];
        if let Some(at) = text.find(own) {
            panic!("{name} shows {spelling}: {}", around(text, at));
        }
    }
    for start in 0..token.len() - 12 {
        if let Some(at) = text.find(&token[start..start + 12]) {
            panic!("{name} shows a part of the token: {}", around(text, at));
        }
    }
}

fn around(text: &str, at: usize) -> &str {
    let start = text.floor_char_boundary(at.saturating_sub(200));
    &text[start..text.floor_char_boundary(at + 200)]
}

/// What a request says about who sent it.
fn credentials(request: &Request) -> String {
    let header = request.header("authorization").unwrap_or("none");
    header.strip_prefix("Bearer ").unwrap_or(header).to_owned()
}

#[track_caller]
fn never_shown(token: &str, server: &Scripted, cases: &str) {
    let run = Run::against(&server.address(), token, &["--case", cases, "--verbose", "--timeout", "5"]);
    for (name, text) in everything_said(run) {
        hides(&name, &text, token);
    }
    assert!(server.seen().iter().any(|request| credentials(request) == token), "the token was never sent");
}

/// A debug page that shows the request it got, in every spelling, in headers and body.
#[test]
fn a_server_that_echoes_credentials_in_errors() {
    for token in TOKENS {
        let server = Scripted::after_preflight(|request, stream| {
            let all = spellings(&credentials(request));
            let headers: Vec<_> = all.iter().map(|spelling| ("X-Echo", spelling.as_str())).collect();
            let error = json!({ "status": "422", "detail": all, "source": { "parameter": all[0], "pointer": all[1] } });
            let body = json!({ "errors": [error], "meta": { &all[0]: &all[3] } }).to_string();
            answer(
                stream,
                "422 Unprocessable Entity",
                &[&headers[..], &[("Content-Type", JSON_API)]].concat(),
                body.as_bytes(),
            )
        });
        never_shown(token, &server, "v2/**");
    }
}

/// A page that is no JSON.
#[test]
fn a_server_that_echoes_credentials_in_text() {
    for token in TOKENS {
        let server = Scripted::after_preflight(|request, stream| {
            let page = spellings(&credentials(request)).join("</p>\n<p>");
            answer(stream, "500 Internal Server Error", &[("Content-Type", "text/html")], page.as_bytes())
        });
        never_shown(token, &server, "v2/variables/**");
    }
}

/// Documents that look right, with the token in every value.
#[test]
fn a_server_that_stores_credentials() {
    for token in TOKENS {
        let server = Scripted::after_preflight(|request, stream| {
            let secret = credentials(request);
            let link = format!("/api/v2/vars/{}", percent(&secret));
            let attributes = json!({ "key": secret, "value": spellings(&secret), "category": secret, "hcl": secret });
            let data = json!({ "id": secret, "type": "vars", "attributes": attributes, "links": { "self": link } });
            json_api(stream, "201 Created", json!({ "data": data }).to_string())
        });
        never_shown(token, &server, "v2/variables/**");
        never_shown(token, &server, "jsonapi/**");
    }
}

/// Messages are cut to a readable length: a cut through a token must not leave a part of it.
#[test]
fn a_token_at_the_edge_of_what_is_shown() {
    let token = TOKENS[0];
    for lead in [150, 165, 180, 195] {
        let server = Scripted::after_preflight(move |request, stream| {
            let value = format!("{}{}{}", "x".repeat(lead), credentials(request), "y".repeat(20_000));
            let data = json!({ "id": "var-1", "type": "vars", "attributes": { "key": value, "value": value } });
            json_api(stream, "201 Created", json!({ "data": data }).to_string())
        });
        never_shown(token, &server, "v2/variables/create/values");
    }
    for lead in [16_300, 16_340, 16_360, 16_380] {
        let server = Scripted::after_preflight(move |request, stream| {
            let page = format!("{}{}{}", "x".repeat(lead), credentials(request), "y".repeat(20_000));
            answer(stream, "200 OK", &[("Content-Type", "text/html")], page.as_bytes())
        });
        never_shown(token, &server, "v2/variables/create/values");
    }
}

/// In the id of what is made, in the place to which a request is sent on, and in the words beside the
/// status: all of it comes back in requests, in the journal and in messages.
#[test]
fn a_server_that_names_things_by_credentials() {
    for token in TOKENS {
        let server = Scripted::after_preflight(|request, stream| {
            let secret = credentials(request);
            let data = json!({ "id": secret, "type": "vars", "attributes": { "key": secret, "value": secret } });
            let body = json!({ "data": data }).to_string();
            let location = format!("http://elsewhere.invalid/{}", percent(&secret));
            let headers = [("Content-Type", JSON_API), ("Location", &location), ("X-Echo", &secret)];
            let printable = secret.replace(['\r', '\n'], "");
            match request.method.as_str() {
                "POST" => answer(stream, &format!("201 {printable}"), &headers, body.as_bytes()),
                "GET" => answer(stream, &format!("302 {printable}"), &headers, body.as_bytes()),
                _ => answer(stream, &format!("500 {printable}"), &headers, body.as_bytes()),
            }
        });
        never_shown(token, &server, "v2/variables/**");
    }
}

/// The preflight is no exception.
#[test]
fn a_server_that_refuses_the_token_by_name() {
    for status in ["401 Unauthorized", "404 Not Found", "500 Internal Server Error", "302 Found"] {
        let server = Scripted::start(move |request, stream| {
            let secret = credentials(request);
            let location = format!("/login?token={}", percent(&secret));
            answer(stream, status, &[("Location", &location), ("X-Echo", &secret)], secret.as_bytes())
        });
        never_shown(TOKENS[0], &server, "v2/variables/create/values");
    }
}

/// What a terminal obeys: escape sequences in both forms, bell, backspace, a change of direction.
const CONTROL: &str = "\u{1b}[2J\u{1b}]0;title\u{7}\u{8}\u{9b}31m\u{7f}\u{202e}\r";

fn obeyed(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[track_caller]
fn harmless(server: &Scripted) {
    let run = Run::against(&server.address(), "some-token-1234", &["--case", "v2/variables/**", "--verbose"]);
    for (name, text) in everything_said(run) {
        if let Some(at) = text.find(obeyed) {
            panic!("{name}: {:?} in {:?}", text[at..].chars().next(), around(&text, at));
        }
    }
}

#[test]
fn control_characters_in_ids_and_values() {
    harmless(&Scripted::after_preflight(|_, stream| {
        let link = format!("/api/v2/vars/{CONTROL}");
        let data = json!({ "id": format!("var-{CONTROL}"), "type": CONTROL, "attributes": { "key": CONTROL, CONTROL: 1 },
            "links": { "self": link } });
        json_api(stream, "201 Created", json!({ "data": data }).to_string())
    }));
}

#[test]
fn control_characters_in_errors() {
    harmless(&Scripted::after_preflight(|_, stream| {
        let error =
            json!({ "status": CONTROL, "title": CONTROL, "source": { "pointer": CONTROL, "parameter": CONTROL } });
        json_api(stream, "400 Bad Request", json!({ "errors": [error] }).to_string())
    }));
}

#[test]
fn control_characters_in_text_and_headers() {
    harmless(&Scripted::after_preflight(|_, stream| {
        // A header may hold no C0 character; what C1 is in UTF-8, it may.
        let headers = [("Content-Type", "text/html; \u{9b}31m\u{202e}"), ("X-Odd", "\u{9b}2J")];
        answer(stream, "200 OK", &headers, CONTROL.as_bytes())
    }));
}

/// XML has characters that no escape can say: the file must stay one that readers take.
#[test]
fn junit_stays_xml() {
    let server = Scripted::after_preflight(|_, stream| {
        let text = format!("]]> &amp; <x> \u{0}\u{1}\u{b}\u{c}\u{1f}\u{fffe}\u{ffff} {CONTROL}");
        json_api(stream, "500 Internal Server Error", json!({ "errors": [{ "detail": text }] }).to_string())
    });
    let run = Run::against(&server.address(), "some-token-1234", &["--case", "v2/variables/**"]);
    let said = everything_said(run);
    let (_, junit) = said.iter().find(|(name, _)| name == "junit").unwrap();
    let legal =
        |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(junit.chars().all(legal), "{:?}", junit.chars().find(|c| !legal(*c)));
    assert!(junit.starts_with("<?xml"), "{}", &junit[..junit.floor_char_boundary(200)]);
}

/// What is said of a configuration, in whatever way a token comes, and of one that cannot be used.
#[test]
fn configurations_and_their_errors() {
    for token in TOKENS {
        let folder = TempDir::new().unwrap();
        let home = folder.path();
        let file = |name: &str, text: &str| std::fs::write(home.join(name), text).unwrap();
        file("token", token);
        let program = json!(["cat", home.join("token")]);
        let identities = format!("[identities]\nuser = {{ command = {program} }}\noutsider = {{ env = \"OTHER\" }}\n");
        // Where a token stands that should not: as a value, as a part of the address, as the name of a variable.
        let wrong = [
            format!("[identities]\nuser = {}\n", json!(token)),
            format!("[identities]\nuser = {{ env = {} }}\n", json!(token)),
            format!("[target]\naddress = {}\n", json!(format!("https://user:{}@tfe.example", percent(token)))),
            format!("[target]\ntoken = {}\n", json!(token)),
            format!("token = {}\n{identities}", json!(token)),
        ];
        let sound = format!("[target]\naddress = \"http://127.0.0.1:9\"\norganization = \"o\"\n{identities}");
        for (number, config) in wrong.iter().chain([&sound]).enumerate() {
            let path = home.join(format!("{number}.toml"));
            std::fs::write(&path, config).unwrap();
            let proxy = format!("http://user:{}@127.0.0.1:9", percent(token));
            for args in [&["config", "show"][..], &["config", "show", "--format", "json"], &["run"], &["clean"]] {
                let run = Run::new(args).args([std::ffi::OsStr::new("--config"), path.as_os_str()]);
                let environment = [("OTHER", token), ("TF_TOKEN_127_0_0_1", token), ("HTTPS_PROXY", &proxy)];
                let run = environment.into_iter().fold(run, |run, (name, value)| run.env(name, value));
                let output = run.env("HOME", &home.to_string_lossy()).within(60).output();
                hides(&format!("{args:?} with {config}"), &output.said(), token);
            }
        }
        let flags = ["--address", "https://tfe.example", "--token", token, "--proxy", "http://127.0.0.1:9"];
        let output = Run::new(["config", "show", "--no-config"]).args(flags).output();
        assert!(output.code == 0 && output.stdout.contains("(flag)"), "{output:?}");
        hides("config show", &output.said(), token);
    }
}
