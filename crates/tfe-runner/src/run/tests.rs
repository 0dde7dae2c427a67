//! Protects what a panic in a case would leave behind.

use std::sync::Arc;

use tfe_reference::{RunningServer, Server};
use tfe_schema::Catalog;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::bindings::Values;
use super::journal::Journal;
use super::{Options, fixture, guarded, ledger, prepare};
use crate::event::Verdict;
use crate::plan::{Plan, Selection};
use crate::suite::{Credential, Identity, Suite};
use crate::target::Target;

/// The list of workspaces, as the server tells it.
async fn workspaces(server: &RunningServer) -> std::io::Result<String> {
    let host = server.address().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await?;
    let path = format!("{}/organizations/{}/workspaces", server.base_path(), server.organization());
    let token = &server.tokens().user;
    let asked = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(asked.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn a_case_that_panics_is_cleaned_up_behind() {
    let server = Server::builder().start().await.unwrap();
    let suite = Arc::new(Suite::bundled().unwrap());
    let selection = Selection { cases: vec!["v2/variables/delete/removed".into()], ..Selection::default() };
    let plan = Plan::new(suite, Catalog::bundled(), &selection).unwrap();
    let token = &server.tokens().user;
    let target = Target::new(server.address(), server.organization()).unwrap();
    let target = target.with_token(Credential::Tfe, Identity::User, token);
    let folder = tempfile::tempdir().unwrap();
    let options = Options { journal: Some(folder.path().join("journal.jsonl")), ..Options::default() };
    let run = Arc::new(prepare(&plan, target, options).unwrap());
    let planned = plan.cases[0].clone();
    let ledger = Arc::new(ledger::Ledger::default());

    let (made, seen) = tokio::sync::oneshot::channel();
    let work = {
        let (run, planned, ledger, secret) = (Arc::clone(&run), planned.clone(), Arc::clone(&ledger), token.clone());
        async move {
            let mut values = Values::new(&run.id, 0);
            fixture::built_in(&run, &planned, &mut values);
            let set_up = fixture::set_up(&run, &planned, &mut values, &ledger).await;
            made.send((set_up.is_ok(), workspaces(&server).await, server)).ok();
            panic!("on purpose, with {secret}");
        }
    };
    let result = guarded(&run, &planned, &ledger, work).await;
    let (set_up, before, server) = seen.await.ok().unwrap();
    assert!(set_up && before.unwrap().contains(&run.prefix()), "the case made a workspace");

    assert_eq!(result.verdict, Verdict::Error);
    let reason = result.reason.unwrap();
    assert!(reason.contains("on purpose") && !reason.contains(&server.tokens().user), "{reason}");
    assert_eq!(result.leaks, Vec::<String>::new());
    let after = workspaces(&server).await.unwrap();
    assert!(after.contains(" 200 ") && !after.contains(&run.prefix()), "{after}");
    assert_eq!(run.journal.as_ref().and_then(Journal::end), None, "nothing is left for `clean`");
    server.stop().await;
}
