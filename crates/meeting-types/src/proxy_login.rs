//! Login by an account that WeLink or a service of the enterprise keeps.

use crate::{
    AccountId, Operation, Password, RequestError, SecretText,
    credential_text::check_parameter,
    models::{ClientType, ProxyAuthServer, ProxyAuthType},
    operations::CreateProxyToken,
};

/// User whose account another service keeps: WeLink, or a login service of the enterprise that speaks
/// OAuth 2.0.
///
/// Nothing is sent when a part is blank, has white space around it or has a control character in it.
///
/// ```
/// use meeting_types::ProxyCredential;
///
/// let user = ProxyCredential::welink("ann", "demo-password");
/// assert!(user.login().is_ok());
/// let user = ProxyCredential::oauth2("one-time code", "example.com");
/// assert!(user.is_single_use());
/// ```
#[derive(Clone, Debug)]
pub struct ProxyCredential(Proof);

#[derive(Clone, Debug)]
enum Proof {
    WeLink {
        account: AccountId,
        password: Password,
    },
    OAuth2 {
        code: SecretText,
        domain: String,
    },
}

impl ProxyCredential {
    /// Logs in with account and password of WeLink. At most 255 characters each.
    pub fn welink(account: impl Into<AccountId>, password: impl Into<Password>) -> Self {
        Self(Proof::WeLink {
            account: account.into(),
            password: password.into(),
        })
    }

    /// Logs in with a code that the OAuth 2.0 service of the enterprise with this internet domain handed
    /// out. It counts once: after that the login is renewed, until the service ends it.
    pub fn oauth2(code: impl Into<SecretText>, domain: impl Into<String>) -> Self {
        Self(Proof::OAuth2 {
            code: code.into(),
            domain: domain.into(),
        })
    }

    /// Whether it logs in once only.
    #[must_use]
    pub fn is_single_use(&self) -> bool {
        matches!(self.0, Proof::OAuth2 { .. })
    }

    /// The account and its password; `None` for a code, which does not tell whose it is.
    pub(crate) fn account(&self) -> Option<(&AccountId, &Password)> {
        match &self.0 {
            Proof::WeLink { account, password } => Some((account, password)),
            Proof::OAuth2 { .. } => None,
        }
    }

    /// Checks the parts.
    ///
    /// # Errors
    ///
    /// [`RequestError`] naming the first of `account` and `pwd`, or `credential` and `domain`, that is
    /// blank, begins or ends with white space, or has a character in it that nobody sees.
    pub fn validate(&self) -> Result<(), RequestError> {
        let check = |parameter, text| check_parameter(CreateProxyToken::INFO.name, parameter, text);
        match &self.0 {
            Proof::WeLink { account, password } => {
                check("account", account.as_str())?;
                check("pwd", password.expose())
            }
            Proof::OAuth2 { code, domain } => {
                check("credential", code.expose())?;
                check("domain", domain)
            }
        }
    }

    /// Makes the login.
    ///
    /// # Errors
    ///
    /// As for [`validate`](Self::validate).
    pub fn login(&self) -> Result<CreateProxyToken, RequestError> {
        self.validate()?;
        let of = |server, proof| CreateProxyToken::new(server, proof, ClientType::Api);
        Ok(match &self.0 {
            Proof::WeLink { account, password } => {
                of(ProxyAuthServer::WeLink, ProxyAuthType::Password)
                    .account(account.as_str())
                    .password(password)
            }
            Proof::OAuth2 { code, domain } => of(ProxyAuthServer::OAuth2, ProxyAuthType::Code)
                .credential(code)
                .corp_domain(domain.as_str()),
        })
    }
}
