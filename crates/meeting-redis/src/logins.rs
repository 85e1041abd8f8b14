//! Store of shared logins.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use meeting_types::{
    AccessToken, Claim, Claimant, LoginStore, RefreshToken, SavedLogin, ServiceError, StoreError,
    Timestamp,
};
use zeroize::Zeroizing;

use crate::{
    Server,
    script::{self, Output, Run, number, strange, text},
    sealing::{Keys, Sealed, Sealing},
};

/// The longest wait before a claimant asks again.
const LONGEST_WAIT: Duration = Duration::from_millis(200);

/// Store of logins on a Redis or Valkey server. Clones share it.
///
/// Made by [`Redis::logins`](crate::Redis::logins). A command takes at most two times a second, and as
/// much again where the connection has to open first.
pub struct RedisLogins<S> {
    server: Arc<S>,
    sealing: Sealing,
}

impl<S: Server> RedisLogins<S> {
    pub(crate) fn new(server: Arc<S>, sealing: Sealing) -> Self {
        Self { server, sealing }
    }

    /// A script with its keys: the login, and the refusal of this secret.
    fn script(mut run: Run, claimant: &Claimant, keys: &Keys) -> Run {
        let login = claimant.key();
        run.key(format!("{{login:{login}}}:login"));
        run.key(format!("{{login:{login}}}:refused:{}", keys.mark(claimant)));
        run
    }

    async fn claim_once(
        &self,
        claimant: &Claimant,
        keys: &Keys,
        newer_than: u64,
        patience: Duration,
    ) -> Result<Output, StoreError> {
        let mut run = Self::script(script::claim(), claimant, keys);
        run.arg(claimant.id()).arg(newer_than).arg(millis(patience));
        self.server.run(run).await
    }

    async fn release_with(
        &self,
        claimant: &Claimant,
        keys: &Keys,
        number: u64,
        rest: Duration,
        refusal: &[u8],
    ) -> Result<(), StoreError> {
        let mut run = Self::script(script::release(), claimant, keys);
        run.arg(claimant.id())
            .arg(number)
            .arg(millis(rest))
            .arg(refusal);
        self.server.run(run).await.map(drop)
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX >> 12)
}

/// The span from `now` to `until`, zero for one that has passed.
fn left(until: Timestamp, now: Timestamp) -> u64 {
    let left = until.as_millis().saturating_sub(now.as_millis());
    u64::try_from(left).unwrap_or_default()
}

/// The tokens, as they are sealed.
fn to_text(login: &SavedLogin) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let refresh = login.refresh_token.as_ref().map(RefreshToken::expose);
    let text = serde_json::to_vec(&(login.access_token.expose(), refresh));
    text.map(Zeroizing::new).map_err(StoreError::new)
}

/// The login that a script returned from `index` on: sealed tokens, what is left of them, their
/// lifetime, and what is left of the refresh token. `None` where it cannot be opened.
fn read(output: &Output, index: usize, keys: &Keys, now: Timestamp) -> Option<SavedLogin> {
    let sealed = output.get(index)?.as_deref()?;
    let opened = keys.open(Sealed::Tokens, sealed)?;
    let (access, refresh): (String, Option<String>) = serde_json::from_slice(&opened).ok()?;
    let span = |index| Some(Duration::from_millis(number(output, index)?));
    let (left, lifetime) = (span(index + 1)?, span(index + 2)?.max(span(index + 1)?));
    let age = i64::try_from((lifetime - left).as_millis()).ok()?;
    let issued_at = Timestamp::from_millis(now.as_millis().saturating_sub(age));
    let login = SavedLogin::new(AccessToken::new(access), issued_at, lifetime);
    Some(match refresh {
        Some(refresh) => login.refresh(refresh.into(), now.saturating_add(span(index + 3)?)),
        None => login,
    })
}

