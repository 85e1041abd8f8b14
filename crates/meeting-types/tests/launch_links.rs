//! Links that start the meeting client: what is in them comes back, and nobody sees it by accident.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use meeting_types::{
    AuthRandom, Problem,
    launch::{JoinLaunch, LaunchError, LaunchLink, PortalLaunch},
    models::AnonymousAuthRandom,
};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;

/// The address and the parameters of a link, as the client reads them: split first, decoded once.
fn parsed(link: &str) -> (&str, Vec<(String, String)>) {
    let (address, query) = link.split_once('?').unwrap();
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let parameters = query.split('&').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap();
        (decoded(name), decoded(value))
    });
    (address, parameters.collect())
}

fn problem(made: Result<LaunchLink, LaunchError>) -> (&'static str, Problem) {
    let error = made.unwrap_err();
    (error.parameter(), error.problem())
}

const SITE: &str = "https://192.0.2.17:443/conferences";

#[test]
fn the_answer_to_a_seed_becomes_a_link() {
    let proof = AnonymousAuthRandom::new("135792468013579").site_url(SITE);
    let link = LaunchLink::anonymous(&proof).unwrap();
    let pairs = [("site_url", SITE), ("random", "135792468013579")];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(
        parsed(link.expose()),
        ("cloudlink://welinksoftclient/page/link", pairs.to_vec())
    );
    let random = AuthRandom::new("135792468013579");
    assert_eq!(LaunchLink::with_random(SITE, &random), Ok(link));
}

/// The service's demo encodes the site URL as a whole URI, which leaves `:/?&=#` as they are.
#[test]
fn both_encodings_of_a_plain_site_url_mean_the_same() {
    let random = AuthRandom::new("135792468013579");
    let ours = LaunchLink::with_random(SITE, &random).unwrap();
    let demo =
        format!("cloudlink://welinksoftclient/page/link?site_url={SITE}&random=135792468013579");
    assert_ne!(ours.expose(), demo);
    assert_eq!(parsed(ours.expose()), parsed(&demo));

    // With a query of its own the demo's link is cut, and ours is not.
    let site = format!("{SITE}?region=cn&random=1#top");
    let ours = LaunchLink::with_random(&site, &random).unwrap();
    let (_, parameters) = parsed(ours.expose());
    assert_eq!(parameters[0].1, site);
    assert_eq!(parameters[1].1, "135792468013579");
    let demo =
        format!("cloudlink://welinksoftclient/page/link?site_url={site}&random=135792468013579");
    let (_, parameters) = parsed(&demo);
    assert_ne!(parameters[0].1, site);
}

/// One page says that values are plain text, others use a builder that encodes: the usual values are
/// the same in both.
#[test]
fn plain_values_need_no_encoding() {
    let join = JoinLaunch::new("900825541", "Ann")
        .server("Meeting.HuaweiCloud.com")
        .port(8443)
        .password("246813")
        .microphone(false)
        .camera(true);
    assert_eq!(
        join.link().unwrap().expose(),
        "cloudlink://welinksoftclient/h5page?page=joinConfByLink\
         &server_url=meeting.huaweicloud.com&port=8443&conf_id=900825541&enter_code=246813\
         &name=Ann&open_mic=false&open_camera=true"
    );
    assert_eq!(
        join.nonce("0f1e2d3c").link().unwrap().expose(),
        "cloudlink://welinksoftclient/h5page?page=LoginAndJoinConf\
         &server_url=meeting.huaweicloud.com&port=8443&conf_id=900825541&enter_code=246813\
         &name=Ann&open_mic=false&open_camera=true&nonce=0f1e2d3c"
    );
    // What is not said is left to the client.
    assert_eq!(
        JoinLaunch::new("900825541", "Ann").link().unwrap().expose(),
        "cloudlink://welinksoftclient/h5page?page=joinConfByLink&conf_id=900825541&name=Ann"
    );
    assert_eq!(
        LaunchLink::client().expose(),
        "cloudlink://welinksoftclient/h5page?page=launch"
    );
    assert_eq!(
        PortalLaunch::new("0f1e2d3c").link().unwrap().expose(),
        "https://meeting.huaweicloud.com/?lang=zh-CN&nonce=0f1e2d3c#/login"
    );
    let portal = PortalLaunch::new("0f1e2d3c").language("en-US");
    let portal = portal.server("intl.meeting.huaweicloud.com");
    assert_eq!(
        portal.link().unwrap().expose(),
        "https://intl.meeting.huaweicloud.com/?lang=en-US&nonce=0f1e2d3c#/login"
    );
}

