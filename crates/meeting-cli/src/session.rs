//! Where calls go, and what they carry.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use meeting_blocking::{
    Anonymous, Client, ClientBuilder, Control, LoggedIn, LoginCredentials, Network, TrustStore,
    UreqTransport, proxy::ProxySettings,
};
use meeting_sim::{MeetingPlan, SimMeeting, Simulator};
use meeting_types::{
    AccessToken, AccountCredential, AppCredential, ConferenceCredential, ConferenceToken, Endpoint,
    EndpointError, Immediate, Transport, TransportError,
};

use crate::{
    credentials::Settings,
    failure::Failure,
    secrets::{Secret, ask, can_ask},
};

/// Stands for a token in a request that is only shown.
pub(crate) const NO_TOKEN: &str = "no-token";

/// Where calls go, and what they carry.
pub(crate) struct Session {
    endpoint: Endpoint,
    network: Network,
    line: Line,
    settings: Settings,
    /// The meeting that the command line names.
    conference: Option<String>,
    demo: Option<Demo>,
}

/// The simulator inside this program. It ends with the session.
struct Demo {
    sim: Simulator,
    meeting: SimMeeting,
}

impl Session {
    /// A session that sends, or, for a dry run, keeps what it would send.
    pub(crate) fn new(
        endpoint: Option<&str>,
        trust: TrustStore,
        conference: Option<String>,
        settings: Settings,
        dry: bool,
    ) -> Result<Self, Failure> {
        let of_settings = settings.get("endpoint");
        let place = endpoint.or(of_settings.as_ref().map(|place| place.as_str()));
        let mut demo = None;
        let endpoint = match place {
            None => {
                return Err(Failure::usage(
                    "say where to send: --endpoint china, international, sim or a URL (or set MEETING_ENDPOINT)",
                ));
            }
            Some("sim") => demo.insert(Demo::start()?).sim.endpoint(),
            Some(place) => place_of(place)?,
        };
        // The simulator inside this program is no place for a proxy.
        let proxies = match &demo {
            Some(_) => ProxySettings::none(),
            None => ProxySettings::from_env().map_err(|error| Failure::usage(error.to_string()))?,
        };
        let network = Network::from(trust).proxy(proxies);
        let line = if dry {
            Line::Kept(Arc::default())
        } else {
            let transport = UreqTransport::builder()
                .trust(network.trust_store().clone())
                .proxy(network.proxies().clone());
            Line::Sent(transport.build())
        };
        Ok(Self {
            endpoint,
            network,
            line,
            settings,
            conference,
            demo,
        })
    }

    /// What a dry run would have sent.
    pub(crate) fn kept(&self) -> Option<http::Request<Bytes>> {
        match &self.line {
            Line::Kept(kept) => kept.lock().unwrap_or_else(PoisonError::into_inner).take(),
            Line::Sent(_) => None,
        }
    }

    fn is_dry(&self) -> bool {
        matches!(self.line, Line::Kept(_))
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder(self.endpoint.clone())
            .trust(self.network.trust_store().clone())
            .proxy(self.network.proxies().clone())
    }

    /// A client for calls that carry nothing.
    pub(crate) fn anonymous(&self) -> Client<Anonymous> {
        self.builder().anonymous_over(self.line.clone())
    }

    /// A client for calls that carry an access token.
    pub(crate) fn logged_in(&self) -> Result<Client<LoggedIn>, Failure> {
        let credentials = match &self.demo {
            Some(_) if self.is_dry() => AccessToken::new(NO_TOKEN).into(),
            // The credentials of the settings are for another service.
            Some(demo) => demo.sim.app_credential().into(),
            None => self.credentials()?,
        };
        Ok(self
            .builder()
            .with_credentials_over(self.line.clone(), credentials))
    }

    fn credentials(&self) -> Result<LoginCredentials, Failure> {
        let get = |name| self.settings.get(name);
        if let Some(token) = get("access_token") {
            return Ok(AccessToken::new(token.as_str()).into());
        }
        if self.is_dry() {
            return Ok(AccessToken::new(NO_TOKEN).into());
        }
        if let (None, Some(account)) = (get("app_id"), get("account")) {
            let password = self.get_or_ask("password", "password of the account")?;
            return Ok(AccountCredential::new(account.as_str(), password.as_str()).into());
        }
        let id = self.get_or_ask("app_id", "App ID")?;
        let key = self.get_or_ask("app_key", "App Key")?;
        let mut app = AppCredential::new(id.as_str(), key.as_str());
        if let Some(user_id) = get("user_id") {
            app = app.user_id(user_id.as_str());
        }
        if let Some(corp_id) = get("corp_id") {
            app = app.corp_id(corp_id.as_str());
        }
        Ok(app.into())
    }

    fn get_or_ask(&self, name: &str, what: &str) -> Result<Secret, Failure> {
        if let Some(value) = self.settings.get(name) {
            return Ok(value);
        }
        if can_ask() {
            return ask(what);
        }
        let variable = format!("MEETING_{}", name.to_ascii_uppercase());
        let or = match name {
            "app_id" => ", or MEETING_ACCOUNT and MEETING_PASSWORD, or MEETING_ACCESS_TOKEN",
            "conference_password" => " or MEETING_CONFERENCE_TOKEN",
            _ => "",
        };
        Err(Failure::usage(format!(
            "no {what}: set {variable}{or}, or use --credentials FILE"
        )))
    }

