//! The service names hosts by bare addresses: the WebSocket, and the next hop of a call. Both clients
//! reach them, once they are told what to expect there.

use std::{
    error::Error as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use meeting_async::{
    AddressRefused, Addresses, TrustStore,
    types::{
        Endpoint,
        operations::{CreateAnonymousAuthRandom, MuteMeeting},
    },
};
use meeting_sim::{SimMeeting, Simulator};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// A simulator with a certificate for `localhost` alone, whose WebSocket is at an address.
fn simulator(host: IpAddr) -> Result<(Simulator, SimMeeting, TrustStore), Error> {
    let sim = Simulator::builder()
        .host(host)
        .tls(true)
        .foreign_web_socket_host(true)
        .start()?;
    let meeting = sim.create_meeting("Addresses");
    meeting.join_as_host("Ann")?;
    let trust = TrustStore::from_pem(sim.ca_pem().ok_or("no TLS")?.as_bytes())?;
    Ok((sim, meeting, trust))
}

/// The endpoint at the address of the simulator.
fn next_hop(sim: &Simulator) -> Result<Endpoint, Error> {
    Ok(format!("https://{}", sim.address()).parse()?)
}

/// What a user learns, and the store that it leads to.
fn pinned(error: &meeting_async::Error, trust: TrustStore) -> Result<TrustStore, Error> {
    let text = error.to_string();
    for said in [
        "certificate of 127.0.0.1 is for localhost",
        "`TrustStore::verify_as`",
    ] {
        assert!(text.contains(said), "{text}");
    }
    let mut cause = error.source();
    while let Some(found) = cause {
        if let Some(refused) = found.downcast_ref::<AddressRefused>() {
            return Ok(trust.pin(refused.address(), refused.certificate()));
        }
        cause = found.source();
    }
    Err("no cause says it".into())
}

#[test]
fn blocking() -> Result<(), Error> {
    use meeting_blocking::Client;

    let (sim, meeting, trust) = simulator(Ipv4Addr::LOCALHOST.into())?;
    let (id, password) = (&meeting.conference_id, &meeting.host_password);
    let random = CreateAnonymousAuthRandom::new(id.clone(), password.clone());
    let client =
        |endpoint, trust: &TrustStore| Client::builder(endpoint).trust(trust.clone()).anonymous();

    let control = client(sim.endpoint(), &trust).control(id.clone(), password.clone())?;
    let Err(refused) = control.events() else {
        return Err("connected".into());
    };
    let again = client(next_hop(&sim)?, &trust).send(&random).err();
    let trusts = [
        trust.clone().verify_as(Addresses::All, "localhost")?,
        pinned(&refused, trust.clone())?,
        pinned(&again.ok_or("sent")?, trust)?,
    ];
    for trust in trusts {
        client(next_hop(&sim)?, &trust).send(&random)?;
        let control = client(sim.endpoint(), &trust).control(id.clone(), password.clone())?;
        let mut events = control.events()?;
        events.next().ok_or("no events")??;
        control.send(&MuteMeeting::new(true))?;
    }
    Ok(())
}

#[tokio::test(flavor = "current_thread")]
async fn asynchronous() -> Result<(), Error> {
    use meeting_async::Client;

    let (sim, meeting, trust) = simulator(Ipv4Addr::LOCALHOST.into())?;
    let (id, password) = (&meeting.conference_id, &meeting.host_password);
    let random = CreateAnonymousAuthRandom::new(id.clone(), password.clone());
    let client =
        |endpoint, trust: &TrustStore| Client::builder(endpoint).trust(trust.clone()).anonymous();

    let by_name = client(sim.endpoint(), &trust);
    let control = by_name.control(id.clone(), password.clone()).await?;
    let Err(refused) = control.events().await else {
        return Err("connected".into());
    };
    let again = client(next_hop(&sim)?, &trust).send(&random).await.err();
    let trusts = [
        trust.clone().verify_as(Addresses::All, "localhost")?,
        pinned(&refused, trust.clone())?,
        pinned(&again.ok_or("sent")?, trust)?,
    ];
    for trust in trusts {
        client(next_hop(&sim)?, &trust).send(&random).await?;
        let by_name = client(sim.endpoint(), &trust);
        let control = by_name.control(id.clone(), password.clone()).await?;
        let mut events = control.events().await?;
        events.next().await.ok_or("no events")??;
        control.send(&MuteMeeting::new(true)).await?;
    }
    Ok(())
}

#[test]
fn ipv6() -> Result<(), Error> {
    let (sim, meeting, trust) = simulator(Ipv6Addr::LOCALHOST.into())?;
    let (id, password) = (&meeting.conference_id, &meeting.host_password);
    let trust = trust.verify_as(Ipv6Addr::LOCALHOST, "localhost")?;
    let hop = next_hop(&sim)?;
    assert!(hop.host().starts_with('['), "{hop}");

    let client = meeting_blocking::Client::builder(hop.clone())
        .trust(trust.clone())
        .anonymous();
    let control = client.control(id.clone(), password.clone())?;
    control.events()?.next().ok_or("no events")??;

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = meeting_async::Client::builder(hop).trust(trust).anonymous();
        let control = client.control(id.clone(), password.clone()).await?;
        control.events().await?.next().await.ok_or("no events")??;
        Ok(())
    })
}
