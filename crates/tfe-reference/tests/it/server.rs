//! Starting and stopping.

use std::net::TcpStream;

use tfe_reference::{Server, StartError};

use crate::client::{Client, server};

#[test]
fn servers_share_nothing() {
    let (one, other) = (server(), server());
    assert_ne!(one.address(), other.address());
    assert_ne!(one.tokens().user, other.tokens().user);
    Client::user(&one).workspace(one.organization(), "w");
    assert_eq!(Client::user(&other).get("/api/v2/organizations/example-org/workspaces").ids(), Vec::<String>::new());
}

#[test]
fn a_stopped_server_does_not_listen() {
    let server = server();
    let address = server.address().strip_prefix("http://").unwrap().to_owned();
    // A client that keeps its connection open must not keep the server.
    let _idle = TcpStream::connect(&address).unwrap();
    server.stop();
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn a_taken_port_is_an_error() {
    let server = server();
    let port = server.address().rsplit(':').next().unwrap().parse().unwrap();
    let error = Server::builder().port(port).start_blocking().err().unwrap();
    assert!(matches!(error, StartError::Listen { .. }));
    assert_eq!(error.to_string(), format!("cannot listen on 127.0.0.1:{port}"));
}

#[test]
fn tokens_stay_out_of_logs() {
    let server = server();
    assert!(!format!("{:?}", server.tokens()).contains(&server.tokens().user));
}

#[tokio::test]
async fn a_server_lives_on_the_callers_runtime_too() {
    let running = Server::builder().start().await.unwrap();
    assert!(running.address().starts_with("http://127.0.0.1:"));
    running.stop().await;
    drop(Server::builder().start().await.unwrap());
    drop(tokio::task::spawn_blocking(server).await.unwrap());
}
