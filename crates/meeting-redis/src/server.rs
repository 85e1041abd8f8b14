//! Connections to a server, async and blocking.

#[cfg(any(feature = "blocking", feature = "tokio"))]
use std::fmt;
#[cfg(feature = "tokio")]
use std::sync::{Arc, OnceLock};
#[cfg(feature = "blocking")]
use std::sync::{Mutex, PoisonError};
#[cfg(any(feature = "blocking", feature = "tokio"))]
use std::time::Duration;
#[cfg(feature = "blocking")]
use std::time::Instant;

use async_trait::async_trait;
use meeting_types::StoreError;
#[cfg(feature = "tokio")]
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
#[cfg(any(feature = "blocking", feature = "tokio"))]
use redis::{Client, IntoConnectionInfo, RedisError};

use crate::script::{Output, Run};

/// Time for a connection, and for an answer.
#[cfg(any(feature = "blocking", feature = "tokio"))]
const LONGEST: Duration = Duration::from_secs(1);

/// Server that runs scripts. Closed to others: [`Tokio`](crate::Tokio) and
/// [`Blocking`](crate::Blocking) take connections of any kind.
pub trait Server: sealed::Sealed + Send + Sync + 'static {}

pub(crate) mod sealed {
    use super::*;

    #[async_trait]
    pub trait Sealed {
        #[doc(hidden)]
        async fn run(&self, script: Run) -> Result<Output, StoreError>;
    }
}

#[cfg(any(feature = "blocking", feature = "tokio"))]
fn failure(error: RedisError) -> StoreError {
    StoreError::new(format!("Redis: {error}"))
}

#[cfg(any(feature = "blocking", feature = "tokio"))]
fn client(address: impl IntoConnectionInfo) -> Result<Client, StoreError> {
    // The address may have a password in it, and is not shown.
    Client::open(address).map_err(failure)
}

/// Connection for the async client, over tokio.
#[cfg(feature = "tokio")]
pub struct Tokio<C = Managed>(C);

#[cfg(feature = "tokio")]
impl Tokio {
    pub(crate) fn connect(address: impl IntoConnectionInfo) -> Result<Self, StoreError> {
        Ok(Self(Managed(Arc::new((client(address)?, OnceLock::new())))))
    }
}

/// Connection that opens when it is first used, in the runtime that is there then, and again when it
/// broke.
#[cfg(feature = "tokio")]
#[derive(Clone)]
pub struct Managed(Arc<(Client, OnceLock<ConnectionManager>)>);

#[cfg(feature = "tokio")]
impl Managed {
    /// Outside of a runtime this panics, in the crate `redis`.
    fn manager(&self) -> redis::RedisResult<ConnectionManager> {
        let (client, manager) = &*self.0;
        if let Some(manager) = manager.get() {
            return Ok(manager.clone());
        }
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(LONGEST))
            .set_response_timeout(Some(LONGEST))
            .set_number_of_retries(1)
            .set_max_delay(LONGEST / 10);
        let made = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
        Ok(manager.get_or_init(|| made).clone())
    }
}

#[cfg(feature = "tokio")]
impl redis::aio::ConnectionLike for Managed {
    fn req_packed_command<'a>(
        &'a mut self,
        command: &'a redis::Cmd,
    ) -> redis::RedisFuture<'a, redis::Value> {
        Box::pin(async move { self.manager()?.send_packed_command(command).await })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a redis::Pipeline,
        offset: usize,
        count: usize,
    ) -> redis::RedisFuture<'a, Vec<redis::Value>> {
        Box::pin(async move {
            let mut manager = self.manager()?;
            manager.send_packed_commands(pipeline, offset, count).await
        })
    }

    fn get_db(&self) -> i64 {
        redis::ConnectionLike::get_db(&self.0.0)
    }
}

#[cfg(feature = "tokio")]
impl fmt::Debug for Managed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Managed")
    }
}

#[cfg(feature = "tokio")]
impl<C> Tokio<C> {
    pub(crate) fn over(connection: C) -> Self {
        Self(connection)
    }
}

#[cfg(feature = "tokio")]
impl<C: redis::aio::ConnectionLike + Clone + Send + Sync + 'static> Server for Tokio<C> {}

