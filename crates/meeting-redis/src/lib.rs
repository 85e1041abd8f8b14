//! Logins and a pace that many processes of Huawei Cloud Meeting share, on Redis or Valkey.
//!
//! The service ends the oldest of more than 64 tokens of a user: more than 64 processes that each log in
//! end each other's tokens for ever. Over a store they log in once. And they stay together below the
//! limits of the service, where each of them alone would not know of the others.
//!
//! ```no_run
//! use meeting_async::Client;
//! use meeting_redis::Redis;
//! use meeting_types::{AppCredential, Endpoint, Pace};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let redis = Redis::connect("redis://redis.internal")?;
//! let client = Client::builder(Endpoint::china())
//!     .store(redis.logins())
//!     .pace(redis.pacer().account(Pace::per_second(50).burst(10)))
//!     .with_credentials(AppCredential::new("demo-app", "demo-key"));
//! # drop(client);
//! # Ok(())
//! # }
//! ```
//!
//! # What is stored
//!
//! Tokens and remembered refusals are sealed with ChaCha20-Poly1305. The key comes from the App Key by
//! HKDF, or from the password of an account by Argon2id, which takes a moment and 19 MiB once per process
//! and account; or it is one that you give: [`SealingKey`]. What a process cannot open counts as absent.
//! The names of keys are hashes without a secret. All keys of a login, and of a pace, lie in one slot of a
//! cluster: `{login:<hash>}:…`, `{pace:<hash>}:…`. They expire by themselves.
//!
//! # When it is away
//!
//! Nobody needs the store while tokens live. A client that needs a login meanwhile does what
//! `OnStoreLoss` says, and requests go without a pace. One that comes back empty is filled again by the
//! next login. A failover that forgets the last writes costs a login more.
//!
//! Tried with redis-server 7.0. Only commands of Redis 6 and Valkey 7 are used, in small scripts that are
//! safe to repeat.

mod logins;
mod pacer;
mod script;
mod sealing;
mod server;

use std::sync::Arc;

#[cfg(any(feature = "blocking", feature = "tokio"))]
use meeting_types::StoreError;
#[cfg(any(feature = "blocking", feature = "tokio"))]
use redis::IntoConnectionInfo;

use self::sealing::Sealing;
#[cfg(feature = "blocking")]
pub use self::server::{Blocking, Reopening};
#[cfg(feature = "tokio")]
pub use self::server::{Managed, Tokio};
pub use self::{logins::RedisLogins, pacer::RedisPacer, sealing::SealingKey, server::Server};

/// Connection to a Redis or Valkey server, from which stores and pacers are made.
///
/// `S` is [`Tokio`] for the async client and [`Blocking`] for the blocking one. Clones share the
/// connection.
#[derive(Debug)]
pub struct Redis<S> {
    server: Arc<S>,
}

impl<S> Clone for Redis<S> {
    fn clone(&self) -> Self {
        Self {
            server: self.server.clone(),
        }
    }
}

#[cfg(feature = "tokio")]
impl Redis<Tokio> {
    /// For the async client: the server at an address such as `redis://:password@host:6379/0`, or
    /// `rediss://` with the feature `tls`. Nothing is sent yet. The connection belongs to the runtime of
    /// its first use, and opens again when it broke.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the address cannot be read, or needs a feature that is off.
    pub fn connect(address: impl IntoConnectionInfo) -> Result<Self, StoreError> {
        Ok(Self::of(Tokio::connect(address)?))
    }
}

#[cfg(feature = "tokio")]
impl<C> Redis<Tokio<C>>
where
    C: redis::aio::ConnectionLike + Clone + Send + Sync + 'static,
{
    /// For the async client: over a connection of your own, such as one to a cluster. It must open
    /// again by itself, and end a command that takes too long.
    pub fn over(connection: C) -> Self {
        Self::of(Tokio::over(connection))
    }
}

#[cfg(feature = "blocking")]
impl Redis<Blocking> {
    /// For the blocking client: the server at an address, as for [`connect`](Redis::connect). Threads
    /// take turns on one connection.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the address cannot be read, or needs a feature that is off.
    pub fn connect_blocking(address: impl IntoConnectionInfo) -> Result<Self, StoreError> {
        Ok(Self::of(Blocking::connect(address)?))
    }
}

#[cfg(feature = "blocking")]
impl<C> Redis<Blocking<C>>
where
    C: redis::ConnectionLike + Send + 'static,
{
    /// For the blocking client: over a connection of your own, such as one to a cluster. It must open
    /// again by itself, and end a command that takes too long.
    pub fn over_blocking(connection: C) -> Self {
        Self::of(Blocking::over(connection))
    }
}

impl<S: Server> Redis<S> {
    #[cfg(any(feature = "blocking", feature = "tokio"))]
    fn of(server: S) -> Self {
        Self {
            server: Arc::new(server),
        }
    }

    /// A store of logins that are sealed by the App Key or the password that they log in with.
    #[must_use]
    pub fn logins(&self) -> RedisLogins<S> {
        RedisLogins::new(self.server.clone(), Sealing::by_secrets())
    }

    /// A store of logins that are sealed by a key of your own. All processes need the same one.
    #[must_use]
    pub fn logins_sealed_by(&self, key: SealingKey) -> RedisLogins<S> {
        RedisLogins::new(self.server.clone(), Sealing::by_key(key))
    }

    /// A pacer that knows no limits yet.
    #[must_use]
    pub fn pacer(&self) -> RedisPacer<S> {
        RedisPacer::new(self.server.clone())
    }
}
