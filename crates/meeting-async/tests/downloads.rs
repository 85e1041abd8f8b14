//! Downloads over reqwest.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::time::Duration;

use meeting_async::{
    Client, Error, ReqwestTransport, RetryPolicy, TrustStore,
    download::{DownloadOptions, DownloadProgress, RecordedFile},
    types::AccessToken,
};
use meeting_testing::download_contract::{ACCESS_TOKEN, Case};

fn client(endpoint: meeting_async::types::Endpoint, trust: TrustStore) -> Client {
    let backoff = Duration::from_millis(10);
    Client::builder(endpoint)
        .config(|config| config.retry(RetryPolicy::default().backoff(backoff, backoff)))
        .trust(trust)
        .with_credentials(AccessToken::new(ACCESS_TOKEN))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let mut runtime = runtime;
    runtime.enable_all().build().unwrap().block_on(future)
}

fn run(case: Case<'_>) -> Result<DownloadProgress, Error> {
    let transport = ReqwestTransport::builder()
        .trust(case.trust.clone())
        .proxy(case.proxies)
        .build();
    let client = client(case.endpoint, case.trust);
    block_on(client.download(&transport, &case.file, case.sink, &case.options))
}

meeting_testing::download_contract!(run);

/// By the path of a file, which is emptied where the download starts anew.
fn run_to_file(case: Case<'_>) -> Result<DownloadProgress, Error> {
    let path = std::env::temp_dir().join(format!("meeting-async-{}.mp4", std::process::id()));
    std::fs::write(&path, "what was in it, which is longer than the file").unwrap();
    let client = client(case.endpoint, case.trust);
    let file: &RecordedFile = &case.file;
    let options: &DownloadOptions = &case.options;
    let done = block_on(client.download_to(&path, file, options));
    let written = std::fs::read(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    block_on(case.sink.write(&written)).unwrap();
    done
}

#[test]
fn a_file_is_emptied() {
    meeting_testing::download_contract::a_host_that_ignores_the_range_starts_anew(run_to_file);
}
