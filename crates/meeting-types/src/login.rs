//! What logs in: an application with its key, or an account with its password.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    AccountId, AppId, CorpId, DeptId, LoginSignature, Operation, Password, Problem, RequestError,
    SecretText, Timestamp, UserId,
    credential_text::check_parameter,
    models::ClientType,
    operations::{CreateAppIdToken, CreateToken},
};

/// Application that logs in with its App ID and App Key. The key never travels.
///
/// Keys that come from a file or an environment variable often have a line end: nothing is signed
/// with a key that is blank, has white space around it or has a control character in it.
///
/// ```
/// use meeting_types::{AppCredential, Endpoint, Operation, Timestamp};
///
/// let app = AppCredential::new("demo-app", "demo-key").user_id("alice");
/// // The signature is good until 2026-11-22 09:00; the nonce must be new each time.
/// let login = app.login("2026-11-22 09:00".parse()?, "0123456789abcdef0123456789abcdef")?;
/// let request = login.to_request(&Endpoint::china(), &())?;
/// assert_eq!(request.uri().path(), "/v2/usg/acs/auth/appauth");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct AppCredential {
    app_id: AppId,
    app_key: SecretText,
    signing: SigningForm,
    corp_id: Option<CorpId>,
    user_id: Option<UserId>,
    user_name: Option<String>,
    user_email: Option<String>,
    user_phone: Option<String>,
    dept_id: Option<DeptId>,
}

/// What an App ID signature covers. The documentation and the official SDK disagree for service
/// providers, so both forms can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SigningForm {
    /// `appId:userId:expireTime:nonce`: one enterprise, and the documented form for all.
    Single,
    /// `appId:corpId:userId:expireTime:nonce`: what the official SDK signs for service providers.
    ServiceProvider,
}

impl AppCredential {
    /// Logs in as the default administrator of the enterprise that owns the application.
    pub fn new(app_id: impl Into<AppId>, app_key: impl Into<SecretText>) -> Self {
        Self {
            app_id: app_id.into(),
            app_key: app_key.into(),
            signing: SigningForm::Single,
            corp_id: None,
            user_id: None,
            user_name: None,
            user_email: None,
            user_phone: None,
            dept_id: None,
        }
    }

    /// Logs in as this user instead. At most 64 characters.
    #[must_use]
    pub fn user_id(mut self, user_id: impl Into<UserId>) -> Self {
        self.user_id = Some(user_id.into());
        self
    }

    /// Logs in to an enterprise of a service provider. Signs by [`SigningForm::ServiceProvider`].
    #[must_use]
    pub fn corp_id(mut self, corp_id: impl Into<CorpId>) -> Self {
        self.corp_id = Some(corp_id.into());
        self.signing = SigningForm::ServiceProvider;
        self
    }

    /// Logs in as the default administrator of the service provider itself. Signs by
    /// [`SigningForm::ServiceProvider`].
    #[must_use]
    pub fn service_provider(mut self) -> Self {
        self.signing = SigningForm::ServiceProvider;
        self
    }

    /// Signs by `form`, whatever the other settings suggest.
    #[must_use]
    pub fn signing_form(mut self, form: SigningForm) -> Self {
        self.signing = form;
        self
    }

    /// The display name that the service stores for the user. At most 64 characters.
    #[must_use]
    pub fn user_name(mut self, name: impl Into<String>) -> Self {
        self.user_name = Some(name.into());
        self
    }

    /// The mail address that the service stores for the user. At most 255 characters.
    #[must_use]
    pub fn user_email(mut self, email: impl Into<String>) -> Self {
        self.user_email = Some(email.into());
        self
    }

    /// The mobile number that the service stores for the user, with country code.
    #[must_use]
    pub fn user_phone(mut self, phone: impl Into<String>) -> Self {
        self.user_phone = Some(phone.into());
        self
    }

    /// The department that the service puts the user in.
    #[must_use]
    pub fn dept_id(mut self, dept_id: impl Into<DeptId>) -> Self {
        self.dept_id = Some(dept_id.into());
        self
    }

    /// The application.
    #[must_use]
    pub fn app_id(&self) -> &AppId {
        &self.app_id
    }

    pub(crate) fn app_key(&self) -> &SecretText {
        &self.app_key
    }

    pub(crate) fn signing(&self) -> SigningForm {
        self.signing
    }

    pub(crate) fn corp(&self) -> Option<&CorpId> {
        self.corp_id.as_ref()
    }

    pub(crate) fn user(&self) -> Option<&UserId> {
        self.user_id.as_ref()
    }