#[async_trait]
impl<S: Server> LoginStore for RedisLogins<S> {
    async fn claim(
        &self,
        claimant: &Claimant,
        newer_than: u64,
        patience: Duration,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let keys = self.sealing.keys(claimant)?;
        let mut output = self
            .claim_once(claimant, &keys, newer_than, patience)
            .await?;
        if text(&output, 0) == Some("have") && read(&output, 2, &keys, now).is_none() {
            // Another secret sealed it: as if it were not there.
            let held = number(&output, 1).ok_or_else(strange)?;
            output = self.claim_once(claimant, &keys, held, patience).await?;
        }
        let told = text(&output, 0).ok_or_else(strange)?;
        let claim = match told {
            "have" => Claim::Have {
                number: number(&output, 1).ok_or_else(strange)?,
                login: read(&output, 2, &keys, now).ok_or_else(strange)?,
            },
            "yours" => Claim::Yours {
                number: number(&output, 1).ok_or_else(strange)?,
                old: read(&output, 2, &keys, now),
            },
            "busy" => {
                let left = Duration::from_millis(number(&output, 1).ok_or_else(strange)?);
                Claim::Busy {
                    wait: left.min(LONGEST_WAIT),
                }
            }
            "refused" => {
                let sealed = output.get(1).and_then(|sealed| sealed.as_deref());
                let opened = sealed.and_then(|sealed| keys.open(Sealed::Refusal, sealed));
                let refusal = opened.and_then(|text| serde_json::from_slice(&text).ok());
                match refusal {
                    Some(refusal) => Claim::Refused { refusal },
                    None => return Err(StoreError::new("Redis: a refusal cannot be opened")),
                }
            }
            _ => return Err(strange()),
        };
        Ok(claim)
    }

    async fn put(
        &self,
        claimant: &Claimant,
        number: u64,
        login: &SavedLogin,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let keys = self.sealing.keys(claimant)?;
        let sealed = keys.seal(Sealed::Tokens, &to_text(login)?)?;
        let refresh_left = login.refresh_expires_at.map_or(0, |until| left(until, now));
        let mut run = Self::script(script::put(), claimant, &keys);
        run.arg(number)
            .arg(sealed)
            .arg(left(login.expires_at, now))
            .arg(left(login.expires_at, login.issued_at))
            .arg(refresh_left);
        let output = self.server.run(run).await?;
        Ok(text(&output, 0) == Some("1"))
    }

    async fn refuse(
        &self,
        claimant: &Claimant,
        number: u64,
        refusal: &ServiceError,
        rest: Duration,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        let keys = self.sealing.keys(claimant)?;
        let text = serde_json::to_vec(refusal).map_err(StoreError::new)?;
        let sealed = keys.seal(Sealed::Refusal, &text)?;
        self.release_with(claimant, &keys, number, rest, &sealed)
            .await
    }

    async fn release(&self, claimant: &Claimant, number: u64) -> Result<(), StoreError> {
        let keys = self.sealing.keys(claimant)?;
        self.release_with(claimant, &keys, number, Duration::ZERO, &[])
            .await
    }

    async fn forget(&self, claimant: &Claimant, number: u64) -> Result<(), StoreError> {
        let keys = self.sealing.keys(claimant)?;
        let mut run = Self::script(script::forget(), claimant, &keys);
        run.arg(number);
        self.server.run(run).await.map(drop)
    }
}

#[cfg(feature = "tokio")]
impl<C> meeting_types::NonBlocking for RedisLogins<crate::Tokio<C>> {}
#[cfg(feature = "blocking")]
impl<C> meeting_types::Immediate for RedisLogins<crate::Blocking<C>> {}

impl<S> Clone for RedisLogins<S> {
    fn clone(&self) -> Self {
        Self {
            server: self.server.clone(),
            sealing: self.sealing.clone(),
        }
    }
}

impl<S> fmt::Debug for RedisLogins<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisLogins")
    }
}
