//! Connections on which the names of headers are written in title case.

use std::future::Future;
use std::pin::pin;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Serves until stopped; then connections end at once.
pub(crate) async fn serve_in_title_case(listener: TcpListener, router: Router, stopped: impl Future<Output = ()>) {
    let mut stopped = pin!(stopped);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stopped => return,
        };
        // A connection that could not be accepted is the client's loss.
        let Ok((stream, _)) = accepted else { continue };
        drop(stream.set_nodelay(true));
        let service = TowerToHyperService::new(router.clone());
        connections.spawn(async move {
            let mut builder = Builder::new(TokioExecutor::new()).http1_only();
            drop(builder.http1().title_case_headers(true).serve_connection(TokioIo::new(stream), service).await);
        });
        while connections.try_join_next().is_some() {}
    }
}
