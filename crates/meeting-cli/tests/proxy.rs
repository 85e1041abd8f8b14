//! The proxies that the environment names.

#![allow(clippy::unwrap_used, reason = "these are tests")]
#![allow(dead_code, reason = "the tests share their support")]

mod support;

use meeting_sim::{DEFAULT_APP_ID, DEFAULT_APP_KEY, Simulator};
use meeting_testing::proxy_server::ProxyServer;
use support::{Done, run};

fn call(sim: &Simulator, proxy: &[(&str, &str)]) -> Done {
    let endpoint = sim.endpoint().to_string();
    let variables = [
        ("MEETING_ENDPOINT", endpoint.as_str()),
        ("MEETING_APP_ID", DEFAULT_APP_ID),
        ("MEETING_APP_KEY", DEFAULT_APP_KEY),
    ];
    run(
        &["call", "SearchMeetings"],
        &[&variables, proxy].concat(),
        "",
    )
}

#[test]
fn calls_go_through_the_proxy_that_the_environment_names() {
    let sim = Simulator::start().unwrap();
    let proxy = ProxyServer::plan().credentials("ann", "hush").start();
    let url = proxy.url().replace("http://", "http://ann:hush@");
    call(&sim, &[("http_proxy", &url)]).json();
    let passed = proxy.passed();
    assert!(
        passed
            .iter()
            .any(|it| it.target.contains("/v1/mmc/management/conferences"))
    );
    let count = passed.len();
    call(
        &sim,
        &[("http_proxy", &url), ("NO_PROXY", "127.0.0.0/8,localhost")],
    )
    .json();
    assert_eq!(proxy.passed().len(), count);
    // What runs inside the program is not looked for outside of it.
    let demo = ["call", "SearchMeetings", "--endpoint", "sim"];
    run(&demo, &[("ALL_PROXY", &url)], "").json();
    assert_eq!(proxy.passed().len(), count);
}

#[test]
fn a_proxy_that_lets_nothing_through_is_named_without_its_password() {
    let sim = Simulator::start().unwrap();
    let proxy = ProxyServer::plan().credentials("ann", "right").start();
    let url = proxy.url().replace("http://", "http://ann:hush@");
    let failed = call(&sim, &[("ALL_PROXY", &url)]).failed(3);
    let name = format!("proxy localhost:{} does not take", proxy.address().port());
    assert!(
        failed.contains(&name) && !failed.contains("hush"),
        "{failed}"
    );
    let failed = call(&sim, &[("ALL_PROXY", "socks5://ann:hush@localhost")]).failed(2);
    assert!(
        failed.contains("environment variable ALL_PROXY: "),
        "{failed}"
    );
    assert!(
        failed.contains("SOCKS") && !failed.contains("hush"),
        "{failed}"
    );
}
