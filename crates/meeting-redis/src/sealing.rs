//! Sealing of what lies where others can read it.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use argon2::Argon2;
use meeting_types::{Claimant, StoreError};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest, hkdf,
    rand::{SecureRandom, SystemRandom},
};
use zeroize::Zeroizing;

/// The most keys that were derived slowly and are kept.
const KEPT: usize = 1000;

/// Key that seals logins, for all processes that share them: 32 random bytes.
#[derive(Clone)]
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// A key of these bytes. They must be random: a password is no key.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(***)")
    }
}

/// What is sealed. It cannot be taken for the other kind.
#[derive(Clone, Copy)]
pub(crate) enum Sealed {
    Tokens,
    Refusal,
}

impl Sealed {
    fn byte(self) -> u8 {
        match self {
            Self::Tokens => 1,
            Self::Refusal => 2,
        }
    }
}

/// Source of the keys.
#[derive(Clone)]
pub(crate) struct Sealing(Arc<Source>);

enum Source {
    /// The key of the operator.
    Given(SealingKey),
    /// The secrets that log in. Those of persons are stretched, and the result is kept by a hash of
    /// login and secret.
    Secrets(Mutex<HashMap<[u8; 32], Zeroizing<[u8; 32]>>>),
}

impl Sealing {
    pub(crate) fn by_key(key: SealingKey) -> Self {
        Self(Arc::new(Source::Given(key)))
    }

    pub(crate) fn by_secrets() -> Self {
        Self(Arc::new(Source::Secrets(Mutex::default())))
    }

    /// The keys of a login.
    pub(crate) fn keys(&self, claimant: &Claimant) -> Result<Keys, StoreError> {
        match &*self.0 {
            Source::Given(key) => Keys::of(claimant, &*key.0),
            Source::Secrets(_) if !claimant.is_secret_chosen() => {
                Keys::of(claimant, claimant.secret().expose().as_bytes())
            }
            Source::Secrets(kept) => {
                let name = name(claimant);
                // Held while a key is derived, so that each is derived once.
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(key) = kept.get(&name) {
                    return Keys::of(claimant, &**key);
                }
                let mut key = Zeroizing::new([0; 32]);
                let (secret, salt) = (claimant.secret(), claimant.key().as_bytes());
                let stretched = Argon2::default().hash_password_into(
                    secret.expose().as_bytes(),
                    salt,
                    &mut *key,
                );
                stretched.map_err(|_| StoreError::new("a key could not be derived"))?;
                if kept.len() >= KEPT {
                    kept.clear();
                }
                let keys = Keys::of(claimant, &*key)?;
                kept.insert(name, key);
                Ok(keys)
            }
        }
    }
}

fn name(claimant: &Claimant) -> [u8; 32] {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(claimant.key().as_bytes());
    hash.update(claimant.secret().expose().as_bytes());
    let mut name = [0; 32];
    name.copy_from_slice(hash.finish().as_ref());
    name
}

/// The keys of one login.
pub(crate) struct Keys {
    seal: LessSafeKey,
    /// The key of the marks of refused secrets.
    mark: Zeroizing<[u8; 32]>,
    login: [u8; 32],
}