    /// Control of the meeting.
    pub(crate) fn control(&self) -> Result<Control, Failure> {
        let id = self.conference_id("--conference ID")?;
        let of_settings = || match &self.demo {
            Some(_) => None,
            None => self.settings.get("conference_token"),
        };
        let token = match of_settings() {
            None if self.is_dry() => Some(ConferenceToken::new(NO_TOKEN)),
            token => token.map(|token| ConferenceToken::new(token.as_str())),
        };
        let Some(token) = token else {
            return self.control_by_password();
        };
        let credential = ConferenceCredential::new(id, token);
        Ok(self.anonymous().control_by_token(credential))
    }

    /// Control of the meeting that knows where its events are. The service says so only in return
    /// for a password.
    pub(crate) fn control_by_password(&self) -> Result<Control, Failure> {
        let id = self.conference_id("`meeting watch ID`")?;
        let password = match &self.demo {
            Some(demo) => demo.meeting.host_password.clone(),
            None => self
                .get_or_ask("conference_password", "password of the meeting")?
                .as_str()
                .into(),
        };
        Ok(self.anonymous().control(id, password)?)
    }

    /// The id of the meeting; `option` is what could have said it.
    fn conference_id(&self, option: &str) -> Result<String, Failure> {
        let named = self.conference.clone();
        let id = match &self.demo {
            Some(demo) => named.or_else(|| Some(demo.meeting.conference_id.to_string())),
            None => named.or_else(|| Some(self.settings.get("conference")?.to_string())),
        };
        id.ok_or_else(|| {
            Failure::usage(format!(
                "say which meeting: {option} (or set MEETING_CONFERENCE)"
            ))
        })
    }

    /// The meeting of the simulator inside this program, if that is where calls go.
    pub(crate) fn demo(&self) -> Option<&SimMeeting> {
        let demo = self.demo.as_ref()?;
        Some(&demo.meeting)
    }
}

/// An endpoint by its name or its URL.
fn place_of(text: &str) -> Result<Endpoint, Failure> {
    match text {
        "china" => Ok(Endpoint::china()),
        "international" => Ok(Endpoint::international()),
        url => url.parse().map_err(|error| {
            let told = match error {
                EndpointError::NotAUrl => {
                    "takes china, international, sim or a URL such as https://meeting.example"
                        .to_owned()
                }
                EndpointError::NotHttps => {
                    "is not https: a token would travel in the clear; use https (plain http is taken for the loopback host only)".to_owned()
                }
                error => format!("is no address of a service: {error}"),
            };
            Failure::usage(format!("--endpoint {told}"))
        }),
    }
}

impl Demo {
    /// Starts a simulator with a meeting that runs, and says what a caller needs to know. Its
    /// secrets open nothing else.
    fn start() -> Result<Self, Failure> {
        let cannot =
            |error: &dyn std::fmt::Display| Failure::transport(format!("--endpoint sim: {error}"));
        let sim = Simulator::start().map_err(|error| cannot(&error))?;
        let plan = MeetingPlan::running("Demo meeting").length(Duration::from_secs(24 * 3600));
        let meeting = sim.create_meeting(plan);
        let id = &meeting.conference_id;
        let joined = meeting.join_as_host("Ann").and_then(|_| meeting.join("Bo"));
        joined.map_err(|error| cannot(&error))?;
        eprintln!(
            "meeting: simulator at {}, meeting {id}, host password {}, guest password {}",
            sim.endpoint(),
            meeting.host_password.expose(),
            meeting.guest_password.expose()
        );
        Ok(Self { sim, meeting })
    }
}

/// How requests leave.
#[derive(Clone)]
enum Line {
    /// They are sent.
    Sent(UreqTransport),
    /// The last one is kept, and answered with nothing.
    Kept(Arc<Mutex<Option<http::Request<Bytes>>>>),
}

#[async_trait]
impl Transport for Line {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        match self {
            Self::Sent(transport) => transport.send(request).await,
            Self::Kept(kept) => {
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
                Ok(http::Response::default())
            }
        }
    }

    async fn sleep(&self, delay: Duration) {
        if let Self::Sent(transport) = self {
            transport.sleep(delay).await;
        }
    }
}

impl Immediate for Line {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_have_names() {
        // Here and not in a test that runs the program: nothing can be sent by mistake.
        assert_eq!(place_of("china").unwrap(), Endpoint::china());
        assert_eq!(
            place_of("international").unwrap(),
            Endpoint::international()
        );
        assert!(place_of("https://meeting.example").is_ok());
        assert!(place_of("http://meeting.example").is_err());
        assert!(place_of("China").is_err());
    }

    #[test]
    fn a_wrong_endpoint_is_told_what_could_stand_there() {
        let told = |text| place_of(text).unwrap_err().to_string();
        assert!(
            told("chnia").contains("china, international, sim or a URL"),
            "{}",
            told("chnia")
        );
        // The name of a function is no help on a command line.
        let plain = told("http://meeting.example");
        assert!(
            plain.contains("use https") && !plain.contains("::"),
            "{plain}"
        );
    }
}
