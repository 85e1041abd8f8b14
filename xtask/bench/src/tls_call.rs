//! A whole small call over TLS: ours, the same written by hand, and a bare exchange of its bytes on one
//! connection, without an HTTP library.

use std::{
    hint::black_box,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
};

use anyhow::{Context, Result, ensure};
use meeting_client::{tls::TrustStore, unversioned::client_config};
use meeting_types::Endpoint;
use rustls::{ClientConfig, ClientConnection, StreamOwned, pki_types::ServerName};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    runtime::Runtime,
};
use tokio_rustls::TlsConnector;

use crate::{
    Side, Work, async_call, blocking_call, facts,
    server::{Addresses, response},
};

/// A row of the table of CPU times.
#[derive(Debug)]
pub struct TlsRow {
    /// The name in the table.
    pub title: &'static str,
    make: fn(Side, &Addresses) -> Result<Work>,
}

impl TlsRow {
    /// The work of a side; for [`Side::Floor`] the bare exchange.
    ///
    /// # Errors
    ///
    /// The server is not there, or its certificate is not trusted.
    pub fn work(&self, side: Side, server: &Addresses) -> Result<Work> {
        (self.make)(side, server)
    }
}

/// The table of CPU times.
pub const TLS_ROWS: &[TlsRow] = &[
    TlsRow {
        title: "a small call over TLS, reqwest",
        make: over_reqwest,
    },
    TlsRow {
        title: "a small call over TLS, ureq",
        make: over_ureq,
    },
];

fn trust(server: &Addresses) -> Result<TrustStore> {
    Ok(TrustStore::from_pem(server.pem.as_bytes())?)
}

fn over_reqwest(side: Side, server: &Addresses) -> Result<Work> {
    let runtime = async_call::runtime();
    let trust = trust(server)?;
    let base = format!("https://{}", server.tls);
    Ok(match side {
        Side::Ours => async_call::ours(runtime, base.parse::<Endpoint>()?, trust),
        Side::Hand => async_call::by_hand(runtime, base, &trust),
        Side::Floor => bare_on_tokio(runtime, server.tls, client_config(&trust))?,
    })
}

fn over_ureq(side: Side, server: &Addresses) -> Result<Work> {
    let base = format!("https://{}", server.tls);
    Ok(match side {
        Side::Ours => blocking_call::ours(base.parse::<Endpoint>()?, trust(server)?),
        Side::Hand => blocking_call::by_hand(base, Some(&server.pem))?,
        Side::Floor => bare_on_thread(server.tls, client_config(&trust(server)?))?,
    })
}

/// The request, as our clients write it.
fn request(server: SocketAddr) -> String {
    format!(
        "GET {}?conferenceID={} HTTP/1.1\r\nhost: {server}\r\nx-password: {}\r\nuser-agent: {}\r\n\
         accept-language: {}\r\naccept: {}\r\nx-request-id: 1f0a64b2-6f6e-4a3b-9f3c-0a4d5c6b7e8f\r\n\r\n",
        facts::PATH,
        facts::CONFERENCE_ID,
        facts::PASSWORD,
        facts::AGENT,
        facts::LANGUAGE,
        facts::ACCEPT,
    )
}

fn name(server: SocketAddr) -> ServerName<'static> {
    ServerName::IpAddress(server.ip().into())
}

#[expect(clippy::expect_used, reason = "the server of the benchmark answers")]
fn bare_on_thread(server: SocketAddr, config: Arc<ClientConfig>) -> Result<Work> {
    let connection = ClientConnection::new(config, name(server))?;
    let tcp = TcpStream::connect(server)?;
    tcp.set_nodelay(true)?;
    let mut stream = StreamOwned::new(connection, tcp);
    let (request, length) = (request(server), response().len());
    let mut exchange = move || -> Result<()> {
        stream.write_all(request.as_bytes())?;
        stream.flush()?;
        let mut held = [0; 1024];
        let mut read = 0;
        while read < length {
            let count = stream.read(held.get_mut(read..).context("too much")?)?;
            ensure!(count > 0, "it ended");
            read += count;
        }
        black_box(&held);
        Ok(())
    };
    exchange()?;
    Ok(Box::new(move |times| {
        for _ in 0..times {
            exchange().expect("an answer");
        }
    }))
}

#[expect(clippy::expect_used, reason = "the server of the benchmark answers")]
fn bare_on_tokio(runtime: Runtime, server: SocketAddr, config: Arc<ClientConfig>) -> Result<Work> {
    let mut stream = runtime.block_on(async {
        let tcp = tokio::net::TcpStream::connect(server).await?;
        tcp.set_nodelay(true)?;
        let connector = TlsConnector::from(config);
        anyhow::Ok(connector.connect(name(server), tcp).await?)
    })?;
    let (request, length) = (request(server), response().len());
    Ok(Box::new(move |times| {
        runtime.block_on(async {
            for _ in 0..times {
                let written = stream.write_all(request.as_bytes()).await;
                written.and(stream.flush().await).expect("it is written");
                let mut held = [0; 1024];
                let mut read = 0;
                while read < length {
                    let rest = held.get_mut(read..).expect("it is short");
                    let count = stream.read(rest).await.expect("an answer");
                    assert!(count > 0, "it ended");
                    read += count;
                }
                black_box(&held);
            }
        });
    }))
}
