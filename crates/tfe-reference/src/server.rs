//! Starting and stopping a server.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::auth::Tokens;
use crate::faults::{Fault, Faults};
use crate::shell::{BASE_PATH, router};
use crate::store::ORGANIZATION;
use crate::v1::{self, Environments, Names};
use crate::variations::{Variation, Variations, serve_in_title_case};

/// How long a stop waits for requests that are under way.
const GRACE: Duration = Duration::from_secs(2);

/// How many v1 environments with a configuration version a server has, unless somebody asks for more.
const PRESET_ENVIRONMENTS: usize = 8;

/// The reference server. Starts with [`Server::builder`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Server;

impl Server {
    /// A server to be: on the loopback interface, on a free port, without faults.
    pub fn builder() -> Builder {
        Builder {
            bind: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            faults: Vec::new(),
            variations: Vec::new(),
            seed: 0,
            environments: PRESET_ENVIRONMENTS,
        }
    }
}

/// What a server is to be like.
#[derive(Debug, Clone)]
pub struct Builder {
    bind: IpAddr,
    port: u16,
    faults: Vec<Fault>,
    variations: Vec<Variation>,
    seed: u64,
    environments: usize,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the operating system says.
        source: io::Error,
    },
    /// No randomness for the tokens.
    #[error("the operating system gives no random bytes: {0}")]
    Random(getrandom::Error),
    /// No threads to run on.
    #[error("cannot start a runtime")]
    Runtime(#[source] io::Error),
}

impl Builder {
    /// The port; 0 (the default) takes a free one.
    #[must_use]
    pub fn port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// The interface; by default the loopback one. The server speaks plain HTTP: keep it there.
    #[must_use]
    pub fn bind(self, bind: IpAddr) -> Self {
        Self { bind, ..self }
    }

    /// Switches one more fault on.
    #[must_use]
    pub fn fault(self, fault: Fault) -> Self {
        self.faults([fault])
    }

    /// Switches more faults on.
    #[must_use]
    pub fn faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.faults.extend(faults);
        self
    }

    /// Switches variations on. What they draw comes from the seed; [`Variation::drawn`] has those that belong to one.
    #[must_use]
    pub fn vary(mut self, variations: impl IntoIterator<Item = Variation>, seed: u64) -> Self {
        self.variations.extend(variations);
        Self { seed, ..self }
    }

    /// How many v1 environments with a configuration version there are from the start; 8 by default. The v1 API cannot
    /// delete any, so tests that run side by side need one each.
    #[must_use]
    pub fn environments(self, environments: usize) -> Self {
        Self { environments, ..self }
    }

    /// Starts the server on the current tokio runtime. It listens when this returns.
    ///
    /// # Errors
    /// [`StartError`] when the address cannot be listened on, or there is no randomness for the tokens.
    pub async fn start(self) -> Result<RunningServer, StartError> {
        let tokens = Tokens::draw().map_err(StartError::Random)?;
        let names = v1::names(self.environments);
        let environments = Environments::preset(&names).map_err(StartError::Random)?;
        let app = Arc::new(App::new(
            tokens,
            Faults::new(self.faults),
            Variations::new(self.variations, self.seed),
            environments,
        ));
        let address = SocketAddr::new(self.bind, self.port);
        let listen = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let bound = listener.local_addr().map_err(listen)?;
        let (stop, stopped) = oneshot::channel();
        // A dropped sender stops the server as well.
        let stopped = async { drop(stopped.await) };
        let router = router(Arc::clone(&app));
        let serving = if app.variations.hit(Variation::HeaderCase) {
            tokio::spawn(serve_in_title_case(listener, router, stopped))
        } else {
            tokio::spawn(serve(listener, router, stopped))
        };
        Ok(RunningServer { address: format!("http://{bound}"), app, names, stop, serving })
    }

    /// Starts the server on threads of its own, for callers without a runtime.
    ///
    /// # Errors
    /// As [`Self::start`], and when there are no threads.
    pub fn start_blocking(self) -> Result<BlockingServer, StartError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("tfe-reference")
            .enable_all()
            .build()
            .map_err(StartError::Runtime)?;
        let server = runtime.block_on(self.start())?;
        Ok(BlockingServer { server, runtime: OwnRuntime(Some(runtime)) })
    }
}

async fn serve(listener: TcpListener, router: Router, stopped: impl Future<Output = ()> + Send + 'static) {
    // Answers are small: without this each may wait for the acknowledgement of the one before. A connection that
    // refuses the option is served all the same.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    drop(axum::serve(listener, router).with_graceful_shutdown(stopped).await);
}

/// A server that listens. Stops when dropped.
pub struct RunningServer {
    address: String,
    app: Arc<App>,
    names: Names,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl RunningServer {
    /// Scheme, host and port: `http://127.0.0.1:40731`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The path under which the v2 API stands; that of v1 is [`V1_BASE_PATH`](crate::V1_BASE_PATH).
    pub fn base_path(&self) -> &'static str {
        BASE_PATH
    }

    /// The organization that `user` owns.
    pub fn organization(&self) -> &'static str {
        ORGANIZATION
    }

    /// The names of the v1 environments of [`Self::organization`] that have a configuration version, and no variables
    /// yet: `env-01` and on.
    pub fn environments(&self) -> &[String] {
        &self.names.ready
    }

    /// The names of the v1 environments of [`Self::organization`] that have no configuration version, so that no run
    /// can be queued.
    pub fn bare_environments(&self) -> &[String] {
        &self.names.bare
    }

    /// The name of the v1 environment that `outsider` has in [`OTHER_ORGANIZATION`](crate::OTHER_ORGANIZATION), with a
    /// configuration version.
    pub fn foreign_environment(&self) -> &'static str {
        v1::FOREIGN_ENVIRONMENT
    }

    /// The tokens of the users.
    pub fn tokens(&self) -> &Tokens {
        &self.app.tokens
    }

    /// The faults that are on, each with how often it has changed an answer so far.
    pub fn fault_hits(&self) -> Vec<(Fault, u64)> {
        self.app.faults.hits().collect()
    }

    /// The variations that are on, each with how often it has made a difference so far.
    pub fn variation_hits(&self) -> Vec<(Variation, u64)> {
        self.app.variations.hits().collect()
    }

    /// Stops listening, lets requests that are under way end (for a short while), and returns.
    pub async fn stop(mut self) {
        // The server may have ended already; then nobody receives.
        let _ = self.stop.send(());
        if tokio::time::timeout(GRACE, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
    }
}

/// A [`RunningServer`] on threads of its own. Stops when dropped.
pub struct BlockingServer {
    server: RunningServer,
    runtime: OwnRuntime,
}

impl BlockingServer {
    /// As [`RunningServer::stop`]. Not from inside a tokio runtime: it waits.
    pub fn stop(self) {
        let Self { server, runtime } = self;
        if let Some(runtime) = &runtime.0 {
            runtime.block_on(server.stop());
        }
    }
}

impl Deref for BlockingServer {
    type Target = RunningServer;

    fn deref(&self) -> &RunningServer {
        &self.server
    }
}

/// A runtime that may be dropped anywhere: a plain one must not be dropped inside another. There until dropped.
struct OwnRuntime(Option<Runtime>);

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
