//! Which connections go through which proxy.

use std::{env, sync::Arc};

use super::{NoProxy, Proxy, ProxyEnvError, environment};

/// Rules that say which connections go through which proxy. Cheap to clone.
///
/// The default is none. [`all`](Self::all) takes one proxy for everything, and a [`Proxy`] converts into
/// that. The environment of the program is read when [`from_env`](Self::from_env) is called, and at no
/// other time.
///
/// ```
/// use meeting_client::proxy::{Proxy, ProxySettings};
///
/// let proxy: Proxy = "http://proxy.example.com:3128".parse()?;
/// let settings = ProxySettings::all(proxy).no_proxy("localhost, .intranet.example".parse()?);
/// assert!(settings.proxy_for(true, "api.meeting.huaweicloud.com", 443).is_some());
/// assert!(settings.proxy_for(true, "meet.intranet.example", 443).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxySettings(Option<Arc<Rules>>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rules {
    https: Option<Proxy>,
    http: Option<Proxy>,
    no_proxy: NoProxy,
}

impl ProxySettings {
    /// No proxy. The default.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// This proxy for all connections.
    #[must_use]
    pub fn all(proxy: Proxy) -> Self {
        Self::none().https(proxy.clone()).http(proxy)
    }

    /// This proxy for connections that are encrypted: `https` and `wss`.
    #[must_use]
    pub fn https(self, proxy: Proxy) -> Self {
        self.with(|rules| rules.https = Some(proxy))
    }

    /// This proxy for connections in the clear: `http` and `ws`.
    #[must_use]
    pub fn http(self, proxy: Proxy) -> Self {
        self.with(|rules| rules.http = Some(proxy))
    }

    /// The hosts that are reached without a proxy, in place of those that were named before.
    #[must_use]
    pub fn no_proxy(self, hosts: NoProxy) -> Self {
        self.with(|rules| rules.no_proxy = hosts)
    }

    /// Reads the variables `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` (where one of the two before is
    /// missing) and `NO_PROXY`, each also in lower case, which goes first. An empty variable counts as
    /// missing.
    ///
    /// `HTTP_PROXY` in capitals is not read where there is a variable `REQUEST_METHOD`: a web server that
    /// runs the program by CGI fills it with what the other side wrote.
    ///
    /// # Errors
    ///
    /// [`ProxyEnvError`] names the variable that cannot be read, and does not hold its value.
    pub fn from_env() -> Result<Self, ProxyEnvError> {
        Self::from_variables(|name| env::var_os(name))
    }

    /// Reads the variables as [`from_env`](Self::from_env) does, out of an environment of your own.
    ///
    /// # Errors
    ///
    /// As for [`from_env`](Self::from_env).
    pub fn from_variables(
        get: impl Fn(&str) -> Option<std::ffi::OsString>,
    ) -> Result<Self, ProxyEnvError> {
        let found = environment::read(get)?;
        let rules = Rules {
            https: found.https,
            http: found.http,
            no_proxy: found.no_proxy,
        };
        let is_none = rules.https.is_none() && rules.http.is_none();
        Ok(Self((!is_none).then(|| Arc::new(rules))))
    }

    /// True when no connection goes through a proxy.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0
            .as_deref()
            .is_none_or(|rules| rules.https.is_none() && rules.http.is_none())
    }

    /// The proxy for a connection to `host`, a name or an address; `None` where it goes straight there.
    #[must_use]
    pub fn proxy_for(&self, is_encrypted: bool, host: &str, port: u16) -> Option<&Proxy> {
        let rules = self.0.as_deref()?;
        let proxy = if is_encrypted {
            &rules.https
        } else {
            &rules.http
        };
        proxy
            .as_ref()
            .filter(|_| !rules.no_proxy.contains(host, port))
    }

    fn with(self, change: impl FnOnce(&mut Rules)) -> Self {
        let mut rules = self.0.map(Arc::unwrap_or_clone).unwrap_or_default();
        change(&mut rules);
        Self(Some(Arc::new(rules)))
    }
}

impl From<Proxy> for ProxySettings {
    fn from(proxy: Proxy) -> Self {
        Self::all(proxy)
    }
}