#[cfg(feature = "tokio")]
#[async_trait]
impl<C: redis::aio::ConnectionLike + Clone + Send + Sync + 'static> sealed::Sealed for Tokio<C> {
    async fn run(&self, script: Run) -> Result<Output, StoreError> {
        let mut connection = self.0.clone();
        match script.invoke_async(&mut connection).await {
            // The connection had broken: a command in flight fails, and may have been done.
            Err(error) if error.is_connection_dropped() || error.is_io_error() => {
                script.invoke_async(&mut connection).await.map_err(failure)
            }
            output => output.map_err(failure),
        }
    }
}

#[cfg(feature = "tokio")]
impl<C> fmt::Debug for Tokio<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokio")
    }
}

/// Connection for the blocking client. Threads take turns.
#[cfg(feature = "blocking")]
pub struct Blocking<C = Reopening>(Mutex<C>);

#[cfg(feature = "blocking")]
impl Blocking {
    pub(crate) fn connect(address: impl IntoConnectionInfo) -> Result<Self, StoreError> {
        Ok(Self::over(Reopening {
            client: client(address)?,
            connection: None,
            away_until: None,
        }))
    }
}

#[cfg(feature = "blocking")]
impl<C> Blocking<C> {
    pub(crate) fn over(connection: C) -> Self {
        Self(Mutex::new(connection))
    }
}

#[cfg(feature = "blocking")]
impl<C: redis::ConnectionLike + Send + 'static> Server for Blocking<C> {}

#[cfg(feature = "blocking")]
#[async_trait]
impl<C: redis::ConnectionLike + Send + 'static> sealed::Sealed for Blocking<C> {
    async fn run(&self, script: Run) -> Result<Output, StoreError> {
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match script.invoke(&mut *connection) {
            // As above.
            Err(error) if error.is_connection_dropped() || error.is_io_error() => {
                script.invoke(&mut *connection).map_err(failure)
            }
            output => output.map_err(failure),
        }
    }
}

#[cfg(feature = "blocking")]
impl<C> fmt::Debug for Blocking<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blocking")
    }
}

/// How long nobody tries to open a connection after that failed, lest a queue of threads wait for it one
/// after the other.
#[cfg(feature = "blocking")]
const AWAY: Duration = Duration::from_millis(500);

/// Connection that opens when it is needed, and again when it broke.
#[cfg(feature = "blocking")]
pub struct Reopening {
    client: Client,
    connection: Option<redis::Connection>,
    away_until: Option<Instant>,
}

#[cfg(feature = "blocking")]
impl fmt::Debug for Reopening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reopening")
    }
}

#[cfg(feature = "blocking")]
impl Reopening {
    fn with<R>(
        &mut self,
        run: impl FnOnce(&mut redis::Connection) -> Result<R, RedisError>,
    ) -> Result<R, RedisError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => {
                if self.away_until.is_some_and(|until| Instant::now() < until) {
                    let away = "it was away a moment ago";
                    return Err((redis::ErrorKind::Client, away).into());
                }
                let opened = self.client.get_connection_with_timeout(LONGEST);
                let opened = opened.and_then(|connection| {
                    connection.set_read_timeout(Some(LONGEST))?;
                    connection.set_write_timeout(Some(LONGEST))?;
                    Ok(connection)
                });
                if opened.is_err() {
                    self.away_until = Some(Instant::now() + AWAY);
                }
                none.insert(opened?)
            }
        };
        let result = run(connection);
        if let Err(error) = &result
            && (error.is_io_error() || error.is_timeout() || error.is_connection_dropped())
        {
            // What was asked may still be answered, to whoever asks next.
            self.connection = None;
            if error.is_timeout() {
                self.away_until = Some(Instant::now() + AWAY);
            }
        }
        result
    }
}

#[cfg(feature = "blocking")]
impl redis::ConnectionLike for Reopening {
    fn req_packed_command(&mut self, command: &[u8]) -> redis::RedisResult<redis::Value> {
        self.with(|connection| connection.req_packed_command(command))
    }

    fn req_packed_commands(
        &mut self,
        commands: &[u8],
        offset: usize,
        count: usize,
    ) -> redis::RedisResult<Vec<redis::Value>> {
        self.with(|connection| connection.req_packed_commands(commands, offset, count))
    }

    fn get_db(&self) -> i64 {
        self.client.get_db()
    }

    fn check_connection(&mut self) -> bool {
        self.with(|connection| Ok(connection.check_connection()))
            .unwrap_or(false)
    }

    fn is_open(&self) -> bool {
        self.connection
            .as_ref()
            .is_some_and(redis::ConnectionLike::is_open)
    }
}
