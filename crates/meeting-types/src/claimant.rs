//! Party that asks a login store: for which login, by which secret.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::{AccountCredential, AppCredential, Endpoint, ProxyCredential, SecretText, SigningForm};

/// Name of a login in a store: a hash of the endpoint and of who logs in. It holds no secret.
///
/// Two processes have the same key when they log in to the same service as the same user of the same
/// application, or as the same account, whatever App Key or password each of them has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoginKey([u8; 32]);

impl LoginKey {
    /// The bytes of the hash.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of an application with all its users, for what they share: a pace.
    #[must_use]
    pub fn of_application(endpoint: &Endpoint, app: &AppCredential) -> Self {
        Self::of(&[&endpoint.to_string(), "application", app.app_id().as_str()])
    }

    /// A key by a name of your own.
    #[must_use]
    pub fn named(endpoint: &Endpoint, name: &str) -> Self {
        Self::of(&[&endpoint.to_string(), "name", name])
    }

    /// Hashes `parts`. Each stands with its length, so that none runs into the next.
    fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

/// Writes 64 hexadecimal digits, which may stand in the name of a file or of a key.
impl fmt::Display for LoginKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for LoginKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoginKey({self})")
    }
}

/// Party that asks a [`LoginStore`](crate::LoginStore): the login it wants, the secret that it logs in
/// with, and an id by which the store knows it again.
///
/// A store that keeps tokens where others can read them seals them by a key from
/// [`secret`](Self::secret). It remembers a refusal under a [`mark`](Self::mark) of the secret, so that
/// a stale password keeps nobody out who has the right one.
#[derive(Clone)]
pub struct Claimant {
    key: LoginKey,
    secret: SecretText,
    is_chosen: bool,
    id: String,
}

impl Claimant {
    /// A client that logs in as an application. `id` is a text that no other client has, such as a
    /// random UUID.
    #[must_use]
    pub fn of_app(endpoint: &Endpoint, app: &AppCredential, id: impl Into<String>) -> Self {
        let form = match app.signing() {
            SigningForm::Single => "single",
            SigningForm::ServiceProvider => "sp",
        };
        let corp = app.corp().map_or("", |id| id.as_str());
        let user = app.user().map_or("", |id| id.as_str());
        let endpoint = endpoint.to_string();
        let parts = [&*endpoint, "app", form, app.app_id().as_str(), corp, user];
        Self {
            key: LoginKey::of(&parts),
            secret: app.app_key().clone(),
            is_chosen: false,
            id: id.into(),
        }
    }

    /// A client that logs in with account and password. `id` is as for [`of_app`](Self::of_app).
    #[must_use]
    pub fn of_account(
        endpoint: &Endpoint,
        account: &AccountCredential,
        id: impl Into<String>,
    ) -> Self {
        let endpoint = endpoint.to_string();
        let parts = [&*endpoint, "account", account.account().as_str()];
        Self {
            key: LoginKey::of(&parts),
            secret: SecretText::new(account.password().expose()),
            is_chosen: true,
            id: id.into(),
        }
    }

    /// A client that logs in with an account of WeLink; `None` for a code, which does not tell who logs
    /// in. `id` is as for [`of_app`](Self::of_app).
    #[must_use]
    pub fn of_proxy(
        endpoint: &Endpoint,
        user: &ProxyCredential,
        id: impl Into<String>,
    ) -> Option<Self> {
        let (account, password) = user.account()?;
        let endpoint = endpoint.to_string();
        Some(Self {
            key: LoginKey::of(&[&*endpoint, "welink", account.as_str()]),
            secret: SecretText::new(password.expose()),
            is_chosen: true,
            id: id.into(),
        })
    }

    /// The name of the login.
    #[must_use]
    pub fn key(&self) -> &LoginKey {
        &self.key
    }

    /// The App Key or the password. A store derives keys from it, and never keeps it.
    #[must_use]
    pub fn secret(&self) -> &SecretText {
        &self.secret
    }

    /// Whether the secret is a password, which a person may have chosen. A key must then be derived
    /// slowly, as by Argon2id: whoever reads the store could try out what people choose.
    #[must_use]
    pub fn is_secret_chosen(&self) -> bool {
        self.is_chosen
    }

    /// The id by which a store knows the client again: the same client that asks again gets what it got.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A mark of the secret under a key of the store: HMAC-SHA256.
    ///
    /// With a key that others can read, the mark of a password can be found by trying out passwords.
    #[must_use]
    pub fn mark(&self, key: &[u8]) -> [u8; 32] {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
            return [0; 32];
        };
        mac.update(self.key.as_bytes());
        mac.update(self.secret.expose().as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Claimant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimant")
            .field("key", &self.key)
            .field("secret", &self.secret)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
