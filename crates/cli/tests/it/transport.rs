//! The way to a server: certificates, proxies, discovery and what the Terraform CLI knows. A real TLS server, a real
//! proxy, and no token that goes where it should not.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use tempfile::TempDir;

use crate::process::{Output, Run};
use crate::scripted::{Scripted, answer, json_api};
use crate::served::Served;

const SECRET: &str = "t0ken-of-the-user-0001";

/// What a Terraform CLI or a proxy of whoever runs the tests knows is none of their business.
fn alone(run: Run, home: &Path) -> Run {
    let nothing = home.join("none").display().to_string();
    let names =
        ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];
    let run = names.into_iter().fold(run, |run, name| run.env(name, ""));
    run.env("HOME", &home.display().to_string()).env("TF_CLI_CONFIG_FILE", &nothing)
}

fn against(address: &str, home: &Path) -> Run {
    alone(Run::new(["run", "--address", address, "--organization", "acme", "--no-config"]), home)
}

/// A server that speaks TLS with a certificate that nobody knows, and refuses every token. Gives its address.
fn tls(folder: &Path) -> String {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("roots.pem"), made.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            thread::spawn(move || {
                let session = rustls::ServerConnection::new(config).unwrap();
                let mut tls = rustls::StreamOwned::new(session, stream);
                let mut seen = [0; 4096];
                if tls.read(&mut seen).is_ok_and(|read| read > 0) {
                    let body = "{\"errors\":[{\"status\":\"401\",\"title\":\"unauthorized\"}]}";
                    let length = body.len();
                    drop(write!(
                        tls,
                        "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/vnd.api+json\r\n\
                         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
                    ));
                    tls.conn.send_close_notify();
                    drop(tls.flush());
                }
            });
        }
    });
    format!("https://{address}")
}

/// No token goes to a server whose certificate nobody vouches for, unless the user says so, and then every report does.
#[test]
fn certificates_are_verified_unless_the_user_says_otherwise() {
    let home = TempDir::new().unwrap();
    let address = tls(home.path());
    let run = || against(&address, home.path()).env("TFE_TOKEN", SECRET);
    let heard = |output: &Output| output.stdout.contains("the target refused the token");
    let roots = home.path().join("roots.pem").display().to_string();

    let output = run().env("SSL_CERT_FILE", "").output();
    assert!(output.code == 3 && !heard(&output) && output.said().contains("certificate"), "{output:?}");

    let output = run().env("SSL_CERT_FILE", &roots).output();
    assert!(output.code == 3 && heard(&output) && !output.said().contains("not verified"), "{output:?}");

    for skipping in [run().env("TFE_SSL_SKIP_VERIFY", "true"), run().args(["--ssl-skip-verify"])] {
        let output = skipping.output();
        assert!(output.code == 3 && heard(&output) && output.stdout.contains("not verified"), "{output:?}");
    }
    assert!(!heard(&run().env("TFE_SSL_SKIP_VERIFY", "0").output()));
    run().env("TFE_SSL_SKIP_VERIFY", "perhaps").output().complains(2, &["perhaps"]);

    let config = home.path().join("c.toml");
    std::fs::write(
        &config,
        format!("[target]\naddress = \"{address}\"\norganization = \"o\"\nssl-skip-verify = true\n"),
    )
    .unwrap();
    let of_file = alone(Run::new(["run", "--config"]).args([&config]), home.path()).env("TFE_TOKEN", SECRET);
    assert!(heard(&of_file.output()));
}