    /// Checks App ID, App Key, user and enterprise, without signing anything.
    ///
    /// # Errors
    ///
    /// [`RequestError`] naming the first of `appId`, `appKey`, `userId` and `corpId` that is blank,
    /// begins or ends with white space, or has a character in it that nobody sees, such as a line
    /// break. An empty user is the default administrator.
    pub fn validate(&self) -> Result<(), RequestError> {
        let check = |parameter, text| check_parameter(CreateAppIdToken::INFO.name, parameter, text);
        check("appId", self.app_id.as_str())?;
        check("appKey", self.app_key.expose())?;
        if let Some(user_id) = self.user_id.as_ref().filter(|id| !id.as_str().is_empty()) {
            check("userId", user_id.as_str())?;
        }
        if let Some(corp_id) = &self.corp_id {
            check("corpId", corp_id.as_str())?;
        }
        Ok(())
    }

    /// Makes the login. The service takes it until `expires_at`, once: `nonce` must be fresh random
    /// text of 32 to 64 characters.
    ///
    /// # Errors
    ///
    /// As for [`validate`](Self::validate). Nothing is signed then.
    pub fn login(
        &self,
        expires_at: Timestamp,
        nonce: impl Into<SecretText>,
    ) -> Result<CreateAppIdToken, RequestError> {
        self.validate()?;
        let nonce = nonce.into();
        let signature = AppSignature::sign(
            &self.app_key,
            self.signing,
            &SignedParts {
                app_id: &self.app_id,
                corp_id: self.corp_id.as_ref(),
                user_id: self.user_id.as_ref(),
                expires_at,
                nonce: &nonce,
            },
        );
        let mut login = CreateAppIdToken::new(
            signature.header(&self.app_id),
            self.app_id.clone(),
            ClientType::Api,
            expires_at,
            nonce,
        )
        .token_type("LongTicket");
        login.corp_id = self.corp_id.clone();
        login.user_id = self.user_id.clone();
        login.user_name = self.user_name.clone();
        login.user_email = self.user_email.clone();
        login.user_phone = self.user_phone.clone();
        login.dept_id = self.dept_id.clone();
        Ok(login)
    }
}

impl fmt::Debug for AppCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppCredential")
            .field("app_id", &self.app_id)
            .field("app_key", &self.app_key)
            .field("signing", &self.signing)
            .field("corp_id", &self.corp_id)
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

/// Parts that an App ID signature covers.
///
/// ```
/// use meeting_types::{AppId, AppSignature, SecretText, SignedParts, SigningForm, UserId};
///
/// let (app, user) = (AppId::new("demo-app"), UserId::new("alice"));
/// let nonce = SecretText::new("0123456789abcdef0123456789abcdef");
/// let parts = SignedParts::new(&app, "2026-11-22 09:00".parse()?, &nonce).user_id(&user);
/// let signature = AppSignature::sign(&SecretText::new("demo-key"), SigningForm::Single, &parts);
/// assert!(signature.header(&app).expose().starts_with("HMAC-SHA256 signature="));
/// # Ok::<(), meeting_types::InvalidTime>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SignedParts<'a> {
    /// The application.
    pub app_id: &'a AppId,
    /// The enterprise of a service provider; it is signed by one of the two forms only.
    pub corp_id: Option<&'a CorpId>,
    /// The user; none for the default administrator.
    pub user_id: Option<&'a UserId>,
    /// When the signature ends, to the second.
    pub expires_at: Timestamp,
    /// Fresh random text.
    pub nonce: &'a SecretText,
}

impl<'a> SignedParts<'a> {
    /// Parts of a login as the default administrator of the enterprise that owns the application.
    #[must_use]
    pub fn new(app_id: &'a AppId, expires_at: Timestamp, nonce: &'a SecretText) -> Self {
        Self {
            app_id,
            corp_id: None,
            user_id: None,
            expires_at,
            nonce,
        }
    }

    /// Adds the enterprise of a service provider.
    #[must_use]
    pub fn corp_id(mut self, corp_id: &'a CorpId) -> Self {
        self.corp_id = Some(corp_id);
        self
    }

    /// Adds the user.
    #[must_use]
    pub fn user_id(mut self, user_id: &'a UserId) -> Self {
        self.user_id = Some(user_id);
        self
    }
}

/// The signature of an App ID login: HMAC-SHA256 with the App Key, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSignature(SecretText);

