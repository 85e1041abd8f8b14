//! Reads the variables that name proxies.

use std::ffi::OsString;

use super::{NoProxy, NoProxyError, Proxy, ProxyUrlError};

/// Set for programs that a web server runs.
const CGI: &str = "REQUEST_METHOD";

/// A variable of the environment that names no proxy. It does not hold the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("environment variable {variable}: {fault}")]
pub struct ProxyEnvError {
    variable: &'static str,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("not UTF-8")]
    NotText,
    #[error("{0}")]
    Proxy(ProxyUrlError),
    #[error("{0}")]
    List(NoProxyError),
}

impl ProxyEnvError {
    /// Name of the variable.
    #[must_use]
    pub fn variable(&self) -> &'static str {
        self.variable
    }
}

pub(super) struct Found {
    pub(super) https: Option<Proxy>,
    pub(super) http: Option<Proxy>,
    pub(super) no_proxy: NoProxy,
}

pub(super) fn read(get: impl Fn(&str) -> Option<OsString>) -> Result<Found, ProxyEnvError> {
    let is_cgi = get(CGI).is_some();
    let first = |names: &[&'static str]| {
        let found = names.iter().find_map(|name| {
            let value = get(name).filter(|value| !value.is_empty())?;
            Some((*name, value))
        });
        let Some((variable, value)) = found else {
            return Ok(None);
        };
        let fault = Fault::NotText;
        match value.into_string() {
            Ok(value) if value.trim().is_empty() => Ok(None),
            Ok(value) => Ok(Some((variable, value))),
            Err(_) => Err(ProxyEnvError { variable, fault }),
        }
    };
    let proxy = |names: &[&'static str]| match first(names)? {
        None => Ok(None),
        Some((variable, value)) => value.parse().map(Some).map_err(|error| ProxyEnvError {
            variable,
            fault: Fault::Proxy(error),
        }),
    };
    let of_http: &[_] = if is_cgi {
        &["http_proxy"]
    } else {
        &["http_proxy", "HTTP_PROXY"]
    };
    let mut https = proxy(&["https_proxy", "HTTPS_PROXY"])?;
    let mut http = proxy(of_http)?;
    if https.is_none() || http.is_none() {
        let other: Option<Proxy> = proxy(&["all_proxy", "ALL_PROXY"])?;
        https = https.or_else(|| other.clone());
        http = http.or(other);
    }
    let no_proxy = match first(&["no_proxy", "NO_PROXY"])? {
        None => NoProxy::default(),
        Some((variable, value)) => value.parse().map_err(|error| ProxyEnvError {
            variable,
            fault: Fault::List(error),
        })?,
    };
    Ok(Found {
        https,
        http,
        no_proxy,
    })
}
