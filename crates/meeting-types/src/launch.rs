//! Links that start the meeting client, or open the web portal.
//!
//! This is what follows a seed. A client that has no account proves that it knows the password of a
//! meeting, and opens a link with the proof:
//!
//! ```
//! use meeting_types::{launch::LaunchLink, models::AnonymousAuthRandom};
//!
//! // Output of `CreateAnonymousAuthRandom`.
//! let proof = AnonymousAuthRandom::new("135792468013579").site_url("https://192.0.2.17:443/conferences");
//! let link = LaunchLink::anonymous(&proof)?;
//! assert_eq!(
//!     link.expose(),
//!     "cloudlink://welinksoftclient/page/link\
//!      ?site_url=https%3A%2F%2F192.0.2.17%3A443%2Fconferences&random=135792468013579"
//! );
//! assert_eq!(format!("{link:?}"), "LaunchLink(page/link, ***)");
//! # Ok::<(), meeting_types::launch::LaunchError>(())
//! ```
//!
//! | a link that | is made by |
//! | --- | --- |
//! | joins with a proof, without a login | [`LaunchLink::anonymous`] |
//! | joins with a meeting id and a password | [`JoinLaunch::new`] |
//! | logs in with a nonce and joins | [`JoinLaunch::nonce`] |
//! | starts the client and does no more | [`LaunchLink::client`] |
//! | opens the web portal, logged in | [`PortalLaunch::new`] |
//!
//! # Encoding
//!
//! Every value is encoded as a component of a URI: all but letters, digits, `-`, `.`, `_` and `~`
//! become `%XX`. Editions of the reference differ here. The service's own demo encodes the site URL as
//! a whole URI, which leaves `&`, `#` and `=` as they are: a site URL with a query would then be cut.
//! One page says that values are plain text, and others encode them. Whoever decodes a link once gets
//! the same values from all of these spellings where they are right, and from this one always.
//!
//! The links were not tried on a running client.
//!
//! # Secrets
//!
//! Whoever has such a link can join the meeting or act as the user. `Debug` prints a mask, there is no
//! `Display`, and [`LaunchLink::expose`] is the one way to the text.

use std::fmt;

use percent_encoding::utf8_percent_encode;
use zeroize::Zeroizing;

use crate::{
    AuthRandom, ConferenceId, Password, Problem, SecretText, authority::HostPort,
    models::AnonymousAuthRandom, request::ESCAPED, secret::same_text,
};

/// Link that starts the meeting client or opens the web portal.
///
/// `Debug` names the page that it opens and masks the rest. The text is wiped from memory when the
/// value is dropped.
#[derive(Clone)]
pub struct LaunchLink {
    page: &'static str,
    text: Zeroizing<String>,
}

impl LaunchLink {
    /// Starts the client and does no more. There is no secret in it.
    ///
    /// ```
    /// use meeting_types::launch::LaunchLink;
    ///
    /// let link = LaunchLink::client();
    /// assert_eq!(link.expose(), "cloudlink://welinksoftclient/h5page?page=launch");
    /// ```
    #[must_use]
    pub fn client() -> Self {
        LinkWriter::h5page("launch").finish()
    }

    /// Joins a meeting without a login, with the output of
    /// [`CreateAnonymousAuthRandom`](crate::operations::CreateAnonymousAuthRandom).
    ///
    /// # Errors
    ///
    /// [`LaunchError`] when the output has no site URL, or when the site URL or the random is blank or
    /// has a control character in it.
    pub fn anonymous(proof: &AnonymousAuthRandom) -> Result<Self, LaunchError> {
        let site_url = proof.site_url.as_deref();
        let missing = LaunchError::new("site_url", Problem::Missing);
        Self::with_random(site_url.ok_or(missing)?, &proof.random)
    }

    /// Joins a meeting with a site URL and a random, as [`anonymous`](Self::anonymous) does.
    ///
    /// # Errors
    ///
    /// As for [`anonymous`](Self::anonymous).
    pub fn with_random(site_url: &str, random: &AuthRandom) -> Result<Self, LaunchError> {
        let mut link = LinkWriter::new("page/link", "cloudlink://welinksoftclient/page/link");
        link.text("site_url", site_url)?;
        link.text("random", random.expose())?;
        Ok(link.finish())
    }

    /// The link itself. Whoever has it can join or act as the user: take care where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for LaunchLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LaunchLink({}, ***)", self.page)
    }
}