#[test]
fn values_that_cannot_be_meant_are_refused_by_name() {
    let join = || JoinLaunch::new("900825541", "Ann");
    for (text, wrong) in [
        ("", Problem::Blank),
        (" \u{3000}", Problem::Blank),
        ("\n", Problem::Blank),
        ("a\n", Problem::ControlCharacter),
        ("a\u{0}b", Problem::ControlCharacter),
        ("a\u{9b}b", Problem::ControlCharacter),
    ] {
        let random = AuthRandom::new(text);
        for (parameter, made) in [
            ("conf_id", JoinLaunch::new(text, "Ann").link()),
            ("name", JoinLaunch::new("900825541", text).link()),
            ("enter_code", join().password(text).link()),
            ("nonce", join().nonce(text).link()),
            ("nonce", PortalLaunch::new(text).link()),
            ("lang", PortalLaunch::new("0f").language(text).link()),
            ("random", LaunchLink::with_random(SITE, &random)),
            ("site_url", LaunchLink::with_random(text, &"1".into())),
        ] {
            assert_eq!(problem(made), (parameter, wrong), "{text:?}");
        }
    }
    for host in [
        "",
        "https://meeting.example.com",
        "meeting.example.com/path",
        "meeting.example.com:8443",
        "evil.example.com#",
        "alice@meeting.example.com",
        "127.1",
        "会议.example.com",
    ] {
        let wrong = ("server_url", Problem::NotAHost);
        assert_eq!(problem(join().server(host).link()), wrong, "{host}");
        assert_eq!(problem(PortalLaunch::new("0f").server(host).link()), wrong);
    }
    let range = Problem::OutOfRange { min: 1, max: 65535 };
    assert_eq!(problem(join().port(0).link()), ("port", range));
    let proof = AnonymousAuthRandom::new("135");
    let made = LaunchLink::anonymous(&proof);
    assert_eq!(problem(made.clone()), ("site_url", Problem::Missing));
    assert_eq!(
        made.unwrap_err().to_string(),
        "launch link: `site_url` is missing"
    );
}

#[test]
fn no_debug_shows_a_secret() {
    let join = JoinLaunch::new("900825541", "Ann")
        .password("hush-1")
        .nonce("hush-2");
    let portal = PortalLaunch::new("hush-3");
    let random = LaunchLink::with_random(SITE, &AuthRandom::new("hush-4")).unwrap();
    let links = [join.link().unwrap(), portal.link().unwrap(), random];
    let shown = format!("{join:?} {portal:?} {links:?}");
    assert!(!shown.contains("hush"), "{shown}");
    assert!(links.iter().all(|link| link.expose().contains("hush")));
    let error = join.password("hush\n").link().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hush"));
}

proptest! {
    /// Whatever the values are, the client reads them as they were given.
    #[test]
    fn any_values_come_back(
        id in "\\PC{1,20}",
        name in "\\PC{1,96}",
        password in proptest::option::of("\\PC{1,20}"),
        nonce in proptest::option::of("\\PC{1,64}"),
        port in proptest::option::of(1_u16..),
        on in proptest::option::of(any::<bool>()),
    ) {
        let texts = [Some(&id), Some(&name), password.as_ref(), nonce.as_ref()];
        prop_assume!(texts.iter().flatten().all(|text| !text.trim().is_empty()));
        let mut join = JoinLaunch::new(id.as_str(), &*name);
        let mut wanted = vec![("page", String::new())];
        if let Some(port) = port {
            join = join.port(port);
            wanted.push(("port", port.to_string()));
        }
        wanted.push(("conf_id", id));
        if let Some(password) = password {
            join = join.password(&*password);
            wanted.push(("enter_code", password));
        }
        wanted.push(("name", name));
        if let Some(on) = on {
            join = join.microphone(on);
            wanted.push(("open_mic", on.to_string()));
        }
        wanted[0].1 = "joinConfByLink".to_owned();
        if let Some(nonce) = nonce {
            join = join.nonce(&*nonce);
            wanted.push(("nonce", nonce));
            wanted[0].1 = "LoginAndJoinConf".to_owned();
        }
        let link = join.link().unwrap();
        prop_assert!(link.expose().is_ascii());
        let (address, parameters) = parsed(link.expose());
        prop_assert_eq!(address, "cloudlink://welinksoftclient/h5page");
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        prop_assert_eq!(parameters, wanted);
    }

    #[test]
    fn any_proof_comes_back(site in "\\PC{1,80}", random in "\\PC{1,48}") {
        prop_assume!(!site.trim().is_empty() && !random.trim().is_empty());
        let link = LaunchLink::with_random(&site, &AuthRandom::new(&*random)).unwrap();
        let (_, parameters) = parsed(link.expose());
        let wanted = [("site_url".to_owned(), site), ("random".to_owned(), random)];
        prop_assert_eq!(parameters, wanted);
    }

    #[test]
    fn any_nonce_comes_back(nonce in "\\PC{1,64}") {
        prop_assume!(!nonce.trim().is_empty());
        let link = PortalLaunch::new(&*nonce).link().unwrap();
        prop_assert!(link.expose().ends_with("#/login"));
        let (_, parameters) = parsed(link.expose());
        prop_assert_eq!(&parameters[1], &("nonce".to_owned(), nonce));
    }
}