/// A server elsewhere is asked through the proxy of the environment, which every report says; one on this machine never.
#[test]
fn proxies_are_used_and_told() {
    let home = TempDir::new().unwrap();
    let proxy =
        Scripted::start(|_, stream| json_api(stream, "401 Unauthorized", "{\"errors\":[{\"status\":\"401\"}]}"));
    let host = proxy.address().replace("http://", "");
    let with_password = format!("http://me:pa55word@{host}");
    let run = |address: &str| against(address, home.path()).env("TFE_TOKEN", SECRET);

    let output = run("http://tfe.example.test").env("HTTP_PROXY", &with_password).output();
    assert!(output.stdout.contains("the target refused the token"), "{output:?}");
    assert!(output.stdout.contains(&format!("through the proxy http://{host}")), "{output:?}");
    assert!(!output.said().contains("pa55word") && !output.said().contains(SECRET), "{output:?}");
    let seen = proxy.seen();
    assert!(seen[0].target.starts_with("http://tfe.example.test/api/v2"), "{}", seen[0].target);
    assert_eq!(seen[0].header("proxy-authorization"), Some("Basic bWU6cGE1NXdvcmQ="));

    let before = proxy.seen().len();
    let none = run("http://tfe.example.test").env("HTTP_PROXY", &with_password).args(["--proxy", "none"]);
    assert!(none.output().said().contains("cannot be reached"));
    let excepted = run("http://tfe.example.test").env("HTTP_PROXY", &with_password).env("NO_PROXY", ".example.test");
    assert!(excepted.output().said().contains("cannot be reached"));
    let local = Scripted::start(|_, stream| json_api(stream, "401 Unauthorized", "{}"));
    assert!(!run(&local.address()).env("HTTP_PROXY", &with_password).output().said().contains("proxy"));
    assert_eq!(proxy.seen().len(), before);

    let named = run(&local.address()).args(["--proxy", &with_password]).output();
    assert!(named.stdout.contains("through the proxy") && !named.said().contains("pa55word"), "{named:?}");
    for bad in ["proxy.example.com", "ftp://me:pa55word@x", "http://"] {
        let output = run("http://tfe.example.test").args(["--proxy", bad]).output();
        output.complains(2, &["target.proxy", "`none`"]);
        assert!(!output.said().contains("pa55word"));
    }
}

/// The server may say where its API is; it gets no token for that, and no other server gets one at all.
#[test]
fn the_base_path_can_be_discovered() {
    let home = TempDir::new().unwrap();
    let says = |document: &str| {
        let document = document.to_owned();
        Scripted::start(move |request, stream| match request.target.as_str() {
            "/.well-known/terraform.json" => {
                answer(stream, "200 OK", &[("content-type", "application/json")], document.as_bytes())
            }
            _ => json_api(stream, "401 Unauthorized", "{\"errors\":[{\"status\":\"401\"}]}"),
        })
    };
    let run = |server: &Scripted| against(&server.address(), home.path()).env("TFE_TOKEN", SECRET).args(["--discover"]);
    for service in ["tfe.v2", "tfe.v2.1"] {
        let server = says(&format!("{{\"modules.v1\": \"/m/\", \"{service}\": \"/tfe/api/v2/\"}}"));
        let output = run(&server).output();
        assert!(output.stdout.contains("GET /tfe/api/v2/"), "{output:?}");
        let seen = server.seen();
        assert_eq!((seen[0].target.as_str(), seen[0].header("authorization")), ("/.well-known/terraform.json", None));
        assert!(seen[1].header("authorization").is_some());
    }
    for (document, words) in [
        ("{\"tfe.v2\": \"https://elsewhere.example.com/api/v2/\"}", &["https://elsewhere.example.com", "token"][..]),
        ("{\"modules.v1\": \"/m/\"}", &["names none of the services", "tfe.v2"]),
        ("<html>", &["no JSON", "--base-path"]),
    ] {
        let server = says(document);
        run(&server).output().complains(3, words);
        assert!(server.seen().iter().all(|request| request.header("authorization").is_none()));
    }
    let server = says("{}");
    run(&server).args(["--base-path", "/x"]).output().complains(2, &["--discover", "--base-path"]);
    let reference = Served::start(&[]);
    let found = reference.run().args(["--discover", "--case", "v2/access/*"]).output();
    assert_eq!(found.code, 0, "{found:?}");
}