/// Compares in a time that depends on the lengths only.
impl PartialEq for LaunchLink {
    fn eq(&self, other: &Self) -> bool {
        same_text(&self.text, &other.text)
    }
}

impl Eq for LaunchLink {}

/// Parameters of a link that joins a meeting by its id.
///
/// ```
/// use meeting_types::launch::JoinLaunch;
///
/// let join = JoinLaunch::new("900825541", "Ann & Bo").password("246813").camera(true);
/// assert_eq!(
///     join.link()?.expose(),
///     "cloudlink://welinksoftclient/h5page?page=joinConfByLink&conf_id=900825541\
///      &enter_code=246813&name=Ann%20%26%20Bo&open_camera=true"
/// );
/// # Ok::<(), meeting_types::launch::LaunchError>(())
/// ```
///
/// One page names the join page of macOS `joinTmpConfByLink` in its sample and `joinConfByLink` in
/// its table; the latter is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinLaunch {
    conference_id: ConferenceId,
    name: String,
    password: Option<Password>,
    nonce: Option<SecretText>,
    server: Option<String>,
    port: Option<u16>,
    microphone: Option<bool>,
    camera: Option<bool>,
}

impl JoinLaunch {
    /// Joins the meeting `conference_id` as `name`. A client that is logged in shows the name of its
    /// account instead.
    pub fn new(conference_id: impl Into<ConferenceId>, name: impl Into<String>) -> Self {
        Self {
            conference_id: conference_id.into(),
            name: name.into(),
            password: None,
            nonce: None,
            server: None,
            port: None,
            microphone: None,
            camera: None,
        }
    }

    /// A password of the meeting: that of the host joins as host, that of guests as guest. Leave it out
    /// where none is needed.
    #[must_use]
    pub fn password(mut self, password: impl Into<Password>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Logs in with the code from [`CreatePortalRefNonce`](crate::operations::CreatePortalRefNonce),
    /// and joins. The service takes a nonce once.
    #[must_use]
    pub fn nonce(mut self, nonce: impl Into<SecretText>) -> Self {
        self.nonce = Some(nonce.into());
        self
    }

    /// The host of the service: `meeting.huaweicloud.com` in mainland China,
    /// `intl.meeting.huaweicloud.com` elsewhere. That is the portal, and no
    /// [`Endpoint`](crate::Endpoint) of the API. The client has a default.
    #[must_use]
    pub fn server(mut self, host: impl Into<String>) -> Self {
        self.server = Some(host.into());
        self
    }

    /// The port of the service; samples have 8443. The client has a default.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Whether the microphone is on after joining. Off where the link does not say it, by editions of
    /// the reference from 2024 on; a table of 2022 for Windows says on.
    #[must_use]
    pub fn microphone(mut self, on: bool) -> Self {
        self.microphone = Some(on);
        self
    }

    /// Whether the camera is on after joining. Off where the link does not say it; the table of 2022
    /// differs here as well.
    #[must_use]
    pub fn camera(mut self, on: bool) -> Self {
        self.camera = Some(on);
        self
    }

    /// Makes the link.
    ///
    /// # Errors
    ///
    /// [`LaunchError`] when a value is blank or has a control character in it, the server is no host,
    /// or the port is 0.
    pub fn link(&self) -> Result<LaunchLink, LaunchError> {
        let page = match self.nonce {
            Some(_) => "LoginAndJoinConf",
            None => "joinConfByLink",
        };
        let mut link = LinkWriter::h5page(page);
        if let Some(server) = &self.server {
            link.host("server_url", server)?;
        }
        if let Some(port) = self.port {
            let range = Problem::OutOfRange { min: 1, max: 65535 };
            if port == 0 {
                return Err(LaunchError::new("port", range));
            }
            link.text("port", &port.to_string())?;
        }
        link.text("conf_id", self.conference_id.as_str())?;
        if let Some(password) = &self.password {
            link.text("enter_code", password.expose())?;
        }
        link.text("name", &self.name)?;
        for (parameter, on) in [("open_mic", self.microphone), ("open_camera", self.camera)] {
            if let Some(on) = on {
                link.text(parameter, if on { "true" } else { "false" })?;
            }
        }
        if let Some(nonce) = &self.nonce {
            link.text("nonce", nonce.expose())?;
        }
        Ok(link.finish())
    }
}

/// Parameters of a link that opens the web portal, logged in by a nonce.
///
/// ```
/// use meeting_types::launch::PortalLaunch;
///
/// // From the output of `CreatePortalRefNonce`.
/// let link = PortalLaunch::new("0f1e2d3c").language("en-US").link()?;
/// assert_eq!(
///     link.expose(),
///     "https://meeting.huaweicloud.com/?lang=en-US&nonce=0f1e2d3c#/login"
/// );
/// # Ok::<(), meeting_types::launch::LaunchError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalLaunch {
    nonce: SecretText,
    host: String,
    language: String,
}