impl AppSignature {
    /// Signs `parts` with `app_key`, as they are: [`AppCredential::login`] checks them first.
    #[must_use]
    pub fn sign(app_key: &SecretText, form: SigningForm, parts: &SignedParts<'_>) -> Self {
        let corp = parts.corp_id.map_or("", CorpId::as_str);
        let user = parts.user_id.map_or("", UserId::as_str);
        let (app, nonce) = (parts.app_id.as_str(), parts.nonce.expose());
        let seconds = parts.expires_at.as_secs();
        // A missing part leaves its place empty; the colons around it stay.
        let message = match form {
            SigningForm::Single => format!("{app}:{user}:{seconds}:{nonce}"),
            SigningForm::ServiceProvider => format!("{app}:{corp}:{user}:{seconds}:{nonce}"),
        };
        Self(SecretText::new(hmac_hex(
            app_key.expose().as_bytes(),
            message.as_bytes(),
        )))
    }

    /// Reads the signature out of an `Authorization` header. Its hexadecimal digits may be in either
    /// case, and the App ID may be missing.
    #[must_use]
    pub fn from_header(header: &LoginSignature) -> Option<Self> {
        let parts = header.expose().strip_prefix("HMAC-SHA256 ")?;
        let hex = parts
            .split(',')
            .find_map(|part| part.trim().strip_prefix("signature="))?;
        Some(Self(SecretText::new(hex.to_ascii_uppercase())))
    }

    /// The `Authorization` header.
    #[must_use]
    pub fn header(&self, app_id: &AppId) -> LoginSignature {
        let mut header = String::with_capacity(128 + app_id.as_str().len() * 2);
        header.push_str("HMAC-SHA256 signature=");
        header.push_str(self.0.expose());
        header.push_str(",access=");
        STANDARD.encode_string(app_id.as_str(), &mut header);
        LoginSignature::new(header)
    }
}

/// HMAC-SHA256 in upper-case hexadecimal, as the official SDK sends it.
fn hmac_hex(key: &[u8], message: &[u8]) -> String {
    use fmt::Write as _;
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new();
    };
    mac.update(message);
    mac.finalize()
        .into_bytes()
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to memory cannot fail.
            let _ = write!(hex, "{byte:02X}");
            hex
        })
}

/// User who logs in with account and password.
///
/// Nothing is sent when one of the two is blank, has white space around it or has a control character
/// in it.
#[derive(Clone, Debug)]
pub struct AccountCredential {
    account: AccountId,
    password: Password,
}

impl AccountCredential {
    /// Logs in as `account`, which cannot have a colon in it. The service wants passwords of 8 to 32
    /// characters.
    pub fn new(account: impl Into<AccountId>, password: impl Into<Password>) -> Self {
        Self {
            account: account.into(),
            password: password.into(),
        }
    }

    /// Reads the credential out of an `Authorization` header.
    #[must_use]
    pub fn from_header(header: &LoginSignature) -> Option<Self> {
        let encoded = header.expose().strip_prefix("Basic ")?;
        let decoded = Zeroizing::new(STANDARD.decode(encoded).ok()?);
        let (account, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        Some(Self::new(account, password))
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The password.
    #[must_use]
    pub fn password(&self) -> &Password {
        &self.password
    }

    /// Checks account and password.
    ///
    /// # Errors
    ///
    /// [`RequestError`] naming the first of `account` and `password` that is blank, begins or ends with
    /// white space, or has a character in it that nobody sees, such as a line break; or an account
    /// with a colon.
    pub fn validate(&self) -> Result<(), RequestError> {
        let name = CreateToken::INFO.name;
        check_parameter(name, "account", self.account.as_str())?;
        if self.account.as_str().contains(':') {
            return Err(RequestError::new(name, "account", Problem::Colon));
        }
        check_parameter(name, "password", self.password.expose())
    }

    /// Makes the login.
    ///
    /// # Errors
    ///
    /// As for [`validate`](Self::validate).
    pub fn login(&self) -> Result<CreateToken, RequestError> {
        self.validate()?;
        // Neither text may grow: growing leaves a copy of the password behind.
        let parts = [self.account.as_str(), ":", self.password.expose()];
        let mut pair = String::with_capacity(parts.iter().map(|part| part.len()).sum());
        pair.extend(parts);
        let pair = Zeroizing::new(pair);
        let mut header = String::with_capacity(16 + pair.len() * 2);
        header.push_str("Basic ");
        STANDARD.encode_string(pair.as_bytes(), &mut header);
        Ok(CreateToken::new(
            header,
            self.account.clone(),
            ClientType::Api,
        ))
    }
}