impl Keys {
    fn of(claimant: &Claimant, secret: &[u8]) -> Result<Self, StoreError> {
        let login = *claimant.key().as_bytes();
        let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, &login).extract(secret);
        let expand = |purpose: &[u8]| {
            let mut key = Zeroizing::new([0; 32]);
            let purposes = [b"meeting-redis 1 ", purpose];
            let expanded = extracted.expand(&purposes, hkdf::HKDF_SHA256);
            expanded
                .and_then(|expanded| expanded.fill(&mut *key))
                .map(|()| key)
                .map_err(|_| StoreError::new("a key could not be derived"))
        };
        let seal = UnboundKey::new(&CHACHA20_POLY1305, &*expand(b"seal")?);
        Ok(Self {
            seal: LessSafeKey::new(seal.map_err(|_| StoreError::new("a key is not one"))?),
            mark: expand(b"mark")?,
            login,
        })
    }

    /// The mark of the secret of `claimant`, under which its refusal is kept.
    pub(crate) fn mark(&self, claimant: &Claimant) -> String {
        let mark = claimant.mark(&*self.mark);
        mark[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn bound_to(&self, kind: Sealed) -> Aad<[u8; 33]> {
        let mut bound = [kind.byte(); 33];
        bound[1..].copy_from_slice(&self.login);
        Aad::from(bound)
    }

    pub(crate) fn seal(&self, kind: Sealed, text: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_LEN];
        let random = SystemRandom::new().fill(&mut nonce);
        random.map_err(|_| StoreError::new("the system has no random numbers"))?;
        let mut sealed = nonce.to_vec();
        let mut rest = Zeroizing::new(text.to_vec());
        let unique = Nonce::assume_unique_for_key(nonce);
        let bound = self.bound_to(kind);
        let tag = self
            .seal
            .seal_in_place_separate_tag(unique, bound, &mut rest);
        let tag = tag.map_err(|_| StoreError::new("it could not be sealed"))?;
        sealed.extend_from_slice(&rest);
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens what was sealed; `None` when another key did that, or it was changed.
    pub(crate) fn open(&self, kind: Sealed, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = Zeroizing::new(rest.to_vec());
        let length = self
            .seal
            .open_in_place(nonce, self.bound_to(kind), &mut text)
            .ok()?
            .len();
        text.truncate(length);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "these are tests")]

    use meeting_types::{AccountCredential, AppCredential, Endpoint};

    use super::*;

    fn app(key: &str, user: &str) -> Claimant {
        let app = AppCredential::new("app", key).user_id(user);
        Claimant::of_app(&Endpoint::china(), &app, "id")
    }

    #[test]
    fn only_the_same_secret_and_login_open_what_was_sealed() {
        let sealing = Sealing::by_secrets();
        let keys = |claimant: &Claimant| sealing.keys(claimant).unwrap();
        let own = keys(&app("key", "ann"));
        let sealed = own.seal(Sealed::Tokens, b"hush").unwrap();
        assert!(!sealed.windows(4).any(|part| part == b"hush"));
        assert_eq!(**own.open(Sealed::Tokens, &sealed).unwrap(), *b"hush");
        assert!(own.open(Sealed::Refusal, &sealed).is_none());
        assert!(
            keys(&app("other", "ann"))
                .open(Sealed::Tokens, &sealed)
                .is_none()
        );
        assert!(
            keys(&app("key", "bob"))
                .open(Sealed::Tokens, &sealed)
                .is_none()
        );
        for length in 0..sealed.len() {
            assert!(own.open(Sealed::Tokens, &sealed[..length]).is_none());
        }
        let mut changed = sealed;
        changed[20] ^= 1;
        assert!(own.open(Sealed::Tokens, &changed).is_none());
    }

    #[test]
    fn a_given_key_opens_what_a_stale_password_cannot() {
        let sealing = Sealing::by_key(SealingKey::new([7; 32]));
        let (one, other) = (app("key", "ann"), app("other", "ann"));
        let sealed = sealing
            .keys(&one)
            .unwrap()
            .seal(Sealed::Tokens, b"hush")
            .unwrap();
        assert!(
            sealing
                .keys(&other)
                .unwrap()
                .open(Sealed::Tokens, &sealed)
                .is_some()
        );
        // And yet tells them apart.
        let mark = |claimant: &Claimant| sealing.keys(claimant).unwrap().mark(claimant);
        assert_ne!(mark(&one), mark(&other));
    }

    #[test]
    fn a_password_is_stretched_once() {
        let sealing = Sealing::by_secrets();
        let account = AccountCredential::new("ann", "password");
        let claimant = Claimant::of_account(&Endpoint::china(), &account, "id");
        let sealed = sealing
            .keys(&claimant)
            .unwrap()
            .seal(Sealed::Tokens, b"hush")
            .unwrap();
        let begun = std::time::Instant::now();
        for _ in 0..100 {
            assert!(
                sealing
                    .keys(&claimant)
                    .unwrap()
                    .open(Sealed::Tokens, &sealed)
                    .is_some()
            );
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(1));
        assert!(
            Sealing::by_secrets()
                .keys(&claimant)
                .unwrap()
                .open(Sealed::Tokens, &sealed)
                .is_some()
        );
        assert!(!format!("{:?}", SealingKey::new([104; 32])).contains("104"));
    }
}