impl PortalLaunch {
    /// Opens the portal of mainland China in Chinese, with the code from
    /// [`CreatePortalRefNonce`](crate::operations::CreatePortalRefNonce). The service takes a nonce
    /// once.
    pub fn new(nonce: impl Into<SecretText>) -> Self {
        Self {
            nonce: nonce.into(),
            host: "meeting.huaweicloud.com".to_owned(),
            language: "zh-CN".to_owned(),
        }
    }

    /// The host of the portal: `intl.meeting.huaweicloud.com` outside of mainland China. One sentence
    /// of the reference names `bmeeting.huaweicloud.com`.
    #[must_use]
    pub fn server(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    /// The language: `zh-CN` or `en-US`.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = language.into();
        self
    }

    /// Makes the link.
    ///
    /// # Errors
    ///
    /// [`LaunchError`] when the nonce or the language is blank or has a control character in it, or the
    /// server is no host.
    pub fn link(&self) -> Result<LaunchLink, LaunchError> {
        let host = host_of("server_url", &self.host)?;
        let mut link = LinkWriter::new("portal", &format!("https://{host}/"));
        link.text("lang", &self.language)?;
        link.text("nonce", self.nonce.expose())?;
        link.text.push_str("#/login");
        Ok(link.finish())
    }
}

/// Reason why a link cannot be made: the parameter, and the problem with it. The value is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("launch link: `{parameter}` {problem}")]
pub struct LaunchError {
    parameter: &'static str,
    problem: Problem,
}

impl LaunchError {
    fn new(parameter: &'static str, problem: Problem) -> Self {
        Self { parameter, problem }
    }

    /// The parameter by its name in the link, such as `conf_id` or `enter_code`.
    #[must_use]
    pub fn parameter(&self) -> &'static str {
        self.parameter
    }

    /// The problem with it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.problem
    }
}

/// Writer of a link, parameter by parameter.
struct LinkWriter {
    page: &'static str,
    text: Zeroizing<String>,
    separator: char,
}

impl LinkWriter {
    fn new(page: &'static str, address: &str) -> Self {
        // Growing would leave copies of a password behind, and most links are shorter than this.
        let mut text = Zeroizing::new(String::with_capacity(1024));
        text.push_str(address);
        Self {
            page,
            text,
            separator: '?',
        }
    }

    fn h5page(page: &'static str) -> Self {
        let mut link = Self::new(page, "cloudlink://welinksoftclient/h5page");
        link.push("page", page);
        link
    }

    fn text(&mut self, parameter: &'static str, value: &str) -> Result<(), LaunchError> {
        if value.trim().is_empty() {
            return Err(LaunchError::new(parameter, Problem::Blank));
        }
        if value.chars().any(char::is_control) {
            return Err(LaunchError::new(parameter, Problem::ControlCharacter));
        }
        self.push(parameter, value);
        Ok(())
    }

    fn host(&mut self, parameter: &'static str, host: &str) -> Result<(), LaunchError> {
        self.push(parameter, &host_of(parameter, host)?);
        Ok(())
    }

    fn push(&mut self, parameter: &str, value: &str) {
        self.text.push(self.separator);
        self.text.push_str(parameter);
        self.text.push('=');
        self.text.extend(utf8_percent_encode(value, ESCAPED));
        self.separator = '&';
    }

    fn finish(self) -> LaunchLink {
        LaunchLink {
            page: self.page,
            text: self.text,
        }
    }
}

/// The host without a port, in its one spelling.
fn host_of(parameter: &'static str, host: &str) -> Result<String, LaunchError> {
    match HostPort::read(host) {
        Ok(HostPort { host, port: None }) => Ok(host),
        _ => Err(LaunchError::new(parameter, Problem::NotAHost)),
    }
}
