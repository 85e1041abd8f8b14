//! Operations of one's own go through both clients, with their login, against the simulator.

use meeting_types::{Json, Problem};
use outside::{BookPlan, Cancel, ListTitles, Plan};

fn plan() -> BookPlan {
    BookPlan {
        plan: Json(Plan {
            subject: "Outside".to_owned(),
            media_types: "HDVideo".to_owned(),
            start_time: "2036-12-28 09:00".to_owned(),
        }),
    }
}

fn list() -> ListTitles {
    ListTitles {
        offset: None,
        text: Some("Outside".to_owned()),
    }
}

#[test]
fn the_blocking_client_sends_them() {
    let sim = meeting_sim::Simulator::start().unwrap();
    let login = sim.app_credential().user_id("alice");
    let client = meeting_blocking::Client::with_credentials(sim.endpoint(), login);
    let booked = client.send(&plan()).unwrap();
    let Json(titles) = client.send(&list()).unwrap();
    assert_eq!((titles.count, &*titles.data[0].subject), (1, "Outside"));
    let id = booked[0].conference_id.clone();
    assert_eq!(titles.data[0].id, id);
    client.send(&Cancel { id }).unwrap();
    assert!(client.send(&list()).unwrap().0.data.is_empty());
}

#[tokio::test]
async fn the_async_client_sends_them() {
    let sim = meeting_sim::Simulator::start().unwrap();
    let login = sim.app_credential().user_id("alice");
    let client = meeting_async::Client::with_credentials(sim.endpoint(), login);
    client.send(&plan()).await.unwrap();
    let Json(titles) = client.send(&list()).await.unwrap();
    assert_eq!((titles.count, &*titles.data[0].subject), (1, "Outside"));
}

#[test]
fn bad_input_is_refused_before_anything_is_sent() {
    let sim = meeting_sim::Simulator::start().unwrap();
    let login = sim.app_credential().user_id("alice");
    let client = meeting_blocking::Client::with_credentials(sim.endpoint(), login);
    let long = ListTitles {
        offset: None,
        text: Some("x".repeat(129)),
    };
    let Err(meeting_blocking::Error::Request(error)) = client.send(&long) else {
        panic!("it was sent");
    };
    assert_eq!(error.problem(), Problem::TooLong { max: 128 });
    assert_eq!(error.to_string(), "ListTitles: `searchKey` must have at most 128 characters");
    assert!(sim.requests().is_empty());
}