/// The token of a host, where the Terraform CLI keeps it, for that host alone.
#[test]
fn the_credentials_of_the_terraform_cli_are_known() {
    let home = TempDir::new().unwrap();
    let rc = home.path().join(".terraformrc");
    let stored = home.path().join(".terraform.d/credentials.tfrc.json");
    std::fs::create_dir(stored.parent().unwrap()).unwrap();
    let show = |host: &str, env: &[(&str, &str)]| {
        let run = Run::new(["config", "show", "--no-config", "--address", &format!("https://{host}")]);
        let run = alone(run, home.path()).env("TF_CLI_CONFIG_FILE", "");
        let output = env.iter().fold(run, |run, (name, value)| run.env(name, value)).output();
        assert!(!output.said().contains(SECRET), "{output:?}");
        output
    };
    let user = |output: &Output| {
        output.stdout.lines().find(|line| line.starts_with("identities.user")).unwrap_or_default().to_owned()
    };
    assert!(user(&show("tfe.example.com", &[])).contains("none"));
    std::fs::write(&stored, format!("{{\"credentials\": {{\"tfe.example.com\": {{\"token\": \"{SECRET}\"}}}}}}"))
        .unwrap();
    assert!(user(&show("tfe.example.com", &[])).contains("credentials.tfrc.json"));
    assert!(user(&show("other.example.com", &[])).contains("none"));
    std::fs::write(&rc, format!("credentials \"tfe.example.com\" {{\n  token = \"{SECRET}\"\n}}\n")).unwrap();
    assert!(user(&show("tfe.example.com", &[])).contains(".terraformrc"));
    let variable = ("TF_TOKEN_tfe_example_com", SECRET);
    assert!(user(&show("tfe.example.com", &[variable])).contains("TF_TOKEN_tfe_example_com"));
    let own = show("tfe.example.com", &[variable, ("TFE_TOKEN", "another-token-1")]);
    assert!(user(&own).contains("environment (TFE_TOKEN)"), "{own:?}");

    // A file that is broken is told, with its place and without its text; unless nobody needs it.
    std::fs::write(&rc, format!("credentials \"tfe.example.com\" {{\n  token = \"{SECRET}\n}}\n")).unwrap();
    show("tfe.example.com", &[]).complains(2, &[".terraformrc: line 2"]);
    assert_eq!(show("tfe.example.com", &[variable]).code, 0);
    std::fs::write(&rc, "credentials_helper \"keychain\" {\n  args = []\n}\n").unwrap();
    std::fs::remove_file(&stored).unwrap();
    show("tfe.example.com", &[]).complains(2, &["`keychain`", "TFE_TOKEN"]);

    // And the token is used.
    let server = Scripted::start(|_, stream| json_api(stream, "401 Unauthorized", "{}"));
    let host = server.address().replace("http://", "");
    std::fs::write(&rc, format!("credentials \"{host}\" {{\n  token = \"{SECRET}\"\n}}\n")).unwrap();
    against(&server.address(), home.path()).env("TF_CLI_CONFIG_FILE", &rc.display().to_string()).output();
    assert_eq!(server.seen()[0].header("authorization"), Some(format!("Bearer {SECRET}").as_str()));
}

/// What a server is declared not to have is not asked, not passed, and named in the claim.
#[test]
fn what_is_declared_absent_is_told_and_not_claimed() {
    let served = Served::start(&[]);
    let (output, events) =
        served.run().args(["--absent", "jsonapi/negotiation=a proxy in front of it rewrites headers"]).events();
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("v2  partial: jsonapi/negotiation is declared absent"), "{}", output.stdout);
    let own: Vec<_> = events.cases().filter(|case| case.area == "jsonapi/negotiation").collect();
    assert!(!own.is_empty());
    for case in own {
        assert_eq!(case.verdict.to_string(), "not-applicable", "{}", case.id);
        assert!(case.reason.as_deref().unwrap().contains("rewrites headers"), "{:?}", case.reason);
    }
    for (bad, words) in [
        ("jsonapi/negotiations=no", &["jsonapi/negotiations", "jsonapi/negotiation,"][..]),
        ("jsonapi=", &["AREA=REASON"]),
        ("jsonapi", &["AREA=REASON"]),
    ] {
        served.run().args(["--absent", bad]).output().complains(2, words);
    }
}
